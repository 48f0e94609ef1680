"""Cells: a register, and one with compare-and-set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import frozen

from modelcheck.consistency._equality import exact, same
from modelcheck.consistency.objects.forms import Gives, Takes
from modelcheck.consistency.objects.methods import ObjectOfMethods, operation
from modelcheck.consistency.objects.sequential import UNKNOWN, Family

if TYPE_CHECKING:
    from modelcheck.consistency.history import Operation


class _Cell(ObjectOfMethods):
    """What holds one value."""

    def starts(self, operations: Sequence[Operation]) -> Iterator[Any]:
        """What was seen and never written, then what a first read saw."""
        written = {exact(o.argument[1] if o.name == "cas" else o.argument) for o in operations if o.name not in self.reads}
        for done in operations:
            seen = done.result if done.name in self.reads else done.argument[0] if done.result is True else UNKNOWN
            if seen is not UNKNOWN and exact(seen) not in written:
                yield seen
        yield from super().starts(operations)


@frozen
class Register(_Cell):
    """A cell with ``read() -> value`` and ``write(value) -> None``."""

    name: ClassVar[str] = "register"
    family: ClassVar[Family | None] = Family.REGISTER
    initial: Any = None

    @operation(reads=True, takes=Takes.NOTHING)
    def read(self, state: Any, _: Any) -> tuple[Any, Any]:
        """What it holds."""
        return state, state

    @operation(overwrites=True, gives=Gives.DONE)
    def write(self, _: Any, value: Any) -> tuple[Any, None]:
        """Let it hold another value."""
        return value, None


@frozen
class CasRegister(_Cell):
    """A register with ``cas((expected, new)) -> bool`` besides."""

    name: ClassVar[str] = "cas-register"
    family: ClassVar[Family | None] = Family.CAS_REGISTER
    initial: Any = None

    @operation(reads=True, takes=Takes.NOTHING)
    def read(self, state: Any, _: Any) -> tuple[Any, Any]:
        """What it holds."""
        return state, state

    @operation(overwrites=True, gives=Gives.DONE)
    def write(self, _: Any, value: Any) -> tuple[Any, None]:
        """Let it hold another value."""
        return value, None

    @operation(takes=Takes.PAIR, gives=Gives.TRUTH)
    def cas(self, state: Any, values: tuple[Any, Any]) -> tuple[Any, bool]:
        """Let it hold the second value if it holds the first."""
        expected, new = values
        return (new, True) if same(state, expected) else (state, False)

    def is_pure(self, operation: str, argument: Any, result: Any) -> bool:
        """Reads, and swaps that failed."""
        del argument
        return operation == "read" or (operation == "cas" and result is False)
