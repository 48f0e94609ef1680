"""Moving a shard with one bug each: what is lost, and which property catches it."""

from modelcheck import fails
from specs.storage.sharding import Server, Sharding


@fails("nothing_is_lost", steps=6)
class ForgetsWrites(Sharding):
    """What is written after its key was copied stays behind: caught by nothing_is_lost."""

    def forward(self, key: int) -> None:
        """Wrong: the copy is not up to date any more."""


@fails("nothing_is_lost", steps=3)
class HandsOverEarly(Sharding):
    """The shard is handed over while the copy is under way: caught by nothing_is_lost."""

    def may_hand_over(self) -> bool:
        """Wrong: some keys are not copied."""
        return True


@fails("one_owner", steps=5)
class TwoOwners(Sharding):
    """The source goes on serving routers that do not know: caught by one_owner."""

    def still_owns(self) -> bool:
        """Wrong: for a while, to be kind."""
        return True


@fails("nothing_is_lost", steps=6)
class AcceptsAnything(Sharding):
    """A server takes writes of a shard that it has given away: caught by nothing_is_lost."""

    def accepts(self, server: Server) -> bool:
        """Wrong: it does not ask itself whether it owns it."""
        return True
