"""Circuit breakers with one bug each: what breaks them, and which property catches it."""

from modelcheck import fails, require
from specs.resilience.circuit_breaker import CircuitBreaker, State


@fails("one_probe", steps=8)
class HalfOpenIsOpen(CircuitBreaker):
    """A circuit that is half-open lets all calls through, and a server that comes back is flooded: caught by one_probe."""

    def lets_through(self) -> bool:
        """Wrong: not only one."""
        return self.state is not State.OPEN


@fails("open_means_open", steps=6)
class NeverRefuses(CircuitBreaker):
    """Calls go through an open circuit: caught by open_means_open."""

    def lets_through(self) -> bool:
        """Wrong: the state is not looked at."""
        return True


@fails("opens_in_time", steps=5)
class CountsBeyond(CircuitBreaker):
    """The circuit opens one failure late: caught by opens_in_time."""

    def opens(self, probe: bool) -> bool:
        """Wrong: more than the threshold."""
        return self.failures > self.threshold or probe


@fails("one_probe", steps=8)
class ForgetsOldCalls(CircuitBreaker):
    """The circuit is half-open while calls from before it opened still wait: caught by one_probe."""

    def try_again(self) -> None:
        """Wrong: those are not over."""
        require(self.state is State.OPEN)
        self.state = State.HALF_OPEN
