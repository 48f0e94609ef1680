"""The kernel against published counts, against a search of thirty lines, and against itself in other modes."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelcheck.search.kernel import _explorer as e
from modelcheck.statespace.kernel import _kernel as k

from .kernel_driver import Oracle, Run, System


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


@pytest.mark.parametrize(
    ("rms", "expected"), [(3, (288, 1146, 11)), (5, (8832, 58146, 17)), (7, (296448, 2744706, 23))]
)
@pytest.mark.parametrize("workers", [1, 2])
def test_two_phase_commit_has_the_published_counts(rms, expected, workers):
    """Spin, TLC and Stateright report the same counts; the number of workers does not show."""
    explorer = two_phase_commit(rms).explore(workers=workers)
    assert counts(explorer) == expected
    assert explorer.findings() == []


@pytest.mark.parametrize("batch", [1, 2, 7])
def test_a_batch_may_be_small(batch):
    """Batches of any size give the same counts."""
    assert counts(two_phase_commit(3).explore(batch=batch)) == (288, 1146, 11)


@pytest.mark.parametrize("slots", [1, 64])
def test_the_table_grows_while_the_search_runs(slots):
    """A table that begins with a few slots ends with room for all states."""
    explorer = two_phase_commit(5).explore(table_slots=slots, workers=2)
    assert counts(explorer)[:2] == (8832, 58146)
    assert explorer.stats()["table_slots"] >= 8832


def test_depth_first_search_finds_the_same_states():
    """The order of the search changes neither states nor transitions."""
    assert counts(two_phase_commit(5).explore(mode=e.DEPTH))[:2] == (8832, 58146)


def test_the_lost_update_is_found_with_the_shortest_path():
    """Two threads lose an update after four steps: read, read, write, write."""
    system = increment(2)
    explorer = system.explore()
    assert explorer.stats()["states"] == 13
    [(_, depth, parent, ordinal)] = explorer.findings()
    path = explorer.path(parent, ordinal)
    assert len(path) == depth == 5  # The initial state is one of them.
    assert not system.holds(system.trees(k.INVARIANT)[0], system.path_states(path)[-1])


def test_three_threads_have_the_published_counts():
    """Stateright reports 84 states and 112 transitions."""
    assert counts(increment(3).explore())[:2] == (84, 112)


@pytest.mark.parametrize("step", [1, 256, 65_536])
def test_ids_outgrow_one_and_two_bytes(step):
    """Ids beyond 255 and beyond 65535 are kept exactly."""
    system = counter(step * 300, step=step)
    explorer = system.explore()
    assert counts(explorer) == (301, 301, 301)
    [(tree, depth, parent, ordinal)] = explorer.findings()
    assert (tree, depth, ordinal) == (-1, 301, -1)
    assert system.path_states(explorer.path(parent, ordinal))[-1] == {0: step * 300}


def test_a_wide_cell_does_not_cost_an_array_per_value():
    """Ids that are far apart are hashed, so a node's memory follows its children and not the largest id."""
    system = counter(100 * 50_000, step=50_000)
    assert counts(system.explore()) == (101, 101, 101)
    assert system.space.node_bytes < 1_000_000


def test_a_terminal_state_is_no_deadlock():
    """A state that a TERMINAL tree accepts may end."""
    system = counter(5)
    terminal = system.add(k.TERMINAL, lambda run: run.read(0) == 5)
    explorer = system.explore()
    assert explorer.findings() == []
    assert (terminal, 1, True) in explorer.evaluations()


def test_a_state_that_may_not_end_there_is_a_deadlock():
    """A TERMINAL tree that says FALSE leaves the deadlock."""
    system = counter(5)
    system.add(k.TERMINAL, lambda run: run.read(0) == 4)
    assert [finding[:2] for finding in system.explore().findings()] == [(-1, 6)]


def test_elements_are_added_while_the_search_runs():
    """Cells that a run adds to the space are part of the states after it."""
    system = bag(6)
    explorer = system.explore()
    oracle = Oracle(system)
    assert counts(explorer) == (64, 64 * 6 + 6 * 32 + 1, 7)
    assert counts(explorer) == (oracle.states, oracle.generated, oracle.depth)


