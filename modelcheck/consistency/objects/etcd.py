"""etcd's store as its robustness tests model it: keys with revisions, transactions with conditions, leases.

The model is that of ``tests/robustness/model`` in etcd. Every change of the store raises its revision by one, however
many keys a transaction changes; a key remembers the revision of its last change and how often it was written since it
was made. Keys of a lease go when the lease is revoked.

*Choices.* An answer to ``range`` is its revision, the number of keys, and the keys with values and revisions; how often a
key was written counts in conditions but is not compared, since older reports do not tell it.
"""

from __future__ import annotations

from typing import Any, ClassVar

from attrs import evolve, frozen

from modelcheck.consistency.objects.methods import ObjectOfMethods, operation


@frozen(order=True)
class Entry:
    """A key of the store.

    Args:
        key: Its name.
        value: What it holds.
        revision: Of the store when it was last changed.
        version: How often it was written since it was made.
        lease: That it goes with; 0 if with none.
    """

    key: str
    value: Any
    revision: int
    version: int
    lease: int = 0

    @property
    def shown(self) -> tuple[str, Any, int]:
        """The key as an answer shows it."""
        return self.key, self.value, self.revision


@frozen
class Store:
    """A state of etcd.

    Args:
        revision: How often it was changed, and one.
        entries: The keys.
        leases: Those that were granted.
    """

    revision: int = 1
    entries: frozenset[Entry] = frozenset()
    leases: frozenset[int] = frozenset()

    def at(self, key: str) -> Entry | None:
        """The entry of a key, if it is there."""
        return next((entry for entry in self.entries if entry.key == key), None)

    def without(self, entry: Entry | None) -> frozenset[Entry]:
        """The other entries."""
        return self.entries - {entry} if entry is not None else self.entries


EVERYTHING: str = "\0"
"""The end of a range of all keys from its start on."""


def _within(key: str, start: str, end: str) -> bool:
    return key == start if not end else start <= key and (end == EVERYTHING or key < end)


def ranged(store: Store, start: str, end: str, limit: int) -> tuple[int, tuple[Any, ...]]:
    """How many keys there are from a start to an end, and the first of them."""
    found = sorted(entry.shown for entry in store.entries if _within(entry.key, start, end))
    return len(found), tuple(found[:limit] if limit > 0 else found)


def _is_so(store: Store, condition: tuple[str, int, int]) -> bool:
    key, revision, version = condition
    entry = store.at(key)
    if version > 0:
        return entry is not None and entry.version == version
    return (entry.revision if entry is not None else 0) == revision


def _step(store: Store, revision: int, step: tuple[Any, ...]) -> tuple[Store, tuple[int, tuple[Any, ...], int]]:
    """One step of a transaction that leads to a revision: the number of keys, the keys, and how many were deleted."""
    match step:
        case ("range", start, end, limit):
            return store, (*ranged(store, start, end, limit), 0)
        case ("put", key, value, lease):
            if lease and lease not in store.leases:
                return store, (0, (), 0)
            old = store.at(key)
            entry = Entry(key, value, revision, old.version + 1 if old is not None else 1, lease)
            return evolve(store, entries=store.without(old) | {entry}), (0, (), 0)
        case ("delete", key):
            old = store.at(key)
            return evolve(store, entries=store.without(old)), (0, (), 1 if old is not None else 0)
    raise ValueError(f"etcd has no step {step!r}")


@frozen
class Etcd(ObjectOfMethods):
    """etcd's store: ``range``, ``txn``, ``lease_grant`` and ``lease_revoke``, as its robustness tests record them.

    ``range((start, end, limit))`` gives the revision, the number of keys and the keys. ``txn((conditions, steps,
    steps_otherwise))`` gives the revision, whether a condition failed, and what each step saw. A lease is its number,
    and the answer is the revision.
    """

    name: ClassVar[str] = "etcd"
    initial: Store = Store()

    @operation(reads=True)
    def range(self, store: Store, asked: tuple[str, str, int]) -> tuple[Store, Any]:
        """The keys from a start to an end."""
        return store, (store.revision, *ranged(store, *asked))

    @operation()
    def txn(self, store: Store, asked: tuple[Any, Any, Any]) -> tuple[Store, Any]:
        """Some steps if all conditions are so, and others if not."""
        conditions, steps, otherwise = asked
        failed = not all(_is_so(store, condition) for condition in conditions)
        new, seen, revision = store, [], store.revision
        for step in otherwise if failed else steps:
            before = new.entries
            new, found = _step(new, store.revision + 1, step)
            seen.append(found)
            if new.entries != before:
                revision = store.revision + 1
        return evolve(new, revision=revision), (revision, failed, tuple(seen))

    @operation()
    def lease_grant(self, store: Store, lease: int) -> tuple[Store, int]:
        """Make a lease."""
        return evolve(store, leases=store.leases | {lease}), store.revision

    @operation()
    def lease_revoke(self, store: Store, lease: int) -> tuple[Store, int]:
        """End a lease, and its keys with it."""
        kept = frozenset(entry for entry in store.entries if entry.lease != lease or lease not in store.leases)
        revision = store.revision + 1 if kept != store.entries else store.revision
        return Store(revision, kept, store.leases - {lease}), revision
