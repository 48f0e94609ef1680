"""What the kernel judges: constraints, invariants, properties of steps, and what is reachable."""

from __future__ import annotations

import pytest

from modelcheck.statespace.kernel import _kernel as k

from .kernel_driver import System
from .kernel_systems import counter, counts


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
