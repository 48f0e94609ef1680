"""Redlock where it breaks: Kleppmann's cases, and two mistakes of implementations; ``mutual_exclusion`` catches them all."""

from modelcheck import action, fails, require
from specs.coordination.redlock import Key, Redlock


@fails("mutual_exclusion", steps=9)
class ClockJumps(Redlock):
    """The clock of one server jumps, its key expires, and a second client gets a majority: caught by mutual_exclusion."""

    @action((0, 1, 2))
    def jump(self, s: int) -> None:
        """The clock jumps forward by the time to live."""
        require(self.key[s] is not None)
        self.key[s] = None
        self.timers.stop(Key(s))


@fails("mutual_exclusion", steps=12)
class ClientPauses(Redlock):
    """A client is paused after it has acquired the lock, and goes on when its keys have expired: caught by mutual_exclusion."""

    pauses = True


@fails("mutual_exclusion", steps=9)
class RestartsAtOnce(Redlock):
    """A server crashes without its keys on disk, and does not stay down for the time to live: caught by mutual_exclusion."""

    @action((0, 1, 2))
    def restart(self, s: int) -> None:
        """It answers again before its keys would have expired."""
        require(self.key[s] is not None)
        self.key[s] = None
        self.timers.stop(Key(s))


@fails("mutual_exclusion", steps=11)
class IgnoresDrift(Redlock):
    """The clocks of the servers are fast, that of a client is slow, and the allowance is for neither: caught by mutual_exclusion."""

    drift = 1


@fails("mutual_exclusion", steps=10)
class DeletesAnyKey(Redlock):
    """A client that gives up deletes the key of another one, as DEL without comparing does: caught by mutual_exclusion."""

    def may_delete(self, c: int, s: int) -> bool:
        """Wrong: the value of the key is not looked at."""
        return self.key[s] is not None


@fails("mutual_exclusion", steps=6)
class HalfIsEnough(Redlock):
    """With two servers, half of them are taken for a majority: caught by mutual_exclusion."""

    servers = 2

    def is_enough(self, granted: int) -> bool:
        """Wrong: not N/2+1."""
        return 2 * granted >= self.servers
