"""How a spec is searched."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from attrs import frozen

from modelcheck.errors import UsageError
from modelcheck.limits import Limits
from modelcheck.search.report import Progress

if TYPE_CHECKING:
    from modelcheck.search.checkpoints import Checkpoints

DEADLOCK = "deadlock"
ENGINES = ("enumerate", "sets", "both")
ORDERS = ("breadth", "depth", "random")
_WALK_LENGTH = 200


@frozen(kw_only=True)
class Options:
    """How a spec is searched; see `modelcheck.search.check`.

    Attributes:
        limits: When to give up.
        workers: Threads.
        order: One of `ORDERS`.
        seed: Of the random walk.
        keep_going: Whether to search on after a violation.
        progress: Called a few times a second.
        checkpoints: Where what was found is kept; None if it is not.
    """

    limits: Limits
    workers: int
    order: str
    seed: int
    keep_going: bool
    progress: Callable[[Progress], None] | None
    checkpoints: Checkpoints | None = None

    @property
    def walk_seed(self) -> int | None:
        """The seed, where it decides what is explored."""
        return self.seed if self.order == "random" else None

    def kept(self) -> dict[str, Any]:
        """What a search that goes on from a checkpoint has in common with the one before, as JSON takes it."""
        return {"workers": self.workers, "order": self.order, "seed": self.seed, "keep_going": self.keep_going}

    def walk_length(self) -> int | None:
        """After how many steps a random walk begins again: where it comes to the limit of depth. None for the other orders.

        Raises:
            UsageError: if that leaves no step to take.
        """
        if self.order != "random":
            return None
        if self.limits.depth == 1:
            raise UsageError("a random walk to depth 1 takes no step", remedy="The initial states are the first level; give a depth from 2.")
        return _WALK_LENGTH if self.limits.depth is None else self.limits.depth - 1
