"""A write-ahead log: what is answered survives a crash, whole or not at all.

Gray and Reuter, "Transaction Processing", 1992, chapter 10; Mohan et al., "ARIES", 1992, section 1, on the
write-ahead rule. A transaction writes its updates to the log and then a commit record; it is answered when that is on
disk. A page is written out only after the log that made it. After a crash the log is read up to where its checksums
hold, and what is committed there is done again.

*Choices.* One transaction at a time, which gives both pages a new value. A page is written whole. Nothing is undone,
since no page of a transaction that is not committed is ever written (redo only, no steal).

*Bounds.* ``transactions`` and ``crashes``.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from modelcheck import Crashes, Durable, Process, Spec, action, invariant, reachable, require, terminal
from modelcheck.parts import Disk

PAGES = ("x", "y")


@frozen
class Update:
    """A transaction gives a page the value that is its number."""

    transaction: int
    page: str


@frozen
class Commit:
    """A transaction is complete."""

    transaction: int


class Store(Process):
    """The store: log and pages on disk; the pages in memory, and the transaction under way with its updates so far."""

    log: Durable[Disk] = Disk()
    page: Durable[dict[str, int]] = {}
    answered: Durable[int] = 0
    memory: dict[str, int] = {}
    running: int | None = None
    updated: int = 0
    recovered: bool = False

    def crash(self) -> None:
        """The cache of the log is lost, too."""
        super().crash()
        self.log.crash()


class WriteAheadLog(Spec):
    """The store, and a client."""

    transactions: int = 2
    crashes: int = 1
    tears: bool = True

    def init(self) -> None:
        """Both pages are 0."""
        self.stores = {"store": Store(log=Disk(tears=self.tears), page=dict.fromkeys(PAGES, 0), memory=dict.fromkeys(PAGES, 0))}
        self.store.recovered = True
        self.faults = Crashes(processes=self.stores, crashes=self.crashes)
        self.begun = 0

    @property
    def store(self) -> Store:
        """The only one."""
        return self.stores["store"]

    def running(self) -> Store:
        """The store, if it is up and has recovered."""
        require(self.store.up)
        require(self.store.recovered)
        return self.store

    @action
    def begin(self) -> None:
        """A client begins a transaction."""
        store = self.running()
        require(store.running is None)
        require(self.begun < self.transactions)
        self.begun += 1
        store.running = self.begun
        store.updated = 0

    @action
    def update(self) -> None:
        """An update goes to the log."""
        store = self.running()
        require(store.running is not None)
        require(store.updated < len(PAGES))
        store.log.append(Update(store.running or 0, PAGES[store.updated]))
        store.updated += 1

    @action
    def commit(self) -> None:
        """When all updates are in the log, the commit record is written."""
        store = self.running()
        require(store.running is not None)
        require(store.updated == len(PAGES))
        store.log.append(Commit(store.running or 0))
        store.updated += 1

    @action
    def answer(self) -> None:
        """The log is synced; then the pages in memory change, and the client hears that its transaction is committed."""
        store = self.running()
        require(store.running is not None)
        require(store.updated > len(PAGES))
        transaction = store.running or 0
        self.make_safe(store)
        for page in PAGES:
            store.memory[page] = transaction
        store.answered = transaction
        store.running = None

    def make_safe(self, store: Store) -> None:
        """The log is on disk before anybody hears of the transaction."""
        store.log.sync()

    def pages(self) -> Iterable[str]:
        """The pages."""
        return PAGES

    @action(pages)
    def write_page(self, page: str) -> None:
        """A page is written out: what is in memory is committed, and its log is safe."""
        store = self.running()
        require(store.page[page] != self.newest(store, page))
        store.page[page] = self.newest(store, page)

    def newest(self, store: Store, page: str) -> int:
        """What is written out: the page in memory, without updates that are not committed."""
        return store.memory[page]

    @action
    def recover(self) -> None:
        """After a crash, the log is read as far as it is whole, and what is committed in it is done again."""
        store = self.store
        require(store.up)
        require(not store.recovered)
        records = self.readable(store.log)
        committed = {record.transaction for record in records if isinstance(record, Commit)}
        for page in PAGES:
            done = [r.transaction for r in records if isinstance(r, Update) and r.page == page and self.is_redone(r, committed)]
            store.memory[page] = max([store.page[page], *done])
        store.log.truncate(len(records))
        store.log.sync()
        store.recovered = True

    def readable(self, log: Disk) -> tuple[object, ...]:
        """The records before the first one with a wrong checksum."""
        return log.read()

    def is_redone(self, update: Update, committed: set[int]) -> bool:
        """The update is of a transaction whose commit record is in the log."""
        return update.transaction in committed

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant
    def durability(self) -> bool:
        """What was answered is there, after every recovery."""
        store = self.store
        return not (store.up and store.recovered) or all(value >= store.answered for value in store.memory.values())

    @invariant
    def atomicity(self) -> bool:
        """A transaction is there with both of its updates, or with none."""
        store = self.store
        return not (store.up and store.recovered) or store.memory["x"] == store.memory["y"]

    @reachable
    def commits_unanswered(self) -> bool:
        """A transaction can be there although its client never heard."""
        return self.store.recovered and self.store.memory["x"] > self.store.answered

    @reachable
    def loses_unfinished(self) -> bool:
        """A transaction that was not finished can be gone."""
        return self.store.recovered and self.begun == 1 and self.store.running is None and self.store.memory["x"] == 0

    @terminal
    def all_is_done(self) -> bool:
        """All transactions have been tried."""
        return self.begun == self.transactions
