"""Values that a file writes alike, such as members of one name of two enums: the run is found all the same."""

from __future__ import annotations

from enum import Enum

import pytest
from attrs import frozen

from modelcheck import Spec, Verdict, action, check, choose, invariant, require, step_property
from modelcheck.spec import machine_of
from modelcheck.symbolic import prove
from modelcheck.trace import Outcome, read_recording, replay, write_trace


class Warm(Enum):
    """Has a member that another enum has, too."""

    RED = 1


class Bright(Enum):
    """The other."""

    RED = 1


@frozen
class Paint:
    """Holds one of either."""

    colour: Warm | Bright


class Base(Spec):
    """Takes one of two colours, and puts it back."""

    colours: tuple[Warm | Bright, ...] = (Warm.RED, Bright.RED)

    def init(self):
        self.x = None
        self.n = 0

    def all_colours(self):
        return self.colours

    @action(all_colours)
    def take(self, c):
        require(self.x is None)
        self.x = Paint(c)

    @action
    def back(self):
        require(self.x is not None)
        self.x = None

    @invariant
    def one(self):
        return self.x is None or self.x.colour is not self.colours[-1]


class Inside(Base):
    """Chooses it within the step."""

    def all_colours(self):
        return (0,)

    def take(self, c):
        require(self.x is None and c == 0)
        self.x = Paint(choose(self.colours))


class Beginning(Base):
    """Chooses it in init."""

    def init(self):
        self.x = Paint(choose(self.colours))


class Late(Base):
    """It shows two steps later which one it was."""

    def init(self):
        super().init()
        self.kept = set()

    def take(self, c):
        require(self.n == 0)
        self.x = Paint(c)
        self.n = 1

    def back(self):
        require(self.n == 1)
        self.kept.add(type(self.x.colour) is type(self.colours[-1]))
        self.x = None
        self.n = 2

    @invariant
    def one(self):
        return self.n < 2 or True not in self.kept


class Steps(Base):
    """What is false is false of a step."""

    @invariant
    def one(self):
        return True

    @step_property
    def kept(self, after):
        return self.x is None or after.x is not None or self.x.colour is not self.colours[-1]


class Several(Base):
    """One after the other: each of them is found before the next is."""

    def init(self):
        super().init()
        self.taken = ()

    def take(self, c):
        require(self.x is None and len(self.taken) < 6)
        self.x = Paint(c)
        self.taken += (c,)

    @invariant
    def one(self):
        return self.taken != (self.colours[-1],) * 6


@pytest.mark.parametrize("colours", [(Warm.RED, Bright.RED), (Bright.RED, Warm.RED)])
@pytest.mark.parametrize("cls", [Base, Inside, Beginning, Late, Steps, Several])
def test_the_run_that_shows_it_is_found_among_those_that_are_written_alike(cls, colours, tmp_path):
    """By the search, which replays what it found, and by a replay of the file."""
    spec = cls(colours=colours)
    report = check(spec, properties=["kept" if cls is Steps else "one"])
    [found] = report.properties
    assert found.verdict is Verdict.VIOLATED
    path = tmp_path / "trace.json"
    write_trace(found.trace, path)
    again = replay(machine_of(spec), read_recording(path))
    assert again.outcome is Outcome.CONFIRMED
    assert (again.trace.states, again.trace.steps) == (found.trace.states, found.trace.steps)


def test_a_run_of_which_none_of_the_alike_shows_it_is_not_confirmed(tmp_path):
    """Each is tried, and the first is shown."""
    trace = check(Several()).properties[0].trace
    path = tmp_path / "trace.json"
    write_trace(trace, path)

    class Mended(Several):
        @invariant
        def one(self):
            return True

    Mended.__name__ = "Several"
    again = replay(machine_of(Mended()), read_recording(path))
    assert (again.outcome, again.reason) == (Outcome.NOT_CONFIRMED, "one is true at the end of the run")
    assert len(again.trace.steps) == len(trace.steps)


def test_a_run_that_parts_late_is_shown_as_far_as_it_goes(tmp_path):
    """Whichever of the alike goes furthest."""
    trace = check(Late()).properties[0].trace
    path = tmp_path / "trace.json"
    write_trace(trace, path)

    class Stopped(Late):
        def back(self):
            require(self.n == 1)
            require(type(self.x.colour) is Warm)
            self.kept.add(True)
            self.n = 3

    Stopped.__name__ = "Late"
    again = replay(machine_of(Stopped()), read_recording(path))
    assert (again.outcome, again.step) == (Outcome.PARTED, 2)
    assert [type(state["x"].colour) for state in again.trace.states[1:]] == [Warm]


def test_a_proof_shows_it_too():
    """Its counterexample is replayed as well."""
    assert prove(Base(), properties=["one"]).properties[0].verdict is Verdict.VIOLATED
