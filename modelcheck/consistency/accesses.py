"""Histories of registers as reads and writes of keys, for the consistency models that are defined on those alone."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Final

from attrs import frozen

from modelcheck.consistency._equality import kept
from modelcheck.consistency.history import Operation, no_overlap
from modelcheck.consistency.objects.independent import Independent
from modelcheck.consistency.objects.maps import KeyValue, MultiRegister
from modelcheck.consistency.objects.registers import Register
from modelcheck.consistency.objects.sequential import UNKNOWN, Family, SequentialObject
from modelcheck.errors import HistoryError, UsageError

_READ_AND_WRITTEN: Final = (Family.REGISTER, Family.KEY_VALUE, Family.MULTI_REGISTER)
"""The objects whose operations read or write one key, but for ``append`` and ``txn``."""

READS: Final = ("read", "get")
WRITES: Final = ("write", "put")


@frozen(slots=True, eq=False)
class Access:
    """A read or a write.

    Args:
        number: Its place among all accesses of the history.
        operation: What was recorded.
        key: The register; ``None`` if there is only one.
        value: What was read or written, kept so that different values are unequal.
        is_write: Whether it wrote.
        client: The client that goes on with it; a write that never returned has one of its own.
    """

    number: int
    operation: Operation
    key: Hashable
    value: Hashable
    is_write: bool
    client: Hashable

    @property
    def is_lost(self) -> bool:
        """Whether it did not return."""
        return self.operation.finish is None


class Accesses:
    """The reads and writes of a history that matter, in the order of their calls.

    Reads whose results nobody saw are left out, and so are lost writes that nobody read: they may never have happened.

    Args:
        operations: Of registers or maps.
        object_: The object, which says what is there at first.
        consistency: What is asked, for messages.

    Raises:
        UsageError: The object is no register.
        HistoryError: A client overlaps itself.
    """

    def __init__(self, operations: Sequence[Operation], object_: SequentialObject, consistency: str) -> None:
        no_overlap(operations)
        self._object = object_
        found = [self._access(number, o, object_, consistency) for number, o in enumerate(operations)]
        seen = {(a.key, a.value) for a in found if not a.is_write and not a.is_lost}
        self.all = tuple(
            a
            for a in found
            if (a.is_write and (not a.is_lost or (a.key, a.value) in seen))
            or (not a.is_write and not a.is_lost and a.operation.result is not UNKNOWN)
        )
        self.writes: dict[tuple[Hashable, Hashable], list[Access]] = {}
        for access in self.all:
            if access.is_write:
                self.writes.setdefault((access.key, access.value), []).append(access)

    @staticmethod
    def _access(number: int, operation: Operation, object_: SequentialObject, consistency: str) -> Access:
        name, argument = operation.name, operation.argument
        each = object_.each if isinstance(object_, Independent) else object_
        is_keyed = each is not object_ or object_.family is not Family.REGISTER
        is_register = object_.family in _READ_AND_WRITTEN or (each is not object_ and each.family is Family.REGISTER)
        client = operation.process if operation.finish is not None else ("lost", number)
        if is_register and name in READS:
            key = (argument[0] if isinstance(object_, Independent) else argument) if is_keyed else None
            result = operation.result
            return Access(number, operation, kept(key), None if result is UNKNOWN else kept(result), False, client)
        if is_register and name in WRITES:
            key, value = argument if is_keyed else (None, argument)
            return Access(number, operation, kept(key), kept(value), True, client)
        raise UsageError(
            f"{consistency} consistency of {object_.name!r} with {name!r} cannot be decided",
            remedy="It can for a register, a multi-register and a key-value map that are only read and written.",
        )

    def sources(self, consistency: str) -> dict[Access, Access | None]:
        """By read the write that it saw, ``None`` for what was there at first; reads of what nobody wrote are left out.

        Raises:
            HistoryError: A value was read that was written twice, or that was there at first and was written too.
        """
        found: dict[Access, Access | None] = {}
        for read in self.all:
            if read.is_write:
                continue
            writers = self.writes.get((read.key, read.value), [])
            is_initial = read.value == self.initial(read.key)
            if len(writers) + is_initial > 1:
                raise _ambiguous(writers, consistency, is_initial=is_initial)
            if writers or is_initial:
                found[read] = writers[0] if writers else None
        return found

    def unwritten(self) -> Access | None:
        """A read of what nobody wrote."""
        for access in self.all:
            if access.is_write or access.value == self.initial(access.key):
                continue
            if (access.key, access.value) not in self.writes:
                return access
        return None

    def initial(self, key: Hashable) -> Hashable:
        """What a register holds at first."""
        object_ = self._object
        if isinstance(object_, KeyValue | MultiRegister):
            return kept(dict(object_.initial).get(key, object_.absent))
        if isinstance(object_, Independent):
            return kept(object_.each.initial)
        return kept(object_.initial) if isinstance(object_, Register) else None

    def clients(self) -> dict[Hashable, list[Access]]:
        """The accesses of each client, in order."""
        found: dict[Hashable, list[Access]] = {}
        for access in self.all:
            found.setdefault(access.client, []).append(access)
        return found

    def predecessors(self) -> dict[Access, Access]:
        """By access the one that its client made before; a lost write follows what its client had done."""
        last: dict[Hashable, Access] = {}
        found: dict[Access, Access] = {}
        for access in self.all:
            process = access.operation.process
            if process in last:
                found[access] = last[process]
            if not access.is_lost:
                last[process] = access
        return found


def _ambiguous(writers: Iterable[Access], consistency: str, *, is_initial: bool) -> HistoryError:
    write = next(iter(writers))
    again = "which is there at first" if is_initial else "which another operation writes too"
    return HistoryError(
        f"{consistency} consistency: {write.operation} writes a value {again}, and it was read",
        place=write.operation.place,
        remedy="Which write a read saw can only be told when every value is written once per key.",
    )

