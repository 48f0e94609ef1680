"""The errors that a user can meet.

::

    ModelcheckError
    ├── UsageError          an option or argument that cannot be meant
    ├── SpecError           a mistake in a spec: it does not import, it raises, it stores an unusable value
    │   └── ImpureError     an action or property that does not depend on the state alone
    ├── TraceError          a trace file that is damaged, or belongs to another spec
    ├── CheckpointError     a checkpoint that is damaged, or of a search that was made of something else
    ├── HistoryError        a recorded history that cannot be read
    └── InternalError       our own mistake, to be reported

Each carries one sentence on what is wrong, and where known the place and the remedy. A violated property is not an error, and a limit that
was reached is a verdict (see :mod:`modelcheck.verdict`).
"""

from __future__ import annotations


class ModelcheckError(Exception):
    """Anything that keeps modelcheck from answering.

    Args:
        message: What is wrong, as one sentence without a full stop.
        place: Where, for example ``specs/consensus/raft.py:31``.
        remedy: What to do about it, as one sentence.
    """

    def __init__(self, message: str, *, place: str | None = None, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.remedy = remedy

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        remedy = f"\n  {self.remedy}" if self.remedy else ""
        return f"{where}{self.message}{remedy}"


class UsageError(ModelcheckError):
    """An option, argument or call that cannot be meant."""


class SpecError(ModelcheckError):
    """A mistake in a spec.

    Attributes:
        trace: The run that leads to it, a `modelcheck.trace.Trace`, if a search came to it by one.
    """

    trace: object = None


class ImpureError(SpecError):
    """An action or property whose outcome depends on something else than the state and its arguments."""


class TraceError(ModelcheckError):
    """A trace file that is damaged or does not belong to the spec."""


class CheckpointError(ModelcheckError):
    """A checkpoint that is damaged, or was written by a search through another spec, or by other code."""


class HistoryError(ModelcheckError):
    """A recorded history that cannot be read."""


class InternalError(ModelcheckError):
    """A mistake of modelcheck's own."""

    def __init__(self, message: str, *, place: str | None = None) -> None:
        super().__init__(message, place=place, remedy="This is a bug in modelcheck; please report it with the spec.")
