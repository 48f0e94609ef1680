"""``range()`` up to symbolic integers.

Where there can be few numbers, each is an item that is there on a condition. Where nothing bounds them, ``all``, ``any``, ``in``, ``len`` and
a choice still have a meaning, the first two with a quantifier; a loop has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import z3

from modelcheck.symbolic.paths import Paths
from modelcheck.symbolic.present import Present, decide
from modelcheck.symbolic.terms import Guarded, UnsupportedError, conj, disj
from modelcheck.symbolic.values.kinds import SymInt, SymUnion, describe, is_symbolic
from modelcheck.symbolic.values.merging import over, settled
from modelcheck.symbolic.values.scalars import int_term, integer
from modelcheck.values import Interchangeable

_MOST_NUMBERS = 50


class SymbolicRange:
    """``range(start, stop, step)`` with symbolic bounds.

    Args:
        start: The first number.
        stop: What it does not reach.
        step: The difference of two numbers; not 0.
    """

    __stands_for__ = range
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, start: z3.ArithRef, stop: z3.ArithRef, step: int) -> None:
        self._start = start
        self._stop = stop
        self._step = step

    def ends_at(self, size: z3.ArithRef) -> bool:
        """Whether it is ``range(start, size)``."""
        return self._step == 1 and bool(self._stop.eq(size))

    def _length(self) -> z3.ArithRef:
        distance = self._stop - self._start if self._step > 0 else self._start - self._stop
        whole = (distance + (abs(self._step) - 1)) / abs(self._step)
        return z3.If(distance > 0, whole, z3.IntVal(0))

    def _among(self, number: z3.ArithRef) -> z3.BoolRef:
        up = self._step > 0
        within = [number >= self._start, number < self._stop] if up else [number <= self._start, number > self._stop]
        met = [] if abs(self._step) == 1 else [(number - self._start) % abs(self._step) == 0]
        return conj(*within, *met)

    def _few(self) -> list[Guarded] | None:
        """The numbers with their conditions, if there can be but a few of them."""
        length = self._length()
        if Present.paths.feasible(length > _MOST_NUMBERS):
            return None
        found: list[Guarded] = []
        while Present.paths.feasible(length > len(found)):
            at = len(found)
            found.append((z3.simplify(length > at), integer(self._start + at * self._step)))
        return found

    def __symbolic_items__(self) -> tuple[list[Guarded], tuple[Any, ...]]:
        found = self._few()
        if found is not None:
            return found, ()
        number = Present.paths.bound("number")
        return [(self._among(number), SymInt(number))], (number,)

    def listed(self) -> list[Guarded]:
        """The numbers with their conditions.

        Raises:
            UnsupportedError: if there can be more than a few.
        """
        found = self._few()
        if found is None:
            raise UnsupportedError(
                f"{self!r} was gone through number by number, and can have more than {_MOST_NUMBERS}",
                remedy="Bound it by a guard before, or by a @constraint; without a bound, all(...), any(...), `in` and len can be followed.",
                about=(SymInt(self._start), SymInt(self._stop)),
            )
        return found

    def __symbolic_member__(self, value: Any) -> z3.BoolRef:
        if isinstance(value, SymUnion):
            return disj(*(conj(guard, self.__symbolic_member__(each)) for guard, each in value.alternatives))
        whole = isinstance(value, float) and value.is_integer()
        term = int_term(int(value) if whole else value)
        return z3.BoolVal(False) if term is None else self._among(term)

    def __symbolic_len__(self) -> Any:
        return integer(self._length())

    def __symbolic_truth__(self) -> z3.BoolRef:
        return self._length() > 0

    def __symbolic_pick__(self, paths: Paths) -> Any:
        found = self._few()
        if found is not None:
            guard, number = paths.branch(found)
            paths.assume(guard)
            return number
        picked = paths.fresh("pick")
        paths.assume(self._among(picked))
        return SymInt(picked)

    def __iter__(self) -> Iterator[Any]:
        for guard, number in self.listed():
            if not decide(guard):
                return
            yield number

    def __reversed__(self) -> Iterator[Any]:
        return iter(list(self)[::-1])

    def __contains__(self, value: object) -> bool:
        return decide(self.__symbolic_member__(value))

    def __getitem__(self, key: Any) -> Any:
        return tuple(self)[key]

    def __eq__(self, other: object) -> Any:
        raise UnsupportedError(
            f"{self!r} was compared with {describe(other)}",
            remedy="Compare the bounds.",
            about=(SymInt(self._start), SymInt(self._stop)),
        )

    def __repr__(self) -> str:
        start, stop = integer(self._start), integer(self._stop)
        shown = [describe(each) for each in ([stop] if type(start) is int and start == 0 else [start, stop])]
        return f"range({', '.join(shown)})" if self._step == 1 else f"range({describe(start)}, {describe(stop)}, {self._step})"


def ranged(*bounds: Any) -> Any:
    """``range(...)``."""
    if not is_symbolic(bounds):
        return range(*bounds)
    union = next((at for at, each in enumerate(bounds) if isinstance(each, SymUnion)), None)
    if union is not None:
        return over(bounds[union], lambda bound: ranged(*bounds[:union], bound, *bounds[union + 1 :]))
    start, stop, step = (0, bounds[0], 1) if len(bounds) == 1 else (*bounds, 1)[:3]
    step, first, last = settled(step), int_term(start), int_term(stop)
    if first is None or last is None or not isinstance(step, int) or len(bounds) > 3:  # noqa: PLR2004 - start, stop, step.
        return range(*map(settled, bounds))
    if step == 0:
        raise ValueError("range() arg 3 must not be zero")
    return SymbolicRange(first, last, step)


def several_names(cls: type[Interchangeable], count: Any) -> tuple[Interchangeable, ...]:
    """``Server.several(count)``."""
    if is_symbolic(count) and Present.paths.sizes.all:
        raise UnsupportedError(
            f"a proof for every size takes numbers for names, and {cls.__name__}.several gives others",
            remedy="Derive a spec whose names are range(...), as specs/proofs/two_phase_commit.py does; or prove it at one size.",
        )
    return cls.several(settled(count))
