"""A violation as one self-contained HTML page: a lane for each client and why the history stops making sense, or a cycle."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from html import escape

from modelcheck.consistency.history import Operation
from modelcheck.consistency.objects.sequential import SequentialObject, agrees
from modelcheck.consistency.report.anomaly_text import drawing
from modelcheck.consistency.report.diagram import sentence
from modelcheck.consistency.report.text import described
from modelcheck.consistency.result import Configuration, Explanation, HistoryResult
from modelcheck.trace.export.html import one_file
from modelcheck.trace.text import harmless

SHOWN = 300
"""Operations drawn: the last before the return that nothing explains, and those of the core."""

_LANE, _STEP, _EDGE, _TAIL, _LETTER = 34, 22, 8, 220, 6.7
"""Pixels: the height of a lane, from one event to the next, before the first, after the last; the width of a letter."""

_NAME = 18
"""Letters of a client's name."""

_STYLE = """
body { padding: 12px 16px; max-width: 1400px; }
main { display: block; }
.why { background: var(--bad-ground); max-height: 60vh; overflow: auto; white-space: pre; overflow-wrap: normal; }
.clients { display: flex; border: 1px solid var(--line); border-radius: 4px; }
.names { flex: none; max-width: 40%; }
.scroll { overflow-x: auto; flex: 1; border-left: 1px solid var(--line); }
.clients rect { stroke: var(--quiet); fill: var(--raised); }
.clients .placed, .key .placed { fill: var(--good-ground); background: var(--good-ground); }
.clients .stuck, .key .stuck { fill: var(--bad-ground); background: var(--bad-ground); }
.clients .core { stroke: var(--bad); stroke-width: 3; }
.clients .last { stroke-dasharray: 5 3; }
.clients g:focus-visible rect { stroke: var(--accent); }
.clients text { font: 11px ui-monospace, "DejaVu Sans Mono", monospace; fill: var(--text); pointer-events: none; }
.cycle circle { fill: var(--raised); stroke: var(--quiet); }
.cycle text { font: 12px ui-monospace, "DejaVu Sans Mono", monospace; fill: var(--text); }
.cycle { max-width: 100%; height: auto; }
.key { display: flex; flex-wrap: wrap; gap: 4px 12px; padding: 0; list-style: none; }
.key li { padding: 0 8px; border: 1px solid var(--quiet); border-radius: 3px; }
.key .core { border: 3px solid var(--bad); }
.key .last { border: 2px dashed var(--bad); }
"""
_SCRIPT = 'for (const lanes of document.querySelectorAll(".scroll")) lanes.scrollLeft = lanes.scrollWidth;\n'
"""The end is seen first."""


def obstacles(
    configuration: Configuration, prefix: Sequence[Operation], object_: SequentialObject
) -> Iterator[tuple[Operation, str]]:
    """For each operation that is not yet in order, why it cannot come next."""
    placed = {id(operation) for operation in configuration.order}
    known = {(o.process, o.call) for o in configuration.order}
    state = configuration.state
    for operation in prefix:
        if id(operation) in placed or (operation.process, operation.call) in known:
            continue
        new, result = object_.apply(state, operation.name, operation.argument)
        if operation.finish is not None and not agrees(operation.result, result):
            yield operation, f"in {state!r} it gives {result!r}, and {operation.result!r} was recorded"
        else:
            yield operation, f"it can, and leads to {new!r}; every way on from there ends as well"


def page(result: HistoryResult, object_: SequentialObject | None) -> str:
    """The whole page: first why, in the words of the command, then the drawing."""
    title = f"{result.verdict.value}: {result.consistency}, {result.model}"
    told = escape(harmless(described(result)))
    body = [f"<main>\n<h1>{escape(title)}</h1>", f'<div class="why" tabindex="0" role="region" aria-label="Why">{told}</div>']
    for anomaly in result.anomalies:
        body += drawing(anomaly)
    explanation = result.explanation
    if explanation is not None:
        body += _history(explanation)
        if object_ is not None and explanation.configurations:
            body += _obstacles(explanation, object_)
    return one_file(title, "\n".join([*body, "</main>\n"]), ("run.css",), style=_STYLE, script=_SCRIPT)


