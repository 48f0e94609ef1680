"""PBFT: replicas agree although some of them lie.

Castro and Liskov, "Practical Byzantine Fault Tolerance", 1999, section 4.2 the three phases, and 4.4 view changes. Of
3f+1 replicas f may be Byzantine: they send whatever they like, different things to different replicas, or nothing.
They cannot sign for others: what they send is signed by themselves, and certificates, which consist of signed
messages, they can leave out but not forge.

*Choices.* One sequence number, and no checkpoints. Which replicas are Byzantine is a choice at the start. A Byzantine
replica can say everything at any time, so everything that it could say counts as said; that leaves no state of its
own. Everything that was ever sent can be received at any later time, any number of times, or never. A certificate is
kept as what it proves, a view and a request, and is valid if the messages that it consists of were sent. A NEW-VIEW
message carries 2f+1 VIEW-CHANGE messages, and is valid if they were sent and justify its request.

*Bounds.* ``views``, and two requests.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from attrs import frozen

from modelcheck import Record, Spec, action, bound, choose, invariant, reachable, require, terminal

REQUESTS = (1, 2)


@frozen
class Certificate:
    """A proof that a request was prepared in a view: the PRE-PREPARE and 2f PREPAREs of it."""

    view: int
    request: int


@frozen
class PrePrepare:
    """The primary of a view assigns the sequence number to a request."""

    src: int
    view: int
    request: int


@frozen
class Prepare:
    """A backup agrees to that."""

    src: int
    view: int
    request: int


@frozen
class Commit:
    """A replica has a certificate."""

    src: int
    view: int
    request: int


@frozen
class ViewChange:
    """A replica wants a view, and shows what it has prepared."""

    src: int
    view: int
    prepared: Certificate | None


Message = PrePrepare | Prepare | Commit | ViewChange


class Replica(Record):
    """A replica that is not Byzantine."""

    view: int = 0
    active: bool = True
    accepted: int | None = None
    prepared: Certificate | None = None
    executed: int | None = None


class Pbft(Spec):
    """The protocol, for a number of replicas of which f may be Byzantine."""

    replicas: int = 4
    f: int = 1
    views: int = 2

    def init(self) -> None:
        """Any f replicas are Byzantine."""
        self.byzantine = choose([frozenset(some) for some in combinations(range(self.replicas), self.f)])
        self.replica = {i: Replica() for i in self.everybody()}
        self.messages: set[Message] = set()

    def everybody(self) -> Iterable[int]:
        """The replicas."""
        return range(self.replicas)

    def later_views(self) -> Iterable[int]:
        """The views that come after a view change."""
        return range(1, self.views)

    def primary(self, view: int) -> int:
        """The primary of a view, round robin."""
        return view % self.replicas

    def was_sent(self, m: Message) -> bool:
        """Whether a message can be received: it was sent, or its sender is Byzantine."""
        return m in self.messages or m.src in self.byzantine

    def honest(self, i: int) -> Replica:
        """A replica that keeps to the protocol."""
        require(i not in self.byzantine)
        return self.replica[i]

    # The three phases (section 4.2) -------------------------------------------------------------------------------------

    @action(REQUESTS)
    def pre_prepare(self, request: int) -> None:
        """The primary of view 0 assigns the sequence number to a client's request, once."""
        i = self.primary(0)
        replica = self.honest(i)
        require(replica.view == 0)
        require(replica.active)
        require(replica.accepted is None)
        replica.accepted = request
        self.messages.add(PrePrepare(i, 0, request))

    @action(everybody, REQUESTS)
    def prepare(self, i: int, request: int) -> None:
        """A backup accepts the PRE-PREPARE of its view if it has not accepted another one, and sends a PREPARE."""
        replica = self.honest(i)
        require(i != self.primary(replica.view))
        require(replica.active)
        require(self.may_accept(replica))
        require(self.was_sent(PrePrepare(self.primary(replica.view), replica.view, request)))
        require(replica.view == 0 or self.is_justified(replica.view, request))
        replica.accepted = request
        self.messages.add(Prepare(i, replica.view, request))

    def may_accept(self, replica: Replica) -> bool:
        """It has not accepted a PRE-PREPARE for this view and sequence number containing a different digest."""
        return replica.accepted is None

    @action(everybody)
    def commit(self, i: int) -> None:
        """Prepared: with a PRE-PREPARE and 2f matching PREPAREs of backups, a replica sends a COMMIT."""
        replica = self.honest(i)
        require(replica.active)
        require(replica.accepted is not None)
        certificate = Certificate(replica.view, replica.accepted or 0)
        require(replica.prepared != certificate)
        require(self.is_certificate(certificate))
        replica.prepared = certificate
        self.messages.add(Commit(i, replica.view, certificate.request))

    def is_certificate(self, c: Certificate) -> bool:
        """Whether the messages that a certificate consists of were sent."""
        primary = self.primary(c.view)
        prepares = [i for i in self.everybody() if i != primary and self.was_sent(Prepare(i, c.view, c.request))]
        return self.was_sent(PrePrepare(primary, c.view, c.request)) and self.is_enough(len(prepares) + 1)

    def is_enough(self, count: int) -> bool:
        """A quorum, 2f+1, of which any two have a replica in common that is not Byzantine."""
        return count > 2 * self.f

    @action(everybody)
    def execute(self, i: int) -> None:
        """Committed-local: a replica that is prepared, and has 2f+1 COMMITs, executes the request."""
        replica = self.honest(i)
        require(replica.active)
        require(replica.executed is None)
        certificate = replica.prepared
        require(certificate is not None and certificate.view == replica.view)
        require(self.is_committed(certificate or Certificate(0, 0)))
        replica.executed = replica.accepted

    def is_committed(self, c: Certificate) -> bool:
        """2f+1 COMMITs were sent."""
        return self.is_enough(sum(self.was_sent(Commit(i, c.view, c.request)) for i in self.everybody()))

    # View changes (section 4.4) -----------------------------------------------------------------------------------------

    @action(everybody)
    def view_change(self, i: int) -> None:
        """A replica whose timer ends asks for the next view, and accepts nothing more in this one."""
        replica = self.honest(i)
        bound(replica.view + 1 < self.views)
        replica.view += 1
        replica.active = False
        replica.accepted = None
        self.messages.add(ViewChange(i, replica.view, replica.prepared))

    @action(later_views, REQUESTS)
    def new_view(self, view: int, request: int) -> None:
        """The new primary sends a NEW-VIEW that 2f+1 VIEW-CHANGEs justify, with a PRE-PREPARE in it."""
        i = self.primary(view)
        replica = self.honest(i)
        require(replica.view == view)
        require(not replica.active)
        require(self.is_justified(view, request))
        replica.active = True
        replica.accepted = request
        self.messages.add(PrePrepare(i, view, request))

    @action(everybody)
    def enter_view(self, i: int) -> None:
        """A backup gets a NEW-VIEW that is valid; what it proposes, `prepare` looks at."""
        replica = self.honest(i)
        require(not replica.active)
        require(i != self.primary(replica.view))
        primary = self.primary(replica.view)
        require(any(self.was_sent(PrePrepare(primary, replica.view, r)) and self.is_justified(replica.view, r) for r in REQUESTS))
        replica.active = True

    def is_justified(self, view: int, request: int) -> bool:
        """Some 2f+1 VIEW-CHANGEs make this the request of the highest certificate among them, or have none."""
        showing = {i: self.shown(i, view) for i in self.everybody()}
        quorums = combinations([i for i in showing if showing[i]], 2 * self.f + 1)
        return any(self.justifies([showing[i] for i in quorum], request) for quorum in quorums)

    def shown(self, i: int, view: int) -> list[Certificate | None]:
        """What the VIEW-CHANGE messages of a replica can show: of a Byzantine one any certificate that is valid, or none."""
        certificates = [Certificate(v, r) for v in range(view) for r in REQUESTS]
        valid = [None, *(c for c in certificates if self.is_valid(c))]
        return [c for c in valid if self.was_sent(ViewChange(i, view, c))]

    def is_valid(self, c: Certificate) -> bool:
        """Whether a certificate in a VIEW-CHANGE holds what it says it holds."""
        return self.is_certificate(c)

    def justifies(self, showing: list[list[Certificate | None]], request: int) -> bool:
        """With one VIEW-CHANGE of each, the highest certificate is for the request; or nobody shows one."""
        if all(None in shown for shown in showing):
            return True
        mine = [c.view for shown in showing for c in shown if c is not None and c.request == request]
        return any(all(any(c is None or c.view <= v for c in shown) for shown in showing) for v in mine)

    # Properties -------------------------------------------------------------------------------------------------------

    def before(self, i: int) -> Iterable[int]:
        """The replicas before one."""
        return range(i)

    @invariant(everybody, before)
    def agreement(self, i: int, j: int) -> bool:
        """No two replicas that keep to the protocol execute different requests."""
        return {self.replica[i].executed, self.replica[j].executed} != set(REQUESTS)

    @reachable(REQUESTS)
    def executes_everywhere(self, request: int) -> bool:
        """All that keep to the protocol can execute a request, whatever the others do."""
        return all(self.replica[i].executed == request for i in self.everybody() if i not in self.byzantine)

    @reachable
    def executes_under_lying_primary(self) -> bool:
        """A request can be executed in the next view although the first primary is Byzantine."""
        return 0 in self.byzantine and any(r.executed is not None and r.view == 1 for r in self.replica.values())

    @terminal
    def may_stop(self) -> bool:
        """Nobody has to go on: that is what timers are for."""
        return True
