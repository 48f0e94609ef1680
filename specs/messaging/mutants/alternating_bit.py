"""The alternating-bit protocol with one mistake each."""

from modelcheck import fails, fair, require
from specs.messaging.alternating_bit import AlternatingBit, Frame


@fails("goes_on", steps=4)
class LosesForEver(AlternatingBit):
    """Receiving is only weakly fair: each frame is lost before it arrives, for ever. Caught by goes_on."""

    receive = fair(AlternatingBit.receive)


@fails("in_order", steps=2)
class IgnoresTheBit(AlternatingBit):
    """The sender takes any acknowledgement for its own: caught by in_order."""

    def receive_acknowledgement(self) -> None:
        """Wrong: it may be that of the value before."""
        require(self.acks)
        self.acks.popleft()
        self.sending = Frame(1 - self.sending.bit, (self.sending.value + 1) % self.values)


@fails("in_order", steps=4)
class TakesRepetitions(AlternatingBit):
    """The receiver takes a repeated frame for a new one: caught by in_order."""

    def receive(self) -> None:
        """Wrong: the bit is not looked at."""
        require(self.frames)
        self.frames.popleft()
        self.received = (self.received + 1) % self.values
        self.expected_bit = 1 - self.expected_bit
