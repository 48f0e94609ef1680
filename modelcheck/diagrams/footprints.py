"""What the runs of trees were seen to read and write."""

from __future__ import annotations

from modelcheck.statespace.cells import Cell
from modelcheck.statespace.kernel import _kernel as kernel
from modelcheck.statespace.recording.runs import Run

_READS = (kernel.READ, kernel.READ_NEXT)
_SINGLE = (*_READS, kernel.EACH)


class Footprints:
    """What runs have read and written.

    Attributes:
        runs: The cells that a run has looked at one by one or written, of each run; equal ones once.
    """

    def __init__(self) -> None:
        self._cells: dict[int, set[int]] = {}
        self._collections: dict[int, set[int]] = {}
        self.runs: set[frozenset[int]] = set()

    def note(self, tree: int, run: Run) -> bool:
        """Add what a run has done; returns whether it has read what none before it has."""
        before = self._size(tree)
        cells, collections = self._cells.setdefault(tree, set()), self._collections.setdefault(tree, set())
        for kind, where, _, found in run.events:
            if kind in _READS:
                cells.add(where)
            elif kind != kernel.CHOOSE:
                collections.add(where)
            if kind == kernel.EACH and found >= 0:
                cells.add(found)
        one_by_one = {found if kind == kernel.EACH else where for kind, where, _, found in run.events if kind in _SINGLE}
        self.runs.add(frozenset(one_by_one | {cell for cell, _, _ in run.writes}) - {-1})
        return self._size(tree) > before

    def reads(self, tree: int, cell: Cell) -> bool:
        """Whether a run of a tree has read a cell, by itself or with all of its collection."""
        whole = cell.collection is not None and cell.collection.index in self._collections.get(tree, ())
        return whole or cell.index in self._cells.get(tree, ())

    def _size(self, tree: int) -> int:
        return len(self._cells.get(tree, ())) + len(self._collections.get(tree, ()))
