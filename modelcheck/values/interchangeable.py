"""Names of things of which no one differs from another: servers, clients, values that nobody looks into.

A class of such names is what Ip and Dill call a *scalarset* ("Better Verification Through Symmetry", 1996): its values can be
compared for equality, be kept in containers and be chosen among, and there is nothing else that a spec can do with one. Whatever a
spec does with ``s0`` it would then do with ``s1``, and states that differ in who is who alone need not both be explored.
"""

from __future__ import annotations

import re
import zlib
from typing import Any, ClassVar, Self

_MOST = 1_000
_OPAQUE = "it is a name, of which only equality can be asked"


class OpaqueError(TypeError):
    """An operation on a name that could treat one name unlike another."""


class Interchangeable:
    """A name that stands for itself and for nothing else; derive a class for each kind of thing that is named.

    Names of a class can be compared with ``==`` and ``is``, be keys, elements and fields, and be chosen among. Order, arithmetic,
    ``int()``, indexing and formatting raise `TypeError`: what is computed from a name could treat one unlike another.

    Attributes:
        prefix: What the names of the class are written with, as ``s`` in ``s0``; by default the capitals of the class's name.

    >>> class Server(Interchangeable):
    ...     '''A server.'''
    >>> Server.several(3)
    (s0, s1, s2)
    """

    __slots__ = ("_number",)
    prefix: ClassVar[str] = ""
    _made: ClassVar[list[Any]] = []
    _number: int

    def __init_subclass__(cls, **given: Any) -> None:
        super().__init_subclass__(**given)
        cls._made = []
        if "prefix" not in vars(cls):
            cls.prefix = "".join(re.findall(r"[A-Z]", cls.__name__)).lower() or cls.__name__[:1].lower()

    def __new__(cls, *_: Any, **__: Any) -> Self:
        """Refuse.

        Raises:
            TypeError: always.
        """
        raise TypeError(f"a {cls.__name__} is not made by itself: {cls.__name__}.several(3) gives three of them")

    @classmethod
    def several(cls, count: int) -> tuple[Self, ...]:
        """The first names of the class, always the same ones.

        Args:
            count: How many, at most 1,000.

        Raises:
            TypeError: if that is no such number.
        """
        if cls is Interchangeable:
            raise TypeError("derive a class of names from Interchangeable, and ask that for several")
        if type(count) is not int or not 0 <= count <= _MOST:
            raise TypeError(f"{cls.__name__}.several needs a number from 0 to {_MOST:,}, and was given {count!r}")
        for number in range(len(cls._made), count):
            made = object.__new__(cls)
            object.__setattr__(made, "_number", number)
            cls._made.append(made)
        return tuple(cls._made[:count])

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{name} of {self!r} cannot be set: {_OPAQUE}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{name} of {self!r} cannot be deleted: {_OPAQUE}")

    # The hash is the same in every run of Python, since the order of a set that a spec makes itself hangs on it.
    def __hash__(self) -> int:
        return zlib.crc32(type(self).__qualname__.encode()) + self._number

    def __eq__(self, other: object) -> bool:
        return self is other

    def __repr__(self) -> str:
        return f"{self.prefix}{self._number}"

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        return self

    def __reduce__(self) -> Any:
        return name_at, (type(self), self._number)


def name_at(cls: type[Interchangeable], number: int) -> Interchangeable:
    """The name of a class with a number, counted from 0."""
    return cls.several(number + 1)[number]


def number_of(name: Interchangeable) -> int:
    """The number of a name, for those who write it down; no business of a spec's."""
    return name._number


def name_called(text: str, classes: Any) -> Interchangeable | None:
    """The name that is written so, of one of some classes; None if there is none.

    >>> class Client(Interchangeable):
    ...     '''A client.'''
    >>> name_called("c2", [int, Client]), name_called("d2", [Client])
    (c2, None)
    """
    for cls in classes:
        if isinstance(cls, type) and issubclass(cls, Interchangeable) and cls is not Interchangeable:
            found = re.fullmatch(re.escape(cls.prefix) + r"(0|[1-9][0-9]{0,2})", text)
            if found:
                return name_at(cls, int(found[1]))
    return None


def _refused(sign: str) -> Any:
    """A method of which Python asks an operation that names do not have."""

    def method(self: Interchangeable, *_: Any) -> Any:
        raise OpaqueError(f"{sign} is not for {self!r}: {_OPAQUE}")

    return method


_BETWEEN_TWO = ("add", "sub", "mul", "truediv", "floordiv", "mod", "divmod", "pow", "lshift", "rshift", "and", "or", "xor")
_OPERATIONS = {
    **dict.fromkeys(("lt", "le", "gt", "ge"), "an order (<, sorted, min, max)"),
    **dict.fromkeys((*_BETWEEN_TWO, *(f"r{each}" for each in _BETWEEN_TWO)), "arithmetic"),
    **dict.fromkeys(("neg", "pos", "abs", "invert", "round", "trunc", "floor", "ceil"), "arithmetic"),
    **dict.fromkeys(("int", "float", "complex", "index"), "int(), an index or a range"),
    "format": "formatting into a text",
    "bytes": "bytes()",
}
# Put in place here, so that a type checker does not take a name for something that has an order or is an index.
for _name, _sign in _OPERATIONS.items():
    setattr(Interchangeable, f"__{_name}__", _refused(_sign))
