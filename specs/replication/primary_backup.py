"""Primary and backup: one server does the work, another takes over.

Alsberg and Day, "A Principle for Resilient Sharing of Distributed Resources", 1976; Budhiraja, Marzullo, Schneider
and Toueg, "The Primary-Backup Approach", 1993. The client's register is linearizable if the primary answers only when
the backup has the write, and if no two servers ever act as primary.

*Choices.* Two servers. A primary that takes the backup to be down goes on alone. Reads are answered by the primary
from its own copy. Messages from one server to the other arrive in order. A server that has crashed stays down.

*Bounds.* ``crashes`` is a budget. So is ``suspicions``: how often a server takes the other one to be down that is up;
with none the failure detector is perfect. ``synchronous=False`` answers the client before the backup knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from attrs import frozen

from modelcheck import Crashes, FifoNetwork, History, Process, Spec, action, invariant, reachable, require, terminal
from modelcheck.consistency.objects import Register

SERVERS = (0, 1)


class Role(Enum):
    """What a server believes to be."""

    PRIMARY = "primary"
    ALONE = "alone"
    BACKUP = "backup"


@frozen
class Update:
    """The primary tells its backup of a write."""

    src: int
    dst: int
    value: int


@frozen
class Stored:
    """The backup has the write; or it has taken over, and refuses it."""

    src: int
    dst: int
    refused: bool


class Server(Process):
    """A server: its copy of the register; the write that waits for the backup; whether the backup was not told yet."""

    role: Role = Role.BACKUP
    value: int | None = None
    waiting: int | None = None
    ahead: bool = False


class PrimaryBackup(Spec):
    """The approach, with one backup."""

    synchronous: bool = True
    writes: int = 2
    reads: int = 2
    crashes: int = 1
    suspicions: int = 0

    def init(self) -> None:
        """Server 0 is the primary."""
        self.server = {s: Server() for s in SERVERS}
        self.server[0].role = Role.PRIMARY
        self.network: FifoNetwork[Update | Stored] = FifoNetwork(nodes=SERVERS)
        self.faults = Crashes(processes=self.server, crashes=self.crashes, restarts=False)
        self.suspicions_left = self.suspicions
        self.written = 0
        self.to_read = self.reads
        self.history = History.of(Register())

    def servers(self) -> Iterable[int]:
        """Both servers."""
        return SERVERS

    def arriving(self) -> Iterable[Update | Stored]:
        """The oldest message of each channel."""
        return self.network.deliverable()

    # Clients ------------------------------------------------------------------------------------------------------------

    @action(servers)
    def write(self, s: int) -> None:
        """A server that acts as primary takes a write; it answers at once only if it acts alone."""
        server = self.server[s]
        require(server.up)
        require(server.role is not Role.BACKUP)
        require(server.waiting is None)
        require(self.written < self.writes)
        self.written += 1
        server.value = server.waiting = self.written
        server.ahead = server.role is Role.PRIMARY
        self.history.invoke(("writer", self.written), "write", self.written)
        if server.role is Role.ALONE or not self.synchronous:
            self.answer(server)

    def answer(self, server: Server) -> None:
        """The client hears that its write is done."""
        self.history.complete(("writer", server.waiting))
        server.waiting = None

    @action(servers)
    def read(self, s: int) -> None:
        """A server that acts as primary answers from its copy, unless a write is under way."""
        server = self.server[s]
        require(server.up)
        require(self.answers_reads(server))
        require(self.to_read > 0)
        self.to_read -= 1
        self.history.invoke(("reader", s), "read")
        self.history.complete(("reader", s), server.value)

    def answers_reads(self, server: Server) -> bool:
        """Only those that act as primary, and not while the backup may not have what they have."""
        return server.role is not Role.BACKUP and server.waiting is None

    # Replication --------------------------------------------------------------------------------------------------------

    @action(servers)
    def replicate(self, s: int) -> None:
        """The primary tells the backup what it has."""
        server = self.server[s]
        require(server.up)
        require(server.ahead)
        require(server.value is not None)
        server.ahead = False
        self.network.send(Update(s, 1 - s, server.value or 0))

    @action(arriving)
    def receive(self, m: Update | Stored) -> None:
        """A backup stores what it is told; a server that has taken over refuses it, and the old primary steps down."""
        server = self.server[m.dst]
        require(server.up)
        self.network.receive(m)
        match m:
            case Update():
                is_backup = server.role is Role.BACKUP
                if is_backup:
                    self.store(server, m.value)
                self.network.send(Stored(m.dst, m.src, not is_backup))
            case Stored(refused=True):
                server.role = Role.BACKUP
                server.waiting = None
            case Stored():
                if server.waiting is not None:
                    self.answer(server)

    def store(self, server: Server, value: int) -> None:
        """A backup has what the primary has."""
        server.value = value

    # Failures -----------------------------------------------------------------------------------------------------------

    def suspect(self, s: int) -> None:
        """S takes the other server to be down: it is, or the failure detector errs."""
        require(self.server[s].up)
        if self.server[1 - s].up:
            require(self.suspicions_left > 0)
            self.suspicions_left -= 1

    @action(servers)
    def take_over(self, s: int) -> None:
        """The backup takes the primary to be down, and acts in its place."""
        require(self.server[s].role is Role.BACKUP)
        self.suspect(s)
        self.server[s].role = Role.ALONE

    @action(servers)
    def go_alone(self, s: int) -> None:
        """The primary takes the backup to be down, and answers without it."""
        require(self.server[s].role is Role.PRIMARY)
        self.suspect(s)
        server = self.server[s]
        server.role = Role.ALONE
        server.ahead = False
        if server.waiting is not None:
            self.answer(server)

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant
    def one_acts_alone(self) -> bool:
        """No two servers answer clients without asking each other."""
        return not all(server.up and server.role is Role.ALONE for server in self.server.values())

    @reachable
    def survives(self) -> bool:
        """The backup can take over with what the primary has written, and go on."""
        return not self.server[0].up and self.written == self.writes and self.server[1].value == self.writes

    @terminal
    def clients_are_content(self) -> bool:
        """All is written and read; or both servers are down, or step back for each other."""
        return True
