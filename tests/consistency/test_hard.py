"""Histories with many clients and many operations that never returned: what decides them, and that it is right."""

from __future__ import annotations

import random

import pytest

from modelcheck.consistency import CasRegister, History, Mutex, check_history
from modelcheck.consistency.linearizability.kernel._linearizability import Outcome
from modelcheck.consistency.linearizability.problem import Problem
from modelcheck.consistency.linearizability.procedures import Part, decide_part
from modelcheck.limits.deadline import Allowance
from modelcheck.verdict import Verdict

from ..oracles.linearizability import linearizable
from .generate import OBJECTS, random_history
from .hard import busy_history

NOWHERE = 7_000_000


@pytest.mark.parametrize("wrong_at", [0.5, 0.999])
@pytest.mark.parametrize("values", [5, 20])
def test_a_bad_history_of_forty_clients_with_lost_operations_is_refuted(values, wrong_at):
    """A value that nobody wrote is found among 40 clients and 50 lost operations."""
    history = busy_history(
        CasRegister(0), clients=40, operations=1000, lost=0.05, values=values, wrong_at=wrong_at, wrong=NOWHERE
    )
    assert decide_part(Part(None, tuple(history)), CasRegister(0), Allowance(60)).verdict is Verdict.VIOLATED


def test_lost_operations_are_counted_when_reuse_would_explain_too_much():
    """Lost releases that may be reused explain everything; the relaxed frontier is refined until it says so."""
    history = busy_history(Mutex(), clients=4, operations=40, lost=0.1, seed=22, wrong_at=0.5, wrong=True)
    search = Problem(history, Mutex(), is_part=True).search
    exact = search.frontier(width=0, seconds=60, memory=1 << 30)[0]
    once = search.relaxed(width=1 << 12, seconds=60, memory=1 << 30, rounds=1)[0]
    refined = search.relaxed(width=1 << 12, seconds=60, memory=1 << 30)[0]
    assert (exact, once, refined) == (Outcome.violated, Outcome.truncated, Outcome.violated)


def test_an_explanation_from_a_start_contradicts_itself(monkeypatch):
    """What returned before the start, the core, and all others optional are not linearizable together."""
    monkeypatch.setattr("modelcheck.consistency.report.explanation.SMALL", 2)
    seen = 0
    for seed in range(120):
        chance = random.Random(f"start {seed}")
        object_ = OBJECTS[seed % len(OBJECTS)]
        history = random_history(chance, object_, operations=13, clients=3, values=3, lost=0.05, wrong=2)
        explanation = check_history(History(history), object_).explanation
        if explanation is None or explanation.start is None or explanation.key is not None:
            continue
        seen += 1
        returned = sorted(o.finish for o in history if o.finish is not None)
        until = returned[explanation.start.returned - 1]
        kept = [
            o if o in explanation.core or (o.finish is not None and o.finish <= until) else o.optional()
            for o in history
        ]
        assert not linearizable(kept, object_), seed
    assert seen > 3
