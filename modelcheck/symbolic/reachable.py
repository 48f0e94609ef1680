"""What the enumerator knows: whether one particular state is reachable, and which properties are false near the start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modelcheck.errors import ModelcheckError
from modelcheck.search import Limits, check
from modelcheck.search.report import Report
from modelcheck.spec import Machine, State, reachable
from modelcheck.spec.shape import AliasShape, BagShape, MapShape, QueueShape, RecordShape, SetShape, Shape, TableShape
from modelcheck.trace import Trace
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
        raise KeyboardInterrupt


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
