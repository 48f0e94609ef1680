"""Conflict-free replicated data types: replicas that have seen the same updates have the same value.

Shapiro, Preguica, Baquero and Zawirski, "A Comprehensive Study of Convergent and Commutative Replicated Data Types",
2011, with the numbers of its specifications. State-based: an update changes one replica's payload, and replicas merge
each other's payloads whenever they like. Payloads form a semilattice, so neither order nor repetition of merges
matters.

*Choices.* Each type is a subclass: a counter that goes up and down (specification 7), a set in which adding wins over
a concurrent removal (OR-Set, specification 15), one in which removing wins for good (2P-Set, specification 12), and a
register of which the last writer wins (specification 8). Timestamps of the register are logical clocks, with the
replica's name to break ties. An observer keeps which updates each replica has seen, and what each update saw.

*Bounds.* So many updates in all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import frozen

from modelcheck import Spec, action, bound, choose, invariant, reachable, terminal

Updates = frozenset["Update"]


@frozen
class Update:
    """An update: its number, what it does, and the updates that its replica had seen."""

    number: int
    operation: str
    argument: int
    seen: frozenset[int]


class Crdt(Spec):
    """Replicas of an object; the subclasses say of which."""

    __test__ = False

    replicas: int = 3
    updates: int = 2

    def init(self) -> None:
        """All replicas are as they are at the start."""
        self.payload: dict[int, Any] = {r: self.bottom() for r in self.everybody()}
        self.seen: dict[int, Updates] = {r: frozenset() for r in self.everybody()}
        self.left = self.updates

    def everybody(self) -> Iterable[int]:
        """The replicas."""
        return range(self.replicas)

    def others(self, r: int) -> Iterable[int]:
        """The replicas but one."""
        return [s for s in range(self.replicas) if s != r]

    # What a type is -----------------------------------------------------------------------------------------------------

    def bottom(self) -> Any:
        """The payload at the start, the least of all."""
        raise NotImplementedError

    def operations(self) -> Iterable[tuple[str, int]]:
        """The updates that clients may ask for, with their arguments."""
        raise NotImplementedError

    def updated(self, payload: Any, r: int, number: int, operation: str, argument: int) -> Any:
        """The payload after an update at r."""
        raise NotImplementedError

    def merged(self, mine: Any, theirs: Any) -> Any:
        """The least upper bound of two payloads."""
        raise NotImplementedError

    def value(self, payload: Any) -> Any:
        """What a client reads."""
        raise NotImplementedError

    def meaning(self, seen: Updates) -> Any:
        """What a client should read after these updates, whichever replicas they went by."""
        raise NotImplementedError

    # Updates and merges -------------------------------------------------------------------------------------------------

    @action(everybody)
    def update(self, r: int) -> None:
        """A client updates a replica."""
        bound(self.left > 0)
        operation, argument = choose(list(self.operations()))
        number = self.updates - self.left
        self.left -= 1
        self.payload[r] = self.updated(self.payload[r], r, number, operation, argument)
        self.seen[r] |= {Update(number, operation, argument, frozenset(u.number for u in self.seen[r]))}

    @action(everybody, others)
    def merge(self, r: int, s: int) -> None:
        """A replica merges what another one has sent."""
        self.payload[r] = self.merged(self.payload[r], self.payload[s])
        self.seen[r] |= self.seen[s]

    # Properties -------------------------------------------------------------------------------------------------------

    def before(self, r: int) -> Iterable[int]:
        """The replicas before one."""
        return range(r)

    @invariant(everybody, before)
    def strong_eventual_consistency(self, r: int, s: int) -> bool:
        """Replicas that have seen the same updates have the same value."""
        return self.seen[r] != self.seen[s] or bool(self.value(self.payload[r]) == self.value(self.payload[s]))

    @invariant(everybody)
    def keeps_meaning(self, r: int) -> bool:
        """A replica has the value that the updates which it has seen amount to."""
        return bool(self.value(self.payload[r]) == self.meaning(self.seen[r]))

    @reachable(everybody)
    def has_seen_all(self, r: int) -> bool:
        """A replica can have seen all updates, of more than one replica."""
        return len(self.seen[r]) == self.updates and bool(self.payload[r] != self.bottom())

    @terminal
    def all_is_merged(self) -> bool:
        """Merging once more changes nothing."""
        return True


class Counter(Crdt):
    """PN-Counter: what each replica has added, and what it has taken away."""

    def bottom(self) -> Any:
        """A pair of numbers for each replica."""
        return ((0, 0),) * self.replicas

    def operations(self) -> Iterable[tuple[str, int]]:
        """Add one, take one away."""
        return [("add", 1), ("add", -1)]

    def updated(self, payload: Any, r: int, number: int, operation: str, argument: int) -> Any:
        """A replica changes its own pair only."""
        del number, operation
        up, down = payload[r]
        pair = (up + 1, down) if argument > 0 else (up, down + 1)
        return (*payload[:r], pair, *payload[r + 1 :])

    def merged(self, mine: Any, theirs: Any) -> Any:
        """Of each number the larger."""
        return tuple((max(a, c), max(b, d)) for (a, b), (c, d) in zip(mine, theirs, strict=True))

    def value(self, payload: Any) -> Any:
        """All additions less all subtractions."""
        return sum(up - down for up, down in payload)

    def meaning(self, seen: Updates) -> Any:
        """The sum of the arguments."""
        return sum(u.argument for u in seen)


class AddWinsSet(Crdt):
    """OR-Set: an element is added under a name of its own, and removed under those names that were seen."""

    def bottom(self) -> Any:
        """The names with their elements, and those that were removed."""
        return frozenset(), frozenset()

    def operations(self) -> Iterable[tuple[str, int]]:
        """Add or remove the one element."""
        return [("add", 7), ("remove", 7)]

    def updated(self, payload: Any, r: int, number: int, operation: str, argument: int) -> Any:
        """A new name; or all that are there are removed."""
        del r
        added, removed = payload
        if operation == "add":
            return added | {(number, argument)}, removed
        return added, removed | {pair for pair in added if pair[1] == argument}

    def merged(self, mine: Any, theirs: Any) -> Any:
        """The unions."""
        return mine[0] | theirs[0], mine[1] | theirs[1]

    def value(self, payload: Any) -> Any:
        """The elements that have a name left."""
        added, removed = payload
        return frozenset(element for _, element in added - removed)

    def meaning(self, seen: Updates) -> Any:
        """An element is there if some addition was seen by no removal."""
        removals = [u for u in seen if u.operation == "remove"]
        return frozenset(
            u.argument for u in seen if u.operation == "add" and not any(u.number in gone.seen for gone in removals)
        )


class RemoveWinsSet(Crdt):
    """2P-Set: what was removed once is never there again."""

    def bottom(self) -> Any:
        """The elements that were added, and those that were removed."""
        return frozenset(), frozenset()

    def operations(self) -> Iterable[tuple[str, int]]:
        """Add or remove the one element."""
        return [("add", 7), ("remove", 7)]

    def updated(self, payload: Any, r: int, number: int, operation: str, argument: int) -> Any:
        """An element goes into one of the two sets."""
        del r, number
        added, removed = payload
        return (added | {argument}, removed) if operation == "add" else (added, removed | {argument})

    def merged(self, mine: Any, theirs: Any) -> Any:
        """The unions."""
        return mine[0] | theirs[0], mine[1] | theirs[1]

    def value(self, payload: Any) -> Any:
        """What was added and not removed."""
        return payload[0] - payload[1]

    def meaning(self, seen: Updates) -> Any:
        """An element is there if it was added, and never removed."""
        added, removed = (frozenset(u.argument for u in seen if u.operation == what) for what in ("add", "remove"))
        return added - removed


class LastWriterWins(Crdt):
    """LWW-Register: of two values the one with the later timestamp."""

    def bottom(self) -> Any:
        """A timestamp, the replica that gave it, and a value."""
        return 0, -1, 0

    def operations(self) -> Iterable[tuple[str, int]]:
        """Write a number."""
        return [("write", 1), ("write", 2)]

    def updated(self, payload: Any, r: int, number: int, operation: str, argument: int) -> Any:
        """A later timestamp than any that the replica has seen."""
        del number, operation
        return payload[0] + 1, r, argument

    def merged(self, mine: Any, theirs: Any) -> Any:
        """The later one; the replica's name breaks ties."""
        return max(mine, theirs)

    def value(self, payload: Any) -> Any:
        """What was written."""
        return payload[2]

    def meaning(self, seen: Updates) -> Any:
        """One of those that no other has seen; which one, the timestamps decide."""
        return 0 if not seen else None

    def keeps_meaning(self, r: int) -> bool:
        """What is read was written, and nobody who has seen it has written since."""
        latest = {u.argument for u in self.seen[r] if not any(u.number in later.seen for later in self.seen[r])}
        return self.value(self.payload[r]) in (latest or {0})
