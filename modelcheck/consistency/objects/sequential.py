"""Sequential objects: what a store would do if one client at a time used it. Those that are ready-made are beside.

A consistency model asks whether concurrent operations can be explained by running them one after the other on such an
object. An object is a value: its initial state, and a pure function from a state, an operation and its argument to the
next state and the result. States are hashable. Results and states are compared as a spec compares them: ``True``, ``1``
and ``1.0`` are different. The native search asks for each pair of state and operation once and remembers the answer, so
that an object written in plain Python costs nothing inside the search.

*Choices.* An operation that cannot succeed still returns, with a result that says so (``cas`` and ``acquire`` give
``False``, ``dequeue`` on an empty queue gives ``None``). Whether an operation that *failed* in a recording did nothing
or saw the wrong value is the reader's business.
"""

from __future__ import annotations

import traceback
from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterator, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Final

from attrs import evolve, fields, has

from modelcheck.consistency._equality import same
from modelcheck.errors import HistoryError, ModelcheckError, UsageError
from modelcheck.limits.deadline import LimitReached

if TYPE_CHECKING:
    from modelcheck.consistency.history import Operation
    from modelcheck.consistency.objects.forms import Form


class _Unknown(Enum):
    """A type with the one value :data:`UNKNOWN`."""

    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown.UNKNOWN
"""The result of an operation whose result nobody saw; it agrees with every result."""


class Family(Enum):
    """The objects for which there are procedures of their own."""

    REGISTER = "register"
    CAS_REGISTER = "cas-register"
    KEY_VALUE = "kv"
    MULTI_REGISTER = "multi-register"
    QUEUE = "queue"
    PRIORITY_QUEUE = "priority-queue"
    STACK = "stack"


class SequentialObject(ABC):
    """One object that clients share, when used by one client at a time.

    Subclasses give ``initial`` and :meth:`apply`, and where it helps the operations that only read and the key that an
    operation touches.

    >>> from modelcheck.consistency import Register
    >>> register = Register(initial=0)
    >>> register.apply(register.initial, "write", 7)
    (7, None)
    >>> register.apply(7, "read", None)
    (7, 7)
    """

    name: ClassVar[str] = "object"
    """The name on the command line and in messages."""

    operations: ClassVar[tuple[str, ...]] = ()
    """The operations that it knows, for messages."""

    reads: ClassVar[frozenset[str]] = frozenset()
    """The operations that never change the state."""

    overwrites: ClassVar[frozenset[str]] = frozenset()
    """The operations that are possible in every state and after which the object (or the part that :meth:`key_of`
    names) is in the same state, with the same result, whatever was before."""

    forms: ClassVar[Mapping[str, Form]] = {}
    """What operations take and give, where that is checked before anything else. A subclass with an ``apply`` of its own
    says it again."""

    family: ClassVar[Family | None] = None
    """Whether there are procedures of its own for it. No subclass inherits that, for it may mean something else."""

    initial: Any
    """The state before the first operation; hashable."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "family" not in vars(cls):
            cls.family = None
        if "apply" in vars(cls) and "forms" not in vars(cls):
            cls.forms = {}

    @abstractmethod
    def apply(self, state: Any, operation: str, argument: Any) -> tuple[Any, Any]:
        """The state after ``operation`` and its result. Must depend on nothing but the arguments."""

    def is_pure(self, operation: str, argument: Any, result: Any) -> bool:
        """Whether the operation changes no state from which it gives ``result``."""
        del argument, result
        return operation in self.reads

    def key_of(self, operation: str, argument: Any) -> Hashable | None:
        """The part of the object that the operation touches, or ``None`` when it touches all of it.

        Operations on different keys must be independent: the object restricted to one key must answer as the whole
        object does. A history is then checked key by key (Horn and Kroening, *Faster linearizability checking via
        P-compositionality*, 2015).
        """
        del operation, argument
        return None

    def starting_with(self, value: Any) -> SequentialObject:
        """The same object when it holds a value at first, which is given as the command line gives it.

        Raises:
            UsageError: It cannot.
        """
        cls: Any = type(self)
        if not has(cls) or "initial" not in {each.name for each in fields(cls) if each.init}:
            raise UsageError(f"the initial state of {self.name!r} cannot be said", remedy="Leave --initial out.")
        return evolve(self, initial=value)  # type: ignore[misc]

    def starts(self, operations: Sequence[Operation]) -> Iterator[Any]:
        """What the object may have held at first, as :meth:`starting_with` takes it, the likeliest first.

        Args:
            operations: Completed ones whose results are known, in the order of their calls.
        """
        changed = min((o.finish for o in operations if o.name not in self.reads and o.finish is not None), default=None)
        for operation in operations:
            if operation.name in self.reads and operation.argument is None and (changed is None or operation.call <= changed):
                yield operation.result

    def unknown_operation(self, operation: str) -> HistoryError:
        """The error to raise for an operation that the object does not have."""
        known = ", ".join(self.operations)
        return HistoryError(
            f"the object {self.name!r} has no operation {operation!r}",
            remedy=f"It knows {known}; choose another object or rename the operation.",
        )


def agrees(observed: Any, result: Any) -> bool:
    """Whether a recorded result can stand for the object's result."""
    return observed is UNKNOWN or same(observed, result)


def _doing(object_: SequentialObject, state: Any, operation: str, argument: Any) -> str:
    return f"the object {object_.name!r} cannot do {operation}({argument!r}) in the state {state!r}"


def applied(object_: SequentialObject, state: Any, operation: str, argument: Any) -> tuple[Any, Any]:
    """One step of an object, which a user may have written.

    Raises:
        HistoryError: The step raises, gives no pair, or gives a state that cannot be hashed.
    """
    try:
        outcome = object_.apply(state, operation, argument)
    except (ModelcheckError, LimitReached):
        raise
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        raise HistoryError(
            f"{_doing(object_, state, operation, argument)}: {type(error).__name__}: {error}",
            place=f"{frame.filename}:{frame.lineno}",
            remedy="Is this the right object for the history?",
        ) from error
    if not isinstance(outcome, tuple) or len(outcome) != len(("state", "result")):
        raise HistoryError(
            f"{_doing(object_, state, operation, argument)}: apply gives {outcome!r}",
            remedy="Return the state after the operation and its result, as a pair."
        )
    try:
        hash(outcome[0])
    except TypeError as error:
        raise HistoryError(
            f"{_doing(object_, state, operation, argument)}: the state after it, {outcome[0]!r}, cannot be hashed",
            remedy="Use tuples and frozensets instead of lists, sets and dicts.",
        ) from error
    return outcome
