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

SHOWN = 300
"""Operations drawn: the last before the return that nothing explains, and those of the core."""

_LANE, _STEP, _EDGE, _TAIL, _LETTER = 34, 22, 8, 220, 6.7
"""Pixels: the height of a lane, from one event to the next, before the first, after the last; the width of a letter."""

_NAME = 18
"""Letters of a client's name."""

_STYLE = """
body { font: 14px/1.45 system-ui, sans-serif; margin: 2em; color: #1c1c1c; background: #fff; }
.lanes { display: flex; border: 1px solid #ccc; } .scroll { overflow-x: auto; flex: 1; border-left: 1px solid #ccc; }
rect { stroke: #555; fill: #e4e4e4; } .placed { fill: #bfe3c5; } .core { stroke: #c62828; stroke-width: 3; }
.stuck { fill: #f6c6c2; } .last { fill: #ef9a9a; stroke-dasharray: 5 3; } text { font: 11px ui-monospace, monospace; pointer-events: none; }
pre { background: #f5f5f5; padding: 1em; overflow-x: auto; } td, th { text-align: left; padding: 2px 12px 2px 0; }
.key span { padding: 0 8px; margin-right: 12px; border: 1px solid #555; }
@media (prefers-color-scheme: dark) { body { background: #1b1b1b; color: #e6e6e6; } pre { background: #2a2a2a; }
 text { fill: #111; } .name { fill: #e6e6e6; } }
"""


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
    """The whole page."""
    title = f"{result.verdict.value}: {result.consistency}, {result.model}"
    body = [f"<h1>{escape(title)}</h1>", f"<pre>{escape(described(result))}</pre>"]
    for anomaly in result.anomalies:
        body += drawing(anomaly)
    explanation = result.explanation
    if explanation is not None:
        body += _history(explanation)
        if object_ is not None and explanation.configurations:
            body += _obstacles(explanation, object_)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>\n" + "\n".join(body) + "\n</body></html>\n"
    )


def _history(explanation: Explanation) -> Iterator[str]:
    """The drawing: what was put in order by the first configuration, what was not, and the core."""
    core = {(o.process, o.call) for o in explanation.core}
    recent = list(explanation.prefix[-SHOWN:])
    recent = [o for o in explanation.prefix[:-SHOWN] if (o.process, o.call) in core] + recent
    order = explanation.configurations[0].order if explanation.configurations else ()
    number = {(o.process, o.call): at for at, o in enumerate(order, 1)}
    yield f"<h2>The last {len(recent):,} operations before the return that nothing explains</h2>"
    yield (
        '<p class="key"><span style="background:#bfe3c5">in the longest order found, with its place</span>'
        '<span style="background:#f6c6c2">stuck</span>'
        '<span style="border:3px solid #c62828">contradict each other</span>'
        '<span style="border:2px dashed #555;background:#ef9a9a">its return has no explanation</span></p>'
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
    yield f'<div class="lanes"><svg width="{margin}" height="{height}">'
    for lane, client in enumerate(names):
        yield f'<text class="name" x="6" y="{_LANE * lane + 26}">{escape(client)}</text>'
    yield f'</svg><div class="scroll"><svg width="{width}" height="{height}" role="img">'
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
    yield '<script>for (const s of document.querySelectorAll(".scroll")) s.scrollLeft = s.scrollWidth;</script>'


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
    yield "<table><tr><th>Operation</th><th>Why not</th></tr>"
    for operation, why in obstacles(configuration, explanation.prefix, object_):
        yield f"<tr><td><code>{escape(str(operation))}</code></td><td>{escape(why)}</td></tr>"
    yield "</table>"
