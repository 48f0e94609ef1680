"""Mutable defaults of record fields are copied for each record, whatever they are."""

# ruff: noqa: RUF009, RUF012 - mutable defaults are what this is about.

from __future__ import annotations

from collections import Counter, deque
from typing import Any

import attrs
import pytest

from modelcheck import Network, Process, Record, Spec, Verdict, action, check, invariant
from modelcheck.errors import SpecError


class Disk(Record):
    data: int = 0
    memo: dict[int, int] = {}


class Node(Record):
    disk: Disk = Disk()
    declared: Disk = attrs.field(default=Disk())
    made: Disk = attrs.field(factory=Disk)
    counts: Counter[int] = Counter()
    queue: deque[int] = deque()
    items: list[int] = []
    members: set[int] = set()
    named: dict[str, Disk] = {"a": Disk()}
    network: Network[Any] = Network()


@pytest.mark.parametrize("field", [each.name for each in attrs.fields(Node)])
def test_a_default_is_copied_for_each_record(field: str) -> None:
    assert getattr(Node(), field) is not getattr(Node(), field)


@pytest.mark.parametrize("inside", [lambda n: n.named["a"], lambda n: n.network.messages, lambda n: n.disk.memo])
def test_what_is_in_a_default_is_copied_too(inside: Any) -> None:
    assert inside(Node()) is not inside(Node())


class Small(Record):
    disk: Disk = Disk()


class Writing(Spec):
    """Two nodes, one of which writes to its disk."""

    def init(self) -> None:
        self.nodes = {n: Small() for n in (0, 1)}

    @action((0, 1))
    def write(self, n: int) -> None:
        self.nodes[n].disk.data = 1

    @invariant
    def same(self) -> bool:
        return self.nodes[0].disk.data == self.nodes[1].disk.data


def test_two_records_do_not_share_a_record_as_default() -> None:
    assert check(Writing()).verdict is Verdict.VIOLATED


class Replacing(Spec):
    """A new node has an empty disk."""

    def init(self) -> None:
        self.node = Small(disk=Disk())
        self.found = 0

    @action((1, 2))
    def replace(self, k: int) -> None:
        self.node = Small()
        self.found = len(self.node.disk.memo)
        self.node.disk.memo[k] = 1

    @invariant
    def fresh(self) -> bool:
        return self.found == 0


def test_what_one_run_puts_into_a_new_record_the_next_does_not_find() -> None:
    assert check(Replacing()).verdict is Verdict.HOLDS


class Server(Process):
    disk: Disk = Disk()
    term: int = 1
    twice: int = attrs.field(default=attrs.Factory(lambda self: self.term * 2, takes_self=True))


def test_a_crash_puts_back_a_copy_of_the_default() -> None:
    server = Server()
    server.disk.data, server.twice = 7, 0
    server.crash()
    assert (server.disk.data, server.twice) == (0, 2)
    server.disk.data = 8
    assert Server().disk.data == 0


@attrs.define(eq=False)
class Plain:
    """No class of modelcheck's: attrs makes one default for all."""

    disk: Disk = Disk()


def test_a_shared_default_of_another_class_is_refused_by_name() -> None:
    class Using(Spec):
        def init(self) -> None:
            self.node = Plain()

        @action
        def stay(self) -> None:
            self.node.disk.data = 1

    with pytest.raises(SpecError, match="'disk' of Plain"):
        check(Using())


class Caching(Record):
    n: int = 0
    seen = {}  # No field, as it has no annotation.


def test_what_records_share_must_not_change() -> None:
    class Using(Spec):
        def init(self) -> None:
            self.record = Caching()

        @action
        def note(self) -> None:
            self.record.seen[self.record.n] = 1

    with pytest.raises(SpecError, match="seen is an attribute of the class Caching"):
        check(Using())
