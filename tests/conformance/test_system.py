"""Real systems beside their specs: a store over TCP, nondeterministic specs, hidden actions, and adapters that misbehave."""

from __future__ import annotations

import asyncio
import importlib.util
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from modelcheck import Spec, action, choose, require
from modelcheck.cli.command import modelcheck
from modelcheck.conformance import Adapter, AdapterError, Nonconformance, conformance
from modelcheck.errors import UsageError
from modelcheck.limits import Limits

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


def once(adapter, **options):
    """The error of an adapter that misbehaves, and what is left running."""
    before = threading.active_count()
    with pytest.raises(AdapterError) as caught:
        run(Coin(), adapter, phases=[Phase.generate], max_examples=2, **options)
    return caught.value, threading.active_count() - before


def place_of(function, line):
    """The place of a line of a function, counted from its first one."""
    return f"{Path(__file__).name}:{function.__code__.co_firstlineno + line}"


def test_an_adapter_that_raises_is_told_with_its_place():
    """The exception, and the line of the adapter that it comes from."""

    class Bad(Adapter):
        def toss(self):
            raise ValueError("no coin")

    error, left = once(Bad)
    assert "toss() of the adapter raised ValueError: no coin" in str(error)
    assert error.place.endswith(place_of(Bad.toss, 1))
    assert left == 0


def test_an_adapter_that_hangs_is_stopped_and_told_with_its_place():
    """Python that loops for ever is ended within the time-out, and the system is torn down."""
    torn = []

    class Bad(Adapter):
        def toss(self):
            while True:
                pass

        def teardown(self):
            torn.append(True)

    started = time.monotonic()
    error, left = once(Bad, limits=Limits(time_s=0.2))
    assert "toss() of the adapter took longer than 0.2 s" in str(error)
    assert place_of(Bad.toss, 0).split(":")[0] in error.place
    assert left == 0
    assert torn
    assert time.monotonic() - started < 10


def test_a_coroutine_that_hangs_is_cancelled_and_told_with_its_place():
    """A coroutine that waits for what never comes is cancelled where it waits, and so are the tasks that it has started."""
    ended = []

    async def wait_for_ever():
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    class Bad(Adapter):
        async def toss(self):
            self.task = asyncio.create_task(wait_for_ever())
            await wait_for_ever()

    error, left = once(Bad, limits=Limits(time_s=0.2))
    assert "toss() of the adapter took longer than 0.2 s" in str(error)
    assert error.place.endswith(place_of(wait_for_ever, 2))
    assert left == 0
    assert ended
    assert len(ended) % 2 == 0


def test_a_coroutine_that_blocks_is_told_with_its_place():
    """A coroutine that never awaits blocks its event loop, and not the test."""

    class Bad(Adapter):
        async def toss(self):
            time.sleep(1.5)  # noqa: ASYNC251 - the mistake that is to be told.

    error, _ = once(Bad, limits=Limits(time_s=0.2))
    assert error.place.endswith(place_of(Bad.toss, 1))


def test_a_timeout_error_of_the_system_is_not_a_hang():
    """What the system raises is told as such, whatever it is called."""

    class Bad(Adapter):
        def toss(self):
            raise TimeoutError

    error, _ = once(Bad)
    assert "toss() of the adapter raised TimeoutError" in str(error)


@pytest.mark.parametrize(("seen", "told"), [(7, "toss() of the adapter returned 7"), ({"sdie": 1}, "did you mean 'side'")])
def test_an_adapter_that_says_nonsense_is_told_with_its_place(seen, told):
    """What cannot be meant is an error of the adapter, and no nonconformance."""

    class Bad(Adapter):
        def toss(self):
            return seen

    error, _ = once(Bad)
    assert told in str(error)
    assert Path(__file__).name in error.place


SCRIPT = """
import sys
sys.path.insert(0, {folder!r})
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from kv_store import CarelessAdapter, Register
from modelcheck.conformance import conformance
quick = settings(database=None, derandomize=True, deadline=None, stateful_step_count=8, phases=[Phase.generate, Phase.shrink])
run_state_machine_as_test(conformance(Register(), CarelessAdapter), settings=quick)
"""


def test_a_failure_is_saved_and_printed_as_a_program_that_runs(tmp_path):
    """The trace is saved where the commands look for it, is replayed, and the printed program fails in the same way."""
    folder = str(Path(__file__).parent)
    first = subprocess.run([sys.executable, "-c", SCRIPT.format(folder=folder)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Replay: modelcheck replay .modelcheck/Register-conformance.json" in first.stderr, first.stderr
    replayed = CliRunner().invoke(modelcheck, ["replay", str(tmp_path / ".modelcheck/Register-conformance.json")], standalone_mode=False)
    assert (replayed.return_value, "What was seen next is still unexplained" in replayed.output) == (1, True), replayed.output
    lines = [line.removeprefix("| ").strip() for line in (first.stdout + first.stderr).splitlines()]
    program = lines[lines.index("from kv_store import CarelessAdapter, Register") : lines.index("state.teardown()") + 1]
    assert "RegisterConformance = conformance(Register(), CarelessAdapter)" in program
    again = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {folder!r})\n" + "\n".join(program)],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Nonconformance: the system does what its spec does not allow" in again.stderr, again.stderr


def test_an_adapter_without_any_action_is_refused():
    """A mistyped method is no action, and is told with the nearest one."""

    class Bad(Adapter):
        def tos(self) -> None: ...

    with pytest.raises(UsageError, match="did you mean 'toss'"):
        conformance(Coin(), Bad)
