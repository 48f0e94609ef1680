"""Vector clocks with one bug each; ``exactly_causality`` catches them all."""

from modelcheck import fails
from specs.clocks.vector_clocks import Message, Vector, VectorClocks


@fails("exactly_causality", steps=2)
class ForgetsToMerge(VectorClocks):
    """A process learns nothing from the vectors of messages: caught by exactly_causality."""

    def merged(self, mine: Vector, theirs: Vector) -> Vector:
        """Wrong: its own."""
        del theirs
        return mine


@fails("exactly_causality", steps=4)
class TakesTheirs(VectorClocks):
    """A process takes the vector of a message for its own, and forgets what it knew: caught by exactly_causality."""

    def merged(self, mine: Vector, theirs: Vector) -> Vector:
        """Wrong: the sender's."""
        del mine
        return theirs


@fails("exactly_causality", steps=2)
class DoesNotCountReceipts(VectorClocks):
    """Only what a process does by itself is counted, so what it receives leaves no trace of its own: caught by exactly_causality."""

    def receive(self, m: Message) -> None:
        """Wrong: the receipt is no event of its own."""
        self.network.receive(m)
        self.clock[m.dst] = self.merged(self.clock[m.dst], m.vector)
        self.happen(m.dst, m.sending)


@fails("exactly_causality", steps=4)
class DirectDependencies(VectorClocks):
    """A process learns of the sender's events only, and not of those that the sender has heard of: caught by exactly_causality."""

    events = 5

    def receive(self, m: Message) -> None:
        """Wrong: what the sender knows by hearsay is dropped."""
        sender = m.sending.process
        direct = tuple(n if q == sender else 0 for q, n in enumerate(m.vector))
        self.network.receive(m)
        self.clock[m.dst] = self.merged(self.clock[m.dst], direct)
        self.count(m.dst)
        self.happen(m.dst, m.sending)
