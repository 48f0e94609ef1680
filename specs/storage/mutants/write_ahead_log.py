"""A write-ahead log with one bug each: what a crash then loses, and which property catches it."""

from modelcheck import fails
from modelcheck.parts import Damage, Disk
from specs.storage.write_ahead_log import Store, Update, WriteAheadLog


@fails("durability", steps=8)
class NoSync(WriteAheadLog):
    """The client is answered when the commit record is written, and not yet synced: caught by durability."""

    def make_safe(self, store: Store) -> None:
        """Wrong: a crash takes what is in the cache."""


@fails("atomicity", steps=6)
class WritesPagesEarly(WriteAheadLog):
    """A page is written out with an update that is not committed, and after a crash nothing takes it back: caught by atomicity."""

    def newest(self, store: Store, page: str) -> int:
        """Wrong: the update of the transaction under way."""
        return store.running if store.running is not None and store.updated > 0 and page == "x" else store.memory[page]


@fails("atomicity", steps=5)
class RedoesEverything(WriteAheadLog):
    """Recovery does again whatever is in the log, commit record or not: caught by atomicity."""

    def is_redone(self, update: Update, committed: set[int]) -> bool:
        """Wrong: the transaction may not be complete."""
        return True


@fails("durability", steps=10)
class ThrowsLogAway(WriteAheadLog):
    """Recovery that meets a torn record takes the whole log for damaged: caught by durability."""

    def readable(self, log: Disk) -> tuple[object, ...]:
        """Wrong: what stands before it is whole."""
        return () if Damage.TORN in log.records else log.read()
