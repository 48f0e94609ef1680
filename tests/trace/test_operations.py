"""The operations behind a history that is not linearizable."""

from __future__ import annotations

from modelcheck import History, Spec, action, check, choose, require, terminal
from modelcheck.consistency import Register
from modelcheck.spec import machine_of
from modelcheck.trace.explanation.explain import explain
from modelcheck.trace.explanation.operations import changes_told
from modelcheck.trace.text import plain, trace_lines


class Stale(Spec):
    """A write that takes two steps, and reads that see anything."""

    def init(self):
        self.writing = None
        self.history = History.of(Register())

    @action((1, 2))
    def call(self, value):
        require(self.writing is None)
        self.writing = value
        self.history.invoke("w", "write", value)

    @action
    def finish(self):
        require(self.writing is not None)
        self.history.complete("w")

    @action
    def read(self):
        require(self.writing is not None)
        self.history.invoke("r", "read")
        self.history.complete("r", choose([None, 1, 2]))

    @terminal
    def end(self):
        return True


def _explained(properties):
    spec = Stale()
    found = check(spec, properties=properties).properties[0]
    return list(explain(machine_of(spec), found.trace).lines())


def test_the_operations_are_told_with_their_results_and_steps():
    """Each operation says when it was called, what it returned, and whether it is in flight."""
    assert _explained(["linearizable"]) == [
        "history.linearizable is false: no order of these operations has their results",
        "  from step 1: 'w' called write(1), which is in flight",
        "  step 2: 'r' called read(), which returned 2",
    ]


def test_a_step_tells_calls_and_returns_in_place_of_what_the_history_keeps():
    """In the trace as it is printed: what was called before a step and returns in it is named, and other changes stay."""
    machine = machine_of(Stale())
    found = check(Stale(), properties=["linearizable"]).properties[0]
    printed = plain(trace_lines(found.trace, machine))
    assert "     writing: None → 1\n     history: 'w' called write(1)\n" in printed
    assert printed.endswith("     history: 'r' called read()\n     history: 'r': read() returned 2")
    assert "explanations" not in printed.split("1. ")[1]
    first = machine.first_state
    called = next(after for step, after in machine.successors(first) if step.arguments == {"value": 1})
    step, after = next((step, after) for step, after in machine.successors(called) if step.action == "finish")
    assert [str(change) for change in changes_told(machine, called, step, after)] == ["history: 'w': write(1) returned None"]
    assert "history.pending: " in plain(trace_lines(found.trace))
