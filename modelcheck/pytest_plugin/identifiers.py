"""Ids of items with a configuration, ``spec_raft.py::Raft[servers=3]::agreement``, as every version of pytest takes them.

Since 9.2 pytest takes ids apart, those of items and those in its cache. It has room for one bracket, at the end: of an id like ours
all that follows the first bracket counts as parameters, and is written with one bracket more. So our ids are taken apart in the same way, in order
that they be found again, and written as they are.
"""

from __future__ import annotations

from typing import Any

try:
    from _pytest.nodeid import NodeId
except ImportError:  # Before 9.2 an id is a text.
    NodeId = None  # type: ignore[misc, assignment]


def identifier(text: str) -> Any:
    """The id as a node of pytest takes it, or a report has it."""
    if NodeId is None or "[" not in text:
        return text
    found = NodeId.parse(text)
    return _Identifier(path=found.path, names=found.names, params=found.params)


if NodeId is not None:

    class _Identifier(NodeId):
        """An id that equals the one that pytest reads from the same text."""

        __slots__ = ()

        def __str__(self) -> str:
            return f"{self.path}::{self.rest}"

        @property
        def rest(self) -> str:
            """What follows the path."""
            params = self.params or ""
            is_open = params.count("[") + 1 > params.count("]")
            return f"{'::'.join(self.names)}[{params}" + ("]" if is_open else "")

        def __eq__(self, other: object) -> bool:
            return isinstance(other, NodeId) and (self.path, self.names, self.params) == (other.path, other.names, other.params)

        def __hash__(self) -> int:
            return hash(NodeId(path=self.path, names=self.names, params=self.params))
