"""The native analysis on small graphs, against a brute force that knows nothing of it."""

from __future__ import annotations

import random
from array import array
from collections import Counter

import pytest
from attrs import evolve

from modelcheck.liveness.kernel import _liveness as native

from ..oracles.plain import fair_runs
from ..oracles.plain.fair_runs import Requirement, Small

KINDS = {
    "eventually": native.EVENTUALLY,
    "leads_to": native.LEADS_TO,
    "always_eventually": native.ALWAYS_EVENTUALLY,
    "eventually_always": native.EVENTUALLY_ALWAYS,
}
GOAL, PREMISE = 9, 64
EVERYDAY, SLOW = 300, 20_000


def graph_of(graph: Small, name: dict[int, int], workers: int = 1, rng: random.Random | None = None) -> native.Graph:
    """The graph as some workers would have recorded it."""
    rows = [native.Rows(workers) for _ in range(workers)]
    for state, steps in graph.steps.items():
        bits = [which for which, where in ((GOAL, graph.goal), (PREMISE, graph.premise)) if state in where]
        inside = [(name[target], label) for target, label in steps if target is not None]
        outside = [label for target, label in steps if target is None]
        writer = rows[rng.randrange(workers) if rng else 0]
        writer.add(name[state], bits=bits, inside=inside, outside=outside)
    return native.Graph.of(rows, [name[state] for state in graph.initial])


def ask(graph: Small, recorded: native.Graph, kind: str) -> native.Analysis:
    """One question."""
    labels = max((label for steps in graph.steps.values() for _, label in steps), default=0) + 1
    requirement_of = [native.NO_REQUIREMENT] * labels
    for number, requirement in enumerate(graph.fair):
        for label in requirement.labels:
            if label < labels:
                requirement_of[label] = number
    analysis = native.Analysis(
        recorded, kind=KINDS[kind], goal=GOAL, premise=PREMISE, requirement_of=requirement_of,
        strong=[requirement.strong for requirement in graph.fair],
    )  # fmt: skip
    analysis.run()
    return analysis


def random_graph(rng: random.Random) -> Small:
    """Up to seven states, up to five labels in up to four requirements, some states not expanded, some steps out of bounds."""
    size = rng.randint(1, 7)
    labels = [0, 1, 2, 127, 128, 70_000][: rng.randint(1, 6)]
    density = rng.choice([0.5, 1.0, 1.0, 1.5])
    steps = {}
    for state in range(size):
        if rng.random() < 0.05 and state:
            continue
        found = []
        for label in labels:
            for _ in range(rng.choice([0, 0, 1, 1, 2]) if rng.random() < density else 0):
                target = rng.randrange(size)
                found.append((None if rng.random() < 0.04 else target, label))
        steps[state] = tuple(step for step in found if step[0] != state)
    owners = [rng.randrange(5) for _ in labels]
    fair = [
        Requirement(
            frozenset(label for label, owner in zip(labels, owners, strict=True) if owner == which), rng.random() < 0.5
        )
        for which in range(4)
        if rng.random() < 0.7
    ]
    pick = lambda share: frozenset(state for state in range(size) if rng.random() < share)  # noqa: E731
    initial = tuple(sorted({0, *(rng.randrange(size) for _ in range(rng.choice([0, 0, 1])))}))
    return Small(initial, steps, pick(0.4), pick(0.3), tuple(fair))


def compare(graph: Small, rng: random.Random, met: Counter[tuple[str, bool]]) -> None:
    """All four kinds of property on one graph."""
    reachable = set(fair_runs.distances(graph, "eventually_always"))
    graph = evolve(graph, steps={state: graph.steps[state] for state in reachable})
    workers = rng.choice([1, 1, 2, 3])
    places = rng.sample(range(40), 7)
    name = dict(enumerate(sorted(places) if rng.random() < 0.5 else places))
    recorded = graph_of(graph, name, workers, rng)
    fingerprints = array("Q", [rng.getrandbits(64) for _ in range(41)])
    back = {number: state for state, number in name.items()}
    for kind in KINDS:
        analysis = ask(graph, recorded, kind)
        wanted = fair_runs.violating(graph, kind)
        assert analysis.violated == bool(wanted), kind
        assert analysis.leaving_steps == fair_runs.leaving_steps(graph, kind), kind
        assert analysis.premise_met == (kind != "leads_to" or bool(graph.premise & reachable)), kind
        depths = fair_runs.distances(graph, kind)
        met[kind, bool(wanted)] += 1
        if analysis.leaving_steps:
            stem, labels = analysis.way_out(fingerprints)
            out = {s for s in depths if any(target is None for target, _ in graph.steps[s])}
            assert len(stem) - 1 == min(depths[state] for state in out)
            assert set(labels) == {label for target, label in graph.steps[back[stem[-1]]] if target is None}
        if not wanted:
            continue
        union = frozenset().union(*wanted)
        assert analysis.fair_states == len(union), kind
        stem, loop = analysis.lasso(fingerprints)
        fair_runs.check_lasso(graph, kind, [back[n] for n in stem], [(label, back[n]) for label, n in loop])
        nearest = min(depths[state] for state in union)
        assert len(stem) - 1 == nearest, kind
        least = min((state for state in union if depths[state] == nearest), key=lambda state: fingerprints[name[state]])
        assert back[stem[-1]] == least, kind


