"""What the Python of a search took, and what its runs read: the figures that `--profile` draws its advice from.

A run is taken again for each combination of values that it reads, so the cells that it reads are what its cost is made of.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from modelcheck.parts.history import Explanation
from modelcheck.search.report import CellReport, EffortReport, ReadReport
from modelcheck.spec import Declaration, Machine, Role
from modelcheck.statespace.cells import Cell
from modelcheck.statespace.kernel import _kernel as kernel
from modelcheck.statespace.layout import Layout
from modelcheck.statespace.recording.recorder import Recorder
from modelcheck.statespace.recording.runs import Tree
from modelcheck.statespace.recording.session import Event

_KEY = re.compile(r"\[[^\[\]]*\]")
_WHOLES = (kernel.WHOLE, kernel.WHOLE_NEXT)


def efforts(recorder: Recorder) -> tuple[EffortReport, ...]:
    """What each piece of the spec's code took in a search, the most first.

    Args:
        recorder: Of the search, at rest.
    """
    trees: dict[str, list[Tree]] = {}
    for tree in recorder.trees.values():
        trees.setdefault("" if tree.declared is None else tree.declared.name, []).append(tree)
    found = [_effort(recorder.layout, several) for several in trees.values()]
    return tuple(sorted((effort for effort in found if effort.calls), key=lambda effort: (-effort.calls, effort.name)))


def cells(recorder: Recorder) -> tuple[CellReport, ...]:
    """How many values each cell of the state took, the most first."""
    found = (CellReport(cell.path, len(cell.values)) for cell in recorder.layout.cells)
    return tuple(sorted(found, key=lambda cell: (-cell.values, cell.path)))


def predicate_calls(machine: Machine, recorder: Recorder) -> dict[str, int]:
    """How often the Python of each property, constraint and terminal predicate was run."""
    acting = {action.name for action in machine.actions}
    return {name: calls for name, calls in recorder.calls_by_name().items() if name not in acting}


def _effort(layout: Layout, trees: Sequence[Tree]) -> EffortReport:
    declared: Declaration | None = trees[0].declared
    return EffortReport(
        name="init" if declared is None else declared.name,
        kind="init" if declared is None else declared.role.value,
        calls=sum(tree.calls + tree.plain for tree in trees),
        seconds=sum(tree.seconds for tree in trees),
        parameters=() if declared is None or declared.role is Role.ACTION else declared.parameters,
        reads=max((_reads(layout, tree.widest) for tree in trees), key=lambda reads: sum(read.cells for read in reads)),
    )


def _reads(layout: Layout, events: Iterable[Event]) -> tuple[ReadReport, ...]:
    """The places that a run read, each with all of its entries that it did, those with most first."""
    found = []
    entries: dict[str, set[Cell]] = {}
    for kind, where, filtered, _ in events:
        if kind in _WHOLES and not filtered:
            collection = layout.collections[where]
            found.append(_read(layout, collection.path, set(collection.cells.values()), whole=True))
        elif kind in (kernel.READ, kernel.READ_NEXT):
            cell = layout.cells[where]
            entries.setdefault(_place(cell), set()).add(cell)
    there = Counter(map(_place, layout.cells)) if entries else Counter()
    found += [_read(layout, path, read, whole=1 < len(read) == there[path]) for path, read in entries.items()]
    return tuple(sorted(found, key=lambda read: (-read.cells, -read.values, read.path)))


def _place(cell: Cell) -> str:
    return _KEY.sub("[...]", cell.path)


def _read(layout: Layout, path: str, cells: set[Cell], *, whole: bool) -> ReadReport:
    most = max((len(cell.values) for cell in cells), default=1)
    return ReadReport(path, len(cells), most, "whole" if whole else _kind(layout, cells))


def _kind(layout: Layout, cells: Iterable[Cell]) -> str:
    for cell in cells:
        if cell.index in layout.queues:
            return "queue"
        value = cell.values[-1]
        if isinstance(value, frozenset) and any(isinstance(member, Explanation) for member in value):
            return "history"
    return "value"
