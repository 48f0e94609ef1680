"""Mistakes in what is said of fairness, and what they are answered with."""

from __future__ import annotations

import pytest

from modelcheck import (
    Crashes,
    Durable,
    Network,
    Process,
    Spec,
    SpecError,
    action,
    fair,
    invariant,
    strongly_fair,
)
from modelcheck.spec import machine_of


class Base(Spec):
    def init(self):
        self.x = 0

    @action
    def act(self):
        self.x = 1 - self.x


def refused(make):
    try:
        machine_of(make()())
    except SpecError as error:
        return error
    except RuntimeError as error:  # Python 3.11 wraps what a class statement raises.
        cause = error.__cause__
    else:
        cause = None
    assert isinstance(cause, SpecError)
    return cause


def on_a_property():
    class Wrong(Base):
        @fair
        @invariant
        def asked(self):
            return True

    return Wrong


def on_a_plain_method():
    class Wrong(Base):
        @fair
        def helper(self):
            return True

    return Wrong


def below_action():
    class Wrong(Base):
        @action
        @fair
        def act(self):
            self.x = 1

    return Wrong


def below_action_with_domain():
    class Wrong(Base):
        @action((1, 2))
        @fair
        def act(self, n):
            self.x = n

    return Wrong


def twice():
    class Wrong(Base):
        @fair
        @strongly_fair
        @action
        def act(self):
            self.x = 1

    return Wrong


def another_name():
    class Wrong(Base):
        other = fair(Base.act)

    return Wrong


def a_property_inherited():
    class Asked(Base):
        @invariant
        def asked(self):
            return True

    class Wrong(Asked):
        asked = fair(Asked.asked)

    return Wrong


def a_value():
    class Wrong(Base):
        act = fair(3)

    return Wrong


def a_fault():
    class Losing(Network):
        lose = fair(Network.lose)

    class Wrong(Base):
        def init(self):
            self.x = 0
            self.network = Losing(losses=1)

    return Wrong


def a_crash():
    class Node(Process):
        up: Durable[int] = 0

    class Certain(Crashes):
        crash = strongly_fair(Crashes.crash)

    class Wrong(Base):
        def init(self):
            self.x = 0
            self.nodes = {0: Node()}
            self.crashes = Certain(processes=self.nodes, crashes=1)

    return Wrong


@pytest.mark.parametrize(
    ("make", "message", "remedy"),
    [
        (on_a_property, "asked is no action, and only actions can be fair", "above @action"),
        (on_a_plain_method, "helper is no action", "above @action"),
        (below_action, "", "Write @fair above @action."),
        (below_action_with_domain, "", "Write @fair above @action."),
        (twice, "act is marked as fair twice", "Keep one"),
        (another_name, "the fairness of act stands under another name", "act = fair(...)"),
        (a_property_inherited, "asked is no action", "above @action"),
        (a_value, "3 is no action", ""),
        (a_fault, "lose is a fault, and cannot be fair", "receives"),
        (a_crash, "crash is a fault, and cannot be fair", "recovers"),
    ],
)
def test_mistakes(make, message, remedy):
    """Each is told with its place and what to do."""
    error = refused(make)
    assert message in error.message
    assert remedy in (error.remedy or "")
    assert __file__ in (error.place or "")
