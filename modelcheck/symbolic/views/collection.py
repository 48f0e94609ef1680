"""What sets, bags and dicts that start empty share."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import Any

import z3

from modelcheck.spec.choice import Disabled
from modelcheck.spec.shapes.shape import Shape
from modelcheck.spec.shapes.stored import check_value
from modelcheck.symbolic import operators
from modelcheck.symbolic.elements import Elements
from modelcheck.symbolic.paths import Paths
from modelcheck.symbolic.present import Present, decide
from modelcheck.symbolic.session import Session
from modelcheck.symbolic.terms import Guarded, UnsupportedError, disj
from modelcheck.symbolic.values.equality import decided
from modelcheck.symbolic.values.kinds import GuardedList, describe, is_symbolic
from modelcheck.symbolic.values.scalars import truth


class Collection:
    """What sets, bags and dicts that start empty share."""

    def __init__(self, session: Session, shape: Shape, elements: Elements) -> None:
        self._session = session
        self._shape = shape
        self._elements = elements

    def _assigned_from(self, value: Any) -> None:
        if isinstance(value, Collection):
            self._session.sharing.share(self._elements, value._elements)
        else:
            self._session.sharing.lend(value, self._elements)

    def _check(self, element: Any) -> Any:
        return element if is_symbolic(element) else check_value(element, f"an element of {self._shape.path}")

    def __symbolic_items__(self) -> tuple[list[Guarded], tuple[Any, ...]]:
        found: list[Guarded] = []
        bound: list[Any] = []
        for element in self._session.listed(self._elements):
            holes = [Present.paths.bound("n") for _ in range(element.holes)]
            bound += holes
            found.append((self._session.present(self._elements, element, holes), self._session.element(element, holes)))
        return found, tuple(bound)

    def __symbolic_pick__(self, paths: Paths) -> Any:
        elements = self._elements.ordered()
        if not elements or not paths.splits:
            self._session.listed(self._elements)
        if not elements:
            raise Disabled
        element = paths.branch(elements, attrgetter("key"))
        if element.key not in self._elements.known:
            raise Disabled  # It differs from another one in an integer that has turned out to be unbounded since the choice was made.
        holes = [paths.fresh("pick") for _ in range(element.holes)]
        paths.assume(self._session.present(self._elements, element, holes))
        return self._session.element(element, holes)

    def __symbolic_len__(self) -> Any:
        return operators.length(GuardedList(*self.__symbolic_items__()))

    def __symbolic_truth__(self) -> z3.BoolRef:
        items, bound = self.__symbolic_items__()
        some = disj(*(guard for guard, _ in items))
        return z3.Exists(list(bound), some) if bound else some

    def __symbolic_member__(self, value: Any) -> z3.BoolRef:
        return truth(self._session.look_up(self._elements, value))

    def __bool__(self) -> bool:
        return decide(self.__symbolic_truth__())

    def __iter__(self) -> Iterator[Any]:
        return iter(decided(GuardedList(*self.__symbolic_items__()).finite()))

    def __contains__(self, value: object) -> bool:
        return decide(self.__symbolic_member__(value))

    def __repr__(self) -> str:
        return self._shape.path if Present.paths is None else repr(self.__symbolic_concrete__())

    def __str__(self) -> str:
        return repr(self)

    def __format__(self, spec: str) -> str:
        return format(self.__symbolic_concrete__(), spec)

    def __symbolic_concrete__(self) -> Any:
        """The container as an ordinary one, on the path on which it is that."""
        raise NotImplementedError

    def __eq__(self, other: object) -> Any:
        raise UnsupportedError(
            f"{self._shape.path} was compared with {describe(other)}",
            remedy="Compare its items one by one.",
            about=self._shape.path,
        )

    __hash__ = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise UnsupportedError(
            f"{self._shape.path}.{name} cannot be followed symbolically",
            remedy="Use in, add, discard, len, all, any, or a comprehension.",
            about=self._shape.path,
        )
