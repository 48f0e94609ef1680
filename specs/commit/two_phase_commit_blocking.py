"""Two-phase commit with a coordinator that can crash and a network that loses messages: when does it block?

Bernstein, Hadzilacos and Goodman, "Concurrency Control and Recovery in Database Systems", 1987, sections 7.4 and 7.5. A
participant that has voted yes can neither commit nor abort on its own. If the coordinator crashes for good then, the
participant waits for ever (`Blocking`: a deadlock). If the coordinator recovers and finds its decision, or the absence
of one, in its log, then the wait ends (`Recovering`: no deadlock, and the same agreement).

*Choices.* A participant never crashes and always answers. One that has prepared asks for the decision whenever no
question of its is under way, so a lost message delays it and no more. A coordinator that has not decided may abort at
any time: that is its timeout, and what it does when it recovers without a decision.
"""

from collections.abc import Iterable
from enum import Enum

from attrs import frozen

from modelcheck import Durable, Interchangeable, Process, Spec, action, fails, invariant, reachable, require, terminal
from modelcheck.parts import Crashes, Network


class Participant(Interchangeable):
    """A participant's name."""


class Status(Enum):
    """A participant's state."""

    WORKING = "working"
    PREPARED = "prepared"
    COMMITTED = "committed"
    ABORTED = "aborted"


@frozen
class Prepare:
    """The coordinator asks a participant for its vote."""

    participant: Participant


@frozen
class Vote:
    """A participant votes."""

    participant: Participant
    yes: bool


@frozen
class Decision:
    """The coordinator tells a participant the decision."""

    participant: Participant
    commit: bool


@frozen
class Inquiry:
    """A prepared participant asks for the decision."""

    participant: Participant


Message = Prepare | Vote | Decision | Inquiry


class Coordinator(Process):
    """The coordinator; only its decision is in its log."""

    commit: Durable[bool | None] = None
    yes_votes: frozenset[Participant] = frozenset()
    announced: frozenset[Participant] = frozenset()


class CrashingCommit(Spec):
    """The protocol; the subclasses say whether a crashed coordinator recovers."""

    __test__ = False

    participants: int = 2
    losses: int = 1
    crashes: int = 1
    recovers: bool = False

    def init(self) -> None:
        """Everybody works, and is asked to prepare."""
        self.coordinator = self.coordinator_at_start()
        self.status = dict.fromkeys(self.members(), Status.WORKING)
        self.network: Network[Message] = Network(copies=1, losses=self.losses)
        self.faults = Crashes(processes={"coordinator": self.coordinator}, crashes=self.crashes, restarts=self.recovers)
        self.network.broadcast(Prepare(p) for p in self.members())

    def coordinator_at_start(self) -> Coordinator:
        """A coordinator that has decided nothing."""
        return Coordinator()

    def members(self) -> Iterable[Participant]:
        """The participants."""
        return Participant.several(self.participants)

    def deliverable(self) -> Iterable[Message]:
        """The messages that can be received."""
        return self.network.deliverable()

    # The coordinator --------------------------------------------------------------------------------------------------

    def on_vote(self, m: Vote) -> None:
        """The decision is to commit when all have voted yes, and to abort when one has voted no."""
        self.coordinator.yes_votes |= {m.participant} if m.yes else frozenset()
        if self.coordinator.commit is None and not m.yes:
            self.coordinator.commit = False
        elif self.coordinator.commit is None and len(self.coordinator.yes_votes) == self.participants:
            self.coordinator.commit = True

    @action
    def give_up(self) -> None:
        """The coordinator decides to abort, without having heard from everybody."""
        require(self.coordinator.up)
        require(self.coordinator.commit is None)
        self.coordinator.commit = False

    @action(members)
    def announce(self, p: Participant) -> None:
        """The coordinator tells a participant its decision."""
        require(self.coordinator.up)
        commit = self.coordinator.commit
        require(commit is not None and p not in self.coordinator.announced)
        self.coordinator.announced |= {p}
        self.tell(p, commit=bool(commit))

    def on_inquiry(self, m: Inquiry) -> None:
        """The coordinator answers if it has decided; otherwise the participant will hear of it, or ask again."""
        if self.coordinator.commit is not None:
            self.tell(m.participant, commit=self.coordinator.commit)

    def tell(self, p: Participant, *, commit: bool) -> None:
        """The coordinator sends its decision."""
        self.network.send(Decision(p, commit))

    # Participants -----------------------------------------------------------------------------------------------------

    @action(members)
    def refuse(self, p: Participant) -> None:
        """A participant that has not voted aborts on its own, and votes no."""
        require(self.status[p] is Status.WORKING)
        self.status[p] = Status.ABORTED
        self.network.send(Vote(p, yes=False))

    def on_prepare(self, m: Prepare) -> None:
        """A participant votes yes, and is bound to the decision from now on."""
        if self.status[m.participant] is Status.WORKING:
            self.status[m.participant] = Status.PREPARED
            self.network.send(Vote(m.participant, yes=True))

    @action(members)
    def inquire(self, p: Participant) -> None:
        """A prepared participant has waited for long, and asks for the decision."""
        require(self.status[p] is Status.PREPARED)
        require(not self.network.messages[Inquiry(p)])
        self.network.send(Inquiry(p))

    def on_decision(self, m: Decision) -> None:
        """A participant does what was decided."""
        self.status[m.participant] = Status.COMMITTED if m.commit else Status.ABORTED

    @action(deliverable)
    def receive(self, m: Message) -> None:
        """A message is received; by the coordinator only if that is up."""
        self.network.receive(m)
        match m:
            case Prepare():
                self.on_prepare(m)
            case Decision():
                self.on_decision(m)
            case Vote():
                require(self.coordinator.up)
                self.on_vote(m)
            case Inquiry():
                require(self.coordinator.up)
                self.on_inquiry(m)

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant
    def consistent(self) -> bool:
        """No two participants decide differently."""
        states = set(self.status.values())
        return not (Status.COMMITTED in states and Status.ABORTED in states)

    @reachable
    def blocked(self) -> bool:
        """The coordinator is down, everybody who could decide alone has voted, and nobody has been told the decision."""
        waiting = all(status is Status.PREPARED for status in self.status.values())
        return waiting and not self.coordinator.up and not any(self.is_told(p) for p in self.members())

    def is_told(self, p: Participant) -> bool:
        """Whether the decision is on its way to a participant."""
        return any(self.network.messages[Decision(p, commit)] > 0 for commit in (False, True))

    @reachable
    def all_commit(self) -> bool:
        """The transaction can be committed everywhere."""
        return all(status is Status.COMMITTED for status in self.status.values())

    @reachable
    def all_abort(self) -> bool:
        """The transaction can be aborted everywhere."""
        return all(status is Status.ABORTED for status in self.status.values())

    @terminal
    def all_decided(self) -> bool:
        """Everybody knows the decision. To wait for it without an end is a deadlock."""
        return all(status in (Status.COMMITTED, Status.ABORTED) for status in self.status.values())


@fails("deadlock", steps=5)
class Blocking(CrashingCommit):
    """A coordinator that crashes is gone for good: prepared participants wait for ever, a deadlock."""

    recovers = False


class Recovering(CrashingCommit):
    """A coordinator that crashes recovers from its log: everybody learns the decision in the end."""

    recovers = True
