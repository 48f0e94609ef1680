"""A token ring in which a node may wait for the resource for ever, unless two actions are strongly fair."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from modelcheck import Spec, action, fair, leads_to, require, strongly_fair


class Mode(Enum):
    """What a node is about."""

    IDLE = 0
    WAITING = 1
    USING = 2


class TokenRing(Spec):
    """All that must happen happens if it can for ever."""

    nodes: int = 3

    def init(self) -> None:
        self.mode = dict.fromkeys(range(self.nodes), Mode.IDLE)
        self.has_token = {n: n == 0 for n in range(self.nodes)}
        self.messages: set[int] = set()

    def ring(self) -> Iterable[int]:
        return range(self.nodes)

    @action(ring)
    def want(self, n: int) -> None:
        require(self.mode[n] is Mode.IDLE)
        self.mode[n] = Mode.WAITING

    @fair
    @action(ring)
    def use(self, n: int) -> None:
        require(self.mode[n] is Mode.WAITING and self.has_token[n])
        self.mode[n] = Mode.USING

    @fair
    @action(ring)
    def finish(self, n: int) -> None:
        require(self.mode[n] is Mode.USING)
        self.mode[n] = Mode.IDLE

    @fair
    @action(ring)
    def hand_on(self, n: int) -> None:
        require(self.has_token[n] and self.mode[n] is not Mode.USING)
        self.has_token[n] = False
        self.messages.add((n + 1) % self.nodes)

    @fair
    @action(ring)
    def receive(self, n: int) -> None:
        require(n in self.messages)
        self.messages.discard(n)
        self.has_token[n] = True

    @leads_to(ring)
    def served(self, n: int) -> tuple[bool, bool]:
        return self.mode[n] is Mode.WAITING, self.mode[n] is Mode.USING


class Repaired(TokenRing):
    """The token waits for who has it, and stays until it is handed on."""

    use = strongly_fair(TokenRing.use)
    hand_on = strongly_fair(TokenRing.hand_on)
