"""Runs of actions and properties on ordinary objects, called from the kernel where a path is missing and recording it would not pay."""

import threading
from collections.abc import Mapping

from modelcheck.spec import Machine
from modelcheck.statespace.kernel._kernel import Space
from modelcheck.statespace.layout import Layout
from modelcheck.statespace.recording.coverage import Coverage
from modelcheck.statespace.recording.instances import Labels
from modelcheck.statespace.recording.repeats import Repeats
from modelcheck.statespace.recording.runs import Run, Tree

class PlainRuns:
    """What the kernel asks of a tree where a path is missing.

    A recorded run takes some twenty times as long as a plain one, and pays if its path is met again as often. Whether it will
    be is judged by the paths that there are: a tree is given some recorded runs to begin with, and several times as many
    each time that those were met often enough. Where they are not, since what a run reads is nearly the whole state, all
    further runs are plain.

    Args:
        machine: The machine.
        layout: Its cells.
        space: The kernel's space, which calls these runs until `close`.
        trees: The trees by their numbers.
        lock: Held by who runs the spec's code.
        coverage: What runs of properties come to.
        repeats: Knows which trees must be recorded.
        labels: The instances of actions, if they are labelled.
        writers: Gets the names of the actions that write.
        generous: How many recorded runs each action and property has to begin with.

    Attributes:
        seconds: What the runs took in all.
    """

    seconds: float

    def __init__(
        self,
        machine: Machine,
        layout: Layout,
        space: Space,
        trees: Mapping[int, Tree],
        lock: threading.RLock,
        coverage: Coverage,
        repeats: Repeats,
        labels: Labels | None,
        writers: set[str],
        generous: int,
    ) -> None: ...
    def note(self, tree: Tree, run: Run) -> None:
        """Learn from a recorded run which arguments the choices stand for."""

    def rest(self) -> None:
        """No plain run is under way on this thread.

        Raises:
            Overrun: if the last one was ended.
        """

    def close(self) -> None:
        """Let go of the space."""
