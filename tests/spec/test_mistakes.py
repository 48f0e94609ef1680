"""A mistake in a spec gets one message: what is wrong, where, and what to do."""

from __future__ import annotations

import itertools

import pytest

from modelcheck import ModelcheckError, Network, Spec, Verdict, action, check, invariant, require, terminal
from modelcheck.spec.loading import load_file

SPEC = '''\
import random, sys, threading, time
from abc import abstractmethod
from collections import Counter, OrderedDict, defaultdict, deque
from dataclasses import dataclass
from attrs import define, frozen
from modelcheck import *
from modelcheck.consistency import Register

@frozen
class Message:
    kind: str = "a"

@frozen
class Letter:
    src: object
    dst: object

@frozen
class Holder:
    items: list

class Thing:
    """Compared by identity."""

@dataclass
class Late:
    number: int = 0

class Plain(Record):
    number: int = 0
    limit: Fixed[int] = 3

class Server(Process):
    term: int = 0

class Ready(Process):
    address: str

class Indexed(Process):
    index: dict[int, int] = {}

class Base(Spec):
    """A spec without mistakes, with a variable of each kind."""

    bound: int = 3

    def init(self):
        self.n = 0
        self.value = None
        self.fixed = {0: 0, 1: 0}
        self.table = {}
        self.marks = set()
        self.bag = Counter()
        self.plain = Plain()
        self.server = {0: Server()}
        self.twin = self.marks
        self.network = Network[Message]()

    @action
    def count(self):
        require(self.n < self.bound)
        self.n += 1

    @terminal
    def end(self):
        return True

'''

# What an action does, the message, and the remedy.
IN_AN_ACTION = [
    ("return self.n > 0", "the action other returned False", "require(...)"),
    ("while choose([True, False]): pass", "one run made 10,000 choices", "must end"),
    ("self.why = 1", "assigned to 'why', which is no variable", "the variables are n, value, fixed"),
    ("require(self.why)", "has no attribute 'why'", "Set self.why in init."),
    ("self.server[0].trem = 1", "server[0].trem was assigned, and is no field of its class", "it has up, term"),
    ("self.fixed[2] = 0", "keeps them; an action added or removed 2", "start with an empty dict"),
    ("self.table['k'] += 1", "raised KeyError: 'k'", "require(...)"),
    ("self.value = choose(3)", "choose() needs an iterable of values and got 3", "range(3)"),
    ("self.value = float('nan')", "nan is not equal to itself", "None"),
    ("self.value = 10**4000", "an integer of 13,288 bits is too long", "small"),
    ("self.value = [1]", "value was given [1]", "a tuple"),
    ("self.value = (1, [2])", "a list is mutable", "a tuple"),
    ("self.value = Holder([1])", "a list is mutable", "a tuple"),
    ("self.value = Thing()", "compares by identity", "Derive Thing from modelcheck.Record"),
    ("self.value = (i for i in range(3))", "compares by identity", "a tuple"),
    ("self.value = threading.Lock()", "compares by identity", "a tuple"),
    ("self.value = self.marks", "a set is mutable", "frozenset"),
    ("self.table['k'] = {}", "table['k'] was given {}", "a tuple"),
    ("self.network.send({'kind': 'a'})", "the message {'kind': 'a'} cannot be sent: a dict is mutable", "classes of their own"),
    ("self.network.send(Late())", "cannot be sent: a Late is mutable", "attrs.frozen"),
    ("self.network.send(Holder([1]))", "cannot be sent: a list is mutable", "tuples for lists"),
    ("self.table[[1]] = 1", "a key of table was given [1]", "a tuple"),
    ("self.marks.add((1, []))", "an element of marks was given", "a tuple"),
    ("self.marks = [1]", "marks is a set and was assigned [1]", "keeps the kind"),
    ("self.plain = Late()", "plain is a Plain and was assigned", "keeps the kind"),
    ("self.plain = Plain(limit=4)", "plain.limit is annotated Fixed and changed from 3 to 4", "Remove Fixed"),
    ("self.plain.limit = 4", "plain.limit is annotated Fixed and changed from 3 to 4", "Remove Fixed"),
    ("self.twin = {1}", "twin and marks are one object after init", "Change the object"),
    ("self.bag.subtract(['a'])", "bag holds 'a' -1 times", "require(...)"),
    ("self.marks.update([1, True])", "marks meets both 1 and True", "one type"),
    ("self.bound = 7", "the constant 'bound'", "set by init"),
    ("del self.n", "deleted 'n'", "None"),
    ("self.other()", "RecursionError", "calls itself must end"),
    ("choose([self.plain])", "choose() was given a Plain, and a record stays", "Attributes"),
    ("sys.exit(1)", "raised SystemExit: 1", "require(...)"),
    ("assert self.n > 7", "raised AssertionError", "require(...)"),
    ("require(choose([Message()]).knid)", "has no attribute 'knid'", "Did you mean 'kind'?"),
    ("for key in self.table: self.table[key + 'k'] = 1\n        self.table['k'] = 1", "gained or lost a key", "Loop over a copy"),
    ("self.value = random.random()", "does not depend on the state alone", "random numbers"),
    ("self.value = time.time()", "does not depend on the state alone", "the time"),
    ("self.value = lambda: 3", "does not depend on the state alone", "usual causes"),
]  # fmt: skip

