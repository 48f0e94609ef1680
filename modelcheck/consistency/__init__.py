"""Histories of concurrent operations, and the consistency models that they are checked against.

Start at :func:`check_history`; users write :class:`SequentialObject` and read :class:`HistoryResult`.
"""

from modelcheck.consistency.check import CONSISTENCIES, check_history
from modelcheck.consistency.history import History, HistoryBuilder, Operation
from modelcheck.consistency.objects import (
    UNKNOWN,
    CasRegister,
    Counter,
    Etcd,
    FetchAndAdd,
    FifoQueue,
    Independent,
    KeyValue,
    MultiRegister,
    Mutex,
    PriorityQueue,
    ReentrantLock,
    Register,
    SequentialObject,
    SetObject,
    Stack,
    object_named,
)
from modelcheck.consistency.readers import read_history
from modelcheck.consistency.recorder import Recorder
from modelcheck.consistency.result import Anomaly, Configuration, Edge, Explanation, HistoryResult

__all__ = [
    "CONSISTENCIES",
    "UNKNOWN",
    "Anomaly",
    "CasRegister",
    "Configuration",
    "Counter",
    "Edge",
    "Etcd",
    "Explanation",
    "FetchAndAdd",
    "FifoQueue",
    "History",
    "HistoryBuilder",
    "HistoryResult",
    "Independent",
    "KeyValue",
    "MultiRegister",
    "Mutex",
    "Operation",
    "PriorityQueue",
    "Recorder",
    "ReentrantLock",
    "Register",
    "SequentialObject",
    "SetObject",
    "Stack",
    "check_history",
    "object_named",
    "read_history",
]
