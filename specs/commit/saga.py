"""A saga: a long transaction as a row of short ones, each with one that compensates for it.

Garcia-Molina and Salem, "Sagas", 1987: either all of T1 to Tn happen, or T1 to Tj and then Cj to C1. Over a network a
step whose answer does not come has to be compensated, too, and the compensation may arrive first: the service
remembers it, and refuses the step when it comes. Both may arrive more than once, so each is done once only.

*Choices.* Everything that was ever sent can be received at any later time, any number of times, or never. The
coordinator keeps its state on disk. A step can be refused, a compensation cannot.

*Bounds.* So many services.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from attrs import frozen

from modelcheck import Record, Spec, action, invariant, reachable, require, terminal


class Kind(Enum):
    """What the coordinator asks for."""

    DO = "do"
    COMPENSATE = "compensate"


class Answer(Enum):
    """What a service says."""

    DONE = "done"
    REFUSED = "refused"
    COMPENSATED = "compensated"


class Outcome(Enum):
    """How far the saga is."""

    FORWARD = "forward"
    BACKWARD = "backward"
    COMPLETED = "completed"
    ABORTED = "aborted"


@frozen
class Request:
    """The coordinator asks a service for its step, or for the compensation."""

    service: int
    kind: Kind


@frozen
class Reply:
    """A service answers."""

    service: int
    answer: Answer


class Service(Record):
    """A service: what it has answered to each request, and how often its step is in effect."""

    did: Answer | None = None
    compensated: bool = False
    effect: int = 0


class Saga(Spec):
    """A saga over a number of services."""

    services: int = 3

    def init(self) -> None:
        """The coordinator asks the first service."""
        self.service = {s: Service() for s in self.everybody()}
        self.messages: set[Request | Reply] = set()
        self.outcome = Outcome.FORWARD
        self.position = 0
        self.messages.add(Request(0, Kind.DO))

    def everybody(self) -> Iterable[int]:
        """The services."""
        return range(self.services)

    # Services -----------------------------------------------------------------------------------------------------------

    @action(everybody)
    def do(self, s: int) -> None:
        """A service does its step, unless it has answered before, or was told to compensate for it."""
        service = self.service[s]
        require(Request(s, Kind.DO) in self.messages)
        require(self.is_new(service))
        if self.is_refused(service):
            service.did = Answer.REFUSED
        else:
            service.did = Answer.DONE
            service.effect += 1
        self.messages.add(Reply(s, service.did))

    @action(everybody)
    def refuse(self, s: int) -> None:
        """A service cannot do its step: sold out, no credit."""
        service = self.service[s]
        require(Request(s, Kind.DO) in self.messages)
        require(service.did is None)
        service.did = Answer.REFUSED
        self.messages.add(Reply(s, Answer.REFUSED))

    def is_new(self, service: Service) -> bool:
        """A request that comes again is answered as before."""
        return service.did is None

    def is_refused(self, service: Service) -> bool:
        """The compensation has overtaken the step."""
        return service.compensated

    @action(everybody)
    def compensate(self, s: int) -> None:
        """A service takes its step back, if it did it; in any case it remembers that it was asked."""
        service = self.service[s]
        require(Request(s, Kind.COMPENSATE) in self.messages)
        require(self.may_compensate(service))
        if service.did is Answer.DONE:
            service.effect -= 1
        service.compensated = True
        self.messages.add(Reply(s, Answer.COMPENSATED))

    def may_compensate(self, service: Service) -> bool:
        """Once."""
        return not service.compensated

    # The coordinator ----------------------------------------------------------------------------------------------------

    @action
    def go_on(self) -> None:
        """A step is done: the next one, or the saga is complete."""
        require(self.outcome is Outcome.FORWARD)
        require(Reply(self.position, Answer.DONE) in self.messages)
        self.position += 1
        if self.position == self.services:
            self.outcome = Outcome.COMPLETED
        else:
            self.messages.add(Request(self.position, Kind.DO))

    @action
    def turn_back(self) -> None:
        """A step is refused, or its answer does not come: the saga goes backward."""
        require(self.outcome is Outcome.FORWARD)
        self.outcome = Outcome.BACKWARD
        self.position = self.first_to_compensate()
        self.ask_back()

    def first_to_compensate(self) -> int:
        """The step whose answer is missing may have been done, or may be yet."""
        return self.position

    def ask_back(self) -> None:
        """The next compensation; or all are done."""
        if self.position < 0:
            self.outcome = Outcome.ABORTED
        else:
            self.messages.add(Request(self.position, Kind.COMPENSATE))

    @action
    def go_back(self) -> None:
        """A step is compensated: the one before."""
        require(self.outcome is Outcome.BACKWARD)
        require(Reply(self.position, Answer.COMPENSATED) in self.messages)
        self.position -= 1
        self.ask_back()

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant(everybody)
    def all_or_nothing(self, s: int) -> bool:
        """When the saga is over, every step is in effect, or none is, whatever messages are still under way."""
        if self.outcome is Outcome.COMPLETED:
            return self.service[s].effect == 1
        return self.outcome is not Outcome.ABORTED or self.service[s].effect == 0

    @invariant(everybody)
    def once(self, s: int) -> bool:
        """No step is ever in effect twice, or taken back without having been done."""
        return 0 <= self.service[s].effect <= 1

    @reachable
    def completes(self) -> bool:
        """All steps can be done."""
        return self.outcome is Outcome.COMPLETED

    @reachable
    def compensates_first(self) -> bool:
        """A compensation can come before its step."""
        return any(service.compensated and service.did is None for service in self.service.values())

    @terminal
    def is_over(self) -> bool:
        """The saga has ended, one way or the other."""
        return self.outcome in (Outcome.COMPLETED, Outcome.ABORTED)
