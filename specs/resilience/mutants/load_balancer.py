"""Load balancers that lose requests; ``no_request_is_lost`` catches them."""

from modelcheck import fails
from specs.resilience.load_balancer import LoadBalancer, Server


@fails("no_request_is_lost", steps=3)
class StopsAtOnce(LoadBalancer):
    """A server that is to be replaced stops with requests in hand: caught by no_request_is_lost."""

    crashes = 0

    def may_stop(self, server: Server) -> bool:
        """Wrong: it does not finish them."""
        return True


@fails("no_request_is_lost", steps=3)
class ForgetsRequests(LoadBalancer):
    """The balancer does not send again what a crashed server had: caught by no_request_is_lost."""

    def send_again(self, server: Server) -> None:
        """Wrong: they are gone with it."""
        server.work = frozenset()


@fails("no_request_is_lost", steps=4)
class StopsWhenUnknown(LoadBalancer):
    """A lame duck stops as soon as the balancer sends it nothing new: caught by no_request_is_lost."""

    crashes = 0

    def may_stop(self, server: Server) -> bool:
        """Wrong: what it has already is forgotten."""
        return not server.believed
