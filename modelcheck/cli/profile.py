"""The profile of a search: where Python was run, what its runs read, and what would make them fewer."""

from __future__ import annotations

from collections.abc import Iterator

from modelcheck.cli.paint import columns
from modelcheck.cli.units import count, said_bytes, said_seconds
from modelcheck.search.report import EffortReport, ReadReport, Report
from modelcheck.trace.text import Line, Span

_WIDEST_CELLS = 10
_MANY = 1_000  # States; with fewer, the bytes for each are mostly the empty slots of the smallest table.
_MUCH = 0.1  # Of the time of a search.
_LARGE = 1_000_000  # Generated states; from here on a thousand of them for each call are few.
_RARE = 1_000
_STEADY = 50  # States; what runs more rarely does so for values that are met for the first time.
_FEW = 16
_LONG_S = 0.5  # From here on a tenth of the time is worth a change of the spec, however rarely the code is run.
_MOST_ADVICE = 3
_WIDE = 50  # Values of a cell.
_MOST_PLACES = 3

_INIT = (
    "Choose in init only what must be known then: an action can choose the rest, and where states differ in names alone, begin with one of them."
)
_WHOLE_CONTAINER = (
    "Where it assigns a container anew, as in self.c = {**self.c, i: v} or self.s = self.s | {m}, let it change the entry: "
    "self.c[i] = v, self.s.add(m). That reads nothing else."
)
_TOTAL = "What it needs of all entries, such as a sum, a minimum or whether all are done, can be a variable of its own."
_PARAMETERS = "Give it parameters, so that a run looks at one or two entries in place of all: @{decorator}(nodes, nodes)."
_NARROWER = "A loop whose first condition is about the entry alone looks only at those that pass."
_GUARDS = "Put what rejects most first: what comes after a require that fails, or a condition that decides, is not read."
_QUEUE = (
    "{path} took {values:,} values. Its ends and its length are read alone; `in`, a loop, a comparison or an index in the midst reads all of it. "
    "Keep what is looked for in a set, Counter or dict beside it."
)
_HISTORY = (
    "{path} took {values:,} values: each is every order of the operations that still explains what the clients saw. "
    "Fewer clients, or fewer operations and different arguments for each, keep it small."
)
_VALUE = (
    "{path} took {values:,} values, and a run comes for each of them. Split it: a dict with an entry per process, a set or Counter of "
    "messages, or a record with a field per part. Bound a number that only grows, or leave it out of the state."
)
_DECORATORS = {"invariant": "invariant", "step property": "step_property", "reachable": "reachable"}


def profile_lines(report: Report) -> Iterator[Line]:
    """Calls, cells, memory, and advice."""
    yield ()
    yield (Span("Python calls", "action"), Span(f"  {report.python_calls:,}{_rate(report)}; {_shares(report)}"))
    rows = [
        ("", "calls", "time", "cells read"),
        *((effort.name, f"{effort.calls:,}", said_seconds(effort.seconds), f"{effort.cells:,}") for effort in report.efforts),
    ]
    header, *lines = columns(rows, right=frozenset({1, 2, 3}))
    yield (Span(header, "note"),)
    yield from ((Span(line),) for line in lines)
    yield ()
    widest = report.cells[:_WIDEST_CELLS]
    yield (Span("Widest cells", "action"), Span(f"  {count(len(report.cells), 'cell')} in all"))
    yield from (
        (Span(line),)
        for line in columns([(cell.path, count(cell.values, "value")) for cell in widest], right=frozenset({1}))
    )
    yield ()
    yield (Span("Memory", "action"), Span(f"  {_memory(report)}"))
    yield ()
    yield from _advice(report)


def _memory(report: Report) -> str:
    if report.nodes is not None:
        return f"{count(report.nodes, 'node')} of diagrams at once, {said_bytes(report.diagram_bytes)}"
    each = f"{report.bytes_per_state:.1f} bytes per state, " if report.states > _MANY else ""
    return f"{each}table {report.table_load:.0%} full"


def _rate(report: Report) -> str:
    if not report.generated or not report.python_calls:
        return ""
    each = report.generated / report.python_calls
    if each < 1.5:  # noqa: PLR2004 - below it, "one per 1" would say less.
        return f", {1 / each:.1f} per generated state"
    return f", one per {each:,.0f} generated states"


