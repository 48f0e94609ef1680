"""Views of records and of dicts with fixed keys: bundles of slots."""

from __future__ import annotations

import copy
from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import Any

from modelcheck.errors import SpecError
from modelcheck.spec.shapes.changed import as_good_as, constant_changed, unknown_attribute
from modelcheck.spec.shapes.containers import OrderedItems, OrderedKeys
from modelcheck.spec.shapes.shape import MapShape, keys_changed
from modelcheck.statespace.views.slots import View, operated


@operated
class TrackedMap(View, Mapping[Any, Any]):
    """A dict with fixed keys: each value is a slot of its own, and the keys are no part of the state."""

    __class__ = property(lambda _: dict)

    def __init__(self, shape: MapShape, slots: Mapping[Any, Any]) -> None:
        self._shape = shape
        self.slots = slots

    def plain(self) -> dict[Any, Any]:
        """See `View.plain`."""
        return {key: slot.get() for key, slot in self.slots.items()}

    def __getitem__(self, key: Any) -> Any:
        return self.slots[key].get()

    def __setitem__(self, key: Any, value: Any) -> None:
        if key not in self.slots:
            raise keys_changed(self._shape, {*self.slots, key})
        self.slots[key].assign(value)

    def __delitem__(self, key: Any) -> None:
        raise keys_changed(self._shape, set(self.slots) - {key})

    def pop(self, key: Any, *default: Any) -> Any:
        """As `dict.pop`; not possible with a key, since the keys stay."""
        if key not in self.slots and default:
            return default[0]
        raise keys_changed(self._shape, set(self.slots) - {key})

    def popitem(self) -> Any:
        """Not possible: the keys stay."""
        raise keys_changed(self._shape, list(self.slots)[:-1])

    def clear(self) -> None:
        """Not possible: the keys stay."""
        raise keys_changed(self._shape, ())

    def __contains__(self, key: object) -> bool:
        return key in self.slots

    def __iter__(self) -> Iterator[Any]:
        return iter(self.slots)

    def __reversed__(self) -> Iterator[Any]:
        yield from reversed(list(self.slots))

    def __len__(self) -> int:
        return len(self.slots)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """As `dict.setdefault`."""
        if key not in self.slots:
            self[key] = default
        return self[key]

    def update(self, other: Any = (), /, **more: Any) -> None:
        """As `dict.update`."""
        for key, value in dict(other, **more).items():
            self[key] = value

    def keys(self) -> KeysView[Any]:
        """As `dict.keys`."""
        return OrderedKeys(self)

    def items(self) -> ItemsView[Any, Any]:
        """As `dict.items`."""
        return OrderedItems(self)

    def values(self) -> ValuesView[Any]:
        """As `dict.values`."""
        return _Values(self)

    def copy(self) -> dict[Any, Any]:
        """As `dict.copy`."""
        return self.plain()

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self


class _Values(ValuesView[Any]):
    """The values of a dict with fixed keys, each read when a loop comes to it."""

    _mapping: TrackedMap

    def __iter__(self) -> Iterator[Any]:
        for slot in self._mapping.slots.values():
            yield slot.get()


class _Attribute:
    """A descriptor that reads and assigns one field of a tracked record."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, record: Any, cls: type) -> Any:
        return self if record is None else slots_of(record)[self._name].get()

    def __set__(self, record: Any, value: Any) -> None:
        slots_of(record)[self._name].assign(value)

    def __delete__(self, record: Any) -> None:
        raise SpecError(
            f"an action deleted {self._name!r}", remedy="Variables stay; assign None to one without a value."
        )


def slots_of(record: Any) -> dict[str, Any]:
    """The slots of a tracked record by the names of its fields."""
    slots: dict[str, Any] = record.__dict__["_slots"]
    return slots


def tracked_record(cls: type, constants: Mapping[str, Any], slots: Mapping[str, Any]) -> Any:
    """An object of a subclass whose fields are read from and assigned to slots."""
    live: Any = object.__new__(cls)
    live.__dict__.update(constants, _slots=slots)
    return live


def tracked_class(cls: type, path: str, names: Iterable[str]) -> type:
    """The subclass for `tracked_record`, which passes for the class itself."""
    members: dict[str, Any] = {name: _Attribute(name) for name in names}
    members |= {
        "_tracked": True, "__class__": property(lambda _: cls), "__module__": cls.__module__, "__qualname__": cls.__qualname__,
        "__setattr__": _setter(cls, path), "__copy__": lambda record: _copied(cls, record, lambda value: value),
        "__deepcopy__": lambda record, memo: _copied(cls, record, lambda value: copy.deepcopy(value, memo)),
    }  # fmt: skip
    return type(cls.__name__, (cls,), members)


def _setter(cls: type, path: str) -> Any:
    inherited: Any = cls.__setattr__

    def assign(record: Any, name: str, value: Any) -> None:
        if name in slots_of(record) or isinstance(getattr(cls, name, None), property):
            inherited(record, name, value)
        elif name in record.__dict__:
            if not as_good_as(value, record.__dict__[name]):
                raise constant_changed(cls, f"{path}.{name}".lstrip("."), record.__dict__[name], value)
        else:
            raise unknown_attribute(path, name, slots_of(record))

    return assign


def _copied(cls: type, record: Any, copied: Any) -> Any:
    made: Any = object.__new__(cls)
    for name, value in record.__dict__.items():
        if name != "_slots":
            object.__setattr__(made, name, value)
    for name, slot in slots_of(record).items():
        object.__setattr__(made, name, copied(slot.get()))
    return made
