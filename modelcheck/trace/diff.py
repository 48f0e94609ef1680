"""What changed between two states: only the parts that differ, as deep as they can be told apart.

Dicts and records are compared key by key and field by field, sets by their elements, bags by their counts, and
sequences as queues: what was appended and what was taken from either end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from modelcheck.spec import State
from modelcheck.values import Bag, FrozenRecord, fields_of, identity, ordered, show

# What comes before the text of a change that is not from one value to another.
WORDS = {
    "added": "+ ",
    "removed": "- ",
    "appended": "appended ",
    "popped": "popped ",
    "dropped": "dropped from the end ",
    "told": "",
}
_GLANCE = 80
"""Letters of an old and a new value that are taken in without being taken apart."""


@frozen
class Change:
    """One thing that differs.

    Attributes:
        path: Where, as Python text: ``servers[0].term``.
        kind: ``changed`` (from old to new), ``added`` (new only), ``removed`` (old only), ``appended`` (new only), ``popped`` (from the front, old
            only) or ``dropped`` (from the end, old only).
        old: The text of what was there.
        new: The text of what is there now.
    """

    path: str
    kind: str
    old: str = ""
    new: str = ""

    def __str__(self) -> str:
        what = f"{self.old} → {self.new}" if self.kind == "changed" else f"{WORDS[self.kind]}{self.old or self.new}"
        return f"{self.path}: {what}"


def changes(old: Any, new: Any, path: str = "") -> Iterator[Change]:
    """What differs between two states, or two values.

    >>> for change in changes(State({"x": 1, "s": frozenset({2})}), State({"x": 1, "s": frozenset({2, 3})})):
    ...     print(change)
    s: + 3
    """
    if old is new:
        return
    if type(old) is type(new) and isinstance(old, (State, FrozenRecord)):
        yield from _parts(old, new, path)  # Alike in all fields is alike; to compare them whole first would look at all twice.
    elif identity(old) != identity(new):
        # Values of two kinds can have the same parts, and are shown whole then.
        yield from list(_parts(old, new, path)) or [_whole(old, new, path)]


def _parts(old: Any, new: Any, path: str) -> Iterator[Change]:
    old, new = _as_record(old, new), _as_record(new, old)
    if isinstance(old, FrozenRecord) and isinstance(new, FrozenRecord) and old._name != new._name:
        yield _whole(old, new, path)
    elif isinstance(old, (State, FrozenRecord)) and isinstance(new, (State, FrozenRecord)):
        yield from _fields(old, new, path)
    elif isinstance(old, Bag) and isinstance(new, Bag):
        yield from _bag(old, new, path)
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _items(old, new, path)
    elif isinstance(old, frozenset) and isinstance(new, frozenset):
        yield from _members(old, new, path)
    elif type(old) is tuple and type(new) is tuple:
        yield from _sequence(old, new, path)
    else:
        yield from _value(old, new, path)


def _as_record(value: Any, other: Any) -> Any:
    """An object as a record of its fields, if it stands beside one that a file told of."""
    fields = fields_of(value) if isinstance(other, FrozenRecord) and not isinstance(value, FrozenRecord) else None
    return value if fields is None else FrozenRecord(type(value).__name__, fields)


def _whole(old: Any, new: Any, path: str) -> Change:
    return Change(path, "changed", show(old), show(new))


def _fields(old: Mapping[str, Any], new: Mapping[str, Any], path: str) -> Iterator[Change]:
    for name in dict.fromkeys([*old, *new]):
        inner = f"{path}.{name}" if path else name
        if name not in new:
            yield Change(inner, "removed", old=show(old[name]))
        elif name not in old:
            yield Change(inner, "added", new=show(new[name]))
        else:
            yield from changes(old[name], new[name], inner)


def _items(old: Mapping[Any, Any], new: Mapping[Any, Any], path: str) -> Iterator[Change]:
    for key in ordered({**old, **new}):
        if key not in new:
            yield Change(path, "removed", old=f"{show(key)}: {show(old[key])}")
        elif key not in old:
            yield Change(path, "added", new=f"{show(key)}: {show(new[key])}")
        else:
            yield from changes(old[key], new[key], f"{path}[{_index(key)}]")


def _index(key: Any) -> str:
    return ", ".join(map(show, key)) if type(key) is tuple and len(key) > 1 else show(key)


def _bag(old: Bag[Any], new: Bag[Any], path: str) -> Iterator[Change]:
    for key in ordered({**old, **new}):
        more = new[key] - old[key]
        text = show(key) + (f" x{abs(more)}" if abs(more) > 1 else "")
        if more > 0:
            yield Change(path, "added", new=text)
        elif more < 0:
            yield Change(path, "removed", old=text)


def _members(old: frozenset[Any], new: frozenset[Any], path: str) -> Iterator[Change]:
    gone, come = ordered(old - new), ordered(new - old)
    if gone:
        yield Change(path, "removed", old=", ".join(map(show, gone)))
    if come:
        yield Change(path, "added", new=", ".join(map(show, come)))


def _sequence(old: tuple[Any, ...], new: tuple[Any, ...], path: str) -> Iterator[Change]:
    kept = None if _one_was_set(old, new) else _kept_from(old, new)
    if kept is not None:
        if kept:
            yield Change(path, "popped", old=_listed(old[:kept]))
        if len(new) > len(old) - kept:
            yield Change(path, "appended", new=_listed(new[len(old) - kept :]))
    elif len(new) < len(old) and identity(old[: len(new)]) == identity(new):
        yield Change(path, "dropped", old=_listed(old[len(new) :]))
    elif len(old) == len(new) and any(identity(a) == identity(b) for a, b in zip(old, new, strict=True)):
        for index, (a, b) in enumerate(zip(old, new, strict=True)):
            yield from changes(a, b, f"{path}[{index}]")
    else:
        yield _whole(old, new, path)


def _one_was_set(old: tuple[Any, ...], new: tuple[Any, ...]) -> bool:
    """Whether one item differs, which is the shorter story where an item may as well have left and another come."""
    return len(old) == len(new) > 1 and sum(identity(a) != identity(b) for a, b in zip(old, new, strict=True)) == 1


def _kept_from(old: tuple[Any, ...], new: tuple[Any, ...]) -> int | None:
    """How many items left the front of the old sequence, if what remains begins the new one. None if nothing that was there is kept."""
    if not old:
        return 0
    if not new and len(old) == 1:
        return 1
    for gone in range(len(old)):
        rest = old[gone:]
        if len(rest) <= len(new) and identity(rest) == identity(new[: len(rest)]):
            return gone
    return None


def _listed(items: tuple[Any, ...]) -> str:
    return ", ".join(map(show, items))


def _value(old: Any, new: Any, path: str) -> Iterator[Change]:
    """Values of one class are compared by field, if they have one in common or are too long to be seen at a glance."""
    before, after = fields_of(old), fields_of(new)
    if type(old) is type(new) and before and after and before.keys() == after.keys():
        differ = [name for name, value in before.items() if identity(value) != identity(after[name])]
        if differ and (len(differ) < len(before) or len(show(old)) + len(show(new)) > _GLANCE):
            for name in differ:
                yield from changes(before[name], after[name], f"{path}.{name}")
            return
    yield _whole(old, new, path)
