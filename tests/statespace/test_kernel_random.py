"""The kernel on random systems, against a search of thirty lines."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelcheck.search.kernel import _explorer as e
from modelcheck.statespace.kernel import _kernel as k

from .kernel_driver import Oracle, Run, System
from .kernel_systems import counts


def random_system(seed: int) -> System:  # noqa: C901 - the dice decide among all the things a run can do.
    """Functions that decide by what they have read so far: deterministic, and different for each seed."""
    source = random.Random(seed)
    system = System(check_deadlock=source.random() < 0.5)
    collections = [system.space.add_collection() for _ in range(source.randint(1, 2))]
    cells = [system.cell() for _ in range(source.randint(1, 2))]
    if source.random() < 0.3:
        system.element(collections[0], 0)
    system.space.seal()
    values = source.randint(2, 3)
    parity = system.projection(lambda value: value % 2)
    rotate = system.update(lambda value: (value + 1) % values)

    def decide(run: Run, seed: object, role: int) -> object:
        step = role == k.STEP
        for turn in range(8):
            dice = random.Random(str((seed, turn, run.events)))
            collection = dice.choice(collections)
            weights = (0, 0, 2, 0, 0, 0, 0, 0, 5) if role == k.INIT else (4, 2, 2, 1, 2, 2 * step, step, 2, 5)
            act = dice.choices(range(9), weights)[0]
            if act == 0:
                run.read(dice.choice(cells))
            elif act == 1:
                run.read(system.element(collection, dice.randrange(2)))
            elif act == 2 and len(run.choices) < 2:
                run.choose(dice.randrange(0, 4))
            elif act == 3 and len(run.choices) < 2:
                run.each(collection)
            elif act == 4:
                run.project(dice.choice(cells), parity)
            elif act == 5:
                run.read_next(dice.choice(cells))
            elif act == 6:
                run.whole_next(collection)
            elif act == 7:
                run.whole(collection)
            else:
                break
        return finish(run, dice, role)

    def finish(run: Run, dice: random.Random, role: int) -> object:
        run.require(role == k.INIT or dice.random() < 0.8)
        if role not in (k.INIT, k.ACTION):
            return dice.random() < (0.1 if role == k.REACHABLE else 0.9)
        for cell in dice.sample(cells, dice.randrange(len(cells) + 1)):
            if dice.random() < 0.5:
                run.write(cell, dice.randrange(values))
            else:
                run.update(cell, rotate)
        for _ in range(dice.randrange(3)):
            run.write(system.element(dice.choice(collections), dice.randrange(2)), dice.randrange(3))
        return None

    roles = [
        k.INIT,
        *[k.ACTION] * source.randint(1, 3),
        *source.choices([k.CONSTRAINT, k.INVARIANT, k.STEP, k.REACHABLE, k.TERMINAL], k=3),
    ]
    for number, role in enumerate(roles):
        system.add(role, lambda run, number=number, role=role: decide(run, (seed, number), role))
    return system


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=150)
@given(st.integers(0, 2**32), st.sampled_from([1, 2]), st.sampled_from([1, 3, 1000]), st.sampled_from([1, 1000]))
def test_random_systems_agree_with_the_oracle(seed, workers, batch, slots):
    """States, transitions, depth, drops, and the least depth of every finding are those of the obvious search."""
    system = random_system(seed)
    explorer = system.explore(workers=workers, batch=batch, table_slots=slots)
    oracle = Oracle(system)
    assert counts(explorer) == (oracle.states, oracle.generated, oracle.depth)
    assert explorer.stats()["out_of_bounds"] == oracle.out_of_bounds
    assert {tree: depth for tree, depth, _, _ in explorer.findings()} == oracle.found


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=80)
@given(st.integers(0, 2**32), st.sampled_from([e.BREADTH, e.DEPTH, e.WALK]))
def test_every_finding_replays(seed, mode):
    """The path of a finding runs through the functions themselves and ends in what was found; breadth first it is a shortest one."""
    system = random_system(seed)
    explorer = system.explore(mode=mode, batch=100, batches=3 if mode == e.WALK else None, walk_length=20)
    oracle = Oracle(system)
    if mode == e.DEPTH:
        assert counts(explorer)[:2] == (oracle.states, oracle.generated)
    for tree, depth, parent, ordinal in explorer.findings():
        states = system.path_states(explorer.path(parent, ordinal))
        assert len(states) == depth >= oracle.found[tree]
        assert mode != e.BREADTH or depth == oracle.found[tree]
        if tree >= 0:
            holds = (
                system.holds(tree, states[-2], states[-1])
                if system.functions[tree][0] == k.STEP
                else system.holds(tree, states[-1])
            )
            assert holds == (system.functions[tree][0] == k.REACHABLE)