def run(seed: int, count: int) -> Counter[tuple[str, bool]]:
    met: Counter[tuple[str, bool]] = Counter()
    for number in range(count):
        rng = random.Random(f"{seed} {number}")
        graph = random_graph(rng)
        try:
            compare(graph, rng, met)
        except AssertionError as error:
            error.add_note(f"graph {seed} {number}: {graph}")
            raise
    return met


def test_agrees_with_brute_force():
    """Verdicts, steps out of bounds, lassos and the length of their stems on some hundred graphs."""
    met = run(1, EVERYDAY)
    assert min(met.values()) > EVERYDAY / 20, met
    assert len(met) == 8


def large_graph(rng: random.Random) -> Small:
    """Some hundred states, of which most have few steps, with rings through some of them."""
    size = rng.randint(30, 400)
    labels = list(range(rng.randint(2, 9)))
    steps: dict[int, list[tuple[int | None, int]]] = {state: [] for state in range(size)}
    for _ in range(int(size * rng.choice([0.8, 1.2, 2.0]))):
        steps[rng.randrange(size)].append((rng.randrange(size), rng.choice(labels)))
    for _ in range(rng.randint(1, 6)):
        ring = rng.sample(range(size), rng.randint(2, size // 2))
        for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
            steps[a].append((b, rng.choice(labels[:2])))
    steps[rng.randrange(size)].append((None, rng.choice(labels)))
    share, strong_share, goal_share = rng.choice([0.7, 1.0, 1.0]), rng.choice([0.5, 1.0]), rng.choice([0.02, 0.3, 0.8, 0.98])
    fair = [Requirement(frozenset({label}), rng.random() < strong_share) for label in labels if rng.random() < share]
    goal = frozenset(state for state in range(size) if rng.random() < goal_share)
    premise = frozenset(state for state in range(size) if rng.random() < 0.2)
    kept = {state: tuple(step for step in of if step[0] != state) for state, of in steps.items()}
    return Small((0, 1), kept, premise, goal, tuple(fair))


def test_agrees_on_graphs_that_are_too_large_for_brute_force():
    """Fair states, lassos and the lengths of their stems, by an algorithm on plain sets."""
    met: Counter[tuple[str, bool]] = Counter()
    for seed in range(60):
        rng = random.Random(f"large {seed}")
        graph = large_graph(rng)
        graph = evolve(graph, steps={state: graph.steps[state] for state in fair_runs.distances(graph, "eventually_always")})
        workers = rng.choice([1, 2])
        name = {state: state * 37 % 401 for state in range(401)}
        back = {number: state for state, number in name.items()}
        recorded = graph_of(graph, name, workers, rng)
        fingerprints = array("Q", [rng.getrandbits(64) for _ in range(401)])
        for kind in KINDS:
            analysis = ask(graph, recorded, kind)
            depths = fair_runs.distances(graph, kind)
            wanted = fair_runs.fair_states(graph, kind, set(depths))
            assert analysis.fair_states == len(wanted), (seed, kind)
            met[kind, analysis.violated] += 1
            if analysis.violated:
                stem, loop = analysis.lasso(fingerprints)
                fair_runs.check_lasso(graph, kind, [back[n] for n in stem], [(label, back[n]) for label, n in loop])
                assert len(stem) - 1 == min(depths[state] for state in wanted), (seed, kind)
    assert len(met) == 8, met
    assert min(met[kind, True] for kind in KINDS) >= 10, met
    assert min(met[kind, False] for kind in KINDS) >= 2, met


@pytest.mark.slow
def test_agrees_with_brute_force_at_length():
    """The same on many."""
    run(2, SLOW)


def small(steps: dict[int, list[tuple[int | None, int]]], goal: set[int], *fair: Requirement) -> Small:
    return Small((0,), {state: tuple(of) for state, of in steps.items()}, frozenset(steps), frozenset(goal), fair)


def weak(*labels: int) -> Requirement:
    return Requirement(frozenset(labels), strong=False)


def strong(*labels: int) -> Requirement:
    return Requirement(frozenset(labels), strong=True)


def verdict(graph: Small, kind: str = "eventually") -> bool:
    """Whether it is violated, by the kernel and by brute force."""
    found = ask(graph, graph_of(graph, {state: state for state in range(10)}), kind).violated
    assert found == bool(fair_runs.violating(graph, kind))
    return found


def test_a_run_may_stop_where_nothing_is_fair():
    """Without fairness nothing must happen."""
    graph = {0: [(1, 0)], 1: []}
    assert verdict(small(graph, {1}))
    assert not verdict(small(graph, {1}, weak(0)))
    assert not verdict(small(graph, {1}, strong(0)))


def test_weak_fairness_does_not_reach_what_is_enabled_now_and_then():
    """0 and 1 alternate, and the goal can be reached from 0 only: that needs strong fairness."""
    graph = {0: [(1, 0), (2, 1)], 1: [(0, 0)], 2: []}
    assert verdict(small(graph, {2}, weak(0), weak(1)))
    assert not verdict(small(graph, {2}, weak(0), strong(1)))


def test_instances_that_share_a_requirement_are_taken_for_each_other():
    """Two instances enabled for ever, one of which is taken: fair as a whole, unfair for each."""
    graph = {0: [(1, 0), (2, 1)], 1: [(0, 0), (2, 1)], 2: []}
    assert verdict(small(graph, {2}, weak(0, 1)))
    assert not verdict(small(graph, {2}, weak(0), weak(1)))


def test_a_step_out_of_bounds_is_enabled_and_never_taken():
    """A run that never takes it is not fair."""
    graph = {0: [(1, 0)], 1: [(0, 0), (None, 1)]}
    assert verdict(small(graph, set(), weak(0), weak(1)))
    assert not verdict(small(graph, set(), weak(0), strong(1)))


def test_two_labels_on_one_edge_are_both_taken():
    """Whoever goes round takes either."""
    graph = {0: [(1, 0), (1, 1)], 1: [(0, 2)]}
    assert verdict(small(graph, set(), strong(0), strong(1), strong(2)))


def test_fair_parts_of_an_unfair_component_are_found():
    """What is strongly fair and never taken excludes a state, and the rest is fair."""
    graph = {0: [(1, 0)], 1: [(0, 0), (2, 8)], 2: [(3, 9), (0, 0)], 3: []}
    assert verdict(small(graph, {3}, weak(0), strong(9)))
    assert not verdict(small(graph, {3}, weak(0), strong(9), strong(8)))


def test_what_is_not_expanded_is_in_no_run_that_goes_on_for_ever():
    """Nothing is known of it."""
    assert not verdict(small({0: [(1, 0)]}, set(), weak(0)))


def test_rows_keep_what_they_are_given():
    """Numbers far apart, many labels and steps, and bits in several words, in some megabytes."""
    rng = random.Random(7)
    rows, wanted = native.Rows(3), {}
    for source in rng.sample(range(2_000_000), 2_000):
        steps = {
            (rng.choice([None, rng.randrange(4_000_000)]), rng.choice([0, 127, 128, 2**32 - 2]))
            for _ in range(rng.choice([0, 1, 8, 400]))
        }
        wanted[source] = (
            {rng.randrange(200) for _ in range(rng.choice([0, 1, 9]))},
            {step for step in steps if step[0] != source},
        )
        bits, found = wanted[source]
        rows.add(
            source,
            bits=bits,
            inside=[s for s in found if s[0] is not None],
            outside=[label for t, label in found if t is None],
        )
    graph = native.Graph.of([rows], [])
    assert len(graph) == len(wanted)
    for source, (bits, steps) in wanted.items():
        found = graph.steps(source)
        assert found is not None
        assert len(found) == len(steps)
        assert set(found) == steps
        assert {which for which in range(300) if graph.bit(source, which)} == bits
    assert graph.steps(next(n for n in range(2_000_000) if n not in wanted)) is None


def test_the_poll_ends_an_analysis():
    """The exception that it raises is passed on."""

    class Enough(BaseException):
        pass

    def enough() -> None:
        raise Enough

    rows = native.Rows()
    for state in range(300_000):
        rows.add(state, inside=[((state + step) % 300_000, step) for step in range(1, 5)])
    graph = native.Graph.of([rows], [0])
    analysis = native.Analysis(graph, kind=native.EVENTUALLY, goal=0, requirement_of=[], strong=[], poll=enough)
    with pytest.raises(Enough):
        analysis.run()
