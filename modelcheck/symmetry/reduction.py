"""The reduction of one exploration: which names may trade places, and what that makes of each cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve, frozen

from modelcheck.errors import SpecError
from modelcheck.spec import Declaration, Machine
from modelcheck.statespace.recording.recorder import Recorder
from modelcheck.symmetry.group import MOST_COUNTED, MOST_LISTED, group_of
from modelcheck.symmetry.kernel._symmetry import Orbits
from modelcheck.symmetry.places import Places
from modelcheck.symmetry.renaming import mentioned
from modelcheck.values import Interchangeable, ordered

COMPARED = 2**20
"""States of a worker that are all compared with themselves renamed before only some are."""


@frozen
class Plan:
    """How a search is to be reduced, and what was learned by trying.

    Attributes:
        exact: Whether each state is compared under all renamings.
        seed: Chooses the renaming that a state is compared under.
        names: Names that were met.
        related: Whether a value was met that mentions several names.
        refused: Why there is no reduction, empty if there are no names; None if there is one.
    """

    exact: bool = False
    seed: int = 0
    names: frozenset[Interchangeable] = frozenset()
    related: bool = False
    refused: str | None = None


class PlanChanged(Exception):  # noqa: N818 - no error: the search begins again.
    """The search must begin again, with another plan.

    Attributes:
        plan: That plan.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan.refused or "the search begins again")
        self.plan = plan


class Reduction:
    """The reduction of one exploration.

    Args:
        machine: The machine explored.
        recorder: Its recorder, which has supplied nothing yet.
        plan: How to reduce.

    Raises:
        PlanChanged: if no two names may trade places.

    Attributes:
        plan: The same.
        group: The names that may trade places, within blocks.
        orbits: What the kernel needs to know.
        left_out: How many names could trade places too, and do not since there are too many renamings to list.
    """

    def __init__(self, machine: Machine, recorder: Recorder, plan: Plan) -> None:
        self.plan = plan
        self._layout = recorder.layout
        self._places = Places(recorder.layout)
        begins_alone = not recorder.run(recorder.trees[0], (), {}).events
        recorder.trees[0].calls -= 1
        initial = {cell: ident for cell, ident in self._layout.ids(machine.first_state).items() if ident}
        names = {*plan.names, *self._places.all_names(), *mentioned(tuple(recorder.picked))}
        check_prefixes(names)
        self.group = group_of(names, mentioned(tuple(machine.constants.values())), lambda a, b: not begins_alone or self._is_alike(initial, a, b))
        if not self.group.blocks:
            alone = "no two of its names may trade places, since constants or the initial state tell them apart" if self.group.others else ""
            raise PlanChanged(evolve(plan, refused=alone))
        self._lists = plan.exact or plan.related or any(self._is_related(cell, 0) for cell in range(len(self._layout.cells)))
        whole = len(self.group.names)
        self.group = self.group.limited(MOST_LISTED if self._lists else MOST_COUNTED)
        self.left_out = whole - len(self.group.names)
        self._renamings = [dict(zip(self.group.names, image, strict=True)) for image in self.group.renamings()] if self._lists else []
        self.orbits = self._begin(recorder)

    def _begin(self, recorder: Recorder) -> Orbits:
        numbers = {name: number for number, name in enumerate(self.group.names)}
        fixed = [cell.index for cell in self._layout.cells if cell.collection is None]
        rows = {cell: self._images(cell, 0) for cell in fixed}
        orbits = Orbits(
            recorder.space,
            blocks=[len(block) for block in self.group.blocks],
            renamings=[[numbers[to[name]] for name in self.group.names] for to in self._renamings],
            plain_defaults=all(ident == 0 for _, images in rows.values() for _, ident in images),
            exhaustive=self.plan.exact,
            each=COMPARED,
            seed=self.plan.seed,
        )
        for cell, (name, images) in rows.items():
            orbits.set_row(cell, 0, name, images)
        actions: dict[str, int] = {}
        names = [tree.declared.name if tree.declared is not None else "" for tree in recorder.trees.values()]
        orbits.set_families([actions.setdefault(name, len(actions)) for name in names])
        return orbits

    def supply(self, cell: int, ident: int) -> None:
        """Tell the kernel what renamings make of a cell and an id.

        Raises:
            PlanChanged: if that shows that the plan will not do.
        """
        name, images = self._images(cell, ident)
        self.orbits.set_row(cell, ident, name, images)

    def _images(self, index: int, ident: int) -> tuple[int, list[tuple[int, int]]]:
        """The name that a cell and an id mention, and what they become."""
        cell = self._layout.cells[index]
        met = self._places.names(cell, ident)
        new = [name for name in met if not self.group.knows(name)]
        if new:
            raise PlanChanged(evolve(self.plan, names=frozenset({*self.plan.names, *self.group.names, *self.group.others, *new})))
        names = [name for name in met if name in self.group.names]
        if self._lists:
            return -1, self._under_all(index, ident, names)
        if len(names) > 1:
            raise PlanChanged(evolve(self.plan, related=True))
        if not names:
            return -1, [self._image(index, ident, {})]
        block = next(block for block in self.group.blocks if names[0] in block)
        return self.group.names.index(names[0]), [self._image(index, ident, _exchanged(names[0], other)) for other in block]

    def _under_all(self, index: int, ident: int, names: list[Interchangeable]) -> list[tuple[int, int]]:
        known: dict[Any, tuple[int, int]] = {}
        found = []
        for to in self._renamings:
            key = tuple(to[name] for name in names)
            if key not in known:
                known[key] = self._image(index, ident, to)
            found.append(known[key])
        return found

    def _image(self, index: int, ident: int, to: Mapping[Any, Any]) -> tuple[int, int]:
        cell = self._layout.cells[index]
        found = self._places.image(cell, ident, to)
        if found is None:
            raise PlanChanged(evolve(self.plan, refused=f"there is {cell.path}, and nothing like it for {in_words(to)}"))
        return found

    def _is_related(self, index: int, ident: int) -> bool:
        return len([name for name in self._places.names(self._layout.cells[index], ident) if name in self.group.names]) > 1

    def _is_alike(self, initial: Mapping[int, int], one: Interchangeable, other: Interchangeable) -> bool:
        """Whether the first initial state stays what it is when two names are exchanged."""
        to = {one: other, other: one}
        cells = {cell.index: initial.get(cell.index, 0) for cell in list(self._layout.cells) if cell.collection is None or initial.get(cell.index)}
        images = [self._places.image(self._layout.cells[cell], ident, to) for cell, ident in cells.items()]
        return self._places.keeps_records(to) and all(image is not None and cells.get(image[0], 0) == image[1] for image in images)

    @property
    def choices(self) -> int:
        """Of how many numbers that of an orbit is the least."""
        return max(len(self._renamings), 1)

    def failed(self, declared: Declaration | None, error: SpecError) -> PlanChanged:
        """What to raise for an error in a renamed state, where the state itself raises none."""
        what = f"{declared.role.noun} {declared.name}" if declared is not None else "spec"
        return PlanChanged(evolve(self.plan, refused=f"the {what} raises an error under other names: {error.message}"))

    def renaming(self, to: Iterable[int]) -> dict[Interchangeable, Interchangeable]:
        """A renaming by names, as the kernel gives it by numbers."""
        names = self.group.names
        return {name: names[number] for name, number in zip(names, to, strict=True) if names[number] is not name}


