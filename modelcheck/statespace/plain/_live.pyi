"""A live state on ordinary objects that follows the kernel's from one state to the next; for `_runs` alone."""

from typing import Any

from modelcheck.spec import Machine
from modelcheck.statespace.layout import Layout
from modelcheck.statespace.plain._places import Changes

class Live(Changes):
    """An object of the spec's class.

    Args:
        machine: The machine.
        layout: Its cells.

    Raises:
        DeviationError: if there are records whose attributes are not in their ``__dict__``.
    """

    top: Any
    def __init__(self, machine: Machine, layout: Layout) -> None: ...
