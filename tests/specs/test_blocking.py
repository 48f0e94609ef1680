"""Two-phase commit blocks when its coordinator crashes for good, and does not when it recovers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modelcheck import Verdict
from modelcheck.search import check
from modelcheck.search.report import PropertyReport
from modelcheck.spec.loading import load_spec

FILE = Path(__file__).resolve().parents[2] / "specs" / "commit" / "two_phase_commit_blocking.py"


def reported(cls: str, name: str, **constants: Any) -> PropertyReport:
    report = check(load_spec(f"{FILE}:{cls}")(**constants))
    return next(p for p in report.properties if p.name == name)


def test_it_blocks_when_the_coordinator_is_gone() -> None:
    """Both participants prepare, and the coordinator crashes: three steps."""
    blocked = reported("Blocking", "blocked")
    assert blocked.trace is not None
    assert [step.action for step in blocked.trace.steps].count("faults.crash") == 1
    assert len(blocked.trace.steps) == 3


def test_it_waits_for_ever() -> None:
    """In the state where nothing can happen any more, a participant is prepared."""
    deadlock = reported("Blocking", "deadlock")
    assert deadlock.verdict is Verdict.VIOLATED
    assert deadlock.trace is not None
    assert "PREPARED" in {status.name for status in deadlock.trace.states[-1].status.values()}


@pytest.mark.parametrize("constants", [{}, {"losses": 2}, {"crashes": 2}, {"participants": 3, "losses": 0}], ids=repr)
def test_with_a_log_everybody_hears_the_decision(constants: dict[str, Any]) -> None:
    """Where nothing can happen any more, everybody has decided, and alike."""
    assert reported("Recovering", "deadlock", **constants).verdict is Verdict.HOLDS
    assert reported("Recovering", "consistent", **constants).verdict is Verdict.HOLDS


def test_it_blocks_for_a_while_even_so() -> None:
    """Until the coordinator is back."""
    assert reported("Recovering", "blocked").verdict is Verdict.HOLDS
