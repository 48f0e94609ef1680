"""Specs of the catalogue with names in place of numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from modelcheck import Interchangeable
from specs.consensus.raft import Raft as NumberedRaft


class Member(Interchangeable):
    """A server's name."""


class Raft(NumberedRaft):
    """Raft with any of its servers for a candidate, in any term."""

    def members(self) -> Iterable[Any]:
        """The servers."""
        return Member.several(self.servers)

    def others(self, i: Any) -> Iterable[Any]:
        """The servers but one."""
        return [j for j in Member.several(self.servers) if j is not i]

    later = others

    def may_stand(self, i: Any, term: int) -> bool:
        """Whether the bounds let a server stand for election in a term."""
        del i
        return term <= self.max_term
