"""A deque or list variable."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import z3

from modelcheck.spec.shapes.shape import QueueShape
from modelcheck.symbolic import operators
from modelcheck.symbolic.present import Present, decide
from modelcheck.symbolic.session import Cell, Session
from modelcheck.symbolic.terms import Guarded, UnsupportedError, conj
from modelcheck.symbolic.values.equality import equality
from modelcheck.symbolic.values.kinds import GuardedList, SymUnion, is_symbolic
from modelcheck.symbolic.values.merging import over, settled, split
from modelcheck.symbolic.values.scalars import count, truth


class SymbolicQueue:
    """A deque or list variable: a cell that holds a tuple."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, session: Session, shape: QueueShape, cell: Cell) -> None:
        self._session = session
        self._shape = shape
        self._cell = cell

    @property
    def __stands_for__(self) -> type:
        return self._shape.kind

    def _all(self) -> Any:
        return self._session.read(self._cell)

    def _change(self, value: Any) -> None:
        self._session.write(self._cell, value)

    def __symbolic_len__(self) -> Any:
        return operators.length(self._all())

    def __symbolic_truth__(self) -> z3.BoolRef:
        return truth(self._all())

    def __symbolic_items__(self) -> tuple[list[Guarded], tuple[Any, ...]]:
        return operators.items_of(self._all())

    def __symbolic_member__(self, value: Any) -> z3.BoolRef:
        return truth(operators.contains(self._all(), value))

    def __symbolic_concrete__(self) -> Any:
        return self._shape.kind(settled(self._all()))

    def __repr__(self) -> str:
        return self._shape.path if Present.paths is None else repr(self.__symbolic_concrete__())

    def __str__(self) -> str:
        return repr(self)

    def __format__(self, spec: str) -> str:
        return format(self.__symbolic_concrete__(), spec)

    def __bool__(self) -> bool:
        return decide(self.__symbolic_truth__())

    def __iter__(self) -> Iterator[Any]:
        return iter(operators.iterated(self._all()))

    def __contains__(self, value: object) -> bool:
        return decide(self.__symbolic_member__(value))

    def __getitem__(self, key: Any) -> Any:
        found = operators.item(self._all(), key)
        return over(found, list) if isinstance(key, slice) and self._shape.kind is list else found

    def __setitem__(self, key: Any, value: Any) -> None:
        listed = list(operators.iterated(self._all()))
        if is_symbolic(key):
            for at, old in enumerate(listed):
                listed[at] = operators.conditional(
                    operators.equal(key, at), operators.constantly(value), operators.constantly(old)
                )
        else:
            listed[key] = value
        self._change(tuple(listed))

    def __delitem__(self, key: Any) -> None:
        listed = list(operators.iterated(self._all()))
        del listed[key]
        self._change(tuple(listed))

    def append(self, value: Any) -> None:
        """As `list.append`."""
        self._change(over(self._all(), lambda items: (*items, value)))

    def appendleft(self, value: Any) -> None:
        """As `deque.appendleft`."""
        self._change(over(self._all(), lambda items: (value, *items)))

    def extend(self, values: Iterable[Any]) -> None:
        """As `list.extend`."""
        for value in operators.iterated(values):
            self.append(value)

    def insert(self, index: int, value: Any) -> None:
        """As `list.insert`."""
        self._change(over(self._all(), lambda items: (*items[:index], value, *items[index:])))

    def _nonempty(self) -> Any:
        if not decide(self.__symbolic_truth__()):
            raise IndexError("pop from an empty sequence")
        return split(self._all()) if not isinstance(self._all(), tuple) else self._all()

    def pop(self, index: int = -1) -> Any:
        """As `list.pop`."""
        items = list(self._nonempty())
        value = items.pop(index)
        self._change(tuple(items))
        return value

    def popleft(self) -> Any:
        """As `deque.popleft`."""
        if self._shape.kind is not deque:
            raise AttributeError("'list' object has no attribute 'popleft'")
        return self.pop(0)

    def remove(self, value: Any) -> None:
        """As `list.remove`."""
        items = list(operators.iterated(self._all()))
        for at, each in enumerate(items):
            if decide(equality(each, value)):
                del items[at]
                self._change(tuple(items))
                return
        raise ValueError("remove(x): x not in list")

    def count(self, value: Any) -> Any:
        """As `list.count`."""
        items = GuardedList(*self.__symbolic_items__()).finite()
        return count(conj(guard, equality(each, value)) for guard, each in items)

    def reverse(self) -> None:
        """As `list.reverse`."""
        self._change(over(self._all(), lambda items: items[::-1]))

    def rotate(self, steps: int = 1) -> None:
        """As `deque.rotate`."""
        rotated = deque(operators.iterated(self._all()))
        rotated.rotate(steps)
        self._change(tuple(rotated))

    def sort(self, *, key: Any = None, reverse: bool = False) -> None:
        """As `list.sort`."""
        self._change(tuple(operators.call(sorted, operators.iterated(self._all()), key=key, reverse=reverse)))

    def extendleft(self, values: Iterable[Any]) -> None:
        """As `deque.extendleft`."""
        for value in operators.iterated(values):
            self.appendleft(value)

    def __iadd__(self, other: Any) -> SymbolicQueue:  # noqa: PYI034 - the class is final in effect.
        self.extend(other)
        return self

    def clear(self) -> None:
        """As `list.clear`."""
        self._change(())

    def copy(self) -> Any:
        """As `list.copy`."""
        return over(self._all(), self._shape.kind)

    def __eq__(self, other: object) -> Any:
        found = self._compared(operators.equal, other)
        return False if found is NotImplemented else found

    def _compared(self, function: Callable[[Any, Any], Any], other: Any) -> Any:
        """A comparison with a list or deque; Python compares each with its own kind only."""
        if isinstance(other, SymUnion):
            return over(other, lambda each: function(self, each))
        if not operators.is_instance(other, self._shape.kind):
            return NotImplemented
        return function(self._all(), other._all() if isinstance(other, SymbolicQueue) else tuple(other))

    def __lt__(self, other: Any) -> Any:
        return self._compared(operators.less, other)

    def __le__(self, other: Any) -> Any:
        return self._compared(operators.at_most, other)

    def __gt__(self, other: Any) -> Any:
        return self._compared(operators.greater, other)

    def __ge__(self, other: Any) -> Any:
        return self._compared(operators.at_least, other)

    def _assign(self, value: Any) -> None:
        if value is self:
            return
        if isinstance(value, SymbolicQueue):
            self._change(value._all())
            self._session.sharing.share(self._cell, value._cell)
        else:
            self._change(over(value, lambda each: tuple(operators.iterated(each))))
            self._session.sharing.lend(value, self._cell)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise UnsupportedError(
            f"{self._shape.path}.{name} cannot be followed symbolically",
            remedy="Use append, popleft, indexing or iteration.",
            about=self._shape.path,
        )
