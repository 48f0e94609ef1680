"""What depends on more than the state, or changes a value behind the search's back, is named; what only looks odd is not."""

from __future__ import annotations

import random
import subprocess
import sys
import textwrap
import time
from collections import Counter, defaultdict, deque
from dataclasses import dataclass

import pytest
from attrs import define, frozen

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


@frozen
class Holder:
    """Frozen, and holds what is not."""

    items: list[int]


class Thing:
    """Compared by identity."""


class Plain(Record):
    """A record."""

    number: int = 0
    limit: Fixed[int] = 3


class Ready(Process):
    """A process with a volatile field that has no default."""

    address: str


@dataclass
class Late:
    """A class that a record may be assigned instead of."""

    number: int = 0


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


class ListInCell(Base):
    def odd(self):
        self.value = [1]


class ListInTuple(Base):
    def odd(self):
        self.value = (1, [2])


class ListInFrozen(Base):
    def odd(self):
        self.value = Holder([1])


class ByIdentity(Base):
    def odd(self):
        self.value = Thing()


class ViewInCell(Base):
    def odd(self):
        self.value = self.marks


class ListInSet(Base):
    def odd(self):
        self.marks.add((1, []))


class OtherKind(Base):
    def odd(self):
        self.marks = [1]


class OtherRecord(Base):
    def odd(self):
        self.plain = Late()


class FixedField(Base):
    def odd(self):
        self.plain = Plain(limit=4)


class BrokenAlias(Base):
    def odd(self):
        self.twin = {1}


class Negative(Base):
    def odd(self):
        self.bag.subtract(["a"])


class EqualElements(Base):
    def odd(self):
        self.marks.update([1, True])


class Constant(Base):
    def odd(self):
        self.bound = 7


class Deleted(Base):
    def odd(self):
        del self.n


class Endless(Base):
    def odd(self):
        self.odd()


class ChoosesRecords(Base):
    def odd(self):
        choose([self.plain])


class Defaulting(Base):
    def init(self):
        super().init()
        self.more = defaultdict(int)


class Short(Base):
    def init(self):
        super().init()
        self.recent = deque(maxlen=2)


class Hidden(Base):
    def init(self):
        super().init()
        self.count = 3


class NoInit(Spec):
    @action
    def go(self):
        pass


class NoActions(Spec):
    def init(self):
        self.n = 0


class NoStart(Base):
    def init(self):
        super().init()
        require(self.n > 0)


class NoDefault(Base):
    def init(self):
        super().init()
        self.server = Ready(address="x")

    def odd(self):
        self.server.crash()


class Indexed(Process):
    """A process with a dict that has keys from the start."""

    term: int = 0
    index: dict[int, int] = {}  # noqa: RUF012 - copied for each process.


class BootDiffers(Base):
    def init(self):
        super().init()
        self.server = Indexed(index={0: choose([0, 1])})


class GeneratorProperty(Base):
    @invariant
    def small(self) -> bool:
        return (value < 3 for value in self.list)


MISTAKES = [
    (ListInCell, "value was given [1]", "a tuple"),
    (ListInTuple, "a list is mutable", "a tuple"),
    (ListInFrozen, "a list is mutable", "a tuple"),
    (ByIdentity, "compares by identity", "frozen attrs class"),
    (ViewInCell, "a set is mutable", "frozenset"),
    (ListInSet, "an element of marks was given", "a tuple"),
    (OtherKind, "marks is a set and was assigned [1]", "keeps the kind"),
    (OtherRecord, "plain is a Plain and was assigned", "keeps the kind"),
    (FixedField, "plain.limit is annotated Fixed and changed from 3 to 4", "Remove Fixed"),
    (BrokenAlias, "twin and marks are one object after init", "Change the object"),
    (Negative, "bag holds 'a' -1 times", "require(...)"),
    (EqualElements, "marks meets both 1 and True", "one type"),
    (Constant, "the constant 'bound'", "set by init"),
    (Deleted, "deleted 'n'", "None"),
    (Endless, "RecursionError", "require(...)"),
    (ChoosesRecords, "choose() was given a Plain, and a record stays", ""),
    (Defaulting, "more was given", ""),
    (Short, "maximal length", "popleft"),
    (Hidden, "the variable 'count' hides the method 'count'", "Rename"),
    (NoInit, "NoInit has no init", "Define init"),
    (NoActions, "NoActions has no actions", "@action"),
    (NoStart, "NoStart has no initial state", "require()"),
    (NoDefault, "a crash loses the field 'address'", "Durable"),
    (BootDiffers, "server.index is lost in a crash", "Durable"),
    (GeneratorProperty, "which is true whatever the state", "all(...)"),
]


@pytest.mark.parametrize(("spec", "message", "remedy"), MISTAKES, ids=lambda value: getattr(value, "__name__", None))
def test_what_a_state_cannot_hold_is_refused(spec, message, remedy):
    """The message says what is wrong and where, and what to do."""
    with pytest.raises(ModelcheckError) as raised:
        check(spec())
    assert message in raised.value.message
    assert raised.value.place is not None
    assert raised.value.place.startswith(__file__)
    assert remedy in (raised.value.remedy or "")


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


@pytest.mark.parametrize("body", ["yield", "await self.x()"])
def test_a_generator_or_coroutine_is_no_action(body):
    """Calling it would do nothing, and every step would be a loop."""
    source = f"@action\n{'async ' if 'await' in body else ''}def go(self):\n    {body}\n"
    namespace = {"Base": Base, "action": action}
    exec("class Odd(Base):\n" + textwrap.indent(source, "    "), namespace)
    with pytest.raises(SpecError, match="a generator or a coroutine"):
        check(namespace["Odd"]())


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


def test_a_decorator_over_something_else_is_refused():
    """The action would silently be missing."""

    class Odd(Base):
        go = action(len)

    with pytest.raises(SpecError, match=r"Odd\.go is decorated as action"):
        check(Odd())


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


def test_assert_under_o_is_refused(tmp_path):
    """Python -O drops the asserts, and the property would hold whatever it says."""
    path = tmp_path / "asserting.py"
    path.write_text(
        "from modelcheck import Spec, action, invariant, check\n"
        "class S(Spec):\n"
        "    def init(self): self.n = 0\n"
        "    @action\n"
        "    def go(self): self.n = 1\n"
        "    @invariant\n"
        "    def never(self) -> None:\n"
        "        assert self.n == 0\n"
        "check(S())\n"
    )
    done = subprocess.run([sys.executable, "-O", str(path)], capture_output=True, text=True, check=False)
    assert "python -O ignores" in done.stderr
