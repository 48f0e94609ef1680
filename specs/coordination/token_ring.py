"""A token ring: whoever holds the token may use the resource, and hands the token on when done.

The classical example of mutual exclusion without a coordinator; Lynch, "Distributed Algorithms", 1996, section 10.6
has the token in shared memory.

*Fairness.* Nobody has to want the resource. A node that waits must not be passed over for ever: the token comes by
again and again and does not stay, so that using it is strongly fair; and so is handing it on, which a node that uses
the resource once more interrupts each time.
"""

from collections.abc import Iterable
from enum import Enum

from attrs import frozen

from modelcheck import Spec, action, fair, invariant, leads_to, reachable, require, strongly_fair


class Mode(Enum):
    """What a node does."""

    IDLE = "idle"
    WAITING = "waiting"
    USING = "using"


@frozen
class Token:
    """The token, on its way to a node."""

    to: int


class TokenRing(Spec):
    """Nodes in a ring that share a resource."""

    nodes: int = 3

    def init(self) -> None:
        """Nobody wants the resource; the first node has the token."""
        self.mode = dict.fromkeys(self.ring(), Mode.IDLE)
        self.has_token = {n: n == 0 for n in self.ring()}
        self.messages: set[Token] = set()

    def ring(self) -> Iterable[int]:
        """The nodes."""
        return range(self.nodes)

    @action(ring)
    def want(self, n: int) -> None:
        """A node wants the resource."""
        require(self.mode[n] is Mode.IDLE)
        self.mode[n] = Mode.WAITING

    @strongly_fair
    @action(ring)
    def use(self, n: int) -> None:
        """A node that waits and has the token uses the resource."""
        require(self.mode[n] is Mode.WAITING and self.has_token[n])
        self.mode[n] = Mode.USING

    @fair
    @action(ring)
    def finish(self, n: int) -> None:
        """A node has used the resource."""
        require(self.mode[n] is Mode.USING)
        self.mode[n] = Mode.IDLE

    @strongly_fair
    @action(ring)
    def hand_on(self, n: int) -> None:
        """A node that does not use the resource sends the token to its neighbour."""
        require(self.has_token[n] and self.mode[n] is not Mode.USING)
        self.has_token[n] = False
        self.messages.add(Token((n + 1) % self.nodes))

    @fair
    @action(ring)
    def receive(self, n: int) -> None:
        """A node receives the token."""
        require(Token(n) in self.messages)
        self.messages.remove(Token(n))
        self.has_token[n] = True

    @invariant
    def mutual_exclusion(self) -> bool:
        """At most one node uses the resource."""
        return sum(self.mode[n] is Mode.USING for n in self.ring()) <= 1

    @reachable(ring)
    def served(self, n: int) -> bool:
        """Every node can get to use the resource."""
        return self.mode[n] is Mode.USING

    @leads_to(ring)
    def nobody_starves(self, n: int) -> tuple[bool, bool]:
        """Whoever waits gets to use the resource."""
        return self.mode[n] is Mode.WAITING, self.mode[n] is Mode.USING
