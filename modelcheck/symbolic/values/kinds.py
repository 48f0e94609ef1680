"""The kinds of symbolic values, and what they are called in messages.

A symbolic value has no hash, no text and is no index: each would make it one particular value without anybody noticing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from enum import Enum
from types import FunctionType
from typing import Any

import attrs
import z3

from modelcheck.symbolic.terms import TRUE, Guarded, UnsupportedError, conj, disj, exists, is_false, neg
from modelcheck.values import identity

_MOST_SHOWN = 4
_LONGEST_TEXT = 60


class Symbolic:
    """A value that is not known."""

    __slots__ = ()

    def __hash__(self) -> int:
        raise UnsupportedError(
            f"{describe(self)} was hashed, as a key of a dict or an element of a set outside of what can be followed",
            remedy="Compare it with ==, use it in a tuple or a frozen attrs class, or keep the set or dict in a variable of the state.",
            about=self,
        )

    def __str__(self) -> str:
        raise UnsupportedError(
            f"{describe(self)} was turned into text", remedy="Store the value itself, not a text made from it.", about=self
        )

    def __format__(self, _: str) -> str:
        return str(self)

    def __repr__(self) -> str:
        return describe(self)

    def __index__(self) -> int:
        raise UnsupportedError(
            f"{describe(self)} was used where Python needs one particular integer",
            remedy="Range over what it can be, and compare.",
            about=self,
        )


class SymBool(Symbolic):
    """A truth value."""

    __slots__ = ("term",)

    def __init__(self, term: z3.BoolRef) -> None:
        self.term = term


class SymInt(Symbolic):
    """An integer, unbounded."""

    __slots__ = ("term",)

    def __init__(self, term: z3.ArithRef) -> None:
        self.term = term


class SymUnion(Symbolic):
    """One of several values; exactly one of the conditions is true.

    Attributes:
        alternatives: The conditions and values; no value is itself a union.
    """

    __slots__ = ("alternatives",)
    alternatives: list[Guarded]

    def __init__(self, alternatives: list[Guarded]) -> None:
        object.__setattr__(self, "alternatives", alternatives)


class SymSet(Symbolic):
    """A set whose members are there on a condition each. It cannot be changed, even if it stands for one that can be.

    Attributes:
        items: The conditions and members; a concrete member occurs once.
        kind: What it stands for: a set or a frozenset.
    """

    __slots__ = ("items", "kind")

    def __init__(self, items: Iterable[Guarded], kind: type = frozenset) -> None:
        self.items: list[Guarded] = []
        self.kind = kind
        known: dict[Any, int] = {}
        for guard, value in items:
            for condition, each in alternatives_of(value, guard):
                self._put(condition, each, known)

    def _put(self, guard: z3.BoolRef, value: Any, known: dict[Any, int]) -> None:
        if is_false(guard):
            return
        if is_plain_record(value) and has_own_equality(value):
            raise UnsupportedError(
                f"a symbolic set holds a {type(value).__name__}, whose class has an __eq__ of its own",
                remedy="Let attrs compare its fields; field(eq=False) leaves one out.",
            )
        if is_symbolic(value):
            self.items.append((guard, value))
            return
        key = identity(value)
        if key in known:
            self.items[known[key]] = (disj(self.items[known[key]][0], guard), value)
        else:
            known[key] = len(self.items)
            self.items.append((guard, value))

    def __symbolic_truth__(self) -> z3.BoolRef:
        return disj(*(guard for guard, _ in self.items))


class GuardedList(Symbolic):
    """A list whose items are there on a condition each, as a comprehension over symbolic values gives it.

    Attributes:
        items: The conditions and items.
        bound: Integer variables for all values of which the items are meant, if there are unboundedly many.
        kind: What it stands for: a list, an iterator, or the keys, values or items of a dict.
    """

    __slots__ = ("bound", "items", "kind", "used")

    def __init__(self, items: list[Guarded], bound: tuple[Any, ...] = (), kind: type = list) -> None:
        self.items = items
        self.bound = bound
        self.kind = kind
        self.used = False

    def take(self) -> None:
        """Say that the items are gone through, which can be done with an iterator but once.

        Raises:
            UnsupportedError: if they were before.
        """
        if self.kind is Iterator and self.used:
            raise UnsupportedError("an iterator over symbolic values was used twice", remedy="Make a tuple of it: tuple(...).", about=self)
        self.used = True

    def finite(self) -> list[Guarded]:
        """The items, if there are finitely many."""
        self.take()
        if self.bound:
            raise UnsupportedError(
                "the elements of a set with unbounded integers in them were listed one by one",
                remedy="Only all(...), any(...) and `in` can be followed over such a set; or bound the integers by a constraint.",
                about=self,
            )
        return self.items

    def __symbolic_truth__(self) -> z3.BoolRef:
        return TRUE if self.kind is Iterator else disj(*(exists(self.bound, guard) for guard, _ in self.items))


def kind_of(value: Any) -> type:
    """What a value stands for."""
    if isinstance(value, (SymSet, GuardedList)):
        return value.kind
    if hasattr(type(value), "__stands_for__"):
        return value.__stands_for__  # type: ignore[no-any-return]
    return _STANDS_FOR.get(type(value), type(value))


_STANDS_FOR: dict[type, type] = {SymInt: int, SymBool: bool}


def alternatives_of(value: Any, guard: z3.BoolRef = TRUE) -> list[Guarded]:
    """The alternatives of a value, a truth value counting as two."""
    if isinstance(value, SymUnion):
        return [(conj(guard, each), v) for each, v in value.alternatives]
    if isinstance(value, SymBool):
        return [(conj(guard, value.term), True), (conj(guard, neg(value.term)), False)]
    return [(guard, value)]


def as_set(value: Any) -> SymSet:
    """A set, concrete or not, as a symbolic one."""
    if isinstance(value, SymSet):
        return value
    if hasattr(type(value), "__symbolic_set__"):
        found: SymSet = value.__symbolic_set__()
        return found
    if isinstance(value, SymUnion):
        kinds = {set_kind(each) for _, each in value.alternatives}
        kind = kinds.pop() if len(kinds) == 1 else frozenset
        return SymSet(((conj(guard, g), v) for guard, each in value.alternatives for g, v in as_set(each).items), kind)
    if isinstance(value, GuardedList):
        return SymSet(value.finite(), set_kind(value))
    return SymSet(((TRUE, each) for each in value), set_kind(value))


def set_kind(value: Any) -> type:
    """What combining a value with sets gives: a frozenset if it is one, a set otherwise."""
    return frozenset if issubclass(kind_of(value), frozenset) else set


def is_setlike(value: Any) -> bool:
    """Whether a value may be compared and combined with sets."""
    if isinstance(value, GuardedList):
        return issubclass(value.kind, AbstractSet)
    return isinstance(value, (AbstractSet, SymSet, SymUnion)) or hasattr(type(value), "__symbolic_set__")


# Records -----------------------------------------------------------------------------------------------------------------------------------------


def is_plain_record(value: Any) -> bool:
    """Whether a value is an attrs object that compares by its fields."""
    return attrs.has(type(value)) and not isinstance(value, type) and not isinstance(value, Enum)


def is_compared_by_fields(value: Any) -> bool:
    """Whether a value is an attrs object whose class has an equality of its own."""
    cls: Any = type(value)
    return is_plain_record(value) and cls.__eq__ is not object.__eq__


def is_frozen(value: Any) -> bool:
    """Whether an attrs object is a value, which has a hash, and not a container of fields that change."""
    return type(value).__hash__ is not None


def has_own_equality(value: Any) -> bool:
    """Whether the class of a value defines ``__eq__`` in Python; the one that attrs generates counts if it compares something made of a field."""
    cls = type(value)
    equal: Any = cls.__eq__
    if attrs.has(cls) and any(each.eq_key is not None for each in attrs.fields(cls)):
        return True
    return isinstance(equal, FunctionType) and not equal.__code__.co_filename.startswith("<attrs generated")


def is_ordered_by_fields(value: Any) -> bool:
    """Whether a value is an attrs object with the order that attrs makes."""
    less: Any = type(value).__lt__
    return is_plain_record(value) and getattr(less, "__qualname__", "").startswith("_make_order.")


def field_values(value: Any) -> dict[str, Any]:
    """The fields of an attrs object."""
    return {f.name: getattr(value, f.name) for f in attrs.fields(type(value))}


def rebuilt(value: Any, fields: dict[str, Any]) -> Any:
    """An attrs object of the same class with other fields."""
    made = object.__new__(type(value))
    for name, each in fields.items():
        object.__setattr__(made, name, each)
    return made


def is_symbolic(value: Any) -> bool:
    """Whether there is anything symbolic in a value."""
    if isinstance(value, Symbolic):
        return True
    if isinstance(value, (tuple, list)):
        return any(map(is_symbolic, value))
    if isinstance(value, dict):
        return any(map(is_symbolic, value.values()))
    if is_compared_by_fields(value):
        return any(is_symbolic(getattr(value, f.name, None)) for f in attrs.fields(type(value)))
    return False


# Text --------------------------------------------------------------------------------------------------------------------------------------------


def terms_in(value: Any) -> list[Any]:
    """The z3 terms in a value, unless it is a term itself."""
    if isinstance(value, z3.ExprRef):
        return [value]
    if isinstance(value, (SymBool, SymInt)):
        return [value.term]
    if isinstance(value, (SymUnion, SymSet, GuardedList)):
        pairs = value.alternatives if isinstance(value, SymUnion) else value.items
        return [term for guard, each in pairs for term in (guard, *terms_in(each))]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (tuple, list)):
        return [term for each in value for term in terms_in(each)]
    if is_symbolic(value):
        return [term for each in field_values(value).values() for term in terms_in(each)]
    return []


def describe(value: Any) -> str:
    """A symbolic value as messages call it."""
    if isinstance(value, SymBool):
        return f"the symbolic truth value {_short(value.term)}"
    if isinstance(value, SymInt):
        return f"the symbolic integer {_short(value.term)}"
    if isinstance(value, SymUnion):
        shown = ", ".join(
            repr(v) if not is_symbolic(v) else type(v).__name__ for _, v in value.alternatives[:_MOST_SHOWN]
        )
        return f"a symbolic value ({shown}{', ...' if len(value.alternatives) > _MOST_SHOWN else ''})"
    if isinstance(value, SymSet):
        return f"a symbolic set of at most {len(value.items)}"
    if isinstance(value, GuardedList):
        return f"a symbolic list of at most {len(value.items)}"
    return repr(value) if not is_symbolic(value) else f"a symbolic {type(value).__name__}"


def _short(term: Any) -> str:
    text = " ".join(str(term).split())
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 3] + "..."
