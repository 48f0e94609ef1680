"""The operations behind a history that is not linearizable."""

from __future__ import annotations

from modelcheck import History, Spec, action, check, choose, require, terminal
from modelcheck.consistency import Register
from modelcheck.spec import machine_of
from modelcheck.trace.explain import explain


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