def test_elements_have_ids_of_their_own():
    """An element of a bag may hold any id, not just presence."""
    system = bag(3, ids=(1, 127, 128, 70_000))
    explorer = system.explore(batch=5)
    oracle = Oracle(system)
    assert counts(explorer) == (oracle.states, oracle.generated, oracle.depth)
    assert oracle.states == 5**3


def test_many_elements_need_longer_numbers():
    """Elements whose place takes more than one byte are decoded as they were encoded."""
    system = System()
    system.cell()
    collection = system.space.add_collection()
    system.space.seal()
    system.starts()

    def add(run: Run) -> None:
        count = len(run.whole(collection))
        run.require(count < 300)
        run.write(system.element(collection, count), count + 1)

    system.add(k.ACTION, add)
    explorer = system.explore()
    assert counts(explorer) == (301, 301, 301)


def test_a_collection_can_have_cells_from_the_beginning():
    """Elements that are known before the space is sealed are found by EACH and WHOLE like later ones."""
    system = System()
    collection = system.space.add_collection()
    early = [system.element(collection, name) for name in "ab"]
    system.cell()
    system.space.seal()
    system.starts((early[0], 1))
    system.add(k.ACTION, lambda run: run.write(system.element(collection, "abcd"[run.choose(4)]), 1))
    system.add(k.ACTION, lambda run: run.write(run.each(collection), 0))
    full = system.add(k.REACHABLE, lambda run: len(run.whole(collection)) == 4)
    explorer = system.explore()
    oracle = Oracle(system)
    assert counts(explorer) == (oracle.states, oracle.generated, oracle.depth)
    assert [finding[:2] for finding in explorer.findings()] == [(full, 4)]


def test_a_constraint_keeps_an_endless_system_finite():
    """Successors out of bounds are dropped, counted apart, and do not make a deadlock."""
    system = counter(10**9)
    bound = system.add(k.CONSTRAINT, lambda run: run.read(0) <= 20)
    explorer = system.explore()
    assert counts(explorer) == (21, 21, 21)
    assert explorer.stats()["out_of_bounds"] == 1
    assert explorer.findings() == []
    assert explorer.evaluations() == [(bound, 21, True)]


def test_a_step_property_sees_repeated_successors():
    """The step back to the first state is judged, although the state it leads to is not new."""
    system = System()
    cell = system.cell()
    system.space.seal()
    system.starts()
    system.add(k.ACTION, lambda run: run.write(cell, (run.read(cell) + 1) % 5))
    step = system.add(k.STEP, lambda run: run.read_next(cell) > run.read(cell))
    explorer = system.explore()
    [(tree, depth, parent, ordinal)] = explorer.findings()
    assert (tree, depth) == (step, 6)
    states = system.path_states(explorer.path(parent, ordinal))
    assert states[-2:] == [{cell: 4}, {}]
    assert explorer.evaluations() == [(step, 5, True)]


def test_a_step_property_sees_self_loops():
    """An action that changes nothing is a step too."""
    system = System()
    cell = system.cell()
    system.space.seal()
    system.starts()
    system.add(k.ACTION, lambda run: run.write(cell, 0))
    step = system.add(k.STEP, lambda run: run.read_next(cell) != run.read(cell))
    explorer = system.explore()
    assert counts(explorer) == (1, 2, 1)
    assert [finding[0] for finding in explorer.findings()] == [step]


def test_a_predicate_is_judged_again_when_it_reads_more():
    """A step that touches none of the cells read so far still counts where the predicate looks at another cell for the first time."""
    system = System()
    cell, other = system.cell(), system.cell()
    system.space.seal()
    system.starts()
    system.add(k.ACTION, lambda run: run.write(other, 1))
    system.add(k.ACTION, lambda run: run.write(cell, 1))
    step = system.add(k.STEP, lambda run: run.read(cell) == 0 or run.read_next(other) == 0)
    explorer = system.explore()
    assert [finding[:2] for finding in explorer.findings()] == [(step, 3)]


