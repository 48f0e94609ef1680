"""Recorded runs, and the trees that they are paths of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Protocol

from attrs import define, field

from modelcheck.spec import Declaration, Role
from modelcheck.spec.choice import Disabled
from modelcheck.spec.run import options_of
from modelcheck.statespace.kernel import _kernel as kernel
from modelcheck.statespace.recording.session import Event
from modelcheck.values import identity

Prefix = tuple[tuple[int, int], ...]
"""Choices, each as (number of options, option taken)."""


@define
class Tree:
    """A decision tree and what it stands for.

    Attributes:
        index: Its number in the kernel.
        declared: The action or property; None for the initialiser.
        calls: How often its Python code was run and recorded, repeats left out.
        plain: How often it was run without being recorded.
        prefix: The first choices of all its runs, each as (number of options, option taken).
        seconds: What supplying its paths took, repeats included.
        widest: The events of the run that read most.
        arguments: Of a property of what must happen, which has a tree for each combination of them; None for what chooses them in its runs.
    """

    index: int
    declared: Declaration | None
    calls: int = 0
    prefix: Prefix = ()
    seconds: float = 0.0
    widest: Sequence[Event] = ()
    arguments: Mapping[str, Any] | None = None
    plain: int = 0


@define
class Run:
    """What one recorded run did.

    Attributes:
        events: What it looked at and chose, in order.
        outcome: How it ended.
        writes: What it changed.
        arguments: The values of the parameters.
        picked: What was chosen,
        offered: and among how many options; None where they were not listed.
        inside: How many of the choices were for the parameters.
        varies: Whether the state was looked at for them.
        label: The number of its instance.
    """

    events: list[Event] = field(factory=list)
    outcome: int = kernel.DISABLED
    writes: list[tuple[int, int, int]] = field(factory=list)
    arguments: Mapping[str, Any] = field(factory=dict)
    picked: list[Any] = field(factory=list)
    offered: list[int | None] = field(factory=list)
    inside: int = 0
    varies: bool = True
    label: int = -1

    @property
    def choices(self) -> tuple[Any, ...]:
        """What the action chose inside, after its arguments."""
        return tuple(self.picked[self.inside :])


class PickingChooser:
    """Picks what a recorded run picked, as long as it is offered as many options."""

    def __init__(self, picked: Sequence[Any], offered: Sequence[int | None] = ()) -> None:
        self._picked = iter(picked)
        self._offered = iter(offered)

    def pick(self, options: Any) -> Any:
        """The next value, if it is an option."""
        wanted = [identity(value) for value in islice(self._picked, 1)]
        found = options_of(options)
        if next(self._offered, None) not in (None, len(found)):
            raise Disabled
        for option in found:
            if identity(option) in wanted:
                return option
        raise Disabled


class Search(Protocol):
    """A native search that lacks a path, a projection or an update; `_explorer.pyi` says what it tells of it."""

    def missing(self, worker: int) -> tuple[int, int, int, list[int]]: ...  # noqa: D102 - see above.
    def missing_state(self, worker: int, *, following: bool = False) -> dict[int, int]: ...  # noqa: D102
    def missing_content(self, worker: int, collection: int, *, following: bool = False) -> int: ...  # noqa: D102


def said_of(declared: Declaration, live: Any, arguments: Mapping[str, Any]) -> int:
    """What a property of what must happen says of a state, as the label of a leaf: 1 for its goal, 2 for its premise."""
    premise, goal = declared.pair(live, arguments)
    return int(goal) + 2 * int(premise and declared.role is Role.LEADS_TO)


def in_words(label: int) -> str:
    """Such a label for people."""
    return f"premise {bool(label & 2)}, goal {bool(label & 1)}"
