"""Specs that are meant to fail: mutants, and protocols that break where the literature says so.

``@fails("consistent", steps=5)`` above a class claims that the property is false of it, and that the shortest run to a violation has so many steps.
The claim is about this class with its default constants, and a class derived from it does not inherit it: what mends a protocol is written as a
subclass.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from attrs import frozen

from modelcheck.errors import UsageError
from modelcheck.limits.given import whole
from modelcheck.spec.spec import Spec, machine_constants

_CLAIMS = "_meant_to_fail"
_MOST_STEPS = 2**31

S = TypeVar("S", bound=type[Spec])


@frozen
class Failure:
    """A property that is meant to be false.

    Attributes:
        property: Its name; ``deadlock`` for the absence of deadlocks.
        steps: The length of the shortest run that shows it; None for a reachable property, of which there is no run to show.
    """

    property: str
    steps: int | None


def fails(name: str, *, steps: int | None = None) -> Callable[[S], S]:
    """Say that a spec is meant to fail: it passes where this property is violated, and no other is sooner.

    Args:
        name: The property; ``deadlock`` is one.
        steps: The length of the shortest counterexample; left out for a reachable property, which has none.

    Raises:
        UsageError: if that is no number of steps, or no spec is decorated.

    >>> from modelcheck import Spec, action, fails, invariant
    >>> @fails("small", steps=3)
    ... class Growing(Spec):
    ...     def init(self) -> None:
    ...         self.n = 0
    ...     @action
    ...     def grow(self) -> None:
    ...         self.n += 1
    ...     @invariant
    ...     def small(self) -> bool:
    ...         return self.n < 3
    """
    if steps is not None:
        whole("steps", steps, 0, _MOST_STEPS)

    def decorated(cls: S) -> S:
        if not (isinstance(cls, type) and issubclass(cls, Spec)):
            raise UsageError(f"@fails is put above a spec class, not {cls!r}", remedy='Write @fails("property", steps=5) above `class ...(Spec):`.')
        setattr(cls, _CLAIMS, (*vars(cls).get(_CLAIMS, ()), Failure(name, steps)))
        return cls

    return decorated


def meant_failures(cls: type[Spec]) -> tuple[Failure, ...]:
    """What a spec class itself claims of its failing, the decorator that stands first coming first."""
    found: tuple[Failure, ...] = vars(cls).get(_CLAIMS, ())
    return found[::-1]


def claims_of(spec: Spec) -> tuple[Failure, ...]:
    """The claims about a spec with its constants: those of its class if they are the defaults, none otherwise."""
    cls = type(spec)
    claimed = meant_failures(cls)
    return claimed if claimed and repr(machine_constants(spec)) == repr(machine_constants(cls())) else ()
