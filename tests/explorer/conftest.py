"""Explorers of small specs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from modelcheck.explorer.loaded import Loaded
from modelcheck.explorer.service import Service

ROOT = Path(__file__).resolve().parents[2]

TICKETS = '''
"""Two shops sell seats, and learn of each other's sales by messages."""

from attrs import frozen

from modelcheck import Network, Process, Spec, action, choose, constraint, invariant, reachable, require, step_property


@frozen
class Sell:
    src: str
    dst: str
    seat: int


class Shop(Process):
    sold: frozenset[int] = frozenset()
    known: frozenset[int] = frozenset()


class Tickets(Spec):
    """Seats are sold once."""

    seats: int = 2
    careful: bool = False
    first: str = "north"

    def init(self) -> None:
        self.shop = {name: Shop() for name in self.shops()}
        self.network: Network[Sell] = Network(losses=1)
        self.weather = choose(["sun", "rain"])
        self.turns = 0

    def shops(self):
        return ("north", "south")

    def free(self):
        return range(self.seats)

    @action(shops, free)
    def sell(self, shop: str, seat: int) -> None:
        """A shop sells a seat that it takes for free."""
        require(seat not in self.shop[shop].sold | self.shop[shop].known)
        require(not self.careful or self.first == shop)
        self.shop[shop].sold |= {seat}
        other = "south" if shop == "north" else "north"
        self.network.send(Sell(shop, other, seat))

    def deliverable(self):
        return self.network.deliverable()

    @action(deliverable)
    def learn(self, m: Sell) -> None:
        self.network.receive(m)
        self.shop[m.dst].known |= {m.seat}

    @action
    def wait(self) -> None:
        require(self.weather == "rain")
        self.turns += 1

    @constraint
    def patient(self) -> bool:
        return self.turns < 2

    @invariant
    def sold_once(self) -> bool:
        """No seat is sold twice."""
        return not self.shop["north"].sold & self.shop["south"].sold

    @step_property
    def kept(self, after) -> bool:
        return self.shop["north"].sold <= after.shop["north"].sold

    @reachable
    def full(self) -> bool:
        return len(self.shop["north"].sold) == self.seats
'''


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder to work in; what is imported from it is forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(tmp_path) in (getattr(sys.modules[name], "__file__", None) or ""):
            del sys.modules[name]


@pytest.fixture
def tickets(folder):
    """The file of a small spec with a network, a constraint and two initial states."""
    file = folder / "tickets.py"
    file.write_text(TICKETS)
    return file


@pytest.fixture
def service(tickets):
    """Answers about that spec."""
    return Service(Loaded(str(tickets)))


@pytest.fixture
def ask(service):
    """Asks, and has no error for an answer."""

    def asked(question, **about):
        answer = service.answer(question, about)
        assert not answer.get("error"), answer
        return answer

    return asked
