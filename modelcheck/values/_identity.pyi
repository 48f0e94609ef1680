"""Keys of values, those of the usual types at once."""

from collections.abc import Callable
from typing import Any

def identity(value: Any) -> Any:
    """A hashable key, equal for two values exactly if no code can tell one from the other (other than by ``is``).

    Raises:
        TypeError: if the value, or something in it, is unhashable.
    """

def settle(otherwise: Callable[[Any], Any], ordered: type) -> None:
    """Say who makes the keys of values of other types, and which class is that of frozensets in order."""
