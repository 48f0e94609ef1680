"""Which parts of a property its runs came to: a conclusion that was never evaluated says nothing.

``not p or q``, ``if p: assert q`` and ``all(q for x in xs if p)`` hold whatever ``q`` is if ``p`` is never true. Each way through a property is a
recorded run, so what none of them evaluated was evaluated in no state that the search has met. The runs are traced, instruction by instruction,
until all parts of the property were met, which for most takes the first few; those of ten thousand runs that did not meet them cost half a second,
and then nothing is said of the property.

*Choices.* Parts are what a property concludes: what it asserts, returns or decides on, each side of ``and`` and ``or`` but the first, the branches of
a conditional expression, and the elements of a comprehension. What only says that the property is false (``return False``, ``raise``, the message of
an ``assert``) is none, and neither is what stands behind a condition on constants alone.

*Limits.* A loop that passes over elements since it has nothing to do for them (`modelcheck.statespace.recording.filters`) counts as having come to
all that is in the function or comprehension that it is in. What a property calls is not looked at. Where somebody else traces (a debugger, a
measurement of coverage), nothing is found out.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

from attrs import define, frozen

from modelcheck.spec import Declaration, Role
from modelcheck.spec.code import code_of
from modelcheck.spec.run import is_users
from modelcheck.trace.explanation.source import Source, source_of

_COMPREHENSIONS = (ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp)
_MOST_RUNS = 10_000
_JUDGED = (Role.INVARIANT, Role.STEP)


@frozen(eq=False)
class Part:
    """What a property concludes somewhere.

    Attributes:
        text: As it was written.
        line: Where, in its file.
        empties: Whether it is what a comprehension makes of an element, and the text that of the comprehension.
    """

    text: str
    line: int
    empties: bool = False


@define
class _Watched:
    """The parts of a property that no run came to so far, by the instructions that evaluate them."""

    missing: dict[CodeType, dict[int, list[Part]]]
    parts: list[Part]
    runs: int = 0

    def reach(self, code: CodeType, offset: int) -> None:
        for part in self.missing[code].pop(offset, ()):
            if part in self.parts:
                self.parts.remove(part)


class Coverage:
    """What the properties of an exploration came to.

    Args:
        constants: The names of the spec's constants.
    """

    def __init__(self, constants: Collection[str]) -> None:
        self._constants = frozenset(constants)
        self._watched: dict[Declaration, _Watched] = {}

    @contextmanager
    def watching(self, declared: Declaration) -> Iterator[None]:
        """Note what the run of a property within the block comes to."""
        watched = self._watched.get(declared)
        if watched is None:
            watched = self._watched[declared] = _watched(declared, self._constants)
        if not watched.parts:
            yield
            return
        watched.runs += 1
        if sys.gettrace() is not None or watched.runs > _MOST_RUNS:
            watched.parts.clear()
            yield
            return
        sys.settrace(_tracer(watched))
        try:
            yield
        finally:
            sys.settrace(None)

    def met_all(self, declared: Declaration) -> bool:
        """Whether runs of a property need not be watched any more."""
        watched = self._watched.get(declared)
        return watched is not None and not watched.parts

    def met(self, code: CodeType) -> None:
        """Note that elements were passed over in a loop of this code: a copy of its condition was evaluated instead."""
        for watched in self._watched.values():
            for each in _codes(code) if code in watched.missing else ():
                for offset in list(watched.missing.get(each, ())):
                    watched.reach(each, offset)

    def missed(self, declared: Declaration) -> Part | None:
        """The first part of a property that no run came to."""
        watched = self._watched.get(declared)
        return None if watched is None else min(watched.parts, key=lambda part: part.line, default=None)


def _tracer(watched: _Watched) -> Any:
    def called(frame: FrameType, _event: str, _value: Any) -> Any:
        if frame.f_code not in watched.missing:
            return None
        frame.f_trace_lines = False
        frame.f_trace_opcodes = True
        return traced

    def traced(frame: FrameType, event: str, _value: Any) -> Any:
        if event == "opcode":
            watched.reach(frame.f_code, frame.f_lasti)
        return traced

    return called


def _watched(declared: Declaration, constants: frozenset[str]) -> _Watched:
    code = code_of(declared.function)
    source = source_of(code) if declared.role in _JUDGED and is_users(code.co_filename) else None
    if source is None or isinstance(source.node, ast.Lambda):
        return _Watched({}, [])
    nodes = [(node, part) for node, part in _parts(source) if not _is_behind_constants(source, node, constants)]
    missing: dict[CodeType, dict[int, list[Part]]] = {}
    for each in _codes(code):
        for offset, (line, _, column, _) in zip(range(0, len(each.co_code), 2), each.co_positions(), strict=False):
            found = [part for node, part in nodes if line is not None and column is not None and _holds(node, line, column)]
            if found:
                missing.setdefault(each, {})[offset] = found
    evaluated = [part for by_offset in missing.values() for parts in by_offset.values() for part in parts]
    return _Watched(missing, [part for _, part in nodes if part in evaluated])


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _holds(node: ast.expr, line: int, column: int) -> bool:
    """Whether an instruction that begins at some place is one of an expression."""
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return (node.lineno, node.col_offset) <= (line, column) < (node.end_lineno, node.end_col_offset)


# Parts -----------------------------------------------------------------------------------------------------------------------------------------


def _parts(source: Source) -> Iterator[tuple[ast.expr, Part]]:
    """What a property concludes, and where, in the order in which it is written."""
    for statement in source.node.body if isinstance(source.node.body, list) else ():
        yield from _of_statement(source, statement)


def _of_statement(source: Source, statement: ast.stmt) -> Iterator[tuple[ast.expr, Part]]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Raise)):
        return
    for name, value in ast.iter_fields(statement):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.stmt):
                yield from _of_statement(source, child)
            elif isinstance(child, ast.match_case):
                for inner in child.body:
                    yield from _of_statement(source, inner)
            elif isinstance(child, ast.expr) and not (isinstance(statement, ast.Assert) and name == "msg"):
                if isinstance(statement, (ast.Assert, ast.Return, ast.If)):
                    yield from _part(source, child)
                yield from _inside(source, child)


def _inside(source: Source, node: ast.AST) -> Iterator[tuple[ast.expr, Part]]:
    """The parts of an expression that are not evaluated each time that it is."""
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.BoolOp):
        for value in node.values[1:]:
            yield from _part(source, value)
    elif isinstance(node, ast.IfExp):
        yield from _part(source, node.body)
        yield from _part(source, node.orelse)
    elif isinstance(node, _COMPREHENSIONS):
        made = node.value if isinstance(node, ast.DictComp) else node.elt
        yield made, Part(source.text(node), made.lineno, empties=True)
    for child in ast.iter_child_nodes(node):
        yield from _inside(source, child)


def _part(source: Source, node: ast.expr) -> Iterator[tuple[ast.expr, Part]]:
    if any(isinstance(each, (ast.Name, ast.Attribute, ast.Call)) for each in ast.walk(node)):
        yield node, Part(source.text(node), node.lineno)


def _is_behind_constants(source: Source, node: ast.expr, constants: frozenset[str]) -> bool:
    """Whether a condition on constants alone may be what keeps a part from being evaluated."""
    place = (node.lineno, node.col_offset)
    return any((test.lineno, test.col_offset) < place and _is_constant(source, test, constants) for test in _tests(source.node))


def _tests(function: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        if isinstance(node, (ast.If, ast.IfExp, ast.While)):
            yield node.test
        elif isinstance(node, ast.BoolOp):
            yield from node.values[:-1]
        elif isinstance(node, ast.comprehension):
            yield from node.ifs


def _is_constant(source: Source, test: ast.expr, constants: frozenset[str]) -> bool:
    arguments = source.node.args
    bound = {each.arg for each in (*arguments.posonlyargs, *arguments.args)}
    bound |= {each.id for each in ast.walk(source.node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    of_constants = {
        id(each.value)
        for each in ast.walk(test)
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.attr in constants
    }
    return all(each.id not in bound or id(each) in of_constants for each in ast.walk(test) if isinstance(each, ast.Name))
