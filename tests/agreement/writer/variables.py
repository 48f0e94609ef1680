"""What a random spec may keep in its state, and the literals that meet there."""

from __future__ import annotations

from attrs import frozen


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
CONTAINERS = ("set", "bag", "table", "deque", "list", "frozen")
COLLECTIONS = ("set", "bag", "table", "network")
