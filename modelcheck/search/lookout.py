"""The limits of a search, looked at while it is under way, and its progress."""

from __future__ import annotations

import threading

from modelcheck.limits.budget import Budget
from modelcheck.search.kernel._explorer import Explorer
from modelcheck.search.options import Options
from modelcheck.search.report import Progress
from modelcheck.spec import Role
from modelcheck.statespace.kernel._kernel import Space
from modelcheck.statespace.recording.recorder import Recorder

LOOKS_EVERY_S = 0.25
_BATCH = 4096
_WALKED_IN_VAIN = 100_000


class Lookout:
    """Looks at the limits between batches of states, and says that a search is to end.

    Args:
        options: How it searches.
        explorer: What is looked at,
        recorder: with the spec's code
        space: and the state space.
        budget: The time and memory that there are.

    Attributes:
        stopped: Why the search is to end before it is complete, or None.
        halt: Set where all workers are to come to rest.
    """

    def __init__(self, options: Options, explorer: Explorer, recorder: Recorder, space: Space, budget: Budget) -> None:
        self.stopped: str | None = None
        self.halt = threading.Event()
        self._options, self._explorer, self._recorder, self._space, self._budget = options, explorer, recorder, space, budget
        self._walks = options.order == "random"
        self._looked_s = self._reported_s = 0.0
        self._last_new = (0, 0)

    @property
    def seconds(self) -> float:
        """Since the search began."""
        earlier = self._options.checkpoints
        return self._budget.seconds + (0.0 if earlier is None else earlier.earlier_s)

    def batch(self) -> int:
        """How many states a worker expands before it is looked at again."""
        limit = self._options.limits.states
        if limit is None:
            return _BATCH
        return max(1, min(_BATCH, (limit - self._explorer.stats()["states"]) // (8 * self._options.workers)))

    def look(self, *, report: bool) -> None:
        """Check the limits, and let one of the workers report progress."""
        ended = self._budget.ended()
        if ended:
            self.stop(ended)
        seconds, limits = self._budget.seconds, self._options.limits
        due = seconds - self._looked_s > LOOKS_EVERY_S
        if not due and limits.states is None and self._options.order == "breadth":
            return
        stats = self._explorer.stats()
        if due:
            self._looked_s = seconds
            self._look_at_memory(stats)
        if limits.states is not None and self._has_enough(stats["states"], limits.states):
            self.stop(f"the limit of {limits.states:,} states was reached")
        if self._options.order != "breadth":
            self._look_off_breadth(stats)
        if report and seconds - self._reported_s > LOOKS_EVERY_S:
            self._reported_s = seconds
            self._report(stats)

    def _look_at_memory(self, stats: dict[str, int]) -> None:
        short = self._budget.memory_over(self._used(stats))
        if short:
            self.stop(short)

    def _has_enough(self, states: int, limit: int) -> bool:
        """Whether a limit of states is reached. One that is met exactly may be all that there are, except for a walk, which would never know."""
        return states >= limit if self._walks else states > limit

    def _look_off_breadth(self, stats: dict[str, int]) -> None:
        depth = self._options.limits.depth
        if self._walks and self._options.limits.states is not None:
            self._look_for_new(stats)
        if self.violated() and not self._options.keep_going:
            self.halt.set()
        if depth is not None and stats["depth"] > depth and not self._walks:
            self.stop(f"the depth limit of {depth} was reached")

    def _look_for_new(self, stats: dict[str, int]) -> None:
        """A walk whose limit of states is beyond what there are would never end."""
        states, walked = self._last_new
        if stats["states"] > states:
            self._last_new = (stats["states"], stats["expanded"])
        elif stats["expanded"] - walked > _WALKED_IN_VAIN:
            self.stop(f"the last {_WALKED_IN_VAIN:,} steps met no new state, in walks of at most {self._options.walk_length():,} steps")

    def _report(self, stats: dict[str, int]) -> None:
        if self._options.progress is None:
            return
        load, used = stats["states"] / max(stats["table_slots"], 1), self._used(stats)
        counts = stats["depth"], stats["states"], stats["generated"], stats["frontier"]
        self._options.progress(Progress(*counts, self._recorder.calls, load, used, self.seconds))

    def _used(self, stats: dict[str, int]) -> int:
        return stats["table_bytes"] + stats["log_bytes"] + stats["frontier_bytes"] + self._space.node_bytes

    def stop(self, reason: str) -> None:
        """Let the search end; the first reason is the one that is told."""
        self.stopped = self.stopped or reason
        self.halt.set()

    def violated(self) -> bool:
        """Whether the search has found what must not be, be it only one of several."""
        reachable = {index for index, tree in self._recorder.trees.items() if tree.declared and tree.declared.role is Role.REACHABLE}
        return any(tree not in reachable for tree, *_ in self._explorer.findings())

    def has_initial_states(self) -> bool:
        """Whether a random walk has enough of them to begin: as many as the limit of states, or what half of its time gave."""
        limit = self._options.limits.states
        return (limit is not None and self._recorder.initial_runs >= limit) or self._budget.seconds > self._budget.left_s

    def close(self) -> None:
        """Let go of what was looked at."""
        del self._explorer, self._recorder, self._space
