"""A trace as a sequence diagram: who did what in each step, and which messages went from whom to whom.

Specs do not say who acts in a step. It belongs to the receiver of the message that it takes, else to the process that its first argument names (of
several of that name the one whose state it changes), else to the sender of what it sends; what belongs to nobody is the system's. A step called
``lose`` loses a message, one called ``crash`` or ``restart`` is marked. `lanes` says who the processes are, `messages` what a message is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import define, evolve, field, frozen

from modelcheck.spec import Step
from modelcheck.trace.diff import changes
from modelcheck.trace.export.lanes import SYSTEM, Lane, Lanes
from modelcheck.trace.export.messages import Flight, end_fields, fields, in_flight, label_of, name_of
from modelcheck.trace.lasso import length
from modelcheck.trace.trace import Trace
from modelcheck.values import identity, show

_MARKS = ("crash", "restart", "lose", "duplicate", "partition", "heal")
_OF_THE_NETWORK = frozenset({"lose", "duplicate", "partition", "heal"})


@define
class Message:
    """One message on its way.

    Attributes:
        text: The message, without its two ends.
        src: The lifeline that it comes from.
        dst: The lifeline that it goes to.
        sent: The step that sent it; 0 if it was there from the start.
        received: The steps that received it.
        lost: The step that lost it.
        value: The message itself.
    """

    text: str
    src: str
    dst: str
    sent: int
    received: list[int] = field(factory=list)
    lost: int | None = None
    value: Any = None


@frozen
class Event:
    """One step.

    Attributes:
        step: Its number, from 1.
        process: The lifeline that it belongs to.
        text: The action and its arguments.
        mark: ``crash``, ``restart``, ``lose``, ``duplicate``, ``partition``, ``heal``, or nothing.
        changes: What it changed, a line each.
    """

    step: int
    process: str
    text: str
    mark: str
    changes: tuple[str, ...]


@frozen
class Diagram:
    """A sequence diagram.

    Attributes:
        title: The spec and the property.
        processes: The lifelines from left to right.
        events: One per step.
        messages: In the order in which they were sent.
        lanes: What is known of the lifelines, that of the system left out.
        notes: What could not be drawn, and why.
        loop: After which step begins what repeats for ever; nothing does if it is the last.
    """

    title: str
    processes: tuple[str, ...]
    events: tuple[Event, ...]
    messages: tuple[Message, ...]
    lanes: tuple[Lane, ...] = ()
    notes: tuple[str, ...] = ()
    loop: int | None = None


def diagram(trace: Trace) -> Diagram:
    """The sequence diagram of a trace."""
    return evolve(_Builder(trace.unrolled()).build(), title=title_of(trace))


def title_of(trace: Trace) -> str:
    """What a trace is about, in one line."""
    constants = ", ".join(f"{name}={show(value)}" for name, value in trace.constants.items())
    count = f"{len(trace.steps)} step{'' if len(trace.steps) == 1 else 's'}"
    if trace.kind == "deadlock":
        return f"{trace.spec}({constants}): deadlock after {count}"
    if trace.kind == "log":
        after = "" if trace.observed is None else ", after which what was seen has no explanation"
        return f"{trace.spec}({constants}): a behaviour of {count}{after}"
    if trace.kind == "error":
        return f"{trace.spec}({constants}): {trace.property} raises an error after {count}"
    if trace.loop is not None:
        return f"{trace.spec}({constants}): {trace.property} violated {length(trace)}"
    word = "reached" if trace.kind == "reachable" else "violated"
    return f"{trace.spec}({constants}): {trace.property} {word} in {count}"


class _Builder:
    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._kinds = {lane.kind: trace.states[0][lane.kind] for lane in Lanes(trace.states[0]).all if lane.kind}
        self._flights = [in_flight(state, self._is_message) for state in trace.states]
        self._lanes = Lanes(trace.states[0], self._ends())
        self._messages: list[Message] = []
        self._under_way: dict[Any, list[Message]] = {}
        self._unplaced: dict[str, None] = {}

    def build(self) -> Diagram:
        for key, (message, count) in self._flights[0].items():
            self._send(key, message, 0, count, set())
        events = [self._event(number, step) for number, step in enumerate(self._trace.steps, 1)]
        names = [lane.name for lane in self._lanes.all]
        uses_system = not names or any(event.process == SYSTEM for event in events)
        processes = (*names, *([SYSTEM] if uses_system else []))
        lanes, notes = self._lanes.all, tuple(self._notes())
        return Diagram(title_of(self._trace), processes, tuple(events), tuple(self._messages), lanes, notes, self._trace.loop)

    def _notes(self) -> Iterator[str]:
        for name in self._unplaced:
            yield (
                f"{name} is not drawn: none of its fields is known to be its sender and receiver. "
                f'Name them in the class: ends: ClassVar = ("client", "replica").'
            )

    # Messages -----------------------------------------------------------------------------------------------------------------------------------

    def _is_message(self, value: Any) -> bool:
        return end_fields(value, self._kinds) is not None

    def _ends(self) -> Iterable[Any]:
        """Who sends or receives something and is not of a kind that the message names."""
        messages = [message for flight in self._flights for message, _ in flight.values()]
        messages += [value for step in self._trace.steps for value in step.arguments.values() if self._is_message(value)]
        for message in messages:
            for name in end_fields(message, self._kinds) or ():
                if name not in self._kinds:
                    yield fields(message)[name]

    def _lane(self, message: Any, end: str) -> Lane | None:
        return self._lanes.of(fields(message)[end], end if end in self._kinds else None)

    def _placed(self, message: Any, changed: set[str]) -> tuple[str, str] | None:
        """The lifelines of the sender and the receiver. Where kinds name the ends, the sender is the one whose state the step changes."""
        ends = end_fields(message, self._kinds)
        if ends is None:
            return None
        src, dst = (self._lane(message, end) for end in ends)
        if ends[0] in self._kinds and _is_changed(dst, changed) and not _is_changed(src, changed):
            src, dst = dst, src
        return None if src is None or dst is None else (src.name, dst.name)

    def _send(self, key: Any, message: Any, number: int, count: int, changed: set[str]) -> None:
        placed = self._placed(message, changed)
        if placed is None:
            self._unplaced[name_of(message)] = None
            return
        text = label_of(message, end_fields(message, self._kinds))
        for _ in range(count):
            sent = Message(text, *placed, number, value=message)
            self._messages.append(sent)
            self._under_way.setdefault(key, []).append(sent)

    def _arrive(self, key: Any, number: int, mark: str, *, gone: bool) -> Message | None:
        waiting = self._under_way.get(key)
        if not waiting:
            return None
        message = waiting[0]
        if mark == "lose":
            message.lost = number
        else:
            message.received.append(number)
        if gone:
            waiting.pop(0)
        return message

    # Events -------------------------------------------------------------------------------------------------------------------------------------

    def _event(self, number: int, step: Step) -> Event:
        before, after = self._flights[number - 1], self._flights[number]
        mark = next((mark for mark in _MARKS if step.action.rsplit(".", 1)[-1] == mark), "")
        told = tuple(changes(self._trace.states[number - 1], self._trace.states[number]))
        changed = {change.path for change in told}
        taken = self._taken(step, before, after, mark)
        arrived = None if taken is None else self._arrive(taken, number, mark, gone=_count(after, taken) < _count(before, taken))
        sent = {key: _count(after, key) - _count(before, key) for key in after if _count(after, key) > _count(before, key)}
        for key, count in sent.items():
            self._send(key, after[key][0], number, count, changed)
        senders = {message.src for message in self._messages if message.sent == number}
        process = self._owner(step, arrived, senders, changed, mark)
        return Event(number, process, repr(step), mark, tuple(map(str, told)))

    def _taken(self, step: Step, before: Flight, after: Flight, mark: str) -> Any:
        """The message that a step takes: one that it names, else the only one that it removes."""
        if mark in {"duplicate", "partition", "heal"}:
            return None
        named = [identity(value) for value in (*step.arguments.values(), *step.choices) if identity(value) in before]
        gone = [key for key in before if _count(after, key) < _count(before, key)]
        return (named or (gone if len(gone) == 1 else [None]))[0]

    def _owner(self, step: Step, arrived: Message | None, senders: set[str], changed: set[str], mark: str) -> str:
        if mark in _OF_THE_NETWORK:
            return SYSTEM
        if arrived is not None:
            return arrived.dst
        for name, value in step.arguments.items():
            found = None if isinstance(value, bool) else self._meant(name, value, changed)
            if found is not None:
                return found.name
        return senders.pop() if len(senders) == 1 else SYSTEM

    def _meant(self, name: str, value: Any, changed: set[str]) -> Lane | None:
        """The process that an argument names: of several, one whose state changes, or whose kind the parameter is called by."""
        if self._is_message(value):
            return self._lane(value, (end_fields(value, self._kinds) or ("", ""))[1])
        found = self._lanes.called(value)
        touched = [lane for lane in found if _is_changed(lane, changed)]
        alike = [lane for lane in found if lane.kind.startswith(name)]
        return next((some[0] for some in (touched, alike, found) if len(some) == 1 or (some is found and some)), None)


def _is_changed(lane: Lane | None, changed: set[str]) -> bool:
    return lane is not None and any(path.startswith(place) for place in lane.places for path in changed)


def _count(flight: Mapping[Any, tuple[Any, int]], key: Any) -> int:
    return flight[key][1] if key in flight else 0
