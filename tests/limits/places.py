"""A spec with code in every place where a spec may have some, and something that is done in one of them."""

from __future__ import annotations

from modelcheck import Spec, action, choose, constraint, invariant, reachable, require, step_property, terminal

PLACES = ("init", "domain", "guard", "action", "invariant", "step property", "reachable", "constraint", "terminal")


class Everywhere(Spec):
    """Does in one place what a subclass says, from the third state on where the place has a state."""

    place: str = "action"
    at: int = 2

    def disturb(self):
        """What is done."""

    def here(self, place):
        if place == self.place and (place == "init" or self.n == self.at):
            self.disturb()

    def init(self):
        self.n = 0
        self.m = choose([0, 1])
        self.here("init")

    def numbers(self):
        self.here("domain")
        return range(3)

    @action(numbers)
    def count(self, i):
        self.here("guard")
        require(self.n < 5)
        self.n += i == 1
        self.here("action")

    @invariant
    def small(self):
        self.here("invariant")
        return self.n < 10

    @step_property
    def grows(self, after):
        self.here("step property")
        return after.n >= self.n

    @reachable
    def three(self):
        self.here("reachable")
        return self.n == 3

    @constraint
    def bounded(self):
        self.here("constraint")
        return self.n < 6

    @terminal
    def done(self):
        self.here("terminal")
        return self.n == 5
