"""What it costs where an action or property reads nearly the whole state: this engine and a plain loop over tuples, side by side in one run.

``python benchmarks/cliffs.py`` prints a table with ratios. The sides take turns, so that a machine that slows down slows both
down; seconds are of processor time, the median of several runs, and for ratios the median of the ratios of paired runs. The loops
are written for one spec each: they know nothing of properties, traces or limits, and are the fastest that Python allows.
"""

# ruff: noqa: D102 - what the methods of these specs do is the first line of each.

from __future__ import annotations

import statistics
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
from attrs import frozen

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from modelcheck import Spec, action, invariant, require
from modelcheck.search import check

State = tuple[Any, ...]


class Sized(Spec):
    """A number of members, each with a step of its own."""

    n: int = 12
    limit: int = 5

    def members(self) -> range:
        """All of them."""
        return range(self.n)


class Union(Sized):
    """Adds to a set as TLA+ writes it."""

    def init(self) -> None:
        self.sent: set[int] = set()

    @action(Sized.members)
    def send(self, m: int) -> None:
        self.sent = self.sent | {m}


class Except(Sized):
    """Changes an entry as TLA+ writes it."""

    def init(self) -> None:
        self.c = dict.fromkeys(self.members(), False)

    @action(Sized.members)
    def flip(self, i: int) -> None:
        self.c = {**self.c, i: not self.c[i]}


class Normalised(Sized):
    """Subtracts the minimum of all after each step."""

    n: int = 6

    def init(self) -> None:
        self.c = dict.fromkeys(self.members(), 0)

    @action(Sized.members)
    def step(self, i: int) -> None:
        self.c[i] = min(self.c[i] + 1, self.limit)
        low = min(self.c.values())
        for j in self.c:
            self.c[j] -= low


class Summed(Sized):
    """An invariant that sums over all."""

    n: int = 6

    def init(self) -> None:
        self.c = dict.fromkeys(self.members(), 0)

    @action(Sized.members)
    def step(self, i: int) -> None:
        self.c[i] = (self.c[i] + 1) % self.limit

    @invariant
    def few(self) -> bool:
        return sum(self.c.values()) <= self.n * (self.limit - 1)


class Queue(Sized):
    """Looks for a member in a queue."""

    n: int = 7

    def init(self) -> None:
        self.queue: deque[int] = deque()

    @action(Sized.members)
    def join(self, i: int) -> None:
        require(i not in self.queue)
        self.queue.append(i)

    @action
    def leave(self) -> None:
        require(self.queue)
        self.queue.popleft()


def explore(first: State, successors: Callable[[State], Iterable[State]], holds: Callable[[State], bool] = lambda _: True) -> tuple[int, int]:
    """A breadth-first search; gives the numbers of states and of generated ones."""
    seen, frontier, generated = {first}, [first], 1
    while frontier:
        following = []
        for state in frontier:
            assert holds(state)
            for after in successors(state):
                generated += 1
                if after not in seen:
                    seen.add(after)
                    following.append(after)
        frontier = following
    return len(seen), generated


def united(spec: Union) -> tuple[int, int]:
    """The loop for `Union`."""
    def successors(s: State) -> Iterable[State]:
        for i in range(spec.n):
            yield (*s[:i], True, *s[i + 1 :])

    return explore((False,) * spec.n, successors)


def flipped(spec: Except) -> tuple[int, int]:
    """The loop for `Except`."""
    def successors(s: State) -> Iterable[State]:
        for i in range(spec.n):
            yield (*s[:i], not s[i], *s[i + 1 :])

    return explore((False,) * spec.n, successors)


def normalised(spec: Normalised) -> tuple[int, int]:
    """The loop for `Normalised`."""
    def successors(s: State) -> Iterable[State]:
        for i in range(spec.n):
            c = list(s)
            c[i] = min(c[i] + 1, spec.limit)
            low = min(c)
            yield tuple(v - low for v in c)

    return explore((0,) * spec.n, successors)


def summed(spec: Summed) -> tuple[int, int]:
    """The loop for `Summed`."""
    def successors(s: State) -> Iterable[State]:
        for i in range(spec.n):
            c = list(s)
            c[i] = (c[i] + 1) % spec.limit
            yield tuple(c)

    return explore((0,) * spec.n, successors, lambda s: sum(s) <= spec.n * (spec.limit - 1))


def queued(spec: Queue) -> tuple[int, int]:
    """The loop for `Queue`."""
    def successors(s: State) -> Iterable[State]:
        for i in range(spec.n):
            if i not in s:
                yield (*s, i)
        if s:
            yield s[1:]

    return explore((), successors)


@frozen
class Side:
    """A spec, and the loop that searches the same states."""

    name: str
    make: Callable[[], Any]
    loop: Callable[[Any], tuple[int, int]]


SIDES = (
    Side("self.sent = self.sent | {m}", Union, united),
    Side("self.c = {**self.c, i: v}", Except, flipped),
    Side("reads and writes everything", Normalised, normalised),
    Side("an invariant sums over all", Summed, summed),
    Side("x in queue", Queue, queued),
)


def timed(run: Callable[[], Any]) -> tuple[Any, float]:
    """What a call gives, and its processor time."""
    began = time.process_time()
    result = run()
    return result, time.process_time() - began


@click.command()
@click.option("--runs", default=5, show_default=True, help="Turns of each side.")
def main(runs: int) -> None:
    """Print the table."""
    print(f"{'':30}{'states':>9}{'generated':>11}{'calls':>9}{'engine':>9}{'loop':>8}{'ratio':>7}")
    for side in SIDES:
        spec = side.make()
        pairs = []
        for _ in range(runs):
            report, engine_s = timed(lambda spec=spec: check(spec))  # type: ignore[misc]
            found, loop_s = timed(lambda side=side, spec=spec: side.loop(spec))  # type: ignore[misc]
            assert found == (report.states, report.generated)
            pairs.append((engine_s, loop_s))
        engine_s, loop_s = (statistics.median(times) for times in zip(*pairs, strict=True))
        ratio = statistics.median(engine / loop for engine, loop in pairs)
        counts = f"{report.states:>9,}{report.generated:>11,}{report.python_calls:>9,}"
        print(f"{side.name:30}{counts}{engine_s:>8.2f}s{loop_s:>7.2f}s{ratio:>7.1f}")


if __name__ == "__main__":
    main()
