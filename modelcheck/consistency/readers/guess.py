"""The model that the operations of a history tell, where only one can be meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from modelcheck.consistency.checkers import CHECKERS
from modelcheck.consistency.history import History, Operation
from modelcheck.consistency.objects.named import OBJECTS, object_named
from modelcheck.consistency.objects.sequential import UNKNOWN

TRANSACTIONS: Final = ("list-append", "rw-register")
"""The models of transactional histories."""


def _is_collection(value: Any) -> bool:
    return isinstance(value, tuple | frozenset)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_map(value: Any) -> bool:
    """Whether a value was written as a map."""
    return isinstance(value, frozenset) and all(isinstance(p, tuple) and len(p) == len(("key", "value")) for p in value)


def is_steps(value: Any, kinds: Iterable[str]) -> bool:
    """Whether a value is a list of steps of some kinds."""
    return (
        isinstance(value, tuple)
        and bool(value)
        and all(isinstance(s, tuple) and len(s) == len(("kind", "key", "value")) and s[0] in kinds for s in value)
    )


class _Seen:
    """The operations by name, with the arguments and the results that are known."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self.arguments: dict[str, list[Any]] = {}
        self.results: dict[str, list[Any]] = {}
        for operation in operations:
            self.arguments.setdefault(operation.name, []).append(operation.argument)
            if operation.result is not UNKNOWN:
                self.results.setdefault(operation.name, []).append(operation.result)

    def taken(self, name: str) -> list[Any]:
        """All arguments of one name."""
        return self.arguments.get(name, [])

    def given(self, name: str) -> list[Any]:
        """All results of one name."""
        return self.results.get(name, [])


def _is_cell(seen: _Seen) -> bool:
    """Reads without an argument, and what they saw of the kind that was written."""
    if any(argument is not None for argument in seen.taken("read")):
        return False
    if any(is_steps(value, ("w", ":w")) for value in seen.taken("write")):
        return False
    written = [*seen.taken("write"), *(part for pair in seen.taken("cas") if isinstance(pair, tuple) for part in pair)]
    kinds = {type(value) for value in written if _is_collection(value)}
    return all(type(value) in kinds for value in seen.given("read") if _is_collection(value))


def _is_registers(seen: _Seen) -> bool:
    """Reads of a key, and writes of a key and a value."""
    pairs = [*seen.taken("write")]
    return all(argument is not None for argument in seen.taken("read")) and all(
        isinstance(pair, tuple) and len(pair) == len(("key", "value")) for pair in pairs
    )


def _is_long_fork(seen: _Seen) -> bool:
    reads = [value for value in (*seen.given("read"), *seen.taken("read")) if value is not None]
    return all(is_steps(value, ("w", ":w")) for value in seen.taken("write")) and all(
        is_steps(value, ("r", ":r")) for value in reads
    ) and bool(reads or seen.taken("write"))


def _reads(fits: Callable[[Any], bool], *, some: bool = False) -> Callable[[_Seen], bool]:
    """Whether all reads fit; and whether there are any, if ``some`` are asked for."""
    return lambda seen: all(map(fits, seen.given("read"))) and (bool(seen.given("read")) or not some)


def _is_count(seen: _Seen) -> bool:
    return bool(seen.given("read")) and all(map(_is_number, (*seen.given("read"), *seen.taken("add"))))


def _always(_: _Seen) -> bool:
    return True


_RULES: Final[tuple[tuple[str, set[str], set[str], Callable[[_Seen], bool]], ...]] = (
    ("unique-ids", {"generate"}, set(), _always),
    ("long-fork", {"read", "write"}, set(), _is_long_fork),
    ("register", {"read", "write"}, set(), _is_cell),
    ("cas-register", {"cas"}, {"read", "write"}, _is_cell),
    ("multi-register", {"read", "write"}, set(), _is_registers),
    ("comments", {"write"}, {"read"}, _reads(lambda value: isinstance(value, frozenset), some=True)),
    ("bank", {"transfer"}, {"read"}, _always),
    ("bank", {"read"}, set(), _reads(is_map, some=True)),
    ("kv", {"get", "put", "append"}, set(), _always),
    ("queue", {"enqueue", "dequeue"}, set(), _always),
    ("total-queue", {"drain"}, {"enqueue", "dequeue"}, _always),
    ("stack", {"push", "pop"}, set(), _always),
    ("priority-queue", {"delete_min"}, {"insert"}, _always),
    ("mutex", {"acquire", "release"}, set(), lambda seen: not any((*seen.taken("acquire"), *seen.taken("release")))),
    ("fetch-and-add", {"fetch_and_add"}, {"read"}, _always),
    ("set", {"remove", "contains"}, {"add", "read"}, _always),
    ("counter", {"increment", "decrement"}, {"add", "read"}, _always),
    ("counter", {"add"}, {"read"}, _is_count),
    ("set-full", {"broadcast"}, {"read"}, _always),
    ("kafka", {"send", "poll"}, {"txn", "assign", "subscribe", "crash", "debug_topic_partitions"}, _always),
)
"""Models: the operations of which there is one at least, others that there may be, and what else must be so."""

_ALIKE: Final[Mapping[str, tuple[str, ...]]] = {"queue": ("total-queue",), "counter": (), "kv": ()}
"""Models that have the operations of a guessed one and ask for less."""


def guessed_model(history: History) -> str | None:
    """The only model that can be meant by the operations of a history and their values, if there is one."""
    names = {operation.name for operation in history.operations}
    if names == {"txn"}:
        kinds = _kinds(history)
        return kinds if kinds is not None else None
    seen = _Seen(history.operations)
    found = {
        model: None
        for model, some, others, fits in _RULES
        if names & some and names <= some | others and fits(seen)
    }
    return next(iter(found)) if len(found) == 1 else None


def _kinds(history: History) -> str | None:
    """The model of transactions by the kinds of their steps."""
    kinds: set[str] = set()
    for operation in history.operations:
        for step in operation.argument if isinstance(operation.argument, tuple) else ():
            kinds.add(str(step[0]).removeprefix(":") if isinstance(step, tuple) and step else "")
    if kinds <= {"r", "append"} and "append" in kinds:
        return "list-append"
    if kinds <= {"r", "w"}:
        return "rw-register"
    if kinds <= {"send", "poll"}:
        return "kafka"
    return "multi-register" if kinds <= {"read", "write"} else None


def alike(model: str) -> tuple[str, ...]:
    """Other models that have the operations of one that was guessed."""
    return _ALIKE.get(model, ())


def candidates(history: History) -> tuple[str, ...]:
    """The models that have all operations of a history, whatever the values are."""
    names = {operation.name for operation in history.operations}
    if names == {"txn"}:
        return (*TRANSACTIONS, "multi-register")
    objects = [name for name in OBJECTS if names <= set(object_named(name).operations)]
    return (*objects, *(name for name, (_, operations) in CHECKERS.items() if names <= set(operations)))
