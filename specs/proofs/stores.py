"""Stores, connections and broadcasts for any number of nodes; `modelcheck prove --all nodes` finds the lemmas of their proofs.

Most are protocols on which tools that find invariants are compared: Ivy (Padon et al., 2016), IC3PO (Goel and Sakallah, 2021),
DuoAI (Yao et al., 2022) and Endive (Schultz et al., 2022).
"""

from collections.abc import Iterable

from modelcheck import Spec, action, invariant, require


class ShardedStore(Spec):
    """A key-value store whose keys move between nodes in messages."""

    nodes: int = 2
    keys: int = 2
    values: int = 2

    def init(self) -> None:
        """The first node owns all keys."""
        self.table: dict[int, dict[int, int | None]] = {n: dict.fromkeys(self.all_keys()) for n in self.all_nodes()}
        self.owner = {n: dict.fromkeys(self.all_keys(), n == 0) for n in self.all_nodes()}
        self.transfers: frozenset[tuple[int, int, int]] = frozenset()

    def all_nodes(self) -> Iterable[int]:
        """The nodes."""
        return range(self.nodes)

    def all_keys(self) -> Iterable[int]:
        """The keys."""
        return range(self.keys)

    def all_values(self) -> Iterable[int]:
        """The values."""
        return range(self.values)

    def later(self, n: int) -> Iterable[int]:
        """The nodes after one."""
        return range(n + 1, self.nodes)

    @action(all_nodes, all_nodes, all_keys)
    def reshard(self, old: int, new: int, k: int) -> None:
        """A node sends a key with its value to another one."""
        value = self.table[old][k]
        require(value is not None)
        assert value is not None
        self.table[old][k] = None
        self.owner[old][k] = False
        self.transfers |= {(new, k, value)}

    @action(all_nodes, all_keys, all_values)
    def receive(self, n: int, k: int, v: int) -> None:
        """A node gets a key."""
        require((n, k, v) in self.transfers)
        self.transfers -= {(n, k, v)}
        self.table[n][k] = v
        self.owner[n][k] = True

    @action(all_nodes, all_keys, all_values)
    def put(self, n: int, k: int, v: int) -> None:
        """A node stores a value for a key that it owns."""
        require(self.owner[n][k])
        self.table[n][k] = v

    @invariant(all_nodes, later, all_keys)
    def one_value(self, one: int, other: int, k: int) -> bool:
        """No two nodes have a value for a key."""
        return self.table[one][k] is None or self.table[other][k] is None


class ClientServer(Spec):
    """A server serves one client at a time."""

    clients: int = 2
    servers: int = 2

    def init(self) -> None:
        """All servers are free."""
        self.free = dict.fromkeys(self.all_servers(), True)
        self.linked: set[tuple[int, int]] = set()

    def all_clients(self) -> Iterable[int]:
        """The clients."""
        return range(self.clients)

    def all_servers(self) -> Iterable[int]:
        """The servers."""
        return range(self.servers)

    @action(all_clients, all_servers)
    def connect(self, c: int, s: int) -> None:
        """A client connects to a free server."""
        require(self.free[s])
        self.linked.add((c, s))
        self.free[s] = False

    @action(all_clients, all_servers)
    def disconnect(self, c: int, s: int) -> None:
        """A client goes away."""
        require((c, s) in self.linked)
        self.linked.discard((c, s))
        self.free[s] = True

    @invariant(all_clients, all_clients, all_servers)
    def one_client(self, c: int, other: int, s: int) -> bool:
        """No two clients are connected to a server."""
        return c == other or not ((c, s) in self.linked and (other, s) in self.linked)


class Broadcast(Spec):
    """All are told at once, when all have acknowledged."""

    nodes: int = 3

    def init(self) -> None:
        """Nobody has acknowledged."""
        self.acknowledged = dict.fromkeys(self.everybody(), False)
        self.told = dict.fromkeys(self.everybody(), False)
        self.done = False

    def everybody(self) -> Iterable[int]:
        """The nodes."""
        return range(self.nodes)

    @action(everybody)
    def acknowledge(self, n: int) -> None:
        """A node acknowledges."""
        self.acknowledged[n] = True

    @action
    def tell_all(self) -> None:
        """All are told."""
        require(all(self.acknowledged.values()))
        self.done = True
        self.told = dict.fromkeys(self.everybody(), True)

    @invariant(everybody)
    def told_after_acknowledging(self, n: int) -> bool:
        """Who was told has acknowledged."""
        return not self.told[n] or self.acknowledged[n]


class Firewall(Spec):
    """Packets come in from outside only to answer those inside that have sent there."""

    nodes: int = 3

    def init(self) -> None:
        """Who is inside is found out one by one; nothing was sent."""
        self.inside: set[int] = set()
        self.sent: set[tuple[int, int]] = set()
        self.allowed: set[int] = set()
        self.reached: set[tuple[int, int]] = set()

    def everybody(self) -> Iterable[int]:
        """The nodes."""
        return range(self.nodes)

    @action(everybody)
    def join(self, n: int) -> None:
        """A node that has neither sent nor been sent to is inside."""
        require(all((n, m) not in self.sent and (m, n) not in self.sent for m in self.everybody()))
        self.inside.add(n)

    @action(everybody, everybody)
    def send_out(self, source: int, target: int) -> None:
        """One inside sends to one outside, which may answer from now on."""
        require(source in self.inside and target not in self.inside)
        self.sent.add((source, target))
        self.allowed.add(target)

    @action(everybody, everybody)
    def send_in(self, source: int, target: int) -> None:
        """One outside that may do so sends to one inside."""
        require(source not in self.inside and source in self.allowed and target in self.inside)
        self.reached.add((source, target))

    @invariant(everybody, everybody)
    def only_answers(self, source: int, target: int) -> bool:
        """Who reaches one inside was sent to before."""
        return (source, target) not in self.reached or any((n, source) in self.sent for n in self.everybody())


class Barrier(Spec):
    """Rounds that all finish together."""

    __test__ = False  # Without an end: there is something to prove, and nothing to explore to the last state.

    nodes: int = 3

    def init(self) -> None:
        """All are in the first round."""
        self.round = dict.fromkeys(self.everybody(), 0)
        self.open = 0

    def everybody(self) -> Iterable[int]:
        """The nodes."""
        return range(self.nodes)

    @action(everybody)
    def arrive(self, n: int) -> None:
        """A node ends the round that is open."""
        require(self.round[n] == self.open)
        self.round[n] = self.open + 1

    @action
    def next_round(self) -> None:
        """When all have arrived, the next round is open."""
        require(all(self.round[n] > self.open for n in self.everybody()))
        self.open += 1

    @invariant(everybody, everybody)
    def nobody_is_ahead(self, n: int, other: int) -> bool:
        """No two nodes are more than a round apart."""
        return self.round[n] <= self.round[other] + 1
