"""What the operations of an object take and give, as far as a recording can be wrong about it.

Stores acknowledge: a write that is done answers ``"OK"``, ``true``, the value written, or nothing. All of these say the
same. Any other answer says something that the object does not know of, such as that the write was refused, and is an
error with the place where it was recorded, as is an argument of another form.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve, frozen

from modelcheck.consistency._equality import same
from modelcheck.consistency.objects._forms import first_unusual
from modelcheck.consistency.objects.sequential import UNKNOWN, SequentialObject
from modelcheck.errors import HistoryError

if TYPE_CHECKING:
    from modelcheck.consistency.history import History, Operation


class Takes(IntEnum):
    """The form of an argument."""

    ANYTHING = 0
    NOTHING = 1
    PAIR = 2
    NUMBER = 3
    NUMBER_OR_NOTHING = 4
    KEYED = 5
    """A pair of a key and an argument of another form."""
    STEPS = 6
    """Reads and writes of a transaction."""
    ORDERED = 7
    """What can be compared with ``<`` with all others."""
    ENDING = 8
    """A pair of a key and a text or a list, which lengthens what is there."""


class Gives(IntEnum):
    """The form of a result."""

    ANYTHING = 0
    DONE = 1
    """Nothing, or an acknowledgement."""
    TRUTH = 2
    """True or False."""
    SUCCESS = 3
    """True or False, or an acknowledgement, which says True."""


_TAKES: Final = {
    Takes.NOTHING: "no argument",
    Takes.PAIR: "a pair as its argument",
    Takes.NUMBER: "a number as its argument",
    Takes.NUMBER_OR_NOTHING: "a number as its argument, or none",
    Takes.KEYED: "a pair of a key and its own argument",
    Takes.ENDING: "a pair of a key and a text or a list",
    Takes.ORDERED: "what is less or greater than other elements",
}
_GIVES: Final = {
    Gives.DONE: 'nothing but an acknowledgement (null, true, "ok" or what it was given)',
    Gives.TRUTH: "true or false",
    Gives.SUCCESS: "true, false or an acknowledgement",
}
STEPS: Final = {
    **dict.fromkeys(("r", "read", ":r", ":read"), "r"),
    **dict.fromkeys(("w", "write", ":w", ":write"), "w"),
}
"""The names of the steps of a transaction on registers."""

_EMPTY: Final[tuple[Any, ...]] = (None, (), "", frozenset())
_WORDS: Final = ("ok", "success", "done", "stored")


@frozen
class Form:
    """What an operation takes and gives."""

    takes: Takes = Takes.ANYTHING
    gives: Gives = Gives.ANYTHING


def conforming(history: History, object_: SequentialObject) -> History:
    """The history with the results that its object knows.

    Raises:
        HistoryError: An argument or a result has not the form that the object's operations have.
    """
    forms = object_.forms
    codes = {name: (int(form.takes), int(form.gives)) for name, form in forms.items()}
    first = first_unusual(history.operations, codes) if codes else -1
    if first < 0:
        return history
    known = [_conforming(o, forms[o.name], object_) if o.name in forms else o for o in history.operations[first:]]
    _check_order(history.operations, object_)
    return evolve(history, operations=(*history.operations[:first], *known))


def _conforming(operation: Operation, form: Form, object_: SequentialObject) -> Operation:
    argument, result = operation.argument, operation.result
    if form.takes is Takes.NOTHING and argument is not None and argument in _EMPTY:
        argument = None
    if form.takes is Takes.STEPS:
        argument = _steps(operation, object_)
    if not _fits(form.takes, argument):
        raise _error(operation, object_, f"takes {_TAKES[form.takes]}, and not {argument!r}")
    if result is not UNKNOWN and form.gives is not Gives.ANYTHING:
        result = _result(form.gives, argument, result)
        if result is _NONE_OF_ITS_OWN:
            raise _error(operation, object_, f"gives {_GIVES[form.gives]}, and not {operation.result!r}")
    if argument is operation.argument and result is operation.result:
        return operation
    return evolve(operation, argument=argument, result=result)


def _fits(takes: Takes, argument: Any) -> bool:
    is_number = isinstance(argument, int | float) and not isinstance(argument, bool)
    match takes:
        case Takes.NOTHING:
            return argument is None
        case Takes.PAIR | Takes.KEYED:
            return isinstance(argument, tuple) and len(argument) == len(("one", "other"))
        case Takes.ENDING:
            return isinstance(argument, tuple) and len(argument) == len(("key", "end")) and isinstance(argument[1], str | tuple)
        case Takes.NUMBER:
            return is_number
        case Takes.NUMBER_OR_NOTHING:
            return is_number or argument is None
        case Takes.ORDERED:
            return argument is not None and argument == argument  # noqa: PLR0124 - nan is not.
    return True


def _steps(operation: Operation, object_: SequentialObject) -> tuple[tuple[str, Any, Any], ...]:
    """The steps of a transaction; what one that was lost read is not known, nor what is left out."""
    given = operation.argument
    if not isinstance(given, tuple | list):
        raise _error(operation, object_, f"takes steps such as ('r', key, value), and not {given!r}")
    steps = []
    for step in given:
        kind = STEPS.get(step[0]) if isinstance(step, tuple | list) and step and isinstance(step[0], str) else None
        if kind is None or not len(("kind", "key")) <= len(step) <= len(("kind", "key", "value")):
            raise _error(operation, object_, f"has a step that is no read ('r') or write ('w') of a key: {step!r}")
        if kind == "w" and len(step) < len(("kind", "key", "value")):
            raise _error(operation, object_, f"has a write without a value: {step!r}")
        told = len(step) == len(("kind", "key", "value")) and (kind == "w" or operation.finish is not None)
        steps.append((kind, step[1], step[2] if told else UNKNOWN))
    return tuple(steps)


def _check_order(operations: Sequence[Operation], object_: SequentialObject) -> None:
    """Elements that are to be in order can be compared."""
    names = {name for name, form in object_.forms.items() if form.takes is Takes.ORDERED}
    elements = [o for o in operations if o.name in names]
    for before, after in pairwise(elements):
        try:
            before.argument < after.argument  # noqa: B015 - whether it can be asked is the question.
        except TypeError:
            kinds = f"{type(before.argument).__name__} and {type(after.argument).__name__}"
            raise _error(after, object_, f"cannot order {before.argument!r} and {after.argument!r}: {kinds}") from None


_NONE_OF_ITS_OWN: Final = object()


def _result(gives: Gives, argument: Any, result: Any) -> Any:
    if gives is not Gives.DONE and isinstance(result, bool):
        return result
    if gives is Gives.TRUTH or not _acknowledges(result, argument):
        return _NONE_OF_ITS_OWN
    return None if gives is Gives.DONE else True


def _acknowledges(result: Any, argument: Any) -> bool:
    """Whether a result says no more than that something is done."""
    if result is None or result is True:
        return True
    if isinstance(result, str):
        return result.removeprefix(":").lower() in _WORDS or same(result, argument)
    echoes = (argument, argument[-1]) if isinstance(argument, tuple) and argument else (argument,)
    return any(same(result, echo) for echo in echoes)


def _error(operation: Operation, object_: SequentialObject, words: str) -> HistoryError:
    return HistoryError(
        f"{operation.name} of {object_.name!r} {words}",
        place=operation.place,
        remedy="Is this the right object for the history? An operation that had no effect is recorded as failed.",
    )
