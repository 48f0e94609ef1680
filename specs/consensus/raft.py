"""Raft: replicated logs, kept the same by an elected leader.

Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm (Extended Version)", 2014: figure 2, all of it
but membership change and snapshots. A remote procedure call is two messages. Figure 3 is the list of invariants.

*Choices.* Time does not exist: any server may time out whenever it does not lead, so elections come in every order. A
command is named by the server that took it from its client: two leaders of one term would show as different entries.
An entry is applied the moment it is known to be committed, so ``lastApplied`` is ``commit_index``. What figure 2
reinitialises after an election is kept at its first value while a server does not lead, so that no two states differ in
what nobody reads. A reply says which call it answers, as far as that matters: the last index up to which the logs agree,
or the ``prev_log_index`` at which they do not. A reply that tells its receiver nothing is not sent: no vote, or no new
entry, and no higher term. ``elected`` and ``committed`` are observers': no server reads them.

*Network.* By default everything that was ever sent can be received at any later time, any number of times, or never:
messages are reordered, duplicated and lost without bound. With ``duplicating=False`` a message is received once, and
``duplications`` and ``losses`` are budgets.

*Bounds.* ``max_term`` and ``max_log`` bound the two actions that nothing else limits, timeouts and client requests: a
server that could stand for a further term is not stuck, and nobody looks at where that leads. ``candidates[t - 1]``,
where given, says who may stand for election in term t. The default takes s0 for the first candidate, whose name
does not matter, and two for the second term; ``()`` lets all stand in all terms, and then all may trade places.
``logs``, where given, holds the terms of the entries in each server's log at the start, as figures 7 and 8 draw them;
all servers have then heard of the latest of these terms.
"""

from collections.abc import Iterable
from enum import Enum

from attrs import frozen

from modelcheck import (
    Durable,
    Interchangeable,
    Process,
    Spec,
    action,
    bound,
    invariant,
    reachable,
    require,
    step_property,
    terminal,
)
from modelcheck.parts import Crashes, Network


class Member(Interchangeable):
    """A server's name."""

    prefix = "s"


class Role(Enum):
    """What a server believes to be."""

    FOLLOWER = "follower"
    CANDIDATE = "candidate"
    LEADER = "leader"


@frozen
class Entry:
    """An entry of a log: the term in which a leader received it, and the command, which is named by that leader."""

    term: int
    command: Member | None


Log = tuple[Entry, ...]


@frozen
class RequestVote:
    """A candidate asks for a vote."""

    src: Member
    dst: Member
    term: int
    last_log_index: int
    last_log_term: int


@frozen
class Vote:
    """The reply to RequestVote."""

    src: Member
    dst: Member
    term: int
    granted: bool


@frozen
class AppendEntries:
    """A leader replicates entries, or shows that it is there."""

    src: Member
    dst: Member
    term: int
    prev_log_index: int
    prev_log_term: int
    entries: Log
    leader_commit: int


@frozen
class Appended:
    """The reply to AppendEntries: up to which index the logs agree, or the one before the entries, at which they do not."""

    src: Member
    dst: Member
    term: int
    success: bool
    index: int


Message = RequestVote | Vote | AppendEntries | Appended


class Server(Process):
    """The state of a server; the last four fields are those of candidates and of leaders."""

    current_term: Durable[int] = 0
    voted_for: Durable[Member | None] = None
    log: Durable[Log] = ()
    commit_index: int = 0
    role: Role = Role.FOLLOWER
    votes: frozenset[Member] = frozenset()
    next_index: dict[Member, int] = {}
    match_index: dict[Member, int] = {}


@frozen
class Committed:
    """An entry that a leader decided to be committed, and that leader's term."""

    entry: Entry
    term: int


def term_at(log: Log, index: int) -> int:
    """The term of the entry at an index from 1; 0 before the first one and after the last."""
    return log[index - 1].term if 0 < index <= len(log) else 0


