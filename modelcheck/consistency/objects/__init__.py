"""Sequential objects: what each operation does when there is no concurrency."""

from modelcheck.consistency.objects.counters import Counter, FetchAndAdd
from modelcheck.consistency.objects.etcd import Etcd
from modelcheck.consistency.objects.independent import Independent
from modelcheck.consistency.objects.locks import Mutex, ReentrantLock
from modelcheck.consistency.objects.maps import KeyValue, MultiRegister
from modelcheck.consistency.objects.named import object_named
from modelcheck.consistency.objects.queues import FifoQueue, PriorityQueue, Stack
from modelcheck.consistency.objects.registers import CasRegister, Register
from modelcheck.consistency.objects.sequential import UNKNOWN, SequentialObject
from modelcheck.consistency.objects.sets import SetObject

__all__ = [
    "UNKNOWN",
    "CasRegister",
    "Counter",
    "Etcd",
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
