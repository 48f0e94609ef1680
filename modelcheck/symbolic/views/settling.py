"""The end of a run: what the records that it assigned contain is written to the cells of where they are now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelcheck.statespace.views.records import slots_of
from modelcheck.symbolic.session import Session
from modelcheck.symbolic.values.merging import split
from modelcheck.symbolic.views.layout import ContainerSlot, SymbolicMap
from modelcheck.symbolic.views.queues import SymbolicQueue
from modelcheck.symbolic.views.records import RecordSlot
from modelcheck.symbolic.views.sets import SymbolicSet

Found = list[tuple[Any, Any]]


def settle(session: Session, live: Any) -> None:
    """Write what the run assigned.

    Args:
        session: The session.
        live: The object of the spec's class that the run was on.

    Raises:
        SpecError: if the content of a record does not belong where the record is.
    """
    if not session.assigned:
        return
    found: Found = []
    for slot in slots_of(live).values():
        _gather(slot, found)
    session.assigned = {}
    for slot, value in found:
        slot.assign(value)


def _gather(slot: Any, found: Found) -> None:
    """Collect what belongs into the cells and containers of all records within a slot that are others than in the beginning."""
    if isinstance(slot, RecordSlot) and slot.get() is not slot.tracked:
        _content(slot, slot.get(), found)
        return
    for inner in _inner(slot).values():
        _gather(inner, found)


def _inner(slot: Any) -> Mapping[Any, Any]:
    if isinstance(slot, RecordSlot):
        return slots_of(slot.tracked)
    view = slot.get() if isinstance(slot, ContainerSlot) else None
    return view.slots if isinstance(view, SymbolicMap) else {}


def _content(slot: Any, value: Any, found: Found) -> None:
    inner = _inner(slot)
    if isinstance(slot, RecordSlot):
        value = split(value)
        slot.shape.expect(value)
        slot.shape.check_attributes(value)
        for name, each in inner.items():
            _content(each, getattr(value, name), found)
    elif inner:
        value = split(value)
        slot.get().expect(value)
        for key, each in inner.items():
            _content(each, value[key], found)
    else:
        found.append((slot, _now(value)))


def _now(value: Any) -> Any:
    """What a queue or set of the state contains now, whatever is written to it later."""
    if isinstance(value, SymbolicQueue):
        return value._all()
    return value.__symbolic_set__() if isinstance(value, SymbolicSet) else value