def check_prefixes(names: Iterable[Interchangeable]) -> None:
    """Make sure that names of two classes are not written alike.

    Raises:
        SpecError: if they are.
    """
    class_of: dict[str, type] = {}
    for name in ordered(names):
        other = class_of.setdefault(type(name).prefix, type(name))
        if other is not type(name):
            raise SpecError(
                f"names of {other.__name__} and of {type(name).__name__} are both written {name!r}",
                remedy=f'Give one of them a prefix of its own: prefix = "{type(name).__name__.lower()}" in its class.',
            )


def _exchanged(one: Interchangeable, other: Interchangeable) -> dict[Any, Any]:
    return {one: other, other: one} if one is not other else {}


def in_words(to: Mapping[Any, Any]) -> str:
    """A renaming for people.

    >>> class Server(Interchangeable):
    ...     '''A server.'''
    >>> a, b, c = Server.several(3)
    >>> in_words({a: b, b: a}), in_words({a: b, b: c, c: a})
    ('s0 and s1 exchanged', 's0 renamed s1, s1 renamed s2, s2 renamed s0')
    """
    changed = {name: other for name, other in to.items() if name is not other}
    if len(changed) == 2:  # noqa: PLR2004 - two are exchanged.
        return f"{' and '.join(map(repr, changed))} exchanged"
    return ", ".join(f"{name!r} renamed {other!r}" for name, other in changed.items())
