"""A cache that shows."""

from modelcheck import fails, require
from specs.refinement.cache import CachedMemory, Line


@fails("memory", steps=3)
class ForgetsToWriteBack(CachedMemory):
    """A line is given up with what memory does not have: caught by memory."""

    def evict(self, a: int) -> None:
        """Wrong: what was written is lost."""
        require(self.line[a].present)
        self.line[a] = Line()


@fails("memory", steps=5)
class ReadsPastTheCache(CachedMemory):
    """A read goes to memory, whatever the cache holds: caught by memory."""

    def read(self, c: int, a: int) -> None:
        """Wrong: memory may be behind."""
        self.answer[c] = self.cell[a]
