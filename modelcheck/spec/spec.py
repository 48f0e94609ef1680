"""`Spec`, the class that a protocol derives from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, dataclass_transform

from modelcheck.errors import SpecError, UsageError
from modelcheck.spec.beginning import beginnings
from modelcheck.spec.constants.declared import constant_types, constant_values
from modelcheck.spec.machine import Machine
from modelcheck.spec.state import State
from modelcheck.spec.step import Step, same_step
from modelcheck.values import identity


@dataclass_transform(kw_only_default=True)
class Spec:
    """A protocol, written as a state machine.

    Annotated class attributes are constants, with defaults: ``rms: int = 3`` is set by ``TwoPhaseCommit(rms=8)``. The method ``init`` fills the
    variables, as any initialiser would. Methods decorated with ``@action`` are the steps, run one at a time and all at once or not at all; methods
    decorated with ``@invariant``, ``@step_property`` and ``@reachable`` say what must be true.

    >>> from modelcheck import Spec, action, require
    >>> class Counter(Spec):
    ...     limit: int = 2
    ...     def init(self) -> None:
    ...         self.n = 0
    ...     @action
    ...     def count(self) -> None:
    ...         require(self.n < self.limit)
    ...         self.n += 1
    >>> spec = Counter(limit=1)
    >>> [state] = spec.initial_states()
    >>> spec.enabled(state)
    [count()]
    >>> spec.step(state, spec.count)
    n = 1
    """

    def __init__(self, **constants: Any) -> None:
        self.__dict__.update(constant_values(type(self), constants))

    def init(self) -> None:
        """Fill the variables; `choose` here gives several initial states."""
        raise SpecError(
            f"{type(self).__name__} has no init", remedy="Define init(self) and set the variables there: self.x = 0."
        )

    def initial_states(self) -> list[State]:
        """The initial states that the constraints allow, without repeats."""
        return list(beginnings(machine_of(self)))

    def enabled(self, state: State) -> list[Step]:
        """Every step that can be taken in a state."""
        return [step for step, _ in machine_of(self).successors(state)]

    def step(self, state: State, action: str | Callable[..., None] | Step, /, *choices: Any, **arguments: Any) -> State:
        """The state after an action.

        Args:
            state: Where the action is taken.
            action: Its name, the method itself, or one of the steps that `enabled` gave.
            choices: What it chooses inside, where it chooses.
            arguments: Its arguments; those left out are taken as they come if there is only one outcome.

        Raises:
            UsageError: if the action is not enabled with these arguments, or if several outcomes are left.
        """
        if isinstance(action, Step):
            return self.step(state, action.action, *action.choices, **action.arguments)
        machine = machine_of(self)
        declared = machine.find(action if isinstance(action, str) else action.__name__, machine.actions)
        found = {
            identity(after): (after, step)
            for step, after in machine.outcomes(state, declared)
            if same_step(step, arguments, choices or None)
        }
        if len(found) == 1:
            return next(iter(found.values()))[0]
        wanted = Step(declared.name, arguments, choices)
        if not found:
            raise UsageError(f"{wanted} is not enabled in this state", remedy="spec.enabled(state) lists what is.")
        raise UsageError(
            f"{wanted} has {len(found)} outcomes", remedy=f"Choose one of: {'; '.join(repr(step) for _, step in found.values())}"
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in machine_constants(self).items())})"


def machine_constants(spec: Spec) -> dict[str, Any]:
    """The constants of a spec and their values."""
    return {name: spec.__dict__[name] for name in constant_types(type(spec)) if name in spec.__dict__}


def machine_of(spec: Spec) -> Machine:
    """The machine of a spec, made once.

    Raises:
        SpecError: if the spec cannot be run.
    """
    found = spec.__dict__.get("_machine")
    if found is None:
        found = spec.__dict__["_machine"] = Machine(spec)
    machine: Machine = found
    return machine
