"""What is on its way in a state, and from whom to whom.

A message is what a network carries: what is in the ``messages`` or ``channels`` of a record of the state. In a state without such a record it is
whatever has fields for its two ends. The ends of a message are, in this order:

* the fields that its class names, ``ends: ClassVar = ("client", "replica")``, the sender first;
* ``src`` and ``dst``, or another usual pair of names;
* the first two fields that bear the name of a kind of process, and hold one of that kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from modelcheck.spec import State
from modelcheck.values import FrozenRecord, fields_of, identity, ordered, show

_PAIRS = (
    ("src", "dst"), ("source", "destination"), ("source", "dest"), ("source", "target"), ("sender", "receiver"), ("sender", "recipient"),
    ("frm", "to"), ("from_", "to"), ("from_", "to_"), ("origin", "target"),
)  # fmt: skip
_CARRIERS = ("messages", "channels")
_TWO = 2

Flight = dict[Any, tuple[Any, int]]
"""The messages in a state by their identity, and how often each is there."""


def fields(message: Any) -> dict[str, Any]:
    """The fields of a message; none if it is no object."""
    if isinstance(message, FrozenRecord):
        return dict(message)
    return fields_of(message) or {}


def name_of(message: Any) -> str:
    """The name of a message's class."""
    return message._name if isinstance(message, FrozenRecord) else type(message).__name__


def end_fields(message: Any, kinds: Mapping[str, Any] | None = None) -> tuple[str, str] | None:
    """The fields that say whom a message is from and whom it is for; None if none is known to.

    Args:
        message: The message.
        kinds: The variables whose keys are processes, and what they are in the first state.
    """
    held = fields(message)
    named = getattr(type(message), "ends", None)
    if isinstance(named, tuple) and len(named) == _TWO and all(name in held for name in named):
        return named[0], named[1]
    for sender, receiver in _PAIRS:
        if sender in held and receiver in held:
            return sender, receiver
    typed = [name for name, value in held.items() if name in (kinds or {}) and _has_key((kinds or {})[name], value)]
    return (typed[0], typed[1]) if len(typed) >= _TWO else None


def _has_key(value: Any, key: Any) -> bool:
    return isinstance(value, Mapping) and any(identity(each) == identity(key) for each in value)


def label_of(message: Any, ends: tuple[str, str] | None) -> str:
    """A message without its two ends, which the arrow shows."""
    held = fields(message)
    inner = ", ".join(f"{name}={show(value)}" for name, value in held.items() if name not in (ends or ()))
    return f"{name_of(message)}({inner})" if held else show(message)


def in_flight(state: State, is_message: Callable[[Any], bool]) -> Flight:
    """The messages in a state.

    Args:
        state: The state.
        is_message: Whether something has two ends, which tells messages apart where no network does.
    """
    carried = list(_carriers(state))
    found = (
        (message, count) for value in carried for message, count in _held(value)
    ) if carried else _anywhere(tuple(state.values()), is_message)  # fmt: skip
    counts: Counter[Any] = Counter()
    values: dict[Any, Any] = {}
    for message, count in found:
        key = identity(message)
        values[key] = message
        counts[key] += count
    return {key: (values[key], count) for key, count in counts.items()}


def _carriers(value: Any) -> Iterator[Any]:
    """What networks hold, wherever they stand."""
    if isinstance(value, FrozenRecord):
        for name in _CARRIERS:
            if name in value and isinstance(value[name], Mapping):
                yield value[name]
    if isinstance(value, Mapping):
        for inner in value.values():
            if isinstance(inner, Mapping):
                yield from _carriers(inner)


def _held(value: Mapping[Any, Any]) -> Iterator[tuple[Any, int]]:
    """The messages in a bag of messages, or in a dict of queues."""
    for key, inner in value.items():
        if isinstance(inner, int):
            yield key, inner
        elif isinstance(inner, tuple):
            yield from ((message, 1) for message in inner)


def _anywhere(value: Any, is_message: Callable[[Any], bool]) -> Iterator[tuple[Any, int]]:
    if is_message(value):
        yield value, 1
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if is_message(key) and isinstance(inner, int):
                yield key, inner
            else:
                yield from _anywhere(inner, is_message)
    elif isinstance(value, (frozenset, tuple)):
        for item in ordered(value) if isinstance(value, frozenset) else value:
            yield from _anywhere(item, is_message)