# What init does besides, the message, and the remedy.
IN_INIT = [
    ("self.servers = [Server()]", "was given a Server", "dicts with fixed keys"),
    ("self.logs = [[], []]", "an item of logs was given []", "{0: [], 1: []}"),
    ("self.more = defaultdict(int)", "a defaultdict is mutable", "an ordinary dict"),
    ("self.more = OrderedDict()", "a OrderedDict is mutable", "an ordinary dict"),
    ("self.recent = deque(maxlen=2)", "maximal length", "popleft"),
    ("self.items = bytearray(2)", "a bytearray is mutable", "a tuple"),
    ("self.things = {0: Thing()}", "compares by identity", "modelcheck.Record"),
    ("self.me = self", "me was given", ""),
    ("self.count = 3", "the variable 'count' hides the method 'count'", "Rename"),
    ("require(self.n > 0)", "has no initial state", "require()"),
    ("return 5", "init of Odd returned 5", "self.x = 0"),
    ("yield", "init of Odd returned <generator", "no yield"),
    ("self.network = Network(partitions=1)", "needs to know its nodes", "nodes=(0, 1, 2)"),
    ("self.network = FifoNetwork()", "needs to know its nodes", "nodes=(0, 1)"),
    ("self.network = Network(nodes=(0, 1)); self.network.send('hi')", "'hi' says neither whom it is from", "src and dst"),
    ("self.network = Network(nodes=(0, 1)); self.network.send(Letter(0, 7))", "has dst=7, which is none of the nodes (0, 1)", "clients, too"),
    ("self.network = Network(nodes=(0, 1)); self.network.send(Letter(2, 1))", "has src=2, which is none of the nodes (0, 1)", "clients, too"),
    ("self.network = FifoNetwork(nodes=(0, 1)); self.network.send(Letter(0, 7))", "has dst=7, which is none of", "clients, too"),
    ("self.network = FifoNetwork(nodes=(0, 1)); self.network.send(Letter(7, 0))", "has src=7, which is none of", "clients, too"),
    ("self.network = FifoNetwork(nodes=(0, 1)); self.network.send(Letter(1, 1))", "which a node sends to itself", "different nodes"),
    ("self.network = FifoNetwork(nodes=(0, 1)); self.network.send('hi')", "'hi' says neither whom it is from", "src and dst"),
    ("self.network = FifoNetwork(nodes=(0, 1)); self.network.send(Letter(0, [1]))", "cannot be sent: a list is mutable", "tuples for lists"),
    ("self.network = Network(nodes=(0, 1)); self.network.send(Letter([0], 1))", "has src=[0], which is none of the nodes", "clients, too"),
    ("self.network = Network(); self.network.send(Letter(0, {1}))", "cannot be sent: a set is mutable", "frozensets for sets"),
    ("self.network = Network(copies=0)", "copies=0, which is no number from 1", "from 1"),
    ("self.network = Network(copies=True)", "copies=True, which is no number from 1", "from 1"),
    ("self.faults = Crashes(processes={0: Plain()}, crashes=1)", "is no process", "modelcheck.Process"),
    ("self.faults = Crashes(processes={0: Server()}, crashes=1)", "nothing else in the state refers to", "the spec's own records"),
    ("self.history = History.of(Register()); self.history.complete('a', 1)", "it never invoked", "invoke(client, ...)"),
    ("self.late = Ready(address='x'); self.late.crash()", "a crash loses the field 'address'", "Durable"),
    ("self.late = Indexed(index={0: choose([0, 1])})", "late.index is lost in a crash", "Durable"),
]

