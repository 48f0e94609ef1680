"""A load balancer: servers are checked, drained and replaced without losing a request.

Google, "Site Reliability Engineering", 2016, chapter 20, on health checks and lame ducks. The balancer sends requests
to servers that it believes to be healthy. A server that is to be replaced is drained first: it is a lame duck, which
gets no new requests and finishes those that it has; then it stops. A server that crashes loses its requests, and the
balancer sends them again to another one when its health check has failed.

*Choices.* Requests may be done twice, so a request that was under way when its server crashed can be sent again. A
health check sees the state of a server as it is when it is made.

*Bounds.* ``requests``, ``crashes``.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from modelcheck import Record, Spec, action, invariant, reachable, require, terminal


class State(Enum):
    """Of a server."""

    UP = "up"
    DRAINING = "draining"
    STOPPED = "stopped"
    CRASHED = "crashed"


class Server(Record):
    """A server, what it works on, and whether the balancer believes it to be healthy."""

    state: State = State.UP
    work: frozenset[int] = frozenset()
    believed: bool = True


class LoadBalancer(Spec):
    """A balancer, and a number of servers."""

    servers: int = 2
    requests: int = 2
    crashes: int = 1

    def init(self) -> None:
        """All servers are up."""
        self.server = {s: Server() for s in self.everybody()}
        self.waiting: set[int] = set(self.all_requests())
        self.done: set[int] = set()
        self.crashes_left = self.crashes

    def everybody(self) -> Iterable[int]:
        """The servers."""
        return range(self.servers)

    def all_requests(self) -> Iterable[int]:
        """The requests."""
        return range(self.requests)

    @action(everybody, all_requests)
    def send(self, s: int, request: int) -> None:
        """The balancer sends a request to a server that it believes to be healthy; one that has crashed does not take it."""
        server = self.server[s]
        require(request in self.waiting)
        require(server.believed)
        require(server.state in (State.UP, State.DRAINING))
        self.waiting.remove(request)
        server.work |= {request}

    @action(everybody, all_requests)
    def finish(self, s: int, request: int) -> None:
        """A server has done a request."""
        server = self.server[s]
        require(request in server.work)
        require(server.state in (State.UP, State.DRAINING))
        server.work -= {request}
        self.done.add(request)

    @action(everybody)
    def drain(self, s: int) -> None:
        """A server is to be replaced: it becomes a lame duck, if another one is there for new requests."""
        server = self.server[s]
        require(server.state is State.UP)
        require(any(other.state is State.UP and other.believed for t, other in self.server.items() if t != s))
        server.state = State.DRAINING

    @action(everybody)
    def stop(self, s: int) -> None:
        """A lame duck that has nothing left to do stops."""
        server = self.server[s]
        require(server.state is State.DRAINING)
        require(self.may_stop(server))
        server.state = State.STOPPED
        server.work = frozenset()

    def may_stop(self, server: Server) -> bool:
        """The balancer sends it nothing new, and it has finished what it had."""
        return not server.believed and not server.work

    @action(everybody)
    def start(self, s: int) -> None:
        """A new server comes in the place of one that is gone, and the balancer finds it healthy."""
        server = self.server[s]
        require(server.state in (State.STOPPED, State.CRASHED))
        require(not server.believed)
        require(not server.work)
        server.state = State.UP
        server.believed = True

    @action(everybody)
    def crash(self, s: int) -> None:
        """A server crashes."""
        require(self.crashes_left > 0)
        require(self.server[s].state in (State.UP, State.DRAINING))
        self.crashes_left -= 1
        self.server[s].state = State.CRASHED

    @action(everybody)
    def check(self, s: int) -> None:
        """A health check fails: no new requests, and what a server had that has crashed is sent again."""
        server = self.server[s]
        require(server.believed)
        require(server.state is not State.UP)
        server.believed = False
        if server.state is State.CRASHED:
            self.send_again(server)

    def send_again(self, server: Server) -> None:
        """The balancer still has the requests."""
        self.waiting |= server.work
        server.work = frozenset()

    @action(everybody)
    def notice(self, s: int) -> None:
        """A server that crashed as a lame duck was not believed any more: its connections break, and the balancer hears of that."""
        server = self.server[s]
        require(server.state is State.CRASHED)
        require(not server.believed)
        require(server.work)
        self.send_again(server)

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant(all_requests)
    def no_request_is_lost(self, request: int) -> bool:
        """A request waits, is being worked on, or is done."""
        working = any(request in server.work for server in self.server.values())
        return request in self.waiting or request in self.done or working

    @reachable
    def replaces_all(self) -> bool:
        """A server can stop while the other one works."""
        return any(server.state is State.STOPPED for server in self.server.values()) and len(self.done) == 0

    @terminal
    def all_is_done(self) -> bool:
        """Every request is done."""
        return len(self.done) == self.requests
