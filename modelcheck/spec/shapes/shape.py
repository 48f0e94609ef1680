"""The shape of a state: which attributes it has, and how each is built from containers down to values.

The shape is read off the attributes that ``init`` fills, and stays the same for all states of a spec. `freeze` takes a
snapshot of live, ordinary containers; `thaw` makes live ones from a snapshot. Both keep to the shape, so a spec cannot
silently change the type of a variable. `modelcheck.spec.shapes.shaping` reads a shape off live objects.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import field, frozen

from modelcheck.errors import SpecError
from modelcheck.spec.record import AT_BOOT, durable_fields
from modelcheck.spec.shapes.changed import as_good_as, constant_changed, unknown_attribute
from modelcheck.spec.shapes.containers import DistinctDict, LiveDict, OrderedSet, placed
from modelcheck.spec.shapes.positive_counter import PositiveCounter
from modelcheck.spec.shapes.stored import check_count, stored
from modelcheck.values import (
    Bag,
    FrozenDict,
    FrozenRecord,
    OrderedFrozenSet,
    identity,
    ordered,
    show,
)

OWN_ATTRIBUTES = frozenset({AT_BOOT, "_slots", "__orig_class__"})
"""What modelcheck and `typing` put into the attributes of a record; `Network[str](...)` notes its class there."""

@frozen(eq=False)
class Shape:
    """A node of the shape; this one is a single value.

    Attributes:
        path: The place in the state as Python text, for example ``rm[2]`` or ``servers[0].term``.
    """

    path: str

    def freeze(self, live: Any, memo: dict[int, Any]) -> Any:
        """An immutable snapshot of the live object; ``memo`` maps shapes to the objects met so far."""
        del memo
        return stored(live, self.path)

    @property
    def kinds(self) -> tuple[type, ...]:
        """The classes that what is assigned to a container may have; views and ordered sets pass for what they stand for."""
        return ()

    @property
    def kind_name(self) -> str:
        """What messages call a container of the kind."""
        return self.kinds[0].__name__

    def children(self) -> Mapping[Any, Shape]:
        """The shapes that it is built from, by field or key."""
        return {}

    def expect(self, live: Any) -> None:
        """Make sure that an object is of the kind that belongs here.

        Raises:
            SpecError: if it is not.
        """
        if self.kinds and live.__class__ not in self.kinds:
            raise self.other_kind(show(live))

    def other_kind(self, shown: str) -> SpecError:
        """The error for an assignment of something of another kind, which is shown as given."""
        return SpecError(
            f"{self.path} is a {self.kind_name} and was assigned {shown}",
            remedy="A variable keeps the kind of container that init gives it.",
        )

    def thaw(self, snapshot: Any, memo: dict[int, Any]) -> Any:
        """A live object with the content of the snapshot; ``memo`` maps shapes to the objects made so far."""
        del memo
        return snapshot


@frozen(eq=False)
class SetShape(Shape):
    """A set of values, whose elements are separate cells."""

    @property
    def kinds(self) -> tuple[type, ...]:
        """See `Shape.kinds`."""
        return (set, frozenset)

    def freeze(self, live: Any, memo: dict[int, Any]) -> frozenset[Any]:
        """See `Shape.freeze`."""
        self.expect(live)
        memo[id(self)] = live
        return OrderedFrozenSet(stored(item, f"an element of {self.path}") for item in live)

    def thaw(self, snapshot: Any, memo: dict[int, Any]) -> OrderedSet:
        """See `Shape.thaw`."""
        return memo.setdefault(id(self), placed(OrderedSet(snapshot), self.path))  # type: ignore[no-any-return]


@frozen(eq=False)
class BagShape(Shape):
    """A Counter: how often each value occurs. Elements that occur 0 times are absent, at any time."""

    @property
    def kinds(self) -> tuple[type, ...]:
        """See `Shape.kinds`."""
        return (Counter, PositiveCounter)

    @property
    def kind_name(self) -> str:
        """See `Shape.kind_name`."""
        return "bag"

    def freeze(self, live: Any, memo: dict[int, Any]) -> Bag[Any]:
        """See `Shape.freeze`."""
        self.expect(live)
        memo[id(self)] = live
        items = ordered(stored(item, f"an element of {self.path}") for item in live)
        return Bag({item: count for item in items if (count := check_count(self.path, item, live[item]))})

    def thaw(self, snapshot: Any, memo: dict[int, Any]) -> PositiveCounter:
        """See `Shape.thaw`."""
        return memo.setdefault(id(self), PositiveCounter.of(snapshot, self.path))  # type: ignore[no-any-return]


@frozen(eq=False)
class QueueShape(Shape):
    """A deque or list of values: one cell that holds a tuple.

    Attributes:
        kind: ``deque`` or ``list``.
    """

    kind: type = list

    @property
    def kinds(self) -> tuple[type, ...]:
        """See `Shape.kinds`."""
        return (self.kind, tuple)

    def expect(self, live: Any) -> None:
        """See `Shape.expect`."""
        super().expect(live)
        check_unlimited(live, self.path)

    def freeze(self, live: Any, memo: dict[int, Any]) -> tuple[Any, ...]:
        """See `Shape.freeze`."""
        self.expect(live)
        memo[id(self)] = live
        return tuple(stored(item, f"an item of {self.path}") for item in live)

    def thaw(self, snapshot: Any, memo: dict[int, Any]) -> Any:
        """See `Shape.thaw`."""
        return memo.setdefault(id(self), self.kind(snapshot))


@frozen(eq=False)
class TableShape(Shape):
    """A dict that starts empty: keys come and go, each a cell of its own that holds a value."""

    @property
    def kinds(self) -> tuple[type, ...]:
        """See `Shape.kinds`."""
        return (dict, FrozenDict)

    def freeze(self, live: Any, memo: dict[int, Any]) -> FrozenDict[Any, Any]:
        """See `Shape.freeze`."""
        self.expect(live)
        memo[id(self)] = live
        keys = ordered(stored(key, f"a key of {self.path}") for key in live)
        return FrozenDict({key: stored(live[key], f"{self.path}[{show(key)}]") for key in keys})

    def thaw(self, snapshot: Any, memo: dict[int, Any]) -> dict[Any, Any]:
        """See `Shape.thaw`."""
        return memo.setdefault(id(self), placed(DistinctDict(snapshot), self.path))  # type: ignore[no-any-return]


@frozen(eq=False)
class MapShape(Shape):
    """A dict that starts with keys and keeps exactly those.

    Attributes:
        items: The shape of each key's value, in the total order of keys.
    """

    items: Mapping[Any, Shape] = field(factory=dict)

    @property
    def kinds(self) -> tuple[type, ...]:
        """See `Shape.kinds`."""
        return (dict, FrozenDict)

    def children(self) -> Mapping[Any, Shape]:
        """See `Shape.children`."""
        return self.items

    def freeze(self, live: Any, memo: dict[int, Any]) -> FrozenDict[Any, Any]:
        """See `Shape.freeze`."""
        self.expect(live)
        memo[id(self)] = live
        if {identity(key) for key in live} != {identity(key) for key in self.items}:
            raise keys_changed(self, live.keys())
        frozen_items = {key: shape.freeze(live[key], memo) for key, shape in self.items.items()}
        return FrozenDict(
            {key: item for key, item in frozen_items.items() if not isinstance(self.items[key], AliasShape)}
        )

    def thaw(self, snapshot: Any, memo: dict[int, Any]) -> dict[Any, Any]:
        """See `Shape.thaw`."""
        live = LiveDict()
        memo[id(self)] = live
        live.update((key, shape.thaw(snapshot.get(key), memo)) for key, shape in self.items.items())
        return live


def keys_changed(shape: MapShape, keys: Any) -> SpecError:
    """The error for a dict with fixed keys whose keys would change."""
    there, wanted = ({identity(key): key for key in each} for each in (keys, shape.items))
    odd = ordered((there | wanted)[each] for each in there.keys() ^ wanted.keys())
    return SpecError(
        f"{shape.path} starts with the keys {show(tuple(shape.items))} and keeps them; an action added or removed {', '.join(map(show, odd))}",
        remedy="Start with all keys (None for those without a value), or start with an empty dict if keys come and go.",
    )


@frozen(eq=False)
class RecordShape(Shape):
    """A record: an attrs class or dataclass that is not frozen.

    Attributes:
        cls: The record's class.
        fields: The shape of each field.
        constants: The fields that never change and their values: those annotated ``Fixed[...]``, and budgets that are 0.
    """

    cls: type = object
    fields: dict[str, Shape] = field(factory=dict)
    constants: dict[str, Any] = field(factory=dict)

    @property
    def kinds(self) -> tuple[type, ...]:
        """See `Shape.kinds`."""
        return (self.cls,)

    def children(self) -> Mapping[Any, Shape]:
        """See `Shape.children`."""
        return self.fields

    def freeze(self, live: Any, memo: dict[int, Any]) -> FrozenRecord:
        """See `Shape.freeze`."""
        self.expect(live)
        self.check_attributes(live)
        return FrozenRecord(self.cls.__name__, self.freeze_fields(live, memo))

    def freeze_fields(self, live: Any, memo: dict[int, Any]) -> dict[str, Any]:
        """Snapshots of the fields."""
        memo[id(self)] = live
        frozen_fields = {name: shape.freeze(getattr(live, name), memo) for name, shape in self.fields.items()}
        return {name: item for name, item in frozen_fields.items() if not isinstance(self.fields[name], AliasShape)}

    def check_attributes(self, live: Any) -> None:
        """Make sure that a record has no attribute beside its fields, and that its constants are as they were.

        Raises:
            SpecError: if it is otherwise.
        """
        for name, value in self.constants.items():
            found = getattr(live, name, value)
            if not as_good_as(found, value):
                raise constant_changed(self.cls, f"{self.path}.{name}", value, found)
        for name in getattr(live, "__dict__", ()):
            if name not in self.fields and name not in self.constants and name not in OWN_ATTRIBUTES:
                raise unknown_attribute(self.path, name, self.fields)

    def settle(self, names: frozenset[str], live: Any) -> None:
        """Let fields with single values keep the values that they have in a live record, so that they are no part of the state."""
        for name in names & self.fields.keys():
            if type(self.fields[name]) is Shape:
                del self.fields[name]
                self.constants[name] = getattr(live, name)

    def thaw(self, snapshot: Any, memo: dict[int, Any]) -> Any:
        """See `Shape.thaw`."""
        live: Any = object.__new__(self.cls)
        memo[id(self)] = live
        for name, value in self.constants.items():
            object.__setattr__(live, name, value)
        for name, shape in self.fields.items():
            object.__setattr__(live, name, shape.thaw(snapshot.get(name), memo))
        return live


def has_boot(shape: Shape) -> bool:
    """Whether there is something in a shape that a crash puts back."""
    if isinstance(shape, RecordShape) and AT_BOOT in shape.constants:
        return True
    return any(map(has_boot, shape.children().values()))


def check_boot(shape: Shape, first: Any, other: Any) -> None:
    """Make sure that what a crash of a process puts back is the same in two initial states.

    Raises:
        SpecError: if it is not.
    """
    if isinstance(shape, RecordShape):
        for name in shape.constants.get(AT_BOOT, ()):
            if name not in durable_fields(shape.cls) and identity(first.get(name)) != identity(other.get(name)):
                raise SpecError(
                    f"{shape.path}.{name} is lost in a crash, and what it goes back to differs between initial states",
                    remedy="Annotate it Durable[...], or fill it the same way in all initial states.",
                )
    for key, child in shape.children().items():
        if not isinstance(child, AliasShape):
            check_boot(child, first.get(key), other.get(key))


@frozen(eq=False)
class AliasShape(Shape):
    """A second path to an object that belongs elsewhere.

    Attributes:
        target: The shape that the object belongs to.
    """

    target: Shape = field(default=None)

    def freeze(self, live: Any, memo: dict[int, Any]) -> None:
        """Nothing: the content belongs elsewhere. Make sure that it is still the same object."""
        if memo.get(id(self.target)) is not live:
            raise SpecError(
                f"{self.path} and {self.target.path} are one object after init, and an action made them two",
                remedy="Change the object instead of assigning another one, or let init give each its own.",
            )

    def thaw(self, snapshot: Any, memo: dict[int, Any]) -> Any:
        """See `Shape.thaw`."""
        del snapshot
        return memo[id(self.target)]


def held_once(shape: Shape, top: Shape) -> list[Shape]:
    """A record, or those directly in a dict with fixed keys, that are reached from the top on no other path than by that shape."""
    if not isinstance(shape, (MapShape, RecordShape)):
        return []
    others = {id(each.target) for each in within(top) if isinstance(each, AliasShape)}
    if id(shape) in others:
        return []
    if isinstance(shape, RecordShape):
        return [shape]
    return [item for item in shape.items.values() if not isinstance(item, AliasShape) and id(item) not in others]


def within(shape: Shape) -> Iterator[Shape]:
    """A shape and all that it is built from."""
    yield shape
    for part in shape.children().values():
        yield from within(part)


def variables(shape: Shape, content: Any) -> Iterator[tuple[Shape, Any]]:
    """The shapes that a shape comes down to: values, queues, sets, bags and growing dicts. Each has its content in a live object or a snapshot."""
    if isinstance(shape, RecordShape):
        for name, part in shape.fields.items():
            yield from variables(part, content.get(name) if isinstance(content, Mapping) else getattr(content, name, None))
    elif isinstance(shape, MapShape):
        for key, part in shape.items.items():
            yield from variables(part, content.get(key))
    elif not isinstance(shape, AliasShape):
        yield shape, content


def check_unlimited(live: Any, path: str) -> None:
    """Make sure that an object is no deque with a maximal length, which would be forgotten.

    Raises:
        SpecError: if it is.
    """
    if type(live) is deque and live.maxlen is not None:
        raise SpecError(
            f"{path} is a deque with a maximal length",
            remedy="Use deque() and drop what is too much: if len(q) > 3: q.popleft().",
        )
