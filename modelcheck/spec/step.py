"""Steps: an action taken, with its arguments and choices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from modelcheck.values import identity, show


@frozen
class Step:
    """An action taken: its name, its arguments, and what it chose inside.

    >>> Step("rm_prepare", {"r": 2})
    rm_prepare(r=2)
    """

    action: str
    arguments: Mapping[str, Any] = field(factory=dict)
    choices: tuple[Any, ...] = ()

    def __repr__(self) -> str:
        chosen = f" choosing {', '.join(map(show, self.choices))}" if self.choices else ""
        return f"{self.action}({', '.join(f'{name}={show(value)}' for name, value in self.arguments.items())}){chosen}"


def same_step(step: Step, arguments: Mapping[str, Any], choices: tuple[Any, ...] | None) -> bool:
    """Whether a step has these arguments (all of those given), and these choices unless they are left open."""
    if any(
        name not in step.arguments or identity(step.arguments[name]) != identity(value)
        for name, value in arguments.items()
    ):
        return False
    return choices is None or tuple(map(identity, step.choices)) == tuple(map(identity, choices))
