"""Anomalies in words and as a drawing: the transactions of a cycle, and why each comes before the next."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from html import escape
from math import cos, pi, sin
from typing import Any, Final

from modelcheck.consistency.history import Operation
from modelcheck.consistency.result import Anomaly, Edge

REASONS: Final = {
    "ww": "it wrote a version that the other overwrote",
    "wr": "the other read what it wrote",
    "rw": "it read a version that the other overwrote",
    "session": "the same client did it first",
    "realtime": "it returned before the other was called",
}
"""What the edges of a cycle mean."""

MOST_STEPS: Final = 8
"""Steps of a transaction that are shown; of a longer one those on the keys of its edges."""

MOST_ELEMENTS: Final = 10
"""Elements of a list that are shown; of a longer one the last."""

Step = tuple[str, Any, Any]


def anomaly_lines(anomaly: Anomaly) -> Iterator[str]:
    """An anomaly for people."""
    yield f"{anomaly.name}: {anomaly.message or f'a cycle of {len(anomaly.operations)} transactions'}"
    for number, operation in enumerate(anomaly.operations):
        yield f"  {label(anomaly, number)} = {transaction(operation, keys_of(anomaly, number))}"
    for edge in anomaly.edges:
        yield f"  {label(anomaly, edge.before)} before {label(anomaly, edge.after)}: {reason(anomaly, edge)}"


def label(anomaly: Anomaly, number: int) -> str:
    """The name of a transaction, or the number of another operation."""
    return f"{'T' if anomaly.operations[number].name == 'txn' else ''}{number + 1}"


def reason(anomaly: Anomaly, edge: Edge) -> str:
    """Why one transaction comes before another, with the key if that is clear."""
    if edge.reason:
        return edge.reason
    key = edge_key(anomaly.operations[edge.before], anomaly.operations[edge.after], edge.kind)
    where = "" if key is None else f" of {key[0]!r}"
    kind = REASONS[edge.kind]
    if edge.kind == "wr":
        return f"{kind}{' to' if where else ''}{where.removeprefix(' of')} ({edge.kind})"
    return f"{kind.replace(' version', f' version{where}')} ({edge.kind})"


def edge_key(before: Operation, after: Operation, kind: str) -> tuple[Hashable] | None:
    """The key that an edge is about, in a tuple, if only one can be meant."""
    first, second = list(_steps(before)), list(_steps(after))
    written = {(key, value) for name, key, value in second if name != "r"}
    if kind == "wr":
        wrote = {(key, value) for name, key, value in first if name != "r"}
        found = {key for name, key, value in second if name == "r" and (key, _last(value)) in wrote}
    elif kind == "rw":
        seen = {key: value for name, key, value in reversed(first) if name == "r"}
        found = {key for key, value in written if key in seen and not _is_seen(seen[key], value)}
    elif kind == "ww":
        found = {key for name, key, _ in first if name != "r"} & {key for key, _ in written}
    else:
        return None
    return (found.pop(),) if len(found) == 1 else None


def keys_of(anomaly: Anomaly, number: int) -> set[Hashable]:
    """The keys of a transaction's edges, as far as they are clear."""
    found = set()
    for edge in anomaly.edges:
        key = edge_key(anomaly.operations[edge.before], anomaly.operations[edge.after], edge.kind)
        if number in (edge.before, edge.after) and key is not None:
            found.add(key[0])
    return found


def _steps(operation: Operation) -> Iterator[Step]:
    for step in operation.argument if operation.name == "txn" else ():
        yield str(step[0]).removeprefix(":"), step[1], step[2] if len(step) > len(("kind", "key")) else None


def _last(value: Any) -> Any:
    return (value[-1] if value else None) if isinstance(value, tuple) else value


def _is_seen(seen: Any, value: Any) -> bool:
    return value in seen if isinstance(seen, tuple) else value == seen


