"""What the packages offer is there, says what it is, and is told of in the documents."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

PUBLIC = ["modelcheck", *(f"modelcheck.{name}" for name in ("parts", "search", "symbolic", "conformance", "consistency", "trace", "limits"))]
GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "python.md").read_text()


@pytest.mark.parametrize("package", PUBLIC)
def test_what_a_package_lists_can_be_imported_and_says_what_it_is(package):
    """Each name of ``__all__`` exists; classes and functions have a docstring of their own."""
    module = importlib.import_module(package)
    for name in module.__all__:
        found = getattr(module, name)
        assert not callable(found) or found.__doc__, name


def test_the_root_is_small():
    """About forty names: what every spec needs, and what works on specs."""
    assert len(importlib.import_module("modelcheck").__all__) <= 41


@pytest.mark.parametrize("package", [each for each in PUBLIC if each not in {"modelcheck.search", "modelcheck.limits"}])
def test_the_guide_names_each_package(package):
    """Those of the search and of limits are names of the root."""
    assert f"`{package}`" in GUIDE
