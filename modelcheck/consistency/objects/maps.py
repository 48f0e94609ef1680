"""Maps from keys to values: a key-value store, and registers that transactions touch."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

from attrs import evolve, field, frozen

from modelcheck.consistency._equality import kept, same
from modelcheck.consistency.objects.forms import STEPS, Gives, Takes
from modelcheck.consistency.objects.methods import ObjectOfMethods, operation
from modelcheck.consistency.objects.sequential import UNKNOWN, Family

if TYPE_CHECKING:
    from modelcheck.consistency.history import Operation

Pairs = frozenset[tuple[Any, Any]]
"""A map as the set of its pairs, in which keys are told apart by their types too."""


def pairs(mapping: Mapping[Any, Any] | Iterable[tuple[Any, Any]]) -> Pairs:
    """A mapping, or a set of pairs, as a set of pairs."""
    return frozenset((kept(key), value) for key, value in dict(mapping).items())


def _with(state: Pairs, key: Any, value: Any) -> Pairs:
    """A map with one key bound anew."""
    key = kept(key)
    return frozenset(pair for pair in state if pair[0] != key) | {(key, value)}


class _Map(ObjectOfMethods):
    """An object that is a map; ``absent`` is what a key without a value holds."""

    absent: Any
    initial: Pairs

    def starting_with(self, value: Any) -> Self:
        """A map is what the keys hold at first; anything else is what each key holds until it is written."""
        if isinstance(value, Mapping):
            return evolve(self, initial=pairs(value))  # type: ignore[misc]
        return evolve(self, absent=value)  # type: ignore[misc]

    def starts(self, operations: Sequence[Operation]) -> Iterator[Any]:
        """The first result of each key that is read before it is written."""
        touched: set[Any] = set()
        for done in operations:
            key = self.key_of(done.name, done.argument)
            if key is None:
                return
            if done.name in self.reads and key not in touched:
                yield done.result
            touched.add(key)


@frozen
class KeyValue(_Map):
    """A map with ``get(key) -> value``, ``put((key, value)) -> None`` and ``append((key, text)) -> None``.

    A key that was never written holds ``absent``. The state is the set of pairs that were written.
    """

    name: ClassVar[str] = "kv"
    family: ClassVar[Family | None] = Family.KEY_VALUE
    absent: Any = ""
    initial: Pairs = field(factory=frozenset, converter=pairs)

    @operation(reads=True)
    def get(self, state: Pairs, key: Any) -> tuple[Pairs, Any]:
        """The value of a key."""
        return state, dict(state).get(kept(key), self.absent)

    @operation(overwrites=True, takes=Takes.PAIR, gives=Gives.DONE)
    def put(self, state: Pairs, pair: tuple[Any, Any]) -> tuple[Pairs, None]:
        """Give a key a value."""
        return _with(state, *pair), None

    @operation(takes=Takes.ENDING, gives=Gives.DONE)
    def append(self, state: Pairs, pair: tuple[Any, Any]) -> tuple[Pairs, None]:
        """Lengthen the value of a key."""
        key, suffix = pair
        return _with(state, key, dict(state).get(kept(key), self.absent) + suffix), None

    def key_of(self, operation: str, argument: Any) -> Hashable | None:
        """The key in the argument."""
        key: Hashable = argument if operation == "get" else argument[0]
        return (key,)


@frozen
class MultiRegister(_Map):
    """Registers with ``read(key) -> value``, ``write((key, value)) -> None``, and ``txn`` over several at once.

    ``txn`` takes a tuple of ``("r", key, value)`` and ``("w", key, value)``. The values read are part of the argument;
    the result says whether they are the values there (a read of ``UNKNOWN`` agrees with any). A history with ``txn`` is
    not split by key. A register that was never written holds ``absent``.
    """

    name: ClassVar[str] = "multi-register"
    family: ClassVar[Family | None] = Family.MULTI_REGISTER
    initial: Pairs = field(factory=frozenset, converter=pairs)
    absent: Any = None

    @operation(reads=True)
    def read(self, state: Pairs, key: Any) -> tuple[Pairs, Any]:
        """What a register holds."""
        return state, dict(state).get(kept(key), self.absent)

    @operation(overwrites=True, takes=Takes.PAIR, gives=Gives.DONE)
    def write(self, state: Pairs, pair: tuple[Any, Any]) -> tuple[Pairs, None]:
        """Let a register hold another value."""
        return _with(state, *pair), None

    @operation(takes=Takes.STEPS, gives=Gives.SUCCESS)
    def txn(self, state: Pairs, steps: tuple[Any, ...]) -> tuple[Pairs, bool]:
        """Read and write at one instant."""
        new = dict(state)
        for kind, key, value in steps:
            if STEPS[kind] == "w":
                new[kept(key)] = value
            elif value is not UNKNOWN and not same(new.get(kept(key), self.absent), value):
                return state, False
        return frozenset(new.items()), True

    def key_of(self, operation: str, argument: Any) -> Hashable | None:
        """The register, unless several are touched."""
        if operation == "txn":
            return None
        return (argument,) if operation == "read" else (argument[0],)
