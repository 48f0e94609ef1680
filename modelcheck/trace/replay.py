"""Replay: a trace run once more through the spec's own Python.

The recorded run is followed step by step: the action with the recorded arguments and choices is taken, and the state
that it leads to compared with the recorded one. The comparison is of encoded values, so a trace from a file needs no
decoding. A run that cannot be followed to its end has *parted* from the spec, and the replay says at which step and
how.

*Cost.* A step costs one evaluation of the domains and one run of the action, so fifty steps take milliseconds.
"""

from __future__ import annotations

import linecache
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from modelcheck.errors import ModelcheckError, TraceError, UsageError
from modelcheck.spec import LIVENESS, STEPS, Declaration, Machine, Role, State, Step, Strength
from modelcheck.spec.choice import Disabled, choosing
from modelcheck.spec.constants import unknown
from modelcheck.spec.fairness import assumed
from modelcheck.spec.loading import shown_path
from modelcheck.spec.run import ScriptedChooser, all_runs, as_spec_error, options_of
from modelcheck.trace.blocked import why_stopped
from modelcheck.trace.diff import Change, changes
from modelcheck.trace.itf import Json, decode, decode_near, encode
from modelcheck.trace.lasso import defect
from modelcheck.trace.observation import Observation, observation_from, state_differences, step_differences
from modelcheck.trace.reason import Reason
from modelcheck.trace.recording import RecordedStep, Recording, record
from modelcheck.trace.trace import ENDLESS, Trace
from modelcheck.values import show

_MOST_HIDDEN = 1_000
_LANGUAGE = tuple(str(Path(__file__).resolve().parent.parent / package) for package in ("spec", "parts"))


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


