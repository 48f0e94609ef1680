"""Runs: an action or property executed once per way in which its choices can come out."""

from __future__ import annotations

import difflib
import dis
import os
import sys
import sysconfig
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from itertools import islice
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any, TypeVar

from modelcheck.errors import ModelcheckError, SpecError, UsageError
from modelcheck.spec.choice import Cut, Disabled, StrayError, choosing
from modelcheck.spec.code import code_of
from modelcheck.spec.shapes.stored import stored
from modelcheck.values import Bag, identity, ordered, show
from modelcheck.values.interchangeable import OpaqueError

T = TypeVar("T")
_PACKAGE = str(Path(__file__).resolve().parent.parent) + os.sep
FOREIGN = tuple({f"{sysconfig.get_paths()[key]}{os.sep}" for key in ("stdlib", "platstdlib", "purelib", "platlib")})
"""The folders of code that is not the user's."""


ESCAPING = (Exception, SystemExit)
"""What may come out of a spec's code by mistake. The end of the program is not for an action to bring about."""

MOST_OPTIONS = 1_000_000
MOST_NUMBERS = 1 << 24
"""The options of a range, which takes no room: as many as a state may have successors."""
MOST_CHOICES = 10_000


def options_of(options: Iterable[Any]) -> Sequence[Any]:
    """The distinct options in the order in which they are tried: sets in the total order, everything else as it comes.

    Raises:
        SpecError: if they cannot be iterated, or are not values.
    """
    if type(options) is range and 0 < len(options) <= MOST_NUMBERS:
        return options  # Distinct already, and not listed anew in each of as many runs.
    if isinstance(options, (Counter, Bag)):
        options = ordered(item for item, count in options.items() if count > 0)
    elif isinstance(options, (AbstractSet, Mapping)):
        options = ordered(options)
    try:
        found = [stored(option, "choose()") for option in islice(options, MOST_OPTIONS + 1)]
    except TypeError as error:
        raise SpecError(
            f"choose() needs an iterable of values and got {show(options)}: {error}",
            remedy="Give it a list, a range, a set or an enum: choose(range(3)).",
        ) from error
    if len(found) > MOST_OPTIONS:
        raise SpecError(
            f"a choice has more than {MOST_OPTIONS:,} options", remedy="Choose from a collection that ends, and is small."
        )
    return list({identity(option): option for option in found}.values())


def check_choices(made: int) -> None:
    """Refuse a run that never ends, such as a loop of choices.

    Raises:
        SpecError: if a run has made more choices than any sensible one.
    """
    if made >= MOST_CHOICES:
        remedy = "A loop of choices must end; let each round be a step of its own."
        raise SpecError(f"one run made {MOST_CHOICES:,} choices", remedy=remedy)


class ScriptedChooser:
    """Follows a script of option numbers, then takes the first option each time.

    Attributes:
        taken: ``(number of options, option taken)`` per choice so far.
        picked: The values taken.
    """

    def __init__(self, script: Sequence[int] = ()) -> None:
        self._script = script
        self.taken: list[tuple[int, int]] = []
        self.picked: list[Any] = []

    def pick(self, options: Iterable[Any]) -> Any:
        """See `modelcheck.spec.choice.Chooser`."""
        found = options_of(options)
        if not found:
            raise Disabled
        at = len(self.taken)
        check_choices(at)
        option = self._script[at] if at < len(self._script) else 0
        self.taken.append((len(found), option))
        self.picked.append(found[option])
        return found[option]


def refuse_bound() -> None:
    """Refuse a run of ``init`` that was cut: there is no step to cut.

    Raises:
        SpecError: always.
    """
    raise SpecError("init called bound(), which is for actions", remedy="Use require(...) in init.")


def all_runs(perform: Callable[[ScriptedChooser], T], cut: Callable[[], None] = lambda: None) -> Iterator[T]:
    """What ``perform`` returns for every way in which its choices can come out; runs that are not enabled give nothing.

    Args:
        perform: Makes one run.
        cut: Called after each run that was cut at a bound.
    """
    script: list[int] | None = []
    while script is not None:
        chooser = ScriptedChooser(script)
        results: list[T] = []
        was_cut = False
        with choosing(chooser), suppress(Disabled):
            try:
                results.append(perform(chooser))
            except Cut:
                was_cut = True
        if was_cut:
            cut()
        yield from results
        script = next_script(chooser.taken)


def next_script(taken: list[tuple[int, int]]) -> list[int] | None:
    """The script of the run after one that made these choices, each as (number of options, option taken); None after the last."""
    while taken and taken[-1][1] + 1 == taken[-1][0]:
        taken.pop()
    if not taken:
        return None
    return [*(option for _, option in taken[:-1]), taken[-1][1] + 1]


