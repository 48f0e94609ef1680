"""How long verdicts on histories take: generated ones of all sizes, and recordings beside what Porcupine takes.

    python benchmarks/histories.py [--largest 100000] [--only generated|recorded] [--json FILE]

Generated histories are linearizable by construction (each operation takes effect at a random instant between call and return), or have one
read falsified at three quarters (``bad``), or lose some operations (``crash``). Each time is the best of several, of processor time, from a
`History` in memory to the verdict, all that the search needs to be built included; reading the file is not. The times of Porcupine were
measured once on the machine that the README of the recordings describes, and are compared as recorded. The recordings do not say what
they cover; they are taken for its checking of events in memory, which favours Porcupine if they cover more.

The bytes for each operation are what the peak of the process grew by during the check. The oracle is the search in forty lines of
`tests/oracles`, which gets ten seconds.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from attrs import evolve

from modelcheck.consistency import (
    UNKNOWN,
    CasRegister,
    History,
    KeyValue,
    Operation,
    Register,
    SequentialObject,
    check_history,
    read_history,
)

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from modelcheck.limits import Limits  # noqa: E402 - the tests are found beside the benchmarks
from modelcheck.limits.memory import peak_bytes, resident_bytes  # noqa: E402 - the tests are found beside the benchmarks
from tests.consistency.recordings import listed, recording  # noqa: E402
from tests.oracles.linearizability import linearizable  # noqa: E402

# Milliseconds that Porcupine takes, where index.json has no figure; from the README of the recordings. None: no answer in 20 s.
PORCUPINE_MS = {
    "porcupine/kv/c01-ok.txt": 0.1, "porcupine/kv/c10-ok.txt": 0.5, "porcupine/kv/c50-ok.txt": 124.0, "porcupine/kv/c50-bad.txt": 17.0,
    "generated/register_c10_n1000_ok.jsonl": 13.0, "generated/register_c10_n1000_bad.jsonl": 644.0,
    "generated/register_c20_n1000_ok.jsonl": 1000.0, "generated/register_c20_n1000_bad.jsonl": None,
    "generated/register_c40_n1000_ok.jsonl": None, "generated/register_c40_n1000_bad.jsonl": None,
    "generated/register_c10_n1000_crash0.01bad.jsonl": None, "generated/register_c10_n1000_crash0.05bad.jsonl": None,
    "generated/register_c5_n1000_crash0.01bad.jsonl": 18700.0, "generated/register_c5_n1000_crash0.05bad.jsonl": None,
    "generated/cas_c10_n1000_crash0.01.jsonl": 17.0, "generated/cas_c10_n1000_crash0.01bad.jsonl": 4700.0,
    "generated/cas_c10_n1000_crash0.05.jsonl": 16.0, "generated/cas_c10_n1000_crash0.05bad.jsonl": None,
    "generated/cas_c5_n1000_crash0.05.jsonl": 2.6, "generated/cas_c5_n1000_crash0.05bad.jsonl": None,
    "generated/cas_c40_n100_ok.jsonl": None, "generated/uregister_c40_n100_ok.jsonl": None,
}  # fmt: skip


HALF, MOST = 0.5, 0.9
RUNS, SHORT_MS, LONG_MS = 5, 5, 200
ORACLE_S = 10
CLIENTS = (5, 10, 20, 40)


def step(chance: random.Random, kind: str, fresh: Iterator[int]) -> tuple[str, Any]:
    """A random operation."""
    draw = chance.random()
    if kind == "kv":
        key = f"k{chance.randrange(10)}"
        if draw < HALF:
            return "get", key
        return ("append" if draw < MOST else "put"), (key, f"x{next(fresh)}.")
    if draw < (HALF if kind != "cas" else 1 / 3):
        return "read", None
    value = next(fresh) if kind == "uregister" else chance.randrange(5)
    if kind == "cas" and draw < 2 / 3:
        return "cas", (chance.randrange(5), value)
    return "write", value


def generated(kind: str, clients: int, operations: int, *, lost: float = 0.0, is_bad: bool = False) -> History:
    """A history of clients that are always busy."""
    chance = random.Random(f"{kind} {clients} {operations} {lost}")  # noqa: S311 - must be the same each time
    object_, fresh = model(kind), iter(range(1, operations + 2))
    state, now, found = object_.initial, 0, []
    open_: dict[int, list[Any]] = {}
    client_of = list(range(clients))
    left = operations
    while left or open_:
        now += 1
        lane = chance.randrange(clients)
        if lane not in open_ and left:
            left -= 1
            open_[lane] = [*step(chance, kind, fresh), now, None, False]
        elif lane in open_:
            running = open_[lane]
            if not running[4]:
                if lost and chance.random() < lost:
                    if chance.random() < HALF:
                        state, _ = object_.apply(state, running[0], running[1])
                    found.append(Operation(client_of[lane], running[0], running[1], UNKNOWN, running[2], None))
                    client_of[lane] += clients
                    del open_[lane]
                    continue
                state, running[3] = object_.apply(state, running[0], running[1])
                running[4] = True
            else:
                found.append(Operation(client_of[lane], *running[:2], running[3], running[2], now))
                del open_[lane]
    found.sort(key=lambda o: o.call)
    if is_bad:
        reads = [at for at, o in enumerate(found) if o.name in ("read", "get") and o.finish is not None]
        at = reads[3 * len(reads) // 4]
        found[at] = evolve(found[at], result="wrong" if kind == "kv" else 7_000_000)
    return History(tuple(found))


def model(kind: str) -> SequentialObject:
    """The object of a kind of history."""
    return {"register": Register(0), "uregister": Register(0), "cas": CasRegister(0), "kv": KeyValue()}[kind]


def timed(history: History, object_: SequentialObject | str | None, **options: Any) -> tuple[float, Any]:
    """The best of some runs in milliseconds of processor time, and the result; short ones are repeated."""
    best, result, runs, most = float("inf"), None, 0, RUNS
    while runs < most and (runs == 0 or best < LONG_MS):
        started = time.process_time()
        result = check_history(history, object_, explanation=False, limits=Limits(time_s=60), **options)
        best = min(best, 1000 * (time.process_time() - started))
        most = 20 * RUNS if best < SHORT_MS else RUNS
        runs += 1
    return best, result


def bytes_used(history: History, object_: SequentialObject | str | None, **options: Any) -> int:
    """What the largest resident size grows by during a check; 0 where the system does not tell."""
    try:
        ctypes.CDLL(None).malloc_trim(0)  # what is free already would not be seen to be used again
        Path("/proc/self/clear_refs").write_text("5")
    except (OSError, AttributeError):
        return 0
    before = resident_bytes()
    check_history(history, object_, explanation=False, limits=Limits(time_s=60), **options)
    return max(0, peak_bytes() - before)


def oracle_ms(history: History, object_: SequentialObject) -> float | None:
    """Milliseconds that the search in forty lines takes; None if it did not end in time."""

    def stop(*_: object) -> None:
        raise TimeoutError

    sys.setrecursionlimit(100_000)
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(ORACLE_S)
    started = time.process_time()
    try:
        linearizable(history.operations, object_)
    except TimeoutError:
        return None
    finally:
        signal.alarm(0)
    return 1000 * (time.process_time() - started)


def transactions(clients: int, count: int) -> History:
    """List-append transactions that ran one after the other at an instant between call and return."""
    chance = random.Random(f"transactions {clients} {count}")  # noqa: S311 - must be the same each time
    lists: dict[int, tuple[int, ...]] = {}
    found, first_key, now = [], 0, 0
    for number in range(count):
        steps: list[tuple[str, int, Any]] = []
        if number % 100 == 0:
            first_key += 1
        for _ in range(chance.randint(1, 4)):
            key = first_key + chance.randrange(8)
            if chance.random() < HALF:
                steps.append(("r", key, lists.get(key, ())))
            else:
                lists[key] = (*lists.get(key, ()), number * 4 + len(steps))
                steps.append(("append", key, number * 4 + len(steps)))
        now += 2
        call = now - chance.randint(0, clients)
        found.append(Operation(number % clients, "txn", tuple(steps), None, call, now + chance.randint(0, clients)))
    return History(tuple(sorted(found, key=lambda o: o.call)))


def rows(largest: int) -> Iterator[dict[str, Any]]:
    """One row for each generated history."""
    sizes = [size for size in (100, 1000, 10_000, 100_000) if size <= largest]
    for kind, clients, size in product(("register", "uregister", "cas", "kv"), CLIENTS, sizes):
        history = generated(kind, clients, size)
        found = row(f"{kind}, {clients} clients, {size:,}", history, model(kind))
        if size == sizes[-1]:
            found["bytes"] = bytes_used(history, model(kind)) / size
        if size == sizes[0]:
            found["oracle_ms"] = oracle_ms(history, model(kind))
        yield found
    for kind, clients, size in product(("register", "cas", "kv"), CLIENTS, sizes[1:]):
        history = generated(kind, clients, size, is_bad=True)
        yield row(f"{kind}, {clients} clients, {size:,}, bad", history, model(kind))
    for kind, clients, is_bad in product(("register", "cas", "kv"), CLIENTS, (False, True)):
        history = generated(kind, clients, 1000, lost=0.05, is_bad=is_bad)
        name = f"{kind}, {clients} clients, 1,000, crash 5 %{', bad' if is_bad else ''}"
        yield row(name, history, model(kind))
    for size, is_bad in product(sizes[2:3], (False, True)):
        history = generated("cas", CLIENTS[-1], size, lost=0.05, is_bad=is_bad)
        name = f"cas, {CLIENTS[-1]} clients, {size:,}, crash 5 %{', bad' if is_bad else ''}"
        yield row(name, history, model("cas"))
    for size in sizes[1:]:
        history = transactions(20, size)
        yield row(f"list-append, 20 clients, {size:,}", history, "list-append", consistency="strict-serializable")


def recorded() -> Iterator[dict[str, Any]]:
    """The recordings that Porcupine was measured on."""
    figures = {e["file"]: e["porcupine_us"] / 1000 for e in listed() if e.get("porcupine_us")}
    for name, porcupine_ms in {**figures, **PORCUPINE_MS}.items():
        read = read_history(recording(name))
        yield {**row(name, read.history, read.object), "porcupine_ms": porcupine_ms}


def row(name: str, history: History, object_: SequentialObject | str | None, **options: Any) -> dict[str, Any]:
    """Measure one history."""
    milliseconds, result = timed(history, object_, **options)
    return {"history": name, "ms": milliseconds, "verdict": result.verdict.value, "procedure": result.procedure}


def line(found: dict[str, Any]) -> str:
    """A row as text."""
    text = f"{found['history']:44} {found['ms']:10.3f} ms  {found['verdict']:9} {found['procedure'][:36]:36}"
    if "porcupine_ms" in found:
        told, ours = found["porcupine_ms"], found["ms"]
        text += f"  Porcupine {'no answer' if told is None else f'{told:10.3f} ms, {told / ours:8.1f} times as long'}"
        text += "  SLOWER" if is_slower(found) else ""
    if "oracle_ms" in found:
        told = found["oracle_ms"]
        text += f"  oracle {f'no answer in {ORACLE_S} s' if told is None else f'{told:.1f} ms'}"
    if "bytes" in found:
        text += f"  {found['bytes']:.0f} bytes for each operation"
    return text


def is_slower(found: dict[str, Any]) -> bool:
    """Whether Porcupine took less time."""
    return found.get("porcupine_ms") is not None and found["ms"] > found["porcupine_ms"]


def main() -> None:
    """Print the table, and write JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--largest", type=int, default=100_000, help="operations of the largest generated history")
    parser.add_argument("--only", choices=["generated", "recorded"], help="leave the other histories out")
    parser.add_argument("--json", type=Path, help="also write the rows there")
    options = parser.parse_args()
    found: list[dict[str, Any]] = []
    for name, measured in (("generated", rows(options.largest)), ("recorded", recorded())):
        for each in measured if options.only in (None, name) else ():
            found.append(each)
            print(line(each), flush=True)
    compared = [each for each in found if "porcupine_ms" in each]
    if compared:
        print(f"{sum(map(is_slower, compared))} of {len(compared)} recordings take longer than in Porcupine")
    if options.json:
        options.json.write_text(
            json.dumps({"machine": os.uname().machine, "cores": os.cpu_count(), "rows": found}, indent=1)
        )


if __name__ == "__main__":
    main()
