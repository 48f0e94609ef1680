from modelcheck.consistency.history import History, Operation
from modelcheck.limits.deadline import Deadline

class Versions:
    transactions: list[Operation]
    anomalies: dict[str, tuple[str, tuple[Operation, ...]]]
    def __init__(self, history: History, is_lists: bool, deadline: Deadline) -> None: ...
