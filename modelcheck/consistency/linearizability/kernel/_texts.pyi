from collections.abc import Sequence

from modelcheck.consistency.history import Operation
from modelcheck.limits.deadline import Deadline

def decide_texts(operations: Sequence[Operation], deadline: Deadline) -> bool | None: ...
