"""What the operations of a rewritten function do: as Python on concrete values, without taking a way on symbolic ones where that is possible."""

from __future__ import annotations

import builtins
import collections
import itertools
import operator as native
from collections.abc import Callable, Iterable, Iterator, KeysView, Mapping, ValuesView
from collections.abc import ItemsView as Items
from collections.abc import Set as AbstractSet
from functools import partial
from types import BuiltinFunctionType, BuiltinMethodType, FunctionType, MethodType
from typing import Any

import z3

from modelcheck.spec import choice
from modelcheck.symbolic import terms
from modelcheck.symbolic.rewrite import is_foreign, rewritten
from modelcheck.symbolic.terms import (
    DEAD,
    TRUE,
    Guarded,
    GuardedList,
    Present,
    Symbolic,
    SymBool,
    SymInt,
    SymSet,
    SymUnion,
    UnsupportedError,
    alternatives_of,
    as_set,
    boolean,
    conj,
    decide,
    describe,
    disj,
    equality,
    field_values,
    integer,
    is_plain_record,
    is_symbolic,
    merge,
    neg,
    over,
    rebuilt,
    split,
    truth,
)  # fmt: skip

equal = terms.equal
identical = terms.identical
_MUTATORS = frozenset(
    [
        "add",
        "append",
        "appendleft",
        "clear",
        "difference_update",
        "discard",
        "extend",
        "extendleft",
        "insert",
        "intersection_update",
        "pop",
        "popitem",
        "popleft",
        "remove",
        "reverse",
        "rotate",
        "setdefault",
        "sort",
        "subtract",
        "symmetric_difference_update",
        "update",
        "__setitem__",
        "__delitem__",
    ]
)
_CONTAINERS = (list, dict, set, collections.deque, collections.Counter)


# Conditions --------------------------------------------------------------------------------------------------------------------------------------


def unequal(one: Any, other: Any) -> Any:
    """``one != other``."""
    return negated(equal(one, other))


def distinct(one: Any, other: Any) -> Any:
    """``one is not other``."""
    return negated(identical(one, other))


def contained(value: Any, container: Any) -> Any:
    """``value in container``."""
    return contains(container, value)


def missing(value: Any, container: Any) -> Any:
    """``value not in container``."""
    return negated(contains(container, value))


