"""A check by sets of states: what it answers, what it refuses, and what ends it."""

from __future__ import annotations

import pytest
from attrs import evolve

from modelcheck import Limits, Spec, UsageError, Verdict, action, check, eventually, invariant, require
from modelcheck.errors import InternalError, SpecError
from modelcheck.search.both import agreed
from specs.commit.mutants.two_phase_commit import CommitsEarly
from specs.commit.two_phase_commit import TwoPhaseCommit


class Bits(Spec):
    """So many bits, each of which can be set."""

    count: int = 100

    def init(self) -> None:
        """None is set."""
        self.bit = dict.fromkeys(range(self.count), False)

    @action(lambda self: range(self.count))
    def put(self, i: int) -> None:
        """Set one."""
        require(not self.bit[i])
        self.bit[i] = True

    @action
    def stay(self) -> None:
        """The end is no deadlock."""


class Wide(Spec):
    """A permutation of numbers: nothing that a diagram could share."""

    count: int = 14

    def init(self) -> None:
        """They are in order."""
        self.at = {i: i for i in range(self.count)}

    @action(lambda self: range(self.count), lambda self: range(self.count))
    def swap(self, i: int, j: int) -> None:
        """Any two change places."""
        self.at[i], self.at[j] = self.at[j], self.at[i]


class Failing(Bits):
    """An invariant raises an error."""

    count: int = 3

    @invariant
    def fine(self) -> bool:
        """It is not defined everywhere."""
        return not self.bit[0] or {}[1]


class Timed(Bits):
    """Something must happen."""

    @eventually
    def done(self) -> bool:
        """The first bit is set."""
        return self.bit[0]


def test_counts_are_whole_numbers_of_any_size():
    """All sets of 100 bits, and the steps between them."""
    report = check(Bits(), engine="sets")
    assert (report.verdict, report.engine) == (Verdict.HOLDS, "sets")
    assert report.states == 2**100
    assert report.generated == 1 + 50 * 2**100 + 2**100
    assert report.collision_probability == 0


def test_the_depth_is_told_where_it_is_cheap():
    """By a search level by level, which is left out where it would take longer than the search."""
    assert check(Bits(count=20), engine="sets").depth == 21
    assert check(Bits(count=200), engine="sets").depth is None


def test_a_counterexample_is_as_short_as_the_enumerator_s():
    """The same length, and the same counts up to there."""
    sets, enumerated = (check(CommitsEarly(), engine=engine) for engine in ("sets", "enumerate"))
    assert sets.verdict is enumerated.verdict is Verdict.VIOLATED
    lengths = [[p.trace and len(p.trace.steps) for p in report.properties] for report in (sets, enumerated)]
    assert lengths[0] == lengths[1]
    assert (sets.states, sets.generated, sets.depth) == (enumerated.states, enumerated.generated, enumerated.depth)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"workers": 2}, "one thread"),
        ({"order": "depth"}, "no order of search"),
        ({"order": "random", "limits": Limits(states=10)}, "no order of search"),
        ({"fair": {"put": "weak"}}, "fairness"),
    ],
)
def test_what_means_nothing_to_sets_is_refused(options, said):
    """Rather than passed over."""
    with pytest.raises(UsageError, match=said):
        check(TwoPhaseCommit() if "fair" not in options else Bits(), engine="sets", **options)


def test_what_must_happen_is_refused():
    """And answered by name without it."""
    with pytest.raises(UsageError, match="what must happen"):
        check(Timed(count=2), engine="sets")
    assert check(Timed(count=2), engine="sets", properties=["deadlock"]).verdict is Verdict.HOLDS


def test_an_engine_that_does_not_exist_is_refused():
    """With the nearest one that does."""
    with pytest.raises(UsageError, match="no engine 'set'"):
        check(Bits(), engine="set")


def test_an_error_in_the_spec_is_an_error():
    """Raised as it is by the enumerator, with the run that leads there."""
    with pytest.raises(SpecError, match="fine") as caught:
        check(Failing(), engine="sets")
    assert caught.value.trace is not None
    assert len(caught.value.trace.steps) == 1


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(time_s=0.5), "the time limit of 0.5 s was reached"),
        (Limits(states=1000), "the limit of 1,000 states was reached"),
        (Limits(memory_bytes=30_000_000), "memory ran short"),
    ],
)
def test_a_limit_ends_the_search_with_unknown(limits, reason):
    """What was found until then is told, and nothing is said to hold."""
    report = check(Wide(), engine="sets", limits=limits)
    assert report.verdict is Verdict.UNKNOWN
    assert report.reason is not None
    assert reason in report.reason
    assert {found.verdict for found in report.properties} == {Verdict.UNKNOWN}
    assert report.generated is report.depth is None


def test_twenty_managers_are_no_trap():
    """Cells are discovered in an order in which the diagrams are too large; that of the search is learned."""
    report = check(TwoPhaseCommit(rms=20), engine="sets", properties=["all_commit", "deadlock"], limits=Limits(time_s=60))
    assert (report.verdict, report.states) == (Verdict.HOLDS, 3_657_257_952_739_328)
    assert report.nodes is not None
    assert report.nodes < 3_000_000


@pytest.mark.slow
def test_a_limit_in_the_midst_of_one_property_leaves_the_others_their_verdicts():
    """All states are found in no time; the invariant has a run for each combination of what the managers do."""
    report = check(TwoPhaseCommit(rms=20), engine="sets", limits=Limits(time_s=8))
    verdicts = {found.name: found.verdict for found in report.properties}
    assert verdicts == {"consistent": Verdict.UNKNOWN, "all_commit": Verdict.HOLDS, "all_abort": Verdict.HOLDS, "deadlock": Verdict.HOLDS}
    assert report.generated == 97_520_648_166_834_178


def test_both_engines_are_each_other_s_witness():
    """They say the same, and it is said that both did."""
    report = check(TwoPhaseCommit(), engine="both")
    assert (report.engine, report.verdict, report.states, report.generated) == ("both", Verdict.HOLDS, 288, 1146)


def test_a_disagreement_of_the_engines_is_a_fault_of_ours():
    """It is told what they disagree on."""
    report = check(TwoPhaseCommit(), engine="sets")
    other = evolve(report, states=289)
    with pytest.raises(InternalError, match="states: 289 and 288"):
        agreed(lambda engine, _: report if engine == "sets" else other, Limits())


def test_of_both_engines_the_one_that_ends_answers():
    """A limit that ends the one does not take the answer of the other away."""
    report = check(Bits(count=40), engine="both", limits=Limits(memory_bytes=100_000_000))
    assert (report.engine, report.states) == ("sets", 2**40)
