"""What the enumerator knows: whether one particular state is reachable, what variables hold, and which properties are false near the start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modelcheck.errors import ModelcheckError
from modelcheck.limits import Limits
from modelcheck.limits.raising import Interrupted
from modelcheck.search import check
from modelcheck.search.report import Report
from modelcheck.spec import Machine, State, invariant, reachable
from modelcheck.spec.shapes.shape import (
    AliasShape,
    BagShape,
    MapShape,
    QueueShape,
    RecordShape,
    SetShape,
    Shape,
    TableShape,
    variables,
)
from modelcheck.symbolic.listing import Listing
from modelcheck.trace import Trace
from modelcheck.values import identity
from modelcheck.verdict import Verdict


def violations(machine: Machine, names: Sequence[str], limits: Limits) -> dict[str, Trace]:
    """Shortest violations of properties, as far as the limits allow to look."""
    report = check(machine.spec, properties=list(names), limits=limits, keep_going=True)
    _pass_on(report)
    return {
        each.name: each.trace
        for each in report.properties
        if each.verdict is Verdict.VIOLATED and each.trace is not None
    }


def _pass_on(report: Report) -> None:
    """A search that the user stopped is an answer to them; here it is part of a proof, which is to stop too."""
    if report.reason is not None and "interrupted" in report.reason:
        raise Interrupted


def is_reachable(machine: Machine, state: State, limits: Limits) -> bool | None:
    """Whether a state is reachable; None if the limits did not allow to tell."""
    shapes = {name: shape for name, shape in machine.shape.fields.items() if not isinstance(shape, AliasShape)}

    def is_the_state(self: Any) -> bool:
        return all(_same(shape, getattr(self, name), state[name]) for name, shape in shapes.items())

    cls = type(
        machine.cls.__name__,
        (machine.cls,),
        {"is_the_state": reachable(is_the_state), "__module__": machine.cls.__module__},
    )
    try:
        report = check(cls(**machine.constants), properties=["is_the_state"], limits=limits)
    except ModelcheckError:
        return None
    _pass_on(report)
    verdict = report.properties[0].verdict
    return None if verdict is Verdict.UNKNOWN else verdict is Verdict.HOLDS


def values_reached(machine: Machine, paths: Sequence[str], limits: Limits) -> tuple[Listing, str | None]:
    """All that variables hold in reachable states, and why that may not be all.

    Args:
        machine: The machine.
        paths: The places of the variables, of which each is a value, a queue, a set, a bag or a dict that starts empty.
        limits: How long to look. A limit of depth says for which states the values are wanted, and is no reason.
    """
    rows: dict[Any, tuple[Any, ...]] = {}

    def note_the_values(self: Any) -> bool:
        values = {shape.path: shape.freeze(live, {}) for shape, live in variables(machine.shape, self) if shape.path in paths}
        row = tuple(values[path] for path in paths)
        rows.setdefault(identity(row), row)
        return True

    noting = {"note_the_values": invariant(note_the_values), "__module__": machine.cls.__module__}
    cls = type(machine.cls.__name__, (machine.cls,), noting)
    report = check(cls(**machine.constants), properties=["note_the_values"], limits=limits)
    _pass_on(report)
    all_seen = report.verdict is Verdict.HOLDS or (report.reason or "").startswith("the depth limit")
    return Listing(tuple(paths), tuple(rows.values())), None if all_seen else report.reason


def _same(shape: Shape, live: Any, snapshot: Any) -> bool:
    """Whether a live object is in the state of a snapshot; it looks at as little as it can."""
    if isinstance(shape, RecordShape):
        return all(
            _same(each, getattr(live, name), snapshot[name])
            for name, each in shape.fields.items()
            if not isinstance(each, AliasShape)
        )
    if isinstance(shape, MapShape):
        return all(
            _same(each, live[key], snapshot[key])
            for key, each in shape.items.items()
            if not isinstance(each, AliasShape)
        )
    if isinstance(shape, SetShape):
        return all(element in live for element in snapshot) and len(live) == len(snapshot)
    if isinstance(shape, BagShape):
        return all(live[element] == count for element, count in snapshot.items()) and len(live) == len(snapshot)
    if isinstance(shape, TableShape):
        return all(key in live and live[key] == value for key, value in snapshot.items()) and len(live) == len(snapshot)
    if isinstance(shape, QueueShape):
        return bool(tuple(live) == snapshot)
    return bool(live == snapshot)
