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
TRICKY = Pool(("1", "True", "1.0", "0", "False", "None", "Rank.LOW"))
POINT = Pool(("(0, 1)", "Point(0, 1)", "(False, 1)"))
PARCEL = Pool(("Parcel(0, 1)", "Parcel(1, 0, frozenset({'a', 'b'}))", "Parcel(0, 1, frozenset({'c', 'a'}))"))
POOLS = (NUMBER, WORD, COLOUR, PAIR, MESSAGE, MAYBE, TRICKY, POINT)


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
    "trio": ("self.trio = Network(nodes=(0, 1, 2), partitions=1, losses=1)", (Place("network", "self.trio", MESSAGE),)),
    "depot": ("self.depot = Network(nodes=NODES, duplications=1)", (Place("network", "self.depot", PARCEL),)),
    "history": ("self.history = History.of(Register(initial=0))", (Place("history", "self.history", TRICKY),)),
    "cas": ("self.cas = History.of(CasRegister(1))", (Place("cas", "self.cas", TRICKY),)),
    "start": ("self.start = choose([0, 1, 2])\nrequire(self.start != 1)", (Place("scalar", "self.start"),)),
    "mixed": ("self.mixed = set(choose([(), (True,), (1.0,)]))", (Place("set", "self.mixed", TRICKY),)),
    "odds": ("self.odds = []", (Place("list", "self.odds", TRICKY),)),
    "jumble": ("self.jumble = deque([True])", (Place("deque", "self.jumble", TRICKY),)),
    "kinds": ("self.kinds = {}", (Place("table", "self.kinds", TRICKY),)),
    "point": ("self.point = choose([(0, 1), Point(0, 1)])", (Place("scalar", "self.point", POINT),)),
    "points": ("self.points = set()", (Place("set", "self.points", POINT),)),
    "parcel": ("self.parcel = Parcel(0, 1)", (Place("scalar", "self.parcel", PARCEL), Place("sealed", "self.parcel.content", WORD))),
    "post": ("self.post = set()", (Place("set", "self.post", PARCEL),)),
    "words": ("self.words = frozenset({'b', 'a'})", (Place("label", "self.words", WORD),)),
    "rank": ("self.rank = Rank.LOW", (Place("scalar", "self.rank", TRICKY),)),
    "clock": ("self.clock = Clock(jumps=choose([0, 1]))", (Place("scalar", "self.clock.now"),)),
    "booters": (
        "self.booters = {n: Booter(peers={m: n for m in NODES}, saved={m: 0 for m in NODES}) for n in NODES}",
        (Place("booter", "self.booters[{k}]"), Place("map", "self.booters[{k}].peers"), Place("map", "self.booters[{k}].saved")),
    ),
    "desk": (
        "self.desk = Desk(pair=Pair(left=1), drawers={0: {1}})",
        (Place("scalar", "self.desk.pair.left"), Place("frozen", "self.desk.pair.right"), Place("list", "self.desk.tray"), Place("set", "self.desk.drawers[0]")),
    ),
    "desks": (
        "self.desks = {n: Desk() for n in NODES}",
        (Place("scalar", "self.desks[{k}].pair.left"), Place("list", "self.desks[{k}].tray"), Place("table", "self.desks[{k}].drawers", NODE)),
    ),
    "wall": ("self.wall = Wall()", (Place("scalar", "self.wall.shown"), Place("scalar", "self.wall.clock.now"))),
    "boxes": ("self.boxes = {n: Network(nodes=NODES, losses=n) for n in NODES}", (Place("network", "self.boxes[{k}]", MESSAGE),)),
    "hub": ("self.hub = Hub(net=Network(duplications=1))", (Place("network", "self.hub.net", MESSAGE), Place("scalar", "self.hub.load"))),
    "registers": (
        "self.registers = {'x': History.of(Register(0)), 'y': History.of(Register())}",
        (Place("history", "self.registers['x']", TRICKY), Place("history", "self.registers['y']", TRICKY)),
    ),
}
EQUAL = ("mixed", "kinds", "points")
"""Collections whose elements may be equal and of different types, which the language refuses by name."""
CONTAINERS = ("set", "bag", "table", "deque", "list", "frozen")
COLLECTIONS = ("set", "bag", "table", "network")
