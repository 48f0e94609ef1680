"""Writes values, numbers and conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from attrs import define, field

from .templates import CONDITIONS, NUMBERS
from .variables import COLLECTIONS, MESSAGE, NODE, NUMBER, PARCEL, WORD, Place, Pool

DEEPEST = 3


class Chance(Protocol):
    """Decides: an object of `random.Random`, or Hypothesis, which shrinks what fails."""

    def choice(self, options: list[Any]) -> Any:
        """One of the options."""

    def randint(self, least: int, most: int) -> int:
        """A number, the bounds included."""


@define
class Expressions:
    """Writes expressions, and knows what is written so far.

    Attributes:
        chance: Makes the decisions.
        places: What the spec keeps.
        lines: What is written so far.
        scope: The local variables that may be used now, and what they hold.
        root: The name of the object whose variables are read.
    """

    chance: Chance
    places: list[Place] = field(factory=list)
    lines: list[str] = field(factory=list)
    scope: list[tuple[str, Pool]] = field(factory=list)
    indent: int = 0
    names: int = 0
    helped: bool = False
    limited: bool = False
    steps: bool = False
    nested: int = 0

    # Decisions --------------------------------------------------------------------------------------------------------------------------------

    def pick(self, options: Any) -> Any:
        """One of the options, the first being the simplest."""
        return self.chance.choice(list(options))

    def count(self, least: int, most: int) -> int:
        """A number."""
        return self.chance.randint(least, most)

    def some(self, options: Iterable[Any], most: int) -> list[Any]:
        """One or more of the options, all different."""
        left = list(options)
        most = min(most, len(left))
        return [left.pop(self.count(0, len(left) - 1)) for _ in range(self.count(1, most))]

    def maybe(self, chances: int = 2) -> bool:
        """True once in so many times."""
        return self.count(0, chances - 1) == chances - 1

    # Text -------------------------------------------------------------------------------------------------------------------------------------

    def put(self, line: str) -> None:
        """Write a line."""
        self.lines.append("    " * self.indent + line)

    @contextmanager
    def block(self, line: str) -> Iterator[None]:
        """Write a line, and what follows below it; local variables end with the block."""
        self.put(line)
        self.indent += 1
        before = list(self.scope)
        yield
        self.scope[:] = before
        self.indent -= 1

    def local(self, pool: Pool) -> str:
        """A new local variable."""
        self.names += 1
        name = f"v{self.names}"
        self.scope.append((name, pool))
        return name

    # Expressions ------------------------------------------------------------------------------------------------------------------------------

    def at(self, place: Place) -> str:
        """The expression for a place, for some node."""
        path = place.path
        while "{k}" in path:
            path = path.replace("{k}", self.element(NODE), 1)
        if self.steps and self.maybe():
            path = path.replace("self.", "after.", 1)
        return path

    def of_kind(self, *kinds: str) -> list[Place]:
        """The places of some kinds."""
        return [place for place in self.places if place.kind in kinds]

    def element(self, pool: Pool, depth: int = 1) -> str:
        """A value of a pool."""
        self.nested += 1
        text = self._element(pool, depth if self.nested <= DEEPEST else 0)
        self.nested -= 1
        return text

    def _element(self, pool: Pool, depth: int) -> str:
        known = [name for name, held in self.scope if held == pool or (pool == NUMBER and held == NODE)]
        options: list[Callable[[], str]] = [lambda: self.pick(pool.literals)]
        if known:
            options += [lambda: self.pick(known)] * 2
        if depth > 0:
            options += [lambda place=place: self.at(place) for place in self.of_kind("scalar") if place.pool == pool]
            options += [lambda: f"({self.element(pool, 0)} if {self.truth(0)} else {self.element(pool, 0)})"]
            if pool == NUMBER:
                options += [lambda: f"({self.number(1)}) % 3"]
            if pool == MESSAGE:
                options += [lambda: f"evolve({self.element(MESSAGE, 0)}, dst={self.element(NODE, 0)})"]
            if pool == NUMBER and self.limited:
                options += [lambda: "self.limit"]
            if pool == WORD:
                options += [lambda: f"max({self.pick(self.parcels())}.content, default='a')"] if self.parcels() else []
            if pool in (NODE, NUMBER):
                options += [lambda: f"{self.pick(self.messages())}.{self.pick(['src', 'dst'])}"] if self.messages() else []
        return str(self.pick(options)())

    def messages(self) -> list[str]:
        """Expressions that are messages, to look at their fields."""
        return [name for name, pool in self.scope if pool == MESSAGE] + [p.path for p in self.of_kind("scalar") if p.pool == MESSAGE]

    def parcels(self) -> list[str]:
        """Expressions that are messages with sets in them."""
        return [name for name, pool in self.scope if pool == PARCEL] + [p.path for p in self.of_kind("scalar") if p.pool == PARCEL]

    def number(self, depth: int = 1) -> str:
        """A number, possibly above 2."""
        options: list[Callable[[], str]] = [lambda: self.element(NUMBER, 0)]
        if depth > 0:
            for place in self.places:
                options += [
                    lambda text=text, place=place: text.format(p=self.at(place), e=self.element(place.pool, 0))
                    for text in NUMBERS.get(place.kind, ())
                ]
            if self.of_kind(*COLLECTIONS):
                options += [self.selected] * 2
            options += [
                lambda: f"{self.number(depth - 1)} + {self.number(depth - 1)}",
                lambda: f"{self.number(depth - 1)} - {self.number(0)}",
            ]
        return str(self.pick(options)())

    def truth(self, depth: int = 1) -> str:
        """A condition."""
        options: list[Callable[[], str]] = [
            lambda: f"{self.number(0)} {self.pick(['==', '!=', '<', '>='])} {self.number(0)}"
        ]
        for place in self.places:
            options += [
                lambda text=text, place=place: self.fill(text, place) for text in CONDITIONS.get(place.kind, ())
            ]
        if depth > 0:
            options += [
                lambda: f"{self.number(1)} {self.pick(['==', '!=', '<', '>='])} {self.number(1)}",
                lambda: f"not ({self.truth(0)})",
                lambda: f"({self.truth(depth - 1)} {self.pick(['and', 'or'])} {self.truth(depth - 1)})",
                lambda: f"{self.pick(['all', 'any'])}({self.inside(0)} for n in NODES)",
            ]
            if self.helped:
                options += [lambda: f"self.helper({self.number(0)})"]
            if self.of_kind(*COLLECTIONS):
                options += [self.some_or_all] * 2
        return str(self.pick(options)())

    def inside(self, depth: int) -> str:
        """A condition on ``n``, a node."""
        self.scope.append(("n", NODE))
        text = self.truth(depth)
        self.scope.remove(("n", NODE))
        return text

    def elements(self, pool: Pool, brackets: str) -> str:
        """Some elements of a pool in brackets."""
        items = ", ".join(self.element(pool, 0) for _ in range(self.count(0, 2)))
        return "set()" if brackets == "{}" and not items else f"{brackets[0]}{items}{brackets[1]}"

    def fill(self, text: str, place: Place) -> str:
        """A template with its holes filled."""
        same = [other for other in self.of_kind(place.kind) if other.pool == place.pool]
        holes = {
            "p": lambda: self.at(place), "e": lambda: self.element(place.pool), "f": lambda: self.element(place.pool),
            "i": lambda: self.element(NUMBER), "q": lambda: self.at(self.pick(same)), "t": lambda: self.truth(0), "k": lambda: self.element(NODE),
            "set": lambda: self.elements(place.pool, "{}"), "list": lambda: self.elements(place.pool, "[]"),
        }  # fmt: skip
        return text.format(**{name: hole() for name, hole in holes.items() if "{" + name + "}" in text})