# What else is in the class, the message, and the remedy.
IN_THE_CLASS = [
    ("def items(self): range(2)\n    @action(items)\n    def other(self, i): pass", "from None, which items returned", "return"),
    ("@action('items')\n    def other(self, i): pass", "takes i from 'items'", "without quotes"),
    ("@action(3)\n    def other(self, i): pass", "takes i from 3", "a range"),
    ("@action\n    def other(self, i): pass", "has the parameter i and no domains", "@action(servers) above def other(self, i)"),
    ("@action\n    def other(self, seen=[]): pass", "has the parameter seen and no domains", "@action(servers)"),
    ("@action\n    async def other(self): pass", "a generator or a coroutine", "async"),
    ("@action\n    def other(self): yield", "a generator or a coroutine", "yield"),
    ("@action\n    @staticmethod\n    def other(): pass", "stands above a staticmethod", "ordinary method"),
    ("@action\n    @abstractmethod\n    def other(self): ...", "the action other is abstract", "derives from this one"),
    ("other = action(len)", "Odd.other is decorated as action", "written with def"),
    ("@action\n    def other(self): pass\n    @invariant\n    def other(self): return True", "a second time", "Rename"),
    ("@invariant\n    def small(self): self.n = 1; return True", "the invariant small changed n", "local variables"),
    ("@invariant\n    def small(self): self.n < 3", "the invariant small returned None", "return"),
    ("@constraint\n    def small(self): self.n < 3", "the constraint small returned None", "return"),
    ("@invariant\n    def small(self): return (n < 3 for n in self.marks)", "which is true whatever the state", "all(...)"),
    ("@invariant\n    def small(self): require(self.n < 1); return True", "ended in require()", "Return a truth value"),
    ("@invariant\n    def small(self): return self.table['k'] < 3", "raised KeyError: 'k'", "every reachable state"),
    ("@invariant\n    def small(): return True", "lacks the parameter self", "def small(self)"),
    ("@step_property\n    def grows(self): return True", "lacks the parameter after", "def grows(self, after)"),
    ("@invariant\n    def deadlock(self): return True", "cannot be called 'deadlock'", "another name"),
    ("def init(self, n): self.n = n", "init of Odd takes more than self", "class attribute"),
    ("def init(self): pass", "init of Odd sets no variable", "self.x = 0"),
    ("def init(self): self.other = 0", "has no attribute 'n'", "does it call super().init()?"),
    ("def __init__(self): self.y = 0", "__init__ of Odd sets y, which is no constant", "init(self)"),
    ("peers: list = [1]", "the constant 'peers' of Odd cannot be [1]", "a tuple"),
    ("size: int = 'x'", "the constant 'size' of Odd is an int, not 'x'", ""),
    ("peers = [1]\n    @action\n    def other(self): self.peers.append(2)", "which all states share", "in init"),
    ("size = 1\n    @action\n    def other(self): self.size = 2", "assigned to 'size', which is no variable", "in init"),
]  # fmt: skip

OUTSIDE = [
    ("require(False)", "require() was called outside of a run", "in an action"),
    ("choose([1])", "choose() was called outside of a run", ""),
    ("class Odd(Spec):\n    @action\n    def go(self): pass", "Odd has no init", "Define init"),
    ("class Odd(Spec):\n    def init(self): self.n = 0", "Odd has no actions", "@action"),
]

