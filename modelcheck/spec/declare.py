"""The decorators with which a spec declares its actions and properties.

``@action`` alone, or ``@action(domain, ...)`` with one domain per parameter. A domain is a method of the same class
that returns an iterable (and may take the parameters before it), or an iterable itself, such as an enum. The decorated
function stays an ordinary function: it is marked, not wrapped, so editors, debuggers and ``super()`` see what was
written.

A decorator that got one function cannot know at once whether that function is the thing declared or a domain. It is a
domain if the result is called with another function, and the thing declared if the result ends up as an attribute of
the class.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from pathlib import Path
from types import FrameType, FunctionType
from typing import Any, Protocol, TypeVar, overload

from attrs import evolve, field, frozen

from modelcheck.errors import SpecError

S = TypeVar("S")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
R = TypeVar("R")
MARK = "__modelcheck__"
_PACKAGE = str(Path(__file__).parent) + os.sep


class Role(Enum):
    """What a declared method is to the spec."""

    ACTION = "action"
    INVARIANT = "invariant"
    STEP = "step property"
    REACHABLE = "reachable"
    REFINES = "refinement"
    EVENTUALLY = "eventually"
    ALWAYS_EVENTUALLY = "always eventually"
    EVENTUALLY_ALWAYS = "eventually always"
    LEADS_TO = "leads to"
    FAIRNESS = "fairness"
    CONSTRAINT = "constraint"
    TERMINAL = "terminal"

    @property
    def noun(self) -> str:
        """The word for such a method in messages."""
        if self in LIVENESS:
            return "liveness property"
        return {"reachable": "reachable property", "terminal": "terminal predicate"}.get(self.value, self.value)


STEPS = (Role.STEP, Role.REFINES)
"""Those that speak of a step, and of the states before and after it."""
LIVENESS = (Role.EVENTUALLY, Role.ALWAYS_EVENTUALLY, Role.EVENTUALLY_ALWAYS, Role.LEADS_TO)
"""Those that speak of what must happen, on runs that never end."""
RUNS = (*LIVENESS, Role.FAIRNESS)
"""Those that only a run that never ends can violate: beside these the fairness of a spec that is refined."""


@frozen
class Mark:
    """What a decorator wrote on a method.

    Attributes:
        role: What the method is.
        domains: Where each parameter ranges, in order.
        lemma: Whether it is an invariant that is there to prove others.
    """

    role: Role
    domains: tuple[Any, ...] = field(default=())
    lemma: bool = False


class Undeclared:
    """A declaration that waits for the method that it is about; a class that still has one says what it cannot mean.

    Attributes:
        below: What to do about one that stands where a plain method is wanted.
    """

    below = "Give a method one decorator; a domain is an ordinary method or an iterable."

    def __init__(self, mark: Mark) -> None:
        self.mark = mark

    def __call__(self, function: Any) -> Any:
        """Declare a method."""
        _refuse_second(self.mark.role, function)
        return _marked(function, self.mark)


class _Pending(Undeclared):
    """A declaration that got one function, and waits to learn what that function is."""

    def __init__(self, mark: Mark, function: Callable[..., Any]) -> None:
        super().__init__(mark)
        self._function = function

    def __call__(self, function: Any) -> Any:
        _refuse_second(self.mark.role, function)
        return _marked(function, evolve(self.mark, domains=(self._function,)))

    @property
    def declares(self) -> str:
        """The name of what it declares, if that is no domain."""
        return self._function.__name__

    def __set_name__(self, owner: type, name: str) -> None:
        setattr(owner, name, _marked(self._function, self.mark))


def _marked(function: Any, mark: Mark) -> Any:
    if not isinstance(function, FunctionType):
        raise SpecError(
            f"the {mark.role.noun} {getattr(function, '__name__', function)!s} is no ordinary method",
            place=line_above(),
            remedy=getattr(
                function, "below", "Decorate a function that is written with def, and put no other decorator below."
            ),
        )
    setattr(function, MARK, mark)
    return function


def _declare(role: Role, lemma: bool, *domains: Any) -> Any:
    for domain in domains:
        if isinstance(domain, Undeclared) or getattr(domain, MARK, None) is not None:
            raise SpecError(
                f"a domain of a parameter, or what @{decorator_of(role)} is written above, is a declared method itself",
                place=line_above(),
                remedy=domain.below if isinstance(domain, Undeclared) else Undeclared.below,
            )
    if len(domains) == 1 and isinstance(domains[0], FunctionType):
        _refuse_second(role, domains[0])
        return _Pending(Mark(role, (), lemma), domains[0])
    for domain in domains:
        if isinstance(domain, (staticmethod, classmethod, property)):
            raise SpecError(
                f"@{decorator_of(role)} stands above a {type(domain).__name__}",
                remedy="What is declared, and each domain, is an ordinary method: def name(self, ...).",
            )
    kept = tuple(tuple(domain) if isinstance(domain, Iterator) else domain for domain in domains)
    return Undeclared(Mark(role, kept, lemma))


def decorator_of(role: Role) -> str:
    """The name of the decorator that declares such a method."""
    return "step_property" if role is Role.STEP else role.name.lower()


def _refuse_second(role: Role, function: Any) -> None:
    """Python silently forgets the first of two methods of one name, and without an action all may seem well."""
    first = _user_frame().f_locals.get(getattr(function, "__name__", ""))
    if first is not function and (isinstance(first, Undeclared) or getattr(first, MARK, None) is not None):
        raise SpecError(
            f"the {role.noun} {function.__name__} is written a second time in the same class",
            place=line_above(),
            remedy="Rename one of the two.",
        )


def line_above() -> str:
    """Where a decorator was used."""
    frame = _user_frame()
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


def _user_frame() -> FrameType:
    """The innermost frame outside of this package, which is the body of a class."""
    frame = sys._getframe()
    while frame.f_code.co_filename.startswith(_PACKAGE) and frame.f_back is not None:
        frame = frame.f_back
    return frame


class _ActionDecorator(Protocol):
    @overload
    def __call__(self, function: Callable[[S], None], /) -> Callable[[S], None]: ...
    @overload
    def __call__(self) -> Callable[[Callable[[S], None]], Callable[[S], None]]: ...
    @overload
    def __call__(
        self, first: Callable[[S], Iterable[A]] | Iterable[A], /
    ) -> Callable[[Callable[[S, A], None]], Callable[[S, A], None]]: ...
    @overload
    def __call__(
        self,
        first: Callable[[S], Iterable[A]] | Iterable[A],
        second: Callable[[S], Iterable[B]] | Callable[[S, A], Iterable[B]] | Iterable[B],
        /,
    ) -> Callable[[Callable[[S, A, B], None]], Callable[[S, A, B], None]]: ...
    @overload
    def __call__(
        self,
        first: Callable[[S], Iterable[A]] | Iterable[A],
        second: Callable[[S], Iterable[B]] | Callable[[S, A], Iterable[B]] | Iterable[B],
        third: Callable[[S], Iterable[C]] | Callable[[S, A, B], Iterable[C]] | Iterable[C],
        /,
    ) -> Callable[[Callable[[S, A, B, C], None]], Callable[[S, A, B, C], None]]: ...


class _PropertyDecorator(Protocol):
    @overload
    def __call__(self, function: Callable[[S], bool], /) -> Callable[[S], bool]: ...
    @overload
    def __call__(self, function: Callable[[S], None], /) -> Callable[[S], None]: ...
    @overload
    def __call__(
        self, first: Callable[[S], Iterable[A]] | Iterable[A], /
    ) -> Callable[[Callable[[S, A], bool | None]], Callable[[S, A], bool | None]]: ...
    @overload
    def __call__(
        self,
        first: Callable[[S], Iterable[A]] | Iterable[A],
        second: Callable[[S], Iterable[B]] | Callable[[S, A], Iterable[B]] | Iterable[B],
        /,
    ) -> Callable[[Callable[[S, A, B], bool | None]], Callable[[S, A, B], bool | None]]: ...
    @overload
    def __call__(
        self,
        first: Callable[[S], Iterable[A]] | Iterable[A],
        second: Callable[[S], Iterable[B]] | Callable[[S, A], Iterable[B]] | Iterable[B],
        third: Callable[[S], Iterable[C]] | Callable[[S, A, B], Iterable[C]] | Iterable[C],
        /,
    ) -> Callable[[Callable[[S, A, B, C], bool | None]], Callable[[S, A, B, C], bool | None]]: ...


class _StepDecorator(Protocol):
    @overload
    def __call__(self, function: Callable[[S, S], bool], /) -> Callable[[S, S], bool]: ...
    @overload
    def __call__(self, function: Callable[[S, S], None], /) -> Callable[[S, S], None]: ...
    @overload
    def __call__(
        self, first: Callable[[S], Iterable[A]] | Iterable[A], /
    ) -> Callable[[Callable[[S, S, A], bool | None]], Callable[[S, S, A], bool | None]]: ...
    @overload
    def __call__(
        self,
        first: Callable[[S], Iterable[A]] | Iterable[A],
        second: Callable[[S], Iterable[B]] | Callable[[S, A], Iterable[B]] | Iterable[B],
        /,
    ) -> Callable[[Callable[[S, S, A, B], bool | None]], Callable[[S, S, A, B], bool | None]]: ...


class _LivenessDecorator(Protocol):
    @overload
    def __call__(self, function: Callable[[S], bool], /) -> Callable[[S], bool]: ...
    @overload
    def __call__(
        self, first: Callable[[S], Iterable[A]] | Iterable[A], /
    ) -> Callable[[Callable[[S, A], bool]], Callable[[S, A], bool]]: ...
    @overload
    def __call__(
        self,
        first: Callable[[S], Iterable[A]] | Iterable[A],
        second: Callable[[S], Iterable[B]] | Callable[[S, A], Iterable[B]] | Iterable[B],
        /,
    ) -> Callable[[Callable[[S, A, B], bool]], Callable[[S, A, B], bool]]: ...
    @overload
    def __call__(
        self,
        first: Callable[[S], Iterable[A]] | Iterable[A],
        second: Callable[[S], Iterable[B]] | Callable[[S, A], Iterable[B]] | Iterable[B],
        third: Callable[[S], Iterable[C]] | Callable[[S, A, B], Iterable[C]] | Iterable[C],
        /,
    ) -> Callable[[Callable[[S, A, B, C], bool]], Callable[[S, A, B, C], bool]]: ...


class _LeadsToDecorator(Protocol):
    @overload
    def __call__(  # type: ignore[overload-overlap] # A pair is an iterable; the first that fits counts.
        self, function: Callable[[S], tuple[bool, bool]], /
    ) -> Callable[[S], tuple[bool, bool]]: ...
    @overload
    def __call__(
        self, first: Callable[[S], Iterable[A]] | Iterable[A], /
    ) -> Callable[[Callable[[S, A], tuple[bool, bool]]], Callable[[S, A], tuple[bool, bool]]]: ...
    @overload
    def __call__(
        self,
        first: Callable[[S], Iterable[A]] | Iterable[A],
        second: Callable[[S], Iterable[B]] | Callable[[S, A], Iterable[B]] | Iterable[B],
        /,
    ) -> Callable[[Callable[[S, A, B], tuple[bool, bool]]], Callable[[S, A, B], tuple[bool, bool]]]: ...
    @overload
    def __call__(
        self,
        first: Callable[[S], Iterable[A]] | Iterable[A],
        second: Callable[[S], Iterable[B]] | Callable[[S, A], Iterable[B]] | Iterable[B],
        third: Callable[[S], Iterable[C]] | Callable[[S, A, B], Iterable[C]] | Iterable[C],
        /,
    ) -> Callable[[Callable[[S, A, B, C], tuple[bool, bool]]], Callable[[S, A, B, C], tuple[bool, bool]]]: ...


def _decorator(role: Role, text: str, *, lemma: bool = False) -> Any:
    def declare(*domains: Any) -> Any:
        return _declare(role, lemma, *domains)

    name = "lemma" if lemma else "step_property" if role is Role.STEP else role.name.lower()
    declare.__name__ = declare.__qualname__ = name
    declare.__doc__ = text
    return declare


action: _ActionDecorator = _decorator(
    Role.ACTION,
    "A step that the system may take: ``@action``, or ``@action(domain, ...)`` with one domain per parameter.",
)
invariant: _PropertyDecorator = _decorator(
    Role.INVARIANT,
    "Holds in every reachable state, for all parameters. Returns a truth value, or uses ``assert`` and returns nothing.",
)
lemma: _PropertyDecorator = _decorator(
    Role.INVARIANT,
    "An invariant that is there to prove others by induction; the search checks it like any other.",
    lemma=True,
)
step_property: _StepDecorator = _decorator(
    Role.STEP,
    "Holds of every step: ``def name(self, after)`` with ``self`` the state before the step and ``after`` the one after it.",
)
reachable: _PropertyDecorator = _decorator(
    Role.REACHABLE, "Is true in at least one reachable state, for some parameters."
)
constraint: _PropertyDecorator = _decorator(
    Role.CONSTRAINT,
    "Bounds the exploration: a state of which it is false is neither stored nor counted, and the report says how many there were.",
)
terminal: _PropertyDecorator = _decorator(
    Role.TERMINAL, "Says of a state in which no action is enabled that it is a fine place to end, not a deadlock."
)
eventually: _LivenessDecorator = _decorator(
    Role.EVENTUALLY,
    "Is true at some time in every run, for all parameters. Runs are those that the fairness of the actions leaves.",
)
always_eventually: _LivenessDecorator = _decorator(
    Role.ALWAYS_EVENTUALLY, "Is true again and again in every run: whatever has happened, it will be true once more."
)
eventually_always: _LivenessDecorator = _decorator(
    Role.EVENTUALLY_ALWAYS, "From some time on is true for ever, in every run."
)
leads_to: _LeadsToDecorator = _decorator(
    Role.LEADS_TO,
    "Returns a pair, premise and goal: whenever the premise is true, the goal is true then or at some time later.",
)


def refines(function: Callable[[S], R], /) -> Callable[[S], R]:
    """A map to the state of a more abstract spec, of which every step is to be a step there or none.

    The method returns an object of that spec, made with its constants and filled as its ``init`` would fill it.
    """
    found: Callable[[S], R] = _marked(function, Mark(Role.REFINES))
    return found
