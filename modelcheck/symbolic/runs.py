"""One run of a piece of the spec's code: what it decides, and how it ends."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Protocol

import z3
from attrs import define, field, frozen

from modelcheck.spec.choice import Disabled, StrayError, choosing, is_stray, present
from modelcheck.spec.run import user_place
from modelcheck.symbolic.present import too_deep
from modelcheck.symbolic.terms import UnsupportedError, conj


class InfeasibleError(BaseException):
    """Ends a run on a path that no state takes."""


class KeptError(BaseException):
    """Ends a run after the last option whose ways are not kept from an earlier round."""


@frozen
class Outcome:
    """How one path ended.

    Attributes:
        condition: When it is taken.
        value: What the code returned.
        error: What it raised instead.
    """

    condition: z3.BoolRef
    value: Any = None
    error: Exception | None = None


class Keeper(Protocol):
    """What keeps the ways through code from one exploration of it to the next, by the choice that the code begins with."""

    def enter(self, option: Hashable) -> bool:
        """Say which option the present run takes; False if its ways are kept."""

    def note(self, outcome: Outcome | None) -> None:
        """Say how the present run ended."""


@define
class Decision:
    """What a run decided.

    Attributes:
        options: What is possible.
        taken: Which of these the present run takes.
    """

    options: list[Any]
    taken: int = 0


@define
class Frame:
    """One exploration under way: the decisions of the present run.

    Attributes:
        decisions: What was decided, and the options.
        sealed: Whether the code must have no effect that lasts.
        alone: Whether nothing that the code can change is seen by anybody else, but for the state.
        acts: Whether the code is that of an action which a property asks where it leads: it may choose.
        at: The next decision.
        assumed: The conditions taken.
        broken: Whether the run was about to have an effect, and was not allowed to.
    """

    decisions: list[Decision]
    sealed: bool
    alone: bool
    acts: bool = False
    keeper: Keeper | None = None
    at: int = 0
    broken: bool = False
    assumed: list[z3.BoolRef] = field(factory=list)


def watched(code: Callable[[], Any], frame: Frame) -> Outcome | None:
    """How a run ends, which is ended from outside if it does not end by itself."""
    with choosing(present.chooser):
        return ended(code, frame)


def placed(error: UnsupportedError) -> UnsupportedError:
    """The same error, with the line of the spec where it was raised."""
    error.place = error.place or user_place(error)
    return error


def ended(code: Callable[[], Any], frame: Frame) -> Outcome | None:
    """How a run ends; None if it is not enabled."""
    try:
        value = code()
    except (Disabled, InfeasibleError):
        return None
    except UnsupportedError as error:
        raise placed(error) from error.__cause__
    except RecursionError as error:
        refused = too_deep()
        refused.place = user_place(error)
        raise refused from error
    except Exception as error:  # noqa: BLE001 - the spec's code may raise anything.
        return Outcome(conj(*frame.assumed), error=error)
    except BaseException as error:
        if not is_stray(error):
            raise
        return Outcome(conj(*frame.assumed), error=StrayError(error).with_traceback(error.__traceback__))
    return Outcome(conj(*frame.assumed), value)


def enter(keeper: Keeper, decision: Decision, key: Callable[[Any], Hashable]) -> None:
    """Go on to the next option whose ways are not kept."""
    while not keeper.enter(key(decision.options[decision.taken])):
        if decision.taken + 1 == len(decision.options):
            raise KeptError
        decision.taken += 1


def following(decisions: list[Decision]) -> list[Decision] | None:
    """The decisions of the next run; None after the last."""
    while decisions and decisions[-1].taken + 1 == len(decisions[-1].options):
        decisions.pop()
    if not decisions:
        return None
    decisions[-1].taken += 1
    return decisions
