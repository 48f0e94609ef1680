"""The comparison: a spec explored by the oracle and by the enumerator in each of its modes.

The oracle runs the same text with a language of its own (`tests/oracles/plain`), so that a fault of the language shows as one of the search does.
"""

from __future__ import annotations

import linecache
import re
from pathlib import Path
from typing import Any
from unittest.mock import patch

from modelcheck import ModelcheckError, Spec, Verdict
from modelcheck.errors import InternalError
from modelcheck.search import Limits, Report, check
from modelcheck.spec import Machine, Role, machine_of
from modelcheck.spec.step import same_step
from modelcheck.statespace.recording import recorder
from modelcheck.statespace.stepper import Stepper
from modelcheck.trace.trace import Trace
from modelcheck.values import identity

from ..oracles import plain
from . import vocabulary

MAX_STATES = 300
MAX_POSITIONS = 25
DEADLOCK = "deadlock"
VOCABULARY = Path(vocabulary.__file__).read_text()
REFUSED = re.compile("are one object after init, and an action made them two|which Python holds for equal")
"""What the language refuses and Python does not."""


def load(source: str) -> type[Spec]:
    """The class that a text defines."""
    name = f"<example {hash(source)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    namespace: dict[str, Any] = dict(vars(vocabulary))
    exec(compile(source, name, "exec", dont_inherit=True), namespace)
    made: type[Spec] = namespace["Example"]
    return made


def compare(source: str, mode: int | None = None) -> str:
    """Compare; returns what kind of spec it was: ``large``, ``error``, ``refused``, ``vacuous``, ``violated`` or ``holds``.

    Args:
        source: The text of the spec.
        mode: Which mode is tried beside the usual one, as a number that is taken modulo their number; all if None.
    """
    cls = load(source)
    plainly = plain.load(VOCABULARY, source, package=__package__)["Example"]
    try:
        expected = plain.explore(plainly, max_states=MAX_STATES, keep_going=True)
    except plain.TooLargeError:
        return "large"
    except Exception as error:  # noqa: BLE001 - whatever the spec raises.
        return raises_too(cls, error)
    if not expected.states:
        return "vacuous"
    try:
        agree_on_all(cls, expected)
        for each in MODES if mode is None else [MODES[mode % len(MODES)]]:
            each(cls, plainly, expected)
    except InternalError:
        raise
    except ModelcheckError as error:
        if REFUSED.search(str(error)):
            return "refused"
        raise
    return "violated" if expected.stopped else "holds"


def agree_on_all(cls: type[Spec], expected: plain.Found) -> None:
    """A search that goes on after a violation meets what there is, and its traces are runs of the plain spec."""
    machine = machine_of(cls())
    agree_on_beginnings(machine, expected)
    report = check(cls(), keep_going=True)
    agree(machine, expected, report)
    assert {a.name: a.enabled for a in report.actions if a.enabled} == expected.enabled
    for prop in report.properties:
        if prop.trace is not None:
            follow_plainly(expected, prop.trace)


def agree_until(cls: type[Spec], plainly: type, expected: plain.Found) -> None:
    """A search that ends with the level of the first violation."""
    until = plain.explore(plainly, max_states=MAX_STATES) if expected.stopped else expected
    agree(machine_of(cls()), until, check(cls()))


def agree_in_threads(cls: type[Spec], _: type, expected: plain.Found) -> None:
    """A search by two workers."""
    agree(machine_of(cls()), expected, check(cls(), keep_going=True, workers=2))


def agree_in_depth(cls: type[Spec], _: type, expected: plain.Found) -> None:
    """A search that goes deep first: its traces are longer."""
    machine = machine_of(cls())
    report = check(cls(), keep_going=True, order="depth")
    assert (report.states, report.generated) == (expected.states, expected.generated)
    assert {p.name: p.verdict for p in report.properties} == verdicts(machine, expected)
    replay(machine, report)


def agree_at_random(cls: type[Spec], _: type, expected: plain.Found) -> None:
    """A random walk finds nothing that is not there."""
    report = walked(cls, expected.states, len(expected.traces), beyond=expected.stopped)
    if report is not None:
        replay(machine_of(cls()), report)
        assert {p.name for p in report.properties if p.trace is not None} <= expected.traces.keys()


def agree_plainly(cls: type[Spec], _: type, expected: plain.Found) -> None:
    """A search that runs the code on ordinary objects wherever a path is missing, as it does where recording would not pay."""
    with patch.object(recorder, "GENEROUS", 1):
        agree_on_all(cls, expected)


MODES = (agree_until, agree_in_threads, agree_in_depth, agree_at_random, agree_plainly)