def test_a_hundred_predicates_are_told_apart():
    """Each is violated at a level of its own and says nothing of the others."""
    system = counter(100)
    trees = [system.add(k.INVARIANT, lambda run, n=n: run.read(0) != n) for n in range(100)]
    found = {tree: depth for tree, depth, _, _ in system.explore().findings() if tree >= 0}
    assert found == {tree: n + 1 for n, tree in enumerate(trees)}


def test_a_reachable_state_is_found_at_its_level():
    """REACHABLE is a finding as soon as one leaf is TRUE."""
    system = counter(9)
    reached = system.add(k.REACHABLE, lambda run: run.read(0) == run.choose(8))
    never = system.add(k.REACHABLE, lambda run: run.read(0) == 100)
    explorer = system.explore()
    assert (reached, 1) in [finding[:2] for finding in explorer.findings()]
    assert never not in [finding[0] for finding in explorer.findings()]


def test_an_initial_state_can_violate():
    """A finding in an initial state has a path of one step."""
    system = counter(3)
    system.add(k.INVARIANT, lambda run: run.read(0) != 0)
    explorer = system.explore()
    finding = explorer.findings()[0]
    assert finding[1] == 1
    assert explorer.path(*finding[2:]) == [(0, [])]


def test_a_disabled_predicate_is_not_evaluated():
    """After `disable` the kernel asks for no path of the tree."""
    system = counter(9)
    tree = system.add(k.INVARIANT, lambda _: pytest.fail("evaluated"))
    system.space.disable(tree)
    explorer = system.explore()
    assert explorer.evaluations() == [(tree, 0, False)]


def test_transitions_are_counted_per_action():
    """The actions' transitions add up to what was generated, and their new states to all but the initial one."""
    explorer = two_phase_commit(3).explore()
    assert sum(enabled for _, enabled, _, _ in explorer.action_counts()) == 1146 - 1
    assert sum(new for _, _, new, _ in explorer.action_counts()) == 288 - 1


def test_a_projection_shares_a_path_among_ids():
    """A run that looks at an id's parity only is recorded twice, whatever the number of ids."""
    system = System()
    cell, flag = system.cell(), system.cell()
    system.space.seal()
    parity = system.projection(lambda value: value % 2)
    up = system.update(lambda value: min(value + 1, 50))
    system.starts()
    system.add(k.ACTION, lambda run: run.update(cell, up))
    system.add(k.ACTION, lambda run: run.write(flag, run.project(cell, parity)))
    explorer = system.explore()
    oracle = Oracle(system)
    assert counts(explorer) == (oracle.states, oracle.generated, oracle.depth)
    assert system.calls == 1 + 1 + 51 + 2 + 51


def mismatch(space: k.Space, tree: int, *path) -> tuple[int, tuple[int, int, int]]:
    with pytest.raises(k.PathMismatchError) as caught:
        space.add_path(tree, *path)
    return caught.value.position, caught.value.expected


def test_a_path_must_read_the_same_cell_first():
    """A run that reads another cell than the tree's node names is not deterministic."""
    space = k.Space()
    a, b = space.add_cell(), space.add_cell()
    tree = space.add_tree(k.ACTION)
    space.add_path(tree, [(k.READ, a, 0, 1)], k.EFFECT, [(b, 0, 1)])
    assert mismatch(space, tree, [(k.READ, b, 0, 1)], k.DISABLED) == (0, (k.READ, a, 0))


def test_a_path_must_end_as_before():
    """The same reads with another outcome, more reads or fewer are not deterministic."""
    space = k.Space()
    a, b = space.add_cell(), space.add_cell()
    tree = space.add_tree(k.ACTION)
    reads = [(k.READ, a, 0, 1)]
    space.add_path(tree, reads, k.EFFECT, [(b, 0, 1)])
    space.add_path(tree, reads, k.EFFECT, [(b, 0, 1)])
    assert mismatch(space, tree, reads, k.EFFECT, [(b, 0, 2)]) == (1, (-1, 0, 0))
    assert mismatch(space, tree, reads, k.DISABLED) == (1, (-1, 0, 0))
    assert mismatch(space, tree, [*reads, (k.READ, b, 0, 0)], k.DISABLED) == (1, (-1, 0, 0))
    assert mismatch(space, tree, [], k.DISABLED) == (0, (k.READ, a, 0))


