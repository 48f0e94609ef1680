"""Limits, as a caller gives them: one spelling for all that takes time and memory."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from attrs import Attribute, field, frozen

from modelcheck.errors import UsageError

_WORD = 2**63


def whole(name: str, value: object, least: int, most: int | None = None) -> int:
    """A whole number within a range.

    Args:
        name: What it is called in the message.
        value: What was given.
        least: The least that can be meant.
        most: The greatest; None: there is none.

    Raises:
        UsageError: if it is no such number.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < least or (most is not None and value > most):
        allowed = f"at least {least}" if most is None else f"from {least} to {most}"
        raise UsageError(f"{name} is a whole number {allowed}, not {value!r}")
    return int(value)


def seconds(name: str, value: object) -> float:
    """A number of seconds.

    Raises:
        UsageError: if it is none: not a number, negative or without end.
    """
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not math.isfinite(value) or value < 0:
        raise UsageError(f"{name} is a number of seconds, at least 0, not {value!r}", remedy="Leave it out where there is to be no limit.")
    return value


def names(name: str, value: object) -> list[str] | None:
    """Several names, or None.

    Raises:
        UsageError: if it is anything else; a single text is not several names.
    """
    if value is None:
        return None
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise UsageError(f"{name} are several names, not {value!r}", remedy=f"Write {name}=[{value!r}]." if isinstance(value, str) else None)
    listed = list(value)
    for each in listed:
        if not isinstance(each, str):
            raise UsageError(f"{name} are names, and {each!r} is none")
    return listed


def callback(name: str, value: object) -> None:
    """Make sure that something can be called, or is None.

    Raises:
        UsageError: if it is not.
    """
    if value is not None and not callable(value):
        raise UsageError(f"{name} is a function, not {value!r}")


def _positive(_: Any, attribute: Attribute[Any], value: object) -> None:
    if value is not None:
        whole(f"Limits.{attribute.name}", value, 1, _WORD)


def _lasting(_: Any, attribute: Attribute[Any], value: object) -> None:
    if value is not None:
        seconds(f"Limits.{attribute.name}", value)


@frozen(kw_only=True)
class Limits:
    """When work is given up, with the verdict ``unknown``. None: no limit, or that of whoever takes it.

    >>> Limits(time_s=60, states=1_000_000)
    Limits(time_s=60, states=1000000, depth=None, memory_bytes=None)

    Attributes:
        time_s: Seconds of wall-clock time.
        states: Distinct states.
        depth: Breadth-first levels, the initial one included; the states of that level are still checked.
        memory_bytes: Bytes of the search's own structures, and bytes that the process grows by; by default most of what is free.

    Raises:
        UsageError: if a limit is no number, or out of its range.
    """

    time_s: float | None = field(default=None, validator=_lasting)
    states: int | None = field(default=None, validator=_positive)
    depth: int | None = field(default=None, validator=_positive)
    memory_bytes: int | None = field(default=None, validator=_positive)


NO_LIMITS = Limits()


def limits_given(limits: object, *, without: tuple[str, ...] = (), what: str = "") -> Limits:
    """The limits that a caller gave.

    Args:
        limits: What was given.
        without: The limits that mean nothing here.
        what: What has no such limits, for the message.

    Raises:
        UsageError: if these are no limits, or have one that means nothing.
    """
    if not isinstance(limits, Limits):
        raise UsageError(f"limits are given as Limits(...), not {limits!r}", remedy="For example limits=Limits(time_s=60).")
    for name in without:
        if getattr(limits, name) is not None:
            raise UsageError(f"{what} has no limit of {name}", remedy=f"Leave {name} out of its Limits.")
    return limits
