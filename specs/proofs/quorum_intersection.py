"""Quorums that meet: any read quorum and any write quorum have a replica in common, if they are together larger than all replicas.

Gifford, "Weighted Voting for Replicated Data", 1979. How many replicas there are, and how large the quorums, is chosen
step by step before anything else happens, so a proof by induction speaks of all numbers at once. Replicas are told
apart only by the quorums that they are in, so four numbers say everything.
"""

from modelcheck import Spec, action, invariant, lemma, reachable, require, terminal


class QuorumIntersection(Spec):
    """Replicas that join a read quorum, a write quorum, or both, in any way."""

    __test__ = False  # Without an end: there is something to prove, and nothing to explore to the last state.

    overlapping: bool = True

    def init(self) -> None:
        """There is one replica, and a quorum is one replica."""
        self.replicas = 1
        self.read_quorum = 1
        self.write_quorum = 1
        self.chosen = False
        self.in_none = 1
        self.in_read = 0
        self.in_write = 0
        self.in_both = 0

    @action
    def add_replica(self) -> None:
        """There is one more replica."""
        require(not self.chosen)
        self.replicas += 1
        self.in_none += 1

    @action
    def enlarge_read_quorum(self) -> None:
        """Read quorums are larger by one."""
        require(not self.chosen)
        self.read_quorum += 1

    @action
    def enlarge_write_quorum(self) -> None:
        """Write quorums are larger by one."""
        require(not self.chosen)
        self.write_quorum += 1

    @action
    def settle(self) -> None:
        """The numbers are fixed; together the quorums are larger than all replicas."""
        require(not self.chosen)
        require(not self.overlapping or self.read_quorum + self.write_quorum > self.replicas)
        self.chosen = True

    @action
    def join_read(self) -> None:
        """A replica in no quorum joins the read quorum."""
        require(self.chosen and self.in_none > 0)
        self.in_none -= 1
        self.in_read += 1

    @action
    def join_write(self) -> None:
        """A replica in no quorum joins the write quorum."""
        require(self.chosen and self.in_none > 0)
        self.in_none -= 1
        self.in_write += 1

    @action
    def join_write_too(self) -> None:
        """A replica in the read quorum joins the write quorum too."""
        require(self.chosen and self.in_read > 0)
        self.in_read -= 1
        self.in_both += 1

    @action
    def join_read_too(self) -> None:
        """A replica in the write quorum joins the read quorum too."""
        require(self.chosen and self.in_write > 0)
        self.in_write -= 1
        self.in_both += 1

    @invariant
    def quorums_meet(self) -> bool:
        """A complete read quorum and a complete write quorum have a replica in common."""
        complete = self.in_read + self.in_both >= self.read_quorum and self.in_write + self.in_both >= self.write_quorum
        return not self.chosen or not complete or self.in_both > 0

    @lemma
    def every_replica_is_somewhere(self) -> bool:
        """The four numbers add up, and none is negative."""
        parts = (self.in_none, self.in_read, self.in_write, self.in_both)
        return sum(parts) == self.replicas and all(part >= 0 for part in parts)

    @lemma
    def quorums_are_large(self) -> bool:
        """Once the numbers are fixed, the quorums are together larger than all replicas."""
        return not self.chosen or not self.overlapping or self.read_quorum + self.write_quorum > self.replicas

    @reachable
    def both_complete(self) -> bool:
        """There can be a read quorum and a write quorum at once."""
        return self.in_both > 0

    @terminal
    def everybody_is_in_both(self) -> bool:
        """No replica can join a quorum any more."""
        return self.in_both == self.replicas
