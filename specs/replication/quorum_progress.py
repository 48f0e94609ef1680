"""A replicated register: operations come to an end as long as a majority of the replicas is up.

Attiya, Bar-Noy and Dolev, "Sharing Memory Robustly in Message-Passing Systems", 1995, section 1: the register is
wait-free with fewer than half of the replicas crashed. Nobody has to begin an operation, and a crashed replica need not
come back; that requests arrive at replicas that are up is all that is assumed.
"""

from collections.abc import Iterable

from modelcheck import fair, leads_to
from specs.replication.quorum import Phase, Quorum


class QuorumProgress(Quorum):
    """The register, with requests that arrive."""

    readers: int = 1

    receive = fair(Quorum.receive)

    def everybody(self) -> Iterable[int]:
        """The clients."""
        return self.clients()

    @leads_to(everybody)
    def operations_end(self, c: int) -> tuple[bool, bool]:
        """An operation that was begun returns."""
        phase = self.client[c].phase
        return phase is not Phase.IDLE, phase is Phase.IDLE
