"""What depends on more than the state, or changes a value behind the search's back, is named; what only looks odd is not."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest
from attrs import define

from modelcheck import Fixed, Process, Record, Spec, SpecError, Verdict, action, check, choose, invariant, require
from modelcheck.errors import ImpureError, ModelcheckError

CALLS: list[int] = []


def tick():
    """Another number each time. Random numbers would now and then agree, and the test fail."""
    CALLS.append(1)
    return len(CALLS)


@define(unsafe_hash=True)
class Mutable:
    """Hashable, and not frozen: a mistake."""

    number: int = 0


class Plain(Record):
    """A record."""

    number: int = 0
    limit: Fixed[int] = 3


class Base(Spec):
    """A counter, and a variable of each kind."""

    bound: int = 20

    def init(self):
        self.n = 0
        self.value = None
        self.marks = set()
        self.bag = Counter()
        self.list = []
        self.map = {0: 0}
        self.plain = Plain()
        self.twin = self.marks

    @action
    def count(self):
        require(self.n < self.bound)
        self.n += 1
        self.odd()

    def odd(self):
        """What a mistake does besides."""


class Random(Base):
    def odd(self):
        self.value = random.random()


class Time(Base):
    def odd(self):
        self.value = time.perf_counter_ns()


class Global(Base):
    def odd(self):
        self.value = tick() % 7


class Identity(Base):
    def odd(self):
        self.value = id(object()) % 1000 + random.randrange(1000)


class AlternatingGuard(Base):
    def odd(self):
        require(tick() % 2)


class AlternatingProperty(Base):
    @invariant
    def lucky(self) -> bool:
        return tick() % 2 == 0


class RandomStart(Base):
    def init(self):
        super().init()
        self.n = random.randrange(10**6)


class AlternatingDomain(Base):
    @action(lambda _: range(1 + tick() % 3))
    def pick(self, i):
        self.value = i


@pytest.mark.parametrize(
    "spec", [Random, Time, Global, Identity, AlternatingGuard, AlternatingProperty, RandomStart, AlternatingDomain]
)
def test_what_depends_on_more_than_the_state_is_named(spec):
    """The error says where, and what the usual causes are."""
    with pytest.raises(ModelcheckError) as raised:
        check(spec())
    assert isinstance(raised.value, ImpureError)
    assert raised.value.place.startswith(__file__)
    assert "random numbers" in raised.value.remedy


def test_a_value_that_is_changed_after_it_was_stored_is_named():
    """Its state would be another one without a step."""
    shared = Mutable()

    class Sharing(Base):
        def odd(self):
            self.value = shared
            shared.number += self.n

    with pytest.raises(SpecError, match=r"was changed after it was stored|does not depend on the state alone"):
        check(Sharing())


def test_an_element_that_is_changed_after_it_was_added_is_named():
    """A set would hold it under what it was."""
    shared = Mutable()

    class Sharing(Base):
        def odd(self):
            if self.n == 1:
                self.marks.add(shared)
            if self.n == self.bound:
                shared.number += 1

    with pytest.raises(SpecError, match=r"was changed after it was stored|does not depend on the state alone"):
        check(Sharing())


def test_two_actions_of_one_name_are_refused():
    """Python would silently forget the first."""
    with pytest.raises(SpecError, match="written a second time"):

        class Twice(Base):
            @action
            def go(self):
                self.n = 0

            @action([1, 2])
            def go(self, i):  # noqa: F811 - this is the mistake.
                self.n = i


def test_an_action_may_call_another():
    """It is an ordinary method."""

    class Calling(Base):
        @action
        def twice(self):
            self.count()
            self.count()

    assert check(Calling(bound=4), properties=[]).states == 5


def test_a_domain_may_be_empty():
    """The action is never enabled, and the report says so."""

    class Empty(Base):
        @action([])
        def nobody(self, i):
            self.n = i

    assert "nobody was never enabled" in " ".join(check(Empty(), properties=[]).warnings)


def test_a_budget_that_differs_between_initial_states_is_not_dropped():
    """An action of a part is left out only if no initial state allows it."""

    class Sometimes(Spec):
        def init(self):
            from modelcheck import Crashes  # noqa: PLC0415

            self.servers = {0: Process()}
            self.crashes = Crashes(processes=self.servers, crashes=choose([0, 1]), restarts=False)

        @action
        def wait(self):
            pass

        @invariant
        def up(self) -> bool:
            return self.servers[0].up

    assert check(Sometimes()).verdict is Verdict.VIOLATED


class Environment(Base):
    def odd(self):
        self.value = os.environ.get("HOME") is None


class OfText(Base):
    @invariant
    def lucky(self) -> bool:
        return hash("a") != 0


class OfHelper(Base):
    def odd(self):
        self.value = sum(helper(text) for text in "ab")


class OfPid(Base):
    def init(self):
        super().init()
        self.n = os.getpid() % 2


def helper(text):
    """Called by an action."""
    return hash(text) % 3


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (Environment, "the action count uses os.environ"),
        (OfText, "the invariant lucky uses hash()"),
        (OfHelper, "the action count uses hash()"),
        (OfPid, "init uses os.getpid()"),
    ],
)
def test_what_is_the_same_throughout_a_process_only_is_a_warning(spec, told):
    """A search cannot notice that hash() of a text is another in the next run; the code is read, and its line is named."""
    [warning] = check(spec()).warnings
    assert warning.startswith(f"{told}, which may give something else in the next run of Python")
    line = int(warning.rpartition(":")[2])
    assert told.split()[-1].removesuffix("()") in Path(__file__).read_text().splitlines()[line - 1]


class OwnHash(Base):
    """Uses names that only look like those."""

    def odd(self):
        random = FakeModule()
        time = self.hash
        self.value = (random.randint(), time(), self.hash())

    def hash(self):
        return 7


class FakeModule:
    def randint(self):
        return 4


def test_what_has_only_the_name_of_one_is_none():
    """A method, a variable or an attribute of the same name is no such call."""
    assert check(OwnHash()).warnings == ()
