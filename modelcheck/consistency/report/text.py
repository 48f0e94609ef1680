"""A result in words, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from modelcheck.consistency._equality import Exactly
from modelcheck.consistency.hierarchy import incomparable
from modelcheck.consistency.history import Operation
from modelcheck.consistency.objects.sequential import UNKNOWN
from modelcheck.consistency.readers import TRANSACTIONS
from modelcheck.consistency.report.anomaly_text import anomaly_lines, reason
from modelcheck.consistency.report.diagram import diagram, fitting, sentence, shown
from modelcheck.consistency.result import Explanation, HistoryResult
from modelcheck.verdict import Verdict

SCHEMA = 1
"""The version of the JSON."""

_NOT = {Verdict.HOLDS: "", Verdict.VIOLATED: "not ", Verdict.UNKNOWN: "perhaps not "}


def described(result: HistoryResult) -> str:
    """The result for people."""
    return "\n".join(_lines(result))


def _lines(result: HistoryResult) -> Iterator[str]:
    yield f"{result.verdict.value}: the history is {_NOT[result.verdict]}{result.consistency}"
    yield f"  {result.operations:,} operations on {result.model}, decided by: {result.procedure}"
    if result.verdict is Verdict.UNKNOWN:
        yield f"  {result.reason}{'; raise the limit and try again' if 'limit' in (result.reason or '') else ''}"
    if result.hint is not None:
        yield f"  {result.hint}"
    if result.explanation is not None:
        yield ""
        yield from _explanation_lines(result.explanation, result.operations)
    for anomaly in result.anomalies:
        yield ""
        yield from anomaly_lines(anomaly)
    if result.strongest:
        yield ""
        yield f"What still holds: {', '.join(result.strongest)}."
    if result.model in TRANSACTIONS and result.verdict is not Verdict.UNKNOWN:
        yield from _incomparable_lines(result)


def _incomparable_lines(result: HistoryResult) -> Iterator[str]:
    """What the answer says nothing about, where that may surprise."""
    others = incomparable(result.consistency, result.model)
    if others:
        yield f"  (says nothing of {', '.join(others)})"


def _explanation_lines(explanation: Explanation, operations: int) -> Iterator[str]:
    if explanation.core:
        yield from _core_lines(explanation, operations)
    else:
        whose = "" if explanation.key is None else f" on the key {_key(explanation.key)}"
        yield f"There was no time to find the operations{whose} that contradict each other."
        yield ""
    if explanation.method == "unsatisfiable core":
        return
    which = "The first return" if explanation.is_first else "A return (it may not be the first)"
    yield f"{which} that nothing explains: {explanation.unexplained.process}: {sentence(explanation.unexplained)}{_place(explanation.unexplained)}"
    for configuration in explanation.configurations:
        last = f" after {sentence(configuration.order[-1])}" if configuration.order else " at the beginning"
        yield f"  it could be {shown(configuration.state)}{last}, with {len(configuration.order):,} operations in order"


def _core_lines(explanation: Explanation, operations: int) -> Iterator[str]:
    core = explanation.core
    rest = operations - len(core)
    these = "This operation" if len(core) == 1 else f"These {len(core)} operations"
    right = "be right" if len(core) == 1 else "all be right"
    if explanation.start is not None:
        before = explanation.start.returned
        rest = max(0, rest - before)
        states = " or ".join(shown(state) for state in explanation.start.states)
        yield f"Every explanation of the {before:,} operations that returned first leads to {states}."
        these = f"From there {these[0].lower()}{these[1:]}"
    if explanation.method == "values":
        these += ", all there are on their values,"
        rest = 0
    others = "" if not rest else ", whatever the other one did" if rest == 1 else f", whatever the other {rest:,} did"
    yield f"{these} cannot {right}{others}:"
    if explanation.key is not None:
        yield f"  (all of the key {_key(explanation.key)})"
    yield ""
    together = sorted((*core, *explanation.others), key=lambda o: o.call)
    drawn = fitting(together)
    if len(drawn) < len(together):
        yield f"  (the last {len(drawn)} of {len(together)})"
    yield from ("  " + line if line else "" for line in diagram(drawn).splitlines())
    if explanation.others:
        yield ""
        yield "  Those drawn without an end may have happened at any time after their calls, or never."
    yield ""


def _key(key: Any) -> str:
    """A key as the operations name it."""
    while isinstance(key, tuple) and len(key) == 1:
        key = key[0]
    if isinstance(key, tuple) and len(key) == len(("key", "part")) and key[1] is None:
        return repr(key[0])
    return repr(key)


def _place(operation: Operation) -> str:
    return f"\n  recorded at {operation.place}" if operation.place else ""


def as_json(result: HistoryResult) -> dict[str, Any]:
    """The result as JSON knows it."""
    explanation = result.explanation
    return {
        "schema": SCHEMA,
        "verdict": result.verdict.value,
        "consistency": result.consistency,
        "model": result.model,
        "operations": result.operations,
        "procedure": result.procedure,
        "strongest": list(result.strongest),
        "reason": result.reason,
        "hint": result.hint,
        "seconds": round(result.seconds, 6),
        "linearization": None if result.linearization is None else [operation_json(o) for o in result.linearization],
        "explanation": None if explanation is None else _explanation_json(explanation),
        "anomalies": [
            {
                "name": anomaly.name,
                "message": anomaly.message,
                "transactions": [operation_json(o) for o in anomaly.operations],
                "edges": [
                    {"from": e.before, "to": e.after, "kind": e.kind, "reason": reason(anomaly, e)} for e in anomaly.edges
                ],
            }
            for anomaly in result.anomalies
        ],
    }


def _explanation_json(explanation: Explanation) -> dict[str, Any]:
    return {
        "core": [operation_json(o) for o in explanation.core],
        "others": [operation_json(o) for o in explanation.others],
        "method": explanation.method,
        "start": None
        if explanation.start is None
        else {"states": [plain(state) for state in explanation.start.states], "returned": explanation.start.returned},
        "is_first": explanation.is_first,
        "unexplained": operation_json(explanation.unexplained),
        "configurations": [{"state": plain(c.state), "linearized": len(c.order)} for c in explanation.configurations],
    }


def operation_json(operation: Operation) -> dict[str, Any]:
    """An operation as a line of the JSON lines format."""
    lost = operation.finish is None or operation.result is UNKNOWN
    return {
        "process": plain(operation.process),
        "f": operation.name,
        "argument": plain(operation.argument),
        "result": None if lost else plain(operation.result),
        "call": operation.call,
        "return": operation.finish,
        "place": operation.place,
    }


def plain(value: Any) -> Any:
    """A value as JSON knows it; what JSON lacks is shown as Python writes it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Exactly):
        return plain(value.value)
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(part) for part in value), key=repr)
    return repr(value)
