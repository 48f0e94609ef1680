"""A counterexample as a regression test, and the assertion that such a test makes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve

from modelcheck.errors import UsageError
from modelcheck.spec import STEPS, Declaration, Machine, Spec, State, Step, machine_of
from modelcheck.spec.fairness import assumed
from modelcheck.spec.run import all_runs
from modelcheck.spec.state import distinct
from modelcheck.spec.step import same_step
from modelcheck.trace.explanation.explain import explain
from modelcheck.trace.lasso import defect
from modelcheck.trace.replay import error_of, explanation_of
from modelcheck.trace.script import Script
from modelcheck.trace.text import harmless, plain, reason_lines, trace_lines
from modelcheck.trace.trace import Trace

DEADLOCK = "deadlock"


def regression_test(spec: Spec, trace: Trace) -> str:
    """A test file that fails until the bug is repaired; of a log, as long as it is no behaviour of the spec.

    Args:
        spec: The spec.
        trace: A counterexample whose values are the spec's own, as a replay gives it.

    Raises:
        UsageError: if the trace is a witness that something is reachable, which is no bug.
    """
    if trace.kind == "reachable":
        remedy = "Only a counterexample makes a regression test."
        raise UsageError(f"the trace shows that {trace.property} is reachable, which is no bug", remedy=remedy)
    script = Script()
    script.uses("modelcheck", "Step")
    script.uses("modelcheck.trace.export.regression", {"log": "assert_behaviour", "error": "assert_no_error"}.get(trace.kind, "assert_repaired"))
    made = script.spec(spec)
    steps = "".join(f"        {_step(script, step)},\n" for step in trace.steps)
    name = re.sub(r"\W", "_", trace.property)
    start = _start(spec, trace)
    imports = "\n".join(script.imports())
    if trace.kind == "log":
        fails = "if the spec no longer allows it" if trace.observed is None else "until the spec allows it"
        title, claim = f"A run that was seen of {trace.spec}, kept as a test: it fails {fails}.", f"The run is a behaviour of {trace.spec}."
        observed = "" if trace.observed is None else f", observed={dict(trace.observed)!r}"
        call = f"assert_behaviour({made}, steps{observed}{start})"
    elif trace.kind == "error":
        title = f"A run of {trace.spec} after which {trace.property} raised an error, kept as a test: it fails until the mistake is repaired."
        claim, call = f"{trace.property} raises no more.", f"assert_no_error({made}, {trace.property!r}, steps{start})"
    else:
        if trace.loop is not None:
            start += f", loop={trace.loop}"
        if trace.fair:
            start += f", fair={ {name: strength.value for name, strength in trace.fair.items()}!r}"
        title = f"A counterexample to {trace.property} of {trace.spec}, kept as a test: it fails until the bug is repaired."
        claim = f"The run that violated {trace.property} does so no more."
        call = f"assert_repaired({made}, {trace.property!r}, steps{start})"
    return f'''"""{_quoted(title)}"""

{imports}


def test_{name}_of_{trace.spec.lower()}():
    """{_quoted(claim)}"""
    steps = [
{steps}    ]
    {call}
'''


def _quoted(text: str) -> str:
    """Text as it stands between three quotes: a name may hold quotes of its own."""
    return harmless(text.replace("\\", "\\\\").replace('"', '\\"'))


def _step(script: Script, step: Step) -> str:
    arguments = ", ".join(f"{name!r}: {script.value(value)}" for name, value in step.arguments.items())
    choices = f", {script.value(step.choices)}" if step.choices else ""
    return f"Step({step.action!r}, {{{arguments}}}{choices})"


def _start(spec: Spec, trace: Trace) -> str:
    starts = distinct(machine_of(spec).initial_states())
    return "" if len(starts) == 1 else f", start={starts.index(trace.states[0])}"


def _beginning(spec: Spec, start: int) -> State:
    """The initial state of a number; those that a constraint excludes are counted, so that the numbers in files stay what they are."""
    return distinct(machine_of(spec).initial_states())[start]


def assert_repaired(
    spec: Spec, name: str, steps: Sequence[Step], *, start: int = 0, loop: int | None = None, fair: Mapping[str, str] | None = None
) -> None:
    """Fail while a run that once violated a property still does.

    A run that the spec no longer allows, since one of its steps is not enabled any more, violates nothing.

    Args:
        spec: The spec.
        name: The property; ``deadlock`` for the absence of deadlocks.
        steps: The run.
        start: The number of the initial state.
        loop: Of a run that never ends: after how many steps begins what repeats; it stops there if there are no more.
        fair: How fair actions are assumed to be in place of what the spec says: ``none``, ``weak`` or ``strong``.

    Raises:
        AssertionError: if the run is possible and violates the property.
        UsageError: if the spec has no such property or action.
    """
    __tracebackhide__ = True
    machine = machine_of(spec)
    declared = None if name == DEADLOCK else machine.find(name, machine.asked)
    states = [_beginning(spec, start)]
    for step in steps:
        following = _taken(machine, states[-1], step)
        if following is None:
            return
        states.append(following)
    if loop is not None and declared is not None:
        _assert_no_lasso(machine, declared, states, steps, loop, fair or {})
        return
    if declared is None:
        dead = not any(True for _ in machine.successors(states[-1])) and not any(machine.satisfied(t, states[-1]) for t in machine.terminals)
        arguments: dict[str, Any] | None = {} if dead else None
    elif declared.role in STEPS:
        arguments = machine.failing(declared, *states[-2:])
    else:
        arguments = machine.failing(declared, states[-1])
    if arguments is not None:
        kind = DEADLOCK if declared is None else declared.role.value
        raise _still_violated(machine, Trace(machine.cls.__name__, "", machine.constants, name, kind, tuple(states), tuple(steps), arguments))


def _still_violated(machine: Machine, trace: Trace) -> AssertionError:
    reason = explain(machine, trace)
    because = f"\n\n{plain(reason_lines(reason))}" if reason is not None else ""
    return AssertionError(f"{trace.property} is still violated\n\n{plain(trace_lines(trace))}{because}")


def _assert_no_lasso(
    machine: Machine, declared: Declaration, states: list[State], steps: Sequence[Step], loop: int, fair: Mapping[str, str]
) -> None:
    """Fail while a run that never ends is one of the spec's, is fair, and violates a liveness property."""
    __tracebackhide__ = True
    if loop < len(steps):
        if states[-1] != states[loop]:
            return
        states = states[:-1]
    run = Trace(machine.cls.__name__, "", machine.constants, declared.name, declared.role.value, tuple(states), tuple(steps), loop=loop)
    run = evolve(run, fair=assumed(machine, fair))
    live = machine.thaw(states[0])
    for arguments in all_runs(lambda _: declared.choose_arguments(live)):
        shown = evolve(run, arguments=arguments)
        if defect(machine, declared, shown) is None:
            raise _still_violated(machine, shown)


