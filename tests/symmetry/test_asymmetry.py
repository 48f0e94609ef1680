"""Specs that tell names apart: they are searched without symmetry, and it is told where they do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest

from modelcheck import (
    Interchangeable,
    Limits,
    Spec,
    SpecError,
    UsageError,
    Verdict,
    action,
    check,
    choose,
    invariant,
    reachable,
    require,
    terminal,
)
from specs.commit.two_phase_commit import RM, TM, Manager, TwoPhaseCommit

from .agreement import few_compared
from .lamps import Lamps


class InOrder(TwoPhaseCommit):
    """Managers prepare in the order of their names."""

    def rm_prepare(self, r: Manager) -> None:
        before = self.managers()[: self.managers().index(r)]  # type: ignore[index,attr-defined]
        require(all(self.rm[other] is not RM.WORKING for other in before))
        super().rm_prepare(r)


class OneIsPicked(TwoPhaseCommit):
    """The first of some, in the order of iteration, is told first."""

    def tm_abort(self) -> None:
        super().tm_abort()
        first = next((r for r in self.managers() if self.rm[r] is RM.PREPARED), None)
        if first is not None:
            self.rm[first] = RM.ABORTED


class LastIsPatient(TwoPhaseCommit):
    """The last manager aborts only when all is decided."""

    def rm_choose_to_abort(self, r: Manager) -> None:
        require(r is not Manager.several(3)[2] or self.tm is TM.DONE)
        super().rm_choose_to_abort(r)


class SecondRefuses(TwoPhaseCommit):
    """The second refuses while the first and the third are aborted, which is rare."""

    def rm_prepare(self, r: Manager) -> None:
        one, two, three = Manager.several(3)
        require(r is not two or not (self.rm[one] is self.rm[three] is RM.ABORTED))
        super().rm_prepare(r)


class OneIsWatched(TwoPhaseCommit):
    """An invariant is of one manager."""

    @invariant
    def last_is_not_alone(self) -> bool:
        *others, last = self.managers()
        return self.rm[last] is not RM.PREPARED or any(self.rm[each] is not RM.WORKING for each in others)


@pytest.mark.parametrize("rms", [3, pytest.param(5, marks=pytest.mark.slow)])
@pytest.mark.parametrize("spec", [InOrder, OneIsPicked, LastIsPatient, SecondRefuses])
def test_a_spec_that_tells_names_apart_is_searched_without_symmetry(spec: Any, rms: int):
    """With each of twenty seeds, which choose the renamings that states are compared under."""
    whole = check(spec(rms=rms), symmetry="off")
    for seed in range(20):
        report = check(spec(rms=rms), seed=seed)
        assert report.orbits is None, seed
        assert str(report.symmetry).startswith("not used: the action "), seed
        assert (report.states, report.generated, report.depth) == (whole.states, whole.generated, whole.depth)


def test_the_line_names_the_action_the_state_and_the_renaming():
    report = check(LastIsPatient())
    assert report.symmetry is not None
    line = r"not used: the action (\w+) tells names apart: (in the first state|after .*) it does something else with (.*)"
    found = re.fullmatch(line, report.symmetry)
    assert found is not None
    assert found[1] == "rm_choose_to_abort"
    assert "m2" in found[3]


def test_a_property_that_tells_names_apart_is_found():
    report = check(OneIsWatched())
    assert report.symmetry is not None
    assert "the invariant last_is_not_alone tells names apart" in report.symmetry
    assert report.verdict.value == "violated"


class LastIsWatched(Lamps):
    """An invariant that is false of one state of an orbit of twelve."""

    @invariant
    def last_is_dark(self) -> bool:
        first, second, third, last = self.lamps()
        return not (self.lamp[last] == 2 and self.lamp[third] == 1 and self.lamp[first] == self.lamp[second] == 0)


class LastIsSought(Lamps):
    """A state that is reachable, though not the one of its orbit that is met first."""

    @reachable
    def last_is_lit(self) -> bool:
        first, _, third, last = self.lamps()
        return self.lamp[last] == 2 and self.lamp[third] == 0 and self.lamp[first] == 1


@pytest.mark.parametrize("seed", range(20))
def test_a_predicate_that_tells_names_apart_in_one_state_of_an_orbit_is_found(seed):
    """In a small search every state of every orbit is looked at."""
    assert check(LastIsWatched(), seed=seed).verdict is Verdict.VIOLATED
    assert check(LastIsSought(), seed=seed).verdict is Verdict.HOLDS



class Pair(Spec):
    """Two counters, and when both are at their end, an action for the first of them alone."""

    end: int = 30

    def init(self) -> None:
        self.count = dict.fromkeys(self.both(), 0)
        self.rung: Manager | None = None

    def both(self) -> Iterable[Manager]:
        return Manager.several(2)

    @action(both)
    def up(self, i: Manager) -> None:
        require(self.count[i] < self.end)
        self.count[i] += 1

    @action(both)
    def ring(self, i: Manager) -> None:
        require(all(count == self.end for count in self.count.values()))
        require(i is next(iter(self.both())))
        self.rung = i

    @terminal
    def has_rung(self) -> bool:
        return self.rung is not None


@pytest.mark.parametrize("seed", range(10))
def test_a_path_that_was_seldom_taken_is_compared_however_many_states_there_were(seed):
    """Late in a search a state is compared with itself renamed in one case of four, and always where a step is by a new path."""
    with few_compared():
        found = check(Pair(), seed=seed)
    assert found.orbits is None
    assert "the action ring tells names apart" in str(found.symmetry)


@pytest.mark.parametrize("symmetry", ["on", "exact"])
def test_where_symmetry_is_wanted_an_asymmetry_is_an_error(symmetry):
    with pytest.raises(SpecError, match=f"symmetry is {symmetry}, and cannot be used: the action rm_prepare tells names apart"):
        check(InOrder(), symmetry=symmetry)


def test_symmetry_without_names_is_an_error():
    class Counter(Spec):
        """No names."""

        def init(self) -> None:
            self.count = 0

        @action
        def step(self) -> None:
            self.count = 1 - self.count

    with pytest.raises(SpecError, match="there are no interchangeable names"):
        check(Counter(), symmetry="on")
    assert check(Counter()).symmetry is None
    with pytest.raises(UsageError, match="symmetry is not 'yes'"):
        check(Counter(), symmetry="yes")
    with pytest.raises(UsageError, match="a random walk goes through states"):
        check(TwoPhaseCommit(), symmetry="on", order="random", limits=Limits(states=10))


class Chosen(TwoPhaseCommit):
    """One manager may be chosen at the start, or is given."""

    chosen: Manager | None = None
    chooses: bool = True

    def init(self) -> None:
        super().init()
        self.first = choose(self.managers()) if self.chooses else self.chosen

    def rm_prepare(self, r: Manager) -> None:
        require(r is self.first or self.first is None or self.rm[self.first] is not RM.WORKING)
        super().rm_prepare(r)


def test_a_name_that_init_chooses_does_not_tell_names_apart():
    reduced, whole = check(Chosen(), symmetry="exact"), check(Chosen(), symmetry="off")
    assert (reduced.states, reduced.generated, reduced.depth) == (whole.states, whole.generated, whole.depth)
    assert reduced.orbits is not None
    assert reduced.orbits * 2.5 < whole.states


def test_a_name_that_a_constant_gives_stays_what_it_is():
    spec = Chosen(rms=4, chooses=False, chosen=Manager.several(2)[1])
    reduced, whole = check(spec, symmetry="exact"), check(spec, symmetry="off")
    assert (reduced.states, reduced.generated, reduced.depth) == (whole.states, whole.generated, whole.depth)
    assert reduced.symmetry is not None
    assert "m0, m2, m3 are interchangeable" in reduced.symmetry


class FirstIsDifferent(TwoPhaseCommit):
    """Init singles a manager out."""

    def init(self) -> None:
        super().init()
        self.rm[Manager.several(1)[0]] = RM.PREPARED


def test_a_name_that_the_initial_state_singles_out_stays_what_it_is():
    reduced, whole = check(FirstIsDifferent(rms=4), symmetry="exact"), check(FirstIsDifferent(rms=4), symmetry="off")
    assert (reduced.states, reduced.generated, reduced.depth) == (whole.states, whole.generated, whole.depth)
    assert reduced.symmetry is not None
    assert "m1, m2, m3 are interchangeable" in reduced.symmetry


class SomeAreChosen(TwoPhaseCommit):
    """Init chooses among some of the managers only."""

    def init(self) -> None:
        super().init()
        self.rm[choose(Manager.several(2))] = RM.PREPARED


def test_initial_states_that_are_others_under_other_names_are_told():
    report = check(SomeAreChosen())
    assert report.symmetry is not None
    assert report.symmetry.startswith("not used: init tells names apart")


class Raises(TwoPhaseCommit):
    """An error under other names is no error of the spec."""

    def rm_prepare(self, r: Manager) -> None:
        if r is not Manager.several(1)[0] and all(state is RM.WORKING for state in self.rm.values()):
            require(False)
        if self.rm[Manager.several(1)[0]] is RM.WORKING and self.rm[r] is RM.WORKING and r is not Manager.several(1)[0] and self.prepared:
            raise ValueError("cannot be")
        super().rm_prepare(r)


def test_an_error_in_a_renamed_state_is_an_asymmetry():
    assert check(Raises()).verdict == check(Raises(), symmetry="off").verdict


class Related(Spec):
    """Nine names that are related to each other."""

    size: int = 9

    def init(self) -> None:
        self.next: dict[Manager, Manager | None] = dict.fromkeys(self.managers())
        self.left = 2

    def managers(self) -> Iterable[Manager]:
        return Manager.several(self.size)

    @action(managers, managers)
    def link(self, i: Manager, j: Manager) -> None:
        require(self.left > 0)
        require(self.next[i] is None)
        self.next[i] = j
        self.left -= 1

    @terminal
    def done(self) -> bool:
        return self.left == 0


def test_of_many_names_that_are_related_some_are_taken():
    reduced, whole = check(Related(), symmetry="on"), check(Related(), symmetry="off")
    assert (reduced.states, reduced.generated) == (whole.states, whole.generated)
    assert reduced.orbits is not None
    assert reduced.orbits * 5 < whole.states
    assert reduced.symmetry is not None
    assert reduced.symmetry.endswith("4 more could be, and there are too many ways to rename all")


class Other(Interchangeable):
    """Names that are written like a manager's."""

    prefix = "m"


class Alike(TwoPhaseCommit):
    """Two classes of names that cannot be told apart in print."""

    def init(self) -> None:
        super().init()
        self.others = set(Other.several(2))


def test_names_of_two_classes_must_not_be_written_alike():
    with pytest.raises(SpecError, match="names of Manager and of Other are both written m"):
        check(Alike())