def transaction(operation: Operation, keys: set[Hashable]) -> str:
    """A transaction with its steps; of a long one those on some keys."""
    if operation.name != "txn" or not isinstance(operation.argument, tuple):
        return str(operation)
    steps = list(_steps(operation))
    shown = steps if len(steps) <= MOST_STEPS else [s for s in steps if s[1] in keys][:MOST_STEPS] or steps[:MOST_STEPS]
    rest = len(steps) - len(shown)
    more = f" and {rest} more step{'s' if rest > 1 else ''}" if rest else ""
    process = operation.process
    who = "somebody outside" if isinstance(process, tuple) and process[:1] == ("outside",) else str(process)
    return f"{who}: {' '.join(map(_step, shown))}{more}"


def _step(step: Step) -> str:
    kind, key, value = step
    if not isinstance(value, tuple):
        return f"{kind}({key!r}, {value!r})"
    elements = ", ".join(map(repr, value[-MOST_ELEMENTS:]))
    more = f"{len(value) - MOST_ELEMENTS} more, " if len(value) > MOST_ELEMENTS else ""
    return f"{kind}({key!r}, [{more}{elements}])"


_COLOURS: Final = {"ww": "#c62828", "wr": "#2e7d32", "rw": "#ef6c00", "session": "#1565c0", "realtime": "#6a1b9a"}
_SIZE, _NODE = 460, 18


def drawing(anomaly: Anomaly) -> Iterator[str]:
    """A cycle as SVG: its transactions on a circle, arrows in the colours of their kinds."""
    if not anomaly.edges:
        return
    count = len(anomaly.operations)
    middle, radius = _SIZE / 2, _SIZE / 2 - 50
    place = [
        (middle + radius * sin(2 * pi * at / count), middle - radius * cos(2 * pi * at / count)) for at in range(count)
    ]
    yield f'<svg class="cycle" width="{_SIZE}" height="{_SIZE}" role="img" aria-label="A cycle of {count} transactions"><defs>'
    for kind, colour in _COLOURS.items():
        yield (
            f'<marker id="{kind}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
            f'<path d="M0 0L8 4L0 8z" fill="{colour}"/></marker>'
        )
    yield "</defs>"
    for edge in anomaly.edges:
        yield from _arrow(anomaly, edge, place)
    for at, (x, y) in enumerate(place):
        full = escape(transaction(anomaly.operations[at], keys_of(anomaly, at)))
        yield (
            f'<g><title>{full}</title><circle cx="{x:.0f}" cy="{y:.0f}" r="{_NODE}"/>'
            f'<text x="{x:.0f}" y="{y + 4:.0f}" text-anchor="middle">{label(anomaly, at)}</text></g>'
        )
    yield "</svg>"


def _arrow(anomaly: Anomaly, edge: Edge, place: Sequence[tuple[float, float]]) -> Iterator[str]:
    """An arrow bent to its left, so that two in opposite directions lie apart."""
    (x1, y1), (x2, y2) = place[edge.before], place[edge.after]
    length = max(1.0, ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5)
    right, down = (x2 - x1) / length, (y2 - y1) / length
    bend = min(30.0, length / 4)
    x3, y3 = (x1 + x2) / 2 + bend * down, (y1 + y2) / 2 - bend * right
    starts = (x1 + _NODE * right + 4 * down, y1 + _NODE * down - 4 * right)
    ends = (x2 - _NODE * right + 4 * down, y2 - _NODE * down - 4 * right)
    colour = _COLOURS[edge.kind]
    side = "start" if down >= 0 else "end"
    yield (
        f'<path d="M{starts[0]:.0f} {starts[1]:.0f}Q{x3:.0f} {y3:.0f} {ends[0]:.0f} {ends[1]:.0f}" fill="none" '
        f'stroke="{colour}" stroke-width="2" marker-end="url(#{edge.kind})"><title>{escape(reason(anomaly, edge))}'
        f'</title></path><text class="name" x="{x3 + 4 * down:.0f}" y="{y3 + 4:.0f}" text-anchor="{side}">{edge.kind}</text>'
    )
