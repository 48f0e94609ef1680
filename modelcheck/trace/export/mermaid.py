"""Sequence diagrams in the language of Mermaid, which GitHub and many wikis draw."""

from __future__ import annotations

import json
import re

from modelcheck.trace.export.diagram import Diagram, Message


def mermaid(diagram: Diagram) -> str:
    """The diagram as Mermaid text.

    A message is drawn where it is received; one that never is, where it was sent: crossed if it was lost, open-ended if it is still in flight.
    """
    names = {process: f"p{number}" for number, process in enumerate(diagram.processes)}
    lines = ["---", f"title: {json.dumps(diagram.title, ensure_ascii=False)}", "---", "sequenceDiagram"]
    lines += [f"    participant {names[process]} as {_plain(process)}" for process in diagram.processes]
    for event in [None, *diagram.events]:
        number = 0 if event is None else event.step
        if event is not None:
            if diagram.loop == number - 1:
                lines.append("    loop for ever")
            word = {"crash": "✕ ", "restart": "↻ "}.get(event.mark, "")
            lines += [_arrow(message, names, "->>") for message in diagram.messages if number in message.received]
            lines += [_arrow(message, names, "-x") for message in diagram.messages if message.lost == number]
            lines.append(f"    Note over {names[event.process]}: {word}{event.step}. {_plain(event.text)}")
        lines += [
            _arrow(message, names, "--)") for message in diagram.messages if message.sent == number and not message.received and message.lost is None
        ]
    if diagram.loop is not None and diagram.loop < len(diagram.events):
        lines.append("    end")
    elif diagram.loop is not None:
        lines.append(f"    Note over {names[diagram.processes[0]]}: for ever: nothing")
    return "\n".join(lines) + "\n"


def _arrow(message: Message, names: dict[str, str], arrow: str) -> str:
    return f"    {names[message.src]}{arrow}{names[message.dst]}: {_plain(message.text)}"


def _plain(text: str) -> str:
    """Text in which nothing means anything to Mermaid."""
    return re.sub(r"[#;:<>&%$`\\\"]", lambda found: f"#{ord(found[0])};", text.replace("\n", " "))
