"""Small protocols for any number of names, and what is wrong with one of them."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from modelcheck import Spec, action, invariant, lemma, require
from modelcheck.spec.record import Record


class Named(Spec):
    """Nodes."""

    nodes: int = 3

    def everybody(self) -> Iterable[int]:
        return range(self.nodes)

    def later(self, n: int) -> Iterable[int]:
        return range(n + 1, self.nodes)


class LockServer(Named):
    """A lock server with messages, in frozensets; its lemmas are given."""

    def init(self) -> None:
        self.requests: frozenset[int] = frozenset()
        self.grants: frozenset[int] = frozenset()
        self.releases: frozenset[int] = frozenset()
        self.holds = dict.fromkeys(self.everybody(), False)
        self.free = True

    @action(Named.everybody)
    def send_request(self, n: int) -> None:
        self.requests |= {n}

    @action(Named.everybody)
    def receive_request(self, n: int) -> None:
        require(self.free and n in self.requests)
        self.free = False
        self.requests -= {n}
        self.grants |= {n}

    @action(Named.everybody)
    def receive_grant(self, n: int) -> None:
        require(n in self.grants)
        self.grants -= {n}
        self.holds[n] = True

    @action(Named.everybody)
    def unlock(self, n: int) -> None:
        require(self.holds[n])
        self.holds[n] = False
        self.releases |= {n}

    @action(Named.everybody)
    def receive_release(self, n: int) -> None:
        require(n in self.releases)
        self.releases -= {n}
        self.free = True

    @invariant(Named.everybody, Named.later)
    def mutual_exclusion(self, one: int, other: int) -> bool:
        return not (self.holds[one] and self.holds[other])

    def has_lock(self, n: int) -> bool:
        return n in self.grants or n in self.releases or self.holds[n]

    @lemma(Named.everybody)
    def free_or_taken(self, n: int) -> bool:
        return not (self.free and self.has_lock(n))

    @lemma(Named.everybody)
    def in_one_place(self, n: int) -> bool:
        return not (n in self.grants and (n in self.releases or self.holds[n])) and not (n in self.releases and self.holds[n])

    @lemma(Named.everybody, Named.everybody)
    def by_one(self, one: int, other: int) -> bool:
        return one == other or not (self.has_lock(one) and self.has_lock(other))


class Election(Named):
    """Votes of a majority, each given once; majorities are counted in two ways."""

    def init(self) -> None:
        self.vote: dict[int, int | None] = dict.fromkeys(self.everybody())
        self.leader: set[int] = set()

    @action(Named.everybody, Named.everybody)
    def cast(self, n: int, candidate: int) -> None:
        require(self.vote[n] is None)
        self.vote[n] = candidate

    @action(Named.everybody)
    def lead(self, candidate: int) -> None:
        require(sum(self.vote[n] == candidate for n in self.everybody()) > self.nodes // 2)
        self.leader.add(candidate)

    @invariant(Named.everybody, Named.everybody)
    def one_leader(self, one: int, other: int) -> bool:
        return one == other or one not in self.leader or other not in self.leader

    @lemma(Named.everybody)
    def leads_by_majority(self, candidate: int) -> bool:
        return candidate not in self.leader or len({n for n in self.everybody() if self.vote[n] == candidate}) * 2 >= self.nodes + 1


class HalfElection(Election):
    """Half of the votes are taken for a majority: wrong at even sizes."""

    @action(Named.everybody)
    def lead(self, candidate: int) -> None:
        require(2 * sum(self.vote[n] == candidate for n in self.everybody()) >= self.nodes)
        self.leader.add(candidate)

    @lemma(Named.everybody)
    def leads_by_majority(self, candidate: int) -> bool:
        return candidate not in self.leader or 2 * sum(self.vote[n] == candidate for n in self.everybody()) >= self.nodes


@frozen
class Ask:
    """A request for a vote."""

    sender: int
    term: int


class Server(Record):
    """What a server knows."""

    term: int = 0
    voted: int | None = None
    heard: set[int]


class Terms(Named):
    """Records with sets in them, messages with names and numbers: at most one vote per term."""

    def init(self) -> None:
        self.server = {n: Server(heard=set()) for n in self.everybody()}
        self.asked: set[Ask] = set()
        self.votes: set[tuple[int, int, int]] = set()

    @action(Named.everybody)
    def ask(self, n: int) -> None:
        self.server[n].term += 1
        self.server[n].voted = n
        self.server[n].heard = {n}
        self.asked.add(Ask(n, self.server[n].term))

    @action(Named.everybody, Named.everybody)
    def answer(self, n: int, candidate: int) -> None:
        mine = self.server[n]
        term = self.server[candidate].term
        require(Ask(candidate, term) in self.asked and term > mine.term)
        mine.term = term
        mine.voted = candidate
        mine.heard = set()
        self.votes.add((n, candidate, term))
        self.server[candidate].heard.add(n)

    @invariant(Named.everybody, Named.everybody)
    def heard_is_of_this_term(self, n: int, candidate: int) -> bool:
        if n == candidate or n not in self.server[candidate].heard:
            return True
        return self.server[n].term >= self.server[candidate].term

    @invariant(Named.everybody)
    def terms_are_no_names(self, n: int) -> bool:
        return self.server[n].term >= 0 and (self.server[n].voted is not None or self.server[n].term == 0)


class Fill(Named):
    """A dict given as a whole, a name in a variable, and all that there are."""

    def init(self) -> None:
        self.mark = {n: n == 0 for n in self.everybody()}
        self.last: int | None = None
        self.seen = set(self.everybody())

    @action(Named.everybody)
    def move(self, n: int) -> None:
        require(self.mark[n] and len(self.seen) >= 1)
        self.mark = {m: m == n or (m in self.seen and not self.mark[m]) for m in self.everybody()}
        self.last = n
        self.seen -= {n}

    @action
    def fill(self) -> None:
        require(self.last is not None and self.mark[self.last])
        self.seen = {n for n in self.everybody() if self.mark[n]} | {0}
        self.mark = dict.fromkeys(self.everybody(), True)

    @invariant
    def some_mark(self) -> bool:
        return any(self.mark.values()) and (self.last is None or self.last in self.mark)

    @invariant
    def unseen(self) -> bool:
        return self.seen <= set(self.everybody()) and (self.seen != set() or self.last is not None)
