"""Lassos: runs that never end, judged and told on plain objects."""

from __future__ import annotations

import pytest
from attrs import evolve

from modelcheck import (
    Spec,
    UsageError,
    action,
    bound,
    choose,
    constraint,
    eventually,
    fair,
    require,
    strongly_fair,
)
from modelcheck.errors import TraceError
from modelcheck.spec import Strength, machine_of
from modelcheck.spec.fairness import assumed
from modelcheck.trace import Outcome, Trace, explain, record, replay
from modelcheck.trace.lasso import length, obligations, would_hold
from modelcheck.trace.parsing import from_json
from modelcheck.trace.recording import as_json
from modelcheck.trace.text import plain, trace_lines

from .ring import Ring


class Strong(Ring):
    use = strongly_fair(Ring.use)


def lasso(spec, name, steps, loop, **arguments):
    """A run of a spec, step by step; it closes its loop if its last state is one that it was in."""
    machine = machine_of(spec)
    states, taken = [machine.first_state], []
    for wanted in steps:
        step, state = next((step, state) for step, state in machine.successors(states[-1]) if repr(step) == wanted)
        taken.append(step)
        states.append(state)
    if loop < len(states) - 1:
        assert states.pop() == states[loop]
    kind = machine.find(name).role.value
    return machine, Trace(machine.cls.__name__, __file__, machine.constants, name, kind, tuple(states), tuple(taken), arguments, loop)


ROUND = ["hand_on()"] * 3


@pytest.mark.parametrize(
    ("spec", "name", "steps", "loop", "arguments", "reason"),
    [
        (Ring(), "served", ["want(n=1)", *ROUND], 1, {"n": 1}, None),
        (Strong(), "served", ["want(n=1)", *ROUND], 1, {"n": 1}, "use(n=1), which is strongly fair, is enabled again and again and never taken"),
        (Ring(), "served", ["want(n=1)"], 1, {"n": 1}, "hand_on, which is fair, is enabled for ever and never taken"),
        (Ring(), "served", ["want(n=1)", *ROUND], 1, {"n": 0}, "does not violate served"),
        (Ring(), "served", ROUND, 0, {"n": 0}, "does not violate served"),
        (Ring(), "served", ["want(n=0)", "use(n=0)", "finish(n=0)"], 0, {"n": 0}, "does not violate served"),
        (Ring(), "used", ["want(n=1)", *ROUND], 1, {}, None),
        (Ring(), "used", ["want(n=0)", "use(n=0)", "finish(n=0)", *ROUND], 3, {}, "does not violate used"),
        (Ring(), "used", ["want(n=0)"], 1, {}, "use(n=0), which is fair, is enabled for ever"),
        (Ring(), "home", ROUND, 0, {}, "does not violate home"),
        (Ring(), "home", ["hand_on()", "want(n=1)", "use(n=1)", "finish(n=1)", "want(n=1)"], 2, {}, None),
        (Ring(), "rests", ROUND, 0, {}, None),
        (Ring(), "rests", [], 0, {}, "does not violate rests"),
        (Ring(), "rests", ["nap()"], 0, {}, "does not violate rests"),
        (Ring(), "used", ["nap()"], 0, {}, "hand_on, which is fair, is enabled for ever"),
    ],
)
def test_what_is_a_counterexample(spec, name, steps, loop, arguments, reason):
    """A run that violates the property and is fair; everything else is told why not."""
    machine, run = lasso(spec, name, steps, loop, **arguments)
    for trace in (run, from_json(as_json(record(run)))):
        found = replay(machine, trace)
        assert found.outcome is (Outcome.CONFIRMED if reason is None else Outcome.NOT_CONFIRMED)
        assert (reason or "") in found.reason


