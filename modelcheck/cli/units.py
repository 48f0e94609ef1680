"""Option values with units (``2m``, ``4G``), and the same said to people."""

from __future__ import annotations

import re

import click

_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_BYTES = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}


class Duration(click.ParamType[float]):
    """Seconds, or ``90s``, ``2m``, ``1h30m``."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number of seconds."""
        found = _total(str(value).strip().lower())
        if not found:
            self.fail(f"{value!r} is no duration; write seconds, or for example 90s, 2m or 1h30m", param, ctx)
        return found


def _total(text: str) -> float:
    """The sum of the parts of a duration; 0 if it is none."""
    if not re.fullmatch(r"(\d+(\.\d+)?\s*[smhd]?\s*)+", text):
        return 0
    return sum(float(number) * _SECONDS[unit] for number, unit in re.findall(r"(\d+(?:\.\d+)?)\s*([smhd]?)", text))


class Size(click.ParamType[int]):
    """Bytes, or ``500M``, ``4G``."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number of bytes."""
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?", str(value).strip().lower())
        found = int(float(match[1]) * _BYTES[match[2]]) if match else 0
        if not found:
            self.fail(f"{value!r} is no size; write bytes, or for example 500M or 4G", param, ctx)
        return found


def said_bytes(number: float) -> str:
    """A number of bytes for people.

    >>> said_bytes(41_000_000)
    '41 MB'
    """
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= size:
            return f"{number / size:.1f} {unit}" if number < 10 * size else f"{number / size:.0f} {unit}"
    return f"{number:.0f} bytes"


def said_seconds(seconds: float) -> str:
    """A time for people.

    >>> said_seconds(0.0231), said_seconds(75)
    ('0.02 s', '1 min 15 s')
    """
    if seconds < 10:  # noqa: PLR2004 - from here on hundredths say nothing.
        return f"{seconds:.2f} s"
    if seconds < 60:  # noqa: PLR2004 - a minute.
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"  # noqa: PLR2004 - an hour.


def said_rate(per_second: float) -> str:
    """A number per second for people.

    >>> said_rate(22_600_000), said_rate(123)
    ('22.6 M', '123')
    """
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if per_second >= size:
            return f"{per_second / size:.1f} {unit}"
    return f"{per_second:.0f}"


def count(number: int, one: str, several: str | None = None) -> str:
    """A number of things.

    >>> count(1, "state"), count(1146, "state")
    ('1 state', '1,146 states')
    """
    return f"{number:,} {one if number == 1 else several or one + 's'}"
