from collections.abc import Sequence

from modelcheck.consistency.history import Operation

def first_unusual(operations: Sequence[Operation], codes: dict[str, tuple[int, int]]) -> int: ...
