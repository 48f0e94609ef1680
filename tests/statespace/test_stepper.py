"""Single steps by decision trees are those that the spec's own Python takes."""

from __future__ import annotations

from collections import Counter, deque

import pytest

from modelcheck import Spec, action, require
from modelcheck.spec import machine_of
from modelcheck.statespace.stepper import Stepper


class Counts(Spec):
    """Changes its variables by what they were, in every way that is recorded as a change."""

    def init(self):
        self.n = 0
        self.on = False
        self.queue = deque()
        self.items = []
        self.bag = Counter()
        self.seen = set()
        self.table = {}

    @action((1, 2))
    def more(self, by):
        require(self.n + by < 4)
        self.n += by
        self.on = not self.on

    @action
    def put(self):
        require(len(self.queue) < 2)
        self.queue.append(self.n)
        self.items.append(self.n)

    @action
    def take(self):
        require(self.queue)
        self.seen.add(self.queue.popleft())
        self.items.pop()

    @action
    def count(self):
        require(self.bag["a"] < 2)
        self.bag["a"] += 1
        self.table["a"] = self.table.get("a", 0) + 1


@pytest.mark.parametrize("times", [1, 2])
def test_single_steps_are_those_of_the_spec(times):
    """From every state, also where the trees and what they computed are kept."""
    machine = machine_of(Counts())
    stepper = Stepper(machine)
    todo = stepper.starts()
    for position in todo:
        for _ in range(times):
            found = {(str(step), after.state) for step, after in stepper.steps(position)}
            assert found == {(str(step), after) for step, after in machine.successors(position.state)}
        todo += [after for _, after in stepper.steps(position) if after not in todo][: 150 - len(todo)]
    assert len(todo) == 150
