"""Storage that trusts what it reads; what breaks it, and which property catches it."""

from modelcheck import fails
from specs.storage.scrubbing import Scrubbing


@fails("no_wrong_read", steps=2)
class ReadsUnchecked(Scrubbing):
    """A read does not look at the checksum: caught by no_wrong_read."""

    def may_answer(self, r: int) -> bool:
        """Wrong: anything."""
        return True


@fails("not_lost", steps=3)
class ScrubsTooSeldom(Scrubbing):
    """There is time for all replicas to rot between two scrubs: caught by not_lost."""

    slack = 3


@fails("not_lost", steps=4)
class CopiesUnchecked(Scrubbing):
    """The scrubber copies from the first replica, right or not, and spreads what it should repair: caught by not_lost."""

    def is_source(self, r: int) -> bool:
        """Wrong: the source may be the corrupt one."""
        return True
