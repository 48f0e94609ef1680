"""A circuit breaker: a client that leaves a failing server alone, and asks again with one request.

Nygard, "Release It!", 2007, chapter 5, with bulkheads. After so many failures in a row the circuit opens, and calls
fail at once, or are answered from what the client has (degradation). After a time it is half-open: one call goes
through, and its outcome closes the circuit or opens it again. A bulkhead bounds how many calls wait for a server at a
time.

*Choices.* A server that is down answers nothing, and a call to it ends by a timeout. The timer of the open circuit is
an action that may come any time.

*Bounds.* ``threshold``, ``bulkhead``.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from modelcheck import Spec, action, invariant, reachable, require, step_property


class State(Enum):
    """Of the circuit."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class CircuitBreaker(Spec):
    """A client with several callers, and a server."""

    callers: int = 3
    threshold: int = 2
    bulkhead: int = 2

    def init(self) -> None:
        """The circuit is closed, and the server is up."""
        self.state = State.CLOSED
        self.failures = 0
        self.is_up = True
        self.calls: dict[int, bool] = {}

    def everybody(self) -> Iterable[int]:
        """The callers."""
        return range(self.callers)

    @action
    def change(self) -> None:
        """The server goes down, or comes back."""
        self.is_up = not self.is_up

    @action(everybody)
    def call(self, c: int) -> None:
        """A caller calls the server, if the circuit lets it; else it has its degraded answer at once, which changes nothing."""
        require(c not in self.calls)
        require(len(self.calls) < self.bulkhead)
        require(self.lets_through())
        self.calls[c] = self.state is State.HALF_OPEN

    def lets_through(self) -> bool:
        """A closed circuit lets all calls through, one that is half-open a single one."""
        return self.state is State.CLOSED or (self.state is State.HALF_OPEN and not any(self.calls.values()))

    @action(everybody)
    def succeed(self, c: int) -> None:
        """The server answers: the circuit closes."""
        require(c in self.calls)
        require(self.is_up)
        probe = self.calls.pop(c)
        if self.state is State.CLOSED or probe:
            self.state = State.CLOSED
            self.failures = 0

    @action(everybody)
    def fail(self, c: int) -> None:
        """A timeout: one failure more; of the call that tried a half-open circuit it is one too many."""
        require(c in self.calls)
        require(not self.is_up)
        probe = self.calls.pop(c)
        if self.state is State.CLOSED:
            self.failures = self.counted()
        if self.opens(probe):
            self.state = State.OPEN
            self.failures = 0

    def counted(self) -> int:
        """One failure more in a row."""
        return self.failures + 1

    def opens(self, probe: bool) -> bool:
        """The threshold is reached, or the probe has failed."""
        return self.failures >= self.threshold or (probe and self.state is State.HALF_OPEN)

    @action
    def try_again(self) -> None:
        """The open circuit has waited long enough; calls from before it opened are over."""
        require(self.state is State.OPEN)
        require(not self.calls)
        self.state = State.HALF_OPEN

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant
    def bulkhead_holds(self) -> bool:
        """No more calls wait than the bulkhead has room for."""
        return len(self.calls) <= self.bulkhead

    @invariant
    def one_probe(self) -> bool:
        """A circuit that is half-open has at most one call under way."""
        return self.state is not State.HALF_OPEN or len(self.calls) <= 1

    @invariant
    def opens_in_time(self) -> bool:
        """A closed circuit has seen fewer failures in a row than the threshold."""
        return self.failures < self.threshold

    @step_property(everybody)
    def open_means_open(self, after: CircuitBreaker, c: int) -> bool:
        """Nobody calls through an open circuit."""
        return not (self.state is State.OPEN and c not in self.calls and c in after.calls)

    @reachable
    def recovers(self) -> bool:
        """A half-open circuit can have a call that will succeed."""
        return self.state is State.HALF_OPEN and self.is_up and bool(self.calls)