def _ordering(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def ordering(one: Any, other: Any) -> Any:
        if not is_symbolic(one) and not is_symbolic(other):
            return compare(one, other)
        if isinstance(one, SymUnion):
            return over(one, lambda value: ordering(value, other))
        if isinstance(other, SymUnion):
            return over(other, lambda value: ordering(one, value))
        if isinstance(one, (tuple, list)) and isinstance(other, (tuple, list)):
            return _lexicographic(one, other, compare)
        return compare(one, other)

    return ordering


less = _ordering(native.lt)
at_most = _ordering(native.le)
greater = _ordering(native.gt)
at_least = _ordering(native.ge)


def _lexicographic(one: Any, other: Any, compare: Callable[[Any, Any], Any]) -> Any:
    if not one or not other:
        return compare(len(one), len(other))
    strict = less if compare in (native.lt, native.le) else greater
    same = equality(one[0], other[0])
    first = truth(strict(one[0], other[0]))
    rest = Present.paths.under(same, lambda: _lexicographic(one[1:], other[1:], compare))
    return boolean(disj(first, conj(same, truth(rest)))) if rest is not DEAD else boolean(first)


def negated(value: Any) -> Any:
    """``not value``."""
    return boolean(neg(truth(value)))


def both(*parts: Callable[[], Any]) -> Any:
    """``a and b and ...``."""
    return _connected(parts, stop_at=False)


def either(*parts: Callable[[], Any]) -> Any:
    """``a or b or ...``."""
    return _connected(parts, stop_at=True)


def _all_passed(passed: list[z3.BoolRef], *, stop_at: bool) -> z3.BoolRef:
    """The condition under which none of the parts is ``stop_at``."""
    return conj(*(neg(t) for t in passed)) if stop_at else conj(*passed)


def _connected(parts: tuple[Callable[[], Any], ...], *, stop_at: bool) -> Any:
    """Evaluate parts until one is ``stop_at``; those before it that are symbolic are kept as conditions and take no way."""
    passed: list[z3.BoolRef] = []
    join = disj if stop_at else conj
    value: Any = not stop_at
    for at, part in enumerate(parts):
        value = Present.paths.under(_all_passed(passed, stop_at=stop_at), part) if passed else part()
        if value is DEAD:
            return boolean(join(*passed))
        if isinstance(value, SymBool):
            passed.append(value.term)
            continue
        if isinstance(value, bool):
            if value is stop_at:
                return stop_at
            continue
        if passed:
            if not decide(_all_passed(passed, stop_at=stop_at)):
                return stop_at
            passed = []
        if at + 1 == len(parts):
            return value
        if bool(value) is stop_at:
            return value
    return boolean(join(*passed)) if passed else value


def conditional(test: Any, yes: Callable[[], Any], no: Callable[[], Any]) -> Any:
    """``yes() if test else no()``."""
    condition = z3.simplify(truth(test)) if isinstance(test, Symbolic) else truth(test)
    if terms.is_true(condition):
        return yes()
    if terms.is_false(condition):
        return no()
    options = [
        (condition, Present.paths.under(condition, yes)),
        (neg(condition), Present.paths.under(neg(condition), no)),
    ]
    return merge([(guard, value) for guard, value in options if value is not DEAD])


# Access ------------------------------------------------------------------------------------------------------------------------------------------


def attribute(value: Any, name: str) -> Any:
    """``value.name``; properties are rewritten."""
    if isinstance(value, SymUnion):
        return over(value, lambda each: attribute(each, name))
    found = builtins.getattr(type(value), name, None)
    if isinstance(found, property) and isinstance(found.fget, FunctionType):
        return call(found.fget, value)
    return builtins.getattr(value, name)


def part(start: Any, stop: Any, step: Any) -> Any:
    """``start:stop:step``."""
    return slice(start, stop, step)


def item(container: Any, key: Any) -> Any:
    """``container[key]``."""
    if isinstance(container, SymUnion):
        return over(container, lambda each: item(each, key))
    if isinstance(container, GuardedList):
        container = list(container)
    if hasattr(type(container), "_all") or hasattr(type(container), "__symbolic_keyed__"):
        return container[key]
    if isinstance(key, slice):
        return _slice(container, key)
    if not is_symbolic(key):
        return container[key]
    if isinstance(container, (tuple, list, str)) and not isinstance(container, Mapping):
        return over(_index(key, len(container)), lambda at: container[at])
    if isinstance(container, Mapping):
        keys = list(container)
        options = [(equality(key, each), each) for each in keys]
        if decide(neg(disj(*(guard for guard, _ in options)))):
            raise KeyError(describe(key))
        return over(
            SymUnion([option for option in options if Present.paths.feasible(option[0])]), lambda each: container[each]
        )
    return container[key]


def _slice(container: Any, key: slice) -> Any:
    if isinstance(container, SymInt | SymBool):
        raise TypeError("not subscriptable")
    bounds = [_bound(each, len(container)) for each in (key.start, key.stop)]
    if is_symbolic(key.step):
        raise UnsupportedError("a slice with a symbolic step")
    return over(bounds[0], lambda start: over(bounds[1], lambda stop: container[start : stop : key.step]))


def _bound(value: Any, length: int) -> Any:
    """A bound of a slice as one of the values that make a difference."""
    if isinstance(value, SymInt):
        options = [(value.term <= -length, -length) if length else (value.term < 0, 0)]
        options += [(value.term == at, at) for at in range(1 - length, length)]
        return SymUnion([*options, (value.term >= length, length)])
    return value


def _index(key: Any, length: int) -> Any:
    """An index as one of those that exist.

    Raises:
        IndexError: on the paths on which it is none.
    """
    if isinstance(key, SymUnion):
        return key
    term = terms._int_term(key)
    if term is None:
        raise TypeError("indices must be integers")
    if decide(z3.Or(term < -length, term >= length)):
        raise IndexError("index out of range")
    options = [(term == at, at) for at in range(-length, length)]
    return SymUnion([option for option in options if Present.paths.feasible(option[0])])


def contains(container: Any, value: Any) -> Any:
    """``value in container``."""
    if isinstance(container, SymUnion):
        return over(container, lambda each: contains(each, value))
    if hasattr(type(container), "__symbolic_member__"):
        return boolean(container.__symbolic_member__(value))
    if isinstance(container, SymSet):
        return boolean(container.member(value))
    if isinstance(container, GuardedList):
        return boolean(disj(*(conj(guard, equality(each, value)) for guard, each in container.finite())))
    if (
        not is_symbolic(value)
        and not is_symbolic(container)
        and not isinstance(container, (KeysView, ValuesView, Items))
    ):
        return value in container
    if isinstance(container, range):
        return _in_range(container, value)
    if isinstance(container, (tuple, list, AbstractSet, ValuesView, Mapping, collections.deque)):
        return boolean(disj(*(equality(each, value) for each in container)))
    return value in container


def _in_range(container: range, value: Any) -> Any:
    term = terms._int_term(value)
    if term is None or container.step != 1:
        return boolean(disj(*(equality(each, value) for each in container)))
    return boolean(z3.And(term >= container.start, term < container.stop))


def iterated(iterable: Any) -> Iterable[Any]:
    """What a ``for`` statement goes through: of a symbolic container, the run decides on each item when it gets there."""
    iterable = split(iterable)
    if isinstance(iterable, (GuardedList, SymSet)) or hasattr(type(iterable), "__symbolic_items__"):
        return _deciding(iterable)
    return iterable  # type: ignore[no-any-return]


def _deciding(iterable: Any) -> Iterator[Any]:
    for guard, value in GuardedList(*items_of(iterable)).finite():
        if decide(guard):
            yield value


def matched(subject: Any, deep: bool) -> Any:
    """The subject of ``match``: a union takes one of its alternatives, and so do the parts if the patterns look at them."""
    subject = split(subject)
    if isinstance(subject, SymBool):
        return bool(subject)
    if not deep:
        return subject
    if isinstance(subject, (tuple, list)):
        return type(subject)(matched(each, deep) for each in subject)
    if is_plain_record(subject) and is_symbolic(subject):
        return rebuilt(subject, {name: matched(each, deep) for name, each in field_values(subject).items()})
    return subject


def constantly(value: Any) -> Callable[[], Any]:
    """A function that returns a value."""
    return lambda: value


def _followed_by(*values: Any) -> Callable[[Any], tuple[Any, ...]]:
    return lambda items: (*items, *values)


def _followed_by_one_of(union: SymUnion) -> Callable[[Any], Any]:
    return lambda items: over(union, lambda more: (*items, *more))


def spread(kind: str, *parts: tuple[bool, Any]) -> Any:
    """``(*a, b)`` or ``[*a, b]``."""
    found: Any = ()
    for starred, value in parts:
        if not starred:
            found = over(found, _followed_by(value))
        elif isinstance(value, SymUnion) and all(isinstance(each, (tuple, list)) for _, each in value.alternatives):
            found = over(found, _followed_by_one_of(value))
        else:
            found = over(found, _followed_by(*iterated(value)))
    return over(found, list) if kind == "list" else found


def unpacked(value: Any, parts: int) -> Any:
    """The parts of a tuple."""
    if isinstance(value, SymUnion) and all(
        isinstance(each, (tuple, list)) and len(each) == parts for _, each in value.alternatives
    ):
        return tuple(item(value, at) for at in range(parts))
    return tuple(split(value))


# Comprehensions ----------------------------------------------------------------------------------------------------------------------------------

Items3 = tuple[list[Guarded], tuple[Any, ...]]


def items_of(iterable: Any) -> Items3:
    """The items of an iterable with their conditions, and the variables for all values of which they are meant."""
    if hasattr(type(iterable), "__symbolic_items__"):
        found: Items3 = iterable.__symbolic_items__()
        return found
    if isinstance(iterable, GuardedList):
        return iterable.items, iterable.bound
    if isinstance(iterable, SymSet):
        return iterable.items, ()
    if isinstance(iterable, SymUnion):
        return _items_of_union(iterable), ()
    return [(TRUE, each) for each in iterable], ()


def _items_of_union(union: SymUnion) -> list[Guarded]:
    if all(isinstance(value, (tuple, list, range)) for _, value in union.alternatives):
        longest = max(len(value) for _, value in union.alternatives)
        found = []
        for at in range(longest):
            options = [(guard, value[at]) for guard, value in union.alternatives if len(value) > at]
            found.append((disj(*(guard for guard, _ in options)), merge(options)))
        return found
    return [(conj(guard, g), v) for guard, value in union.alternatives for g, v in items_of(value)[0]]


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
            variables = [each for each in self._bound if _mentions(going_on, each)]
            going_on = z3.ForAll(variables, going_on) if variables else going_on
        if not terms.is_true(going_on):
            self._settled.append(going_on)
        if terms.is_false(going_on):
            raise _StopEarly

    def result(self) -> Any:
        """What the comprehension is."""
        if self.kind == "all":
            return boolean(conj(*self._settled))
        if self.kind == "any":
            return boolean(neg(conj(*self._settled)))
        if self.kind == "set" and not self.bound:
            return set_of(GuardedList(self.found))
        plain = not self.bound and all(terms.is_true(guard) for guard, _ in self.found)
        if self.kind == "dict":
            return dict(_decided(self.found) if not plain else [value for _, value in self.found])
        if not plain:
            return GuardedList(self.found, tuple(self.bound))
        listed = [value for _, value in self.found]
        return iter(listed) if self.kind == "generator" else listed


def _decided(items: list[Guarded]) -> list[Any]:
    return [value for guard, value in items if decide(guard)]


def _mentions(term: Any, variable: Any) -> bool:
    seen = set()
    todo = [term]
    while todo:
        each = todo.pop()
        if each.eq(variable):
            return True
        if each.get_id() not in seen:
            seen.add(each.get_id())
            todo.extend([each.body()] if z3.is_quantifier(each) else each.children())
    return False


def comprehension(kind: str, body: Callable[[_Collector], None]) -> Any:
    """A comprehension, or ``all`` or ``any`` of one."""
    collector = _Collector(kind)
    try:
        body(collector)
    except _StopEarly:
        return kind == "any"
    return collector.result()


# Calls -------------------------------------------------------------------------------------------------------------------------------------------


def call(function: Any, /, *args: Any, **kwargs: Any) -> Any:
    """``function(*args, **kwargs)``."""
    if isinstance(function, SymUnion):
        return over(function, lambda each: call(each, *args, **kwargs))
    if isinstance(function, MethodType):
        return _call_method(function, args, kwargs)
    if isinstance(function, FunctionType):
        return _call_function(function, args, kwargs)
    try:
        known = _KNOWN.get(function)
    except TypeError:
        known = None
    if known is not None:
        return known(*args, **kwargs)
    return _call_native(function, args, kwargs)


def _call_method(function: MethodType, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if isinstance(function.__func__, FunctionType):
        return _call_function(function.__func__, (function.__self__, *args), kwargs)
    return call(function.__func__, function.__self__, *args, **kwargs)


def _call_function(function: FunctionType, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if function in _KNOWN:
        return _KNOWN[function](*args, **kwargs)
    if not is_foreign(function):
        return rewritten(function)(*args, **kwargs)
    if not function.__module__.startswith("modelcheck.") and any(
        is_symbolic(each) for each in (*args, *kwargs.values())
    ):
        raise UnsupportedError(
            f"{function.__module__}.{function.__qualname__} was called with {describe(next(a for a in (*args, *kwargs.values()) if is_symbolic(a)))}",
            remedy="Library code cannot be followed; write it with Python's own operators.",
        )
    return function(*args, **kwargs)


def _call_native(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    owner = builtins.getattr(function, "__self__", None)
    if isinstance(function, (BuiltinFunctionType, BuiltinMethodType)) and isinstance(owner, _CONTAINERS):
        if function.__name__ in _MUTATORS:
            Present.paths.effect()
        if args and is_symbolic(args) and function.__name__ in {"get", "pop", "index", "count", "remove", "setdefault"}:
            return _container_method(owner, function, args)
    if isinstance(owner, tuple) and function.__name__ in {"index", "count"} and is_symbolic((owner, args)):
        return _container_method(owner, function, args)
    if isinstance(owner, AbstractSet) and isinstance(function, BuiltinMethodType) and is_symbolic(list(args)):
        return builtins.getattr(as_set(owner), function.__name__)(*args)
    args = tuple(_followed(each) for each in args)
    return function(*args, **{name: _followed(each) for name, each in kwargs.items()})


def _container_method(owner: Any, function: Any, args: tuple[Any, ...]) -> Any:
    name = function.__name__
    if name == "get" and isinstance(owner, Mapping):
        default = args[1] if len(args) > 1 else None
        options = [(equality(args[0], key), value) for key, value in owner.items()]
        return merge([*options, (neg(disj(*(guard for guard, _ in options))), default)])
    if name == "count":
        return terms.count(equality(each, args[0]) for each in owner)
    return function(*args)


def _followed(argument: Any) -> Any:
    if isinstance(argument, FunctionType) and not is_foreign(argument):
        return rewritten(argument)
    if (
        isinstance(argument, MethodType)
        and isinstance(argument.__func__, FunctionType)
        and not is_foreign(argument.__func__)
    ):
        return MethodType(rewritten(argument.__func__), argument.__self__)
    return argument


# Built-in functions ------------------------------------------------------------------------------------------------------------------------------


def _require(condition: object) -> None:
    Present.paths.assume(truth(condition))


def length(value: Any) -> Any:
    """``len(value)``."""
    if isinstance(value, SymUnion):
        return over(value, length)
    if isinstance(value, SymSet):
        return value.size()
    if isinstance(value, GuardedList):
        return terms.count(guard for guard, _ in value.finite())
    if hasattr(type(value), "__symbolic_len__"):
        return value.__symbolic_len__()
    return len(value)


def total(values: Any, /, start: Any = 0) -> Any:
    """``sum(values)``."""
    items = GuardedList(*items_of(values)).finite()
    if (
        all(isinstance(value, (bool, SymBool)) or (type(value) is int and value == 1) for _, value in items)
        and start == 0
        and type(start) is int
    ):
        return terms.count(conj(guard, truth(value)) for guard, value in items)

    def nothing() -> Any:
        return 0 if isinstance(start, int) else type(start)()

    result = start
    for guard, value in items:
        result = result + conditional(boolean(guard), constantly(value), nothing)
    return result


def every(values: Any) -> Any:
    """``all(values)``."""
    items, bound = items_of(values)
    term = conj(*(disj(neg(guard), truth(value)) for guard, value in items))
    return boolean(z3.ForAll(list(bound), term) if bound else term)


def some(values: Any) -> Any:
    """``any(values)``."""
    items, bound = items_of(values)
    term = disj(*(conj(guard, truth(value)) for guard, value in items))
    return boolean(z3.Exists(list(bound), term) if bound else term)


_NOTHING = object()


def _extreme(better: Callable[[Any, Any], Any], plain: Callable[..., Any]) -> Callable[..., Any]:
    def extreme(*values: Any, key: Any = None, default: Any = _NOTHING) -> Any:
        items = GuardedList(*items_of(values[0] if len(values) == 1 else list(values))).finite()
        if not any(is_symbolic(v) for _, v in items) and all(terms.is_true(g) for g, _ in items) and key is None:
            listed = [value for _, value in items]
            return plain(listed) if listed or default is _NOTHING else default
        some_item = disj(*(guard for guard, _ in items))
        if default is _NOTHING and decide(neg(some_item)):
            raise ValueError("no items to compare")

        def beats(value: Any, best: Any) -> Any:
            return better(value, best) if key is None else better(call(key, value), call(key, best))

        best: Any = default
        known = terms.FALSE
        for guard, value in items:
            if terms.is_false(known):
                best = (
                    value
                    if terms.is_true(guard) or default is _NOTHING
                    else merge([(guard, value), (neg(guard), best)])
                )
            else:
                won = truth(Present.paths.under(conj(guard, known), partial(beats, value, best)))
                take = conj(guard, disj(neg(known), won))
                best = merge([(take, value), (neg(take), best)])
            known = disj(known, guard)
        return best

    return extreme


largest = _extreme(greater, builtins.max)
smallest = _extreme(less, builtins.min)


def set_of(values: Any = ()) -> Any:
    """``set(values)`` or ``{a, b}``."""
    return _made_set(values, set)


def frozen_set_of(values: Any = ()) -> Any:
    """``frozenset(values)``."""
    return _made_set(values, frozenset)


def dict_of(values: Any = (), /, **more: Any) -> Any:
    """``dict(values)``."""
    if isinstance(values, GuardedList):
        values = list(iterated(values))
    elif hasattr(type(values), "__symbolic_keyed__"):
        values = list(iterated(values.items()))
    return dict(values, **more)


def _made_set(values: Any, kind: type) -> Any:
    items = GuardedList(*items_of(values)).finite()
    if all(terms.is_true(guard) and not is_symbolic(value) for guard, value in items):
        return kind(value for _, value in items)
    return SymSet(items)


def _sequence(kind: type) -> Callable[..., Any]:
    def made(values: Any = ()) -> Any:
        if isinstance(values, SymUnion):
            return over(values, made)
        return kind(iterated(values))

    return made


def enumerated(values: Any, start: Any = 0) -> Any:
    """``enumerate(values, start)``."""
    if isinstance(values, SymUnion):
        return GuardedList([(guard, (at + start, value)) for at, (guard, value) in enumerate(_items_of_union(values))])
    return [(at + start, value) for at, value in enumerate(iterated(values))]


def zipped(*values: Any, strict: bool = False) -> Any:
    """``zip(...)``."""
    if not any(isinstance(each, SymUnion) for each in values):
        return zip(*(list(iterated(each)) for each in values), strict=strict)
    columns = [
        _items_of_union(each) if isinstance(each, SymUnion) else [(TRUE, value) for value in iterated(each)]
        for each in values
    ]
    return GuardedList(
        [(conj(*(guard for guard, _ in row)), tuple(value for _, value in row)) for row in zip(*columns, strict=False)]
    )


def ranged(*bounds: Any) -> Any:
    """``range(...)``."""
    if not is_symbolic(bounds):
        return range(*bounds)
    if any(isinstance(each, SymInt) for each in bounds):
        raise UnsupportedError(
            f"range() up to {describe(next(b for b in bounds if is_symbolic(b)))}",
            remedy="Range over a constant, with a condition on each number.",
        )
    first = next(at for at, each in enumerate(bounds) if is_symbolic(each))
    return over(bounds[first], lambda bound: ranged(*bounds[:first], bound, *bounds[first + 1 :]))


def is_instance(value: Any, kind: Any) -> Any:
    """``isinstance(value, kind)``."""
    if isinstance(value, SymUnion):
        return boolean(disj(*(conj(guard, truth(is_instance(each, kind))) for guard, each in value.alternatives)))
    stands_for = {SymInt: int, SymBool: bool, SymSet: frozenset, GuardedList: list}.get(type(value))
    if stands_for is None and hasattr(type(value), "__stands_for__"):
        stands_for = value.__stands_for__
    if stands_for is None:
        return isinstance(value, kind)
    kinds = kind if isinstance(kind, tuple) else builtins.getattr(kind, "__args__", (kind,))
    return any(issubclass(stands_for, each) for each in kinds)


def type_of(value: Any) -> Any:
    """``type(value)``."""
    value = split(value)
    return (
        {SymInt: int, SymBool: bool, SymSet: frozenset, GuardedList: list}.get(type(value))
        or builtins.getattr(type(value), "__stands_for__", None)
        or type(value)
    )


def truth_value(value: Any = False) -> Any:
    """``bool(value)``."""
    return boolean(truth(value))


def whole(value: Any = 0, *rest: Any) -> Any:
    """``int(value)``."""
    if rest or not is_symbolic(value):
        return int(value, *rest)
    term = terms._int_term(value)
    if term is None:
        raise UnsupportedError(f"int() of {describe(value)}")
    return integer(term)


def following(values: Any, default: Any = _NOTHING) -> Any:
    """``next(values)``."""
    if not isinstance(values, GuardedList):
        return next(values) if default is _NOTHING else next(values, default)
    items = values.finite()
    none = neg(disj(*(guard for guard, _ in items)))
    if default is _NOTHING and decide(none):
        raise StopIteration
    options = []
    before: list[z3.BoolRef] = []
    for guard, value in items:
        options.append((conj(guard, *(neg(each) for each in before)), value))
        before.append(guard)
    return merge(options if default is _NOTHING else [*options, (none, default)])


def _mapped(function: Any, *values: Any) -> Any:
    if len(values) == 1 and isinstance(values[0], (GuardedList, SymSet, SymUnion)):
        return comprehension(
            "list", lambda c: c.loop(lambda: values[0], lambda each: c.emit(lambda: call(function, each)))
        )
    return [call(function, *each) for each in zip(*map(iterated, values), strict=False)]


def _filtered(function: Any, values: Any) -> Any:
    test = truth_value if function is None else function
    return comprehension(
        "list",
        lambda c: c.loop(lambda: values, lambda each: c.when(lambda: call(test, each), lambda: c.emit(lambda: each))),
    )


def _sorted(values: Any, *, key: Any = None, reverse: bool = False) -> Any:
    return sorted(iterated(values), key=_followed(key), reverse=reverse)


def _getattr(value: Any, name: str, *default: Any) -> Any:
    try:
        return attribute(value, name)
    except AttributeError:
        if default:
            return default[0]
        raise


def _hash(value: Any) -> int:
    return hash(value)


def _same_iterator(values: Any, *rest: Any) -> Any:
    return values if isinstance(values, GuardedList) else iter(iterated(values), *rest)


def chosen(options: Any) -> Any:
    """``choose(options)``."""
    by_itself = builtins.getattr(type(options), "__choose__", None)
    return call(by_itself, options) if by_itself is not None else choice.choose(options)


_KNOWN: dict[Any, Callable[..., Any]] = {
    choice.require: _require, choice.choose: chosen, len: length, sum: total, all: every, any: some, max: largest,
    min: smallest, set: set_of, frozenset: frozen_set_of, list: _sequence(list), tuple: _sequence(tuple), enumerate:
    enumerated, zip: zipped, range: ranged, isinstance: is_instance, bool: truth_value, int: whole, next: following,
    map: _mapped, dict: dict_of, filter: _filtered, sorted: _sorted, getattr: _getattr, iter: _same_iterator,
    native.is_: identical, native.eq: equal, native.not_: negated, native.truth: truth_value, native.contains:
    contains, native.getitem: item, native.is_not: distinct,
    itertools.chain: lambda *values: [each for group in values for each in iterated(group)],
}  # fmt: skip


def type_call(*args: Any) -> Any:
    """``type(...)``."""
    return type_of(*args) if len(args) == 1 else type(*args)


_KNOWN[type] = type_call


def picked_of(options: Any) -> list[Guarded] | None:
    """The conditions and options of a choice among symbolic ones; None if they are concrete."""
    if isinstance(options, (GuardedList, SymSet, SymUnion)):
        return GuardedList(*items_of(options)).finite()
    return None


__all__ = ["TRUE", "alternatives_of", "as_set", "call", "split", "terms"]
Present.operators = __import__("sys").modules[__name__]
