"""Functions: dicts that have something for each name."""

from __future__ import annotations

from typing import Any

import z3

from modelcheck.symbolic.names.sizes import in_range
from modelcheck.symbolic.present import Present
from modelcheck.symbolic.terms import Guarded, UnsupportedError
from modelcheck.symbolic.values.kinds import Symbolic, SymInt
from modelcheck.symbolic.values.substitution import Pairs, substituted


class SymFunction(Symbolic):
    """A dict over all names, as ``init`` or an action makes it. It is assigned to a variable, and not looked at.

    Attributes:
        name: The variable for a name.
        size: How many names there are.
        value: What the dict has for that name.
    """

    __slots__ = ("name", "size", "value")
    __stands_for__ = dict
    __hash__ = Symbolic.__hash__

    def __init__(self, name: z3.ArithRef, size: z3.ArithRef, value: Any) -> None:
        self.name = name
        self.size = size
        self.value = value

    def at(self, name: z3.ArithRef) -> Any:
        """What the dict has for another name."""
        return substituted(self.value, [(self.name, name)])

    def __symbolic_substituted__(self, pairs: Pairs) -> SymFunction:
        return SymFunction(self.name, self.size, substituted(self.value, pairs))

    def __bool__(self) -> bool:
        return True

    def __symbolic_equal__(self, other: Any) -> Any:
        del other
        raise UnsupportedError("a dict over names was compared", remedy="Compare its items: all(a[n] == b[n] for n in ...).")

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("_"):
            raise AttributeError(attribute)
        raise UnsupportedError(
            f"{attribute} of a dict over names that is in no variable was used", remedy="Put the dict into a variable of the state first."
        )


def function_of(items: list[Guarded], bound: tuple[Any, ...]) -> SymFunction:
    """A dict from the pairs of key and value of a comprehension.

    Raises:
        UnsupportedError: if its keys are not all names.
    """
    if len(items) == 1 and len(bound) == 1:
        guard, (key, value) = items[0]
        sizes = Present.paths.sizes
        if isinstance(key, SymInt) and key.term.eq(bound[0]) and sizes is not None:
            for size in sizes.all.values():
                if sizes.is_valid(guard == in_range(bound[0], size)):
                    return SymFunction(bound[0], size, value)
    raise UnsupportedError(
        "a dict was made whose keys are not all names of one kind",
        remedy="Let it have a key for each name, {n: ... for n in range(n)}, and None where there is no value.",
    )
