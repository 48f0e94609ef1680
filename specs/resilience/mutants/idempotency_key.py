"""An idempotency key with one bug each; ``charged_once`` catches most of them."""

from modelcheck import fails
from specs.resilience.idempotency_key import IdempotencyKey, Server


@fails("charged_once", steps=6)
class NewKeyEachTime(IdempotencyKey):
    """The client makes a key for each attempt: caught by charged_once."""

    def key(self) -> int:
        """Wrong: the number of the attempt."""
        return self.left


class ForgetfulServer(Server):
    """A server that keeps answers in memory."""

    answers: frozenset[int] = frozenset()


@fails("charged_once", steps=8)
class KeysInMemory(IdempotencyKey):
    """The answers are kept in a cache that a crash empties: caught by charged_once."""

    def booted(self) -> Server:
        """Wrong: what is charged survives, and what it was for does not."""
        return ForgetfulServer()


@fails("charged_once", steps=6)
class ForgetsToKeep(IdempotencyKey):
    """The server charges in a transaction that does not keep the answer, as if a crash always came between the two: caught by charged_once."""

    def book(self, server: Server, key: int) -> None:
        """Wrong: only the charge is on disk."""
        server.charged += 1


@fails("receipt_is_true", steps=4)
class AnswersFirst(IdempotencyKey):
    """The server answers before it charges, and a crash comes between: caught by receipt_is_true."""

    def book(self, server: Server, key: int) -> None:
        """Wrong: the key alone."""
        server.answers |= {key}
