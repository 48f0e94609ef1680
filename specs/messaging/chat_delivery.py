"""Chat: one tick, two ticks, blue ticks, on all devices.

WhatsApp, "About read receipts", and the receipts of XMPP: XEP-0184 (delivered) and XEP-0333 (read); Marlinspike and
Perrin, "The Sesame Algorithm", 2017, on several devices. A message is sent when the server has it, delivered when a
device of the receiver has it, and read when it was read on one of them; then the others show it as read, too.
Receipts may overtake each other, so the sender keeps the most that it has heard.

*Choices.* One sender with one device, one receiver with several. The server keeps a message until every device has
it. Receipts travel on their own, in any order.

*Bounds.* One message, ``devices``.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from modelcheck import Network, Record, Spec, action, invariant, reachable, require, step_property, terminal


class Status(IntEnum):
    """How far a message is, as its sender sees it."""

    WRITTEN = 0
    SENT = 1
    DELIVERED = 2
    READ = 3


class Device(Record):
    """A device of the receiver: whether it has the message, and whether it shows it as read."""

    has: bool = False
    read: bool = False
    online: bool = True


class ChatDelivery(Spec):
    """A message on its way."""

    devices: int = 2

    def init(self) -> None:
        """The message is written."""
        self.device = {d: Device() for d in self.all_devices()}
        self.on_server = False
        self.read_known = False
        self.status = Status.WRITTEN
        self.receipts: Network[Status] = Network(copies=1)

    def all_devices(self) -> Iterable[int]:
        """The receiver's devices."""
        return range(self.devices)

    def arriving(self) -> Iterable[Status]:
        """The receipts under way."""
        return self.receipts.deliverable()

    @action
    def send(self) -> None:
        """The server has the message, and says so."""
        require(not self.on_server)
        self.on_server = True
        self.receipts.send(Status.SENT)

    @action(all_devices)
    def push(self, d: int) -> None:
        """The server gives the message to a device that is online."""
        device = self.device[d]
        require(self.on_server)
        require(not device.has)
        if not device.online:
            require(self.pushes_blindly())
            self.receipts.send(Status.DELIVERED)
            return
        device.has = True
        device.read = self.shown_as_read()
        self.receipts.send(Status.DELIVERED)

    def pushes_blindly(self) -> bool:
        """A device that is offline gets the message when it is back; nothing is said before."""
        return False

    def shown_as_read(self) -> bool:
        """A device that comes late hears whether the message was read elsewhere."""
        return self.read_known

    @action(all_devices)
    def read(self, d: int) -> None:
        """The receiver reads the message on a device; the server tells the sender, and the other devices."""
        device = self.device[d]
        require(device.has and device.online and not device.read)
        device.read = True
        self.read_known = True
        self.receipts.send(Status.READ)

    @action(all_devices)
    def hear_of_reading(self, d: int) -> None:
        """Another device hears that the message was read."""
        device = self.device[d]
        require(self.read_known)
        require(device.has and device.online and not device.read)
        device.read = True

    @action(all_devices)
    def change(self, d: int) -> None:
        """A device goes offline, or comes back."""
        self.device[d].online = not self.device[d].online

    @action(arriving)
    def receive_receipt(self, status: Status) -> None:
        """The sender hears how far its message is."""
        self.receipts.receive(status)
        self.status = self.updated(status)

    def updated(self, status: Status) -> Status:
        """A receipt that was overtaken changes nothing."""
        return max(self.status, status)

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant
    def ticks_are_true(self) -> bool:
        """Two ticks: some device has it. Blue ticks: it was read."""
        devices = self.device.values()
        if self.status is Status.READ:
            return any(device.read for device in devices)
        return self.status is not Status.DELIVERED or any(device.has for device in devices)

    @step_property
    def ticks_never_go_back(self, after: ChatDelivery) -> bool:
        """What the sender has seen stays true."""
        return after.status >= self.status

    @step_property(all_devices)
    def late_devices_know(self, after: ChatDelivery, d: int) -> bool:
        """A device that gets the message after it was read elsewhere does not show it as new."""
        gets_it = after.device[d].has and not self.device[d].has
        return not (gets_it and self.read_known) or after.device[d].read

    @reachable
    def read_before_delivered_everywhere(self) -> bool:
        """The sender can see that its message was read although one device has not got it."""
        return self.status is Status.READ and not all(device.has for device in self.device.values())

    @terminal
    def everybody_knows(self) -> bool:
        """All devices show it as read, and so does the sender."""
        return self.status is Status.READ and all(device.read for device in self.device.values())
