"""Writes whole specs: the initialiser, actions with their domains, properties, and bounds that keep them small."""

from __future__ import annotations

from collections.abc import Collection

from .statements import Statements
from .templates import BOUNDS, CHANGES, FILLED
from .variables import COLOUR, CONTAINERS, NODE, NUMBER, TRICKY, VARIABLES, WORD, Place, Pool


class Writer(Statements):
    """Writes one spec."""

    def domains(self, most: int) -> tuple[list[str], list[tuple[str, Pool]]]:
        """Domains for some parameters."""
        texts: list[str] = []
        parameters: list[tuple[str, Pool]] = []
        for i in range(self.count(0, most)):
            before = "".join(f", {name}" for name, _ in parameters)
            text, pool = self.domain(parameters)
            texts.append(text.replace("{self}", f"self{before}"))
            parameters.append((f"p{i}", pool))
        return texts, parameters

    def domain(self, parameters: list[tuple[str, Pool]]) -> tuple[str, Pool]:
        """The text of a domain, and what it ranges over."""
        nodes = [name for name, pool in parameters if pool == NODE]
        options: list[tuple[str, Pool]] = [
            ("NODES", NODE),
            ("Colour", COLOUR),
            ("('a', 'b')", WORD),
            ("lambda {self}: range(3)", NUMBER),
            ("lambda {self}: [choose((0, 1)), 2]", NUMBER),
            ("Rank", TRICKY),
        ]
        if nodes:
            options += [(f"lambda {{self}}: [n for n in NODES if n != {nodes[0]}]", NODE)] * 2
        for place in self.of_kind(*CONTAINERS):
            if "{k}" not in place.path or nodes:
                path = place.path.replace("{k}", nodes[0] if nodes else "")
                options += [(f"lambda {{self}}: {path}", place.pool)] * 2
                options += [(f"lambda {{self}}: {path} if {self.truth(0)} else ()", place.pool)] if self.maybe() else []
        for place in self.of_kind("network", "fifo"):
            options += [(f"lambda {{self}}: {place.path.replace('{k}', '0')}.deliverable()", place.pool)] * 2
        return self.pick(options)  # type: ignore[no-any-return]

    def method(self, decorator: str, name: str, most: int, *, extra: str = "") -> None:
        """The head of a declared method."""
        self.scope.clear()
        texts, parameters = self.domains(most)
        self.put(f"@{decorator}" + (f"({', '.join(texts)})" if texts else ""))
        self.put(f"def {name}(self{extra}{''.join(f', {held}' for held, _ in parameters)}):")
        self.scope[:] = parameters

    def action(self, name: str) -> None:
        """An action."""
        self.method("action", name, 3)
        self.indent += 1
        if self.maybe(3):
            self.put(f"require({self.truth()})")
        if self.maybe(8):
            self.put(f"bound({self.truth()})")
        self.body(3, 2)
        self.indent -= 1

    def move(self, name: str) -> None:
        """An action that changes one place to any of a few values, and is enabled in most states: without such there is little to explore."""
        place = self.pick([place for place in self.places if place.kind in CHANGES])
        some = self.some(place.pool.literals, 3)
        self.put(f"@action(({', '.join(some)},))")
        with self.block(f"def {name}(self, p0):"):
            self.scope[:] = [("p0", place.pool)]
            texts = CHANGES[place.kind][: 1 if place.kind == "scalar" else 4]
            text = self.pick(texts)
            self.change(text.replace("{e}", "p0").replace("{i}", "p0" if place.pool in (NODE, NUMBER) else "{i}"), place)

    def predicate(self, decorator: str, name: str) -> None:
        """A property or predicate, with ``assert`` or ``return``."""
        steps = decorator == "step_property"
        self.method(decorator, name, 1, extra=", after" if steps else "")
        self.steps = steps
        told = self.truth(2) if self.maybe(3) else f"{self.truth(1)} or {self.truth(1)} or {self.number(0)} < {self.count(1, 3)}"
        if decorator == "constraint":  # One that is false of the initial states leaves nothing to look at.
            told = f"{self.number(1)} < {self.count(2, 4)}"
        self.put(f"    {self.pick(['return', 'return', 'assert'])} {told}")
        self.steps = False

    def helper(self) -> None:
        """A method that actions and properties call."""
        self.put("def helper(self, x):")
        self.scope[:] = [("x", NUMBER)]
        self.put(f"    return {self.truth()}")
        self.helped = True

    def init(self, names: list[str]) -> None:
        """The initialiser."""
        with self.block("def init(self):"):
            for name in names:
                text = {"net": self.network, "fifo": self.fifo}.get(name, lambda name=name: VARIABLES[name][0])()
                for line in text.split("\n"):
                    self.put(line)
            if "servers" in names and self.maybe():
                self.put(
                    f"self.crashes = Crashes(processes=self.servers, crashes={self.count(1, 2)}, restarts={self.maybe()})"
                )
            if "numbers" in names and self.maybe(3):
                self.put("self.alias = self.numbers")
                self.places.append(Place("set", "self.alias"))
            if "servers" in names and self.maybe(3):
                self.put("self.leader = self.servers[1]")
                self.places += [
                    Place("scalar", "self.leader.term"),
                    Place("set", "self.leader.votes"),
                    Place("list", "self.leader.log"),
                ]

    def network(self) -> str:
        """An unordered network."""
        faults = self.faults()
        kind = self.pick(["", ", copies=1", ", copies=2", ", duplicating=True"])
        return f"self.net = Network({faults}{kind})"

    def fifo(self) -> str:
        """A network of channels."""
        return f"self.fifo = FifoNetwork({self.faults()})"

    def faults(self) -> str:
        """Budgets."""
        return f"nodes=NODES, losses={self.count(0, 1)}, duplications={self.count(0, 1)}, partitions={self.count(0, 1)}"

    def bounds(self) -> list[str]:
        """Conditions that keep the spec finite."""
        found = []
        for place in self.places:
            path, text = place.path, BOUNDS.get(place.kind)
            if text and "{k}" in path:
                found.append(f"all({text.format(p=path.replace('{k}', 'n'))} for n in NODES)")
            elif text:
                found.append(text.format(p=path))
        return found

    def spec(self, *, without: Collection[str] = ()) -> str:
        """The text of the whole spec, without some variables."""
        known = [name for name in VARIABLES if name not in without]
        names = self.some(known, 4)
        for name in names:
            self.places += VARIABLES[name][1]
        self.put("class Example(Spec):")
        self.indent = 1
        self.limited = self.maybe(3)
        if self.limited:
            self.put(f"limit: int = {self.count(0, 2)}")
        self.init(names)
        if self.maybe(3):
            self.helper()
        for i in range(self.count(1, 3)):
            self.move(f"move{i}")
        for i in range(self.count(1, 3)):
            self.action(f"act{i}")
        for decorator, most in [
            ("invariant", 2),
            ("step_property", 1),
            ("reachable", 1),
            ("terminal", 1),
            ("constraint", 2),
        ]:
            for i in range(self.count(0, most)):
                self.predicate(decorator, f"{decorator}{i}")
        bounds = self.bounds()
        if bounds:
            self.put("@constraint")
            with self.block("def bounded(self):"):
                self.put(f"return {' and '.join(bounds)}")
        return "\n".join(self.lines) + "\n"


    def looping(self) -> str:
        """The text of a spec whose collections fill up, and whose actions and properties loop over them."""
        names = self.some(FILLED, 2)
        for name in ["n", *names]:
            self.places += VARIABLES[name][1]
        self.put("class Example(Spec):")
        self.indent = 1
        self.init(["n", *names])
        if self.maybe():
            self.helper()
        for name in names:
            pool = VARIABLES[name][1][0].pool
            self.put(f"@action(({', '.join(pool.literals)},))")
            with self.block(f"def fill_{name}(self, p0):"):
                self.put(FILLED[name])
        for i in range(self.count(1, 3)):
            self.put(f"@action({self.pick(['NODES', '(2, 0)'])})")
            with self.block(f"def act{i}(self, p0):"):
                self.scope[:] = [("p0", NUMBER)]
                self.put(f"require({self.pick([self.some_or_all, lambda: self.selected() + ' > 0'])()})")
                self.select(1)
                self.put(f"self.n = {self.element(NUMBER)}")
        for decorator in ("invariant", "step_property", "reachable"):
            self.put(f"@{decorator}")
            with self.block(f"def {decorator}0(self{', after' * (decorator == 'step_property')}):"):
                self.scope[:] = []
                self.steps = decorator == "step_property"
                self.put(f"return self.n < {self.count(1, 3)} or {self.some_or_all()}")
                self.steps = False
        bounds = self.bounds()
        if bounds:
            self.put("@constraint")
            with self.block("def bounded(self):"):
                self.put(f"return {' and '.join(bounds)}")
        return "\n".join(self.lines) + "\n"
