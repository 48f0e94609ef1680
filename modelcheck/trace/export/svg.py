"""Sequence diagrams as SVG: time runs down, a row per step, a message from the row that sent it to the row that received it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from modelcheck.trace.export.diagram import Diagram, Event, Message

_COLUMN, _ROW, _LEFT, _TOP, _TEXT, _LABEL = 250, 46, 110, 86, 46, 30
_HEAD = (
    '<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    '<path d="M0 0 L8 4 L0 8 z" fill="#2f6db3"/></marker></defs>'
)
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1d2733; paint-order: stroke; stroke: #fff; stroke-width: 3px; stroke-linejoin: round }
.name { stroke: none }
.title { font-weight: 600; font-size: 14px }
.name { font-weight: 600; text-anchor: middle }
.box { fill: #eef2f7; stroke: #7b8a9c }
.life { stroke: #7b8a9c; stroke-dasharray: none }
.down { stroke: #c0392b; stroke-dasharray: 3 4 }
.event circle { fill: #2f6db3 }
.event.crash circle, .event.lose circle { fill: #c0392b }
.message line { stroke: #2f6db3; stroke-width: 1.5 }
.message text { font-size: 11px; fill: #43607f }
.message.lost line, .cross { stroke: #c0392b; stroke-width: 2 }
.message.flying line { stroke-dasharray: 4 4; opacity: .7 }
.row { fill: transparent }
.row.now { fill: #fff3c4 }
"""


def svg(diagram: Diagram, *, titled: bool = True) -> str:
    """The diagram as an SVG document, with its title above unless that is told elsewhere."""
    width = _LEFT + _COLUMN * len(diagram.processes) + 260
    height = _TOP + _ROW * (len(diagram.events) + 1) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
        f"<title>{escape(diagram.title)}</title>",
        f"<style>{_STYLE}</style>",
        _HEAD,
        f'<text class="title" x="16" y="24">{escape(diagram.title)}</text>' if titled else "",
        *(_row(number, width) for number in range(len(diagram.events) + 1)),
        *(line for number, process in enumerate(diagram.processes) for line in _lifeline(diagram, number, process)),
        *(_message(diagram, message, received) for message in diagram.messages for received in (message.received or (None,))),
        *(_event(diagram, event) for event in diagram.events),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _row(number: int, width: int) -> str:
    return f'<rect class="row" data-step="{number}" x="0" y="{_y(number) - _ROW / 2}" width="{width}" height="{_ROW}"/>'


def _x(diagram: Diagram, process: str) -> int:
    return _LEFT + _COLUMN * diagram.processes.index(process)


def _y(step: int) -> int:
    return _TOP + _ROW * step


def _lifeline(diagram: Diagram, number: int, process: str) -> Iterator[str]:
    """The line of a process; in red where it has crashed."""
    x = _LEFT + _COLUMN * number
    yield f'<rect class="box" x="{x - 70}" y="40" width="140" height="26" rx="5"/>'
    yield f'<text class="name" x="{x}" y="58">{escape(process)}</text>'
    start, style = 66, "life"
    for event in diagram.events:
        if event.process == process and event.mark in {"crash", "restart"}:
            yield f'<line class="{style}" x1="{x}" y1="{start}" x2="{x}" y2="{_y(event.step)}"/>'
            start, style = _y(event.step), "down" if event.mark == "crash" else "life"
    yield f'<line class="{style}" x1="{x}" y1="{start}" x2="{x}" y2="{_y(len(diagram.events)) + 20}"/>'


def _event(diagram: Diagram, event: Event) -> str:
    x, y = _x(diagram, event.process), _y(event.step)
    shape = _cross(x, y) if event.mark == "crash" else f'<circle cx="{x}" cy="{y}" r="4.5"/>'
    text = f"{event.step}. {event.text}"
    return (
        f'<g class="event {event.mark}" data-step="{event.step}">{shape}'
        f'<text x="{x + 10}" y="{y - 6}">{escape(text if len(text) <= _TEXT else text[: _TEXT - 1] + "…")}<title>{escape(text)}</title></text></g>'
    )


def _message(diagram: Diagram, message: Message, received: int | None) -> str:
    """The arrow of one delivery; a lost one ends in a cross half-way, one in flight at the end half-way in nothing."""
    x1, y1 = _x(diagram, message.src), _y(message.sent)
    x2 = _x(diagram, message.dst)
    end = received if received is not None else message.lost if message.lost is not None else message.sent + 1
    y2 = _y(end)
    kind = "received"
    if received is None:
        kind = "lost" if message.lost is not None else "flying"
        x2, y2 = (x1 + x2) // 2, (y1 + y2) // 2 if kind == "flying" else y2
    head = ' marker-end="url(#head)"' if kind == "received" else ""
    cross = _cross(x2, y2) if kind == "lost" else ""
    label = message.text if len(message.text) <= _LABEL else message.text[: _LABEL - 1] + "…"
    return (
        f'<g class="message {kind}" data-sent="{message.sent}" data-received="{end}">'
        f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"{head}/>{cross}'
        f'<text x="{(x1 + x2) // 2 + 4}" y="{(y1 + y2) // 2 + 12}">{escape(label)}<title>{escape(message.text)}</title></text></g>'
    )


def _cross(x: int, y: int) -> str:
    return f'<path class="cross" d="M{x - 6} {y - 6} L{x + 6} {y + 6} M{x - 6} {y + 6} L{x + 6} {y - 6}" fill="none"/>'
