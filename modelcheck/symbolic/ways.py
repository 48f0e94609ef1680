"""The ways through an action, kept from one round of running all actions to the next.

The rounds end when nothing new is written, and most of what an action does in one of them it did before. A run depends on the places
that it read or wrote, and on what these can hold. So the ways are kept in parts, one for each option of the choice that
the action begins with (of the message to receive, say), and a part is run again only if a place that its runs used could hold
something new since. This is semi-naive evaluation, as databases do it for recursive queries (Ullman, "Principles of Database and
Knowledge-Base Systems", vol. 1, 1988, section 3.5). When the rounds end, the parts are the transitions.
"""

from __future__ import annotations

from collections.abc import Hashable

from attrs import define, field

from modelcheck.symbolic.elements import Elements
from modelcheck.symbolic.runs import Outcome
from modelcheck.symbolic.session import Cell, Session, Used


@define
class _Part:
    """The ways that begin with one option.

    Attributes:
        run_in: The round in which they were run.
        outcomes: How they end.
        used: The places that they read or wrote.
    """

    run_in: int
    outcomes: list[Outcome] = field(factory=list)
    used: set[Used] = field(factory=set)

    def holds(self) -> bool:
        """Whether no place has been able to hold anything new since the round began."""
        return all(_changed_in(place) < self.run_in for place in self.used)


def _changed_in(place: Used) -> int:
    """The last round in which a place could hold something new."""
    if isinstance(place, (Cell, Elements)):
        return place.changed_in
    elements, key, skeleton = place
    equal = [elements.known[each] for each in {key, *elements.equal_to(skeleton)} if each in elements.known]
    return max(elements.widened_in, *(element.changed_in for element in equal), 0)


class Ways:
    """The ways through one action."""

    def __init__(self) -> None:
        self._parts: dict[Hashable, _Part] = {}
        self._entered: dict[Hashable, None] = {}
        self._session: Session | None = None
        self._round = 0
        self._option: Hashable = None

    def begin(self, session: Session, number: int) -> bool:
        """Begin a round; False if the action, which begins with no choice, need not be run."""
        self._session, self._round = session, number
        self._option = None
        if None in self._parts and self._parts[None].holds():
            return False
        self._parts.pop(None, None)
        self._entered = {}
        return True

    def enter(self, option: Hashable) -> bool:
        """Say which option the present run takes; False if all its ways are known."""
        self._entered[option] = None
        part = self._parts.get(option)
        if part is not None and part.run_in < self._round:
            if part.holds():
                return False
            del self._parts[option]
        self._option = option
        return True

    def note(self, outcome: Outcome | None) -> None:
        """Keep how the present run ended, and what it used."""
        assert self._session is not None
        self._entered[self._option] = None
        part = self._parts.setdefault(self._option, _Part(self._round))
        part.used |= self._session.used
        if outcome is not None:
            part.outcomes.append(outcome)
        self._option = None

    def outcomes(self) -> list[Outcome]:
        """How all ways end."""
        return [outcome for option in self._entered for outcome in self._parts[option].outcomes]