TABLE = [
    *((f"class Odd(Base):\n    @action\n    def other(self):\n        {code}", *rest) for code, *rest in IN_AN_ACTION),
    *((f"class Odd(Base):\n    def init(self):\n        super().init()\n        {code}", *rest) for code, *rest in IN_INIT),
    *((f"class Odd(Base):\n    {code}", *rest) for code, *rest in IN_THE_CLASS),
    *OUTSIDE,
]
NUMBER = itertools.count()


@pytest.mark.parametrize(
    ("code", "message", "remedy"), TABLE, ids=[row[0].replace("    ", "").replace("\n", ";")[-60:] for row in TABLE]
)
def test_a_mistake_is_told_with_its_place_and_its_remedy(tmp_path, code, message, remedy):
    """The message says what is wrong, names the line of the file where that is known, and says what to do."""
    path = tmp_path / f"odd_{next(NUMBER)}.py"
    path.write_text(SPEC + code + "\n")
    with pytest.raises(ModelcheckError) as raised:
        check(load_file(path).Odd())
    assert message in raised.value.message
    assert remedy in (raised.value.remedy or "")
    file, _, line = (raised.value.place or "").rpartition(":")
    assert file == str(path)
    assert int(line) > SPEC.count("\n") or message == "has no attribute 'n'"


class Base(Spec):
    """A spec without mistakes."""

    limit: int = 2

    def init(self):
        self.x = 0

    @action
    def go(self):
        require(self.x < self.limit)
        self.x += 1

    @terminal
    def end(self):
        return True


class Raises(Base):
    """An action raises."""

    @action
    def other(self):
        raise KeyError


def test_a_generator_as_a_domain_can_be_run_through_again():
    """A domain is kept, so an iterator that ends does not end the domain."""

    class Generated(Base):
        @action(i for i in range(3))
        def other(self, i):
            self.x = i

    assert [action.enabled for action in check(Generated()).actions if action.name == "other"] == [9]


def test_the_state_in_which_an_action_raised_is_noted():
    """An exception is shown with the state in which the action was taken."""
    with pytest.raises(ModelcheckError) as raised:
        check(Raises())
    assert "In the state" in "".join(raised.value.__notes__)


def test_a_field_that_a_record_lacks_is_refused_by_hand_too():
    """Stepping by hand refuses what the search refuses."""

    class Unknown(Base):
        @action
        def other(self):
            self.y = 1

    spec = Unknown()
    with pytest.raises(ModelcheckError, match="which is no variable"):
        spec.step(spec.initial_states()[0], "other")


def test_a_table_in_the_class_that_stays_as_it_is_is_no_mistake():
    """It is looked up, and not changed."""

    class Looking(Base):
        steps = {0: 1, 1: 2}  # noqa: RUF012 - this is what is tested.

        @action
        def other(self):
            self.x = self.steps.get(self.x, 0)

    assert check(Looking(), properties=[]).verdict is Verdict.HOLDS


def test_no_warning_is_given_of_a_search_that_was_cut_short():
    """An action that was not enabled yet may be enabled later."""

    class Late(Base):
        @action
        def other(self):
            require(self.x == 2)

        @invariant
        def small(self):
            return self.x < 1

    assert check(Late()).warnings == ()


@pytest.mark.parametrize("forgotten", [True, False])
def test_an_action_that_forgets_self_is_warned_of(forgotten):
    """What it assigns is a local variable; an action that means to do nothing assigns nothing."""

    class Forgetful(Base):
        @action
        def other(self):
            if forgotten:
                x = self.x + 1  # noqa: F841 - this is the mistake.

    class Stuttering(Base):
        @action
        def other(self):
            require(self.x)

    told = "the action other never changes the state; it assigns to x, a local variable"
    assert check((Forgetful if forgotten else Stuttering)()).warnings == ((told,) if forgotten else ())


def test_a_network_that_says_what_its_messages_are_is_no_mistake():
    """``Network[str](...)`` leaves an attribute on the network, which is no part of the state."""

    class Typed(Base):
        def init(self):
            super().init()
            self.network = Network[str](losses=1)

        @action
        def other(self):
            self.network.send("hello")

    assert Typed().initial_states()
