"""The token ring with one assumption less each: what starves a node."""

from modelcheck import fails, fair
from specs.coordination.token_ring import TokenRing


@fails("nobody_starves", steps=1)
class PassesBy(TokenRing):
    """Using the resource is only weakly fair, and the token never stays: caught by nobody_starves."""

    use = fair(TokenRing.use)


@fails("nobody_starves", steps=1)
class KeepsTheToken(TokenRing):
    """Handing on is only weakly fair, and the first node uses the resource again and again: caught by nobody_starves."""

    hand_on = fair(TokenRing.hand_on)


@fails("mutual_exclusion", steps=6)
class KeepsAndHandsOn(TokenRing):
    """A node hands on the token and keeps it: caught by mutual_exclusion."""

    def hand_on(self, n: int) -> None:
        """Wrong: the token is not given up."""
        kept = self.has_token[n]
        super().hand_on(n)
        self.has_token[n] = kept
