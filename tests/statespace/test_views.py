"""Views against the containers that they stand for: the same operations, in lockstep, have the same results."""

from __future__ import annotations

import copy
import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import pytest
from attrs import define, field
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from modelcheck import Process, Spec, SpecError, action
from modelcheck.spec import machine_of
from modelcheck.spec.choice import Disabled
from modelcheck.statespace.kernel import _kernel as kernel
from modelcheck.statespace.layout import Layout
from modelcheck.statespace.recording.session import Registry, Session


@define
class Note:
    """A record with slots, compared by its fields."""

    number: int = 0
    marks: set[int] = field(factory=lambda: {1})


class Server(Process):
    """A process."""

    term: int = 0
    votes: set[int] = set()  # noqa: RUF012 - copied for each process.
    log: list[int] = []  # noqa: RUF012


class Everything(Spec):
    """A variable of each kind, and mostly two of them, since they can be exchanged."""

    def init(self):
        self.a, self.b = {1, 2}, set()
        self.bag, self.sack = Counter([1]), Counter()
        self.table, self.desk = {}, {}
        self.list, self.row = [1, 2], []
        self.queue, self.line = deque([1]), deque()
        self.map = {0: 0, 1: 5}
        self.grid = {0: {0: set(), 1: {3}}, 1: {0: set(), 1: set()}}
        self.note = Note()
        self.servers = {0: Server(), 1: Server()}

    @action
    def nothing(self):
        pass


