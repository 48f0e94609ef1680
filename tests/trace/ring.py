"""A token that goes round, whoever waits for it: a spec on which what must happen does not."""

from enum import Enum

from modelcheck import Spec, action, always_eventually, eventually, eventually_always, fair, leads_to, require


class Mode(Enum):
    IDLE = 0
    WAITING = 1
    USING = 2


class Ring(Spec):
    """A token that goes round, whoever waits for it."""

    def init(self):
        self.mode = dict.fromkeys(range(3), Mode.IDLE)
        self.at = 0

    @action(range(3))
    def want(self, n):
        require(self.mode[n] is Mode.IDLE)
        self.mode[n] = Mode.WAITING

    @fair
    @action(range(3))
    def use(self, n):
        require(self.at == n)
        require(self.mode[n] is Mode.WAITING)
        self.mode[n] = Mode.USING

    @fair
    @action(range(3))
    def finish(self, n):
        require(self.mode[n] is Mode.USING)
        self.mode[n] = Mode.IDLE

    @fair
    @action
    def hand_on(self):
        require(self.mode[self.at] is not Mode.USING)
        self.at = (self.at + 1) % 3

    @action
    def nap(self):
        """Changes nothing."""

    @leads_to(range(3))
    def served(self, n):
        """Whoever waits gets to use it."""
        return self.mode[n] is Mode.WAITING, self.mode[n] is Mode.USING

    @eventually
    def used(self):
        return any(mode is Mode.USING for mode in self.mode.values())

    @always_eventually
    def home(self):
        return self.at == 0

    @eventually_always
    def rests(self):
        return self.at == 0
