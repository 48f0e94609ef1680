"""A spec whose file is saved while it is checked: what was imported is checked, and what stands in the file now is nobody's concern."""

from __future__ import annotations

import sys

from modelcheck import check
from modelcheck.spec.loading import load_spec

SPEC = """
from modelcheck import Spec, action, choose, invariant, require


class Saved(Spec):
    def init(self) -> None:
        self.seen = set()

    def rest(self):
        return {1, 2, 3} - self.seen

    @action(rest)
    def see(self, n: int) -> None:
        self.seen.add(n)

    @invariant
    def few(self) -> bool:
        return len(self.seen) <= 3
"""


def test_a_file_that_is_saved_during_a_check_changes_nothing(tmp_path, monkeypatch):
    """Whatever stands on the lines of a function now: other functions, classes, nothing."""
    monkeypatch.setattr(sys, "path", sys.path[:])
    for number, lines in enumerate(["class Other:\n    x = 1\n" * 20, "def other():\n    return {1}\n" * 20, "", "\n" * 9 + SPEC]):
        file = tmp_path / f"saved{number}.py"
        file.write_text(SPEC)
        spec = load_spec(file)()
        file.write_text(lines)
        assert check(spec).states == 8
