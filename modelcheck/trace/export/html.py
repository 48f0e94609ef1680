"""A page that steps through a trace: the sequence diagram and the state side by side, in one file that needs no network."""

from __future__ import annotations

import json
from html import escape

from modelcheck.spec import State
from modelcheck.trace.export.diagram import Diagram
from modelcheck.trace.export.svg import svg
from modelcheck.trace.text import plain, state_lines
from modelcheck.trace.trace import Trace

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ margin: 0; font: 14px system-ui, sans-serif; color: #1d2733; display: grid; grid-template: auto 1fr / 3fr 2fr; height: 100vh }}
header {{ grid-column: 1 / 3; padding: 8px 16px; border-bottom: 1px solid #d5dce5; display: flex; gap: 12px; align-items: center; flex-wrap: wrap }}
h1 {{ font-size: 15px; margin: 0; flex: 1 }}
button {{ font: inherit; padding: 3px 10px }}
main, aside {{ overflow: auto; padding: 8px 16px }}
aside {{ border-left: 1px solid #d5dce5 }}
h2 {{ font-size: 14px; margin: 12px 0 4px }}
pre {{ font: 12.5px ui-monospace, monospace; margin: 0; white-space: pre-wrap; overflow-wrap: anywhere }}
pre.changed {{ background: #fff3c4 }}
.row, .event, .message {{ cursor: pointer }}
.later {{ opacity: .25 }}
@media (max-width: 800px) {{
  body {{ grid-template: auto 1fr 1fr / 1fr }}
  header {{ grid-column: 1 }}
  aside {{ border-left: 0; border-top: 1px solid #d5dce5 }}
}}
</style>
</head>
<body>
<header>
<h1>{title}</h1>
<button id="first" title="Home">|◀</button><button id="back" title="left arrow">◀</button>
<output id="where"></output>
<button id="forward" title="right arrow">▶</button><button id="last" title="End">▶|</button>
</header>
<main>{svg}</main>
<aside>
<h2 id="action"></h2>
<pre id="changes"></pre>
<h2>State</h2>
<div id="state"></div>
{ending}
</aside>
<script type="application/json" id="trace">{data}</script>
<script>
const trace = JSON.parse(document.getElementById("trace").textContent);
let now = 0;
function show(number) {{
  now = Math.max(0, Math.min(trace.length - 1, number));
  const step = trace[now], before = new Set(now ? trace[now - 1].state : step.state);
  document.getElementById("where").textContent = now + " / " + (trace.length - 1);
  document.getElementById("action").textContent = now ? now + ". " + step.action : "initial state";
  document.getElementById("changes").textContent = step.changes.join("\\n") || (now ? "nothing changes" : "");
  document.getElementById("state").replaceChildren(...step.state.map(line => {{
    const pre = document.createElement("pre");
    pre.textContent = line;
    if (!before.has(line)) pre.className = "changed";
    return pre;
  }}));
  for (const row of document.querySelectorAll(".row")) row.classList.toggle("now", +row.dataset.step === now);
  for (const event of document.querySelectorAll(".event")) event.classList.toggle("later", +event.dataset.step > now);
  for (const message of document.querySelectorAll(".message")) message.classList.toggle("later", +message.dataset.sent > now);
  const current = document.querySelector(".row.now");
  if (current) current.scrollIntoView({{block: "nearest"}});
  history.replaceState(null, "", "#" + now);
}}
document.getElementById("first").onclick = () => show(0);
document.getElementById("back").onclick = () => show(now - 1);
document.getElementById("forward").onclick = () => show(now + 1);
document.getElementById("last").onclick = () => show(trace.length - 1);
document.onkeydown = event => {{
  const to = {{ArrowLeft: now - 1, ArrowUp: now - 1, ArrowRight: now + 1, ArrowDown: now + 1, Home: 0, End: trace.length - 1}}[event.key];
  if (to !== undefined) {{ show(to); event.preventDefault(); }}
}};
for (const node of document.querySelectorAll("[data-step]")) node.onclick = () => show(+node.dataset.step);
show(parseInt(location.hash.slice(1)) || 0);
</script>
</body>
</html>
"""


def html(trace: Trace, diagram: Diagram, because: str = "") -> str:
    """The page.

    Args:
        trace: The trace.
        diagram: Its diagram.
        because: Why the property is false at the end, if that is known.
    """
    steps = [{"action": "", "changes": [], "state": _lines(trace.states[0])}]
    for event, state in zip(diagram.events, trace.states[1:], strict=True):
        steps.append({"action": event.text, "changes": list(event.changes), "state": _lines(state)})
    data = json.dumps(steps, ensure_ascii=False).replace("<", "\\u003c")
    ending = f"<h2>At the end</h2>\n<pre>{escape(because)}</pre>" if because else ""
    return _PAGE.format(title=escape(diagram.title), svg=svg(diagram, titled=False), data=data, ending=ending)


def _lines(state: State) -> list[str]:
    return [line.strip() for line in plain(state_lines(state)).splitlines()]
