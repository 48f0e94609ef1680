"""One question about one history."""

from __future__ import annotations

import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from attrs import evolve

from modelcheck.consistency.beginning import beginning_hint
from modelcheck.consistency.checkers import CHECKERS, VALID, decide_checker
from modelcheck.consistency.history import History, Progress
from modelcheck.consistency.isolation.transactions import LEVELS, decide_transactions, strongest_below
from modelcheck.consistency.linearizability.procedures import decide, parts_of
from modelcheck.consistency.objects.forms import conforming
from modelcheck.consistency.objects.named import OBJECTS, object_named
from modelcheck.consistency.objects.sequential import SequentialObject
from modelcheck.consistency.ordering import ORDERINGS, decide_ordering, is_ordering
from modelcheck.consistency.readers import TRANSACTIONS, read_history
from modelcheck.consistency.report.explanation import explain
from modelcheck.consistency.result import Explanation, HistoryResult
from modelcheck.errors import UsageError
from modelcheck.limits import Limits
from modelcheck.limits.deadline import Allowance, Deadline, LimitReached, allowance, watched
from modelcheck.limits.given import callback, limits_given
from modelcheck.spec.run import check_not_optimized
from modelcheck.verdict import Verdict

CONSISTENCIES = ("linearizable", *ORDERINGS, *LEVELS)
"""What may be asked: the first is for objects only, those of :data:`ORDERINGS` too, the rest for transactions."""

LIMITS = Limits(time_s=60.0, memory_bytes=2 << 30)
"""Those of a check if none are given."""

EXPLANATION_SHARE = 0.15
"""The share of the time limit that the explanation of a violation may take besides."""

WATCHED_FROM = 1000
"""Operations from which on a watch sees to the limits of what is done in Python; for fewer it would take longer."""


