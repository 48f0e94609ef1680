"""Raft's membership changes, one server at a time.

Ongaro, "Consensus: Bridging Theory and Practice", 2014, section 4.1; Ongaro, "bug in single-server membership
changes", raft-dev, 10 July 2015, whose mending is part of the protocol here: a leader changes the configuration only
when an entry of its own term is committed. Any majority of a configuration has a server in common with any of the
next one, which differs by one server. A server uses the latest configuration in its log, committed or not.

*Choices.* What ``raft.py`` checks message by message is one step here: a candidate that gets the votes of a majority,
and a leader that brings a follower's log up to its own. Any server may be a candidate whenever it likes. A log holds
configurations and no-ops; clients' commands would add nothing. Nothing is ever lost in a crash, so a crash is a
pause.

*Bounds.* ``max_term`` and ``max_log``; ``candidates``, where given, are those that may stand for election. The log
begins with the configuration ``members``, committed; ``servers`` are those that there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from attrs import frozen

from modelcheck import Durable, Process, Spec, action, bound, invariant, reachable, require, terminal

Configuration = frozenset[int]


@frozen
class Entry:
    """An entry of a log: its term, and the configuration that it sets; a no-op sets none."""

    term: int
    configuration: Configuration | None


Log = tuple[Entry, ...]


class Server(Process):
    """The state of a server that matters here."""

    term: Durable[int] = 0
    log: Durable[Log] = ()
    leads: bool = False
    commit_index: int = 0


class RaftMembership(Spec):
    """The protocol, for a number of servers, of which some are members at the start."""

    servers: int = 4
    members: tuple[int, ...] = (0, 1, 2)
    max_term: int = 2
    max_log: int = 3
    candidates: tuple[int, ...] = ()

    def init(self) -> None:
        """All members have the first configuration, which is committed; the others have empty logs."""
        first = (Entry(0, frozenset(self.members)),)
        self.server = {i: Server(log=first if i in self.members else ()) for i in self.everybody()}
        self.committed: dict[int, Entry | None] = {index: first[0] if index == 1 else None for index in self.indexes()}

    def everybody(self) -> Iterable[int]:
        """The servers."""
        return range(self.servers)

    def others(self, i: int) -> Iterable[int]:
        """The servers but one."""
        return [j for j in range(self.servers) if j != i]

    def indexes(self) -> Iterable[int]:
        """The indexes of log entries, which count from 1."""
        return range(1, self.max_log + 1)

    def configuration(self, log: Log) -> Configuration:
        """The latest configuration in a log."""
        return next((entry.configuration for entry in reversed(log) if entry.configuration is not None), frozenset())

    def is_majority(self, some: Configuration, of: Configuration) -> bool:
        """More than half of a configuration."""
        return 2 * len(some & of) > len(of)

    # Elections ----------------------------------------------------------------------------------------------------------

    def electorates(self, i: int) -> Iterable[Configuration]:
        """The smallest majorities of i's configuration."""
        members = self.configuration(self.server[i].log)
        return [frozenset(some) for some in combinations(sorted(members), len(members) // 2 + 1)]

    @action(everybody, electorates)
    def elect(self, i: int, voters: Configuration) -> None:
        """A candidate, perhaps after some elections in vain, gets the votes of a majority of its configuration in a new term, and leads."""
        require(i in voters)
        term = 1 + max(self.server[j].term for j in voters)
        require(all(self.grants(i, j) for j in voters if j != i))
        bound(term <= self.max_term and (not self.candidates or i in self.candidates))
        for j in voters:
            self.server[j].term = term
            self.server[j].leads = j == i

    def grants(self, i: int, j: int) -> bool:
        """The log of i is at least as up-to-date as that of j, which has not voted in the new term."""
        mine, theirs = self.server[j].log, self.server[i].log
        return (theirs[-1].term, len(theirs)) >= (mine[-1].term if mine else -1, len(mine))

    # Replication --------------------------------------------------------------------------------------------------------

    @action(everybody, others)
    def replicate(self, i: int, j: int) -> None:
        """A leader brings the log of a server in its configuration up to its own."""
        leader, follower = self.server[i], self.server[j]
        require(leader.leads)
        require(j in self.configuration(leader.log))
        require(follower.term <= leader.term)
        require((follower.log, follower.term) != (leader.log, leader.term))
        follower.term = leader.term
        follower.leads = False
        follower.log = leader.log

    @action(everybody)
    def commit(self, i: int) -> None:
        """A leader commits what a majority of its configuration has, if the last entry is of its own term."""
        leader = self.server[i]
        require(leader.leads)
        require(leader.log[-1].term == leader.term)
        require(leader.commit_index < len(leader.log))
        having = frozenset(j for j in self.everybody() if self.server[j].log == leader.log)
        require(self.is_majority(having, self.configuration(leader.log)))
        for index in range(1, len(leader.log) + 1):
            if self.committed[index] is None:
                self.committed[index] = leader.log[index - 1]
        leader.commit_index = len(leader.log)

    @action(everybody)
    def no_op(self, i: int) -> None:
        """A new leader appends a no-op, so that an entry of its term can be committed."""
        leader = self.server[i]
        require(leader.leads)
        require(leader.log[-1].term < leader.term)
        self.append(leader, None)

    # Membership changes (section 4.1) -----------------------------------------------------------------------------------

    @action(everybody, everybody)
    def change(self, i: int, j: int) -> None:
        """A leader adds a server to its configuration, or takes one out."""
        leader = self.server[i]
        require(leader.leads)
        require(self.may_change(leader))
        new = self.changed(self.configuration(leader.log), j)
        require(new)
        self.append(leader, new)

    def changed(self, old: Configuration, j: int) -> Configuration:
        """The configuration with j, or without it."""
        return old ^ {j}

    def may_change(self, leader: Server) -> bool:
        """The last change is committed, and so is an entry of this term."""
        return self.has_committed_last(leader) and leader.log[leader.commit_index - 1].term == leader.term

    def has_committed_last(self, leader: Server) -> bool:
        """The configuration that the leader uses is committed, as far as it knows."""
        return self.configuration(leader.log) == self.configuration(leader.log[: max(leader.commit_index, 1)])

    def append(self, leader: Server, configuration: Configuration | None) -> None:
        """A leader appends an entry to its own log."""
        bound(len(leader.log) < self.max_log)
        leader.log = (*leader.log, Entry(leader.term, configuration))

    # Properties -------------------------------------------------------------------------------------------------------

    def before(self, i: int) -> Iterable[int]:
        """The servers before one."""
        return range(i)

    @invariant(everybody, before)
    def election_safety(self, i: int, j: int) -> bool:
        """At most one leader can be elected in a given term."""
        one, other = self.server[i], self.server[j]
        return not (one.leads and other.leads and one.term == other.term)

    @invariant(everybody, indexes)
    def leader_completeness(self, i: int, index: int) -> bool:
        """What is committed is in the log of every leader of the latest term."""
        server, entry = self.server[i], self.committed[index]
        is_latest = server.leads and server.term == max(other.term for other in self.server.values())
        return entry is None or not is_latest or server.log[index - 1 : index] == (entry,)

    @invariant(everybody, indexes)
    def state_machine_safety(self, i: int, index: int) -> bool:
        """Nobody commits different entries at an index."""
        server = self.server[i]
        return server.commit_index < index or server.log[index - 1 : index] == (self.committed[index],)

    @reachable(everybody)
    def joins_and_counts(self, i: int) -> bool:
        """A server that was added can be one without which nothing would be committed."""
        return i not in self.members and self.server[i].log != () and self.server[i].log[-1] in self.committed.values()

    @terminal
    def within_bounds(self) -> bool:
        """There may be nobody left who leads in the last term."""
        return True
