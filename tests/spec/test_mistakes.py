"""A mistake in a spec gets one message: what is wrong, where, and what to do."""

from __future__ import annotations

import pytest

from modelcheck import (
    Crashes,
    FifoNetwork,
    History,
    ModelcheckError,
    Network,
    Process,
    Record,
    Spec,
    action,
    check,
    choose,
    constraint,
    invariant,
    require,
    step_property,
    terminal,
)
from modelcheck.consistency.objects import Register


class Base(Spec):
    """A spec without mistakes, with a variable of each kind."""

    limit: int = 2

    def init(self):
        self.x = 0
        self.fixed = {0: 0, 1: 0}
        self.table = {}
        self.seen = set()

    @action
    def go(self):
        require(self.x < self.limit)
        self.x += 1

    @terminal
    def end(self):
        return True


class Server(Process):
    """A process with one field."""

    term: int = 0


class Plain(Record):
    """A record that cannot crash."""

    term: int = 0


class DomainReturnsNothing(Base):
    def domain(self):
        range(2)

    @action(domain)
    def other(self, i):
        pass


class DomainInQuotes(Base):
    @action("domain")
    def other(self, i):
        pass


class NoDomain(Base):
    @action
    def other(self, i):
        pass


class ReturnsItsGuard(Base):
    @action
    def other(self):
        return self.x > 0


class InvariantAssigns(Base):
    @invariant
    def small(self):
        self.x = 1
        return True


class InvariantRequires(Base):
    @invariant
    def small(self):
        require(self.x < 1)
        return True


class ChoosesForEver(Base):
    @action
    def other(self):
        while choose([True, False]):
            pass


class StepWithoutAfter(Base):
    @step_property
    def grows(self):
        return True


class InvariantWithoutSelf(Base):
    @invariant
    def small():
        return True


class NamedDeadlock(Base):
    @invariant
    def deadlock(self):
        return True


class ConstraintWithoutReturn(Base):
    @constraint
    def small(self):
        self.x < 3  # noqa: B015


class UnknownVariable(Base):
    @action
    def other(self):
        self.y = 1


class ReadsUnknownVariable(Base):
    @action
    def other(self):
        require(self.why)


class UnknownField(Base):
    def init(self):
        super().init()
        self.server = {0: Server()}

    @action
    def other(self):
        self.server[0].trem = 1


class RecordInList(Base):
    def init(self):
        super().init()
        self.servers = [Server()]


class NewKey(Base):
    @action
    def other(self):
        self.fixed[2] = 0


class Raises(Base):
    @action
    def other(self):
        self.table["k"] += 1


class PropertyRaises(Base):
    @invariant
    def small(self):
        return self.table["k"] < 3


class ChoosesFromANumber(Base):
    @action
    def other(self):
        self.x = choose(3)


class NotANumber(Base):
    @action
    def other(self):
        self.x = float("nan")


class PartitionsWithoutNodes(Base):
    def init(self):
        super().init()
        self.network = Network(partitions=1)


class FifoWithoutNodes(Base):
    def init(self):
        super().init()
        self.network = FifoNetwork()


class MessageWithoutAddress(Base):
    def init(self):
        super().init()
        self.network = Network(nodes=(0, 1))

    @action
    def other(self):
        self.network.send("hello")


class CrashOfARecord(Base):
    def init(self):
        super().init()
        self.faults = Crashes(processes={0: Plain()}, crashes=1)


class CompletesWhatWasNotInvoked(Base):
    def init(self):
        super().init()
        self.history = History.of(Register())

    @action
    def other(self):
        self.history.complete("a", 1)