def _shares(report: Report) -> str:
    return f"{said_seconds(report.python_seconds)} of {said_seconds(report.seconds)}"


# Advice ----------------------------------------------------------------------------------------------------------------------------------------


def _advice(report: Report) -> Iterator[Line]:
    generated = report.generated or 0
    often = report.python_calls * _RARE > generated > _LARGE
    much = often or report.python_seconds >= _MUCH * report.seconds
    by_time = sorted(report.efforts, key=lambda effort: -effort.seconds)
    costly = [effort for effort in by_time if much and _is_costly(effort, report, often=often)]
    if much and not costly and report.python_seconds >= _LONG_S and report.python_calls * _RARE > generated:
        costly = by_time  # It is spread over all of them.
    for effort in costly[:_MOST_ADVICE]:
        yield (Span(_told(effort, report.states), "warning"),)
        yield (Span(f"  {_remedy(effort)}"),)
    if report.efforts and not costly:
        most = report.efforts[0]
        told = f"most often {most.name}, {count(most.calls, 'time')} for {count(report.states, 'state')}"
        yield (Span(f"Python is run rarely: {told}.", "note"),)


def _is_costly(effort: EffortReport, report: Report, *, often: bool) -> bool:
    """Whether it takes much of the time, or will with larger constants: since it runs in many states, and reads what makes it so."""
    if effort.seconds >= max(_MUCH * report.seconds, _LONG_S):
        return True
    if often and effort.calls >= _MUCH * report.python_calls:
        return True
    if effort.calls * _STEADY < report.states or effort.seconds < _MUCH * report.python_seconds:
        return False
    return effort.calls > _FEW and (effort.kind == "init" or effort.cells > 1 or _wide(effort) is not None)


def _told(effort: EffortReport, states: int) -> str:
    who = effort.name if effort.kind == "init" else f"{effort.kind} {effort.name}"
    ran = f"{who} ran {count(effort.calls, 'time')}"
    if effort.kind == "init":
        return f"{ran}, once for each way to make its choices."
    often = _per_state(effort.calls, states)
    read = f"up to {count(effort.cells, 'cell')}" if effort.cells > 1 else count(effort.cells, "cell")
    return f"{ran}{often}, and a run reads {read}{_places(effort)}."


def _per_state(calls: int, states: int) -> str:
    if not states or not calls:
        return ""
    each = calls / states
    if each >= 1.5:  # noqa: PLR2004 - rounds to two.
        return f", {each:,.0f} for each state"
    return ", once for each state" if each > 0.67 else f", once for {1 / each:,.0f} states"  # noqa: PLR2004 - rounds to one.


def _places(effort: EffortReport) -> str:
    if not effort.reads:
        return ""
    places = [f"all of {read.path.removesuffix('[...]')}" if read.kind == "whole" else read.path for read in effort.reads]
    shown = ", ".join(places[:_MOST_PLACES])
    return f": {shown}{' and others' if len(places) > _MOST_PLACES else ''}"


def _remedy(effort: EffortReport) -> str:
    """What would make the runs of a piece of code fewer: by what makes them many."""
    if effort.kind == "init":
        return _INIT
    wide = _wide(effort)
    if wide is not None:
        text = {"queue": _QUEUE, "history": _HISTORY}.get(wide.kind, _VALUE)
        return text.format(path=wide.path, values=wide.values)
    if not any(read.cells > 1 for read in effort.reads):
        return _GUARDS
    if effort.kind == "action":
        whole = any(read.kind == "whole" for read in effort.reads)
        return f"{_WHOLE_CONTAINER if whole else _GUARDS} {_TOTAL}"
    if effort.parameters or effort.kind not in _DECORATORS:
        return f"{_NARROWER} {_TOTAL}"
    return f"{_PARAMETERS.format(decorator=_DECORATORS[effort.kind])} {_TOTAL}"


def _wide(effort: EffortReport) -> ReadReport | None:
    """The cell whose many values make the runs many, if there is one."""
    wide = max(effort.reads, key=lambda read: read.values, default=None)
    return wide if wide is not None and wide.values >= _WIDE and wide.values**2 > effort.calls else None
