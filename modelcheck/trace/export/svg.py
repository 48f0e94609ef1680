"""Sequence diagrams as SVG: time runs down, a row per step, a message from the row that sent it to the row that received it.

No two texts overlap: what happens in a step stands above its row, and the labels of the messages that it sends stand below, each on a line of its
own beside its arrow. The row is as high as that takes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html import escape
from itertools import accumulate

from modelcheck.trace.export.diagram import Diagram, Event, Message

_COLUMN, _ROW, _LEFT, _TOP, _TEXT, _LABEL = 250, 46, 110, 86, 46, 30
_LINE = 15  # From one label to the next.
_FIRST = 17  # From a step to the first label below it.
_TITLE, _LETTER = 9, 7  # The widths of letters of the title and of labels, at most.
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
    return _Drawing(diagram).svg(titled=titled)


class _Drawing:
    def __init__(self, diagram: Diagram) -> None:
        self._diagram = diagram
        labels = Counter(message.sent for message in diagram.messages)
        heights = [_ROW + _LINE * max(labels[step] - 1, 0) for step in range(len(diagram.events) + 1)]
        self._ys = list(accumulate(heights, initial=_TOP))  # By step, and the end.

    def svg(self, *, titled: bool) -> str:
        diagram = self._diagram
        width = _LEFT + _COLUMN * len(diagram.processes) + 260
        if titled:
            width = max(width, 32 + _TITLE * len(diagram.title))
        height = self._ys[-1] + 20
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
            f"<title>{escape(diagram.title)}</title>",
            f"<style>{_STYLE}</style>",
            _HEAD,
            f'<text class="title" x="16" y="24">{escape(diagram.title)}</text>' if titled else "",
            *(self._row(number, width) for number in range(len(diagram.events) + 1)),
            *(line for number, process in enumerate(diagram.processes) for line in self._lifeline(number, process)),
            *(self._arrow(message, received) for message in diagram.messages for received in (message.received or (None,))),
            *self._labels(),
            *map(self._event, diagram.events),
            "</svg>",
        ]
        return "\n".join(parts) + "\n"

    def _row(self, step: int, width: int) -> str:
        top, bottom = self._ys[step] - _ROW // 2, self._ys[step + 1] - _ROW // 2
        return f'<rect class="row" data-step="{step}" x="0" y="{top}" width="{width}" height="{bottom - top}"/>'

    def _x(self, process: str) -> int:
        return _LEFT + _COLUMN * self._diagram.processes.index(process)

    def _lifeline(self, number: int, process: str) -> Iterator[str]:
        """The line of a process; in red where it has crashed."""
        x = _LEFT + _COLUMN * number
        yield f'<rect class="box" x="{x - 70}" y="40" width="140" height="26" rx="5"/>'
        yield f'<text class="name" x="{x}" y="58">{escape(process)}</text>'
        start, style = 66, "life"
        for event in self._diagram.events:
            if event.process == process and event.mark in {"crash", "restart"}:
                y = self._ys[event.step]
                yield f'<line class="{style}" x1="{x}" y1="{start}" x2="{x}" y2="{y}"/>'
                start, style = y, "down" if event.mark == "crash" else "life"
        yield f'<line class="{style}" x1="{x}" y1="{start}" x2="{x}" y2="{self._ys[-1] - _ROW + 20}"/>'

    def _event(self, event: Event) -> str:
        x, y = self._x(event.process), self._ys[event.step]
        shape = _cross(x, y) if event.mark == "crash" else f'<circle cx="{x}" cy="{y}" r="4.5"/>'
        text = f"{event.step}. {event.text}"
        return f'<g class="event {event.mark}" data-step="{event.step}">{shape}<text x="{x + 10}" y="{y - 6}">{_cut(text, _TEXT)}</text></g>'

    def _arrow(self, message: Message, received: int | None) -> str:
        """The arrow of one delivery; a lost one ends in a cross half-way, one in flight at the end half-way in nothing."""
        x1, y1, x2, y2 = self._ends(message, received)
        kind = "received" if received is not None else "lost" if message.lost is not None else "flying"
        head = ' marker-end="url(#head)"' if kind == "received" else ""
        cross = _cross(x2, y2) if kind == "lost" else ""
        return f'<g class="message {kind}" data-sent="{message.sent}"><line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"{head}/>{cross}</g>'

    def _ends(self, message: Message, received: int | None) -> tuple[int, int, int, int]:
        """Where an arrow begins and where it ends."""
        x1, y1, x2 = self._x(message.src), self._ys[message.sent], self._x(message.dst)
        if received is not None:
            return x1, y1, x2, self._ys[received]
        return x1, y1, (x1 + x2) // 2, self._ys[message.sent + 1] - _ROW + 26 if message.lost is None else self._ys[message.lost]

    def _labels(self) -> Iterator[str]:
        """A label per message, beside the arrow of its first delivery and above it, so that the arrow does not strike it out."""
        told: Counter[int] = Counter()
        for message in self._diagram.messages:
            x1, y1, x2, y2 = self._ends(message, message.received[0] if message.received else None)
            y = y1 + _FIRST + _LINE * told[message.sent]
            told[message.sent] += 1
            x = x1 + (x2 - x1) * (y - y1) / max(y2 - y1, 1)
            right = max(x - 8, _LETTER * min(len(message.text), _LABEL))
            place = f'x="{right:.0f}" text-anchor="end"' if x2 < x1 else f'x="{x + 8:.0f}"'
            yield f'<g class="message" data-sent="{message.sent}"><text {place} y="{y}">{_cut(message.text, _LABEL)}</text></g>'


def _cut(text: str, most: int) -> str:
    """A text that is not too long, the whole of it as its tooltip."""
    return f"{escape(text if len(text) <= most else text[: most - 1] + '…')}<title>{escape(text)}</title>"


def _cross(x: int, y: int) -> str:
    return f'<path class="cross" d="M{x - 6} {y - 6} L{x + 6} {y + 6} M{x - 6} {y + 6} L{x + 6} {y - 6}" fill="none"/>'
