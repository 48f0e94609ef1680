"""A ferry between two banks, with every kind of variable, fault and property, and a mistake for each of them to find."""

from collections import Counter, deque
from collections.abc import Iterable
from enum import Enum

from attrs import frozen

from modelcheck import Network, Process, Spec, action, choose, invariant, reachable, require, step_property


class Bank(Enum):
    """Where the ferry is."""

    NORTH = "north"
    SOUTH = "south"


@frozen
class Car:
    """A car and its colour."""

    number: int
    color: str = "red"


class Captain(Process):
    """Somebody who can be awake."""

    trips: int = 0


class Ferry(Spec):
    """Cars wait, get on, and are carried over."""

    cars: int = 2
    room: int = 1

    def init(self) -> None:
        """All cars wait in the north."""
        self.bank = Bank.NORTH
        self.waiting = deque(Car(n) for n in range(self.cars))
        self.aboard: set[Car] = set()
        self.arrived: Counter[str] = Counter()
        self.captain = Captain()
        self.radio: Network[str] = Network(losses=1)

    def on_deck(self) -> Iterable[Car]:
        """The cars on the ferry."""
        return self.aboard

    @action
    def board(self) -> None:
        """The first car in the queue gets on, painted or not."""
        require(self.bank is Bank.NORTH)
        require(self.waiting)
        car = self.waiting.popleft()
        self.aboard.add(Car(car.number, choose(["blue", car.color])))

    @action
    def cross(self) -> None:
        """The ferry goes to the other bank and says so."""
        require(self.aboard)
        require(self.captain.trips < 2)
        self.bank = Bank.SOUTH if self.bank is Bank.NORTH else Bank.NORTH
        self.captain.trips += 1
        self.radio.send("here")

    @action(on_deck)
    def leave(self, car: Car) -> None:
        """A car leaves in the south."""
        require(self.bank is Bank.SOUTH)
        self.aboard.remove(car)
        self.arrived[car.color] += 1

    @action
    def fly(self) -> None:
        """Never enabled."""
        require(self.cars > 100)
        self.bank = Bank.SOUTH

    @invariant
    def fits(self) -> bool:
        """There is room for the cars."""
        return len(self.aboard) <= self.room and self.captain.up

    @invariant
    def quiet(self) -> None:
        """The radio is not used."""
        for message in self.radio.messages:
            assert message != "here", "somebody talks"

    @step_property
    def stays(self, after: "Ferry") -> bool:
        """The ferry stays where it is, or is empty."""
        return after.bank is self.bank or all(car.color == "red" for car in after.aboard)

    @reachable
    def all_over(self) -> bool:
        """Everybody can get over."""
        return self.arrived.total() == self.cars

    @reachable
    def back_home(self) -> bool:
        """Never true."""
        return self.captain.trips > 2