SETS = """
s.a.add(x); s.a.discard(x); s.a.remove(x); s.a.pop(); s.a.clear(); x in s.a; len(s.a); bool(s.a); list(s.a); sorted(s.a); s.a | s.b; s.a & s.b
s.a - s.b; s.a ^ s.b; s.a | {x}; {x, y} | s.a; {x} & s.a; {x, y} - s.a; {x} ^ s.a; frozenset({x, y}) & s.a; frozenset({x}) | s.a; s.a & frozenset({x})
s.a == s.b; s.a == {x, y}; {x} == s.a; s.a != {x}; s.a <= {x, y, 1}; {x} <= s.a; s.a < s.b; s.a >= {x}; s.a > {x}; frozenset({x}) < s.a
s.a.union(xs, s.b); s.a.intersection(xs); s.a.difference(xs); s.a.symmetric_difference(xs); s.a.issubset(xs); s.a.issuperset(xs); s.a.isdisjoint(xs)
s.a.update(xs, s.b); s.a.difference_update(xs); s.a.intersection_update(xs); s.a.symmetric_difference_update(xs); s.a.copy(); copy.copy(s.a)
s.a |= {x}; s.a -= {x, y}; s.a &= {x, y}; s.a ^= {x}; s.a |= s.b; s.a = {x}; s.a = s.b; s.a, s.b = s.b, s.a; s.a = set(xs); old = s.a; old.add(x)
s.a = old; old.discard(y); s.b = s.a; new = set(xs); s.a = new; new.add(x); s.a = s.a | s.b; isinstance(s.a, set); isinstance(s.a, dict); hash(s.a)
s.a is s.a; s.a is s.b; s.a is old; max(s.a); s.a == [x]; s.a | [x]; s.a |= [x]; {x, y} in s.a; {1, 2} >= s.a; [v for v in s.a if v > x]; s.a.nothing
min(s.a, default=0); copy.deepcopy(s.a).add(x); str(s.a) == ''; s.a -= s.a; s.a ^= s.a; next(iter(s.a)); set(s.a) == s.a
"""
BAGS = """
s.bag[x] += 1; s.bag[x] -= 1; s.bag[x] = n; s.bag[x]; s.bag.get(x); s.bag.get(x, 7); x in s.bag; len(s.bag); bool(s.bag); list(s.bag); del s.bag[x]
s.bag.update(xs); s.bag.update({x: n}); s.bag.subtract(xs); s.bag.total(); s.bag.most_common(1); list(s.bag.elements()); s.bag.copy(); s.bag.pop(x)
s.bag.pop(x, None); s.bag.popitem(); s.bag.clear(); s.bag.setdefault(x, n); s.bag + s.sack; s.bag - s.sack; s.bag | s.sack; s.bag & s.sack
s.bag + Counter(xs); Counter(xs) + s.bag; Counter(xs) - s.bag; s.bag == Counter(xs); Counter(xs) == s.bag; s.bag == s.sack; s.bag == {x: n}
s.bag <= s.sack; s.bag >= Counter(xs); s.bag += Counter(xs); s.bag -= Counter(xs); s.bag |= Counter(xs); s.bag &= Counter(xs); s.bag = Counter(xs)
s.bag = s.sack; s.bag, s.sack = s.sack, s.bag; heap = s.bag; heap[x] += 1; s.sack = heap; list(s.bag.items()); list(s.bag.values()); list(s.bag.keys())
(x, n) in s.bag.items(); x in s.bag.keys(); isinstance(s.bag, Counter); isinstance(s.bag, dict); +s.bag; max(s.bag.values(), default=0); dict(s.bag)
sorted(s.bag.elements()); list(reversed(s.bag)); s.bag.keys() & {x}; s.bag.keys() | {x}; copy.copy(s.bag); sum(s.bag.values()); s.bag.update(x=1)
"""
TABLES = """
s.table[x] = n; s.table[x]; s.table.get(x); s.table.get(x, 7); x in s.table; len(s.table); bool(s.table); list(s.table); del s.table[x]; s.table.pop(x)
s.table.pop(x, None); s.table.popitem(); s.table.clear(); s.table.setdefault(x, n); s.table.update({x: n, y: n}); s.table | {x: n}; {x: n} | s.table
s.table |= {x: n}; s.table == {x: n}; {x: n} == s.table; s.table == s.desk; s.table = {x: n}; s.table = s.desk; s.table, s.desk = s.desk, s.table
drawer = s.table; drawer[x] = n; s.desk = drawer; list(s.table.items()); list(s.table.values()); (x, n) in s.table.items(); dict(s.table); {**s.table}
list(reversed(s.table)); isinstance(s.table, dict); copy.copy(s.table); s.table[x] += 1; s.table.copy(); s.table.keys() == {x}; s.table = dict(s.table)
s.table < s.desk; hash(s.table); next(iter(s.table)); sorted(s.table.items()); s.table.update(a=n); s.table = {k: n for k in s.table}; s.table.items() <= {}
"""
LISTS = """
s.list.append(x); s.list.extend(xs); s.list.insert(n, x); s.list.pop(); s.list.pop(n); s.list.remove(x); s.list.reverse(); s.list.sort(); s.list.clear()
s.list[n]; s.list[0]; s.list[-1]; s.list[:n]; s.list[n:]; s.list[n] = x; s.list[1:2] = xs; del s.list[n]; del s.list[:1]; s.list += xs; s.list *= 2
s.list + xs; xs + s.list; s.list + s.row; s.list * 2; 2 * s.list; s.list == xs; xs == s.list; s.list < xs; s.list >= s.row; s.list == s.row; x in s.list
s.list.index(x); s.list.count(x); len(s.list); bool(s.list); list(s.list); tuple(s.list); list(reversed(s.list)); s.list = xs; s.list = s.row; old = s.list
s.list, s.row = s.row, s.list; s.row = old; isinstance(s.list, list); isinstance(s.list, tuple); copy.copy(s.list); sorted(s.list); sum(s.list)
s.list = s.list[:-1]; s.list += s.list; s.list.extend(s.row); s.list.popleft(); s.list == tuple(xs); s.list + tuple(xs); s.list.copy(); s.list[True]
s.list = new = list(xs); new.append(x); s.list.sort(reverse=True); max(s.list, default=0); s.list[0.0]; s.list.append([]); hash(s.list); any(s.list)
[s.list.append(0) for v in s.list if v == 1 and len(s.list) < 5]; [s.list.remove(v) for v in s.list if v == x]; old.append(x); s.list[::-1]
"""
DEQUES = """
s.queue.append(x); s.queue.appendleft(x); s.queue.popleft(); s.queue.pop(); s.queue.extend(xs); s.queue.extendleft(xs); s.queue.rotate(n); s.queue.clear()
s.queue[0]; s.queue[-1]; s.queue[n]; s.queue[n] = x; del s.queue[n]; s.queue[:1]; s.queue.insert(n, x); s.queue.remove(x); s.queue.reverse(); x in s.queue
s.queue.index(x); s.queue.count(x); len(s.queue); bool(s.queue); list(s.queue); s.queue += xs; s.queue + deque(xs); s.queue == deque(xs); s.queue == s.line
s.queue == xs; s.queue < s.line; s.queue = deque(xs); s.queue = s.line; s.queue, s.line = s.line, s.queue; old = s.queue; old.append(x); s.line = old
isinstance(s.queue, deque); isinstance(s.queue, list); copy.copy(s.queue); s.queue.sort(); list(reversed(s.queue)); s.queue.copy(); s.queue * 2; s.queue.pop(n)
"""
RECORDS = """
s.map[n]; s.map[0] = x; s.map[1] += 1; len(s.map); list(s.map); list(s.map.items()); sum(s.map.values()); s.map = {0: x, 1: y}; s.map.update({0: x})
s.map == {0: x, 1: y}; {0: x, 1: y} == s.map; s.map.get(n); x in s.map; s.map |= {0: x}; s.map | {7: x}; {7: x} | s.map; s.map.copy(); dict(s.map)
s.map[0], s.map[1] = s.map[1], s.map[0]; list(reversed(s.map)); isinstance(s.map, dict); s.map.setdefault(0, x); s.map = dict(s.map); {**s.map}; s.map.pop(9, x)
s.grid[0][1].add(x); s.grid[0][1] = {x}; s.grid[0] = {0: {x}, 1: set()}; s.grid[0], s.grid[1] = s.grid[1], s.grid[0]; cell = s.grid[0][1]; cell.add(x)
s.grid[1][0] = cell; s.grid[0][0] |= {x}; s.grid[0] == s.grid[1]; s.grid == {0: {}, 1: {}}; len(s.grid[0][1]); s.grid = copy.deepcopy(s.grid); s.grid[0].copy()
s.note.number = x; s.note.number; s.note.marks.add(x); s.note.marks = {x}; s.note = Note(x, {y}); s.note == Note(x, {1}); Note(0, {1}) == s.note
isinstance(s.note, Note); s.note.__class__ is Note; memo = s.note; memo.number = x; memo.marks.add(y); s.note is memo; copy.deepcopy(s.note).number; s.note.none
copy.copy(s.note).marks.add(x); s.note = copy.copy(s.note); repr(s.note) == ''
s.servers[0].crash(); s.servers[0].restart(); s.servers[n].term; s.servers[0].term += 1; s.servers[0].votes.add(x); s.servers[0].votes = {x, y}
s.servers[1] = Server(term=x); s.servers[0], s.servers[1] = s.servers[1], s.servers[0]; s.servers[0].votes, s.servers[1].votes = s.servers[1].votes, set()
s.servers[0].log.append(x); s.servers[0].log = s.list; peer = s.servers[0]; peer.term = x; peer.votes.add(x); s.servers[1].log += xs; peer.crash()
[p.term for p in s.servers.values()]; s.servers[0] == s.servers[0]; s.servers[0] is s.servers[1]; s.servers[0] in s.servers.values(); s.a = peer.votes
"""


