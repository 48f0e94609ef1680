"""Writes loops over collections that reject elements, which a search may look at only where they do something."""

from __future__ import annotations

from collections.abc import Callable

from .expressions import Expressions
from .variables import COLLECTIONS, Pool


class Loops(Expressions):
    """Writes expressions and statements about the elements that are not rejected."""

    def collection(self) -> tuple[str, Pool]:
        """A collection to loop over, and what it holds."""
        place = self.pick(self.of_kind(*COLLECTIONS))
        path = self.at(place)
        return (f"{path}.{self.pick(['messages', 'in_flight()'])}" if place.kind == "network" else path), place.pool

    def judged(self, name: str, pool: Pool, depth: int = 2) -> str:
        """A condition on an element, of which parts may be about other things."""
        options: list[Callable[[], str]] = [
            lambda: f"{name} {self.pick(['==', '!='])} {self.pick(pool.literals)}",
            lambda: f"{name} == {self.element(pool, 0)}",
            lambda: f"{name} in {self.elements(pool, '[]')}",
            lambda: f"isinstance({name}, {self.pick(['int', 'str', 'tuple', 'Message'])})",
        ]
        if depth > 0:
            options += [
                lambda: f"({self.judged(name, pool, depth - 1)} {self.pick(['and', 'or'])} {self.judged(name, pool, depth - 1)})",
                lambda: f"not {self.judged(name, pool, depth - 1)}",
                lambda: self.truth(0),
                lambda: f"any({self.judged(name, pool, 0)} and n < 1 for n in NODES)",
            ]
            options += [lambda: f"self.helper({self.number(0)})"] if self.helped else []
        return str(self.pick(options)())

    def selected(self) -> str:
        """A number made of the elements that are not rejected."""
        held, pool = self.collection()
        condition = self.judged("x", pool)
        return str(
            self.pick([
                f"len([x for x in {held} if {condition}])",
                f"sum({condition} for x in {held})",
                f"sum(1 for x in {held} if {condition})",
                f"len({{x for n in NODES for x in {held} if {condition} or x == n}})",
                f"len([x for x in {held} if {condition} if {self.judged('x', pool, 0)}])",
            ])
        )  # fmt: skip

    def some_or_all(self) -> str:
        """A condition on the elements that are not rejected."""
        held, pool = self.collection()
        clause = f" if {self.judged('x', pool, 1)}" if self.maybe() else ""
        return f"{self.pick(['any', 'all'])}({self.judged('x', pool)} for x in {held}{clause})"

    def select(self, depth: int) -> None:
        """Statements about the elements that are not rejected, some of them such that what is rejected changes meanwhile."""
        held, pool = self.collection()
        name = self.local(pool)
        kind = self.pick(["choose", "loop", "skip", "seen", "count", "late"])
        condition = self.judged(name, pool)
        if kind == "choose":
            self.put(f"{name} = choose([{name} for {name} in {held} if {condition}])")
            return
        if kind == "late":
            self.put(f"limit = {self.pick(pool.literals)}")
            self.put(f"found = ({name} for {name} in {held} if {name} == limit)")
            self.put(f"limit = {self.pick(pool.literals)}")
            self.put("require(list(found))")
        elif kind == "seen":
            self.put("seen = []")
            with self.block(f"for {name} in {held}:"), self.block(f"if {self.pick(['len(seen) > 0', 'len(seen) < 1'])} {self.pick(['and', 'or'])} {condition}:"):
                self.put(f"seen.append({name})")
            self.put("require(len(seen) != 1)")
        elif kind == "count":
            self.put("count = 0")
            with self.block(f"for {name} in {held}:"), self.block(f"if {self.pick(['count > 0', 'count < 1'])} {self.pick(['and', 'or'])} {condition}:"):
                self.put("count += 1")
            self.put(f"require(count != {self.count(0, 2)})")
        else:
            with self.block(f"for {name} in {held}:"):
                if kind == "skip":
                    with self.block(f"if {condition}:"):
                        self.put("continue")
                    self.body(1, depth)
                else:
                    with self.block(f"if {condition}:"):
                        self.body(1, depth)
        self.scope[:] = [(known, of) for known, of in self.scope if known != name]
