"""Slots: the places in the state that a name refers to, and what they refer to during a run.

A slot with a single value is a cell. A slot with a container refers to an object, as in Python: at first to the view of
its cells, and after an assignment to whatever was assigned, be it an ordinary container or the view of another slot.
The old view goes on to show the old content. When the run ends, the objects that were assigned are written to the
cells (`modelcheck.statespace.layout.Layout.settle`).
"""

from __future__ import annotations

import copy
import operator
from collections.abc import Callable
from typing import Any

from modelcheck.spec.shapes.shape import Shape
from modelcheck.statespace.cells import Cell
from modelcheck.statespace.recording.session import Session

_BOTH_SIDES = ("add", "sub", "mul", "and", "or", "xor")
_COMPARISONS = ("lt", "le", "eq", "ne", "ge", "gt")


class ValueSlot:
    """Where a single value is read and assigned."""

    __slots__ = ("_cell", "_session")

    def __init__(self, session: Session, cell: Cell) -> None:
        self._session = session
        self._cell = cell

    def get(self) -> Any:
        """What the attribute or item is."""
        return self._session.read(self._cell)

    def assign(self, value: Any) -> None:
        """Make it something else."""
        self._session.write(self._cell, value)


class ContainerSlot:
    """Where a container or record is found.

    Attributes:
        view: What it refers to when a run begins.
    """

    __slots__ = ("_session", "_shape", "view")

    def __init__(self, session: Session, shape: Shape, view: Any) -> None:
        self._session = session
        self._shape = shape
        self.view = view

    @property
    def path(self) -> str:
        """Where it is, as Python text."""
        return self._shape.path

    def get(self) -> Any:
        """The object that it refers to now."""
        return self._session.assigned.get(self, self.view)

    def assign(self, value: Any) -> None:
        """Refer to another object.

        Raises:
            SpecError: if it is an object of another kind.
        """
        if value is self.view:
            self._session.assigned.pop(self, None)
        else:
            self._shape.expect(value)
            self._session.assigned[self] = value


class View:
    """What all views have in common: they pass for the container that they stand for, and can be copied into one."""

    __hash__ = None  # type: ignore[assignment]

    def plain(self) -> Any:
        """An ordinary container with the same content; what is in it may be views."""
        raise NotImplementedError

    def __copy__(self) -> Any:
        return self.plain()

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        made = memo[id(self)] = copy.deepcopy(self.plain(), memo)
        return made

    def __repr__(self) -> str:
        return repr(self.plain())


def plain(value: Any) -> Any:
    """The ordinary container for a view; anything else as it is."""
    return value.plain() if isinstance(value, View) else value


def _forward(operation: Callable[[Any, Any], Any]) -> Any:
    def forward(self: Any, other: Any) -> Any:
        return operation(self.plain(), plain(other))

    return forward


def _backward(operation: Callable[[Any, Any], Any]) -> Any:
    def backward(self: Any, other: Any) -> Any:
        return operation(plain(other), self.plain())

    return backward


def operated(cls: type) -> type:
    """Give a class of views the operators of the container: they look at all of it, and result in ordinary containers.

    Those that the class writes out itself, because it knows how to look at less, are left alone.
    """
    for name in (*_BOTH_SIDES, *_COMPARISONS):
        operation = getattr(operator, f"__{name}__")
        members = {f"__{name}__": _forward(operation)}
        if name in _BOTH_SIDES:
            members[f"__r{name}__"] = _backward(operation)
        for member, function in members.items():
            if member not in cls.__dict__:
                setattr(cls, member, function)
    return cls
