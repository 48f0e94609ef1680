"""Evidence: the run that leads to a finding, rebuilt and confirmed.

The kernel remembers of each state its parent and which successor of the parent it was. Walking that path gives the choices
made; running the spec's Python with these choices gives the states; a replay on ordinary objects, which knows nothing of
cells and trees, must come to the same end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from modelcheck.errors import ImpureError, ModelcheckError
from modelcheck.search.exploration import Exploration
from modelcheck.spec import Declaration, Machine, State, Step
from modelcheck.statespace.recording.recorder import Recorder
from modelcheck.statespace.recording.runs import Run
from modelcheck.trace import Outcome, Replay, Trace, replay

Path = Sequence[tuple[int, list[int]]]
"""The trees walked and the choices made in each, the initialiser's first."""
_CAUSES = "Actions and properties must depend on the state alone: no random numbers, time, changing globals, hash() or id()."


def evidence(
    machine: Machine, exploration: Exploration, found: tuple[int, int], name: str, kind: str, source: str
) -> Trace:
    """The confirmed run that leads to a finding.

    Args:
        machine: The machine explored.
        exploration: Its exploration, at rest.
        found: The finding's parent and ordinal, as the kernel gives them.
        name: The property's name.
        kind: The property's kind.
        source: The file of the spec.

    Raises:
        ImpureError: if the run cannot be replayed, which nearly always means that the spec depends on more than its state.
    """
    return shown(machine, exploration.recorder, _found_path(machine, exploration, found, name), name, kind, source)


def shown(machine: Machine, recorder: Recorder, path: Path, name: str, kind: str, source: str) -> Trace:
    """The confirmed run along a path.

    Args:
        machine: The machine explored.
        recorder: Has the trees that the path names.
        path: The path.
        name: The property's name.
        kind: The property's kind.
        source: The file of the spec.

    Raises:
        ImpureError: if the run cannot be replayed.
    """
    confirmed = replay(machine, _rebuilt(machine, recorder, path, name, kind, source))
    if confirmed.outcome is not Outcome.CONFIRMED:
        raise unconfirmed(confirmed, name, machine.place)
    return confirmed.trace


def unconfirmed(replayed: Replay, name: str, place: str) -> ImpureError:
    """The error for a run that the search has found and plain objects do not go through.

    Args:
        replayed: What came of it.
        name: The property's name.
        place: Where the spec is written.
    """
    at = "" if replayed.step is None else f" at step {replayed.step}"
    return ImpureError(
        f"the run found for {name} could not be replayed{at}: {replayed.reason}",
        place=place,
        remedy=_CAUSES,
    )


def failing_run(machine: Machine, exploration: Exploration, source: str) -> Trace | None:
    """The run that leads to what raised an error and ended the search; None if it cannot be shown to do so again.

    Args:
        machine: The machine explored.
        exploration: Its exploration, at rest.
        source: The file of the spec.
    """
    if exploration.failed is None:
        return None
    declared, found = exploration.failed
    with suppress(ModelcheckError):
        path = _found_path(machine, exploration, found, declared.name)
        confirmed = replay(machine, _rebuilt(machine, exploration.recorder, path, declared.name, "error", source))
        if confirmed.outcome is Outcome.CONFIRMED:
            return confirmed.trace
    return None


def _found_path(machine: Machine, exploration: Exploration, found: tuple[int, int], name: str) -> Path:
    try:
        return exploration.explorer.path(*found)
    except RuntimeError as error:  # What was not recorded is run again.
        raise ImpureError(f"the run found for {name} does not come out again", place=machine.place, remedy=_CAUSES) from error


def _rebuilt(machine: Machine, recorder: Recorder, path: Path, name: str, kind: str, source: str) -> Trace:
    states, steps = along(recorder, path)
    return Trace(machine.cls.__name__, source, machine.constants, name, kind, states, steps)


def along(recorder: Recorder, path: Path) -> tuple[tuple[State, ...], tuple[Step, ...]]:
    """The states and steps on a path, as the kernel gives it."""
    states = []
    steps = []
    for run, state, action in _walk(recorder, path):
        states.append(state)
        if action is not None:
            steps.append(Step(action.name, dict(run.arguments), run.choices))
    return tuple(states), tuple(steps)


def walked(recorder: Recorder, path: Path) -> list[State]:
    """The states on a path, as the kernel gives it."""
    return [state for _, state, _ in _walk(recorder, path)]


def _walk(recorder: Recorder, path: Path) -> Iterator[tuple[Run, State, Declaration | None]]:
    ids: dict[int, int] = {}
    for tree, script in path:
        run = recorder.run(recorder.trees[tree], script, ids)
        ids = recorder.after(run, ids)
        yield run, recorder.layout.snapshot(ids), recorder.trees[tree].declared
