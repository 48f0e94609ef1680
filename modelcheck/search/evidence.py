"""Evidence: the run that leads to a finding, rebuilt and confirmed.

The kernel remembers of each state its parent and which successor of the parent it was. Walking that path gives the choices
made; running the spec's Python with these choices gives the states; a replay on ordinary objects, which knows nothing of
cells and trees, must come to the same end.
"""

from __future__ import annotations

from modelcheck.errors import ImpureError
from modelcheck.search.exploration import Exploration
from modelcheck.spec import Machine, Step
from modelcheck.trace import Outcome, Trace, replay


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
    trace = _rebuilt(machine, exploration, found, name, kind, source)
    confirmed = replay(machine, trace)
    if confirmed.outcome is not Outcome.CONFIRMED:
        at = "" if confirmed.step is None else f" at step {confirmed.step}"
        raise ImpureError(
            f"the run found for {name} could not be replayed{at}: {confirmed.reason}",
            place=machine.place,
            remedy="Actions and properties must depend on the state alone: no random numbers, time, changing globals, hash() or id().",
        )
    return confirmed.trace


def _rebuilt(
    machine: Machine, exploration: Exploration, found: tuple[int, int], name: str, kind: str, source: str
) -> Trace:
    recorder = exploration.recorder
    ids: dict[int, int] = {}
    states = []
    steps = []
    for tree, script in exploration.explorer.path(*found):
        run = recorder.run(recorder.trees[tree], script, ids)
        ids = recorder.after(run, ids)
        states.append(recorder.layout.snapshot(ids))
        action = recorder.trees[tree].declared
        if action is not None:
            steps.append(Step(action.name, dict(run.arguments), run.choices))
    return Trace(machine.cls.__name__, source, machine.constants, name, kind, tuple(states), tuple(steps))
