"""Real systems beside their specs: a store over TCP, nondeterministic specs, hidden actions, and adapters that misbehave."""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from modelcheck import Spec, action, choose, require
from modelcheck.conformance import Adapter, AdapterError, Nonconformance, conformance
from modelcheck.errors import UsageError

QUICK = settings(max_examples=30, stateful_step_count=20, database=None, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def store():
    """The module of the example, which lies beside this one."""
    found = importlib.util.spec_from_file_location("kv_store", Path(__file__).with_name("kv_store.py"))
    module = importlib.util.module_from_spec(found)
    sys.modules["kv_store"] = module
    found.loader.exec_module(module)
    return module


def run(spec, adapter, **options):
    changes = {name: options.pop(name) for name in list(options) if name in {"phases", "max_examples", "stateful_step_count"}}
    run_state_machine_as_test(conformance(spec, adapter, **options), settings=settings(QUICK, **changes))


def test_a_correct_store_conforms():
    """Three replicas over TCP with quorums that meet do what a register does."""
    found = store()
    run(found.Register(), found.StoreAdapter)


def test_the_quorum_bug_is_found_and_shrunk():
    """A read quorum of one returns a stale value: a replica is cut off, misses a write, comes back, and is asked."""
    found = store()
    with pytest.raises(Nonconformance) as caught:
        run(found.Register(), found.CarelessAdapter, max_examples=100, stateful_step_count=8)
    text = str(caught.value)
    actions = [line.split(". ")[1].split("(")[0] for line in text.splitlines() if line[:1].isdigit()]
    assert actions in (["cut", "put", "heal", "get"], ["cut", "put", "heal", "cut", "get"])
    assert "answer is 'a', not None" in text or "answer is 'b', not None" in text


class Coin(Spec):
    """Decides by itself; what it decided shows later, and stays."""

    def init(self) -> None:
        self.side: str | None = None
        self.shown: str | None = None

    @action
    def toss(self) -> None:
        self.side = choose(("heads", "tails"))
        self.shown = None

    @action
    def show(self) -> None:
        require(self.side)
        self.shown = self.side


class RealCoin(Adapter):
    """Tosses in a fixed order."""

    def setup(self) -> None:
        self.tosses = 0

    def toss(self) -> None:
        self.tosses += 1

    def show(self):
        return {"shown": "heads" if self.tosses % 3 else "tails"}


def test_a_nondeterministic_spec_keeps_all_explanations():
    """The toss has two outcomes that cannot be seen yet; both are kept until the coin is shown."""
    run(Coin(), RealCoin)


def test_an_explanation_once_excluded_stays_so():
    """A coin that shows another side without a toss has no explanation."""

    class Turning(RealCoin):
        def show(self):
            self.tosses += 1
            return super().show()

    with pytest.raises(Nonconformance, match=r"shown is '(heads|tails)', not '(heads|tails)'"):
        run(Coin(), Turning, max_examples=100)


def test_what_the_adapter_does_not_drive_is_hidden():
    """A coin that tosses by itself is explained by hidden steps."""

    class Showing(Adapter):
        def setup(self) -> None:
            self.shows = 0

        def show(self):
            self.shows += 1
            return {"shown": "heads" if self.shows % 2 else "tails"}

    run(Coin(), Showing)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("raise ValueError('no coin')", "toss() of the adapter raised ValueError: no coin"),
        ("time.sleep(30)", "toss() of the adapter took longer than 0.2 s"),
        ("return 7", "toss() of the adapter returned 7"),
        ("return {'sdie': 1}", "did you mean 'side'"),
    ],
)
def test_an_adapter_that_misbehaves_is_told(body, told):
    """An adapter that raises, hangs or returns nonsense is one message, and no nonconformance."""
    scope = {"Adapter": Adapter, "time": time}
    exec(f"class Bad(Adapter):\n    def toss(self):\n        {body}", scope)
    with pytest.raises(AdapterError) as caught:
        run(Coin(), scope["Bad"], timeout_s=0.2, phases=[Phase.generate], max_examples=1)
    assert told in str(caught.value)


def test_an_adapter_without_any_action_is_refused():
    """A mistyped method is no action, and is told with the nearest one."""

    class Bad(Adapter):
        def tos(self) -> None: ...

    with pytest.raises(UsageError, match="did you mean 'toss'"):
        conformance(Coin(), Bad)
