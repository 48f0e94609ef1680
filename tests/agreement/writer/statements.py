"""Writes statements."""

from __future__ import annotations

from collections.abc import Callable

from .loops import Loops
from .templates import CHANGES
from .variables import COLLECTIONS, CONTAINERS, NODE, NUMBER, PARCEL, POINT, POOLS, TRICKY, Place


class Statements(Loops):
    """Writes the bodies of actions."""

    def body(self, most: int, depth: int) -> None:
        """A few statements."""
        for _ in range(self.count(1, most)):
            self.statement(depth)

    def statement(self, depth: int) -> None:
        """One statement."""
        changes = [(text, place) for place in self.places for text in CHANGES.get(place.kind, ())]
        options: list[Callable[[], None]] = [lambda: self.change(*self.pick(changes))] * 4
        options += [lambda: self.put(f"require({self.truth()})"), self.choice]
        if self.helped:
            options += [lambda: self.put(f"self.helper({self.number(1)})")]
        if depth > 0:
            options += [lambda: self.branch(depth - 1), lambda: self.loop(depth - 1), self.tally]
            options += [lambda: self.attempt(depth - 1), lambda: self.rounds(depth - 1)]
            if self.of_kind("scalar"):
                options += [lambda: self.match(depth - 1)]
            if self.of_kind(*COLLECTIONS):
                options += [lambda: self.select(depth - 1)] * 2
        self.pick(options)()

    def change(self, text: str, place: Place) -> None:
        """A statement that changes a place; lines with ``->`` give a local variable."""
        for line in text.split("\n"):
            if line.startswith("-> "):
                held = self.fill(line[3:], place)
                self.put(f"{self.local(place.pool)} = {held}")
            else:
                self.put(self.fill(line, place))

    def choice(self) -> None:
        """A choice inside of an action."""
        containers = self.of_kind("set", "bag", "table", "deque", "list", "frozen")
        if containers and self.maybe():
            place = self.pick(containers)
            held = self.at(place)
            self.put(f"{self.local(place.pool)} = choose({held})")
        else:
            pool = self.pick([NUMBER, *POOLS])
            held = self.elements(pool, "[]")
            self.put(f"{self.local(pool)} = choose({held})")

    def branch(self, depth: int) -> None:
        """A conditional statement."""
        with self.block(f"if {self.truth()}:"):
            self.body(2, depth)
        if self.maybe():
            with self.block("else:"):
                self.body(2, depth)

    def loop(self, depth: int) -> None:
        """A loop over nodes or over a copy of what a container holds."""
        containers = [place for place in self.places if place.kind in CONTAINERS]
        if containers and self.maybe():
            place = self.pick(containers)
            held = self.at(place)
            name = self.local(place.pool)
            with self.block(f"for {name} in {self.pick(['list', 'tuple'])}({held}):"):
                self.body(2, depth)
        else:
            name = self.local(NODE)
            with self.block(f"for {name} in NODES:"):
                self.body(2, depth)
        self.scope[:] = [(held, pool) for held, pool in self.scope if held != name]

    def attempt(self, depth: int) -> None:
        """Something that may raise, and what is done then."""
        found = f"{{0: {self.element(NUMBER, 0)}, 1: {self.element(NUMBER, 0)}}}[{self.number(0)}]"
        with self.block("try:"):
            self.put(f"{self.local(NUMBER)} = {found}")
            self.statement(0)
        with self.block("except KeyError:"):
            self.body(1, depth)

    def rounds(self, depth: int) -> None:
        """A loop that ends after two rounds, or before."""
        name = self.local(NUMBER)
        self.put(f"{name} = 0")
        with self.block(f"while {name} < 2 and {self.truth(0)}:"):
            self.put(f"{name} += 1")
            self.body(1, depth)

    def tally(self) -> None:
        """A dict with defaults of the action's own."""
        self.put("tally = defaultdict(list)")
        with self.block("for n in NODES:"):
            self.scope.append(("n", NODE))
            self.put(f"tally[{self.element(NUMBER)}].append(n)")
        held = f"len(tally[{self.element(NUMBER)}])"
        self.put(f"{self.local(NUMBER)} = {held}")

    def match_message(self, depth: int) -> None:
        """A match statement on a message and its fields."""
        with self.block(f"match {self.pick(self.messages())}:"):
            node, name = self.element(NODE, 0), self.local(NODE)
            node = node if node in NODE.literals else "0"
            with self.block(f"case Message(src={node}, dst={name}):"):
                self.body(1, depth)
            with self.block(f"case Message({name}, 1, 'x'):"):
                self.body(1, depth)

    def match(self, depth: int) -> None:
        """A match statement on a scalar, or a message."""
        if self.messages() and self.maybe():
            self.match_message(depth)
            return
        place = self.pick(self.of_kind("scalar"))
        pool = NUMBER if place.pool in (TRICKY, POINT, PARCEL) else place.pool
        with self.block(f"match {self.at(place)}:"):
            with self.block(f"case {self.pick(pool.literals)}:"):
                self.body(1, depth)
            if self.maybe():
                with self.block("case _:"):
                    self.body(1, depth)
