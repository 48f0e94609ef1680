"""The packages import in one direction only, and the heavy libraries stay where they belong."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "modelcheck"
LAYERS = [
    "errors", "limits", "values", "spec", "parts", "trace", "verdict", "statespace", "liveness", "symmetry", "diagrams", "disk",
    "search",
    "symbolic", "consistency", "conformance", "explorer", "cli", "pytest_plugin",
]  # fmt: skip
SOURCES = [path for path in sorted(PACKAGE.rglob("*.py")) if path.relative_to(PACKAGE).parts[0] not in {"__init__.py", "__main__.py"}]


def layer(path: Path) -> str:
    """The package below ``modelcheck`` that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """The modules that a file imports, at its top or inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names if node.module == "modelcheck"}
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_package_imports_only_from_those_before_it(path):
    """A module imports only from its own package and from the layers below."""
    own = LAYERS.index(layer(path))
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "modelcheck" and len(parts) > 1 and parts[1] in LAYERS:
            assert LAYERS.index(parts[1]) <= own, f"{path.name} imports {name}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_module_imports_the_root(path):
    """No module of the package imports the package itself, whose names are for users."""
    assert "modelcheck" not in imported(path)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_module_says_what_it_is(path):
    """Every module begins with a docstring."""
    assert ast.get_docstring(ast.parse(path.read_text()))


def test_a_check_imports_neither_the_solver_nor_hypothesis():
    """The modules that a check needs load neither z3 nor Hypothesis."""
    code = "import sys, modelcheck, modelcheck.search, modelcheck.cli; print(sorted({'z3', 'hypothesis', 'pytest'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
