"""Who takes part in a run: a lane for each process of each kind.

Specs do not say what a process is. A variable that is a dict of records is a kind of process, and its keys are the processes of that kind: a
``client`` 0 and a ``replica`` 0 are two. Who sends or receives a message takes part too. Where there are neither records nor messages, the keys of
dicts do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from modelcheck.spec import State
from modelcheck.values import Bag, FrozenRecord, fields_of, identity, ordered, show

SYSTEM = "system"


@frozen
class Lane:
    """One process.

    Attributes:
        name: What it is called: ``client 0``, or ``c0`` where that says enough.
        kind: The variable that its state is in; empty if there is none.
        key: Its key there, or what messages call it.
        places: Where its state is, as Python text: ``client[0]``, and other dicts with the same keys.
    """

    name: str
    kind: str
    key: Any
    places: tuple[str, ...] = ()


class Lanes:
    """The processes of a run.

    Args:
        state: Its first state.
        ends: Whatever sends or receives a message in it.
    """

    def __init__(self, state: State, ends: Iterable[Any] = ()) -> None:
        keyed = {name: value for name, value in state.items() if _is_keyed(value)}
        records = {name: value for name, value in keyed.items() if all(map(_is_record, value.values()))}
        known = {identity(end): end for end in ends}
        self._kinds: dict[str, dict[Any, Any]] = _merged(records) if records else _by_ends(keyed, known)
        outside = {end: key for end, key in known.items() if sum(end in members for members in self._kinds.values()) != 1}
        if outside:
            self._kinds[""] = {**self._kinds.get("", {}), **outside}
        self.all = tuple(self._named(keyed))
        self._by_kind = {(lane.kind, identity(lane.key)): lane for lane in self.all}

    def _named(self, keyed: Mapping[str, Any]) -> Iterator[Lane]:
        several = len(self._kinds) > 1
        taken: set[str] = set()
        for kind, members in self._kinds.items():
            keys = set(members)
            dicts = [name for name, value in keyed.items() if {identity(key) for key in value} <= keys and (name == kind or name not in self._kinds)]
            for key in ordered(members.values()):
                bare = key if type(key) is str and key.isprintable() and key else show(key)
                name = f"{kind} {bare}" if kind and (several or type(key) is not str) else bare
                name = name if name not in taken and name != SYSTEM else f"{name} ({show(key)})"
                taken.add(name)
                places = tuple(f"{each}[{show(key)}]" for each in dicts if any(identity(k) == identity(key) for k in keyed[each]))
                yield Lane(name, kind, key, places)

    def kinds(self) -> tuple[str, ...]:
        """The variables that are kinds of processes."""
        return tuple(kind for kind in self._kinds if kind)

    def of(self, key: Any, kind: str | None = None) -> Lane | None:
        """The lane of a process; None if there is none of that key, or several and no kind is given."""
        found = self.called(key)
        exact = self._by_kind.get((kind or "", identity(key)))
        return exact or (found[0] if kind is None and len(found) == 1 else None)

    def called(self, key: Any) -> list[Lane]:
        """The lanes of all processes of that key, of whatever kind."""
        return [lane for lane in self.all if identity(lane.key) == identity(key)]


def _is_keyed(value: Any) -> bool:
    """Whether a variable is a dict whose keys may be processes."""
    return isinstance(value, Mapping) and not isinstance(value, (FrozenRecord, Bag)) and bool(value) and not any(type(key) is tuple for key in value)


def _is_record(value: Any) -> bool:
    return isinstance(value, FrozenRecord) or (fields_of(value) is not None)


def _merged(records: Mapping[str, Any]) -> dict[str, dict[Any, Any]]:
    """The kinds; two dicts with the same names for keys are about the same processes, which numbers are not enough for."""
    kinds: dict[str, dict[Any, Any]] = {}
    for name, value in records.items():
        members = {identity(key): key for key in value}
        named = not any(isinstance(key, int) for key in value)
        if not (named and any(members.keys() == known.keys() for known in kinds.values())):
            kinds[name] = members
    return kinds


def _by_ends(keyed: Mapping[str, Any], ends: Mapping[Any, Any]) -> dict[str, dict[Any, Any]]:
    """Without records: the keys of dicts, of those that have to do with messages where there are messages."""
    members: dict[Any, Any] = {}
    for value in keyed.values():
        keys = {identity(key): key for key in value}
        if not ends or any(key in ends for key in keys):
            members |= keys
    return {"": members} if members else {}
