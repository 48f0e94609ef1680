"""The objects that are ready-made: registers, maps, counters, sets, queues, a stack and locks."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Hashable, Mapping
from typing import Any, ClassVar, Final

from attrs import field, frozen

from modelcheck.consistency.objects.sequential import SequentialObject
from modelcheck.errors import UsageError


@frozen
class Register(SequentialObject):
    """A cell with ``read() -> value`` and ``write(value) -> None``."""

    name: ClassVar[str] = "register"
    operations: ClassVar[tuple[str, ...]] = ("read", "write")
    reads: ClassVar[frozenset[str]] = frozenset({"read"})
    overwrites: ClassVar[frozenset[str]] = frozenset({"write"})
    initial: Any = None

    def apply(self, state: Any, operation: str, argument: Any) -> tuple[Any, Any]:
        """Read or overwrite the cell."""
        match operation:
            case "read":
                return state, state
            case "write":
                return argument, None
        raise self.unknown_operation(operation)


@frozen
class CasRegister(SequentialObject):
    """A register with ``cas((expected, new)) -> bool`` besides."""

    name: ClassVar[str] = "cas-register"
    operations: ClassVar[tuple[str, ...]] = ("read", "write", "cas")
    reads: ClassVar[frozenset[str]] = frozenset({"read"})
    overwrites: ClassVar[frozenset[str]] = frozenset({"write"})
    initial: Any = None

    def apply(self, state: Any, operation: str, argument: Any) -> tuple[Any, Any]:
        """Read, overwrite, or overwrite if the cell holds the expected value."""
        match operation:
            case "read":
                return state, state
            case "write":
                return argument, None
            case "cas":
                expected, new = argument
                return (new, True) if state == expected else (state, False)
        raise self.unknown_operation(operation)

    def is_pure(self, operation: str, argument: Any, result: Any) -> bool:
        """Reads, and swaps that failed."""
        del argument
        return operation == "read" or (operation == "cas" and result is False)


def _with(state: frozenset[tuple[Any, Any]], key: Any, value: Any) -> frozenset[tuple[Any, Any]]:
    """A map kept as a set of pairs, with one key bound anew."""
    return frozenset(pair for pair in state if pair[0] != key) | {(key, value)}


def _pairs(mapping: Any) -> frozenset[tuple[Any, Any]]:
    """A mapping, or a set of pairs, as a set of pairs."""
    return frozenset(dict(mapping).items())


@frozen
class KeyValue(SequentialObject):
    """A map with ``get(key) -> value``, ``put((key, value)) -> None`` and ``append((key, text)) -> None``.

    A key that was never written holds ``absent``. The state is the set of pairs that were written.
    """

    name: ClassVar[str] = "kv"
    operations: ClassVar[tuple[str, ...]] = ("get", "put", "append")
    reads: ClassVar[frozenset[str]] = frozenset({"get"})
    overwrites: ClassVar[frozenset[str]] = frozenset({"put"})
    absent: Any = ""
    initial: frozenset[tuple[Any, Any]] = frozenset()

    def apply(self, state: frozenset[tuple[Any, Any]], operation: str, argument: Any) -> tuple[Any, Any]:
        """Look a key up, bind it, or lengthen its value."""
        match operation:
            case "get":
                return state, dict(state).get(argument, self.absent)
            case "put":
                key, value = argument
                return _with(state, key, value), None
            case "append":
                key, suffix = argument
                return _with(state, key, dict(state).get(key, self.absent) + suffix), None
        raise self.unknown_operation(operation)

    def key_of(self, operation: str, argument: Any) -> Hashable | None:
        """The key in the argument."""
        key: Hashable = argument if operation == "get" else argument[0]
        return (key,)


@frozen
class MultiRegister(SequentialObject):
    """Registers with ``read(key) -> value``, ``write((key, value)) -> None``, and ``txn`` over several at once.

    ``txn`` takes a tuple of ``("r", key, value)`` and ``("w", key, value)``. The values read are part of the argument;
    the result says whether they are the values there (a read of ``None`` agrees with any). A history with ``txn`` is
    not split by key.
    """

    name: ClassVar[str] = "multi-register"
    operations: ClassVar[tuple[str, ...]] = ("read", "write", "txn")
    reads: ClassVar[frozenset[str]] = frozenset({"read"})
    overwrites: ClassVar[frozenset[str]] = frozenset({"write"})
    initial: frozenset[tuple[Any, Any]] = field(factory=frozenset, converter=_pairs)

    def apply(self, state: frozenset[tuple[Any, Any]], operation: str, argument: Any) -> tuple[Any, Any]:
        """Read or write one register, or several at one instant."""
        match operation:
            case "read":
                return state, dict(state).get(argument)
            case "write":
                return _with(state, *argument), None
            case "txn":
                return self._transaction(state, argument)
        raise self.unknown_operation(operation)

    def _transaction(self, state: frozenset[tuple[Any, Any]], steps: tuple[Any, ...]) -> tuple[Any, bool]:
        new = dict(state)
        for kind, key, value in steps:
            if kind == "w":
                new[key] = value
            elif value is not None and new.get(key) != value:
                return state, False
        return frozenset(new.items()), True

    def key_of(self, operation: str, argument: Any) -> Hashable | None:
        """The register, unless several are touched."""
        match operation:
            case "read":
                return (argument,)
            case "write":
                return (argument[0],)
        return None


@frozen
class Counter(SequentialObject):
    """A number with ``add(n) -> None``, ``increment``, ``decrement`` and ``read() -> n``."""

    name: ClassVar[str] = "counter"
    operations: ClassVar[tuple[str, ...]] = ("add", "increment", "decrement", "read")
    reads: ClassVar[frozenset[str]] = frozenset({"read"})
    initial: int = 0

    def apply(self, state: int, operation: str, argument: Any) -> tuple[int, Any]:
        """Change the number, or read it."""
        match operation:
            case "add":
                return state + argument, None
            case "increment":
                return state + (1 if argument is None else argument), None
            case "decrement":
                return state - (1 if argument is None else argument), None
            case "read":
                return state, state
        raise self.unknown_operation(operation)


@frozen
class FetchAndAdd(SequentialObject):
    """A number with ``fetch_and_add(n) -> old value`` and ``read() -> n``."""

    name: ClassVar[str] = "fetch-and-add"
    operations: ClassVar[tuple[str, ...]] = ("fetch_and_add", "read")
    reads: ClassVar[frozenset[str]] = frozenset({"read"})
    initial: int = 0

    def apply(self, state: int, operation: str, argument: Any) -> tuple[int, Any]:
        """Add and give the number before, or read it."""
        match operation:
            case "fetch_and_add":
                return state + argument, state
            case "read":
                return state, state
        raise self.unknown_operation(operation)


@frozen
class SetObject(SequentialObject):
    """A set with ``add(x) -> None``, ``remove(x) -> None``, ``contains(x) -> bool`` and ``read() -> frozenset``.

    A history without ``read`` is split by element.
    """

    name: ClassVar[str] = "set"
    operations: ClassVar[tuple[str, ...]] = ("add", "remove", "contains", "read")
    reads: ClassVar[frozenset[str]] = frozenset({"contains", "read"})
    overwrites: ClassVar[frozenset[str]] = frozenset({"add", "remove"})
    initial: frozenset[Any] = frozenset()

    def apply(self, state: frozenset[Any], operation: str, argument: Any) -> tuple[frozenset[Any], Any]:
        """Change the set, ask for one element, or read all of them."""
        match operation:
            case "add":
                return state | {argument}, None
            case "remove":
                return state - {argument}, None
            case "contains":
                return state, argument in state
            case "read":
                return state, state
        raise self.unknown_operation(operation)

    def key_of(self, operation: str, argument: Any) -> Hashable | None:
        """The element; all of them for ``read``."""
        return None if operation == "read" else (argument,)


@frozen
class FifoQueue(SequentialObject):
    """A queue with ``enqueue(x) -> None`` and ``dequeue() -> x``, which gives ``None`` when the queue is empty."""

    name: ClassVar[str] = "queue"
    operations: ClassVar[tuple[str, ...]] = ("enqueue", "dequeue")
    initial: tuple[Any, ...] = ()

    def apply(self, state: tuple[Any, ...], operation: str, argument: Any) -> tuple[tuple[Any, ...], Any]:
        """Join at the back, or take the front."""
        match operation:
            case "enqueue":
                return (*state, argument), None
            case "dequeue":
                return (state[1:], state[0]) if state else (state, None)
        raise self.unknown_operation(operation)

    def is_pure(self, operation: str, argument: Any, result: Any) -> bool:
        """Finding the queue empty."""
        del argument
        return operation == self.operations[1] and result is None


@frozen
class PriorityQueue(SequentialObject):
    """A queue with ``insert(x) -> None`` and ``delete_min() -> least x``, which gives ``None`` when the queue is empty.

    Its elements must be comparable with ``<``.
    """

    name: ClassVar[str] = "priority-queue"
    operations: ClassVar[tuple[str, ...]] = ("insert", "delete_min")
    initial: tuple[Any, ...] = ()

    def apply(self, state: tuple[Any, ...], operation: str, argument: Any) -> tuple[tuple[Any, ...], Any]:
        """Insert in order, or take the least."""
        match operation:
            case "insert":
                elements = list(state)
                insort(elements, argument)
                return tuple(elements), None
            case "delete_min":
                return (state[1:], state[0]) if state else (state, None)
        raise self.unknown_operation(operation)

    def is_pure(self, operation: str, argument: Any, result: Any) -> bool:
        """Finding the queue empty."""
        del argument
        return operation == self.operations[1] and result is None


@frozen
class Stack(SequentialObject):
    """A stack with ``push(x) -> None`` and ``pop() -> x``, which gives ``None`` when the stack is empty."""

    name: ClassVar[str] = "stack"
    operations: ClassVar[tuple[str, ...]] = ("push", "pop")
    initial: tuple[Any, ...] = ()

    def apply(self, state: tuple[Any, ...], operation: str, argument: Any) -> tuple[tuple[Any, ...], Any]:
        """Put on top, or take from the top."""
        match operation:
            case "push":
                return (*state, argument), None
            case "pop":
                return (state[:-1], state[-1]) if state else (state, None)
        raise self.unknown_operation(operation)

    def is_pure(self, operation: str, argument: Any, result: Any) -> bool:
        """Finding the stack empty."""
        del argument
        return operation == "pop" and result is None


@frozen
class Mutex(SequentialObject):
    """A lock with ``acquire() -> bool`` and ``release() -> bool``, ``False`` when it was held (or free) already.

    Anyone may release it; the argument is ignored.
    """

    name: ClassVar[str] = "mutex"
    operations: ClassVar[tuple[str, ...]] = ("acquire", "release")
    initial: bool = False

    def apply(self, state: bool, operation: str, argument: Any) -> tuple[bool, Any]:
        """Take the lock, or give it back."""
        del argument
        match operation:
            case "acquire":
                return True, not state
            case "release":
                return False, state
        raise self.unknown_operation(operation)


@frozen
class ReentrantLock(SequentialObject):
    """A lock for its holder to take again: ``acquire(owner) -> bool``, ``release(owner) -> bool``; ``False``: refused.

    The state is ``None`` when the lock is free, and otherwise the holder with the number of times it holds the lock.
    """

    name: ClassVar[str] = "reentrant-lock"
    operations: ClassVar[tuple[str, ...]] = ("acquire", "release")
    initial: tuple[Any, int] | None = None

    def apply(self, state: tuple[Any, int] | None, operation: str, argument: Any) -> tuple[tuple[Any, int] | None, Any]:
        """Take the lock once more, or give it back once."""
        holder, depth = state or (argument, 0)
        if operation not in self.operations:
            raise self.unknown_operation(operation)
        if holder != argument or (operation == "release" and depth == 0):
            return state, False
        depth += 1 if operation == "acquire" else -1
        return ((holder, depth) if depth else None), True


OBJECTS: Final[Mapping[str, Callable[[], SequentialObject]]] = {
    cls.name: cls
    for cls in (
        Register,
        CasRegister,
        MultiRegister,
        KeyValue,
        Counter,
        SetObject,
        FifoQueue,
        PriorityQueue,
        Stack,
        Mutex,
        ReentrantLock,
        FetchAndAdd,
    )
}
"""The objects by the names that the command line knows."""


def object_named(name: str) -> SequentialObject:
    """A fresh object of a name such as ``kv``, in its usual initial state.

    >>> object_named("cas-register").operations
    ('read', 'write', 'cas')
    """
    if name in OBJECTS:
        return OBJECTS[name]()
    raise UsageError(f"there is no object {name!r}", remedy=f"Choose one of {', '.join(OBJECTS)}.")
