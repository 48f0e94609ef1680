"""A trace as plain JSON: every value as the text that people read, for scripts that want to show something."""

from __future__ import annotations

import json
from typing import Any

from modelcheck.trace.diff import changes
from modelcheck.trace.trace import Trace
from modelcheck.values import show


def plain_json(trace: Trace) -> str:
    """The trace as a JSON object, with the changes that each step made."""
    whole = trace.unrolled()
    document: dict[str, Any] = {
        "spec": trace.spec,
        "source": trace.source,
        "constants": {name: show(value) for name, value in trace.constants.items()},
        "property": trace.property,
        "kind": trace.kind,
        "arguments": {name: show(value) for name, value in trace.arguments.items()},
        "initial": {name: show(value) for name, value in trace.states[0].items()},
        "steps": [
            {
                "action": step.action,
                "arguments": {name: show(value) for name, value in step.arguments.items()},
                "choices": list(map(show, step.choices)),
                "changes": [
                    {"path": c.path, "kind": c.kind, "old": c.old or None, "new": c.new or None}
                    for c in changes(whole.states[number], whole.states[number + 1])
                ],
            }
            for number, step in enumerate(trace.steps)
        ],
        "loop": trace.loop,
        "fair": {name: strength.value for name, strength in trace.fair.items()},
        "found_by": trace.found_by,
        "observed": trace.observed,
        "schema": 1,
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
