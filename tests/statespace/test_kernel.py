"""The kernel against published counts, against a search of thirty lines, and against itself in other modes."""

from __future__ import annotations

import pytest

from modelcheck.search.kernel import _explorer as e
from modelcheck.statespace.kernel import _kernel as k

from .kernel_driver import Oracle, Run, System
from .kernel_systems import bag, counter, counts, increment, two_phase_commit


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
