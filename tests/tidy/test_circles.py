"""Modules import each other in one direction: no module needs itself, by whichever way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "modelcheck"
ALLOWED: set[frozenset[str]] = set()
"""Circles that are to go; a new one is not to come."""


def module_of(path: Path) -> str:
    """The dotted name of a file's module."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a module but for those that type checkers alone see."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from statements(child)


def needed(path: Path, modules: set[str]) -> set[str]:
    """The modules that a file imports, in functions too; of a package the modules that are named, or the package itself for other names."""
    found: set[str] = set()
    for node in statements(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (inner & modules) | ({node.module} if inner - modules else set())
    return found & modules


def circles(graph: dict[str, set[str]]) -> list[frozenset[str]]:
    """The sets of modules that all need each other."""
    reached: dict[str, set[str]] = {}
    for start in graph:
        waiting, seen = [start], set[str]()
        while waiting:
            for following in graph[waiting.pop()] - seen:
                seen.add(following)
                waiting.append(following)
        reached[start] = seen
    found = {frozenset(other for other in reached[name] if name in reached[other]) for name in graph if name in reached[name]}
    return sorted(found, key=sorted)


def test_no_module_needs_itself():
    """Whatever a module imports, at its top or in a function, does not import it in turn."""
    files = {module_of(path): path for path in PACKAGE.rglob("*.py")}
    native = {module_of(path) for path in PACKAGE.rglob("*.pyi")}
    graph = {name: needed(path, {*files, *native}) - {name, *native} for name, path in files.items()}
    assert sum(map(len, graph.values())) > 500
    found = set(circles(graph))
    assert found <= ALLOWED, sorted(map(sorted, found - ALLOWED))
    assert found == ALLOWED, f"no longer there, and to be taken from the list: {sorted(map(sorted, ALLOWED - found))}"


def test_a_circle_is_found():
    """By whichever way a module comes back to itself."""
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [frozenset({"b", "c"})]
