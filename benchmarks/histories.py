"""How long verdicts on histories take: generated ones of all sizes, and recordings beside what Porcupine takes.

    python benchmarks/histories.py [--largest 100000] [--json FILE]

Generated histories are linearizable by construction (each operation takes effect at a random instant between call and return), or have one
read falsified at three quarters (``bad``), or lose some operations (``crash``). Reading a file is not counted; building the search is.
The times of Porcupine were measured once on the machine that the README of the recordings describes, and are compared as recorded.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Iterator
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
RECORDINGS = Path(os.environ.get("MODELCHECK_HISTORIES", ROOT.parent / "shared" / "histories"))
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
RUNS, LONG_MS = 5, 200


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
    """The best of some runs in milliseconds, and the result; short ones are repeated."""
    best, result, runs = float("inf"), None, 0
    while runs < RUNS and (runs == 0 or best < LONG_MS):
        started = time.perf_counter()
        result = check_history(history, object_, explanation=False, time_limit_s=20, **options)
        best = min(best, 1000 * (time.perf_counter() - started))
        runs += 1
    return best, result


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
    """One row for each history."""
    sizes = [size for size in (100, 1000, 10_000, 100_000) if size <= largest]
    for kind in ("register", "uregister", "cas", "kv"):
        for clients in (5, 10, 20, 40):
            for size in sizes:
                yield row(f"{kind}, {clients} clients, {size:,}", generated(kind, clients, size), model(kind))
    for kind in ("register", "cas", "kv"):
        for clients in (10, 40):
            history = generated(kind, clients, 1000, is_bad=True)
            yield row(f"{kind}, {clients} clients, 1,000, bad", history, model(kind))
    for kind in ("register", "cas"):
        for clients in (5, 10, 40):
            for is_bad in (False, True):
                history = generated(kind, clients, 1000, lost=0.05, is_bad=is_bad)
                name = f"{kind}, {clients} clients, 1,000, crash 5 %{', bad' if is_bad else ''}"
                yield row(name, history, model(kind))
    for size in sizes[1:]:
        history = transactions(20, size)
        yield row(f"list-append, 20 clients, {size:,}", history, "list-append", consistency="strict-serializable")
    yield from recorded()


def recorded() -> Iterator[dict[str, Any]]:
    """The recordings that Porcupine was measured on."""
    index = RECORDINGS / "index.json"
    if not index.exists():
        print(f"no recordings at {RECORDINGS}; set MODELCHECK_HISTORIES", file=sys.stderr)
        return
    figures = {e["file"]: e["porcupine_us"] / 1000 for e in json.loads(index.read_text()) if e.get("porcupine_us")}
    for name, porcupine_ms in {**figures, **PORCUPINE_MS}.items():
        path = RECORDINGS / name
        if path.exists():
            recording = read_history(path)
            yield {**row(name, recording.history, recording.object), "porcupine_ms": porcupine_ms}


def row(name: str, history: History, object_: SequentialObject | str | None, **options: Any) -> dict[str, Any]:
    """Measure one history."""
    milliseconds, result = timed(history, object_, **options)
    return {"history": name, "ms": milliseconds, "verdict": result.verdict.value, "procedure": result.procedure}


def main() -> None:
    """Print the table, and write JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--largest", type=int, default=100_000, help="operations of the largest generated history")
    parser.add_argument("--json", type=Path, help="also write the rows there")
    options = parser.parse_args()
    found = []
    for each in rows(options.largest):
        found.append(each)
        peer = ""
        if "porcupine_ms" in each:
            told = each["porcupine_ms"]
            slower = told is not None and each["ms"] > told
            peer = f"  Porcupine {'no answer' if told is None else f'{told:9.2f} ms'}{'  SLOWER' if slower else ''}"
        print(
            f"{each['history']:52} {each['ms']:10.2f} ms  {each['verdict']:9} {each['procedure'][:36]:36}{peer}",
            flush=True,
        )
    if options.json:
        options.json.write_text(
            json.dumps({"machine": os.uname().machine, "cores": os.cpu_count(), "rows": found}, indent=1)
        )


if __name__ == "__main__":
    main()
