"""What the runs of trees were seen to read and write."""

from __future__ import annotations

from modelcheck.statespace.cells import Cell
from modelcheck.statespace.kernel import _kernel as kernel
from modelcheck.statespace.recording.runs import Run

_READS = (kernel.READ, kernel.READ_NEXT)


class Footprints:
    """By tree, the cells and the collections that its runs have read, and the cells that they have written."""

    def __init__(self) -> None:
        self._cells: dict[int, set[int]] = {}
        self._collections: dict[int, set[int]] = {}
        self._written: dict[int, set[int]] = {}

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
        self._written.setdefault(tree, set()).update(cell for cell, _, _ in run.writes)
        return self._size(tree) > before

    def reads(self, tree: int, cell: Cell) -> bool:
        """Whether a run of a tree has read a cell, by itself or with all of its collection."""
        whole = cell.collection is not None and cell.collection.index in self._collections.get(tree, ())
        return whole or cell.index in self._cells.get(tree, ())

    def _size(self, tree: int) -> int:
        return len(self._cells.get(tree, ())) + len(self._collections.get(tree, ()))

    def touched(self) -> list[set[int]]:
        """For each tree the cells that it reads or writes one by one."""
        return [self._cells.get(tree, set()) | self._written.get(tree, set()) for tree in sorted({*self._cells, *self._written})]
