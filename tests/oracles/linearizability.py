"""Linearizability in forty obvious lines: try every order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modelcheck.consistency.history import Operation
from modelcheck.consistency.objects.sequential import SequentialObject, agrees


def linearizable(operations: Sequence[Operation], object_: SequentialObject) -> bool:
    """Whether some order explains the operations; those that did not return may be left out."""
    tried: set[tuple[frozenset[int], Any]] = set()

    def explain(left: frozenset[int], state: Any) -> bool:
        if all(operations[at].finish is None for at in left):
            return True
        if (left, state) in tried:
            return False
        tried.add((left, state))
        first_return = min(o.finish for at in left if (o := operations[at]).finish is not None)
        for at in sorted(left):
            operation = operations[at]
            if operation.call > first_return:
                continue
            new, result = object_.apply(state, operation.name, operation.argument)
            if (operation.finish is None or agrees(operation.result, result)) and explain(left - {at}, new):
                return True
        return False

    return explain(frozenset(range(len(operations))), object_.initial)
