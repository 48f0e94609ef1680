"""Coverage of a spec: which of its lines a search ran, and which of its guards and conditions were ever true, and ever false.

A search runs an action's Python once for each path through it, and takes all other steps without it. So what is looked at here are recorded runs:
*ever* and *never* are exact, how often is not told. A line that was never run says that no reachable state leads there (or that the search was cut
short).
"""

from __future__ import annotations

import ast
import linecache
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType, FunctionType
from typing import Any

from attrs import define, field, frozen

from modelcheck.spec import Machine
from modelcheck.spec.choice import Cut, Disabled
from modelcheck.spec.run import is_users
from modelcheck.spec.shapes.shape import RecordShape, within

_GUARDS = ("require", "bound")
_END = -1
"""The line after the last one of a run."""


@frozen
class Condition:
    """A guard or a condition of the spec.

    Attributes:
        file: Where it is written.
        line: On which line it begins.
        kind: ``require``, ``bound``, ``if`` or ``while``.
        text: How it is written.
        was_true: Whether it ever was.
        was_false: Whether it ever was.
    """

    file: str
    line: int
    kind: str
    text: str
    was_true: bool
    was_false: bool


@define
class Coverage:
    """What a search ran of a spec's files; made by `covering`.

    Attributes:
        lines: By file, the lines that were run.
        arcs: By file, from which line a run went to which.
        stopped: By file, the lines on which a guard was false.
    """

    lines: dict[str, set[int]] = field(factory=dict)
    arcs: dict[str, set[tuple[int, int]]] = field(factory=dict)
    stopped: dict[str, set[int]] = field(factory=dict)

    def missed(self, machine: Machine) -> Iterator[tuple[str, int, str]]:
        """The statements of a spec that were never run: the file, the line, and its text."""
        for file, nodes in _functions(machine).items():
            run = self.lines.get(file, set())
            heads = {head.start: head for node in nodes for head in map(_head, _statements(node))}
            for line in sorted(line for line, head in heads.items() if run.isdisjoint(head)):
                yield file, line, linecache.getline(file, line).strip()

    def count(self, machine: Machine) -> tuple[int, int]:
        """How many lines with statements were run, of how many."""
        run = total = 0
        for file, nodes in _functions(machine).items():
            heads = {head.start: head for node in nodes for head in map(_head, _statements(node))}
            total += len(heads)
            run += sum(not self.lines.get(file, set()).isdisjoint(head) for head in heads.values())
        return run, total

    def conditions(self, machine: Machine) -> Iterator[Condition]:
        """The guards and conditions that were evaluated."""
        for file, nodes in _functions(machine).items():
            for node in nodes:
                for statement in _statements(node):
                    found = self._condition(file, statement)
                    if found is not None and (found.was_true or found.was_false):
                        yield found

    def _condition(self, file: str, node: ast.stmt) -> Condition | None:
        arcs, stopped = self.arcs.get(file, set()), self.stopped.get(file, set())
        if isinstance(node, (ast.If, ast.While)):
            inside = range(node.lineno, (node.test.end_lineno or node.lineno) + 1)
            left = {to for start, to in arcs if start in inside and to not in inside}
            was_true = node.body[0].lineno in left or (node.body[0].lineno in inside and bool(self.lines.get(file, set()) & set(inside)))
            kind = "if" if isinstance(node, ast.If) else "while"
            return Condition(file, node.lineno, kind, ast.unparse(node.test), was_true, bool(left - {node.body[0].lineno}))
        guard = _guard(node)
        if guard is not None:
            inside = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            was_true = any(start in inside and to not in inside for start, to in arcs)
            return Condition(file, node.lineno, guard, ast.unparse(node), was_true, bool(stopped & set(inside)))
        return None


@contextmanager
def covering() -> Iterator[Coverage]:
    """Note what is run of users' files within the block, on this thread and on those that are started in it."""
    found = Coverage()
    before = sys.gettrace()
    look = _look(found)
    threading.settrace(look)
    sys.settrace(look)
    try:
        yield found
    finally:
        sys.settrace(before)
        threading.settrace(before)


def _look(found: Coverage) -> Callable[[FrameType, str, Any], Any]:
    known: dict[CodeType, bool] = {}

    def look(frame: FrameType, event: str, _: Any) -> Any:
        code = frame.f_code
        if code not in known:
            known[code] = is_users(code.co_filename)
        return _frame(found, code) if known[code] and event == "call" else None

    return look


def _frame(found: Coverage, code: CodeType) -> Callable[[FrameType, str, Any], Any]:
    """Notes the lines of one run of a function. A comprehension within a condition is no way out of the condition."""
    file = code.co_filename
    lines, stopped = found.lines.setdefault(file, set()), found.stopped.setdefault(file, set())
    arcs = set[tuple[int, int]]() if code.co_name.startswith("<") else found.arcs.setdefault(file, set())
    last: list[int] = []
    ended: list[bool] = []

    def look(frame: FrameType, event: str, told: Any) -> Any:
        if event == "line":
            lines.add(frame.f_lineno)
            arcs.update((line, frame.f_lineno) for line in last)
            last[:] = [frame.f_lineno]
            ended.clear()
        elif event == "exception":
            ended[:] = [True]
            if issubclass(told[0], (Disabled, Cut)):
                stopped.add(frame.f_lineno)
        elif event == "return" and not ended:
            arcs.update((line, _END) for line in last)
        return look

    return look


def _functions(machine: Machine) -> dict[str, list[ast.FunctionDef]]:
    """The methods of a spec, its records and their bases that are written in users' files, by file."""
    classes = {base for shape in _record_classes(machine) for base in shape.__mro__}
    codes = {
        (function.__code__.co_filename, function.__code__.co_firstlineno)
        for cls in classes
        for function in vars(cls).values()
        if isinstance(function, FunctionType) and is_users(function.__code__.co_filename)
    }
    found: dict[str, list[ast.FunctionDef]] = {}
    for file in sorted({file for file, _ in codes}):
        try:
            tree = ast.parse("".join(linecache.getlines(file)))
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)]) if isinstance(node, ast.FunctionDef) else 0
            if isinstance(node, ast.FunctionDef) and (file, first) in codes:
                found.setdefault(file, []).append(node)
    return found


def _head(node: ast.stmt) -> range:
    """The lines of a statement without the statements in it; a run may show itself on any of them."""
    body = getattr(node, "body", None) or getattr(node, "cases", None)
    if not body:
        return range(node.lineno, (node.end_lineno or node.lineno) + 1)
    first = min((part.lineno for part in body if isinstance(part, ast.stmt)), default=node.lineno + 1)
    return range(node.lineno, max(first, node.lineno + 1))


def _guard(node: ast.stmt) -> str | None:
    """The name of the guard that a statement is; None if it is none."""
    called = node.value.func if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None
    return called.id if isinstance(called, ast.Name) and called.id in _GUARDS else None


def _record_classes(machine: Machine) -> Iterator[type]:
    yield from (shape.cls for shape in within(machine.shape) if isinstance(shape, RecordShape))
    yield machine.cls


def _statements(function: ast.FunctionDef) -> Iterator[ast.stmt]:
    """The statements of a function that are run as such: no docstrings, no definitions."""
    for part in function.body:
        for node in ast.walk(part):
            is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if isinstance(node, ast.stmt) and not is_text and not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Global, ast.Nonlocal)):
                yield node
