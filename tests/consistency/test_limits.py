"""Allowance of time and memory hold in every procedure, on the side of Python too, and Ctrl-C stops a check."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time

import pytest
from attrs import frozen

from modelcheck.consistency import (
    CasRegister,
    Counter,
    FifoQueue,
    History,
    KeyValue,
    Operation,
    Register,
    SequentialObject,
    check_history,
)
from modelcheck.consistency.history import in_order
from modelcheck.consistency.linearizability.kernel._linearizability import Outcome
from modelcheck.consistency.linearizability.problem import Problem
from modelcheck.limits import Limits
from modelcheck.limits.deadline import MEMORY_UP, TIME_UP, Allowance, TimeUp, watched
from modelcheck.verdict import Verdict

from .generate import random_history

SOON_S = 3.0
"""A check with a limit of some tenths of a second is over by then, on a busy machine too."""


def hopeless(clients=30):
    """Concurrent additions with as many sums as there are sets of them, and a read that sees none of the sums."""
    additions = [Operation(at, "add", 2 << at, None, at, 1000) for at in range(clients)]
    return History([*additions, Operation("reader", "read", None, 1, 500, 2001)])


def written(count, clients=20):
    """Writes and reads of a register, every value written once."""
    chance = random.Random(5)
    found, value = [], 0
    for at in range(count):
        is_write = chance.random() < 0.5
        value = at + 1 if is_write else value
        call = 10 * at
        found.append(
            Operation(at % clients, "write" if is_write else "read", value if is_write else None, None if is_write else value, call, call + 5)
        )  # fmt: skip
    return History(found)


def texts(count):
    """One key that is put, lengthened and read, by unique pieces and not in the order of the calls."""
    chance, text, found = random.Random(7), "", []
    for at in range(count):
        piece = f"x{at}."
        name = "put" if at % 50 == 0 else "get" if at % 2 else "append"
        text = text if name == "get" else piece if name == "put" else text + piece
        argument, result = ("k", text) if name == "get" else (("k", piece), None)
        call, finish = 10 * at - chance.randrange(30), 10 * at + chance.randrange(30)
        found.append(Operation(at, name, argument, result, call, finish))
    return History(in_order(found))


def transactions(count):
    """Transactions on registers, each of which reads what the one before wrote, at one time."""
    found = []
    for at in range(count):
        steps = tuple(("w" if step % 2 else "r", (at + step) % 50, at * 10 + step if step % 2 else None) for step in range(8))
        found.append(Operation(at % 20, "txn", steps, None, at, at + 1000))
    return History(found)


LONG = {
    "frontier": (hopeless(), Counter(), {}),
    "texts": (texts(30_000), KeyValue(), {}),
    "sequential": (hopeless(), Counter(), {"consistency": "sequential"}),
    "causal": (written(40_000), Register(0), {"consistency": "causal"}),
    "z3": (
        History(random_history(random.Random(1), CasRegister(0), operations=40, clients=12, values=9)),
        CasRegister(0),
        {"solver": "z3"},
    ),
    "serializable": (transactions(10_000), "rw-register", {"consistency": "serializable"}),
}


@pytest.mark.parametrize("procedure", LONG)
def test_the_time_limit_holds(procedure):
    """A check that would take long ends soon after its time, and says why."""
    history, model, options = LONG[procedure]
    started = time.monotonic()
    result = check_history(history, model, limits=Limits(time_s=0.01), explanation=False, **options)
    assert (result.verdict, result.reason) == (Verdict.UNKNOWN, TIME_UP)
    assert time.monotonic() - started < SOON_S


@pytest.mark.parametrize("limits", [Limits(time_s=0.0), Limits(memory_bytes=1)], ids=["no time", "no memory"])
@pytest.mark.parametrize("procedure", LONG)
def test_without_any_time_or_memory_nothing_is_decided(procedure, limits):
    """A check that may use nothing is unknown, whichever procedure it would have been."""
    history, model, options = LONG[procedure]
    result = check_history(history, model, explanation=False, limits=limits, **options)
    expected = TIME_UP if limits.time_s is not None else MEMORY_UP
    assert (result.verdict, result.reason) == (Verdict.UNKNOWN, expected)


@pytest.mark.parametrize("count", [10, 3000])
@pytest.mark.parametrize("object_", [Register(0), CasRegister(0)], ids=["register", "cas"])
def test_unique_values_need_memory_too(object_, count):
    """The near-linear procedure of a register stops when its intervals do not fit."""
    result = check_history(written(count), object_, limits=Limits(memory_bytes=100 * count), explanation=False)
    assert (result.verdict, result.reason) == (Verdict.UNKNOWN, MEMORY_UP)
    assert check_history(written(count), object_).verdict is Verdict.HOLDS


@pytest.mark.parametrize("search", ["frontier", "wing_gong"])
@pytest.mark.parametrize(
    ("limits", "outcome"),
    [({"seconds": 0.1, "memory": 1 << 40}, Outcome.time_out), ({"seconds": 60, "memory": 1 << 22}, Outcome.memory_out)],
)
def test_a_native_search_keeps_its_limits(search, limits, outcome):
    """Each native search by itself stops for want of time, and for want of memory."""
    options = {"width": 0} if search == "frontier" else {}
    problem = Problem(hopeless().operations, Counter(), is_part=True)
    started = time.monotonic()
    assert getattr(problem.search, search)(**limits, **options)[0] == outcome
    assert outcome is Outcome.memory_out or time.monotonic() - started < SOON_S


@pytest.mark.parametrize("rounds", [0, 1])
def test_reuse_of_lost_operations_on_a_queue_keeps_its_limits(rounds):
    """Where an enqueue may take effect again and again, queues only get longer: the search stops when its time is over."""
    adds = [Operation("writer", "enqueue", at % 3, None, 4 * at, 4 * at + 1) for at in range(400)]
    takes = [Operation("reader", "dequeue", None, at % 3, 4 * at + 2, 4 * at + 3) for at in range(400)]
    history = in_order([*adds, *takes, Operation("lost", "enqueue", 1, None, 2)])
    problem = Problem(history, FifoQueue(), is_part=True)
    started = time.monotonic()
    assert problem.search.relaxed(width=256, seconds=0.1, memory=1 << 40, rounds=rounds)[0] == Outcome.time_out
    assert time.monotonic() - started < SOON_S
    assert max(map(len, problem.states)) < 64 * 400


@frozen
class Tedious(SequentialObject):
    """A counter whose steps take a while, or whose states are large."""

    name = "tedious"
    operations = ("add", "read")
    reads = frozenset({"read"})
    sleep_s: float = 0.0
    ballast: int = 0
    initial: tuple[int, bytes] = (0, b"")

    def apply(self, state, operation, argument):
        """Add or read."""
        time.sleep(self.sleep_s)
        if operation == "read":
            return state, state[0]
        return (state[0] + argument, (state[0] + argument).to_bytes(8, "big") * (self.ballast // 8)), None


def test_a_slow_object_keeps_the_time_limit():
    """The time limit holds where an object's step takes milliseconds."""
    started = time.monotonic()
    result = check_history(hopeless(), Tedious(sleep_s=0.005), limits=Limits(time_s=0.2), explanation=False)
    assert (result.verdict, result.reason) == (Verdict.UNKNOWN, TIME_UP)
    assert time.monotonic() - started < SOON_S


