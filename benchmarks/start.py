"""How long ``modelcheck check`` takes to start: the check of a spec of six states, beside a Python that imports only click and attrs.

``python benchmarks/start.py`` prints seconds of processor time and their ratio. The sides take turns, so that a machine that slows
down slows both down; the figures are medians of several runs, and the ratio is the median of the ratios of paired runs.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import click

SPEC = """
from modelcheck import Spec, action, invariant


class Counter(Spec):
    def init(self):
        self.n = 0

    @action
    def up(self):
        self.n = (self.n + 1) % 6

    @invariant
    def small(self):
        return self.n <= 5
"""


@click.command()
@click.option("--runs", default=9, show_default=True, help="Paired runs.")
def main(runs: int) -> None:
    """Print the processor time of both sides and their ratio."""
    pairs = []
    with tempfile.TemporaryDirectory() as place:
        spec = Path(place) / "counter.py"
        spec.write_text(SPEC, encoding="utf-8")
        for _ in range(runs):
            bare = _seconds("-c", "import attrs, click")
            pairs.append((bare, _seconds("-m", "modelcheck", "check", str(spec))))
    bare, check = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(b / a for a, b in pairs)
    click.echo(f"python with click and attrs {bare:.2f} s, modelcheck check {check:.2f} s: {ratio:.1f} times")


def _seconds(*arguments: str) -> float:
    """The processor time of a Python with these arguments."""
    before = os.times()
    subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


if __name__ == "__main__":
    main()
