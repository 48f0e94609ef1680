"""Whether a run that never ends shows that a liveness property is false: it violates it, and it is fair.

A lasso is a trace with ``loop``: after its last state it goes on from the state of that index, for ever. Its last step may be
the one that closes the loop; without it, the run stops in its last state. Everything is found out by running the
spec's own Python on the states of the loop.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from modelcheck.spec import Declaration, Fairness, Machine, Role, State, Strength
from modelcheck.spec.fairness import fairness_under
from modelcheck.spec.refinement import Promise
from modelcheck.spec.run import ScriptedChooser, all_runs
from modelcheck.values import identity, show

if TYPE_CHECKING:
    from modelcheck.trace.trace import Trace


@frozen
class Obligation:
    """What fairness asks of a loop, of an action that is enabled somewhere in it.

    Attributes:
        action: The action.
        arguments: For which the fairness is asked; None if it is of the action as a whole.
        fairness: What is asked.
        enabled: The indices of the loop's states in which it is enabled, in order.
        taken: The numbers of the loop's steps, the first of the run being 1, that are such steps.
        disabled: The indices of the other states of the loop.
    """

    action: str
    arguments: Mapping[str, Any] | None
    fairness: Fairness
    enabled: tuple[int, ...]
    taken: tuple[int, ...]
    disabled: tuple[int, ...]

    @property
    def is_met(self) -> bool:
        """Whether the loop is fair to it."""
        return bool(self.taken) or (self.fairness.strength is Strength.WEAK and bool(self.disabled))

    def __str__(self) -> str:
        """The action with its arguments, where they count."""
        if not self.arguments:
            return self.action
        return f"{self.action}({', '.join(f'{name}={show(value)}' for name, value in self.arguments.items())})"


def ways(machine: Machine, action: Declaration, state: State) -> Iterator[tuple[dict[str, Any], State | None]]:
    """The arguments with which an action can be taken in a state, and where it leads; None where a bound cuts the step."""
    present: dict[str, Any] = {}

    def perform(_: ScriptedChooser) -> tuple[dict[str, Any], State | None]:
        nonlocal present
        live = machine.thaw(state)
        present = {}
        present = action.choose_arguments(live)
        action.run(live, present)
        return present, machine.freeze(live)

    cut: list[dict[str, Any]] = []
    yield from machine._guarded(all_runs(perform, lambda: cut.append(present)), action)
    yield from ((arguments, None) for arguments in cut)


def obligations(machine: Machine, run: Trace) -> list[Obligation]:
    """What fairness asks of the loop of a run, in the order of the actions.

    Args:
        machine: The spec.
        run: A run of it, with a loop.

    Raises:
        SpecError: if the spec's code raises.
    """
    return [found for action in machine.actions for found in _of_action(machine, run, action)]


def _of_action(machine: Machine, run: Trace, action: Declaration) -> list[Obligation]:
    fairness = fairness_under(action, run.fair)
    if fairness.strength is Strength.NONE:
        return []
    assert run.loop is not None
    whole = range(run.loop, len(run.states))
    known: dict[Any, dict[str, Any]] = {}
    enabled: dict[Any, set[int]] = {}
    taken: dict[Any, set[int]] = {}
    for index in whole:
        following = run.following(index)
        for arguments, after in ways(machine, action, run.states[index]):
            if after == run.states[index]:
                continue  # What changes nothing is no step.
            key = tuple(map(identity, arguments.values())) if fairness.each else ()
            known.setdefault(key, arguments)
            enabled.setdefault(key, set()).add(index)
            if after is not None and after == following:
                taken.setdefault(key, set()).add(index + 1)
    return [
        Obligation(
            action.name,
            known[key] if fairness.each else None,
            fairness,
            tuple(sorted(found)),
            tuple(sorted(taken.get(key, ()))),
            tuple(sorted(set(whole) - found)),
        )
        for key, found in enabled.items()
    ]


def broken(declared: Promise, run: Trace) -> list[Obligation]:
    """What the fairness of an action of the abstract spec asks of the run as it looks there, and the run does not do."""
    machine = declared.abstract.machine
    live = [declared.abstract.state(declared.subject(declared.abstract.of.thaw(state))) for state in run.states]
    return [found for found in _of_action(machine, evolve(run, states=tuple(live), fair={}), declared.inner) if not found.is_met]


def asked_of(machine: Machine, declared: Declaration, run: Trace) -> list[dict[str, Any]]:
    """The combinations of arguments that a property is asked of, and may be false for on a run."""
    if isinstance(declared, Promise):
        return [dict(found.arguments or {}) for found in broken(declared, run)]
    live = machine.thaw(run.states[0])
    return list(machine._guarded(all_runs(lambda _: declared.choose_arguments(live)), declared))


def pending_since(machine: Machine, declared: Declaration, run: Trace) -> int | None:
    """The index of the state from which on the run shows that a liveness property is false; None if it does not show it.

    For ``eventually`` it is the first state, for ``leads_to`` one in which the premise is true, for the others the first of the loop; for
    ``eventually_always`` a state of the loop in which the property is false. Fairness is of the loop.
    """
    assert run.loop is not None
    if isinstance(declared, Promise):
        wanted = identity(tuple(run.arguments.values()))
        return run.loop if any(identity(tuple((found.arguments or {}).values())) == wanted for found in broken(declared, run)) else None
    pairs = [declared.pair(machine.thaw(state), run.arguments) for state in run.states]
    unmet = [not goal for _, goal in pairs]
    never_in_loop = all(unmet[run.loop :])
    if declared.role is Role.EVENTUALLY:
        return 0 if all(unmet) else None
    if declared.role is Role.ALWAYS_EVENTUALLY:
        return run.loop if never_in_loop else None
    if declared.role is Role.EVENTUALLY_ALWAYS:
        return next((index for index in range(run.loop, len(unmet)) if unmet[index]), None)
    asked = (index for index, (premise, _) in enumerate(pairs) if premise and all(unmet[min(index, run.loop) :]))
    return next(asked, None)


def defect(machine: Machine, declared: Declaration, run: Trace) -> str | None:
    """Why a run with a loop, which is one of the spec's, is no counterexample to a liveness property; None if it is one."""
    if run.loop is None:
        return "the run has no loop"
    if pending_since(machine, declared, run) is None:
        return f"the run does not violate {declared.name}"
    missed = next((found for found in obligations(machine, run) if not found.is_met), None)
    if missed is None:
        return None
    where = "enabled again and again" if missed.fairness.strength is Strength.STRONG and missed.disabled else "enabled for ever"
    return f"the run is not fair: {missed}, which is {missed.fairness}, is {where} and never taken"


def cause(machine: Machine, run: Trace) -> list[str]:
    """The actions that are enabled where a run stops, none of which must happen."""
    last = run.states[-1]
    return [
        action.name
        for action in machine.actions
        if any(after is None or after != last for _, after in ways(machine, action, last))
    ]
