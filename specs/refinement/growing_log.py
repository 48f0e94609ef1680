"""A replicated log that only grows, and that Raft implements it.

Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm (Extended Version)", 2014, section 5: what
clients see is one log, to which entries are appended and from which none is taken. The map takes the longest part
that some server has applied. It is no map for servers that crash, since how far a server has applied its log is
forgotten in a crash, and applied anew: the log would seem to shrink.
"""

from collections.abc import Iterable

from modelcheck import Spec, action, choose, refines, terminal
from specs.consensus.raft import Entry, Member, Raft


class GrowingLog(Spec):
    """One log."""

    longest: int = 1
    terms: int = 2
    clients: int = 3

    def init(self) -> None:
        """The log is empty."""
        self.log: tuple[Entry, ...] = ()

    def entries(self) -> Iterable[Entry]:
        """What may be appended."""
        return [Entry(term, command) for term in range(1, self.terms + 1) for command in Member.several(self.clients)]

    @action
    def append(self) -> None:
        """One entry or several are appended at once."""
        for _ in range(choose(range(1, self.longest - len(self.log) + 1))):
            self.log = (*self.log, choose(self.entries()))

    @terminal
    def is_full(self) -> bool:
        """As long as this spec looks."""
        return len(self.log) == self.longest


class RaftRefines(Raft):
    """Raft, with the map to what it implements."""

    @refines
    def one_log(self) -> GrowingLog:
        """The longest part of a log that some server has applied."""
        spec = GrowingLog(longest=self.max_log, terms=self.max_term, clients=self.servers)
        applied = [server.log[: server.commit_index] for server in self.server.values()]
        spec.log = max(applied, key=len)
        return spec
