"""`fair` and `strongly_fair`: what must happen. The marks stand on actions, beside what `@action` says.

*Weak* fairness of an action: it does not stay enabled for ever without being taken. *Strong* fairness: it is not enabled
again and again without being taken. (Lamport, "The Temporal Logic of Actions", 1994, section 5.4; a step that changes
nothing is no step.) An action that is marked nowhere may be put off for ever, and so may every fault.

The mark is kept in the class, by the action's name, and not on the function: a subclass that writes the action anew keeps
its fairness, and one that adds fairness keeps the action that it inherits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, overload

from attrs import evolve, frozen

from modelcheck.errors import SpecError, UsageError
from modelcheck.spec.declare import MARK, Role, Undeclared, line_above

if TYPE_CHECKING:
    from modelcheck.spec.declaration import Declaration
    from modelcheck.spec.machine import Machine

F = TypeVar("F", bound=Callable[..., Any])
TABLE = "__modelcheck_fairness__"


class Strength(Enum):
    """How an action is fair."""

    NONE = "none"
    WEAK = "weak"
    STRONG = "strong"


@frozen
class Fairness:
    """What is said of an action.

    Attributes:
        strength: How fair it is.
        each: Whether for every combination of arguments by itself, whatever is chosen inside; otherwise the action is fair as a whole: one
            combination after another may be left out for ever as long as some are taken.
    """

    strength: Strength = Strength.NONE
    each: bool = True

    def __str__(self) -> str:
        """In words: ``fair``, ``strongly fair``, ``fair as a whole``, ``not fair``."""
        word = {Strength.NONE: "not fair", Strength.WEAK: "fair", Strength.STRONG: "strongly fair"}[self.strength]
        return word if self.each or self.strength is Strength.NONE else f"{word} as a whole"


UNFAIR = Fairness()
"""That of an action of which nothing is said."""


@frozen
class Marked:
    """An entry of a class's table: the fairness of an action, and where that is written."""

    fairness: Fairness
    place: str


class Unsettled(Undeclared):
    """A fairness that waits for the class in which it stands. A class that still has one when it is run says what it cannot mean."""

    below = "Write @fair above @action."

    def __init__(self, target: Any, marked: Marked) -> None:
        self.marked = marked
        self._target = target

    @property
    def name(self) -> str:
        """Of the method that it was written about."""
        return str(getattr(self._target, "__name__", "") or getattr(self._target, "declares", ""))

    def __set_name__(self, owner: type, name: str) -> None:
        """Put the fairness into the class's table, and the method where it was, or nothing if the class inherits it."""
        if isinstance(self._target, Undeclared):  # What @action without domains gives.
            self._target.__set_name__(owner, name)  # type: ignore[attr-defined]
        elif name != self.name:
            return  # The machine says so: an error here would come out as one of Python's.
        elif _is_written_in(self._target, owner):
            setattr(owner, name, self._target)
        else:
            delattr(owner, name)
        table: dict[str, Marked] = owner.__dict__.get(TABLE, {})
        setattr(owner, TABLE, {**table, name: self.marked})


def _is_written_in(function: Any, owner: type) -> bool:
    """Whether a class's body writes a function, or only names one that it has from elsewhere."""
    if any(function is base.__dict__.get(function.__name__) for base in owner.__mro__[1:]):
        return False
    writer = function.__qualname__.rpartition(".")[0]
    return writer == owner.__qualname__ or not writer or writer.endswith("<locals>")


def fairness_under(action: Declaration, assumed: Mapping[str, Strength]) -> Fairness:
    """The fairness of an action where some is assumed that the spec does not say."""
    given = assumed.get(action.name)
    return action.fairness if given is None else evolve(action.fairness, strength=given)


def assumed(machine: Machine, given: Mapping[str, Strength | str]) -> dict[str, Strength]:
    """How fair actions are assumed to be, in place of what a spec says.

    Args:
        machine: The spec.
        given: The strength for each action, or the word for it: ``none``, ``weak`` or ``strong``.

    Raises:
        UsageError: if there is no such action, no such strength, or the action is a fault.
    """
    found = {}
    for name, word in given.items():
        action = machine.find(name, machine.actions)
        words = [strength.value for strength in Strength]
        if not isinstance(word, Strength) and word not in words:
            raise UsageError(f"{name} is assumed to be fair as {word!r}", remedy=f"Fairness is one of {', '.join(words)}.")
        strength = Strength(word)
        if strength is not Strength.NONE and action.is_fault:
            raise UsageError(
                f"{action.name} is a fault, and cannot be fair: that would say that it must happen",
                remedy="Let the action that recovers or receives be fair.",
            )
        found[action.name] = strength
    return found


def fairness_of(cls: type, name: str) -> Fairness:
    """What a class says of the fairness of an action: itself, or the first of its bases that says something."""
    for base in cls.__mro__:
        if name in (table := base.__dict__.get(TABLE, {})):
            found: Marked = table[name]
            return found.fairness
    return UNFAIR


def check_marks(cls: type, actions: set[str], faults: frozenset[str]) -> None:
    """Refuse fairness of what is no action, or is a fault.

    Args:
        cls: The class whose table, and those of its bases, are looked at.
        actions: The names of its actions.
        faults: Those that are not to be made to happen.

    Raises:
        SpecError: if it is said of something else.
    """
    for base in cls.__mro__:
        left = [value for value in base.__dict__.values() if isinstance(value, Unsettled)]
        for value in left:
            raise SpecError(
                f"the fairness of {value.name} stands under another name",
                place=value.marked.place,
                remedy=f"Write {value.name} = fair(...), with the name of the action.",
            )
        for name, marked in base.__dict__.get(TABLE, {}).items():
            if name not in actions:
                raise _not_an_action(name, marked.place)
            if name in faults:
                raise SpecError(
                    f"{name} is a fault, and cannot be fair: that would say that it must happen",
                    place=marked.place,
                    remedy="Let the action that recovers or receives be fair.",
                )


def _not_an_action(name: str, place: str) -> SpecError:
    return SpecError(
        f"{name} is no action, and only actions can be fair", place=place, remedy="Write @fair above @action."
    )


class _FairnessDecorator(Protocol):
    @overload
    def __call__(self, action: F, /) -> F: ...
    @overload
    def __call__(self, /, *, each: bool) -> Callable[[F], F]: ...


def _decorator(strength: Strength, text: str) -> Any:
    def declare(action: Any = None, /, *, each: bool = True) -> Any:
        marked = Marked(Fairness(strength, each), line_above())

        def written(target: Any) -> Any:
            name = (
                getattr(target, "__name__", None)
                or getattr(target, "declares", None)
                or getattr(target, "name", target)
            )
            if isinstance(target, Unsettled):
                raise SpecError(f"{name} is marked as fair twice", place=marked.place, remedy="Keep one of the two.")
            mark = target.mark if isinstance(target, Undeclared) else getattr(target, MARK, None)
            if not callable(target) or isinstance(target, type) or (mark is not None and mark.role is not Role.ACTION):
                raise _not_an_action(str(name), marked.place)
            return Unsettled(target, marked)

        return written if action is None else written(action)

    declare.__name__ = declare.__qualname__ = "fair" if strength is Strength.WEAK else "strongly_fair"
    declare.__doc__ = text
    return declare


fair: _FairnessDecorator = _decorator(
    Strength.WEAK,
    "Above ``@action``: it does not stay enabled for ever without being taken. ``use = fair(Base.use)`` in a subclass says so of what it inherits.",
)
strongly_fair: _FairnessDecorator = _decorator(
    Strength.STRONG, "Above ``@action``: it is not enabled again and again without being taken."
)
