"""The Byzantine generals: loyal lieutenants agree on an order although some of the generals are traitors.

Lamport, Shostak and Pease, "The Byzantine Generals Problem", 1982. A commanding general sends an order to his
lieutenants such that (section 1)

  IC1. all loyal lieutenants obey the same order, and
  IC2. if the commander is loyal, every loyal lieutenant obeys the order he sends.

Section 2 shows that with oral messages three generals cannot cope with one traitor; the algorithm here is OM(1) of
section 3, for more than three times as many generals as traitors: each lieutenant tells the others what he was told,
and all go by the majority.

*Choices.* General 0 commands. A traitor may send any order to anybody, or none, but not in another's name (A1, A2);
he turns traitor at any time. That a message is missing is noticed (A3): a lieutenant who waits for a traitor may go on
without him, and takes his silence for the order to retreat. At most one copy of a message is in flight.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from modelcheck import Network, Record, Spec, action, choose, invariant, reachable, require, terminal
from modelcheck.parts import Byzantine

COMMANDER = 0


@frozen
class Order:
    """What one general tells another: to attack, or to retreat."""

    src: int
    dst: int
    attack: bool


class Lieutenant(Record):
    """What a lieutenant was told, by whom, and what he does."""

    told: dict[int, bool | None] = {}
    relayed: bool = False
    attacks: bool | None = None


class ByzantineGenerals(Spec):
    """OM(1), for a number of generals of which some are traitors."""

    generals: int = 4
    traitors: int = 1

    def init(self) -> None:
        """Nothing is sent, and the commander has made up his mind."""
        everybody = tuple(range(self.generals))
        self.network: Network[Order] = Network(copies=1)
        self.byzantine: Byzantine[Order] = Byzantine(
            network=self.network, nodes=everybody, most=self.traitors, messages=frozenset(self.everything()), forging=self.forging()
        )
        self.order: bool = choose((False, True))
        self.sent = False
        self.lieutenant = {
            i: Lieutenant(told={j: None for j in everybody if j != i}) for i in self.lieutenants()
        }

    def lieutenants(self) -> Iterable[int]:
        """All generals but the commander."""
        return range(1, self.generals)

    def everything(self) -> Iterable[Order]:
        """All messages that there can be."""
        pairs = [(src, dst) for src in range(self.generals) for dst in self.lieutenants() if src != dst]
        return [Order(src, dst, attack) for src, dst in pairs for attack in (False, True)]

    def forging(self) -> bool:
        """Whether a traitor can speak in another's name; the receiver of a message knows who sent it (A2)."""
        return False

    def loyal(self, general: int) -> bool:
        """Whether a general is no traitor, up to now."""
        return general not in self.byzantine.faulty

    # The algorithm ----------------------------------------------------------------------------------------------------

    @action
    def command(self) -> None:
        """OM(1), step 1: the commander sends his value to every lieutenant."""
        require(self.loyal(COMMANDER))
        require(not self.sent)
        self.sent = True
        self.network.broadcast(Order(COMMANDER, i, self.order) for i in self.lieutenants())

    def arriving(self) -> Iterable[Order]:
        """The messages that can be received."""
        return self.network.deliverable()

    @action(arriving)
    def hear(self, m: Order) -> None:
        """A lieutenant takes down what he is told; of several messages of one general the first counts."""
        require(self.loyal(m.dst))
        self.network.receive(m)
        told = self.lieutenant[m.dst].told
        require(told[m.src] is None)
        told[m.src] = m.attack

    @action(lieutenants)
    def relay(self, i: int) -> None:
        """OM(1), step 2: a lieutenant acts as the commander of OM(0), and tells the others what he was told."""
        lieutenant = self.lieutenant[i]
        require(self.loyal(i))
        require(not lieutenant.relayed)
        require(lieutenant.told[COMMANDER] is not None or not self.loyal(COMMANDER))
        order = bool(lieutenant.told[COMMANDER])
        lieutenant.told[COMMANDER] = order  # What comes later comes too late.
        lieutenant.relayed = True
        self.network.broadcast(Order(i, j, order) for j in self.lieutenants() if j != i)

    @action(lieutenants)
    def decide(self, i: int) -> None:
        """OM(1), step 3: a lieutenant goes by the majority of what he was told, once nobody loyal is left to hear."""
        lieutenant = self.lieutenant[i]
        require(self.loyal(i))
        require(lieutenant.relayed and lieutenant.attacks is None)
        require(all(said is not None or not self.loyal(j) for j, said in lieutenant.told.items()))
        lieutenant.attacks = self.majority([bool(said) for said in lieutenant.told.values()])

    def majority(self, orders: list[bool]) -> bool:
        """The order that most of them are, and to retreat if there is none."""
        return 2 * orders.count(True) > len(orders)

    # What is claimed --------------------------------------------------------------------------------------------------

    @invariant
    def same_order(self) -> bool:
        """IC1: all loyal lieutenants obey the same order."""
        obeyed = [self.lieutenant[i].attacks for i in self.lieutenants() if self.loyal(i)]
        return not (True in obeyed and False in obeyed)

    @invariant(lieutenants)
    def obeys_the_loyal(self, i: int) -> bool:
        """IC2: if the commander is loyal, a loyal lieutenant obeys his order."""
        done = self.lieutenant[i].attacks
        return done is None or not self.loyal(COMMANDER) or not self.loyal(i) or done == self.order

    @reachable
    def agrees_despite_a_traitor(self) -> bool:
        """All loyal lieutenants attack although the commander is a traitor."""
        return not self.loyal(COMMANDER) and all(self.lieutenant[i].attacks for i in self.lieutenants())

    @terminal
    def all_have_decided(self) -> bool:
        """Every loyal lieutenant has decided."""
        return all(self.lieutenant[i].attacks is not None for i in self.lieutenants() if self.loyal(i))