def walked(cls: type[Spec], states: int, seed: int, *, beyond: bool) -> Report | None:
    """A random walk; None if it came to a mistake in the spec, which it may where it goes beyond the violation that ends the others."""
    try:
        return check(cls(), order="random", limits=Limits(states=max(states // 2, 1), time_s=0.01), seed=seed)
    except InternalError:
        raise
    except ModelcheckError:
        assert beyond
        return None


def raises_too(cls: type[Spec], error: Exception) -> str:
    """A spec that raises on plain objects is an error for the enumerator."""
    try:
        report = check(cls(), keep_going=True)
    except InternalError:
        raise
    except ModelcheckError:
        return "error"
    raise AssertionError(f"the oracle raised {error!r}, and the enumerator said {report.verdict}") from error


def stopped(machine: Machine, found: Any) -> bool:
    """Whether a violation ended the oracle's search before all states were met."""
    return not getattr(found, "complete", False) and bool(found.traces.keys() - {p.name for p in machine.properties if p.role is Role.REACHABLE})


def verdicts(machine: Machine, found: Any) -> dict[str, Verdict]:
    """The verdict on each property: a search that ended at a violation knows nothing of the others."""
    otherwise = Verdict.UNKNOWN if stopped(machine, found) else None
    known = {DEADLOCK: Verdict.VIOLATED if DEADLOCK in found.traces else otherwise or Verdict.HOLDS}
    for declared in machine.properties:
        present, absent = (
            (Verdict.HOLDS, Verdict.VIOLATED) if declared.role is Role.REACHABLE else (Verdict.VIOLATED, Verdict.HOLDS)
        )
        known[declared.name] = present if declared.name in found.traces else otherwise or absent
    return known


def agree(machine: Machine, expected: Any, report: Report) -> None:
    """The counts, verdicts and lengths are the same, and each trace is a run of the spec."""
    assert (report.states, report.generated, report.depth) == (expected.states, expected.generated, expected.depth)
    known = verdicts(machine, expected)
    assert {p.name: p.verdict for p in report.properties} == known
    assert report.verdict is Verdict.all_of(known.values())
    assert {p.name: len(p.trace.steps) for p in report.properties if p.trace} == expected.traces
    assert report.out_of_bounds == expected.out_of_bounds
    replay(machine, report)


def agree_on_beginnings(machine: Machine, expected: plain.Found) -> None:
    """The initial states are the same, and there are as many different ones."""
    states = machine.spec.initial_states()
    assert len(states) == len({plain.key(live) for live in expected.initial})
    assert all(any(plain.matches(state, live) for live in expected.initial) for state in states)


def follow_plainly(expected: plain.Found, trace: Trace) -> None:
    """A trace is a run of the plain spec, in whose last state or step the property is as it is said to be."""
    before, lives = [], [live for live in expected.initial if plain.matches(trace.states[0], live)]
    for step, state in zip(trace.steps, trace.states[1:], strict=True):
        [action] = [method for method in expected.of("action") if method.name == step.action]
        wanted = plain.key(list(step.arguments.values()))
        before, ends = lives, [end for live in lives for arguments, _, end in expected.outcomes(action, live) if plain.key(arguments) == wanted]
        lives = [end for end in ends if plain.matches(state, end)]
    assert lives
    if trace.property == DEADLOCK:
        cut: list[None] = []
        assert not any(expected.outcomes(action, lives[0], lambda: cut.append(None)) for action in expected.of("action"))
        assert not cut
        return
    [declared] = [method for method in expected.of("invariant", "step", "reachable") if method.name == trace.property]
    if declared.role == "step":
        assert not all(declared.instances(before[0], lives[0]))
    else:
        assert any(declared.instances(lives[0])) if declared.role == "reachable" else not all(declared.instances(lives[0]))


def replay(machine: Machine, report: Report) -> None:
    """Each trace is a run of the spec, and its last state or step decides the property."""
    for prop in report.properties:
        if prop.trace is not None:
            follow(machine, prop.trace)


def follow(machine: Machine, trace: Trace) -> None:
    """The states of a trace follow from each other by its steps."""
    assert identity(trace.states[0]) in {identity(state) for state in machine.initial_states()}
    for before, step, after in zip(trace.states, trace.steps, trace.states[1:], strict=False):
        action = machine.find(step.action, machine.actions)
        ends = [
            end for taken, end in machine.outcomes(before, action) if same_step(taken, step.arguments, step.choices)
        ]
        assert identity(after) in {identity(end) for end in ends}
    if trace.property == DEADLOCK:
        assert not list(machine.successors(trace.states[-1]))
        return
    declared = machine.find(trace.property, machine.properties)
    if declared.role is Role.REACHABLE:
        assert machine.satisfied(declared, trace.states[-1])
    elif declared.role is Role.STEP:
        assert machine.failing(declared, trace.states[-2], trace.states[-1]) is not None
    else:
        assert machine.failing(declared, trace.states[-1]) is not None


def compare_steps(source: str, _: int = 0) -> str:
    """Compare single steps from a few states, and the truth of properties there, with those by the spec's own code: ``compared`` or ``error``."""
    machine = machine_of(load(source)())
    stepper = Stepper(machine)
    todo, seen = list(stepper.initial()), set()
    while todo and len(seen) < MAX_POSITIONS:
        position = todo.pop(0)
        if position.state in seen:
            continue
        seen.add(position.state)
        try:
            expected = {(repr(step), after) for step, after in machine.successors(position.state)}
        except ModelcheckError:
            return "error"
        steps = stepper.steps(position)
        assert {(repr(step), after.state) for step, after in steps} == expected
        for declared in machine.properties:
            if declared.role is Role.INVARIANT:
                assert stepper.holds(declared, position) == (machine.failing(declared, position.state) is None)
            elif declared.role is Role.STEP:
                for _, after in steps:
                    known = machine.failing(declared, position.state, after.state) is None
                    assert stepper.holds(declared, position, after) == known
        todo += [after for _, after in steps]
    return "compared"
