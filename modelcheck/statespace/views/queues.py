"""Views of lists and deques: one cell that holds a tuple. Its length, its head, appending and taking the head do not look at the rest."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, MutableSequence
from typing import Any

from modelcheck.spec.shapes.shape import QueueShape
from modelcheck.spec.shapes.stored import check_value
from modelcheck.statespace.cells import Cell
from modelcheck.statespace.recording.session import Session
from modelcheck.statespace.views.slots import View, operated, plain


class TrackedQueue(View, MutableSequence[Any]):
    """What lists and deques share."""

    _kind: type = list

    def __init__(self, session: Session, shape: QueueShape, cell: Cell) -> None:
        self._session = session
        self._shape = shape
        self._cell = cell

    def plain(self) -> Any:
        """See `View.plain`."""
        return self._kind(self._items())

    def _items(self) -> tuple[Any, ...]:
        items: tuple[Any, ...] = self._session.read(self._cell)
        return items

    def _change(self, items: Iterable[Any]) -> None:
        self._session.write(self._cell, tuple(items))

    def __len__(self) -> int:
        length: int = self._session.project(self._cell, len)
        return length

    def __bool__(self) -> bool:
        return bool(self._session.project(self._cell, bool))

    def __getitem__(self, index: Any) -> Any:
        if type(index) is int and index == 0 and self:
            return self._session.project(self._cell, _head)
        return self.plain()[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        items = self.plain()
        items[index] = plain(value)
        self._change(items)

    def __delitem__(self, index: Any) -> None:
        items = self.plain()
        del items[index]
        self._change(items)

    def insert(self, index: int, value: Any) -> None:
        """As `list.insert`."""
        items = self.plain()
        items.insert(index, value)
        self._change(items)

    def append(self, value: Any) -> None:
        """As `list.append`; looks at nothing."""
        check_value(value, f"an item of {self._shape.path}")
        self._session.update(self._cell, ("append", value))

    def pop(self, *index: int) -> Any:
        """As `list.pop`."""
        items = self.plain()
        value = items.pop(*index)
        self._change(items)
        return value

    def remove(self, value: Any) -> None:
        """As `list.remove`."""
        items = self.plain()
        items.remove(value)
        self._change(items)

    def reverse(self) -> None:
        """As `list.reverse`."""
        self._change(reversed(self._items()))

    def clear(self) -> None:
        """As `list.clear`; looks at nothing."""
        self._change(())

    def __imul__(self, times: int) -> Any:
        self._change(self.plain() * times)
        return self

    def copy(self) -> Any:
        """As `list.copy`."""
        return self.plain()


@operated
class TrackedList(TrackedQueue):
    """A list."""

    __class__ = property(lambda _: list)

    def __iter__(self) -> Iterator[Any]:
        at = 0
        while at < len(items := self._items()):  # As in Python, a loop sees what is appended meanwhile.
            yield items[at]
            at += 1

    def sort(self, **options: Any) -> None:
        """As `list.sort`."""
        self._change(sorted(self._items(), **options))


@operated
class TrackedDeque(TrackedQueue):
    """A deque."""

    __class__ = property(lambda _: deque)
    _kind = deque

    def __iter__(self) -> Iterator[Any]:
        items = self._items()
        for item in items:
            yield item
            if self._items() is not items:
                raise RuntimeError("deque mutated during iteration")

    def popleft(self) -> Any:
        """As `deque.popleft`; looks at the head only."""
        if not self:
            raise IndexError("pop from an empty deque")
        head = self[0]
        self._session.update(self._cell, ("popleft",))
        return head

    def appendleft(self, value: Any) -> None:
        """As `deque.appendleft`."""
        self._change((value, *self._items()))

    def extendleft(self, values: Iterable[Any]) -> None:
        """As `deque.extendleft`."""
        for value in list(values):
            self.appendleft(value)

    def rotate(self, n: int = 1) -> None:
        """As `deque.rotate`."""
        items = self.plain()
        items.rotate(n)
        self._change(items)


def _head(items: tuple[Any, ...]) -> Any:
    return items[0]