def test_a_file_keeps_a_lasso():
    """Loop, closing step and assumptions come back; other tools find the loop where the format has it."""
    _, run = lasso(Ring(), "served", ["want(n=1)", *ROUND], 1, n=1)
    run = evolve(run, fair={"use": Strength.STRONG})
    document = as_json(record(run))
    assert document["loop"] == 1
    assert len(document["states"]) == 4
    assert from_json(document) == record(run)
    assert from_json(document).closes


def test_assumptions_count():
    """What a trace assumes is fair counts in place of what the spec says, and is refused where it cannot be."""
    machine, run = lasso(Ring(), "served", ["want(n=1)", *ROUND], 1, n=1)
    found = replay(machine, evolve(run, fair={"use": Strength.STRONG}))
    assert found.outcome is Outcome.NOT_CONFIRMED
    stops = lasso(Ring(), "served", ["want(n=1)"], 1, n=1)[1]
    assert replay(machine, evolve(stops, fair={"hand_on": Strength.NONE})).outcome is Outcome.CONFIRMED
    assert replay(machine, evolve(run, fair={"gone": Strength.WEAK})).outcome is Outcome.PARTED


@pytest.mark.parametrize(("given", "message"), [({"gone": "weak"}, "no action 'gone'"), ({"use": "very"}, "fair as 'very'")])
def test_assumptions_that_cannot_be(given, message):
    with pytest.raises(UsageError) as raised:
        assumed(machine_of(Ring()), given)
    assert message in raised.value.message


def damaged(change):
    _, run = lasso(Ring(), "served", ["want(n=1)", *ROUND], 1, n=1)
    document = as_json(record(run))
    change(document)
    return document


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.pop("loop"), "no loop"),
        (lambda d: d["#meta"].pop("closing_step"), "the step that closes its loop is missing"),
        (lambda d: d["#meta"].update(closing_step=3), "the step that closes its loop cannot be read"),
        (lambda d: d["#meta"].update(closing_step={"action": "use"}), "the step that closes its loop cannot be read"),
        (lambda d: d["#meta"].update(fair=[1]), "the fairness that it assumes"),
        (lambda d: d["#meta"].update(fair={"use": "very"}), "the fairness that it assumes"),
        (lambda d: d.update(loop=9), "returns to state 9"),
    ],
)
def test_a_damaged_lasso_is_told(change, message):
    with pytest.raises(TraceError) as raised:
        from_json(damaged(change))
    assert message in raised.value.message


@pytest.mark.parametrize(
    ("change", "outcome", "reason"),
    [
        (lambda d: d.update(loop=0), Outcome.PARTED, "leads to another state"),
        (lambda d: d.update(loop=2), Outcome.PARTED, "leads to another state"),
        (lambda d: d["states"].pop(2), Outcome.PARTED, ""),
        (lambda d: d["#meta"].update(closing_step={"action": "nap", "arguments": {}, "choices": []}), Outcome.PARTED, "leads to another state"),
        (lambda d: d["#meta"].update(arguments={"n": {"#bigint": "7"}}), Outcome.NOT_CONFIRMED, "other arguments"),
        (lambda d: d["#meta"].update(property="used", kind="eventually always", arguments={}), Outcome.CONFIRMED, ""),
        (lambda d: d["#meta"].update(property="gone"), Outcome.PARTED, "no liveness property 'gone'"),
    ],
)
def test_a_lasso_that_was_changed_is_refused(change, outcome, reason):
    """A step removed, the index of the loop moved, another closing step: none of them is a run of the spec."""
    found = replay(machine_of(Ring()), from_json(damaged(change)))
    assert found.outcome is outcome
    assert reason in found.reason


