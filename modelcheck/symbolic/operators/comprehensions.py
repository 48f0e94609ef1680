"""Comprehensions: each item is run on its condition, and none of them forks the path."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import z3

from modelcheck.symbolic.names.functions import function_of
from modelcheck.symbolic.operators.built_in import set_of, truth_value
from modelcheck.symbolic.operators.calls import KNOWN, call
from modelcheck.symbolic.operators.items import items_of, iterated
from modelcheck.symbolic.present import Present
from modelcheck.symbolic.terms import Guarded, conj, disj, is_false, is_true, mentions, neg
from modelcheck.symbolic.values.equality import decided
from modelcheck.symbolic.values.kinds import GuardedList, SymSet, SymUnion
from modelcheck.symbolic.values.merging import DEAD
from modelcheck.symbolic.values.scalars import boolean, truth


class _StopEarly(Exception):  # noqa: N818 - not an error.
    pass


class _Collector:
    """Runs the body of one comprehension and keeps what it emits."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.found: list[Guarded] = []
        self.bound: list[Any] = []
        self._guards: list[z3.BoolRef] = []
        self._bound: list[Any] = []
        self._settled: list[z3.BoolRef] = []

    def _context(self) -> z3.BoolRef:
        return conj(*self._settled, *self._guards)

    def _under(self, code: Callable[[], Any]) -> Any:
        return Present.paths.under(self._context(), code, tuple(self._bound))

    def loop(self, iterable: Callable[[], Any], body: Callable[[Any], None]) -> None:
        """``for x in iterable``."""
        found = self._under(iterable)
        if found is DEAD:
            return
        items, bound = items_of(found)
        self._bound.extend(bound)
        for guard, value in items:
            self._guards.append(guard)
            body(value)
            self._guards.pop()
        del self._bound[len(self._bound) - len(bound) :]

    def when(self, condition: Callable[[], Any], body: Callable[[], None]) -> None:
        """``if condition``."""
        found = self._under(lambda: boolean(truth(condition())))
        if found is DEAD or found is False:
            return
        self._guards.append(truth(found))
        body()
        self._guards.pop()

    def emit(self, element: Callable[[], Any]) -> None:
        """One item."""
        if self.kind in {"all", "any"}:
            self._emit_truth(element)
            return
        value = self._under(element)
        if value is not DEAD:
            self.found.append((conj(*self._guards), value))
            self.bound.extend(each for each in self._bound if not any(each is b for b in self.bound))

    def _emit_truth(self, element: Callable[[], Any]) -> None:
        value = self._under(lambda: boolean(truth(element())))
        if value is DEAD:
            return
        guard = conj(*self._guards)
        wanted = truth(value) if self.kind == "all" else neg(truth(value))
        going_on = disj(neg(guard), wanted)
        if self._bound:
            variables = [each for each in self._bound if mentions(going_on, each)]
            going_on = z3.ForAll(variables, going_on) if variables else going_on
        if not is_true(going_on):
            self._settled.append(going_on)
        if is_false(going_on):
            raise _StopEarly

    def result(self) -> Any:
        """What the comprehension is."""
        if self.kind == "all":
            return boolean(conj(*self._settled))
        if self.kind == "any":
            return boolean(neg(conj(*self._settled)))
        if self.kind == "set" and not self.bound:
            return set_of(GuardedList(self.found))
        plain = not self.bound and all(is_true(guard) for guard, _ in self.found)
        if self.kind == "dict" and self.bound:
            return function_of([(guard, pair) for guard, pair in self.found], tuple(self.bound))
        if self.kind == "set" and self.bound:
            return GuardedList(self.found, tuple(self.bound), set)
        if self.kind == "dict":
            return dict(decided(self.found) if not plain else [value for _, value in self.found])
        if not plain:
            return GuardedList(self.found, tuple(self.bound), Iterator if self.kind == "generator" else list)
        listed = [value for _, value in self.found]
        return iter(listed) if self.kind == "generator" else listed


def comprehension(kind: str, body: Callable[[_Collector], None]) -> Any:
    """A comprehension, or ``all`` or ``any`` of one."""
    collector = _Collector(kind)
    try:
        body(collector)
    except _StopEarly:
        return kind == "any"
    return collector.result()


def _iterator(found: Any) -> Any:
    """What `map` and `filter` return."""
    return iter(found) if isinstance(found, list) else GuardedList(found.items, found.bound, Iterator)


def _mapped(function: Any, *values: Any) -> Any:
    if len(values) == 1 and isinstance(values[0], (GuardedList, SymSet, SymUnion)):
        return _iterator(
            comprehension("list", lambda c: c.loop(lambda: values[0], lambda each: c.emit(lambda: call(function, each))))
        )
    return iter([call(function, *each) for each in zip(*map(iterated, values), strict=False)])


def _filtered(function: Any, values: Any) -> Any:
    test = truth_value if function is None else function
    return _iterator(
        comprehension(
            "list",
            lambda c: c.loop(lambda: values, lambda each: c.when(lambda: call(test, each), lambda: c.emit(lambda: each))),
        )
    )


KNOWN |= {map: _mapped, filter: _filtered}
