"""Sequential objects: what each operation does when there is no concurrency."""

from modelcheck.consistency.objects.independent import Independent
from modelcheck.consistency.objects.objects import (
    CasRegister,
    Counter,
    FetchAndAdd,
    FifoQueue,
    KeyValue,
    MultiRegister,
    Mutex,
    PriorityQueue,
    ReentrantLock,
    Register,
    SetObject,
    Stack,
    object_named,
)
from modelcheck.consistency.objects.sequential import UNKNOWN, SequentialObject

__all__ = [
    "UNKNOWN",
    "CasRegister",
    "Counter",
    "FetchAndAdd",
    "FifoQueue",
    "Independent",
    "KeyValue",
    "MultiRegister",
    "Mutex",
    "PriorityQueue",
    "ReentrantLock",
    "Register",
    "SequentialObject",
    "SetObject",
    "Stack",
    "object_named",
]
