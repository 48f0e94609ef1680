"""A memory, and that one behind a write-back cache is the same memory.

The idea of Lamport, "Specifying Systems", 2002, section 5: an internal cache must not show. Here a line of the cache
may hold what the memory does not have yet, and writing it back is a step that nobody sees: the map looks into the
cache first.
"""

from collections.abc import Iterable

from modelcheck import Record, Spec, action, refines, require


class Memory(Spec):
    """Cells that clients write and read, each at once."""

    addresses: int = 2
    values: int = 2
    clients: int = 2

    def init(self) -> None:
        """All cells hold 0, and nobody has written or read."""
        self.cell = dict.fromkeys(self.all_addresses(), 0)
        self.last_write: tuple[int, int] | None = None
        self.answer: dict[int, int | None] = dict.fromkeys(self.all_clients())

    def all_addresses(self) -> Iterable[int]:
        """The addresses."""
        return range(self.addresses)

    def all_values(self) -> Iterable[int]:
        """What a cell may hold."""
        return range(self.values)

    def all_clients(self) -> Iterable[int]:
        """The clients."""
        return range(self.clients)

    @action(all_addresses, all_values)
    def write(self, a: int, v: int) -> None:
        """Some client writes."""
        self.cell[a] = v
        self.last_write = a, v

    @action(all_clients, all_addresses)
    def read(self, c: int, a: int) -> None:
        """A client reads, and keeps the answer."""
        self.answer[c] = self.cell[a]


class Line(Record):
    """A line of the cache."""

    present: bool = False
    dirty: bool = False
    value: int = 0


class CachedMemory(Spec):
    """The same cells behind a cache that writes back when a line is evicted."""

    addresses: int = 2
    values: int = 2
    clients: int = 2

    def init(self) -> None:
        """The cache is empty."""
        self.cell = dict.fromkeys(range(self.addresses), 0)
        self.line = {a: Line() for a in range(self.addresses)}
        self.last_write: tuple[int, int] | None = None
        self.answer: dict[int, int | None] = dict.fromkeys(range(self.clients))

    def all_addresses(self) -> Iterable[int]:
        """The addresses."""
        return range(self.addresses)

    def all_values(self) -> Iterable[int]:
        """What a cell may hold."""
        return range(self.values)

    def all_clients(self) -> Iterable[int]:
        """The clients."""
        return range(self.clients)

    @action(all_addresses)
    def load(self, a: int) -> None:
        """A line is filled from memory."""
        line = self.line[a]
        require(not line.present)
        line.present, line.value = True, self.cell[a]

    @action(all_addresses)
    def evict(self, a: int) -> None:
        """A line is given up; what memory does not have yet is written back."""
        line = self.line[a]
        require(line.present)
        if line.dirty:
            self.cell[a] = line.value
        self.line[a] = Line()

    @action(all_addresses, all_values)
    def write(self, a: int, v: int) -> None:
        """Some client writes, into the cache."""
        line = self.line[a]
        require(line.present)
        line.dirty, line.value = True, v
        self.last_write = a, v

    @action(all_clients, all_addresses)
    def read(self, c: int, a: int) -> None:
        """A client reads, from the cache."""
        require(self.line[a].present)
        self.answer[c] = self.line[a].value

    @refines
    def memory(self) -> Memory:
        """A line that is present is what its cell holds."""
        spec = Memory(addresses=self.addresses, values=self.values, clients=self.clients)
        spec.cell = {a: line.value if line.present else self.cell[a] for a, line in self.line.items()}
        spec.last_write = self.last_write
        spec.answer = dict(self.answer)
        return spec
