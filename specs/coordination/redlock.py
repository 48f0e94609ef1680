"""Redlock: a lock on a majority of independent servers, each of which lets it go after a time.

Sanfilippo, "Distributed Locks with Redis" (redis.io), the Redlock algorithm; Kleppmann, "How to do distributed
locking", 2016, whose objection it is that the lock is safe only if clocks and processes keep to time: the mutants are
his cases. A client sets the key on each server if it is not set, with a time to live; it holds the lock if it got a
majority before the validity time was over, which it counts from its first attempt.

*Choices.* A request to a server and its answer are one step; time may pass between any two. Three servers and two
clients: five clocks. True time is counted in ticks, and each timer ends within ``drift`` ticks of what it says;
timers that end in one tick do so in any order, so ``allowance`` must be more than twice the drift. A client that
leaves deletes its own keys only. With ``pauses`` a client may notice late that its time is over.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from attrs import frozen

from modelcheck import Record, Spec, action, invariant, reachable, require
from modelcheck.parts import Timers

GONE = -1  # The random value of a client that has crashed.


class Phase(Enum):
    """What a client is doing."""

    IDLE = "idle"
    ACQUIRING = "acquiring"
    HOLDING = "holding"


@frozen
class Key:
    """The timer with which a server lets its key go."""

    server: int


@frozen
class Validity:
    """The timer with which a client counts how long it may hold the lock."""

    client: int


class Client(Record):
    """A client, and the servers that have given it the key."""

    phase: Phase = Phase.IDLE
    granted: frozenset[int] = frozenset()


class Redlock(Spec):
    """The algorithm, for numbers of servers and clients."""

    servers: int = 3
    clients: int = 2
    ttl: int = 3
    drift: int = 0
    allowance: int = 1
    pauses: bool = False

    def init(self) -> None:
        """No key is set."""
        self.key: dict[int, int | None] = dict.fromkeys(self.all_servers())
        self.client = {c: Client() for c in self.everybody()}
        self.timers = Timers(names=(*map(Key, self.all_servers()), *map(Validity, self.everybody())), drift=self.drift)

    def all_servers(self) -> Iterable[int]:
        """The servers."""
        return range(self.servers)

    def everybody(self) -> Iterable[int]:
        """The clients."""
        return range(self.clients)

    # Clients ----------------------------------------------------------------------------------------------------------

    @action(everybody)
    def begin(self, c: int) -> None:
        """Steps 1 and 3: the client notes the time; the lock is valid for the time to live, less an allowance, from now on."""
        require(self.client[c].phase is Phase.IDLE)
        self.client[c].phase = Phase.ACQUIRING
        self.timers.start(Validity(c), self.ttl - self.allowance, deadline=not self.pauses)

    @action(everybody, all_servers)
    def set_key(self, c: int, s: int) -> None:
        """Step 2: SET resource my_random_value NX PX ttl, on one server after the other."""
        client = self.client[c]
        require(client.phase is Phase.ACQUIRING)
        require(self.key[s] is None)
        self.key[s] = c
        self.timers.start(Key(s), self.ttl)
        client.granted |= {s}

    @action(everybody)
    def acquire(self, c: int) -> None:
        """Step 3: with a majority, and with validity time left, the client holds the lock."""
        client = self.client[c]
        require(client.phase is Phase.ACQUIRING)
        require(self.timers.runs(Validity(c)))
        require(self.is_enough(len(client.granted)))
        client.phase = Phase.HOLDING

    def is_enough(self, granted: int) -> bool:
        """A majority, N/2+1."""
        return granted > self.servers // 2

    @action(everybody)
    def leave(self, c: int) -> None:
        """Step 5: the client has finished, or has failed to acquire the lock, and unlocks all servers."""
        require(self.client[c].phase is not Phase.IDLE)
        self.timers.stop(Validity(c))
        self.unlock(c)

    def unlock(self, c: int) -> None:
        """The key is deleted where it still holds the client's random value."""
        for s in self.all_servers():
            if self.may_delete(c, s):
                self.key[s] = None
                self.timers.stop(Key(s))
        self.client[c].phase = Phase.IDLE
        self.client[c].granted = frozenset()

    def may_delete(self, c: int, s: int) -> bool:
        """The script compares before it deletes."""
        return self.key[s] == c

    # Time and faults --------------------------------------------------------------------------------------------------

    @action(everybody)
    def go_away(self, c: int) -> None:
        """A client crashes, and leaves its keys to expire; whoever comes in its place has random values of its own."""
        require(self.client[c].phase is not Phase.IDLE)
        self.timers.stop(Validity(c))
        for s in self.all_servers():
            if self.key[s] == c:
                self.key[s] = GONE
        self.client[c] = Client()

    @action(everybody)
    def end_validity(self, c: int) -> None:
        """The validity time of a client is over, and it unlocks what it has."""
        self.timers.end(Validity(c))
        self.unlock(c)

    @action(all_servers)
    def expire(self, s: int) -> None:
        """A server lets its key go."""
        self.timers.end(Key(s))
        self.key[s] = None

    # Properties -------------------------------------------------------------------------------------------------------

    def before(self, c: int) -> Iterable[int]:
        """The clients before one."""
        return range(c)

    @invariant(everybody, before)
    def mutual_exclusion(self, c: int, other: int) -> bool:
        """Safety: at any given moment, only one client can hold a lock."""
        return not self.client[c].phase is self.client[other].phase is Phase.HOLDING

    @reachable(everybody)
    def holds(self, c: int) -> bool:
        """A client can hold the lock."""
        return self.client[c].phase is Phase.HOLDING

    @reachable
    def keys_are_split(self) -> bool:
        """Each server can have given its key to somebody, and no client have a majority."""
        counts = [len(client.granted) for client in self.client.values()]
        return None not in self.key.values() and not any(self.is_enough(count) for count in counts)
