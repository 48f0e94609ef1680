"""Random specs proved for every size and enumerated at small ones: ``python tests/symbolic/every_size/sweeping.py FIRST LAST [lemmas]``."""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from ground import check_state
from random_specs import random_spec

from modelcheck import Limits, check
from modelcheck.errors import ModelcheckError, SpecError
from modelcheck.spec import Machine, State
from modelcheck.symbolic.names.system import NamesSystem, at_sizes
from modelcheck.symbolic.present import alone
from modelcheck.symbolic.proof.every_size.induction import EverySizeInduction
from modelcheck.symbolic.proof.every_size.search import LemmaSearch
from modelcheck.symbolic.terms import UnsupportedError
from modelcheck.verdict import Verdict


def reached(machine: Machine, most: int) -> list[State]:
    """The first states."""
    seen = dict.fromkeys(machine.initial_states())
    todo = list(seen)
    for state in todo:
        for _, after in machine.successors(state):
            if after not in seen and len(seen) < most:
                seen[after] = None
                todo.append(after)
    return list(seen)


def sweep(seed: int, *, states: int = 2, largest: int = 4, lemmas: bool = False, seconds: float = 10.0) -> Counter[str]:
    """What came of one random spec; an assertion fails if a proof contradicts the enumerator, or a formula the code."""
    spec = random_spec(seed)
    rng = random.Random(seed)
    machines = {size: at_sizes(spec(), {"nodes": size}) for size in range(1, largest + 1)}
    try:
        listed = {size: reached(machine, 60) for size, machine in machines.items()}
    except SpecError:
        return Counter(raises=1)
    found: Counter[str] = Counter()
    with alone:
        try:
            system = NamesSystem(spec(), ["nodes"])
        except UnsupportedError:
            return Counter(refused=1)
        for size in range(1, 4):
            known, machine = listed[size], machines[size]
            mixed = [State({name: rng.choice(known)[name] for name in known[0]}) for _ in range(states)]
            for state in [*rng.sample(known, min(states, len(known))), *mixed]:
                try:
                    list(machine.successors(state))
                    [machine.failing(each, state) for each in machine.properties]
                except ModelcheckError:
                    continue
                found["steps"] += check_state(system, {"nodes": size}, state, machine)
                found["states"] += 1
    with alone:
        for declared in system.machine.properties:
            proved = EverySizeInduction(system, deadline=time.monotonic() + seconds).prove([declared], [])[declared.name].verdict is Verdict.HOLDS
            found["proved" if proved else "unproved"] += 1
            clauses = None if proved or not lemmas else LemmaSearch(system, [declared.name], [], time.monotonic() + seconds, lambda _: None).find()
            found["proved by lemmas"] += clauses is not None
            for size in range(1, largest + 1) if proved or clauses is not None else ():
                report = check(machines[size].spec, properties=[declared.name], limits=Limits(states=20_000, time_s=5))
                assert report.properties[0].verdict is not Verdict.VIOLATED, (seed, declared.name, size)
    return found


def main(first: int, last: int, lemmas: bool) -> None:
    """Sweep through seeds."""
    total: Counter[str] = Counter()
    started = time.monotonic()
    for seed in range(first, last):
        try:
            total += sweep(seed, lemmas=lemmas)
        except Exception as error:
            print(f"seed {seed}: {type(error).__name__}: {str(error)[:1500]}", flush=True)
        total["specs"] += 1
        if seed % 20 == 0:
            print(seed, dict(total), round(time.monotonic() - started), "s", flush=True)
    print(dict(total), round(time.monotonic() - started), "s")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), len(sys.argv) > 3)
