"""Running a trace again."""

import time

import pytest
from attrs import evolve

from modelcheck.errors import SpecError, TraceError, UsageError
from modelcheck.spec import Spec, action, choose, invariant, machine_of, require, terminal
from modelcheck.trace import Outcome, Trace, record, replay
from modelcheck.trace.constants import recorded_constants
from modelcheck.trace.recording import RecordedStep

from .conftest import Light, Town, counterexample, found


def parted(machine, recording):
    result = replay(machine, recording)
    assert result.outcome is Outcome.PARTED
    return result


@pytest.mark.parametrize("name", ["calm", "unseen", "forward", "read_once"])
def test_a_trace_of_the_same_spec_is_confirmed(town, name):
    """Replaying what a search found goes through the same states, for every kind of property."""
    trace = counterexample(town, name)
    result = replay(town, trace)
    assert result.outcome is Outcome.CONFIRMED
    assert (result.trace.states, result.trace.steps, result.trace.arguments) == (
        trace.states,
        trace.steps,
        trace.arguments,
    )


def test_a_recording_gives_the_values_back(town, trace):
    """A replay from a file ends with the Python values that the search had."""
    assert replay(town, record(trace)).trace.states == trace.states


def test_a_property_that_was_repaired_is_not_confirmed(trace):
    """The run is the same and the property true: the replay says so."""

    class Repaired(Town):
        @invariant
        def calm(self):
            return True

    result = replay(machine_of(Repaired()), record(trace))
    assert (result.outcome, result.reason) == (Outcome.NOT_CONFIRMED, "calm is true at the end of the run")


def test_the_recorded_arguments_are_preferred(town):
    """Where a property fails for several arguments, those of the trace are kept."""
    trace = counterexample(town, "unseen")
    both = machine_of(type("Both", (Town,), {"unseen": invariant(Town.names)(lambda _, n: n < 0)})())
    assert replay(both, evolve(record(trace), arguments={"n": {"#bigint": "1"}})).trace.arguments == {"n": 1}
    assert replay(both, evolve(record(trace), arguments={"n": {"#bigint": "9"}})).trace.arguments == {"n": 0}


def test_a_guard_that_was_added_is_named(trace):
    """The step that is not enabled any more is told with the guard that stops it."""

    class Guarded(Town):
        @action(Town.waiting)
        def read(self, note):
            require(self.light is Light.RED)
            super().read(note)

    result = parted(machine_of(Guarded()), record(trace))
    assert result.step == next(i for i, step in enumerate(trace.steps, 1) if step.action == "read")
    assert result.reason.startswith("read(note=Note(to=0, text='hello')) is not enabled: ")
    assert result.reason.endswith("require(self.light is Light.RED)")
    assert len(result.trace.states) == result.step
    assert [line for reason in result.because for line in reason.lines()] == ["self.light = GREEN"]


def test_an_effect_that_changed_is_shown(trace):
    """Where a step leads elsewhere, only what differs is told."""

    class Elsewhere(Town):
        @action(Town.waiting)
        def read(self, note):
            super().read(note)
            self.light = Light.RED

    result = parted(machine_of(Elsewhere()), record(trace))
    assert [str(change) for change in result.changes] == ["light: GREEN → RED"]


def test_an_action_that_is_gone_is_named(trace):
    """An unknown action comes with the nearest known one."""
    recording = evolve(record(trace), steps=(RecordedStep("sent"), *record(trace).steps[1:]))
    result = parted(machine_of(Town()), recording)
    assert result.reason == "the spec has no action 'sent' any more; did you mean 'send'?"


def test_other_parameters_are_told(trace):
    """An action whose parameters were renamed cannot be taken as recorded."""

    class Renamed(Town):
        @action(Town.names)
        def send(self, node):
            raise NotImplementedError

    assert parted(machine_of(Renamed()), record(trace)).reason == (
        "send(n=0) choosing 'hello' was taken, and the action has the parameters (node) now"
    )


def test_arguments_outside_the_domain_are_told(trace):
    """A domain that shrank is the reason."""
    small = type("Small", (Town,), {"names": lambda self: [1] if hasattr(self, "node") else [0, 1]})
    result = parted(machine_of(small()), record(trace))
    assert (
        result.reason
        == "send(n=0) choosing 'hello' cannot be taken: these arguments are not in its domains in this state"
    )


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["bye"], "the action can no longer choose 'hello'; it can choose 'bye'"),
        (None, "the action no longer makes the choice that was recorded as 'hello'"),
        ("twice", "the action makes one more choice than recorded, among 1, 2"),
    ],
)
def test_other_choices_are_told(trace, options, reason):
    """A choice that changed is told with what can be chosen now."""

    class Choosing(Town):
        @action(Town.names)
        def send(self, n):
            require(n in self.names())
            if options is not None:
                choose(["hello"] if options == "twice" else options)
            if options == "twice":
                choose([1, 2])

    assert parted(machine_of(Choosing()), record(trace)).reason == reason


def test_other_variables_are_told(trace):
    """A spec with other variables parts in the initial state."""

    class More(Town):
        def init(self):
            super().init()
            self.extra = 0
            del self.last

    result = parted(machine_of(More()), record(trace))
    assert result.step == 0
    assert result.reason == (
        "the variables are others: last of the trace no longer in the spec; extra of the spec not in the trace"
    )