MISTAKES = [
    (DomainReturnsNothing, "takes i from None, which domain returned", "return"),
    (DomainInQuotes, "takes i from 'domain'", "without quotes"),
    (NoDomain, "has the parameter i and no domains", "@action(servers) above def other(self, i)"),
    (ReturnsItsGuard, "the action other returned False", "require(...)"),
    (InvariantAssigns, "the invariant small changed x", "local variables"),
    (InvariantRequires, "the invariant small ended in require()", "Return a truth value"),
    (ChoosesForEver, "one run made 10,000 choices", "must end"),
    (StepWithoutAfter, "lacks the parameter after", "def grows(self, after)"),
    (InvariantWithoutSelf, "lacks the parameter self", "def small(self)"),
    (NamedDeadlock, "cannot be called 'deadlock'", "another name"),
    (ConstraintWithoutReturn, "the constraint small returned None", "return"),
    (UnknownVariable, "assigned to 'y', which is no variable", "the variables are x, fixed, table, seen"),
    (ReadsUnknownVariable, "has no attribute 'why'", "Set self.why in init"),
    (UnknownField, "server[0].trem was assigned, and is no field of its class", "it has up, term"),
    (RecordInList, "was given a Server", "dicts with fixed keys"),
    (NewKey, "keeps them; an action added or removed 2", "start with an empty dict"),
    (Raises, "raised KeyError: 'k'", "require(...)"),
    (PropertyRaises, "the invariant small() raised KeyError: 'k'", "every reachable state"),
    (ChoosesFromANumber, "choose() needs an iterable of values and got 3", "range(3)"),
    (NotANumber, "nan is not equal to itself", "immutable"),
    (PartitionsWithoutNodes, "needs to know its nodes", "nodes=(0, 1, 2)"),
    (FifoWithoutNodes, "needs to know its nodes", "nodes=(0, 1)"),
    (MessageWithoutAddress, "'hello' says neither whom it is from", "src and dst"),
    (CrashOfARecord, "Plain(term=0) is no process", "modelcheck.Process"),
    (CompletesWhatWasNotInvoked, "completed an operation that it never invoked", "invoke(client, ...)"),
]


@pytest.mark.parametrize(("spec", "message", "remedy"), MISTAKES, ids=lambda value: getattr(value, "__name__", None))
def test_a_mistake_is_told_with_its_place_and_its_remedy(spec, message, remedy):
    """The message says what is wrong, names this file, and says what to do."""
    with pytest.raises(ModelcheckError) as raised:
        check(spec())
    assert message in raised.value.message
    assert raised.value.place is not None
    assert raised.value.place.startswith(__file__)
    assert remedy in (raised.value.remedy or "")


def test_a_decorator_above_a_static_method_is_refused():
    """A static method is no action, and is not dropped in silence."""
    with pytest.raises(ModelcheckError, match="stands above a staticmethod"):

        class Static(Base):
            @action
            @staticmethod
            def other():
                pass


def test_a_generator_as_a_domain_can_be_run_through_again():
    """A domain is kept, so an iterator that ends does not end the domain."""

    class Generated(Base):
        @action(i for i in range(3))
        def other(self, i):
            self.x = i

    assert [action.enabled for action in check(Generated()).actions if action.name == "other"] == [9]


def test_the_state_in_which_an_action_raised_is_noted():
    """An exception is shown with the state in which the action was taken."""
    with pytest.raises(ModelcheckError) as raised:
        check(Raises())
    assert "In the state" in "".join(raised.value.__notes__)


def test_a_field_that_a_record_lacks_is_refused_by_hand_too():
    """Stepping by hand refuses what the search refuses."""
    spec = UnknownField()
    with pytest.raises(ModelcheckError, match="no field of its class"):
        spec.step(spec.initial_states()[0], "other")


def test_no_warning_is_given_of_a_search_that_was_cut_short():
    """An action that was not enabled yet may be enabled later."""

    class Late(Base):
        @action
        def other(self):
            require(self.x == 2)

        @invariant
        def small(self):
            return self.x < 1

    assert check(Late()).warnings == ()


def test_a_network_that_says_what_its_messages_are_is_no_mistake():
    """``Network[str](...)`` leaves an attribute on the network, which is no part of the state."""

    class Typed(Base):
        def init(self):
            super().init()
            self.network = Network[str](losses=1)

        @action
        def other(self):
            self.network.send("hello")

    assert Typed().initial_states()
