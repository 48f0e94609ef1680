"""Small systems in terms of the kernel alone."""

from __future__ import annotations

from modelcheck.search.kernel import _explorer as e
from modelcheck.statespace.kernel import _kernel as k

from .kernel_driver import Run, System


def two_phase_commit(rms: int) -> System:
    """Gray and Lamport's protocol, the sets of messages and of prepared managers as collections."""
    system = System()
    rm = [system.cell() for _ in range(rms)]
    tm = system.cell()
    prepared, messages = system.space.add_collection(), system.space.add_collection()
    system.space.seal()
    system.starts()

    def sent(run: Run, message: object) -> bool:
        return bool(run.read(system.element(messages, message)))

    def rcv_prepared(run: Run, r: int) -> None:
        run.require(run.read(tm) == 0 and sent(run, r))
        run.write(system.element(prepared, r), 1)

    def commit(run: Run) -> None:
        run.require(run.read(tm) == 0 and all(run.read(system.element(prepared, r)) for r in range(rms)))
        run.write(tm, 1)
        run.write(system.element(messages, "commit"), 1)

    def abort(run: Run) -> None:
        run.require(run.read(tm) == 0)
        run.write(tm, 1)
        run.write(system.element(messages, "abort"), 1)

    def prepare(run: Run, r: int) -> None:
        run.require(run.read(rm[r]) == 0)
        run.write(rm[r], 1)
        run.write(system.element(messages, r), 1)

    def choose_abort(run: Run, r: int) -> None:
        run.require(run.read(rm[r]) == 0)
        run.write(rm[r], 3)

    def receive(run: Run, r: int, message: str, outcome: int) -> None:
        run.require(sent(run, message))
        run.write(rm[r], outcome)

    system.add(k.ACTION, commit)
    system.add(k.ACTION, abort)
    for r in range(rms):
        system.add(k.ACTION, lambda run, r=r: rcv_prepared(run, r))
        system.add(k.ACTION, lambda run, r=r: prepare(run, r))
        system.add(k.ACTION, lambda run, r=r: choose_abort(run, r))
        system.add(k.ACTION, lambda run, r=r: receive(run, r, "commit", 2))
        system.add(k.ACTION, lambda run, r=r: receive(run, r, "abort", 3))
    system.add(k.INVARIANT, lambda run: not {2, 3} <= {run.read(c) for c in rm})
    return system


def increment(threads: int) -> System:
    """Stateright's lost update; value + 1 is written through an update."""
    system = System()
    i = system.cell()
    t = [system.cell() for _ in range(threads)]
    pc = [system.cell() for _ in range(threads)]
    system.space.seal()
    system.starts(*((c, 1) for c in pc))

    def read(run: Run, n: int) -> None:
        run.require(run.read(pc[n]) == 1)
        run.write(t[n], run.read(i))
        run.write(pc[n], 2)

    def write(run: Run, n: int) -> None:
        run.require(run.read(pc[n]) == 2)
        run.write(i, run.read(t[n]) + 1)
        run.write(pc[n], 3)

    for n in range(threads):
        system.add(k.ACTION, lambda run, n=n: read(run, n))
        system.add(k.ACTION, lambda run, n=n: write(run, n))
    system.add(k.INVARIANT, lambda run: sum(run.read(c) == 3 for c in pc) == run.read(i))
    return system


def counter(limit: int, *, step: int = 1) -> System:
    """One cell that counts up and ends."""
    system = System(check_deadlock=True)
    cell = system.cell()
    system.space.seal()
    system.starts()

    def up(run: Run) -> None:
        run.require(run.read(cell) < limit)
        run.write(cell, run.read(cell) + step)

    system.add(k.ACTION, up)
    return system


def bag(size: int, *, ids: tuple[int, ...] = (1,)) -> System:
    """A set that grows by any element and loses any present one; every element is new to the space when it is first added."""
    system = System()
    system.cell()
    collection = system.space.add_collection()
    system.space.seal()
    system.starts()

    def add(run: Run) -> None:
        run.write(system.element(collection, run.choose(size)), ids[run.choose(len(ids))])

    system.add(k.ACTION, add)
    system.add(k.ACTION, lambda run: run.write(run.each(collection), 0))
    return system


def counts(explorer: e.Explorer) -> tuple[int, int, int]:
    stats = explorer.stats()
    return stats["states"], stats["generated"], stats["depth"]
