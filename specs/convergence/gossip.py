"""Rumour mongering: an update spreads as rumours do, and dies out as they do.

Demers et al., "Epidemic Algorithms for Replicated Database Maintenance", 1987, section 1.4, with feedback and a
counter: a site that is infective pushes the update to others, and loses interest when so many of them knew it
already. Some sites may never hear of it, the residue; section 1.3's anti-entropy, in which pairs of sites compare all
they have, reaches these in the end.

*Choices.* A push and its answer are one step. Any site may push to any other at any time, where the paper draws lots:
so everything that can happen does, and how likely it is nobody asks here.

*Bounds.* ``sites`` sites, of which one has an update. ``interest`` is the counter k of the paper.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from modelcheck import Record, Spec, action, eventually, fair, invariant, reachable, require, step_property, terminal


class State(Enum):
    """What a site is to a rumour: has not heard it, spreads it, spreads it no more."""

    SUSCEPTIBLE = "susceptible"
    INFECTIVE = "infective"
    REMOVED = "removed"


class Site(Record):
    """A site, and how often it may still push in vain."""

    state: State = State.SUSCEPTIBLE
    interest: int = 0


class Gossip(Spec):
    """The algorithm, for a number of sites."""

    sites: int = 4
    interest: int = 2
    anti_entropy: bool = True

    def init(self) -> None:
        """Site 0 has an update."""
        self.site = {s: Site() for s in self.everybody()}
        self.infect(0)

    def everybody(self) -> Iterable[int]:
        """The sites."""
        return range(self.sites)

    def others(self, s: int) -> Iterable[int]:
        """The sites but one."""
        return [t for t in range(self.sites) if t != s]

    def infect(self, s: int) -> None:
        """A site hears the rumour, and is hot for it."""
        self.site[s].state = State.INFECTIVE
        self.site[s].interest = self.interest

    @action(everybody, others)
    def push(self, s: int, t: int) -> None:
        """An infective site tells another one; if that knew it, it loses interest, with feedback and a counter."""
        site = self.site[s]
        require(site.state is State.INFECTIVE)
        if self.site[t].state is State.SUSCEPTIBLE:
            self.infect(t)
        else:
            self.lose_interest(site)

    def lose_interest(self, site: Site) -> None:
        """After k unnecessary contacts the site is removed."""
        site.interest -= 1
        if site.interest == 0:
            site.state = State.REMOVED

    @fair
    @action(everybody, others)
    def compare(self, s: int, t: int) -> None:
        """Anti-entropy: two sites compare what they have; the update that one lacks it gets, but it does not spread it."""
        require(self.anti_entropy)
        require(self.site[s].state is State.SUSCEPTIBLE)
        require(self.site[t].state is not State.SUSCEPTIBLE)
        self.site[s].state = State.REMOVED

    # Properties -------------------------------------------------------------------------------------------------------

    @step_property(everybody)
    def never_forgets(self, after: Gossip, s: int) -> bool:
        """Who has the update keeps it."""
        return self.site[s].state is State.SUSCEPTIBLE or after.site[s].state is not State.SUSCEPTIBLE

    @step_property
    def terminates(self, after: Gossip) -> bool:
        """Each step uses up something of which there is no more: somebody's ignorance, or somebody's interest."""
        return after.energy() < self.energy()

    def energy(self) -> int:
        """How many steps there can still be at most."""
        ignorant = sum(site.state is State.SUSCEPTIBLE for site in self.site.values())
        return ignorant * (self.interest + 1) + sum(site.interest for site in self.site.values())

    @invariant
    def somebody_knows(self) -> bool:
        """The update is not lost."""
        return any(site.state is not State.SUSCEPTIBLE for site in self.site.values())

    @reachable
    def residue(self) -> bool:
        """The rumour can die out with sites that have not heard it."""
        states = [site.state for site in self.site.values()]
        return State.SUSCEPTIBLE in states and State.INFECTIVE not in states

    @eventually
    def all_hear(self) -> bool:
        """Every site has the update at last, as long as pairs of sites compare what they have."""
        return all(site.state is not State.SUSCEPTIBLE for site in self.site.values())

    @terminal
    def everybody_knows(self) -> bool:
        """Where nothing can happen any more, all sites have the update."""
        return all(site.state is not State.SUSCEPTIBLE for site in self.site.values())
