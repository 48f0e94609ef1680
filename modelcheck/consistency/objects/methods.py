"""Objects with one method for each operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from attrs import frozen

from modelcheck.consistency.objects.forms import Form, Gives, Takes
from modelcheck.consistency.objects.sequential import SequentialObject

Step = Callable[[Any, Any, Any], tuple[Any, Any]]
"""A method that takes the state and the argument, and gives the next state and the result."""

_MARK: Final = "_operation"


@frozen
class _Meaning:
    """What is known of an operation."""

    form: Form
    reads: bool
    overwrites: bool


def operation(
    *,
    takes: Takes = Takes.ANYTHING,
    gives: Gives = Gives.ANYTHING,
    reads: bool = False,
    overwrites: bool = False,
) -> Callable[[Step], Step]:
    """Makes a method an operation of its class.

    Args:
        takes: The form of its argument.
        gives: The form of its result.
        reads: Whether it never changes the state.
        overwrites: Whether it leaves the same state, and gives the same result, whatever was before.
    """

    def marked(method: Step) -> Step:
        setattr(method, _MARK, _Meaning(Form(takes, gives), reads, overwrites))
        return method

    return marked


class ObjectOfMethods(SequentialObject):
    """An object whose operations are its methods that :func:`operation` marks, in the order of their definition."""

    def __init_subclass__(cls, **options: Any) -> None:
        found: Mapping[str, _Meaning] = {
            name: getattr(method, _MARK) for name, method in vars(cls).items() if hasattr(method, _MARK)
        }
        if found:
            cls.operations = tuple(found)
            cls.reads = frozenset(name for name, meaning in found.items() if meaning.reads)
            cls.overwrites = frozenset(name for name, meaning in found.items() if meaning.overwrites)
            cls.forms = {name: meaning.form for name, meaning in found.items()}
        super().__init_subclass__(**options)

    operations: ClassVar[tuple[str, ...]] = ()

    def apply(self, state: Any, operation: str, argument: Any) -> tuple[Any, Any]:
        """Call the method of the operation."""
        if operation not in self.operations:
            raise self.unknown_operation(operation)
        outcome: tuple[Any, Any] = getattr(self, operation)(state, argument)
        return outcome
