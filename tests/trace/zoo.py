"""A spec whose properties are all false in its only initial state, each written in another way. The comment after each says why."""

# ruff: noqa: E731, F841, PT018, RET504, RET505, RUF012, SIM103, SIM110 - written in as many ways as people do.

from collections import Counter, deque
from enum import Enum

from attrs import frozen

from modelcheck import Durable, Process, Spec, action, invariant, require


class Role(Enum):
    LEADER = 1
    FOLLOWER = 2


class Server(Process):
    term: Durable[int] = 0
    role: Role = Role.FOLLOWER
    log: Durable[list[int]] = []

    @property
    def leading(self):
        return self.role is Role.LEADER and self.up


@frozen
class Vote:
    src: int
    dst: int


class Zoo(Spec):
    n: int = 3

    def init(self):
        self.servers = {i: Server(term=i, role=Role.LEADER, log=[1, i]) for i in range(self.n)}
        self.ok = False
        self.votes = {Vote(0, 1), Vote(1, 2)}
        self.bag = Counter({Vote(0, 1): 2})
        self.q = deque([1, 2])
        self.rm = {0: "a", 1: "b"}

    def ids(self):
        return range(self.n)

    @action(ids)
    def go(self, i):
        require(self.servers[i].term > 7)
        self.ok = True

    @action
    def wait(self):
        require(self.ok and self.q)
        self.q.popleft()

    @action
    def check(self):
        self.check_it()

    def check_it(self):
        require(len(self.q) > 2)

    def nobody(self):
        return []

    @action(nobody)
    def none(self, x):
        raise NotImplementedError

    def leaders(self, term):
        return {i for i, s in self.servers.items() if s.role is Role.LEADER and s.term >= term}

    def matching(self, a, b):
        for k in range(min(len(a.log), len(b.log))):
            if a.log[k] != b.log[k]:
                return False
        return True

    def check_term(self, s):
        assert s.term < 2, f"term {s.term} is too high"

    def recursive(self, n):
        return self.recursive(n - 1) if n else self.ok

    @invariant
    def conjunction(self):
        return len(self.servers) == 3 and self.ok and True
        # self.ok = False

    @invariant
    def disjunction(self):
        return self.ok or len(self.q) > 3 or self.rm[0] == self.rm[1]
        # self.ok or len(self.q) > 3 or self.rm[0] == self.rm[1]
        #   self.ok = False
        #   len(self.q) = 2
        #   self.q = [1, 2]
        #   self.rm[0] = 'a'
        #   self.rm[1] = 'b'

    @invariant
    def disjunction_with_structure(self):
        return self.ok or all(s.term < 2 for s in self.servers.values())
        # self.ok or all(s.term < 2 for s in self.servers.values())
        #   self.ok = False
        #   all(s.term < 2 for s in self.servers.values())
        #     for s = self.servers[2]
        #       s.term < 2
        #         s.term = 2

    @invariant
    def every(self):
        return all(s.term < 2 for s in self.servers.values())
        # all(s.term < 2 for s in self.servers.values())
        #   for s = self.servers[2]
        #     s.term < 2
        #       s.term = 2

    @invariant
    def every_pair(self):
        return all(
            self.matching(a, b)  # A comment is no part of it.
            for i, a in self.servers.items()
            for j, b in self.servers.items()
            if i < j
        )
        # all((self.matching(a, b) for i, a in self.servers.items() for j, b in self.servers.items() if i < j))
        #   for i = 0, a = self.servers[0], j = 1, b = self.servers[1]
        #     self.matching(a, b)
        #       in matching(a=self.servers[0], b=self.servers[1]):
        #         for k = 1
        #           a.log[k] != b.log[k] is true
        #             a.log[k] = 0
        #             b.log[k] = 1

    @invariant
    def some(self):
        return any(s.term > 5 for i, s in self.servers.items() if i < 1)
        # any(s.term > 5 for i, s in self.servers.items() if i < 1)
        #   for i = 0, s = self.servers[0]
        #     s.term > 5
        #       s.term = 0

    @invariant
    def some_alike(self):
        return any(s.term + s.log[0] > 5 for s in [self.servers[0], self.servers[0]])
        # any(s.term + s.log[0] > 5 for s in [self.servers[0], self.servers[0]])
        #   for s = self.servers[0]
        #     s.term + s.log[0] > 5
        #       s.term + s.log[0] = 1
        #       s.term = 0
        #       s.log[0] = 1

    @invariant
    def some_of_many(self):
        return any(x > 50 for x in range(40))
        # any(x > 50 for x in range(40))
        #   for none of 40: x = 0; x = 1; x = 2; x = 3; ...

    @invariant
    def some_of_none(self):
        return any(s.up for s in self.servers.values() if s.term > 10)
        # any(s.up for s in self.servers.values() if s.term > 10)
        #   nothing in self.servers.values() satisfies s.term > 10

    @invariant
    def negated(self):
        return not any(v.src == 1 and v.dst == 2 for v in self.votes)
        # not any(v.src == 1 and v.dst == 2 for v in self.votes)
        #   for v = Vote(src=1, dst=2)
        #     v.src == 1
        #       v.src = 1
        #     v.dst == 2
        #       v.dst = 2

    @invariant
    def length(self):
        leaders = self.leaders(1)
        return len(leaders) <= 1
        # len(leaders) <= 1
        #   len(leaders) = 2
        #   leaders = {1, 2}

    @invariant
    def asserted(self):
        for i, s in self.servers.items():
            assert s.term <= 1 and s.up, f"server {i}"
        # server 2
        # for i = 2, s = self.servers[2]
        #   s.term <= 1
        #     s.term = 2

    @invariant
    def asserted_elsewhere(self):
        for s in self.servers.values():
            self.check_term(s)
        # for s = self.servers[2]
        #   self.check_term(s)
        #     in check_term(s=self.servers[2]):
        #       term 2 is too high
        #       s.term < 2
        #         s.term = 2

    @invariant
    def asserted_in_a_comprehension(self):
        return all(self.check_term(s) is None for s in self.servers.values())
        # for s = self.servers[2]
        #   all(self.check_term(s) is None for s in self.servers.values())
        #     in check_term(s=self.servers[2]):
        #       term 2 is too high
        #       s.term < 2
        #         s.term = 2

    @invariant(ids)
    def parameter(self, i):
        return self.servers[i].term != 1
        # self.servers[i].term != 1
        #   self.servers[i].term = 1

    @invariant
    def attribute(self):
        return not self.servers[0].leading
        # not self.servers[0].leading
        #   in leading() of self.servers[0]:
        #     self.role is Role.LEADER
        #       self.role = LEADER
        #     self.up = True

    @invariant
    def loop(self):
        for i, s in self.servers.items():
            for j, t in self.servers.items():
                if i != j and s.role is t.role:
                    return False
        return True
        # for i = 0, s = self.servers[0]
        #   for j = 1, t = self.servers[1]
        #     (i != j and s.role is t.role) is true
        #       s.role = LEADER
        #       t.role = LEADER

    @invariant
    def variable(self):
        quorum = len(self.leaders(0)) * 2 <= self.n
        return quorum
        # quorum = False
        #   len(self.leaders(0)) * 2 <= self.n
        #     len(self.leaders(0)) * 2 = 6
        #     len(self.leaders(0)) = 3
        #     self.leaders(0) = {0, 1, 2}
        #     self.n = 3

    @invariant
    def chain(self):
        return 0 <= self.servers[1].term < self.n <= 2
        # self.n <= 2
        #   self.n = 3

    @invariant
    def subset(self):
        return {1, 2, 3, 4} <= set(self.ids())
        # {1, 2, 3, 4} <= set(self.ids())
        #   set(self.ids()) = {0, 1, 2}
        #   self.ids() = range(0, 3)
        #   only in {1, 2, 3, 4}: {3, 4}

    @invariant
    def conditional(self):
        return self.ok if self.n > 2 else True
        # self.n > 2 is true
        #   self.n = 3
        # self.ok = False

    @invariant
    def early(self):
        if self.ok:
            return True
        return False
        # self.ok = False

    @invariant
    def other_branch(self):
        if self.ok:
            return True
        else:
            return False
        # self.ok = False

    @invariant
    def mapped(self):
        low = lambda s: s.term < 2
        return all(map(low, self.servers.values()))
        # all(map(low, self.servers.values()))
        #   for item = self.servers[2]
        #     low(item)
        #       in <lambda>(s=self.servers[2]):
        #         s.term < 2
        #           s.term = 2

    @invariant
    def counted(self):
        return sum(1 for s in self.servers.values() if s.term > 1) < 1
        # sum(1 for s in self.servers.values() if s.term > 1) < 1
        #   sum(1 for s in self.servers.values() if s.term > 1) = 1
        #   for s = self.servers[2]

    @invariant
    def collected(self):
        return len({s.role for s in self.servers.values()}) > 1
        # len({s.role for s in self.servers.values()}) > 1
        #   len({s.role for s in self.servers.values()}) = 1
        #   for s = self.servers[0]: s.role = LEADER
        #   for s = self.servers[1]: s.role = LEADER
        #   for s = self.servers[2]: s.role = LEADER

    @invariant
    def implication(self):
        return not self.servers[0].up or self.rm[0] == self.rm[1]
        # not self.servers[0].up or self.rm[0] == self.rm[1]
        #   self.servers[0].up = True
        #   self.rm[0] = 'a'
        #   self.rm[1] = 'b'

    @invariant
    def raised(self):
        if len(self.q) == 2:
            raise AssertionError("the queue has two")
        return True
        # the queue has two
        # len(self.q) == 2 is true
        #   len(self.q) = 2
        #   self.q = [1, 2]

    @invariant
    def walrus(self):
        return (n := len(self.q)) > 2
        # (n := len(self.q)) > 2
        #   len(self.q) = 2
        #   self.q = [1, 2]

    @invariant
    def bag_count(self):
        return self.bag[Vote(0, 1)] < 2
        # self.bag[Vote(0, 1)] < 2
        #   self.bag[Vote(0, 1)] = 2

    @invariant
    def matched(self):
        match self.rm[0]:
            case "a":
                return False
            case _:
                return True
        # match self.rm[0]
        #   self.rm[0] = 'a'

    @invariant
    def items(self):
        answers = [True, self.n > 5]
        return all(answers)
        # all(answers)
        #   item 1 is False

    @invariant
    def equal_sequences(self):
        return self.servers[0].log == self.servers[1].log
        # self.servers[0].log == self.servers[1].log
        #   self.servers[0].log = [1, 0]
        #   self.servers[1].log = [1, 1]

    @invariant
    def deep(self):
        return self.recursive(3)
        # self.recursive(3)
        #   in recursive(n=3):
        #     n is true
        #     self.recursive(n - 1)
        #       in recursive(n=2):
        #         n is true
        #         self.recursive(n - 1)
        #           in recursive(n=1):
        #             n is true
        #             self.recursive(n - 1)
        #               in recursive(n=0):
        #                 n is false
        #                 self.ok = False


class Base(Zoo):
    @invariant
    def conjunction(self):
        return super().conjunction() and True
        # super().conjunction()
        #   in conjunction():
        #     self.ok = False
