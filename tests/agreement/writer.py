"""A writer of random small specs, as Python source text: what fails is readable, and can be kept as a regression test.

Every kind of variable, domain, choice, fault and property occurs. All numbers are kept below 3, and what may grow is bounded by a constraint, so
that nearly every spec is small. What a run looks at depends on what it found before, in conditions, loops and choices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from attrs import define, field, frozen
from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]


@frozen
class Pool:
    """Literals that may meet in one container."""

    literals: tuple[str, ...]


NODE = Pool(("0", "1"))
NUMBER = Pool(("0", "1", "2"))
WORD = Pool(("'a'", "'b'"))
COLOUR = Pool(("Colour.RED", "Colour.BLUE"))
PAIR = Pool(("(0, 1)", "(1,)", "()"))
MESSAGE = Pool(("Message(0, 1)", "Message(1, 0)", "Message(1, 0, 'x')"))
MAYBE = Pool(("None", "0", "1"))
TRICKY = Pool(("1", "True", "1.0", "0", "False", "None"))
POOLS = (NUMBER, WORD, COLOUR, PAIR, MESSAGE, MAYBE)


@frozen
class Place:
    """Where something is kept: its kind, the expression for it with ``{k}`` for a node, and what it holds."""

    kind: str
    path: str
    pool: Pool = NUMBER


# What may be set up: the assignment in init, and the places that it makes.
VARIABLES: dict[str, tuple[str, tuple[Place, ...]]] = {
    "n": ("self.n = 0", (Place("scalar", "self.n"),)),
    "either": ("self.either = choose([0, 2])", (Place("scalar", "self.either"),)),
    "colour": ("self.colour = choose(Colour)", (Place("scalar", "self.colour", COLOUR),)),
    "odd": ("self.odd = None", (Place("scalar", "self.odd", TRICKY),)),
    "message": ("self.message = Message(0, 1)", (Place("scalar", "self.message", MESSAGE),)),
    "frozen": ("self.frozen = frozenset({0})", (Place("frozen", "self.frozen", NUMBER),)),
    "row": ("self.row = {0: 0, 1: 2}", (Place("map", "self.row"), Place("scalar", "self.row[{k}]"))),
    "grid": (
        "self.grid = {n: {m: 0 for m in NODES} for n in NODES}",
        (Place("scalar", "self.grid[{k}][{k}]"), Place("map", "self.grid[{k}]")),
    ),
    "colours": ("self.colours = {n: Colour.RED for n in NODES}", (Place("scalar", "self.colours[{k}]", COLOUR),)),
    "sets": ("self.sets = {0: set(), 1: {'a'}}", (Place("set", "self.sets[{k}]", WORD),)),
    "numbers": ("self.numbers = {1}", (Place("set", "self.numbers"),)),
    "others": ("self.others = set(choose([(), (0, 2)]))", (Place("set", "self.others"),)),
    "pairs": ("self.pairs = set()", (Place("set", "self.pairs", PAIR),)),
    "mail": ("self.mail = set()", (Place("set", "self.mail", MESSAGE),)),
    "bag": ("self.bag = Counter()", (Place("bag", "self.bag", WORD),)),
    "full": ("self.full = Counter([Colour.RED])", (Place("bag", "self.full", COLOUR),)),
    "table": ("self.table = {}", (Place("table", "self.table", MAYBE),)),
    "queue": ("self.queue = deque()", (Place("deque", "self.queue", WORD),)),
    "line": ("self.line = deque([Message(0, 1)])", (Place("deque", "self.line", MESSAGE),)),
    "list": ("self.list = []", (Place("list", "self.list", NUMBER),)),
    "note": ("self.note = Note()", (Place("scalar", "self.note.colour", COLOUR), Place("set", "self.note.marks"))),
    "slip": (
        "self.slip = Slip(number=1, queue=deque([1]))",
        (Place("scalar", "self.slip.number"), Place("deque", "self.slip.queue")),
    ),
    "pair": ("self.pair = Pair()", (Place("scalar", "self.pair.left"), Place("frozen", "self.pair.right"))),
    "servers": (
        "self.servers = {n: Server() for n in NODES}",
        (
            Place("scalar", "self.servers[{k}].term"),
            Place("scalar", "self.servers[{k}].vote", MAYBE),
            Place("set", "self.servers[{k}].votes"),
            Place("list", "self.servers[{k}].log"),
            Place("bag", "self.servers[{k}].seen", WORD),
            Place("table", "self.servers[{k}].known"),
            Place("process", "self.servers[{k}]"),
        ),
    ),
    "net": ("", (Place("network", "self.net", MESSAGE),)),
    "fifo": ("", (Place("fifo", "self.fifo", MESSAGE),)),
    "history": ("self.history = History.of(Register(initial=0))", (Place("history", "self.history"),)),
}
DEEPEST = 3
CONTAINERS = ("set", "bag", "table", "deque", "list", "frozen")
COLLECTIONS = ("set", "bag", "table", "network")


@define
class Writer:
    """Writes one spec.

    Attributes:
        draw: Makes the decisions.
        places: What the spec keeps.
        lines: What is written so far.
        scope: The local variables that may be used now, and what they hold.
        root: The name of the object whose variables are read.
    """

    draw: Draw
    places: list[Place] = field(factory=list)
    lines: list[str] = field(factory=list)
    scope: list[tuple[str, Pool]] = field(factory=list)
    indent: int = 0
    names: int = 0
    helped: bool = False
    steps: bool = False
    nested: int = 0

    # Decisions --------------------------------------------------------------------------------------------------------------------------------

    def pick(self, options: Any) -> Any:
        """One of the options, the first being the simplest."""
        return self.draw(st.sampled_from(list(options)))

    def count(self, least: int, most: int) -> int:
        """A number."""
        return int(self.draw(st.integers(least, most)))

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
            if pool in (NODE, NUMBER):
                options += [lambda: f"{self.pick(self.messages())}.{self.pick(['src', 'dst'])}"] if self.messages() else []
        return str(self.pick(options)())

    def messages(self) -> list[str]:
        """Expressions that are messages, to look at their fields."""
        return [name for name, pool in self.scope if pool == MESSAGE] + [p.path for p in self.of_kind("scalar") if p.pool == MESSAGE]

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

    # Loops that reject elements -----------------------------------------------------------------------------------------------------------------

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

    # Statements -------------------------------------------------------------------------------------------------------------------------------

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
        pool = place.pool if place.pool not in (TRICKY, NUMBER) else NUMBER
        with self.block(f"match {self.at(place)}:"):
            with self.block(f"case {self.pick(pool.literals)}:"):
                self.body(1, depth)
            if self.maybe():
                with self.block("case _:"):
                    self.body(1, depth)

    # Declarations -----------------------------------------------------------------------------------------------------------------------------

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
        ]
        if nodes:
            options += [(f"lambda {{self}}: [n for n in NODES if n != {nodes[0]}]", NODE)] * 2
        for place in self.of_kind(*CONTAINERS):
            if "{k}" not in place.path or nodes:
                path = place.path.replace("{k}", nodes[0] if nodes else "")
                options += [(f"lambda {{self}}: {path}", place.pool)] * 2
                options += [(f"lambda {{self}}: {path} if {self.truth(0)} else ()", place.pool)] if self.maybe() else []
        for place in self.of_kind("network", "fifo"):
            options += [(f"lambda {{self}}: {place.path}.deliverable()", MESSAGE)] * 2
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
        if self.maybe():
            self.put(f"require({self.truth()})")
        self.body(3, 2)
        self.indent -= 1

    def predicate(self, decorator: str, name: str) -> None:
        """A property or predicate, with ``assert`` or ``return``."""
        steps = decorator == "step_property"
        self.method(decorator, name, 1, extra=", after" if steps else "")
        self.steps = steps
        self.put(f"    {self.pick(['return', 'return', 'assert'])} {self.truth(2)}")
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
                self.put({"net": self.network, "fifo": self.fifo}.get(name, lambda name=name: VARIABLES[name][0])())
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

    def spec(self) -> str:
        """The text of the whole spec."""
        names = self.draw(st.lists(st.sampled_from(list(VARIABLES)), min_size=1, max_size=4, unique=True))
        for name in names:
            self.places += VARIABLES[name][1]
        self.put("class Example(Spec):")
        self.indent = 1
        self.init(names)
        if self.maybe(3):
            self.helper()
        for i in range(self.count(1, 4)):
            self.action(f"act{i}")
        for decorator, most in [
            ("invariant", 2),
            ("step_property", 1),
            ("reachable", 1),
            ("terminal", 1),
            ("constraint", 1),
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
        names = self.draw(st.lists(st.sampled_from(list(FILLED)), min_size=1, max_size=2, unique=True))
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


FILLED = {
    "numbers": "self.numbers.add(p0)",
    "pairs": "self.pairs.add(p0)",
    "mail": "self.mail.add(p0)",
    "bag": "self.bag[p0] += 1",
    "full": "self.full[p0] = 1",
    "table": "self.table[p0] = self.n",
    "net": "self.net.send(p0)",
}
NUMBERS: dict[str, tuple[str, ...]] = {
    "set": ("len({p})",),
    "bag": ("{p}[{e}]", "len({p})", "{p}.total()", "{p}.get({e}, 2)"),
    "table": ("len({p})", "{p}.get({e}, 1)", "sum({p}.values())"),
    "map": ("sum({p}.values())", "max({p}.values())", "len({p})"),
    "deque": ("len({p})", "{p}.count({e})"),
    "list": ("len({p})", "{p}.count({e})"),
    "frozen": ("len({p})",),
}
CONDITIONS: dict[str, tuple[str, ...]] = {
    "scalar": ("{p} == {e}", "{p} == {q}", "{p} in {list}", "isinstance({p}, int)"),
    "set": (
        "{e} in {p}", "{p}", "{p} == {set}", "{p} <= {q}", "{p} >= {set}", "{set} < {p}", "{p}.isdisjoint({q})", "{p}.issuperset({list})",
        "sorted({p}, key=str)[:1] == {list}", "next((x for x in sorted({p}, key=str) if x != {e}), None) == {f}",
        "len({p}) > 1", "{p} == {q}", "{p} - {q}", "{set} & {p}", "isinstance({p}, set)", "max(map(str, {p}), default='') == str({e})",
    ),
    "bag": ("{e} in {p}", "{p}", "{p} == Counter({list})", "{p}[{e}] > 1", "sum({p}.values()) > 1", "{e} in {p}.keys()", "{p} == {q}"),
    "table": ("{e} in {p}", "{p}", "{p}.get({e}) == {i}", "({e}, {i}) in {p}.items()", "{p} == {{}}", "all(v > 0 for v in {p}.values())", "{e} not in {p}"),
    "map": ("{p} == {{0: {i}, 1: {i}}}", "any(v == {i} for v in {p}.values())", "{p}[{k}] == {i}", "{p}.get({i}) == 1", "{i} in {p}"),
    "deque": ("{p}", "{e} in {p}", "len({p}) == 1", "{p} and {p}[0] == {e}", "list({p}) == {list}", "{p} == deque({list})"),
    "list": ("{p}", "{e} in {p}", "len({p}) > 0", "{p} and {p}[-1] == {e}", "{p} == {list}", "{p}[:1] == {list}", "{p} < {q}", "{p} == {q}"),
    "frozen": ("{e} in {p}", "{p}", "{p} <= frozenset({list})", "{p} == {set}"),
    "process": ("{p}.up", "{p} is {q}"),
    "network": ("{e} in {p}.messages", "{p}.messages", "{p}.connected({k}, {k})", "list({p}.deliverable())", "{p}.losses"),
    "fifo": ("{p}.channels[0, 1]", "{p}.isolated", "list({p}.deliverable())", "{p}.channels[1, 0] and {p}.channels[1, 0][0] == {e}"),
    "history": ("0 in {p}.pending", "len({p}.explanations) > 1", "{p}.pending"),
}  # fmt: skip
CHANGES: dict[str, tuple[str, ...]] = {
    "scalar": ("{p} = {e}", "{p} = {e}", "{p} = {q}"),
    "set": (
        "{p}.add({e})", "{p}.add({e})", "{p}.discard({e})", "if {e} in {p}: {p}.remove({e})", "{p} |= {set}", "{p} -= {set}", "{p} &= {set}",
        "{p} ^= {set}", "{p} = {set}", "{p}.clear()", "{p}.update({list}, {q})", "{p} = {p} | {{{e}}}", "{p} = {q} & {set}",
        "require({p})\n-> {p}.pop()", "-> choose({p})", "{p}.add({e})\n{p}.discard({f})\n-> choose({p})",
        "require({p})\n-> next(iter({p}))", "require({p})\n-> min({p}, key=str)", "{p}.remove(choose({p}))", "{p} = {q}", "{p} = {q}\n{p}.add({e})",
        "{p}, {q} = {q}, {p}", "old = {p}\n{p} = {set}\nold.add({e})\n{q} = old", "{p} = new = {set}\nnew.add({e})", "{p}.intersection_update({q})",
        "{p} = {{x for x in {p} if x != {e}}}", "{p} = set({p})", "{p} = {p}.copy()",
    ),
    "bag": (
        "{p}[{e}] += 1", "{p}[{e}] = {i}", "{p}.update([{e}, {f}])", "{p}.update({list})", "{p} += Counter({list})", "del {p}[{e}]",
        "require({p}[{e}] > 0)\n{p}[{f}] += 1", "if {p}[{e}] > 0: {p}.subtract([{e}])", "{p} = Counter({list})", "{p}.clear()",
        "{p}.pop({e}, None)", "require({p}[{e}])\n{p}[{e}] -= 1", "-> choose({p})", "require({p})\n-> {p}.most_common(1)[0][0]",
        "{p} -= Counter({list})", "{p} = {p} + Counter({list})", "{p}, {q} = {q}, {p}", "{p} = {q}", "require({p})\n-> next(iter({p}))",
        "{p} |= Counter({list})", "{p} &= Counter({list})",
    ),
    "table": (
        "{p}[{e}] = {i}", "{p}[{e}] = {i}", "{p}.pop({e}, None)", "if {e} in {p}: del {p}[{e}]", "{p}.setdefault({e}, {i})", "{p}.update({{{e}: {i}}})",
        "{p} = {{}}", "{p}.clear()", "{p} |= {{{e}: {i}}}", "-> choose({p})", "require({p})\n-> next(iter({p}))", "{p} = {{x: {i} for x in {p}}}",
        "{p} = {q}", "{p}, {q} = {q}, {p}", "require({e} in {p})\n{p}[{e}] = {p}[{e}] and {i}", "require({p})\n-> {p}.popitem()[0]", "{p} = dict({p})",
    ),
    "map": (
        "{p}[{k}] = {i}", "{p} = {{n: {i} for n in NODES}}", "{p}.update({{{k}: {i}}})", "{p} |= {{{k}: {i}}}", "{p}[{k}] = ({p}[{k}] + 1) % 3",
        "{p}[0], {p}[1] = {p}[1], {p}[0]", "{p} = {{**{p}, {k}: {i}}}", "{p} = {q}", "{p} = dict({p})",
    ),
    "deque": (
        "{p}.append({e})", "{p}.append({e})", "if {p}: {p}.popleft()", "require({p})\n-> {p}.popleft()", "{p}.appendleft({e})", "{p}.extend({list})",
        "{p} = deque({list})", "{p}.clear()", "if {p}: {p}[0] = {e}", "require({p})\n-> {p}.pop()", "require({p})\n-> {p}[0]", "{p} = {q}",
        "{p}.append({e})\n-> {p}.popleft()", "{p} += {list}", "{p}.rotate(1)", "{p}, {q} = {q}, {p}", "{p}.reverse()", "{p} = deque({p})",
    ),
    "list": (
        "{p}.append({e})", "{p}.append({e})", "{p} = {p}[:-1]", "require({p})\n-> {p}.pop()", "if {p}: {p}[0] = {e}", "del {p}[:1]", "{p} += {list}",
        "{p}.sort(key=str)", "{p}.insert(0, {e})", "{p}.reverse()", "if {e} in {p}: {p}.remove({e})", "{p} = {list}", "{p} = {p} + {list}", "{p} = {q}",
        "require({p})\n-> {p}[-1]", "-> choose({p})", "{p}, {q} = {q}, {p}", "{p} = [x for x in {p} if x != {e}]", "{p}.extend({q})", "{p}[:] = {list}",
    ),
    "frozen": ("{p} |= {set}", "{p} = frozenset({list})", "{p} -= {set}", "require({p})\n-> min({p})", "{p} = {p} & {q}"),
    "process": ("{p}.crash()", "{p}.restart()", "{p} = Server()", "{p} = Server(term={i}, votes={{{i}}})", "{p}.up = {t}"),
    "network": ("{p}.send({e})", "{p}.send({e})", "{p}.receive({e})", "{p}.broadcast({list})", "-> choose({p}.deliverable())", "-> choose({p}.in_flight())"),
    "fifo": ("{p}.send({e})", "{p}.send({e})", "{p}.receive({e})", "{p}.broadcast({list})", "-> choose({p}.deliverable())"),
    "history": (
        "require({k} not in {p}.pending)\n{p}.invoke({k}, 'write', {i})",
        "client = {k}\nrequire(client not in {p}.pending)\n{p}.invoke(client, choose(['read', 'write']), {i})",
        "client = {k}\nrequire(client in {p}.pending)\n{p}.complete(client, choose([None, 0, 1]))",
    ),
}  # fmt: skip
BOUNDS = {
    "bag": "{p}.total() <= 3",
    "deque": "len({p}) <= 2",
    "list": "len({p}) <= 2",
    "network": "{p}.messages.total() <= 2",
    "fifo": "sum(len(c) for c in {p}.channels.values()) <= 2",
}


@st.composite
def sources(draw: Draw) -> str:
    """The text of a random spec, without the preamble."""
    return Writer(draw).spec()


@st.composite
def looping_sources(draw: Draw) -> str:
    """The text of a random spec about loops that reject elements."""
    return Writer(draw).looping()
