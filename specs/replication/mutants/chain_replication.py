"""Chain replication with one bug each: what breaks it, and which property catches it."""

from collections.abc import Iterable

from modelcheck import fails
from specs.replication.chain_replication import ChainReplication, Server, Updates


@fails("client.linearizable", steps=3)
class AnswersAnywhere(ChainReplication):
    """Any server answers queries, with updates that a failure can take back or that it has not yet: caught by linearizable."""

    def answering(self) -> Iterable[int]:
        """Wrong: not only the tail."""
        return self.chain


@fails("update_propagation", steps=4)
class ForgetsSent(ChainReplication):
    """When a middle server fails, its predecessor does not pass on again what was lost with it: caught by update_propagation."""

    def to_send_again(self, before: Server, after: Server) -> Updates:
        """Wrong: the new successor is taken to have everything."""
        del before, after
        return ()


@fails("client.linearizable", steps=2)
class HeadAnswers(ChainReplication):
    """The head answers the client as soon as it has the update, which is lost if it fails: caught by linearizable."""

    def process(self, s: int, value: int) -> None:
        """Wrong: the tail does not have it yet."""
        super().process(s, value)
        self.reply(value)


@fails("update_propagation", steps=5)
class SendsAllAgain(ChainReplication):
    """When a middle server fails, its predecessor sends all of Sent again, and the successor applies it twice: caught by update_propagation."""

    def to_send_again(self, before: Server, after: Server) -> Updates:
        """Wrong: what the successor told it has is not left out."""
        del after
        return before.sent
