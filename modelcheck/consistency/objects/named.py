"""The ready-made objects by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from modelcheck.consistency.objects.counters import Counter, FetchAndAdd
from modelcheck.consistency.objects.etcd import Etcd
from modelcheck.consistency.objects.locks import Mutex, ReentrantLock
from modelcheck.consistency.objects.maps import KeyValue, MultiRegister
from modelcheck.consistency.objects.queues import FifoQueue, PriorityQueue, Stack
from modelcheck.consistency.objects.registers import CasRegister, Register
from modelcheck.consistency.objects.sequential import SequentialObject
from modelcheck.consistency.objects.sets import SetObject
from modelcheck.errors import UsageError

OBJECTS: Final[Mapping[str, Callable[[], SequentialObject]]] = {
    cls.name: cls
    for cls in (
        Register,
        CasRegister,
        MultiRegister,
        KeyValue,
        Counter,
        SetObject,
        FifoQueue,
        PriorityQueue,
        Stack,
        Mutex,
        ReentrantLock,
        FetchAndAdd,
        Etcd,
    )
}
"""The objects by the names that the command line knows."""


def object_named(name: str) -> SequentialObject:
    """A fresh object of a name such as ``kv``, in its usual initial state.

    >>> object_named("cas-register").operations
    ('read', 'write', 'cas')
    """
    if name in OBJECTS:
        return OBJECTS[name]()
    raise UsageError(f"there is no object {name!r}", remedy=f"Choose one of {', '.join(OBJECTS)}.")
