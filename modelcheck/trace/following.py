"""The runs of a spec that a recording is of, followed step by step by the spec's own Python.

The action with the recorded arguments and choices is taken, and the state that it leads to compared with the recorded one. The comparison is of
encoded values, so a file needs no decoding. Values of a spec may be written alike (members of one name of two enums); then there are several runs,
and they are found one after another, depth first, each step looked at once for each place in the run.
"""

from __future__ import annotations

import linecache
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from modelcheck.spec import Declaration, Machine, State, Step
from modelcheck.spec.choice import Disabled, choosing
from modelcheck.spec.constants.declared import unknown
from modelcheck.spec.loading import shown_path
from modelcheck.spec.run import ScriptedChooser, all_runs, as_spec_error, options_of
from modelcheck.trace.diff import Change, changes
from modelcheck.trace.explanation.blocked import why_stopped
from modelcheck.trace.explanation.reason import Reason
from modelcheck.trace.itf import Json, decode, decode_near, encode
from modelcheck.trace.recording import RecordedStep, Recording
from modelcheck.values import show

_LANGUAGE = tuple(str(Path(__file__).resolve().parent.parent / package) for package in ("spec", "parts"))


class Parted(Exception):  # noqa: N818 - not an error: the answer of a replay.
    """A run that cannot go on as it was recorded.

    Attributes:
        reason: How they part.
        changes: From the recorded state to the one that the spec goes to now.
        because: The values in the guard that stops the recorded step.
    """

    def __init__(self, reason: str, differ: Iterable[Change] = (), because: Iterable[Reason] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.changes = tuple(differ)
        self.because = tuple(because)


class Runs:
    """The runs of a spec that are written as a recording is: more than one only if values are written alike, as members of one name of two enums are.

    Attributes:
        parted: How the run parts from the spec that follows the recording furthest.
        followed: The states of that run.
        steps: Its steps.
    """

    def __init__(self, machine: Machine, recording: Recording) -> None:
        self._machine = machine
        self._recording = recording
        self._met: set[tuple[Any, ...]] = set()
        self.parted = Parted("")
        self.followed: list[State] = []
        self.steps: list[Step] = []
        self._furthest = -1

    def __iter__(self) -> Iterator[tuple[list[State], list[Step]]]:
        recording = self._recording
        after = list(zip(recording.steps, recording.after_steps(), strict=True))
        states: list[State] = []
        steps: list[Step] = []
        waiting = [_initial(self._machine, recording)]
        while waiting:
            if len(states) == len(waiting):
                del states[-1:], steps[len(states) - 1 if states else 0 :]
            try:
                step, state = next(waiting[-1], (None, None))
            except Parted as parted:
                self._note(parted, states, steps)
                state = None
            if state is None:
                waiting.pop()
            elif (len(states), state, *states[-1:]) not in self._met:
                self._met.add((len(states), state, *states[-1:]))
                states.append(state)
                steps += [] if step is None else [step]
                if len(steps) < len(after):
                    waiting.append(_follow(self._machine, state, *after[len(steps)]))
                elif not recording.closes:
                    yield list(states), list(steps)
                elif states[-1] == states[recording.loop or 0]:
                    yield states[:-1], list(steps)
                else:
                    self._note(Parted("the run does not come back to where the loop begins"), states[:-1], steps[:-1])

    def _note(self, parted: Parted, states: list[State], steps: list[Step]) -> None:
        if len(states) > self._furthest:
            self._furthest = len(states)
            self.parted, self.followed, self.steps = parted, list(states), list(steps)


def _initial(machine: Machine, recording: Recording) -> Iterator[tuple[Step | None, State]]:
    """The initial states that are written as the recorded one. At least one, or it raises."""
    expected = dict(recording.states[0])
    if list(expected) != machine.variables and set(expected) != set(machine.variables):
        gone = [name for name in expected if name not in machine.variables]
        come = [name for name in machine.variables if name not in expected]
        told = [f"{', '.join(gone)} of the trace no longer in the spec"] if gone else []
        told += [f"{', '.join(come)} of the spec not in the trace"] if come else []
        raise Parted(f"the variables are others: {'; '.join(told)}")
    number, found = 0, False
    for number, state in enumerate(machine.each_initial_state(), 1):  # noqa: B007 - counted for the message below.
        if _encoded(state) == expected:
            found = True
            yield None, state
    if not found and number == 1:
        raise Parted("the initial state is another", _differences(expected, machine.first_state))
    if not found:
        raise Parted(f"the recorded state is none of the {number} initial states")


def _follow(machine: Machine, state: State, recorded: RecordedStep, expected: Mapping[str, Json]) -> Iterator[tuple[Step | None, State]]:
    """The recorded step taken in a state, and where it leads, which must be the recorded state. At least one, or it raises."""
    action = _action(machine, recorded.action)
    other: State | None = None
    found = False
    for step, after in _taken(machine, action, state, recorded):
        if _encoded(after) == expected:
            found = True
            yield step, after
        other = after
    if not found:
        assert other is not None
        raise Parted(f"{_text(recorded)} leads to another state", _differences(expected, other))


def _action(machine: Machine, name: str) -> Declaration:
    found = next((action for action in machine.actions if action.name == name), None)
    if found is None:
        raise Parted(
            unknown(name, [action.name for action in machine.actions], f"the spec has no action {name!r} any more")
        )
    return found


def _taken(machine: Machine, action: Declaration, state: State, recorded: RecordedStep) -> Iterator[tuple[Step, State]]:
    """The ways to take a recorded step; more than one only if two of its values are written alike. At least one, or it raises."""
    text = _text(recorded)
    if set(action.parameters) != set(recorded.arguments):
        raise Parted(f"{text} was taken, and the action has the parameters ({', '.join(action.parameters)}) now")
    scripts = _scripts(machine, action, state, recorded)
    if not scripts:
        raise Parted(f"{text} cannot be taken: these arguments are not in its domains in this state")
    stopped: Disabled | None = None
    taken = False
    waiting = [(script, len(script)) for script in scripts]
    while waiting:
        script, arguments = waiting.pop(0)
        follower = _Follower(script, arguments, recorded.choices)
        try:
            performed = _perform(machine, action, state, follower)
        except Disabled as disabled:
            stopped = disabled
        else:
            taken = True
            yield performed
        waiting += [(other, arguments) for other in follower.others()]
    if stopped is not None and not taken:
        raise Parted(f"{text} is not enabled: {guard_of(stopped)}", because=why_stopped(stopped))


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
        except Parted:
            raise
        except Exception as error:
            raise as_spec_error(error, f"the {action.role.value} {action.name}") from error


class _Follower(ScriptedChooser):
    """Takes the options of a script, then those that were recorded, the first of those that are written alike.

    Args:
        script: Option numbers.
        arguments: How many of them are of the action's arguments.
        choices: What was recorded of the others.
    """

    def __init__(self, script: Sequence[int], arguments: int, choices: Sequence[Json]) -> None:
        super().__init__(script)
        self._arguments = arguments
        self._left = list(choices)
        self._alike: list[list[int]] = []

    def pick(self, options: Iterable[Any]) -> Any:
        at = len(self.taken)
        if at < self._arguments:
            return super().pick(options)
        found = options_of(options)
        if not found:
            raise Disabled
        if not self._left:
            raise Parted(f"the action makes one more choice than recorded, among {', '.join(map(show, found))}")
        wanted = self._left.pop(0)
        alike = [number for number, option in enumerate(found) if encode(option) == wanted]
        if not alike:
            raise Parted(
                f"the action can no longer choose {show(decode(wanted))}; it can choose {', '.join(map(show, found))}"
            )
        number = self._script[at] if at < len(self._script) else alike[0]
        self._alike.append([] if at < len(self._script) else alike[1:])
        self.taken.append((len(found), number))
        self.picked.append(found[number])
        return found[number]

    def others(self) -> Iterator[list[int]]:
        """The scripts of the runs that choose something else which is written the same."""
        numbers = [option for _, option in self.taken]
        for at, alike in enumerate(self._alike, self._arguments):
            yield from ([*numbers[:at], number] for number in alike)

    def finish(self) -> None:
        """Check that all recorded choices were made."""
        if self._left:
            raise Parted(f"the action no longer makes the choice that was recorded as {show(decode(self._left[0]))}")


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
