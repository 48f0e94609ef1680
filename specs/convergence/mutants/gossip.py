"""Gossip where it breaks: what breaks it, and which property catches it."""

from modelcheck import fails, require
from specs.convergence.gossip import Gossip, Site, State


@fails("deadlock", steps=5)
@fails("all_hear", steps=0)
class NoAntiEntropy(Gossip):
    """Rumours alone: they die out, and a site never hears of the update: caught by all_hear, and as a deadlock."""

    anti_entropy = False


@fails("terminates", steps=2)
class NeverLosesInterest(Gossip):
    """A site pushes the update for ever, as direct mail with retries does: caught by terminates."""

    def lose_interest(self, site: Site) -> None:
        """Wrong: it does not."""


@fails("never_forgets", steps=3)
@fails("terminates", steps=3)
@fails("all_hear", steps=0)
class ForgetsWhenRemoved(Gossip):
    """A site that loses interest drops the update with the rumour: caught by never_forgets, by terminates and by all_hear."""

    def lose_interest(self, site: Site) -> None:
        """Wrong: susceptible once more."""
        site.interest -= 1
        if site.interest == 0:
            site.state = State.SUSCEPTIBLE


@fails("deadlock", steps=3)
@fails("all_hear", steps=3)
class ComparesWithInfective(Gossip):
    """Anti-entropy asks sites that are hot for a rumour only, and ends with it: caught by all_hear, and as a deadlock."""

    def compare(self, s: int, t: int) -> None:
        """Wrong: a removed site has the update as well."""
        require(self.site[s].state is State.SUSCEPTIBLE)
        require(self.site[t].state is State.INFECTIVE)
        self.site[s].state = State.REMOVED