def test_large_states_count_as_memory():
    """What an object's states take in Python counts, and not the tables alone."""
    result = check_history(hopeless(), Tedious(ballast=1 << 18), limits=Limits(memory_bytes=64 << 20), explanation=False)
    assert (result.verdict, result.reason) == (Verdict.UNKNOWN, MEMORY_UP)


def test_a_watch_ends_with_its_block():
    """A limit that is reached after the block is raised nowhere."""
    with watched(Allowance(0.1)):
        pass
    time.sleep(0.3)


def test_a_watch_ends_a_loop():
    """A limit is raised in the middle of a loop in Python."""
    started = time.monotonic()
    with pytest.raises(TimeUp), watched(Allowance(0.1)):
        sum(1 for _ in iter(lambda: time.monotonic() - started > SOON_S, True))


def test_progress_within_one_key():
    """A long check of one key tells how far it is, and never goes back."""
    told = []
    check_history(
        hopeless(), Counter(), limits=Limits(time_s=0.5), explanation=False, progress=lambda *done: told.append(done)
    )
    assert len(told) > 2
    assert told == sorted(told)
    assert all(0 < done <= total == 31 for done, total in told)


@pytest.mark.parametrize("consistency", ["linearizable", "sequential"])
def test_ctrl_c_stops_a_check(tmp_path, consistency):
    """Ctrl-C ends a long check within a second, with a message and the exit code of no answer."""
    path = tmp_path / "long.jsonl"
    rows = [
        {"process": o.process, "f": o.name, "argument": o.argument, "result": o.result, "call": o.call, "return": o.finish}
        for o in hopeless().operations
    ]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = [sys.executable, "-m", "modelcheck", "history", str(path), "--model", "counter", "--consistency", consistency]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    time.sleep(2.5)
    assert running.poll() is None
    started = time.monotonic()
    running.send_signal(signal.SIGINT)
    told, _ = running.communicate(timeout=30)
    assert time.monotonic() - started < SOON_S
    assert running.returncode == 3
    assert "unknown: it was interrupted\n" in told
    assert "Traceback" not in told


def test_a_watch_whose_end_is_not_told_raises_nothing_later():
    """An exception at the very beginning or end of a block leaves no watch behind that raises in whatever comes after."""

    def begins_and_never_ends():
        watched(Allowance(0.01, 1 << 30)).__enter__()

    begins_and_never_ends()
    until = time.monotonic() + 0.6
    while time.monotonic() < until:
        time.sleep(0.01)


@pytest.mark.parametrize("name", ["history.jsonl", "history.edn"])
def test_the_limits_hold_while_a_file_is_read(tmp_path, name):
    """Memory and time that reading a large file would take end it, whatever its format."""
    path = tmp_path / name
    rows = 200_000
    if name.endswith("edn"):
        lines = (f"{{:process {at % 9} :type :{kind} :f :write :value {at}}}\n" for at in range(rows) for kind in ("invoke", "ok"))
    else:
        lines = (
            f'{{"process": {at % 9}, "f": "write", "argument": {at}, "result": null, "call": {2 * at}, "return": {2 * at + 1}}}\n'
            for at in range(rows)
        )
    path.write_text("".join(lines))
    # In a process of its own: this one may hold so much free memory from earlier tests that the reading takes none.
    asked = (
        "from modelcheck.consistency import check_history; from modelcheck.limits import Limits\n"
        f"print(check_history({str(path)!r}, 'register', limits=Limits(time_s=60.0, memory_bytes=4 << 20)).reason)"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == f"{MEMORY_UP} while the file was read"
    short = check_history(path, "register", limits=Limits(time_s=0.1))
    assert (short.verdict, short.reason) == (Verdict.UNKNOWN, f"{TIME_UP} while the file was read")