def _history(explanation: Explanation) -> Iterator[str]:
    """The drawing: what was put in order by the first configuration, what was not, and the core."""
    core = {(o.process, o.call) for o in explanation.core}
    recent = list(explanation.prefix[-SHOWN:])
    recent = [o for o in explanation.prefix[:-SHOWN] if (o.process, o.call) in core] + recent
    order = explanation.configurations[0].order if explanation.configurations else ()
    number = {(o.process, o.call): at for at, o in enumerate(order, 1)}
    yield f"<h2>The last {len(recent):,} operations before the return that nothing explains</h2>"
    yield (
        '<ul class="key"><li class="placed">in the longest order found, with its place</li><li class="stuck">stuck</li>'
        '<li class="core">contradict each other</li><li class="stuck last">its return has no explanation</li></ul>'
    )
    yield from _drawing(recent, number, core, explanation.unexplained)


def _drawing(
    operations: Sequence[Operation],
    number: Mapping[tuple[Hashable, int], int],
    core: Collection[tuple[Hashable, int]],
    unexplained: Operation,
) -> Iterator[str]:
    """A lane for each client: their names stand still, their operations scroll, and the end is seen first."""
    times = sorted({(o.call, 0) for o in operations} | {(o.finish, 1) for o in operations if o.finish is not None})
    column = {time: _EDGE + _STEP * at for at, time in enumerate(times)}
    lanes = {process: at for at, process in enumerate(dict.fromkeys(o.process for o in operations))}
    width, height = _EDGE + _STEP * len(times) + _TAIL, _LANE * len(lanes) + 20
    names = [_name(str(process)) for process in lanes]
    margin = 16 + round(_LETTER * max(map(len, names), default=0))
    yield f'<div class="clients"><svg class="names" width="{margin}" height="{height}" role="img" aria-label="Clients">'
    for lane, client in enumerate(names):
        yield f'<text class="name" x="6" y="{_LANE * lane + 26}">{escape(client)}</text>'
    yield '</svg><div class="scroll" tabindex="0" role="region" aria-label="Operations over time">'
    yield f'<svg width="{width}" height="{height}" role="img" aria-label="{len(operations)} operations of {len(lanes)} clients">'
    after: dict[Hashable, int] = {}
    for operation in sorted(operations, key=lambda o: -o.call):
        start = column[operation.call, 0]
        end = width - 4 if operation.finish is None else column[operation.finish, 1]
        room = after.get(operation.process, width) - start - 8
        after[operation.process] = start
        name = (operation.process, operation.call)
        classes = ["placed" if name in number else "stuck", *(["core"] if name in core else [])]
        if operation.finish is not None and name == (unexplained.process, unexplained.call):
            classes.append("last")
        top = _LANE * lanes[operation.process] + 10
        label = (f"{number[name]}. " if name in number else "") + sentence(operation)
        yield (
            f'<g><title>{escape(str(operation))}</title><rect class="{" ".join(classes)}" x="{start}" y="{top}" '
            f'width="{max(end - start, 6)}" height="24" rx="3"/>'
            f'<text x="{start + 4}" y="{top + 16}">{escape(_cut(label, room))}</text></g>'
        )
    yield "</svg></div></div>"


def _name(process: str) -> str:
    return process if len(process) <= _NAME else process[: _NAME - 1] + "…"


def _cut(label: str, room: int) -> str:
    """As much of a label as there is room for before the next operation of its client."""
    letters = int(room / _LETTER)
    return label if len(label) <= letters else label[: max(letters - 1, 0)] + "…" * (letters > 0)


def _obstacles(explanation: Explanation, object_: SequentialObject) -> Iterator[str]:
    configuration = explanation.configurations[0]
    yield "<h2>Why none of the others can come next</h2>"
    yield f"<p>{len(configuration.order):,} operations are in order, and the state is {escape(repr(configuration.state))}.</p>"
    yield '<div class="tables" tabindex="0" role="region" aria-label="Why not">'
    yield '<table><tr><th scope="col">Operation</th><th scope="col">Why not</th></tr>'
    for operation, why in obstacles(configuration, explanation.prefix, object_):
        yield f"<tr><td><code>{escape(str(operation))}</code></td><td>{escape(why)}</td></tr>"
    yield "</table></div>"