def assert_no_error(spec: Spec, name: str, steps: Sequence[Step], *, start: int = 0) -> None:
    """Fail while an action, property or predicate raises an error at the end of a run, as it once did.

    Args:
        spec: The spec.
        name: What raised.
        steps: The run.
        start: The number of the initial state.

    Raises:
        AssertionError: if the run is possible, and it raises.
        UsageError: if the spec has no such action or property.
    """
    __tracebackhide__ = True
    machine = machine_of(spec)
    declared = machine.find(name, [*machine.actions, *machine.properties, *machine.constraints, *machine.terminals])
    states = [_beginning(spec, start)]
    for step in steps:
        following = _taken(machine, states[-1], step)
        if following is None:
            return
        states.append(following)
    run = Trace(machine.cls.__name__, "", machine.constants, name, "error", tuple(states), tuple(steps))
    error = error_of(machine, declared, run)
    if error is not None:
        raise AssertionError(f"{error.message}\n\n{plain(trace_lines(run))}")


def assert_behaviour(spec: Spec, steps: Sequence[Step], *, observed: Mapping[str, Any] | None = None, start: int = 0) -> None:
    """Fail unless a spec allows a run, and what was seen after it.

    Args:
        spec: The spec.
        steps: The run.
        observed: What was seen after it, as a line of a log; `modelcheck.trace.Trace.observed`.
        start: The number of the initial state.

    Raises:
        AssertionError: if the run is not possible, or nothing explains what was seen.
        UsageError: if the spec has no such action.
    """
    __tracebackhide__ = True
    machine = machine_of(spec)
    state = _beginning(spec, start)
    for number, step in enumerate(steps, 1):
        following = _taken(machine, state, step)
        if following is None:
            raise AssertionError(f"step {number}, {step!r}, is not allowed")
        state = following
    if observed is not None and explanation_of(machine, state, observed) is None:
        raise AssertionError(f"nothing that the spec allows after {len(steps)} steps explains {json.dumps(observed, ensure_ascii=False)}")


def _taken(machine: Machine, state: State, step: Step) -> State | None:
    action = machine.find(step.action, machine.actions)
    return next((after for taken, after in machine.outcomes(state, action) if same_step(taken, step.arguments, step.choices)), None)
