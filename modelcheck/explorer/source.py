"""The source beside a step: the functions of the spec that it ran, and which of their lines."""

from __future__ import annotations

import ast
import linecache
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from modelcheck.spec import Machine, State, Step
from modelcheck.spec.choice import choosing
from modelcheck.spec.loading import shown_path
from modelcheck.spec.run import is_users
from modelcheck.statespace.recording.runs import PickingChooser
from modelcheck.trace.explanation.source import source_of
from modelcheck.trace.export.run import Json

_MOST_LINES = 400


def source_of_step(machine: Machine, state: State, step: Step) -> list[Json]:
    """The functions that a step ran, in the order of their calls: the place, and each line with whether it was run.

    Args:
        machine: The spec.
        state: Where the step is taken.
        step: The step.
    """
    ran: dict[str, set[int]] = {}
    functions: dict[CodeType, None] = {}

    def look(frame: FrameType, event: str, _: Any) -> Any:
        code = frame.f_code
        if not is_users(code.co_filename):
            return None
        if event == "call" and not code.co_name.startswith("<"):
            functions[code] = None
        if event == "line":
            ran.setdefault(code.co_filename, set()).add(frame.f_lineno)
        return look

    live, action = machine.thaw(state), machine.find(step.action, machine.actions)
    before = sys.gettrace()
    with choosing(PickingChooser(step.choices)):
        sys.settrace(look)
        try:
            action.run(live, step.arguments)
        finally:
            sys.settrace(before)
    return list(_told(functions, ran))


def _told(functions: dict[CodeType, None], ran: dict[str, set[int]]) -> Iterator[Json]:
    left = _MOST_LINES
    for code in functions:
        source = source_of(code)
        if source is None or source.node.end_lineno is None or left <= 0:
            continue
        body = source.node.body if isinstance(source.node.body, list) else [source.node.body]
        lines = range(source.node.lineno, source.node.end_lineno + 1)
        left -= len(lines)
        texts = linecache.getlines(code.co_filename)
        hit = ran.get(code.co_filename, set())
        code_lines = {node.lineno for part in body for node in ast.walk(part) if isinstance(node, ast.stmt) and not _is_text(node)}
        yield {
            "name": code.co_name,
            "place": f"{shown_path(Path(code.co_filename))}:{source.node.lineno}",
            "lines": [[number, texts[number - 1].rstrip("\n"), number in hit, number in code_lines] for number in lines if number <= len(texts)],
        }


def _is_text(node: ast.stmt) -> bool:
    """Whether a statement is a docstring."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
