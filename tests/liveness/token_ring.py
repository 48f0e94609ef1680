"""The token ring of `specs/` in which a node may wait for the resource for ever, since two actions are only weakly fair."""

from modelcheck import fair
from specs.coordination.token_ring import TokenRing


class WeakRing(TokenRing):
    """The token goes round, and whoever waits may be passed over each time."""

    use = fair(TokenRing.use)
    hand_on = fair(TokenRing.hand_on)