def operations(text: str) -> list[str]:
    """The operations of a text, separated by semicolons and lines."""
    return [each.strip() for each in text.replace("\n", ";").split(";") if each.strip()]


def shown(value: Any) -> Any:
    """A value with its kind, whether it is a view or not; records by their fields."""
    kind = "set" if isinstance(value, set) else value.__class__.__name__
    if isinstance(value, Iterator):
        return [shown(item) for item in value]
    if isinstance(value, Mapping):
        items = [(shown(key), shown(item)) for key, item in value.items()]
        return (kind, items)
    if isinstance(value, AbstractSet):
        return (kind, frozenset(value))
    if isinstance(value, (list, tuple, deque)):
        return (kind, [shown(item) for item in value])
    if isinstance(value, Note):
        return (kind, value.number, shown(value.marks))
    if isinstance(value, Server):
        return (kind, value.up, value.term, shown(value.votes), shown(value.log))
    return (kind, value)


def without_element(message: str) -> str:
    """What is said of an element that may not be stored, without the element: which of several is named depends on their order."""
    message = re.sub(r" holds .* -?\d+ times", " holds ... so many times", message)
    return re.sub(r" was given .*: (an?|something inside this) \w+ ", " was given ...: ", message)


class Lockstep(RuleBasedStateMachine):
    """Actions on views and on ordinary objects; an action ends now and then, and the next begins in the state it led to."""

    OPERATIONS = operations(SETS)

    @initialize()
    def start(self) -> None:
        self.machine = machine_of(Everything())
        space = kernel.Space()
        self.layout = Layout(self.machine, space)
        self.registry = Registry(space)
        self.session = Session(self.registry)
        self.tracked = self.layout.tracked(self.session)
        self.begin(self.machine.initial_states()[0])

    def begin(self, state: Any) -> None:
        """Begin an action in a state."""
        self.state = state
        self.ids = self.layout.ids(state)
        self.session.begin(self.ids, [], lambda _: 0)
        self.plain = self.machine.thaw(state)
        names = {"copy": copy, "Counter": Counter, "deque": deque, "Note": Note, "Server": Server}
        self.names = ({**names, "s": self.tracked}, {**names, "s": self.plain})

    @rule(
        data=st.data(),
        x=st.integers(0, 3),
        y=st.integers(0, 3),
        n=st.integers(0, 2),
        xs=st.lists(st.integers(0, 3), max_size=3),
    )
    def operate(self, data: st.DataObject, x: int, y: int, n: int, xs: list[int]) -> None:
        """Do the same on both sides."""
        operation = data.draw(st.sampled_from(self.OPERATIONS), "operation")
        results = []
        for names in self.names:
            names.update(x=x, y=y, n=n, xs=list(xs))
            try:
                results.append(shown(eval(operation, names)))
            except SyntaxError:
                results.append(self.executed(operation, names))
            except (Exception, Disabled) as error:
                results.append(type(error))
        if SpecError not in results[:1]:  # A view may refuse earlier what a state cannot hold.
            assert results[0] == results[1], operation
        else:
            self.begin(self.state)

    @staticmethod
    def executed(operation: str, names: dict[str, Any]) -> Any:
        """What came of a statement."""
        try:
            exec(operation, names)
        except (Exception, Disabled) as error:
            return type(error)
        return None

    @rule()
    def end(self) -> None:
        """End the action: the states are the same."""
        try:
            expected = self.machine.freeze(self.plain)
        except SpecError as error:
            message = without_element(error.message)
            with pytest.raises(SpecError) as caught:
                self.finished()
            assert without_element(caught.value.message) == message
            self.begin(self.state)
            return
        after = self.finished()
        assert after == expected
        self.begin(after)

    def finished(self) -> Any:
        """The state that the writes lead to."""
        self.layout.settle(self.session, self.tracked)
        ids = dict(self.ids)
        for cell, update, ident in self.session.effect():
            ids[cell] = self.registry.updates[update].supply(ids.get(cell, 0)) if update else ident
        return self.layout.snapshot(ids)

    def teardown(self) -> None:
        """Whatever was done last counts too."""
        if hasattr(self, "machine"):
            self.end()