class _Parted(Exception):  # noqa: N818 - not an error: the answer of a replay.
    def __init__(self, reason: str, differ: Iterable[Change] = (), because: Iterable[Reason] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.changes = tuple(differ)
        self.because = tuple(because)


def replay(machine: Machine, trace: Trace | Recording) -> Replay:
    """Run a trace again through a spec.

    Args:
        machine: The spec, with the constants of the trace.
        trace: The trace, or the recording of one.

    Raises:
        SpecError: if an action or the property raises.
    """
    recording = record(trace) if isinstance(trace, Trace) else trace
    states: list[State] = []
    steps: list[Step] = []
    try:
        fair = assumed(machine, recording.fair)
    except UsageError as error:
        return Replay(Outcome.PARTED, _as_run(machine, recording, [], [], {}), 0, error.message)
    try:
        states.append(_initial(machine, recording))
        for recorded, expected in zip(recording.steps, recording.after_steps(), strict=True):
            step, state = _follow(machine, states[-1], recorded, expected)
            steps.append(step)
            states.append(state)
        if recording.closes:
            states.pop()  # It is that to which the loop returns.
    except _Parted as parted:
        run = _as_run(machine, recording, states, steps, fair)
        return Replay(Outcome.PARTED, run, len(states), parted.reason, parted.changes, parted.because)
    run = _as_run(machine, recording, states, steps, fair)
    return _shown(machine, recording, run)


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


# Following ------------------------------------------------------------------------------------------------------------------------------------


def _initial(machine: Machine, recording: Recording) -> State:
    expected = dict(recording.states[0])
    if list(expected) != machine.variables and set(expected) != set(machine.variables):
        gone = [name for name in expected if name not in machine.variables]
        come = [name for name in machine.variables if name not in expected]
        told = [f"{', '.join(gone)} of the trace no longer in the spec"] if gone else []
        told += [f"{', '.join(come)} of the spec not in the trace"] if come else []
        raise _Parted(f"the variables are others: {'; '.join(told)}")
    options = machine.initial_states()
    for state in options:
        if _encoded(state) == expected:
            return state
    if len(options) == 1:
        raise _Parted("the initial state is another", _differences(expected, options[0]))
    raise _Parted(f"the recorded state is none of the {len(options)} initial states")


def _follow(machine: Machine, state: State, recorded: RecordedStep, expected: Mapping[str, Json]) -> tuple[Step, State]:
    """The recorded step taken in a state, and where it leads, which must be the recorded state."""
    action = _action(machine, recorded.action)
    other: State | None = None
    for step, after in _taken(machine, action, state, recorded):
        if _encoded(after) == expected:
            return step, after
        other = after
    assert other is not None
    raise _Parted(f"{_text(recorded)} leads to another state", _differences(expected, other))


def _action(machine: Machine, name: str) -> Declaration:
    found = next((action for action in machine.actions if action.name == name), None)
    if found is None:
        raise _Parted(
            unknown(name, [action.name for action in machine.actions], f"the spec has no action {name!r} any more")
        )
    return found


def _taken(machine: Machine, action: Declaration, state: State, recorded: RecordedStep) -> Iterator[tuple[Step, State]]:
    """The ways to take a recorded step; more than one only if two of its values are written alike. At least one, or it raises."""
    text = _text(recorded)
    if set(action.parameters) != set(recorded.arguments):
        raise _Parted(f"{text} was taken, and the action has the parameters ({', '.join(action.parameters)}) now")
    scripts = _scripts(machine, action, state, recorded)
    if not scripts:
        raise _Parted(f"{text} cannot be taken: these arguments are not in its domains in this state")
    stopped: Disabled | None = None
    for script in scripts:
        try:
            yield _perform(machine, action, state, _Follower(script, recorded.choices))
        except Disabled as disabled:
            stopped = disabled
        else:
            stopped = None
    if stopped is not None:
        raise _Parted(f"{text} is not enabled: {guard_of(stopped)}", because=why_stopped(stopped))


def _scripts(machine: Machine, action: Declaration, state: State, recorded: RecordedStep) -> list[list[int]]:
    """The option numbers with which the action's domains give the recorded arguments."""
    live = machine.thaw(state)

    def arguments(chooser: ScriptedChooser) -> tuple[dict[str, Any], list[int]]:
        return action.choose_arguments(live), [option for _, option in chooser.taken]

    runs = list(machine._guarded(all_runs(arguments), action))
    return [
        script for found, script in runs if {name: encode(value) for name, value in found.items()} == recorded.arguments
    ]


def _perform(machine: Machine, action: Declaration, state: State, follower: _Follower) -> tuple[Step, State]:
    live = machine.thaw(state)
    with choosing(follower):
        try:
            arguments = action.choose_arguments(live)
            before_body = len(follower.picked)
            action.run(live, arguments)
            follower.finish()
            return Step(action.name, arguments, tuple(follower.picked[before_body:])), machine.freeze(live)
        except _Parted:
            raise
        except Exception as error:
            raise as_spec_error(error, f"the {action.role.value} {action.name}") from error


class _Follower(ScriptedChooser):
    """Takes the options of a script, then those that were recorded."""

    def __init__(self, script: Sequence[int], choices: Sequence[Json]) -> None:
        super().__init__(script)
        self._left = list(choices)

    def pick(self, options: Iterable[Any]) -> Any:
        if len(self.taken) < len(self._script):
            return super().pick(options)
        found = options_of(options)
        if not found:
            raise Disabled
        if not self._left:
            raise _Parted(f"the action makes one more choice than recorded, among {', '.join(map(show, found))}")
        wanted = self._left.pop(0)
        for number, option in enumerate(found):
            if encode(option) == wanted:
                self.taken.append((len(found), number))
                self.picked.append(option)
                return option
        raise _Parted(
            f"the action can no longer choose {show(decode(wanted))}; it can choose {', '.join(map(show, found))}"
        )

    def finish(self) -> None:
        """Check that all recorded choices were made."""
        if self._left:
            raise _Parted(f"the action no longer makes the choice that was recorded as {show(decode(self._left[0]))}")


def guard_of(stopped: Disabled) -> str:
    """The guard that ended a run, as ``file:line: source``."""
    frames = traceback.extract_tb(stopped.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith(_LANGUAGE)] or list(frames)
    line = linecache.getline(own[-1].filename, own[-1].lineno or 0).strip()
    return f"{shown_path(own[-1].filename)}:{own[-1].lineno}: {line}"


def _encoded(state: State) -> dict[str, Json]:
    return {name: encode(value) for name, value in state.items()}


def _differences(expected: Mapping[str, Json], now: State) -> Iterator[Change]:
    for name in now:
        if encode(now[name]) != expected[name]:
            yield from changes(decode_near(expected[name], now[name]), now[name], name)


def _text(recorded: RecordedStep) -> str:
    arguments = {name: decode(value) for name, value in recorded.arguments.items()}
    return repr(Step(recorded.action, arguments, tuple(map(decode, recorded.choices))))


# What the run shows at its end ----------------------------------------------------------------------------------------------------------------


def _shown(machine: Machine, recording: Recording, run: Trace) -> Replay:
    if recording.kind == "deadlock":
        return _deadlock(machine, run)
    if recording.kind == "log":
        return _observed(machine, recording, run)
    if recording.kind == "error":
        return _raising(machine, recording.property, run)
    declared = next((d for d in machine.asked if d.name == recording.property), None)
    if declared is None or (declared.role in LIVENESS) is not (recording.kind in ENDLESS):
        message = f"the spec has no {'liveness ' if recording.kind in ENDLESS else ''}property {recording.property!r} any more"
        return Replay(
            Outcome.PARTED,
            run,
            len(run.steps),
            unknown(recording.property, [d.name for d in machine.asked], message),
        )
    if declared.role in LIVENESS:
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
    live = machine.thaw(run.states[0])
    domain = list(machine._guarded(all_runs(lambda _: declared.choose_arguments(live)), declared))
    same = [found for found in domain if {name: encode(value) for name, value in found.items()} == recording.arguments]
    if not same:
        return Replay(Outcome.NOT_CONFIRMED, run, None, f"{declared.name} ranges over other arguments than the recorded ones")
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
