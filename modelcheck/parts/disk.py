"""A file that is written record by record, and safe only up to the last sync.

What was appended since then is in some cache. A crash keeps any part of it that the system happened to have written out, in order, and may tear
the last record that it keeps: half of it is there. A checksum finds that, and whoever reads stops there. Pillai et al., "All File Systems Are
Not Created Equal", 2014, measure which file systems do what; this file is one that appends in order.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any, ClassVar

from modelcheck.parts.budget import check_budgets, left_out
from modelcheck.spec.choice import choose, require
from modelcheck.spec.declare import action
from modelcheck.spec.record import Fixed, Part


class Damage(Enum):
    """What stands in a file in place of a record."""

    TORN = "torn"
    CORRUPT = "corrupt"


class Disk(Part):
    """A file of records.

    >>> disk = Disk()
    >>> disk.append("begin")
    >>> disk.sync()
    >>> disk.append("commit")
    >>> disk.read(), disk.safe
    (('begin', 'commit'), 1)

    Attributes:
        records: What was written, the cache included.
        safe: How many of them a crash cannot take.
        tears: Whether a crash may tear the last record that it keeps.
        corruptions: How many records may still be damaged where they stand; None: as many as may be.
    """

    FAULTS: ClassVar[frozenset[str]] = frozenset({"corrupt"})

    records: tuple[Any, ...] = ()
    safe: int = 0
    tears: Fixed[bool] = False
    corruptions: int | None = 0

    def unused(self) -> frozenset[str]:
        """Corruption, if its budget is 0 from the start."""
        check_budgets(self, "a disk", ("corruptions",))
        return frozenset(left_out(self.corruptions, "corrupt", "corruptions"))

    def sound(self) -> Iterable[int]:
        """The places of the records that are as they were written."""
        return [at for at, record in enumerate(self.records) if not isinstance(record, Damage)]

    @action(sound)
    def corrupt(self, at: int) -> None:
        """A record is damaged where it stands, safe or not; a checksum finds it when it is read."""
        require(self.corruptions is None or self.corruptions > 0)
        if self.corruptions is not None:
            self.corruptions -= 1
        self.records = (*self.records[:at], Damage.CORRUPT, *self.records[at + 1 :])

    def append(self, record: Any) -> None:
        """Write a record; a crash may lose it."""
        self.records = (*self.records, record)

    def sync(self) -> None:
        """Make all that was written safe, as ``fsync`` does."""
        self.safe = len(self.records)

    def read(self) -> tuple[Any, ...]:
        """The records up to the first one that is damaged, as a checksum finds it."""
        found = []
        for record in self.records:
            if isinstance(record, Damage):
                break
            found.append(record)
        return tuple(found)

    def truncate(self, length: int) -> None:
        """Cut the file off after so many records, as recovery does before it appends again."""
        self.records = self.records[:length]
        self.safe = min(self.safe, length)

    def crash(self) -> None:
        """Lose what is not safe, or the end of it; call this where the process crashes."""
        kept = choose(range(self.safe, len(self.records) + 1))
        torn = self.tears and kept > self.safe and choose((False, True))
        self.records = (*self.records[: kept - 1], Damage.TORN) if torn else self.records[:kept]
        self.safe = len(self.records)
