"""Why a history is not linearizable: the operations that clients called, and what they returned.

The state holds no history, only what still explains it. So the trace is run once more, and the calls and returns in it are noted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from attrs import define

from modelcheck.parts.history import Call, History, noting
from modelcheck.spec import Declaration, Machine, State, Step
from modelcheck.spec.choice import choosing
from modelcheck.trace.diff import Change, changes
from modelcheck.trace.explanation.failsafe import left_out
from modelcheck.trace.explanation.reason import Reason
from modelcheck.values import show

if TYPE_CHECKING:
    from modelcheck.trace.trace import Trace

_LISTED = 12


@define
class Operation:
    """An operation of a client.

    Attributes:
        text: The client, the operation and its argument.
        called: The step in which it was called.
        returned: The step in which it returned; None while it is in flight.
        result: What it returned.
    """

    text: str
    called: int
    returned: int | None = None
    result: Any = None

    def __str__(self) -> str:
        if self.returned is None:
            return f"from step {self.called}: {self.text}, which is in flight"
        steps = f"step {self.called}" if self.called == self.returned else f"steps {self.called} to {self.returned}"
        return f"{steps}: {self.text}, which returned {show(self.result)}"


class _Chosen:
    """Takes the choices that a step made."""

    def __init__(self, choices: Iterable[Any]) -> None:
        self._choices = iter(choices)

    def pick(self, options: Iterable[Any]) -> Any:
        """See `modelcheck.spec.choice.Chooser`."""
        del options
        return next(self._choices)


def is_linearizability(machine: Machine, declared: Declaration) -> bool:
    """Whether a property is that of a client history."""
    return declared.method == "linearizable" and isinstance(declared.subject(machine.thaw(machine.first_state)), History)


def operations(machine: Machine, declared: Declaration, trace: Trace) -> list[Operation]:
    """The operations on the object of a history, in the order of their calls."""
    found: list[Operation] = []
    in_flight: dict[Any, Operation] = {}
    for number, (state, step) in enumerate(zip(trace.states, trace.steps, strict=False), 1):
        live = machine.thaw(state)
        with noting() as calls, choosing(_Chosen(step.choices)):
            machine.find(step.action, machine.actions).run(live, step.arguments)
        for call in calls:
            if call.history is not declared.subject(live):
                continue
            if call.operation is not None:
                argument = "" if call.value is None else show(call.value)
                in_flight[call.client] = Operation(f"{show(call.client)} called {call.operation}({argument})", number)
                found.append(in_flight[call.client])
            else:
                in_flight[call.client].returned = number
                in_flight[call.client].result = call.value
    return found


def explain_history(machine: Machine, declared: Declaration, trace: Trace) -> Reason:
    """The operations that no order explains."""
    found = operations(machine, declared, trace)
    earlier = [Reason(f"and {len(found) - _LISTED} before them")] if len(found) > _LISTED else []
    listed = [Reason(str(operation)) for operation in found[-_LISTED:]]
    return Reason(f"{declared.name} is false: no order of these operations has their results", (*listed, *earlier))


def changes_told(machine: Machine, before: State, step: Step, after: State) -> list[Change]:
    """What a step changes; in place of what a client history keeps, which operations were called and returned.

    Args:
        machine: The spec.
        before: Where the step is taken.
        step: The step.
        after: Where it leads.
    """
    found = list(changes(before, after))
    histories = [owner for owner, shape in machine.parts() if issubclass(shape.cls, History)]
    touched = [owner for owner in histories if any(change.path.startswith(f"{owner.path}.") for change in found)]
    if not touched:
        return found
    with left_out():
        live = machine.thaw(before)
        with noting() as calls, choosing(_Chosen(step.choices)):
            machine.find(step.action, machine.actions).run(live, step.arguments)
        for owner in touched:
            told = list(_told(owner.path, before, [call for call in calls if call.history is owner.within(live)]))
            if told:
                found = [*(change for change in found if not change.path.startswith(f"{owner.path}.")), *told]
    return found


def _told(path: str, before: State, calls: Iterable[Call]) -> Iterator[Change]:
    in_flight: dict[Any, str] = {}
    for call in calls:
        if call.operation is not None:
            in_flight[call.client] = f"{call.operation}({'' if call.value is None else show(call.value)})"
            yield Change(path, "told", new=f"{show(call.client)} called {in_flight[call.client]}")
        else:
            what = in_flight.get(call.client) or _pending(path, before, call.client)
            yield Change(path, "told", new=f"{show(call.client)}: {what} returned {show(call.value)}")


def _pending(path: str, before: State, client: Any) -> str:
    """The operation that a client had called before a step."""
    history: Any = before
    for name in path.split("."):
        history = history[name] if isinstance(history, Mapping) and name in history else {}
    operation, argument = history["pending"][client] if history else ("its operation", None)
    return f"{operation}({'' if argument is None else show(argument)})" if history else operation
