"""The Byzantine generals where the paper says that it cannot be done, and with one bug each."""

from modelcheck import fails
from specs.consensus.byzantine_generals import COMMANDER, ByzantineGenerals


@fails("obeys_the_loyal", steps=5)
class ThreeGenerals(ByzantineGenerals):
    """Three generals with one traitor, which no algorithm copes with (section 1): caught by obeys_the_loyal."""

    generals = 3


@fails("obeys_the_loyal", steps=6)
class TwoTraitors(ByzantineGenerals):
    """Four generals, two of them traitors: caught by obeys_the_loyal."""

    traitors = 2


@fails("same_order", steps=12)
class BelievesTheCommander(ByzantineGenerals):
    """A lieutenant does what the commander told him, whatever the others heard: caught by same_order."""

    def majority(self, orders: list[bool]) -> bool:
        """Wrong: the first is the commander's."""
        return orders[0]


@fails("obeys_the_loyal", steps=7)
class ForgedSenders(ByzantineGenerals):
    """A traitor speaks in the name of others, against A2: caught by obeys_the_loyal."""

    def forging(self) -> bool:
        """Wrong: nobody knows who sent a message."""
        return True


@fails("same_order", steps=13)
class HearsTooLate(ByzantineGenerals):
    """A lieutenant who has gone on without the commander still takes down what comes later: caught by same_order."""

    def relay(self, i: int) -> None:
        """Wrong: silence is told to the others, and not taken down."""
        silent = self.lieutenant[i].told[COMMANDER] is None
        super().relay(i)
        if silent:
            self.lieutenant[i].told[COMMANDER] = None
