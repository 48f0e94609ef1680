"""Replay: a trace run once more through the spec's own Python.

The recorded run is followed step by step: the action with the recorded arguments and choices is taken, and the state
that it leads to compared with the recorded one. The comparison is of encoded values, so a trace from a file needs no
decoding. A run that cannot be followed to its end has *parted* from the spec, and the replay says at which step and
how.

*Cost.* A step costs one evaluation of the domains and one run of the action, so fifty steps take milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from attrs import evolve, frozen

from modelcheck.errors import ModelcheckError, TraceError, UsageError
from modelcheck.spec import RUNS, STEPS, Declaration, Machine, Role, State, Step, Strength
from modelcheck.spec.constants.declared import unknown
from modelcheck.spec.fairness import assumed
from modelcheck.trace.diff import Change
from modelcheck.trace.explanation.reason import Reason
from modelcheck.trace.following import Runs
from modelcheck.trace.itf import Json, encode
from modelcheck.trace.lasso import asked_of, defect
from modelcheck.trace.observation import Observation, observation_from, state_differences, step_differences
from modelcheck.trace.recording import Recording, record
from modelcheck.trace.trace import ENDLESS, Trace

_MOST_HIDDEN = 1_000


class Outcome(Enum):
    """How a replay ended."""

    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not confirmed"
    PARTED = "parted"


@frozen
class Replay:
    """The outcome of a replay.

    Attributes:
        outcome: ``CONFIRMED``: the run shows at its end what was recorded (the property fails, or is reached).
            ``NOT_CONFIRMED``: the run is the same, but shows that no longer. ``PARTED``: the spec cannot go through
            the recorded states any more.
        trace: The run as it is now, as far as it goes.
        step: The number of the step at which they part, 0 for the initial state; None if they do not.
        reason: How they part, or why it is not confirmed.
        changes: From the recorded state to the one that the spec goes to now, if that is how they part.
        because: The values in the guard that stops the recorded step, if that is how they part.
    """

    outcome: Outcome
    trace: Trace
    step: int | None = None
    reason: str = ""
    changes: tuple[Change, ...] = ()
    because: tuple[Reason, ...] = ()


def replay(machine: Machine, trace: Trace | Recording) -> Replay:
    """Run a trace again through a spec.

    Args:
        machine: The spec, with the constants of the trace.
        trace: The trace, or the recording of one.

    Raises:
        SpecError: if an action or the property raises.
    """
    recording = record(trace) if isinstance(trace, Trace) else trace
    try:
        fair = assumed(machine, recording.fair)
    except UsageError as error:
        return Replay(Outcome.PARTED, _as_run(machine, recording, [], [], {}), 0, error.message)
    runs = Runs(machine, recording)
    best: Replay | None = None
    for states, steps in runs:
        shown = _shown(machine, recording, _as_run(machine, recording, states, steps, fair))
        if shown.outcome is Outcome.CONFIRMED:
            return shown
        best = best or shown
    if best is not None:
        return best
    run = _as_run(machine, recording, runs.followed, runs.steps, fair)
    return Replay(Outcome.PARTED, run, len(runs.followed), runs.parted.reason, runs.parted.changes, runs.parted.because)


def _as_run(
    machine: Machine, recording: Recording, states: list[State], steps: list[Step], fair: Mapping[str, Strength]
) -> Trace:
    return Trace(
        spec=machine.cls.__name__,
        source=recording.source,
        constants=machine.constants,
        property=recording.property,
        kind=recording.kind,
        states=tuple(states),
        steps=tuple(steps),
        loop=recording.loop if len(states) == len(recording.states) else None,
        found_by=recording.found_by,
        observed=recording.observed,
        fair=fair,
    )


# What the run shows at its end ----------------------------------------------------------------------------------------------------------------


def _shown(machine: Machine, recording: Recording, run: Trace) -> Replay:
    if recording.kind == "deadlock":
        return _deadlock(machine, run)
    if recording.kind == "log":
        return _observed(machine, recording, run)
    if recording.kind == "error":
        return _raising(machine, recording.property, run)
    declared = next((d for d in machine.asked if d.name == recording.property), None)
    if declared is None or (declared.role in RUNS) is not (recording.kind in ENDLESS):
        message = f"the spec has no {'liveness ' if recording.kind in ENDLESS else ''}property {recording.property!r} any more"
        return Replay(
            Outcome.PARTED,
            run,
            len(run.steps),
            unknown(recording.property, [d.name for d in machine.asked], message),
        )
    if declared.role in RUNS:
        return _endless(machine, declared, recording, run)
    wanted = declared.role is Role.REACHABLE
    found = [arguments for arguments, holds in _instances(machine, declared, run) if holds is wanted]
    if not found:
        now = "is false" if wanted else "is true"
        return Replay(Outcome.NOT_CONFIRMED, run, None, f"{declared.name} {now} at the end of the run")
    same = (
        arguments
        for arguments in found
        if {name: encode(value) for name, value in arguments.items()} == recording.arguments
    )
    return Replay(Outcome.CONFIRMED, evolve(run, arguments=next(same, found[0])))


def _endless(machine: Machine, declared: Declaration, recording: Recording, run: Trace) -> Replay:
    """A run with a loop, of which the property must be false with the recorded arguments, and to which fairness must have no objection."""
    domain = asked_of(machine, declared, run)
    same = [found for found in domain if {name: encode(value) for name, value in found.items()} == recording.arguments]
    if not same:
        is_fairness = declared.role is Role.FAIRNESS
        why = f"the run does not violate {declared.name}" if is_fairness else f"{declared.name} ranges over other arguments than the recorded ones"
        return Replay(Outcome.NOT_CONFIRMED, run, None, why)
    shown = evolve(run, arguments=same[0], kind=declared.role.value)
    reason = defect(machine, declared, shown)
    return Replay(Outcome.CONFIRMED if reason is None else Outcome.NOT_CONFIRMED, shown, None, reason or "")


def _instances(machine: Machine, declared: Declaration, run: Trace) -> Iterator[tuple[dict[str, Any], bool]]:
    if declared.role not in STEPS or (declared.role is Role.REFINES and not run.steps):
        yield from machine.instances(declared, run.states[-1])
    elif run.steps:
        yield from machine.instances(declared, run.states[-2], run.states[-1])


def _deadlock(machine: Machine, run: Trace) -> Replay:
    step = next((step for step, _ in machine.successors(run.states[-1])), None)
    if step is not None:
        return Replay(Outcome.NOT_CONFIRMED, run, None, f"{step!r} can be taken at the end of the run")
    if run.states and not machine.is_stuck(run.states[-1]) and not any(machine.failing(each, run.states[-1]) is None for each in machine.terminals):
        return Replay(Outcome.NOT_CONFIRMED, run, None, "a step was cut at a bound at the end of the run")
    fine = next((declared for declared in machine.terminals if machine.failing(declared, run.states[-1]) is None), None)
    if fine is not None:
        return Replay(Outcome.NOT_CONFIRMED, run, None, f"the run ends in a state that {fine.name} calls terminal")
    return Replay(Outcome.CONFIRMED, run)


def _raising(machine: Machine, name: str, run: Trace) -> Replay:
    known = [*machine.actions, *machine.properties, *machine.constraints, *machine.terminals]
    declared = next((each for each in known if each.name == name), None)
    if declared is None:
        return Replay(Outcome.PARTED, run, len(run.steps), unknown(name, [each.name for each in known], f"the spec has no {name!r} any more"))
    error = error_of(machine, declared, run)
    if error is None:
        return Replay(Outcome.NOT_CONFIRMED, run)
    return Replay(Outcome.CONFIRMED, run, None, error.message)


def error_of(machine: Machine, declared: Declaration, run: Trace) -> ModelcheckError | None:
    """The error that an action, property or predicate raises at the end of a run, if it does."""
    try:
        for _ in machine.outcomes(run.states[-1], declared) if declared.role is Role.ACTION else _instances(machine, declared, run):
            pass
    except ModelcheckError as error:
        return error
    return None


def _observed(machine: Machine, recording: Recording, run: Trace) -> Replay:
    """A run that explains a log is confirmed as soon as it is a run; one after which something unexplained was seen, if that is unexplained still."""
    if recording.observed is None:
        return Replay(Outcome.CONFIRMED, run)
    found = explanation_of(machine, run.states[-1], recording.observed)
    if found is None:
        return Replay(Outcome.CONFIRMED, run)
    return Replay(Outcome.NOT_CONFIRMED, run, None, f"{found} explains what was seen next")


def explanation_of(machine: Machine, state: State, observed: Mapping[str, Json]) -> str | None:
    """What explains, in a state, what was seen next: a step, after hidden ones if need be, or the state itself. None if nothing does.

    Args:
        machine: The spec.
        state: The state.
        observed: A line of a log; ``hidden`` lists the actions that were not seen. Up to a thousand states are looked at that they lead to.

    Raises:
        SpecError: if the spec's code raises.
    """
    seen, hidden = observation_from(observed), observed.get("hidden", ())
    _check_names(machine, seen)
    states = dict.fromkeys([state])
    for reached in (waiting := [state]):
        for step, after in machine.successors(reached):
            if step.action == seen.action and not any(step_differences(seen, step)) and not any(state_differences(seen, after)):
                return repr(step)
            if step.action in hidden and after not in states and len(states) < _MOST_HIDDEN:
                states[after] = None
                waiting.append(after)
        if seen.action is None and not any(state_differences(seen, reached)):
            return "the state"
    return None


def _check_names(machine: Machine, seen: Observation) -> None:
    """Refuse what was seen of what the spec does not have.

    Raises:
        TraceError: if there is such a thing.
    """
    actions = {action.name: action for action in machine.actions}
    if seen.action is not None and seen.action not in actions:
        raise TraceError(unknown(seen.action, list(actions), f"the spec has no action {seen.action!r} any more"))
    parameters = [] if seen.action is None else list(actions[seen.action].parameters)
    for what, names, known in (("argument", seen.arguments, parameters), ("variable", seen.state, machine.variables)):
        for name in names:
            if name not in known:
                raise TraceError(unknown(name, known, f"the spec has no {what} {name!r} any more, which was seen"))