@pytest.mark.parametrize(
    ("events", "outcome", "writes"),
    [
        ([(k.READ, 9, 0, 0)], k.DISABLED, []),
        ([(k.READ, 0, 1, 0)], k.DISABLED, []),
        ([(k.READ, 0, 0, -1)], k.DISABLED, []),
        ([(k.READ, 0, 0, 2**32 - 1)], k.DISABLED, []),
        ([(k.READ_NEXT, 0, 0, 0)], k.DISABLED, []),
        ([(k.CHOOSE, 0, 2, 2)], k.DISABLED, []),
        ([(k.EACH, 0, 0, 0)], k.DISABLED, []),
        ([(k.WHOLE, 0, 0, 0)], k.DISABLED, []),
        ([(6, 0, 0, 0)], k.DISABLED, []),
        ([], k.TRUE, []),
        ([], 5, []),
        ([], k.CUT, [(0, 0, 1)]),
        ([], k.EFFECT, [(9, 0, 0)]),
        ([], k.EFFECT, [(0, 1, 0)]),
        ([], k.EFFECT, [(0, 0, -1)]),
        ([], k.DISABLED, [(0, 0, 1)]),
    ],
)
def test_a_malformed_path_is_refused(events, outcome, writes):
    """What names a cell, table, option or outcome that does not exist is a ValueError and changes nothing."""
    space = k.Space()
    space.add_cell()
    tree = space.add_tree(k.ACTION)
    with pytest.raises(ValueError, match=r"must|needs|no such|end|only"):
        space.add_path(tree, events, outcome, writes)


def test_an_unsealed_space_is_refused():
    """The fixed cells must be known before states are stored."""
    with pytest.raises(ValueError, match="seal"):
        e.Explorer(k.Space(), mode=e.BREADTH)


def test_depth_first_search_has_one_worker():
    """The stack is not shared, and the refusal says so."""
    space = k.Space()
    space.seal()
    with pytest.raises(ValueError, match="one worker"):
        e.Explorer(space, mode=e.DEPTH, workers=2)


def test_a_table_of_ids_is_a_function():
    """A projection or update that gives two results for one id is refused."""
    space = k.Space()
    projection, update = space.add_projection(), space.add_update()
    space.set_projection(projection, 1, 2)
    space.set_update(update, 1, 2)
    with pytest.raises(ValueError, match="another result"):
        space.set_projection(projection, 1, 3)
    with pytest.raises(ValueError, match="another result"):
        space.set_update(update, 1, 3)


def test_a_memory_limit_stops_growth():
    """`grow` refuses what would exceed the limit, and the search stays where it is."""
    system = two_phase_commit(5)
    with pytest.raises(AssertionError):
        system.explore(memory_limit_bytes=400_000)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_random_walk_is_a_path(workers):
    """What a walk finds replays step by step and is no longer than the walk may be."""
    system = increment(3)
    explorer = system.explore(mode=e.WALK, workers=workers, batch=50, batches=40, seed=3, walk_length=10)
    [(_, depth, parent, ordinal)] = explorer.findings()
    states = system.path_states(explorer.path(parent, ordinal))
    assert len(states) == depth <= 11
    assert not system.holds(system.trees(k.INVARIANT)[0], states[-1])
    assert 1 < explorer.stats()["states"] <= 84


def test_a_random_walk_repeats_with_its_seed():
    """The same seed walks the same way, another seed another way."""
    first, again, other = (
        two_phase_commit(5).explore(mode=e.WALK, batch=100, batches=3, walk_length=15, seed=s).stats()
        for s in (1, 1, 2)
    )
    assert first == again
    assert first["states"] != other["states"]


def test_a_random_walk_without_initial_states_ends():
    """There is nothing to walk on."""
    system = System()
    system.space.seal()
    system.add(k.INIT, lambda run: run.require(False))
    assert counts(system.explore(mode=e.WALK, batches=1)) == (0, 0, 0)


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
