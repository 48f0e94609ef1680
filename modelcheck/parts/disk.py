"""A file that is written record by record, and safe only up to the last sync.

What was appended since then is in some cache. A crash keeps any part of it that the system happened to have written out, in order, and may tear
the last record that it keeps: half of it is there. A checksum finds that, and whoever reads stops there. Pillai et al., "All File Systems Are
Not Created Equal", 2014, measure which file systems do what; this file is one that appends in order.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from modelcheck.spec.choice import choose
from modelcheck.spec.record import Fixed, Part


class Damage(Enum):
    """What stands in a file in place of a record."""

    TORN = "torn"


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
    """

    records: tuple[Any, ...] = ()
    safe: int = 0
    tears: Fixed[bool] = False

    def unused(self) -> frozenset[str]:
        """Nothing: a file does nothing by itself."""
        return frozenset()

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
            if record is Damage.TORN:
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
