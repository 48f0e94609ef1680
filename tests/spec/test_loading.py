"""Specs are found by the name of a file or module."""

from __future__ import annotations

import sys

import pytest

from modelcheck.spec.loading import load_spec

SOURCE = """
from modelcheck import Spec, action

class Example(Spec):
    def init(self):
        self.n = 0

    @action
    def same(self):
        self.n = 0
"""


@pytest.fixture
def _elsewhere(tmp_path, monkeypatch):
    """A working directory that nobody imports from."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [each for each in sys.path if each not in ("", str(tmp_path))])
    monkeypatch.setattr(sys, "modules", dict(sys.modules))


@pytest.mark.usefixtures("_elsewhere")
def test_a_module_is_found_in_the_working_directory(tmp_path):
    """Whether or not Python looks there by itself; the place is added once."""
    (tmp_path / "spec_of_the_working_directory.py").write_text(SOURCE)
    assert load_spec("spec_of_the_working_directory:Example").__name__ == "Example"
    load_spec("spec_of_the_working_directory")
    assert sys.path.count(str(tmp_path)) == 1