def user_place(error: BaseException) -> str | None:
    """``file:line`` of the innermost frame of an error that is the user's own."""
    found = user_frame(error)
    return None if found is None else found[1]


def user_frame(error: BaseException) -> tuple[str, str] | None:
    """The function that an error passed first of those that are the user's own, and ``file:line`` of the innermost.

    The user's own is what is not of this package, of the standard library or of an installed one; an error that met
    nothing of that kind is placed where it arose.
    """
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_ours(frame.filename)]
    named = [frame for frame in frames if not frame.filename.startswith("<")] or frames
    own = [frame for frame in named if not frame.filename.startswith(FOREIGN)] or named
    return (own[0].name, f"{own[-1].filename}:{own[-1].lineno}") if own else None


def is_users(filename: str) -> bool:
    """Whether code of this file is the user's own: not of this package, the standard library or an installed package."""
    return not _is_ours(filename) and not filename.startswith(("<", *FOREIGN))


def _is_ours(filename: str) -> bool:
    # Cython names its files as the build saw them.
    return filename.startswith(_PACKAGE) or filename.endswith(".pyx")


def as_spec_error(error: BaseException, what: str, place: str | None = None) -> ModelcheckError:
    """The error to show for an exception that escaped from a spec's code.

    Args:
        error: The exception.
        what: What raised it, for example ``the action start(i=0)``.
        place: Where that is written, for an exception that no line of the spec raised.
    """
    if isinstance(error, MemoryError):
        raise error  # Not the spec's mistake: a limit was reached.
    if isinstance(error, ModelcheckError):
        if error.place is None:
            error.place = user_place(error) or place
        return error
    if isinstance(error, StrayError):
        error = error.error
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return SpecError(f"{what} raised {text}", place=user_place(error) or place, remedy=_remedy(error, what))


def _remedy(error: BaseException, what: str) -> str | None:
    if isinstance(error, RecursionError):
        return "A function that calls itself must end, and a value must not be nested that deeply."
    if isinstance(error, OpaqueError):
        return "Use numbers for what has an order or a place; for names, say which are equal."
    if isinstance(error, AttributeError) and error.name and error.obj is not None:
        known = [name for name in dir(error.obj) if not name.startswith("_")]
        near = difflib.get_close_matches(error.name, known, n=1)
        if near:
            return f"Did you mean {near[0]!r}?"
        return _set_in_init(error.name, type(error.obj)) if hasattr(error.obj, "init") else None
    if what.startswith("the action"):
        return "If the action is not enabled in such a state, say so with require(...)."
    if what.startswith("init") or isinstance(error, (TypeError, AttributeError, NameError)):
        return None
    return "A property needs an answer in every reachable state."


def _set_in_init(name: str, cls: type) -> str:
    derived = sum("init" in base.__dict__ for base in cls.__mro__) > 2  # noqa: PLR2004 - that of Spec is one.
    return f"Set self.{name} in init{'; does it call super().init()?' if derived else '.'}"


def check_not_optimized() -> None:
    """Refuse to run under ``python -O``, where a property that asserts holds whatever is true.

    Raises:
        UsageError: if Python ignores assertions.
    """
    if sys.flags.optimize:
        raise UsageError(
            "Python ignores every assert under -O, so that properties which use it would hold",
            remedy="Run without -O, and without PYTHONOPTIMIZE in the environment.",
        )


def truth(result: Any, function: Callable[..., Any], what: str) -> bool:
    """What a property's return value says; a property that uses ``assert`` returns nothing and holds if it gets there.

    Raises:
        SpecError: if it returned nothing and asserts nothing, which is nearly always a forgotten ``return``.
    """
    if result is True or result is False:
        return bool(result)
    code = code_of(function)
    place = f"{code.co_filename}:{code.co_firstlineno}"
    if result is not None:
        if isinstance(result, (Iterator, FunctionType, MethodType, type)):
            raise SpecError(
                f"{what} returned {result!r}, which is true whatever the state",
                place=place,
                remedy="Call it, or wrap it in all(...) or any(...).",
            )
        return bool(result)
    if not asserts(function):
        raise SpecError(f"{what} returned None", place=place, remedy="Is a `return` missing?")
    return True


def asserts(function: Callable[..., Any]) -> bool:
    """Whether a function contains an ``assert``, or says with ``-> None`` that it means to return nothing."""
    if getattr(function, "__annotations__", {}).get("return", ...) in (None, "None"):
        return True
    return any(
        step.opname == "LOAD_ASSERTION_ERROR"
        or (step.opname == "LOAD_COMMON_CONSTANT" and step.argval is AssertionError)
        for step in dis.get_instructions(function)
    )