def lockstep(*texts: str) -> Any:
    """A test case with some operations."""
    machine = type("Machine", (Lockstep,), {"OPERATIONS": [each for text in texts for each in operations(text)]})
    case = machine.TestCase
    case.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
    return case


TestSets = lockstep(SETS)
TestBags = lockstep(BAGS)
TestTables = lockstep(TABLES)
TestLists = lockstep(LISTS)
TestDeques = lockstep(DEQUES)
TestRecords = lockstep(RECORDS)
TestAll = lockstep(SETS, BAGS, TABLES, LISTS, DEQUES, RECORDS)


def test_a_loop_over_a_dict_that_changes_meanwhile_is_refused():
    """As in Python, a dict must not gain or lose keys while a loop runs over it."""

    class Looping(Everything):
        @action
        def loop(self):
            for key in self.bag:
                self.bag[key + 1] += 1

    from modelcheck.search import check  # noqa: PLC0415 - the other tests of this file do without a search.

    with pytest.raises(SpecError, match="while a loop runs over it"):
        check(Looping())


@pytest.mark.parametrize("operation", ["subtract([2, 0])", "subtract([0, 2])", "subtract({2: 3, 0: 1})", "update({3: -1, 0: -2})"])
def test_whichever_element_is_named_that_occurs_too_rarely(operation):
    """A bag that an action makes for itself is looked at when the action ends, and one of several mistakes is named, on both sides."""
    case = Lockstep()
    case.start()
    for names in case.names:
        exec(f"s.bag = Counter([1]); s.bag.{operation}", names)
    with pytest.raises(SpecError, match="bag holds"):
        case.machine.freeze(case.plain)
    case.end()
