"""What a spec says of what must happen: the marks of fairness on actions, and the liveness properties themselves."""

from __future__ import annotations

import pytest

from modelcheck import (
    Crashes,
    Durable,
    Process,
    Spec,
    SpecError,
    action,
    always_eventually,
    bound,
    choose,
    eventually,
    eventually_always,
    fair,
    leads_to,
    require,
    strongly_fair,
)
from modelcheck.spec import Fairness, Role, Strength, machine_of


class Ring(Spec):
    def init(self):
        self.at = 0

    @fair
    @action((0, 1))
    def use(self, n):
        require(self.at == n)
        self.at = n + 1

    @strongly_fair(each=False)
    @action
    def hand_on(self):
        self.at = 0

    @action
    def want(self):
        self.at = 2

    @eventually
    def settled(self):
        return self.at == 2

    @always_eventually
    def back(self):
        return self.at == 0

    @eventually_always
    def stays(self):
        return self.at == 2

    @leads_to((0, 1))
    def follows(self, n):
        return self.at == n, self.at == n + 1


class Mutant(Ring):
    def use(self, n):
        self.at = n


class Stronger(Mutant):
    use = strongly_fair(Ring.use)


class Mixin:
    use = strongly_fair(Ring.use)


class Mixed(Mixin, Mutant):
    pass


class Redeclared(Ring):
    @action((0, 1, 2))
    def use(self, n):
        self.at = n


class Marked(Mutant):
    @strongly_fair
    def use(self, n):
        self.at = 1 - n


def marks(cls):
    return {action.name: action.fairness for action in machine_of(cls()).actions}


WEAK, STRONG, NOT = Fairness(Strength.WEAK), Fairness(Strength.STRONG), Fairness()


def test_marks():
    """Nothing is fair by default; a mark is for each combination of arguments, unless it says otherwise."""
    assert marks(Ring) == {"use": WEAK, "hand_on": Fairness(Strength.STRONG, each=False), "want": NOT}
    assert [str(mark) for mark in marks(Ring).values()] == ["fair", "strongly fair as a whole", "not fair"]


@pytest.mark.parametrize(
    ("cls", "mark", "writer"),
    [(Mutant, WEAK, Mutant), (Redeclared, WEAK, Redeclared), (Stronger, STRONG, Mutant), (Mixed, STRONG, Mutant), (Marked, STRONG, Marked)],
)
def test_a_mark_and_a_body_are_inherited_apart(cls, mark, writer):
    """An override keeps the fairness, and fairness that is added keeps the override."""
    [use] = [action for action in machine_of(cls()).actions if action.name == "use"]
    assert use.fairness == mark
    assert use.function is writer.__dict__["use"]
    assert marks(Ring)["use"] == WEAK


def test_marked_functions_stay_functions():
    """A mark does not change what a method is: it can be called, and `super()` finds it."""
    spec = Ring()
    spec.at = 0
    spec.use(0)
    assert spec.at == 1
    assert Stronger.use is Mutant.use


def test_the_machine_knows_liveness_properties():
    """They are apart from those that each state or step has, in the order in which they are written."""
    machine = machine_of(Ring())
    assert [(each.name, each.role) for each in machine.liveness] == [
        ("settled", Role.EVENTUALLY),
        ("back", Role.ALWAYS_EVENTUALLY),
        ("stays", Role.EVENTUALLY_ALWAYS),
        ("follows", Role.LEADS_TO),
    ]
    assert machine.properties == []
    assert machine.asked == machine.liveness
    assert machine.find("back") is machine.liveness[1]


def test_pairs():
    """Each property says a premise and a goal of a state; only `leads_to` has a premise that can be false."""
    machine = machine_of(Ring())
    live = machine.thaw(machine.first_state)
    settled, back, _, follows = machine.liveness
    assert settled.pair(live, {}) == (True, False)
    assert back.pair(live, {}) == (True, True)
    assert [follows.pair(live, {"n": n}) for n in (0, 1)] == [(True, False), (False, False)]


class Plain(Spec):
    def init(self):
        self.x = 0

    @action
    def act(self):
        self.x = 1 - self.x


def answers(kind, body):
    cls = type("Asked", (Plain,), {"__module__": __name__, "asked": kind(body)})
    machine = machine_of(cls())
    live = machine.thaw(machine.first_state)
    return machine.liveness[0].pair(live, {})


def asserting(self):
    assert self.x == 0


def failing(self):
    assert self.x == 1


def nothing(self):
    self.x.bit_length()


def requiring(self):
    require(self.x == 1)
    return True


def bounded(self):
    bound(self.x == 1)
    return True


def choosing(self):
    return choose([True, False]) or self.x == 0


def half(self):
    return self.x == 0, lambda: True


def part_missing(self):
    return self.x == 0, None


def single(self):
    return self.x == 0


def generator(self):
    return (x for x in [self.x])


@pytest.mark.parametrize("kind", [eventually, always_eventually, eventually_always])
@pytest.mark.parametrize(
    ("body", "message"),
    [
        (asserting, "asked returned None"),
        (failing, "asked ended in an assert"),
        (nothing, "asked returned None"),
        (requiring, "asked ended in require()"),
        (bounded, "asked ended in require(), bound()"),
        (choosing, "asked calls choose()"),
        (generator, "which is true whatever the state"),
    ],
)
def test_what_is_no_answer(kind, body, message):
    """A liveness property says true or false of every state, and by no other way than its result."""
    with pytest.raises(SpecError) as raised:
        answers(kind, kind_of(body))
    assert message in raised.value.message
    assert raised.value.remedy


def kind_of(body):
    def asked(self):
        return body(self)

    return asked


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (single, "and not a pair"),
        (part_missing, "returned None as its goal"),
        (half, "which is true whatever the state"),
        (choosing, "calls choose()"),
        (nothing, "returned None, and not a pair"),
        (failing, "an assert"),
    ],
)
def test_what_is_no_pair(body, message):
    with pytest.raises(SpecError) as raised:
        answers(leads_to, kind_of(body))
    assert message in raised.value.message


# Mistakes -----------------------------------------------------------------------------------------------------------------------------------------


def test_what_recovers_may_be_fair():
    """A network that is healed, a process that is restarted: that they come back is an assumption that protocols make."""

    class Node(Process):
        up: Durable[int] = 0

    class Recovering(Crashes):
        restart = fair(Crashes.restart)

    class Right(Plain):
        def init(self):
            self.x = 0
            self.nodes = {0: Node()}
            self.crashes = Recovering(processes=self.nodes, crashes=1)

    assert marks(Right)["crashes.restart"] == WEAK
