"""Many independent copies of one object, each under a key."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import evolve, field, frozen

from modelcheck.consistency._equality import exact, kept
from modelcheck.consistency.objects.forms import Form, Takes
from modelcheck.consistency.objects.sequential import SequentialObject

if TYPE_CHECKING:
    from modelcheck.consistency.history import Operation


@frozen
class Independent(SequentialObject):
    """A map from keys to objects of one kind; the argument of each operation is a pair of the key and its own argument.

    >>> from modelcheck.consistency import Counter
    >>> counters = Independent(Counter())
    >>> state, _ = counters.apply(counters.initial, "add", ("hits", 2))
    >>> counters.apply(state, "read", ("hits", None))[1]
    2

    Args:
        each: The object that every key has.
    """

    name: ClassVar[str] = "independent"
    each: SequentialObject
    initial: frozenset[tuple[Any, Any]] = field(default=frozenset(), init=False)

    @property
    def operations(self) -> tuple[str, ...]:  # type: ignore[override]
        """Those of each object."""
        return self.each.operations

    @property
    def reads(self) -> frozenset[str]:  # type: ignore[override]
        """Those of each object."""
        return self.each.reads

    @property
    def forms(self) -> Mapping[str, Form]:  # type: ignore[override]
        """Those of each object, with a key."""
        return {name: Form(Takes.KEYED, form.gives) for name, form in self.each.forms.items()}

    @property
    def overwrites(self) -> frozenset[str]:  # type: ignore[override]
        """Those of each object, if nothing splits it further."""
        return self.each.overwrites if type(self.each).key_of is SequentialObject.key_of else frozenset()

    def apply(self, state: frozenset[tuple[Any, Any]], operation: str, argument: Any) -> tuple[Any, Any]:
        """Apply the operation to the object of the key."""
        key, own = argument
        states = dict(state)
        key = kept(key)
        states[key], result = self.each.apply(states.get(key, self.each.initial), operation, own)
        return frozenset(states.items()), result

    def is_pure(self, operation: str, argument: Any, result: Any) -> bool:
        """As the object of the key says."""
        return self.each.is_pure(operation, argument[1], result)

    def key_of(self, operation: str, argument: Any) -> Hashable | None:
        """The key, and the key within."""
        return argument[0], self.each.key_of(operation, argument[1])

    def starting_with(self, value: Any) -> SequentialObject:
        """Each object holds the value at first."""
        return evolve(self, each=self.each.starting_with(value))

    def starts(self, operations: Sequence[Operation]) -> Iterator[Any]:
        """What an object may have held, key by key."""
        parts: dict[Hashable, list[Operation]] = {}
        for done in operations:
            parts.setdefault(exact(done.argument[0]), []).append(evolve(done, argument=done.argument[1]))
        for part in parts.values():
            yield from self.each.starts(part)
