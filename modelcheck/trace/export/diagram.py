"""A trace as a sequence diagram: who did what in each step, and which messages went from whom to whom.

Specs do not say what a process is or what a message is. Here a message is a value with fields ``src`` and ``dst`` that comes into the
state or leaves it, and the processes are what those fields hold; where there are no such messages, they are the keys of dicts. A step
belongs to the receiver of the message that it takes, else to the process that its first argument names, else to the sender of what it sends;
what belongs to nobody is the system's. A step called ``lose`` loses a message, one called ``crash`` or ``restart`` is marked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import define, field, frozen

from modelcheck.spec import State, Step
from modelcheck.trace.diff import changes
from modelcheck.trace.trace import Trace
from modelcheck.values import FrozenRecord, fields_of, identity, ordered, show

SYSTEM = "system"
_MARKS = ("crash", "restart", "lose", "duplicate", "partition", "heal")


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
    """

    text: str
    src: str
    dst: str
    sent: int
    received: list[int] = field(factory=list)
    lost: int | None = None


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
    """

    title: str
    processes: tuple[str, ...]
    events: tuple[Event, ...]
    messages: tuple[Message, ...]


def diagram(trace: Trace) -> Diagram:
    """The sequence diagram of a trace."""
    return _Builder(trace).build()


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
    word = "reached" if trace.kind == "reachable" else "violated"
    return f"{trace.spec}({constants}): {trace.property} {word} in {count}"


class _Builder:
    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._flights = [_in_flight(state) for state in trace.states]
        self._names = self._processes()
        self._messages: list[Message] = []
        self._under_way: dict[Any, list[Message]] = {}

    def build(self) -> Diagram:
        for key, (message, count) in self._flights[0].items():
            for _ in range(count):
                self._send(key, message, 0)
        events = [self._event(number, step) for number, step in enumerate(self._trace.steps, 1)]
        used = {event.process for event in events} | {name for message in self._messages for name in (message.src, message.dst)}
        named = [name for name in self._names.values() if name in used]
        processes = [*named, *([SYSTEM] if SYSTEM in used or not named else [])]
        return Diagram(title_of(self._trace), tuple(processes), tuple(events), tuple(self._messages))

    def _processes(self) -> dict[Any, str]:
        """The name of each process, by its identity."""
        found: dict[Any, Any] = {}
        for flight in self._flights:
            for message, _ in flight.values():
                found |= {identity(end): end for end in (message.src, message.dst)}
        arguments = [value for step in self._trace.steps for value in step.arguments.values() if _is_message(value)]
        found |= {identity(end): end for message in arguments for end in (message.src, message.dst)}
        for value in self._trace.states[0].values():
            if isinstance(value, Mapping) and not hasattr(value, "_name") and value:
                keys = list(value)
                if not found or any(identity(key) in found for key in keys):
                    found |= {identity(key): key for key in keys if not isinstance(key, tuple)}
        return {identity(process): show(process) for process in ordered(found.values())}

    def _name(self, process: Any) -> str:
        return self._names.get(identity(process), show(process))

    def _send(self, key: Any, message: Any, number: int) -> None:
        sent = Message(_label(message), self._name(message.src), self._name(message.dst), number)
        self._messages.append(sent)
        self._under_way.setdefault(key, []).append(sent)

    def _event(self, number: int, step: Step) -> Event:
        before, after = self._flights[number - 1], self._flights[number]
        mark = next((mark for mark in _MARKS if step.action.rsplit(".", 1)[-1] == mark), "")
        taken = self._taken(step, before, after, mark)
        if taken is not None:
            self._arrive(taken, number, mark, gone=_count(after, taken) < _count(before, taken))
        sent = [key for key in after if _count(after, key) > _count(before, key)]
        for key in sent:
            for _ in range(_count(after, key) - _count(before, key)):
                self._send(key, after[key][0], number)
        process = self._owner(step, taken, [after[key][0] for key in sent], before, mark)
        told = tuple(map(str, changes(self._trace.states[number - 1], self._trace.states[number])))
        return Event(number, process, repr(step), mark, told)

    def _taken(self, step: Step, before: dict[Any, Any], after: dict[Any, Any], mark: str) -> Any:
        """The message that a step takes: one that it names, else the only one that it removes."""
        if mark in {"duplicate", "partition", "heal"}:
            return None
        named = [identity(value) for value in (*step.arguments.values(), *step.choices) if _is_message(value) and identity(value) in before]
        gone = [key for key in before if _count(after, key) < _count(before, key)]
        return (named or (gone if len(gone) == 1 else [None]))[0]

    def _arrive(self, key: Any, number: int, mark: str, *, gone: bool) -> None:
        waiting = self._under_way[key]
        message = waiting[0]
        if mark == "lose":
            message.lost = number
        else:
            message.received.append(number)
        if gone and len(waiting) > 0:
            waiting.pop(0)

    def _owner(self, step: Step, taken: Any, sent: list[Any], before: dict[Any, Any], mark: str) -> str:
        if mark in {"lose", "duplicate", "partition", "heal"}:
            return SYSTEM
        if taken is not None:
            return self._name(before[taken][0].dst)
        for value in step.arguments.values():
            if _is_message(value):
                return self._name(value.dst)
            if not isinstance(value, bool) and identity(value) in self._names:
                return self._name(value)
        senders = {self._name(message.src) for message in sent}
        return senders.pop() if len(senders) == 1 else SYSTEM


def _label(message: Any) -> str:
    """A message without its two ends, which the arrow shows."""
    if isinstance(message, FrozenRecord):
        fields: dict[str, Any] = dict(message)
        name = message._name
    else:
        fields = fields_of(message) or {}
        name = type(message).__name__
    inner = ", ".join(f"{field}={show(value)}" for field, value in fields.items() if field not in {"src", "dst"})
    return f"{name}({inner})" if fields else show(message)


def _is_message(value: Any) -> bool:
    if isinstance(value, Mapping):
        return "src" in value and "dst" in value
    return hasattr(value, "src") and hasattr(value, "dst")


def _in_flight(state: State) -> dict[Any, tuple[Any, int]]:
    """The messages in a state, and how often each."""
    counts: Counter[Any] = Counter()
    values: dict[Any, Any] = {}
    for message, count in _messages_in(tuple(state.values())):
        key = identity(message)
        values[key] = message
        counts[key] += count
    return {key: (values[key], count) for key, count in counts.items()}


def _messages_in(value: Any) -> Iterator[tuple[Any, int]]:
    if _is_message(value):
        yield value, 1
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if _is_message(key) and isinstance(inner, int):
                yield key, inner
            else:
                yield from _messages_in(inner)
    elif isinstance(value, frozenset):
        for item in ordered(value):
            yield from _messages_in(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from _messages_in(item)


def _count(flight: Mapping[Any, tuple[Any, int]], key: Any) -> int:
    return flight[key][1] if key in flight else 0
