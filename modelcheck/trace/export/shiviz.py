"""Logs with vector clocks, as ShiViz reads them: two lines per event, after the parser's expression.

Every event advances the clock of its own process; one that receives a message also learns what the sender knew. The edges of the picture follow from
that alone.
"""

from __future__ import annotations

import json
import re

from modelcheck.trace.export.diagram import Diagram

PARSER = r"(?<event>.*)\n(?<host>\S*) (?<clock>{.*})"


def shiviz(diagram: Diagram) -> str:
    """The diagram as a ShiViz log, to be uploaded as it is."""
    clocks: dict[str, dict[str, int]] = {}
    at: dict[int, dict[str, int]] = {0: {}}
    lines = [PARSER, ""]
    for event in diagram.events:
        host = _host(event.process)
        clock = clocks.setdefault(host, {})
        for message in diagram.messages:
            if event.step in message.received:
                for other, count in at[message.sent].items():
                    clock[other] = max(clock.get(other, 0), count)
        clock[host] = clock.get(host, 0) + 1
        at[event.step] = dict(clock)
        lines += [event.text.replace("\n", " "), f"{host} {json.dumps(clock)}"]
    return "\n".join(lines) + "\n"


def _host(process: str) -> str:
    return re.sub(r"\s+", "_", process)
