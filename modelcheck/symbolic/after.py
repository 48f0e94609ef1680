"""The state after a step, as a property of steps sees it."""

from __future__ import annotations

from typing import Any

from modelcheck.symbolic.elements import Elements
from modelcheck.symbolic.leaves import Leaves
from modelcheck.symbolic.session import Session
from modelcheck.symbolic.values.substitution import substituted


class AfterSession(Session):
    """The state after a step, whose leaves have names of their own.

    Args:
        leaves: The leaves of a state.
        following: The constants of the leaves, each with what stands for it after the step.
    """

    def __init__(self, leaves: Leaves, following: list[tuple[Any, Any]]) -> None:
        super().__init__(leaves)
        self._substitution = following
        self._after: dict[Any, Any] = {}

    def before(self, cell: Any) -> Any:
        """See `Session.before`."""
        if cell not in self._after:
            self._after[cell] = substituted(super().before(cell), self._substitution)
        return self._after[cell]

    def content(self, elements: Elements, key: Any) -> Any:
        """See `Session.content`."""
        if (elements, key) not in self._after:
            self._after[elements, key] = substituted(super().content(elements, key), self._substitution)
        return self._after[elements, key]

