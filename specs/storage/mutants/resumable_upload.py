"""Resumable uploads with one bug each: what breaks them, and which property catches it."""

from modelcheck import fails
from specs.storage.resumable_upload import Piece, ResumableUpload


@fails("what_is_stored_is_a_beginning", steps=4)
class AppendsAnything(ResumableUpload):
    """The server appends every piece that comes, and one that was late is there twice: caught by what_is_stored_is_a_beginning."""

    def fits(self, m: Piece) -> bool:
        """Wrong: the offset is not looked at."""
        return True


@fails("what_is_stored_is_a_beginning", steps=4)
class LeavesGaps(ResumableUpload):
    """The server takes a piece that is beyond what it has, as if the one between were there: caught by what_is_stored_is_a_beginning."""

    def fits(self, m: Piece) -> bool:
        """Wrong: not only the next one."""
        return m.offset >= len(self.stored)


@fails("whole_or_not_at_all", steps=5)
class CommitsByLength(ResumableUpload):
    """The file is committed when the last piece was sent, whatever has arrived: caught by whole_or_not_at_all."""

    def is_complete(self) -> bool:
        """Wrong: the client's opinion."""
        return self.left[self.pieces - 1] < self.attempts
