"""State graphs as files: Graphviz's dot, SVG, GraphML."""

from __future__ import annotations

from collections import Counter
from xml.sax.saxutils import escape

from modelcheck.explorer.graph import Edge, Graph
from modelcheck.trace.text import harmless

_COLUMN, _ROW, _EDGE, _LETTERS, _LINES = 190, 120, 24, 26, 4
_HEAD = (
    '<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0 L8 4 L0 8 z" fill="#7b8a9c"/></marker></defs>'
)
_STYLE = """
text { font: 11px ui-monospace, monospace; fill: #1d2733 } .node rect { fill: #eef2f7; stroke: #7b8a9c } .initial rect { stroke-width: 2.5 }
.false rect { fill: #fdecea; stroke: #b3261e } .edge { fill: none; stroke: #7b8a9c } .label { fill: #43607f; font-size: 10px; paint-order: stroke;
stroke: #fff; stroke-width: 3px } svg { background: #fff }
"""


def dot(graph: Graph) -> str:
    """The graph for Graphviz."""
    lines = ["digraph states {", '  node [shape=box, fontname="monospace", fontsize=10];', '  edge [fontname="monospace", fontsize=9];']
    for number, node in enumerate(graph.nodes):
        marks = (", penwidth=2" if node.initial else "") + (', color="#b3261e"' if node.false else "")
        lines.append(f"  s{number} [label={_quoted(_text(graph, number))}{marks}];")
    lines += [f"  s{edge.source} -> s{edge.target} [label={_quoted(chr(10).join(edge.labels))}];" for edge in graph.edges]
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    text = harmless(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\l")
    return f'"{text}\\l"'


def _text(graph: Graph, number: int) -> str:
    node = graph.nodes[number]
    return "\n".join([node.text, *(f"{name} is false" for name in node.false)])


def graphml(graph: Graph) -> str:
    """The graph for editors of graphs."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
        *(f'<key id="{name}" for="{kind}" attr.name="{name}" attr.type="string"/>' for name, kind in (("state", "node"), ("false", "node"))),
        '<key id="step" for="edge" attr.name="step" attr.type="string"/>',
        '<graph edgedefault="directed">',
    ]
    lines += [
        f'<node id="s{number}"><data key="state">{_xml(node.text)}</data><data key="false">{_xml(", ".join(node.false))}</data></node>'
        for number, node in enumerate(graph.nodes)
    ]
    lines += [
        f'<edge source="s{edge.source}" target="s{edge.target}"><data key="step">{_xml(chr(10).join(edge.labels))}</data></edge>'
        for edge in graph.edges
    ]
    return "\n".join([*lines, "</graph>", "</graphml>"]) + "\n"


def _xml(text: str) -> str:
    return escape(harmless(text))


def svg(graph: Graph) -> str:
    """The graph as a picture."""
    left = min((node.x for node in graph.nodes), default=0)
    places = [(round((node.x - left) * _COLUMN) + _EDGE, node.level * _ROW + _EDGE) for node in graph.nodes]
    into = Counter(edge.target for edge in graph.edges if places[edge.source][1] < places[edge.target][1])
    width = max((x for x, _ in places), default=0) + _COLUMN
    height = max((y for _, y in places), default=0) + _ROW
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
        f"<title>{len(graph.nodes)} states</title><style>{_STYLE}</style>",
        _HEAD,
        *(_edge(edge, places, labelled=into[edge.target] == 1) for edge in graph.edges),
        *(_node(graph, number, places[number]) for number in range(len(graph.nodes))),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _node(graph: Graph, number: int, place: tuple[int, int]) -> str:
    node, (x, y) = graph.nodes[number], place
    kinds = " ".join(["node", *(["initial"] if node.initial else []), *(["false"] if node.false else [])])
    shown = _cut_lines(node.text)
    rows = "".join(f'<text x="{x + 6}" y="{y + 14 + 13 * at}">{_xml(line)}</text>' for at, line in enumerate(shown))
    return (
        f'<g class="{kinds}"><title>{_xml(_text(graph, number))}</title>'
        f'<rect x="{x}" y="{y}" width="{_COLUMN - 24}" height="{8 + 13 * len(shown)}" rx="4"/>{rows}</g>'
    )


def _cut_lines(text: str) -> list[str]:
    lines = text.split("\n")
    kept = lines if len(lines) <= _LINES else [*lines[: _LINES - 1], f"… {len(lines) - _LINES + 1} more"]
    return [line if len(line) <= _LETTERS - 2 else f"{line[: _LETTERS - 3]}…" for line in kept]


def _edge(edge: Edge, places: list[tuple[int, int]], *, labelled: bool) -> str:
    """An edge, with a label if no other leads down to the same node: two would stand upon each other."""
    half = (_COLUMN - 24) // 2
    (x1, y1), (x2, y2) = ((x + half, y) for x, y in (places[edge.source], places[edge.target]))
    title = f"<title>{_xml(chr(10).join(edge.labels))}</title>"
    if edge.source == edge.target:
        path = f"M{x1 + half} {y1 + 10} c 26 -14, 26 24, 0 14"
    elif y2 > y1:
        path = f"M{x1} {y1 + 20} C{x1} {y1 + 70}, {x2} {y2 - 50}, {x2} {y2}"
    else:
        path = f"M{x1 - half} {y1 + 12} C{x1 - half - 60} {y1}, {x2 - half - 60} {y2 + 30}, {x2 - half} {y2 + 14}"
    label = edge.labels[0] if len(edge.labels) == 1 else f"{edge.labels[0]} and {len(edge.labels) - 1} more"
    at = f'<text class="label" x="{x2 + 4}" y="{y2 - 5}">{_xml(label if len(label) <= _LETTERS else label[: _LETTERS - 1] + "…")}</text>'
    return f'<g>{title}<path class="edge" d="{path}" marker-end="url(#head)"/>{at if labelled and y2 > y1 else ""}</g>'

