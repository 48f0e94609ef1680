"""Reasons: a tree of lines that says why something is false (or true), each line explained by those below it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from attrs import frozen

from modelcheck.spec.record import is_record
from modelcheck.values import Bag, field_names, show

_LONGEST = 240
_paths: ContextVar[Mapping[int, str]] = ContextVar("paths", default={})  # noqa: B039 - never written to.


@frozen
class Reason:
    """One line of an explanation, and the lines that explain it.

    Attributes:
        text: The line, without indentation.
        because: What explains it.
    """

    text: str
    because: tuple[Reason, ...] = ()

    def lines(self, depth: int = 0) -> Iterator[str]:
        """The lines, each indented by two more than the one it explains.

        >>> list(Reason("x < 3", (Reason("x = 5"),)).lines())
        ['x < 3', '  x = 5']
        """
        yield "  " * depth + self.text
        for reason in self.because:
            yield from reason.lines(depth + 1)


def show_live(value: Any, longest: int = _LONGEST) -> str:
    """One line of text for a live object: that of the value it stands for, cut where it gets too long.

    >>> show_live(deque([1, 2])), show_live({1: None}.keys())
    ('[1, 2]', '[1]')
    """
    if isinstance(value, Counter):
        text = show(Bag(value))
    elif isinstance(value, deque) or type(value).__name__ in ("dict_keys", "dict_values", "dict_items"):
        text = show(list(value))
    else:
        text = show(value)
    return text if len(text) <= longest else f"{text[: longest - 2]} …"


@contextmanager
def naming(**roots: Any) -> Iterator[None]:
    """Within the block, `name_of` names the mutable parts of these objects by their path."""
    found: dict[int, str] = {}
    for name, root in roots.items():
        for attribute, value in vars(root).items():
            _name_parts(value, f"{name}.{attribute}", found)
    token = _paths.set(found)
    try:
        yield
    finally:
        _paths.reset(token)


def _name_parts(value: Any, path: str, found: dict[int, str]) -> None:
    if id(value) in found:
        return
    if isinstance(value, dict):
        found[id(value)] = path
        for key, inner in value.items():
            _name_parts(inner, f"{path}[{show(key)}]", found)
    elif is_record(value):
        found[id(value)] = path
        for field in field_names(type(value)) or ():
            _name_parts(getattr(value, field), f"{path}.{field}", found)
    elif isinstance(value, (set, deque, list)):
        found[id(value)] = path


def name_of(value: Any, longest: int = 100) -> str:
    """Where a live object is in the state, as ``self.servers[2]``; the text of all others."""
    path = _paths.get().get(id(value))
    return path if path is not None else show_live(value, longest)
