"""A page about a run, in one file that needs no network: why its property is false, and the run step by step beside it.

The page allows itself no script but its own, told by hash, so that no text of a spec or a file can be run even if it were read as HTML.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape

from modelcheck.spec import Machine
from modelcheck.trace.explanation.reason import Reason
from modelcheck.trace.export.assets import asset, joined, source_hash
from modelcheck.trace.export.diagram import Diagram
from modelcheck.trace.export.run import run_json
from modelcheck.trace.text import Line, harmless, reason_lines
from modelcheck.trace.trace import Trace

_MODULES = ("dom.js", "sequence.js", "state.js", "page.js")
_STYLES = ("run.css", "page.css")
_GOOD = frozenset({"reachable", "log"})

_BODY = """<header>
<h1>{title}</h1>
{about}
</header>
<nav aria-label="Steps">
<button id="first" type="button" aria-label="First state" title="Home">|◀</button>
<button id="back" type="button" aria-label="Step back" title="left arrow, or k">◀</button>
<output id="where"></output>
<button id="forward" type="button" aria-label="Step forward" title="right arrow, or j">▶</button>
<button id="last" type="button" aria-label="Last state" title="End">▶|</button>
</nav>
<main>
<section id="diagram" aria-label="Diagram"></section>
<aside aria-label="The step and the state after it" tabindex="0">
<h2 id="action"></h2>
<ul id="changes"></ul>
<h2>State</h2>
<div id="filters"></div>
<div id="state" class="tables" tabindex="0" role="region" aria-label="State"></div>
</aside>
</main>
<noscript><p>The steps are shown by a script, which this browser does not run.</p></noscript>
<script type="application/json" id="run">{data}</script>
"""


def html(trace: Trace, diagram: Diagram, because: Reason | None = None, *, machine: Machine | None = None, place: str = "", note: str = "") -> str:
    """The page.

    Args:
        trace: The trace.
        diagram: Its diagram.
        because: Why its property is false at the end (or true), if that is known.
        machine: Its spec, if that is at hand.
        place: Where the property is written.
        note: What else is to be told before the run.
    """
    data = json.dumps(run_json(trace, diagram, machine), ensure_ascii=False).replace("<", "\\u003c")
    good = " good" if trace.kind in _GOOD and trace.observed is None else ""
    about = [f"<p>{escape(harmless(place))}</p>"] if place else []
    if because is not None:
        about.append(f'<div class="why{good}">{styled(reason_lines(because))}</div>')
    if note:
        about.append(f'<p class="is-note">{escape(harmless(note))}</p>')
    title = harmless(diagram.title)
    return one_file(title, _BODY.format(title=escape(title), about="\n".join(about), data=data), _STYLES, _MODULES)


def styled(found: Iterable[Line]) -> str:
    """Lines of text as HTML, in the styles of the terminal."""
    return "\n".join("".join(_span(text, style) for text, style in line) for line in lines_kept(found))


def lines_kept(found: Iterable[Line]) -> list[list[list[str]]]:
    """Lines as pairs of text and style, with what stands in front of them."""
    return [[[harmless(span.text), span.style] for span in line] for line in found]


def _span(text: str, style: str) -> str:
    return escape(text) if style == "plain" else f'<span class="is-{style}">{escape(text)}</span>'


def one_file(title: str, body: str, styles: Iterable[str], modules: Iterable[str] = (), *, style: str = "", script: str = "") -> str:
    """A whole page in one file, with a content policy that allows its own style and script and nothing else.

    Args:
        title: Its title.
        body: What is in it, as HTML without style attributes or scripts.
        styles: The style sheets of `assets` to put into it.
        modules: The ES modules, each after those that it imports.
        style: A style sheet of its own.
        script: A script of its own.
    """
    look = "\n".join(map(asset, styles)) + style
    run = "\n" + joined(tuple(modules)) + script
    policy = f"default-src 'none'; style-src {source_hash(look)}; script-src {source_hash(run)}; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{look}</style>\n</head>\n<body>\n{body}"
        f'<script type="module">{run}</script>\n</body>\n</html>\n'
    )
