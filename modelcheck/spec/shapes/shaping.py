"""Reading the shape of a state off the attributes that an initialiser filled.

*Choices.* A dict that starts with keys keeps exactly those keys, so that ``for r in self.rm`` looks at no state; one
that starts empty may gain and lose keys, and then holds plain values. An object reachable on two paths belongs to the
first, and the other is an alias of it.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import Any

from modelcheck.errors import SpecError
from modelcheck.spec.record import AT_BOOT, Process, fixed_fields, is_record, shared_default
from modelcheck.spec.shapes.containers import DistinctDict, OrderedSet
from modelcheck.spec.shapes.positive_counter import PositiveCounter
from modelcheck.spec.shapes.shape import (
    AliasShape,
    BagShape,
    MapShape,
    QueueShape,
    RecordShape,
    SetShape,
    Shape,
    TableShape,
    check_unlimited,
)
from modelcheck.spec.shapes.stored import check_value, record_in, stored
from modelcheck.values import field_names, kept, order_key, show, value_problem


def shape_of(live: Any, path: str, seen: dict[int, Shape]) -> Shape:
    """The shape of a live object that an initialiser made; ``seen`` maps the ids of objects to their shapes."""
    if id(live) in seen:
        return AliasShape(path, seen[id(live)])
    shape = _container_shape(live, path, seen)
    if shape is None:
        check_value(live, path)
        return Shape(path)
    return shape


def _container_shape(live: Any, path: str, seen: dict[int, Shape]) -> Shape | None:
    check_unlimited(live, path)
    simple: list[tuple[type, Any]] = [(Counter, BagShape), (set, SetShape), (deque, QueueShape), (list, QueueShape)]
    for kind, make in simple:
        if isinstance(live, kind) and type(live) in (kind, OrderedSet, DistinctDict, PositiveCounter):
            shape: Shape = make(path, kind) if make is QueueShape else make(path)
            seen[id(live)] = shape
            shape.freeze(live, {})
            return shape
    if type(live) is dict:
        return _map_shape(live, path, seen)
    if is_record(live):
        return _record_shape(live, path, seen)
    return None


def _map_shape(live: dict[Any, Any], path: str, seen: dict[int, Shape]) -> Shape:
    if not live:
        seen[id(live)] = table = TableShape(path)
        return table
    items: dict[Any, Shape] = {}
    seen[id(live)] = shape = MapShape(path, items)
    for key in sorted(live, key=order_key):
        items[stored(key, f"a key of {path}")] = shape_of(live[key], f"{path}[{show(key)}]", seen)
    return shape


def _constant(value: Any) -> Any:
    return kept(value) if value_problem(value) is None else value


def _fixed(value: Any, path: str) -> Any:
    """What a field annotated Fixed holds, if it cannot change without being assigned."""
    if record_in(value) is not None or isinstance(value, (dict, list, set, deque)):
        raise SpecError(
            f"{path} is annotated Fixed and holds {show(value)}, which an action could change",
            remedy="Remove Fixed[...] from the field; a tuple or a frozenset in place of a collection may stay fixed.",
        )
    return value


def _record_shape(live: Any, path: str, seen: dict[int, Shape]) -> RecordShape:
    cls = type(live)
    shared = shared_default(cls)
    if shared is not None:
        raise SpecError(
            f"the default of the field {shared!r} of {cls.__name__} is one object for all that are made",
            remedy=f"Derive {cls.__name__} from modelcheck.Record, which copies it, or give a factory.",
        )
    fields: dict[str, Shape] = {}
    fixed = fixed_fields(cls)
    names = field_names(cls) or []
    constants = {name: _constant(_fixed(getattr(live, name), f"{path}.{name}")) for name in names if name in fixed}
    if issubclass(cls, Process):
        constants[AT_BOOT] = {
            name: dict(value) for name, value in vars(live).items() if isinstance(value, dict) and value
        }
    seen[id(live)] = shape = RecordShape(path, cls, fields, constants)
    for name in names:
        if name not in fixed:
            fields[name] = shape_of(getattr(live, name), f"{path}.{name}" if path else name, seen)
    return shape
