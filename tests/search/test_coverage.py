"""Coverage of a spec: what was never run, never true, never false; as data for coverage.py."""

from __future__ import annotations

import sys

import pytest

from modelcheck import check
from modelcheck.cli.covered import coverage_lines
from modelcheck.search.coverage import covering
from modelcheck.spec import machine_of
from modelcheck.spec.loading import load_spec
from modelcheck.trace.text import plain

SPEC = """
from modelcheck import Process, Spec, action, bound, invariant, require


class Node(Process):
    n: int = 0

    def count(self) -> None:
        self.n += 1

    def unused(self) -> None:
        self.n = 7


class Half(Spec):
    limit: int = 3

    def init(self) -> None:
        self.node = {0: Node()}

    def helper(self, n: int) -> bool:
        if any(n > 99 for n in range(3)):
            return False
        return n < 5

    @action
    def go(self) -> None:
        node = self.node[0]
        require(node.up)
        require(
            node.n
            < self.limit
        )
        bound(node.n < 9)
        if (
            node.n == 1
            and self.helper(node.n)
        ):
            node.count()
        elif node.n > 90:
            node.n = 0
        else:
            node.n += 1
        while node.n > 50:
            node.n -= 1

    @invariant
    def fine(self) -> bool:
        \"\"\"A docstring is no line that runs.\"\"\"
        return self.node[0].n < 100
"""


@pytest.fixture
def spec(tmp_path, monkeypatch):
    """A spec of which half is never reached."""
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "half.py"
    file.write_text(SPEC)
    return load_spec(file)()


@pytest.mark.parametrize("workers", [1, 2])
def test_what_never_happens_is_told(spec, workers):
    """Lines, guards over several lines, conditions of several parts, and comprehensions within them."""
    with covering() as found:
        check(spec, keep_going=True, workers=workers)
    lines = [" ".join(line.split()) for line in plain(coverage_lines(machine_of(spec), found)).splitlines()]
    told = {line.split("half.py:")[0].strip() + " " + line.split(" ", 3)[-1] for line in lines if "half.py" in line}
    assert {line.partition("half.py")[0].strip() for line in lines if "half.py" in line} == {"never run", "never true", "never false"}
    missed = [line.split(" ", 3)[3] for line in lines if line.startswith("never run")]
    assert missed == ["self.n = 7", "return False", "node.n = 0", "node.n -= 1"]
    one_sided = [(line.split()[1], line.split(" ", 3)[3]) for line in lines if line.startswith(("never true", "never false"))]
    assert one_sided == [
        ("true", "if any((n > 99 for n in range(3)))"),
        ("false", "require(node.up)"),
        ("false", "bound(node.n < 9)"),
        ("true", "if node.n > 90"),
        ("true", "while node.n > 50"),
    ]
    assert len(told) == 9


def test_all_is_covered(tmp_path, monkeypatch):
    """Where nothing is missed, that is said."""
    monkeypatch.setattr(sys, "path", sys.path[:])
    (tmp_path / "small.py").write_text(
        "from modelcheck import Spec, action, require\n\n\nclass Small(Spec):\n    def init(self) -> None:\n        self.n = 0\n\n"
        "    @action\n    def go(self) -> None:\n        require(self.n < 2)\n        self.n += 1\n"
    )  # fmt: skip
    spec = load_spec(tmp_path / "small.py")()
    with covering() as found:
        check(spec, keep_going=True)
    assert "every line was run" in plain(coverage_lines(machine_of(spec), found))
    assert found.count(machine_of(spec)) == (3, 3)


def test_tracing_ends_with_the_block(spec):
    """Whatever was traced before is traced again."""
    before = sys.gettrace()
    with covering():
        check(spec)
    assert sys.gettrace() is before
