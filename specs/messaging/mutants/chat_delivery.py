"""Chats that show what is not so; what breaks them, and which property catches it."""

from modelcheck import fails
from specs.messaging.chat_delivery import ChatDelivery, Status


@fails("ticks_never_go_back", steps=4)
class TakesLastReceipt(ChatDelivery):
    """The sender shows the receipt that came last, and blue ticks turn grey: caught by ticks_never_go_back."""

    def updated(self, status: Status) -> Status:
        """Wrong: receipts overtake each other."""
        return status


@fails("ticks_are_true", steps=4)
class DeliveredWhenPushed(ChatDelivery):
    """The server says that a message is delivered when it has tried to push it: caught by ticks_are_true."""

    def pushes_blindly(self) -> bool:
        """Wrong: the device is offline."""
        return True


@fails("late_devices_know", steps=4)
class ShowsAsNew(ChatDelivery):
    """A device that comes late shows as new what was read elsewhere: caught by late_devices_know."""

    def shown_as_read(self) -> bool:
        """Wrong: it is not asked."""
        return False
