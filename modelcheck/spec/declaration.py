"""Actions and properties as a machine knows them: what was declared, where, and how it is run on a live state."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from types import FunctionType
from typing import Any

from attrs import frozen

from modelcheck.errors import SpecError
from modelcheck.spec.choice import Disabled, choose, present
from modelcheck.spec.code import code_of
from modelcheck.spec.declare import Mark, Role, decorator_of
from modelcheck.spec.fairness import UNFAIR, Fairness
from modelcheck.spec.run import truth
from modelcheck.values import show


@frozen
class Owner:
    """The part that a declaration belongs to, by its place in the state.

    Attributes:
        path: The place as Python text, for example ``box[0]`` or ``node.inbox``.
        ways: From the state to the part: each the name of an attribute, or a key of a dict in a tuple of its own.
    """

    path: str
    ways: tuple[Any, ...]

    def within(self, live: Any) -> Any:
        """The part in a live state."""
        for way in self.ways:
            live = live[way[0]] if isinstance(way, tuple) else getattr(live, way)
        return live


@frozen(eq=False)
class Declaration:
    """An action or property of a machine.

    Attributes:
        name: As it is shown: ``rm_prepare``, or ``network.lose`` and ``box[0].lose`` for those that parts bring.
        role: What it is.
        owner: The part it belongs to, or ``None`` for the spec itself.
        method: The name of the method.
        function: The method's function, as the most derived class writes it.
        domains: Where each parameter ranges.
        parameters: The names of the parameters.
        lemma: Whether it is an invariant that is there to prove others.
        fairness: Of an action: whether it must be taken.
        is_fault: Whether it is a failure that a part brings, which may happen and never must.
    """

    name: str
    role: Role
    owner: Owner | None
    method: str
    function: FunctionType
    domains: tuple[Any, ...]
    parameters: tuple[str, ...]
    lemma: bool = False
    fairness: Fairness = UNFAIR
    is_fault: bool = False

    @cached_property
    def title(self) -> str:
        """What it is called in messages: ``the action rm_prepare``."""
        return f"the {self.role.noun} {self.name}"

    @property
    def place(self) -> str:
        """Where it is written, as ``file:line``."""
        return f"{code_of(self.function).co_filename}:{code_of(self.function).co_firstlineno}"

    @property
    def summary(self) -> str:
        """The first line of its docstring, or nothing."""
        return (inspect.getdoc(self.function) or "").split("\n")[0]

    def choose_arguments(self, live: Any) -> dict[str, Any]:
        """Choose a value for each parameter, on a live state."""
        subject = self.subject(live)
        arguments: dict[str, Any] = {}
        for name, domain in zip(self.parameters, self.domains, strict=True):
            options = _options(domain, subject, list(arguments.values()))
            if isinstance(options, str) or not (isinstance(options, Iterable) or hasattr(type(options), "__choose__")):
                raise self._no_domain(name, domain, options)
            arguments[name] = choose(options)
        return arguments

    def _no_domain(self, name: str, domain: Any, options: Any) -> SpecError:
        by_method = isinstance(domain, FunctionType)
        remedy = "Is a `return` missing?" if by_method and options is None else None
        if not by_method:
            remedy = "Name the method itself, without quotes, or give a collection, a range or an enum."
        came = f", which {domain.__name__} returned" if by_method else ""
        return SpecError(
            f"{self.title} takes {name} from {show(options)}{came}: that is no collection of values",
            place=self.place,
            remedy=remedy,
        )

    def run(self, live: Any, arguments: Mapping[str, Any], *after: Any) -> Any:
        """Run the method on a live state (a step property: and on the state after it); returns what it returns."""
        result = getattr(self.subject(live), self.method)(*map(self.subject, after), *arguments.values())
        if result is not None and self.role is Role.ACTION:
            raise SpecError(
                f"{self.title} returned {show(result)}, and an action returns nothing",
                place=self.place,
                remedy="A condition without which it is not enabled is written require(...).",
            )
        return result

    def holds(self, live: Any, arguments: Mapping[str, Any], *after: Any) -> bool:
        """Run a property: whether it is true. A failed ``assert`` is false."""
        try:
            result = self.run(live, arguments, *after)
        except AssertionError:
            return False
        except Disabled:
            # The instance would be neither true nor false, and a property that says nothing would pass.
            remedy = "Return a truth value, or use assert; a parameter ranges over a domain."
            raise SpecError(
                f"{self.title} ended in require(), bound() or an empty choose()", place=self.place, remedy=remedy
            ) from None
        return truth(result, self.function, self.title)

    def pair(self, live: Any, arguments: Mapping[str, Any]) -> tuple[bool, bool]:
        """Run a liveness property: its premise and its goal in a state. Only ``@leads_to`` has a premise that can be false."""
        before = present.chooser
        present.chooser = _NoChoice(self)
        try:
            result = self.run(live, arguments)
        except (AssertionError, Disabled) as error:
            word = "an assert" if isinstance(error, AssertionError) else "require(), bound() or an empty choose()"
            raise self._no_answer(f"ended in {word}") from None
        finally:
            present.chooser = before
        if self.role is not Role.LEADS_TO:
            if result is None:
                raise self._no_answer("returned None")
            return True, truth(result, self.function, self.title)
        if not isinstance(result, tuple) or len(result) != len(("premise", "goal")):
            raise SpecError(
                f"{self.title} returned {show(result)}, and not a pair",
                place=self.place,
                remedy="Return premise, goal: `return self.waiting[i], self.served[i]`.",
            )
        for name, part in zip(("premise", "goal"), result, strict=True):
            if part is None:
                raise self._no_answer(f"returned None as its {name}")
        premise, goal = (truth(part, self.function, self.title) for part in result)
        return premise, goal

    def _no_answer(self, what: str) -> SpecError:
        return SpecError(
            f"{self.title} {what}",
            place=self.place,
            remedy="Return a truth value in every state: what is to happen is false until it does, and that is no mistake.",
        )

    def subject(self, live: Any) -> Any:
        """The object whose method it is: the live state, or a part in it."""
        return live if self.owner is None else self.owner.within(live)


@frozen
class _NoChoice:
    """Refuses a choice inside a liveness property: whether all or one of the options is meant cannot be known."""

    declared: Declaration

    def pick(self, _options: Iterable[Any]) -> Any:
        raise SpecError(
            f"{self.declared.title} calls choose()",
            place=self.declared.place,
            remedy="Give it a parameter with a domain, for all of which it is asked; or write any(...) or all(...).",
        )


def _options(domain: Any, subject: Any, arguments: list[Any]) -> Any:
    if not isinstance(domain, FunctionType):
        return domain
    function = _overridden(domain, type(subject))
    takes = code_of(function).co_argcount - 1
    return function(subject, *arguments[:takes])


def _overridden(domain: FunctionType, cls: type) -> FunctionType:
    """A domain as a subclass may have written it anew; a function that is no method of the class is itself."""
    if not any(base.__dict__.get(domain.__name__) is domain for base in cls.__mro__):
        return domain
    found = getattr(cls, domain.__name__)
    return found if isinstance(found, FunctionType) else domain


def declaration(
    owner: Owner | None, name: str, mark: Mark, function: Callable[..., Any], fairness: Fairness, *, is_fault: bool = False
) -> Declaration:
    """The declaration that a decorator left on a method.

    Args:
        owner: The part it belongs to, or None for the spec itself.
        name: The method's name.
        mark: What the decorator wrote.
        function: The method, as the most derived class writes it.
        fairness: What the class says of the fairness of an action.
        is_fault: Whether the part says that the action is a failure.

    Raises:
        SpecError: if it is no ordinary method, or its parameters do not fit its domains.
    """
    assert isinstance(function, FunctionType)
    extra = 2 if mark.role is Role.STEP else 1
    taken = tuple(inspect.signature(function).parameters)
    parameters = taken[extra:]
    shown = f"{owner.path}.{name}" if owner else name
    made = Declaration(shown, mark.role, owner, name, function, mark.domains, parameters, mark.lemma, fairness, is_fault)
    _check_method(made, len(taken) < extra)
    if len(parameters) != len(mark.domains):
        raise _other_domains(made)
    return made


def _check_method(made: Declaration, lacks_state: bool) -> None:
    function = made.function
    if (
        inspect.isgeneratorfunction(function)
        or inspect.iscoroutinefunction(function)
        or inspect.isasyncgenfunction(function)
    ):
        raise SpecError(
            f"{made.title} is a generator or a coroutine, which does nothing when it is called",
            place=made.place,
            remedy="Remove yield, await and async; a step is taken all at once.",
        )
    if getattr(function, "__isabstractmethod__", False):
        raise SpecError(
            f"{made.title} is abstract",
            place=made.place,
            remedy="Check a class that derives from this one and defines it.",
        )
    if lacks_state:
        wanted = "self, after" if made.role is Role.STEP else "self"
        raise SpecError(
            f"{made.title} lacks the parameter {wanted.rpartition(', ')[2]}",
            place=made.place,
            remedy=f"Write def {made.method}({wanted}).",
        )


def _other_domains(made: Declaration) -> SpecError:
    """The error for another number of domains than of parameters."""
    some = (
        f"the parameters {', '.join(made.parameters)}"
        if len(made.parameters) > 1
        else f"the parameter {''.join(made.parameters)}"
        if made.parameters
        else "no parameters"
    )
    domains = f"{len(made.domains) or 'no'} {'domain' if len(made.domains) == 1 else 'domains'}"
    example = "self, after, i" if made.role is Role.STEP else "self, i"
    return SpecError(
        f"{made.title} has {some} and {domains}",
        place=made.place,
        remedy=f"Give one domain per parameter: @{decorator_of(made.role)}(servers) above def {made.method}({example}).",
    )
