"""Commands, given a trace that never ends."""

from __future__ import annotations

import json
from pathlib import Path

from attrs import evolve

from modelcheck.trace import write_trace

from ..trace.ring import Ring
from ..trace.test_lasso import ROUND, lasso

RING = Path(__file__).parents[1] / "trace" / "ring.py"


def test_commands_know_lassos(run, folder):
    """Replay, diff and the diagrams take the file as any other."""
    (folder / "rings.py").write_text(RING.read_text())
    _, found = lasso(Ring(), "served", ["want(n=1)", *ROUND], 1, n=1)
    write_trace(evolve(found, spec="Ring", source="rings.py"), folder / "one.json")
    write_trace(evolve(found, spec="Ring", source="rings.py", loop=len(found.states) - 1, steps=found.steps[:-1]), folder / "two.json")
    replayed = run("replay", "one.json", "--spec", "rings.py")
    assert (replayed.code, "served still fails in 1 step, then 3 for ever" in replayed.out) == (1, True)
    assert json.loads(run("replay", "one.json", "--spec", "rings.py", "--json").out)["loop"] == 3
    assert run("diff", "one.json", "one.json").code == 0
    differing = run("diff", "one.json", "two.json")
    assert differing.code == 1
    assert "nothing, for ever" in differing.out
    for kind in ("svg", "mermaid", "html", "shiviz", "json", "pytest", "itf"):
        assert run("trace", "one.json", "--to", kind, *(["--spec", "rings.py"] if kind in {"pytest", "html"} else [])).code == 0, kind
