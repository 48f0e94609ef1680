"""One question about one history."""

from __future__ import annotations

import time
from pathlib import Path

from attrs import evolve

from modelcheck.consistency.checkers import CHECKERS, decide_checker
from modelcheck.consistency.explanation import explain
from modelcheck.consistency.history import History, Progress
from modelcheck.consistency.limits import Deadline, Limits
from modelcheck.consistency.linearizability import Part, PartResult, decide, parts_of
from modelcheck.consistency.objects import SequentialObject, object_named
from modelcheck.consistency.ordering import ORDERINGS, decide_ordering
from modelcheck.consistency.readers import TRANSACTIONS, read_history
from modelcheck.consistency.result import Explanation, HistoryResult
from modelcheck.consistency.transactions import LEVELS, decide_transactions
from modelcheck.errors import UsageError
from modelcheck.verdict import Verdict

CONSISTENCIES = ("linearizable", *ORDERINGS, *LEVELS)
"""What may be asked: the first is for objects only, those of :data:`ORDERINGS` too, the rest for transactions."""

EXPLANATION_S = 10.0


def check_history(
    history: History | Path | str,
    model: str | SequentialObject | None = None,
    *,
    consistency: str | None = None,
    time_limit_s: float = 60.0,
    memory_limit_bytes: int = 2 << 30,
    linearization: bool = False,
    explanation: bool = True,
    solver: str = "native",
    progress: Progress | None = None,
) -> HistoryResult:
    """Whether a recorded history is consistent with a model.

    Args:
        history: The history, or a file with one.
        model: An object or its name, the name of a checker such as ``"bank"``, ``"list-append"`` or ``"rw-register"``;
            for a file it is guessed if not given.
        consistency: One of :data:`CONSISTENCIES`; ``linearizable`` for objects and ``serializable`` for transactions
            if not given.
        time_limit_s: Seconds until the verdict is ``unknown``.
        memory_limit_bytes: Bytes of the search's tables, and of growth of the process, until the verdict is ``unknown``.
        linearization: Whether an order of all operations is wanted when the history is linearizable.
        explanation: Whether a violation is to be reduced to few operations; that takes some seconds at most.
        solver: ``"native"``, or ``"z3"`` for a second opinion on the linearizability of a few operations.
        progress: Called now and then with the number of operations decided and of all.

    Raises:
        HistoryError: The history cannot be read, or has operations that the model does not know.
        UsageError: There is no such model or consistency, or the two do not fit.

    >>> from modelcheck.consistency import Operation, Register
    >>> write = Operation("a", "write", 1, None, call=0, finish=1)
    >>> stale = Operation("b", "read", None, 0, call=2, finish=3)
    >>> check_history(History([write, stale]), Register(0)).verdict
    <Verdict.VIOLATED: 'violated'>
    """
    history, meant = _question(history, model)
    started = time.perf_counter()
    if isinstance(meant, str) and meant in CHECKERS:
        return evolve(decide_checker(history, meant, consistency), seconds=time.perf_counter() - started)
    consistency = consistency or ("serializable" if isinstance(meant, str) else "linearizable")
    if consistency not in CONSISTENCIES:
        raise UsageError(
            f"there is no consistency {consistency!r}", remedy=f"Choose one of {', '.join(CONSISTENCIES)}."
        )
    limits = Limits(time_limit_s, memory_limit_bytes)
    if isinstance(meant, str):
        result = decide_transactions(history, meant, consistency, limits)
    elif solver == "z3" and consistency == "linearizable":
        result = _by_solver(history, meant, limits)
    elif solver != "native":
        raise UsageError(f"there is no solver {solver!r} for {consistency!r}", remedy="Leave it out, or say native.")
    elif consistency == "linearizable":
        result = _linearizable(history, meant, limits, linearization, explanation, progress)
    else:
        result = decide_ordering(history, meant, consistency, limits)
    return evolve(result, seconds=time.perf_counter() - started)


def _question(
    history: History | Path | str, model: str | SequentialObject | None
) -> tuple[History, str | SequentialObject]:
    """The history, and what it is about: an object, or the name of a checker or of a kind of transactions."""
    if not isinstance(history, History):
        recording = read_history(history, model=model if isinstance(model, str) else None)
        history = recording.history
        if not isinstance(model, SequentialObject):
            model = recording.object or recording.model
    if model is None:
        raise UsageError("it is not clear what the history is about", remedy="Name a model, such as 'register'.")
    if isinstance(model, str) and model not in CHECKERS and model not in TRANSACTIONS:
        return history, object_named(model)
    return history, model


def _linearizable(
    history: History,
    object_: SequentialObject,
    limits: Limits,
    linearization: bool,
    explanation: bool,
    progress: Progress | None,
) -> HistoryResult:
    part, found, procedures, order = decide(history, object_, limits, needs_order=linearization, progress=progress)
    procedure = ", ".join(f"{name} ({count} parts)" if count > 1 else name for name, count in procedures.items())
    if found.verdict is Verdict.VIOLATED:
        procedure = found.procedure
    result = HistoryResult(
        found.verdict, "linearizable", object_.name, len(history), procedure, found.reason, linearization=order
    )
    if found.verdict is Verdict.VIOLATED and explanation and part is not None:
        return evolve(result, explanation=_explained(part, object_, limits, found))
    return result


def _explained(part: Part, object_: SequentialObject, limits: Limits, found: PartResult) -> Explanation | None:
    time_s = min(EXPLANATION_S, limits.time_s)
    return explain(part, object_, Limits(time_s, limits.memory_bytes), found)


def _by_solver(history: History, object_: SequentialObject, limits: Limits) -> HistoryResult:
    """Ask z3 about each part; a violation's core is its explanation."""
    from modelcheck.consistency.solver import ask_solver  # noqa: PLC0415 - the only way to z3

    deadline = Deadline(limits.time_s)
    found = HistoryResult(Verdict.HOLDS, "linearizable", object_.name, len(history), "z3")
    for part in parts_of(history.operations, object_):
        answer = ask_solver(part.operations, object_, Limits(deadline.left_s, limits.memory_bytes))
        if answer.verdict is Verdict.VIOLATED:
            last = max(answer.core, key=lambda o: o.finish or 0)
            explanation = Explanation(answer.core, last, part.operations, key=part.key, method="unsatisfiable core")
            return evolve(found, verdict=answer.verdict, explanation=explanation)
        if answer.verdict is Verdict.UNKNOWN:
            found = evolve(found, verdict=answer.verdict, reason=answer.reason)
    return found