class Raft(Spec):
    """The protocol, for a number of servers."""

    servers: int = 3
    max_term: int = 2
    max_log: int = 1
    crashes: int = 0
    losses: int = 0
    duplications: int = 0
    duplicating: bool = True
    candidates: tuple[tuple[Member, ...], ...] = (Member.several(1), Member.several(2))
    logs: tuple[tuple[int, ...], ...] = ()

    def init(self) -> None:
        """All servers are followers, with empty logs unless ``logs`` says otherwise."""
        self.server = {i: self.booted(i) for i in self.members()}
        self.network: Network[Message] = Network(
            duplicating=self.duplicating, copies=1, losses=self.losses, duplications=self.duplications
        )
        self.faults = Crashes(processes=self.server, crashes=self.crashes)
        self.elected: dict[int, frozenset[Member]] = {term: frozenset() for term in self.terms()}
        self.committed: dict[int, Committed | None] = dict.fromkeys(self.indexes())

    def booted(self, i: Member) -> Server:
        """A server as it is at the start."""
        logs = dict(zip(self.members(), self.logs, strict=True)) if self.logs else {}
        return Server(
            current_term=max((term for log in self.logs for term in log), default=0),
            log=tuple(Entry(term, command=None) for term in logs.get(i, ())),
            next_index=dict.fromkeys(self.others(i), 1),
            match_index=dict.fromkeys(self.others(i), 0),
        )

    def members(self) -> Iterable[Member]:
        """The servers."""
        return Member.several(self.servers)

    def others(self, i: Member) -> Iterable[Member]:
        """The servers but one."""
        return [j for j in self.members() if j != i]

    def terms(self) -> Iterable[int]:
        """The terms that there may be."""
        return range(1, self.max_term + 1)

    def indexes(self) -> Iterable[int]:
        """The indexes of log entries, which count from 1."""
        return range(1, max(self.max_log, *map(len, self.logs), 0) + 1)

    def deliverable(self) -> Iterable[Message]:
        """The messages that can be received."""
        return self.network.deliverable()

    # Elections (sections 5.2 and 5.4.1) -------------------------------------------------------------------------------

    @action(members)
    def time_out(self, i: Member) -> None:
        """Followers and candidates: on election timeout increment currentTerm, vote for self, send RequestVote to all other servers."""
        server = self.server[i]
        require(server.up)
        require(server.role is not Role.LEADER)
        term = server.current_term + 1
        bound(self.may_stand(i, term))
        self.become_follower(server, term)
        server.role = Role.CANDIDATE
        server.voted_for = i
        server.votes = frozenset({i})
        log = server.log
        self.network.broadcast(RequestVote(i, j, term, len(log), term_at(log, len(log))) for j in self.others(i))
        if self.is_majority(1):
            self.become_leader(server, i)

    def may_stand(self, i: Member, term: int) -> bool:
        """Whether the bounds let a server stand for election in a term."""
        return term <= self.max_term and (term > len(self.candidates) or i in self.candidates[term - 1])

    def become_follower(self, server: Server, term: int) -> None:
        """All servers: if a message has a higher term, set currentTerm to it and convert to follower; in that term the server has not voted."""
        server.current_term = term
        server.voted_for = None
        self.stand_back(server)

    def stand_back(self, server: Server) -> None:
        """Convert to follower in the same term: what candidates and leaders keep is forgotten."""
        server.role = Role.FOLLOWER
        server.votes = frozenset()
        for j in server.next_index:
            server.next_index[j] = 1
            server.match_index[j] = 0

    def on_request_vote(self, server: Server, m: RequestVote) -> None:
        """RequestVote: false if term < currentTerm; granted if votedFor is null or the candidate, and its log is at least as up-to-date."""
        granted = (
            m.term == server.current_term and self.is_free_to_vote(server, m.src) and self.is_up_to_date(m, server)
        )
        if granted:
            server.voted_for = m.src
        if granted or server.current_term > m.term:
            self.network.send(Vote(m.dst, m.src, server.current_term, granted))

    def is_free_to_vote(self, server: Server, candidate: Member) -> bool:
        """VotedFor is null or the candidate."""
        return server.voted_for in (None, candidate)

    def is_up_to_date(self, m: RequestVote, server: Server) -> bool:
        """Section 5.4.1: the log whose last entry has the later term is more up-to-date; of two that end with the same term, the longer one."""
        log = server.log
        return (m.last_log_term, m.last_log_index) >= (term_at(log, len(log)), len(log))

    def on_vote(self, server: Server, m: Vote) -> None:
        """Candidates: if votes are received from a majority of the servers, become leader."""
        if not m.granted or m.term < server.current_term or server.role is not Role.CANDIDATE:
            return
        server.votes |= {m.src}
        if self.is_majority(len(server.votes)):
            self.become_leader(server, m.dst)

    def is_majority(self, count: int) -> bool:
        """More than half of the servers."""
        return count > self.servers // 2

    def become_leader(self, server: Server, i: Member) -> None:
        """Volatile state on leaders, reinitialised after election: nextIndex is the leader's last log index + 1, matchIndex 0."""
        server.role = Role.LEADER
        server.votes = frozenset()
        for j in self.others(i):
            server.next_index[j] = len(server.log) + 1
            server.match_index[j] = 0
        self.note_leader(server.current_term, i)

    def note_leader(self, term: int, i: Member) -> None:
        """The observers note who was elected."""
        self.elected[term] |= {i}

    # Log replication (section 5.3) ------------------------------------------------------------------------------------

    @action(members)
    def client_request(self, i: Member) -> None:
        """Leaders: if a command is received from a client, append an entry to the local log."""
        server = self.server[i]
        require(server.role is Role.LEADER)
        bound(len(server.log) < self.max_log)
        server.log = (*server.log, Entry(server.current_term, i))
        if self.is_majority(1):
            self.commit(server, len(server.log))

    @action(members, others)
    def append_entries(self, i: Member, j: Member) -> None:
        """Leaders: send AppendEntries with the log entries starting at nextIndex; without any it is a heartbeat. Repeated at any time."""
        server = self.server[i]
        require(server.role is Role.LEADER)
        prev = server.next_index[j] - 1
        log = server.log
        self.network.send(
            AppendEntries(i, j, server.current_term, prev, term_at(log, prev), log[prev:], server.commit_index)
        )

    def on_append_entries(self, server: Server, m: AppendEntries) -> None:
        """AppendEntries, rules 1 to 5; a candidate that hears from the leader of its term converts to follower."""
        if self.is_stale(m, server):
            self.network.send(Appended(m.dst, m.src, server.current_term, success=False, index=0))
            return
        self.stand_back(server)
        if not self.is_consistent(m, server.log):
            self.network.send(Appended(m.dst, m.src, server.current_term, success=False, index=m.prev_log_index))
            return
        server.log = self.with_entries(server.log, m)
        last_new = m.prev_log_index + len(m.entries)
        # Figure 2 says "commitIndex increases monotonically": an old heartbeat must not take it back.
        server.commit_index = max(server.commit_index, min(m.leader_commit, last_new))
        if last_new > 0:
            self.network.send(Appended(m.dst, m.src, server.current_term, success=True, index=last_new))

    def is_stale(self, m: AppendEntries, server: Server) -> bool:
        """Rule 1: reply false if term < currentTerm."""
        return m.term < server.current_term

    def is_consistent(self, m: AppendEntries, log: Log) -> bool:
        """Rule 2: reply false if log does not contain an entry at prevLogIndex whose term matches prevLogTerm."""
        return m.prev_log_index <= len(log) and term_at(log, m.prev_log_index) == m.prev_log_term

    def with_entries(self, log: Log, m: AppendEntries) -> Log:
        """Rules 3 and 4: delete an existing entry that conflicts with a new one and all that follow it; append any new entries not in the log."""
        for index, entry in enumerate(m.entries, m.prev_log_index + 1):
            if term_at(log, index) != entry.term:
                return log[: index - 1] + m.entries[index - 1 - m.prev_log_index :]
        return log

    def on_appended(self, server: Server, m: Appended) -> None:
        """Leaders: if successful, update nextIndex and matchIndex for the follower; if it failed by inconsistency, decrement nextIndex."""
        if m.term < server.current_term or server.role is not Role.LEADER:
            return
        if m.success and m.index > server.match_index[m.src]:
            server.match_index[m.src] = m.index
            server.next_index[m.src] = m.index + 1
            self.advance_commit(server, m.index)
        elif not m.success and server.match_index[m.src] < m.index == server.next_index[m.src] - 1:
            server.next_index[m.src] = m.index

    def advance_commit(self, server: Server, highest: int) -> None:
        """Leaders: if N > commitIndex, a majority of matchIndex[i] >= N, and log[N].term == currentTerm: set commitIndex = N."""
        for n in range(highest, server.commit_index, -1):
            replicas = 1 + sum(match >= n for match in server.match_index.values())
            if self.is_majority(replicas) and self.is_committable(server, n):
                self.commit(server, n)
                return

    def commit(self, server: Server, n: int) -> None:
        """A leader decides that the entries up to n are committed; the observers note those that are new to them."""
        for index in range(server.commit_index + 1, n + 1):
            if self.committed[index] is None:
                self.committed[index] = Committed(server.log[index - 1], server.current_term)
        server.commit_index = n

    def is_committable(self, server: Server, n: int) -> bool:
        """Section 5.4.2: only entries of the leader's current term are committed by counting replicas."""
        return term_at(server.log, n) == server.current_term

    @action(deliverable)
    def receive(self, m: Message) -> None:
        """A server receives a message; if its term is higher than the server's, the server first converts to follower."""
        server = self.server[m.dst]
        require(server.up)
        self.network.receive(m)
        if m.term > server.current_term:
            self.become_follower(server, m.term)
        match m:
            case RequestVote():
                self.on_request_vote(server, m)
            case Vote():
                self.on_vote(server, m)
            case AppendEntries():
                self.on_append_entries(server, m)
            case Appended():
                self.on_appended(server, m)

    # Properties (figure 3) --------------------------------------------------------------------------------------------

    @invariant(terms)
    def election_safety(self, term: int) -> bool:
        """At most one leader can be elected in a given term."""
        return len(self.elected[term]) <= 1

    @step_property(members)
    def leader_append_only(self, after: "Raft", i: Member) -> bool:
        """A leader never overwrites or deletes entries in its log; it only appends new entries, as long as its term lasts."""
        if self.server[i].role is not Role.LEADER or after.server[i].current_term != self.server[i].current_term:
            return True
        log = self.server[i].log
        return after.server[i].log[: len(log)] == log

    def later(self, i: Member) -> Iterable[Member]:
        """The servers after i, so that each pair is looked at once."""
        members = list(self.members())
        return members[members.index(i) + 1 :]

    @invariant(members, later)
    def log_matching(self, i: Member, j: Member) -> bool:
        """If two logs contain an entry with the same index and term, they are identical in all entries up through that index."""
        one, two = self.server[i].log, self.server[j].log
        agreed = max(
            (n for n in range(1, min(len(one), len(two)) + 1) if term_at(one, n) == term_at(two, n)), default=0
        )
        return one[:agreed] == two[:agreed]

    @invariant(members, indexes)
    def leader_completeness(self, i: Member, index: int) -> bool:
        """If an entry is committed in a given term, it is present in the logs of the leaders for all higher-numbered terms."""
        if self.server[i].role is not Role.LEADER:
            return True
        committed = self.committed[index]
        if committed is None or self.server[i].current_term <= committed.term:
            return True
        return self.server[i].log[index - 1 : index] == (committed.entry,)

    @invariant(members, indexes)
    def state_machine_safety(self, i: Member, index: int) -> bool:
        """If a server has applied an entry at an index to its state machine, no server ever applies a different entry for that index."""
        if self.server[i].commit_index < index:
            return True
        committed = self.committed[index]
        return committed is not None and self.server[i].log[index - 1 : index] == (committed.entry,)

    @reachable(members)
    def commits(self, i: Member) -> bool:
        """A server can learn that an entry is committed."""
        return self.server[i].commit_index > 0

    @reachable(terms)
    def changes_leader(self, term: int) -> bool:
        """Two successive terms can have different leaders."""
        before, now = self.elected.get(term - 1), self.elected[term]
        return bool(before and now) and before != now

    def in_flight(self) -> Iterable[Message]:
        """The messages in flight."""
        return self.network.in_flight()

    @reachable(in_flight)
    def truncates(self, m: Message) -> bool:
        """Entries can be deleted: a leader of an earlier term has lost what it sent."""
        if not isinstance(m, AppendEntries) or not m.entries:
            return False
        return self.server[m.src].log[m.prev_log_index : m.prev_log_index + len(m.entries)] != m.entries

    @terminal
    def all_are_down(self) -> bool:
        """Who has crashed does nothing."""
        return not any(server.up for server in self.server.values())
