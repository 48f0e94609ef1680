"""Where a record of the state is found, as a run sees it.

As in Python, and unlike the slots of containers, a slot refers to an object: at first to the view of its cells, and
after an assignment to whatever was assigned, be it a record that the action made or the view of another slot. The old
view goes on to show the old content. When the run ends, what the objects contain is written to the cells
(`modelcheck.symbolic.views.settling`).
"""

from __future__ import annotations

from typing import Any

from modelcheck.spec.shapes.shape import AliasShape, RecordShape, Shape, within
from modelcheck.symbolic.present import Present
from modelcheck.symbolic.session import ONLY_ACTIONS, Session
from modelcheck.symbolic.terms import UnsupportedError
from modelcheck.symbolic.values.merging import split


class RecordSlot:
    """Where a record is found.

    Args:
        session: The session.
        shape: The shape of the record.
        tracked: The record that it refers to when a run begins: the view of its cells.
        tied: Whether the record, or an object in it, is reached on two paths.
    """

    def __init__(self, session: Session, shape: RecordShape, tracked: Any, *, tied: bool) -> None:
        self._session = session
        self._tied = tied
        self.shape = shape
        self.tracked = tracked

    def get(self) -> Any:
        """The record that it refers to now."""
        return self._session.assigned.get(self, self.tracked)

    def assign(self, value: Any) -> None:
        """Refer to another record."""
        value = split(value)
        if value is self.get():
            return
        Present.paths.act(f"changes {self.shape.path}", ONLY_ACTIONS)
        if self._tied:
            raise two_paths(self.shape)
        self.shape.expect(value)
        self._session.assigned[self] = value


def tied_shapes(top: Shape) -> frozenset[int]:
    """The ids of the shapes of objects that are reached on two paths, or contain one that is."""
    shapes = list(within(top))
    targets = {id(each.target) for each in shapes if isinstance(each, AliasShape)}
    if not targets:
        return frozenset()
    return frozenset(
        id(shape) for shape in shapes if any(id(each) in targets or isinstance(each, AliasShape) for each in within(shape))
    )


def two_paths(shape: Shape) -> UnsupportedError:
    """The error for an assignment that leaves behind one of the two paths to an object."""
    return UnsupportedError(
        f"{shape.path} was assigned, and it is an object that the state has on two paths, or has one",
        remedy="Change the object instead of assigning another one, or let init give each its own.",
        about=shape.path,
    )
