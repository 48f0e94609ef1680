"""The register without what its progress rests on."""

from modelcheck import fails
from specs.replication.quorum_progress import QuorumProgress


@fails("operations_end", steps=4)
class WaitsForAll(QuorumProgress):
    """A client waits for all replicas, and one of them is down: caught by operations_end."""

    read_quorum = 3


@fails("operations_end", steps=4)
class LosesTheMajority(QuorumProgress):
    """Two of three replicas crash: caught by operations_end."""

    crashes = 2


@fails("operations_end", steps=4)
class CountsOneTooMany(QuorumProgress):
    """An operation ends one answer after its quorum is complete, which need not come: caught by operations_end."""

    def is_enough(self, answers: int, quorum: int) -> bool:
        """Wrong: the answer that completes the quorum is not counted."""
        return answers > quorum
