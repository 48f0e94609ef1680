"""A spec that counts in steps of its choice, and how its machine is run."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from modelcheck import Spec, action, choose, invariant, require, terminal

QUICK = settings(max_examples=100, database=None, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


class Counter(Spec):
    """Counts to a limit, in steps of its choice."""

    limit: int = 9
    bound: int = 9

    def init(self) -> None:
        self.n = 0

    def steps(self):
        return (1, 2)

    @action(steps)
    def count(self, by: int) -> None:
        require(self.n + by <= self.limit)
        self.n += by

    @action
    def jump(self) -> None:
        require(self.n == 0)
        self.n = choose((3, 4))

    @invariant
    def small(self) -> bool:
        return self.n <= self.bound

    @terminal
    def full(self) -> bool:
        return self.n == self.limit


def run(machine, given):
    """Run a machine's test case with settings."""
    case = machine.TestCase
    case.settings = given
    case().runTest()
