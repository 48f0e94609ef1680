"""Chang and Roberts with one bug each: what breaks the election, and which property catches it."""

from modelcheck import fails
from specs.coordination.chang_roberts import ChangRoberts, Status


@fails("others_have_lost", steps=3)
class WinsByAnyName(ChangRoberts):
    """A candidate takes every name that comes back for its own, without comparing: caught by others_have_lost."""

    def is_own(self, n: int, name: int) -> bool:
        """Wrong: a name that was not passed on need not be one's own."""
        del n, name
        return True


@fails("others_have_lost", steps=3)
class StaysCandidate(ChangRoberts):
    """The names are not all different, so two nodes take the same name for their own: caught by others_have_lost."""

    names = (1, 2, 1)


@fails("deadlock", steps=4)
@fails("is_decided", steps=4)
class LosesBeforeStarting(ChangRoberts):
    """A node that has lost swallows names instead of passing them on, and nobody wins: caught by is_decided, and as a deadlock."""

    def passes_on(self, n: int, name: int) -> bool:
        """Wrong: only candidates pass names on."""
        return self.status[n] is Status.CANDIDATE and name < self.names[n]