def check_history(
    history: History | Path | str,
    model: str | SequentialObject | None = None,
    *,
    consistency: str | None = None,
    limits: Limits = LIMITS,
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
        limits: When the verdict is ``unknown``, by default after 60 s and 2 GB: those of time, in which reading a file is counted, and of memory.
        linearization: Whether an order of all operations is wanted when the history is linearizable.
        explanation: Whether a violation is to be explained by few operations, and by what still holds; that takes up to 15 % of
            the time limit at most.
        solver: ``"native"``, or ``"z3"`` for a second opinion on the linearizability of a few operations.
        progress: Called now and then with the number of operations decided and of all.

    Raises:
        HistoryError: The history cannot be read, or has operations that the model does not know.
        UsageError: There is no such model or consistency, the two do not fit, or Python ignores asserts (``python -O``).

    >>> from modelcheck.consistency import Operation, Register
    >>> write = Operation("a", "write", 1, None, call=0, finish=1)
    >>> stale = Operation("b", "read", None, 0, call=2, finish=3)
    >>> check_history(History([write, stale]), Register(0)).verdict
    <Verdict.VIOLATED: 'violated'>
    """
    check_not_optimized()
    callback("progress", progress)
    given = allowance(limits_given(limits, without=("states", "depth"), what="the check of a history"))
    deadline = Deadline(given.time_s)
    _check_is_name(consistency)
    try:
        history, meant = _question(history, model, given)
    except LimitReached as limit:
        return unread(limit, consistency, model)
    history = conforming(history, meant) if isinstance(meant, SequentialObject) else history
    consistency = _consistency(meant, consistency)
    _check_solver(solver, consistency)
    started = time.perf_counter()
    left = Allowance(deadline.left_s, given.memory_bytes)
    if consistency == "linearizable" and solver == "native" and not isinstance(meant, str):
        result = _linearizable(history, meant, left, linearization, explanation, progress)
    else:
        result = _other(history, meant, consistency, left, explanation=explanation)
    if result.verdict is Verdict.VIOLATED and explanation and isinstance(meant, SequentialObject):
        result = evolve(result, hint=_hint(history, meant, consistency, Allowance(deadline.left_s, given.memory_bytes)))
    return evolve(result, linearization=result.linearization if linearization else None, seconds=time.perf_counter() - started)


def _check_is_name(consistency: Any) -> None:
    if consistency is not None and not isinstance(consistency, str):
        raise UsageError(f"there is no consistency {consistency!r}", remedy=f"Choose one of {', '.join(CONSISTENCIES)}.")


def _check_solver(solver: str, consistency: str) -> None:
    if solver != "native" and (solver != "z3" or consistency != "linearizable"):
        raise UsageError(f"there is no solver {solver!r} for {consistency!r}", remedy="Leave it out, or say native.")


def _hint(history: History, object_: SequentialObject, consistency: str, limits: Allowance) -> str | None:
    """Whether another beginning of the object would explain everything."""

    def holds(other: SequentialObject, seconds: float) -> bool:
        within = Allowance(seconds, limits.memory_bytes)
        if consistency == "linearizable":
            found = _linearizable(history, other, within, linearization=False, explanation=False, progress=None)
        else:
            found = _other(history, other, consistency, within, explanation=False)
        return found.verdict is Verdict.HOLDS

    return beginning_hint(history, object_, holds, limits.time_s)


def _consistency(model: str | SequentialObject, consistency: str | None) -> str:
    """The consistency that is meant."""
    if isinstance(model, str) and model in CHECKERS:
        return consistency or VALID
    consistency = consistency or ("serializable" if isinstance(model, str) else "linearizable")
    if consistency not in CONSISTENCIES and not is_ordering(consistency):
        raise UsageError(
            f"there is no consistency {consistency!r}", remedy=f"Choose one of {', '.join(CONSISTENCIES)}."
        )
    return consistency


def _other(
    history: History, model: str | SequentialObject, consistency: str, limits: Allowance, *, explanation: bool
) -> HistoryResult:
    """What the native searches of linearizability have no part in."""
    try:
        if consistency == "linearizable" and isinstance(model, SequentialObject):
            return _by_solver(history, model, limits)
        with watched(limits):
            if isinstance(model, SequentialObject):
                return decide_ordering(history, model, consistency, limits)
            if model in CHECKERS:
                return decide_checker(history, model, consistency)
            found = decide_transactions(history, model, consistency, limits)
        if found.verdict is not Verdict.VIOLATED or not explanation:
            return found
        share = Allowance(EXPLANATION_SHARE * limits.time_s, limits.memory_bytes)
        return evolve(found, strongest=strongest_below(history, model, consistency, share))
    except LimitReached as limit:
        name = model if isinstance(model, str) else model.name
        return HistoryResult(Verdict.UNKNOWN, consistency, name, len(history), "none", str(limit))


def reading(limits: Allowance) -> watched:
    """Within the block a file may be read, for so many seconds and bytes.

    Raises:
        LimitReached: if they are over.
    """
    return watched(limits)


def unread(limit: LimitReached, consistency: str | None, model: str | SequentialObject | None) -> HistoryResult:
    """The result of a check whose limits were reached before its file was read."""
    name = model.name if isinstance(model, SequentialObject) else model or "history"
    return HistoryResult(Verdict.UNKNOWN, consistency or "consistent", name, 0, "none", f"{limit} while the file was read")


def _question(
    history: History | Path | str, model: str | SequentialObject | None, limits: Allowance
) -> tuple[History, str | SequentialObject]:
    """The history, and what it is about: an object, or the name of a checker or of a kind of transactions.

    Raises:
        LimitReached: if the time or the memory is used up before a file is read.
    """
    if not isinstance(history, (History, Path, str)):
        raise UsageError(f"a history is a History, or a file with one, not {history!r}")
    if not isinstance(history, History):
        with reading(limits):
            named = model.name if isinstance(model, SequentialObject) and model.name in OBJECTS else model
            recording = read_history(history, model=named if isinstance(named, str) else None)
        history = recording.history
        if not isinstance(model, SequentialObject):
            model = recording.meant
    if model is None:
        raise UsageError("it is not clear what the history is about", remedy="Name a model, such as 'register'.")
    if isinstance(model, str) and model not in CHECKERS and model not in TRANSACTIONS:
        return history, object_named(model)
    if not isinstance(model, str):
        _check_object(model)
    return history, model


def _check_object(model: Any) -> None:
    """Raise :class:`UsageError` for what is no object with an initial state."""
    if isinstance(model, type) or not isinstance(model, SequentialObject):
        what = f"the class {model.__name__}" if isinstance(model, type) else repr(model)
        raise UsageError(f"{what} is no object", remedy="Give an instance of a SequentialObject, or a name such as 'kv'.")
    if not hasattr(model, "initial"):
        raise UsageError(f"the object {model.name!r} has no initial state", remedy="Set `initial` in its class.")
    try:
        hash(model.initial)
    except TypeError as error:
        raise UsageError(
            f"the initial state {model.initial!r} of the object {model.name!r} cannot be hashed",
            remedy="Use tuples and frozensets instead of lists, sets and dicts.",
        ) from error


def _linearizable(
    history: History,
    object_: SequentialObject,
    limits: Allowance,
    linearization: bool,
    explanation: bool,
    progress: Progress | None,
) -> HistoryResult:
    try:
        with watched(limits) if len(history) > WATCHED_FROM else nullcontext():
            part, found, procedures, order = decide(
                history, object_, limits, needs_order=linearization, progress=progress
            )
    except LimitReached as limit:
        return HistoryResult(Verdict.UNKNOWN, "linearizable", object_.name, len(history), "none", str(limit))
    procedure = ", ".join(f"{name} ({count} parts)" if count > 1 else name for name, count in procedures.items())
    if found.verdict is Verdict.VIOLATED:
        procedure = found.procedure
    result = HistoryResult(
        found.verdict, "linearizable", object_.name, len(history), procedure, found.reason, linearization=order
    )
    if found.verdict is Verdict.VIOLATED and explanation and part is not None:
        share = Allowance(EXPLANATION_SHARE * limits.time_s, limits.memory_bytes)
        return evolve(result, explanation=explain(part, object_, share, found))
    return result


def _by_solver(history: History, object_: SequentialObject, limits: Allowance) -> HistoryResult:
    """Ask z3 about each part; a violation's core is its explanation."""
    from modelcheck.consistency.linearizability.solver import ask_solver  # noqa: PLC0415 - the only way to z3

    deadline = Deadline(limits.time_s)
    found = HistoryResult(Verdict.HOLDS, "linearizable", object_.name, len(history), "z3")
    for part in parts_of(history.operations, object_):
        answer = ask_solver(part.operations, object_, Allowance(deadline.left_s, limits.memory_bytes))
        if answer.verdict is Verdict.VIOLATED:
            last = max(answer.core, key=lambda o: o.finish or 0)
            explanation = Explanation(answer.core, last, part.operations, key=part.key, method="unsatisfiable core")
            return evolve(found, verdict=answer.verdict, explanation=explanation)
        if answer.verdict is Verdict.UNKNOWN:
            found = evolve(found, verdict=answer.verdict, reason=answer.reason)
    return found