def test_how_a_lasso_reads():
    """The loop further in, where it returns to, and the reasons: from when on, with which values, and why it is fair."""
    machine, run = lasso(Ring(), "served", ["want(n=1)", *ROUND], 1, n=1)
    text = plain(trace_lines(run))
    assert text.endswith(
        """
1. want(n=1)
     mode[1]: IDLE → WAITING

for ever:
  2. hand_on()
       at: 0 → 1

  3. hand_on()
       at: 1 → 2

  4. hand_on()
       at: 2 → 0
       back to the state after step 1"""
    )
    assert "\n".join(explain(machine, run).lines()) == (
        """served(n=1) is false:
  its premise is true after step 1, and its goal is not true then or later, as after step 3:
    self.mode[n] is Mode.USING
      self.mode[n] = WAITING
  this may go on for ever, since it is fair:
    hand_on: taken
    use(n=1): not enabled after steps 1, 3, and so not for ever"""
    )
    assert length(run) == "in 1 step, then 3 for ever"


def test_how_a_run_that_stops_reads():
    machine, run = lasso(Ring(), "served", ["want(n=1)"], 1, n=1)
    run = evolve(run, fair={"hand_on": Strength.NONE})
    assert plain(trace_lines(run)).endswith("for ever: nothing")
    assert "of what is enabled, nothing is fair (want, hand_on)" in "\n".join(explain(machine, run).lines())
    assert length(run) == "in 1 step, then nothing"


class Still(Spec):
    """Ends in a deadlock, at a bound, or in steps that change nothing."""

    how: str = "deadlock"

    def init(self):
        self.x = 0

    @fair
    @action
    def go(self):
        require(self.x < 2)
        if self.how == "bound":
            bound(self.x < 1)
        self.x += 1

    @fair
    @action
    def spin(self):
        require(self.how == "spin")
        self.x = choose([self.x])

    @constraint
    def small(self):
        return self.how != "constraint" or self.x < 2

    @eventually
    def done(self):
        return self.x == 3


@pytest.mark.parametrize(
    ("how", "steps", "outcome", "reason"),
    [
        ("deadlock", ["go()", "go()"], Outcome.CONFIRMED, ""),
        ("spin", ["go()", "go()"], Outcome.CONFIRMED, ""),
        ("bound", ["go()"], Outcome.NOT_CONFIRMED, "go, which is fair, is enabled for ever"),
        ("constraint", ["go()"], Outcome.NOT_CONFIRMED, "go, which is fair, is enabled for ever"),
    ],
)
def test_where_a_run_stops(how, steps, outcome, reason):
    """A step that leaves the bounds is enabled all the same; one that changes nothing is no step."""
    machine, run = lasso(Still(how=how), "done", steps, len(steps))
    found = replay(machine, run)
    assert found.outcome is outcome
    assert reason in found.reason
    if outcome is Outcome.CONFIRMED:
        assert "no action is enabled that changes anything" in "\n".join(explain(machine, run).lines())


class Together(Spec):
    """Two actions that lead to the same state, and one that is fair as a whole."""

    def init(self):
        self.x = 0

    @action
    def left(self):
        self.x = 1 - self.x

    @strongly_fair
    @action
    def right(self):
        self.x = 1 - self.x

    @strongly_fair(each=False)
    @action((0, 1))
    def turn(self, x):
        require(self.x == x)
        self.x = 1 - x

    @strongly_fair
    @action((0, 1))
    def each(self, x):
        require(self.x == x)
        self.x = 2

    @eventually
    def two(self):
        return self.x == 2


def test_a_step_is_of_every_action_that_could_have_taken_it():
    """What counts is the relation of states, as in the definition; an action that is fair as a whole is taken with any arguments."""
    machine, run = lasso(Together(), "two", ["left()", "left()"], 0)
    met = {str(found): found.is_met for found in obligations(machine, run)}
    assert met == {"right": True, "turn": True, "each(x=0)": False, "each(x=1)": False}


def test_advice_in_words():
    assert would_hold(None) is None
    assert would_hold({}) == "No fairness of the actions would make it hold."
    assert would_hold({"a": Strength.WEAK}) == "It would hold if a was fair."
    assert would_hold({"a": Strength.WEAK, "b": Strength.STRONG}) == "It would hold if b was strongly fair, and a fair."
