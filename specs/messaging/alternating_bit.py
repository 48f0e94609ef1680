"""The alternating-bit protocol: values in order over channels that lose messages, however often.

Bartlett, Scantlebury and Wilkinson, "A Note on Reliable Full-Duplex Transmission over Half-Duplex Links", 1969. The
sender repeats a value with its bit until the bit comes back; the receiver takes a value whose bit it waits for, and
sends back the last bit that it took. Channels are first in, first out, and lose their oldest message at any time.
That they may lose for ever is why receiving must be *strongly* fair: a channel in which something arrives again and
again delivers something at last.
"""

from collections import deque

from attrs import frozen

from modelcheck import Spec, action, always_eventually, fair, invariant, require, strongly_fair


@frozen
class Frame:
    """A value on its way, with the sender's bit."""

    bit: int
    value: int


class AlternatingBit(Spec):
    """A sender that has the values 0, 1, ... for ever, told apart up to a number of them; channels that hold so many messages."""

    values: int = 3
    capacity: int = 2

    def init(self) -> None:
        """The first value is to be sent, and nothing is under way."""
        self.sending = Frame(0, 0)
        self.expected_bit = 0
        self.received = 0
        self.frames: deque[Frame] = deque()
        self.acks: deque[int] = deque()

    @fair
    @action
    def send(self) -> None:
        """The sender sends its value, as often as the channel takes it."""
        require(len(self.frames) < self.capacity)
        self.frames.append(self.sending)

    @strongly_fair
    @action
    def receive(self) -> None:
        """The receiver takes a value that it has not had; another is a repetition."""
        require(self.frames)
        frame = self.frames.popleft()
        if frame.bit == self.expected_bit:
            self.received = (self.received + 1) % self.values
            self.expected_bit = 1 - self.expected_bit

    @fair
    @action
    def acknowledge(self) -> None:
        """The receiver sends back the last bit that it took."""
        require(len(self.acks) < self.capacity)
        self.acks.append(1 - self.expected_bit)

    @strongly_fair
    @action
    def receive_acknowledgement(self) -> None:
        """The sender goes on to the next value once the bit of this one comes back."""
        require(self.acks)
        if self.acks.popleft() == self.sending.bit:
            self.sending = Frame(1 - self.sending.bit, (self.sending.value + 1) % self.values)

    @action
    def lose_frame(self) -> None:
        """The channel to the receiver loses a message."""
        require(self.frames)
        self.frames.popleft()

    @action
    def lose_acknowledgement(self) -> None:
        """The channel to the sender loses a message."""
        require(self.acks)
        self.acks.popleft()

    @invariant
    def in_order(self) -> bool:
        """The receiver has had all values before the one that is sent, and perhaps that one; it takes the value that comes next."""
        ahead = (self.received - self.sending.value) % self.values
        return ahead in {0, 1} and all(frame.value == self.received for frame in self.frames if frame.bit == self.expected_bit)

    @always_eventually
    def goes_on(self) -> bool:
        """Value after value arrives."""
        return self.received == 0