def test_another_initial_state_is_told(trace):
    """A spec that starts elsewhere parts in the initial state."""

    class Elsewhere(Town):
        def init(self):
            super().init()
            self.done.add(7)

    result = parted(machine_of(Elsewhere()), record(trace))
    assert (result.step, result.reason) == (0, "the recorded state is none of the 2 initial states")


def test_a_property_that_is_gone_is_told(town, trace):
    """Without the property there is nothing to confirm."""
    assert (
        "has no property 'clam' any more; did you mean 'calm'?"
        in parted(town, evolve(record(trace), property="clam")).reason
    )


class Dead(Spec):
    """Ends after two steps."""

    allowed: bool = False

    def init(self):
        self.n = 0

    @action
    def count(self):
        require(self.n < 2)
        self.n += 1


def test_a_deadlock_is_confirmed():
    """A trace to a state without a step is confirmed while it has none."""
    machine = machine_of(Dead())
    trace = found(machine, "deadlock", "deadlock", lambda states: {} if states[-1].n == 2 else None)
    assert replay(machine, trace).outcome is Outcome.CONFIRMED


def test_a_deadlock_that_is_gone_is_not_confirmed():
    """Another action that can be taken at the end ends the deadlock, and is named."""

    class Alive(Dead):
        @action
        def reset(self):
            require(self.n == 2)
            self.n = 0

    machine = machine_of(Dead())
    trace = found(machine, "deadlock", "deadlock", lambda states: {} if states[-1].n == 2 else None)
    assert replay(machine_of(Alive()), record(trace)).reason == "reset() can be taken at the end of the run"


def test_an_action_that_raises_is_an_error_of_the_spec(trace):
    """An exception in the spec is not a divergence but a mistake, with its place."""

    class Raising(Town):
        @action(Town.waiting)
        def read(self, note):
            raise KeyError(note)

    with pytest.raises(SpecError, match="read raised KeyError") as caught:
        replay(machine_of(Raising()), trace)
    assert __file__ in caught.value.place


def test_constants_are_read_back(trace):
    """Integers, enum members and strings come back as the values they were."""
    assert recorded_constants(Town, record(trace)) == {"nodes": 2, "first": Light.GREEN, "label": "town"}
    other = machine_of(Town(nodes=1, first=Light.RED))
    recording = record(Trace("Town", "", other.constants, "calm", "invariant", (other.initial_states()[0],), ()))
    assert recorded_constants(Town, recording) == {"nodes": 1, "first": Light.RED, "label": "town"}


def test_a_constant_that_is_gone_is_named(trace):
    """A trace that sets an unknown constant cannot be replayed."""
    with pytest.raises(UsageError, match=r"sets the constant 'node'.*did you mean 'nodes'"):
        recorded_constants(Town, evolve(record(trace), constants={"node": {"#bigint": "2"}}))


def test_a_constant_that_cannot_be_read_is_named(trace):
    """A value whose class is gone is not guessed at."""
    with pytest.raises(TraceError, match="'first' cannot be read back"):
        recorded_constants(Town, evolve(record(trace), constants={"first": {"tag": "BLUE", "value": "U_OF_UNIT"}}))


@pytest.mark.parametrize(
    "damaged",
    [*({"tag": tag, "value": "U_OF_UNIT"} for tag in ({"#tup": []}, [], 1)), {"#tup": 5}, {"#set": {}}, {"#bigint": 1}, {"#unserializable": []}, []],
)
def test_what_is_no_constant_at_all_is_told(trace, damaged):
    """A file may have anything in the place of a name or a number."""
    with pytest.raises(TraceError):
        recorded_constants(Town, evolve(record(trace), constants={"first": damaged}))


def test_fifty_steps_are_replayed_at_once(town):
    """A long trace costs milliseconds, since each step is run once."""
    states, steps = [town.initial_states()[0]], []
    for _ in range(50):
        step, after = next(town.outcomes(states[-1], town.actions[0]))
        states.append(after)
        steps.append(step)
    trace = Trace("Town", "", town.constants, "calm", "invariant", tuple(states), tuple(steps))
    started = time.perf_counter()
    replay(town, trace)
    assert time.perf_counter() - started < 1


def test_a_deadlock_that_is_terminal_now_is_not_confirmed():
    """A state that a terminal predicate allows is a fine place to end; one that none allows is none."""

    class Done(Dead):
        @terminal
        def far(self):
            return self.n == 9

        @terminal
        def done(self):
            return self.n == 2

    class Undone(Dead):
        @terminal
        def done(self):
            return self.n != 2

    machine = machine_of(Dead())
    trace = found(machine, "deadlock", "deadlock", lambda states: {} if states[-1].n == 2 else None)
    result = replay(machine_of(Done()), record(trace))
    assert (result.outcome, result.reason) == (Outcome.NOT_CONFIRMED, "the run ends in a state that done calls terminal")
    assert replay(machine_of(Undone()), record(trace)).outcome is Outcome.CONFIRMED
