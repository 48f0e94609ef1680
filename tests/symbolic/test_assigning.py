"""What an action assigns to a variable, and what it does with the names that it has for it afterwards: as in Python, or refused."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import HealthCheck, Phase, example, given, seed, settings
from hypothesis import strategies as st

from modelcheck.errors import ModelcheckError, SpecError
from modelcheck.spec import machine_of
from modelcheck.symbolic.system import System
from modelcheck.symbolic.terms import UnsupportedError

from ..agreement.compare import load
from .successors import successors

VARIABLES = {
    "servers": "{n: Server() for n in NODES}",
    "pair": "Pair()",
    "desk": "Desk()",
    "other": "Desk()",
    "words": "{1}",
    "more": "{2}",
    "sets": "{n: set() for n in NODES}",
    "queues": "{n: [1] for n in NODES}",
    "bags": "{n: Counter() for n in NODES}",
    "tables": "{n: {} for n in NODES}",
    "nested": "{n: {m: {1} for m in NODES} for n in NODES}",
    "n": "0",
}
MOST_STATES = 6


def spec_with(body: str) -> str:
    """A spec with an action, and the variables that it names."""
    lines = [f"self.{name} = {value}" for name, value in VARIABLES.items() if f"self.{name}" in body or name == "n"]
    init, act = (textwrap.indent("\n".join(each), " " * 8) for each in (lines, body.split("; ")))
    return f"""
class Example(Spec):
    def init(self):
{init}
    @action((0, 1))
    def move(self, k):
        self.n = k
    @action
    def act(self):
{act}
"""


def compared(body: str) -> str:
    """Compare the steps of a spec with such an action; returns ``agree``, ``raise`` or ``refused``."""
    machine = machine_of(load(spec_with(body))())
    try:
        system = System(machine)
    except UnsupportedError:
        return "refused"
    todo = list(machine.initial_states())
    for state in todo:
        found = successors(system, state)
        try:
            expected = {after for _, after in machine.successors(state)}
        except ModelcheckError:
            assert any(isinstance(each, str) for each in found), f"only Python raises from\n{state}"
            return "raise"
        assert found == expected, f"from\n{state}"
        todo += [after for after in expected if after not in todo][: MOST_STATES - len(todo)]
    return "agree"


FOLLOWED = [
    "old = self.pair; self.pair = Pair(left=5); self.n = old.left",
    "new = Pair(left=1); self.pair = new; new.left = 2",
    "new = Pair(left=1); self.pair = new; self.pair.left = 2; self.n = new.left",
    "self.servers[0] = self.servers[1]; self.servers[0].term = 1",
    "self.servers[0] = self.servers[1]; self.servers[1].term = 1",
    "old = self.servers[0]; self.servers[0] = Server(term=4); self.servers[0] = old",
    "self.servers[self.n] = Server(term=1, votes={3})",
    "self.servers[self.n] = self.servers[1 - self.n]",
    "s = self.servers[self.n]; self.servers[self.n] = Server(term=7); s.votes.add(2)",
    "self.servers[0] = Server(); self.servers[0].term = self.n; self.servers[0].votes.add(self.n)",
    "self.nested[self.n] = {0: {2}, 1: {3}}",
    "self.nested[0] = self.nested[1]",
    "self.desk.pair = self.pair; self.pair.left = 3",
    "self.desk = Desk(pair=self.pair); self.pair.left = 3",
    "self.pair, self.desk.pair = self.desk.pair, self.pair; self.pair.left = 3",
    "new = Desk(); self.desk = new; self.other = new; new.pair.left = 3; new.tray.append(1)",
    "self.pair = evolve(self.pair, left=self.n)",
    "self.pair = Pair(left=3) if self.n else self.desk.pair; self.pair.left += 1",
    "self.words = self.more; self.n = len(self.words)",
    "self.words = {1}; self.words.add(2)",
    "self.words = self.words | {3}; self.words.add(self.n)",
    "self.sets = {n: {1} for n in NODES}; self.sets[0].add(2)",
    "new = {1}; self.words = new; self.words = {2}; self.words.add(3); self.n = len(new)",
    "[x] = [{1}]; self.words = x; del x; self.words.add(3)",
]
"""What a proof follows."""


@pytest.mark.parametrize("body", FOLLOWED)
def test_an_assignment_is_followed(body):
    """A record has each of its names until the action ends; a container that nobody else has may change in place."""
    assert compared(body) == "agree"


REFUSED = [
    ("x = self.words; self.words = self.more; x.add(5)", "the container that words held was used after another one was assigned"),
    ("self.words = self.more; self.more.add(5)", "more was assigned to another variable and then changed in place"),
    ("new = {1}; self.words = new; self.words.add(2)", "words was assigned a container that has another name too"),
    ("new = [1]; self.queues[0] = new; self.queues[0].append(2)", r"queues\[0\] was assigned a container that has another name too"),
    ("new = {}; self.tables[0] = new; self.tables[0][1] = 2", r"tables\[0\] was assigned a container that has another name too"),
    ("new = Counter(); self.bags[0] = new; self.bags[0][1] = 2", r"bags\[0\] was assigned a container that has another name too"),
    ("new = {n: {1} for n in NODES}; self.sets = new; self.sets[0].add(2)", r"sets\[0\] was assigned a container that has another name"),
    ("new = {n: {1} for n in NODES}; self.sets = new; self.sets[0] = {2}", "sets was assigned a container that has another name too"),
    ("new = self.words | {5}; self.words = new; self.words.add(6)", "words was assigned a container that has another name too"),
    ("new = [1] if self.n else [2]; self.queues[0] = new; new.append(3)", "a container was changed after it was assigned"),
]
"""What it refuses, since a change under one name would be seen under another."""


@pytest.mark.parametrize(("body", "message"), REFUSED)
def test_a_container_with_two_names_is_not_changed_in_place(body, message):
    """What would have to be seen under the other name is refused."""
    machine = machine_of(load(spec_with(body))())
    with pytest.raises(UnsupportedError, match=message):
        System(machine)


@pytest.mark.parametrize("assigned", ["self.servers[1] = Server()", "self.leader = Server()", "self.servers = {n: Server() for n in NODES}"])
def test_an_object_on_two_paths_is_not_replaced_on_one(assigned):
    """Python's own error comes at the end of the action; a proof refuses the assignment."""
    source = f"""
class Example(Spec):
    def init(self):
        self.servers = {{n: Server() for n in NODES}}
        self.leader = self.servers[1]
    @action
    def act(self):
        {assigned}
"""
    machine = machine_of(load(source)())
    with pytest.raises(UnsupportedError, match="an object that the state has on two paths"):
        System(machine)
    with pytest.raises(SpecError, match="are one object after init"):
        [list(machine.successors(state)) for state in machine.initial_states()]


@pytest.mark.parametrize("body", ["self.pair = Pair(fixed=8)", "new = Pair(); self.pair = new; new.more = 1", "self.desk = Desk(pair=Pair(fixed=8))"])
def test_a_record_that_is_assigned_has_its_constants_and_fields(body):
    """A field that is fixed keeps its value, and others are not added; it is an error for both."""
    assert compared(body) == "raise"


VALUES = [
    *("{1}", "frozenset({1})", "[1]", "(1,)", "deque([1])", "{1: 1}", "{}", "Counter({1: 1})", "Counter()", "None", "'a'", "range(2)"),
    *("defaultdict(int)", "self.words", "self.queues[0]", "self.tables[0]", "self.bags[0]", "self.sets", "self.queues", "self.pair"),
    *("{0: {1}, 1: {1}}", "{0: [1], 1: [1]}", "[x for x in self.words]", "{x for x in self.words}", "self.words | {3}"),
    *("{x: x for x in self.words}", "self.words if self.n else [1]"),
    *("dict.fromkeys([1]).keys()", "sorted(self.words)"),
]
PLACES = ["self.words", "self.queues[0]", "self.bags[0]", "self.tables[0]", "self.sets", "self.pair", "self.desk.tray", "self.n"]


@pytest.mark.parametrize("place", [PLACES[0], *(pytest.param(each, marks=pytest.mark.slow) for each in PLACES[1:])])
def test_a_variable_keeps_its_kind_of_container(place):
    """What is of another kind is an error for both."""
    found = [compared(f"{place} = {value}") for value in VALUES]
    assert found.count("raise") >= len(VALUES) // 2
    assert "agree" in found


STORED = [
    *("self.n = {value}", "self.n = (1, {value})", "self.words.add({value})", "self.words.add((1, {value}))", "self.tables[0][1] = {value}"),
    *("self.queues[0] = [{value}]", "self.pair.right = {value}", "self.bags[0][{value}] = 1"),
]


@pytest.mark.parametrize("place", STORED)
def test_what_is_mutable_is_not_stored(place):
    """A set that is made from the state is mutable, and an error for both; a frozenset is followed."""
    values = ["{x for x in self.more}", "self.more | {3}", "{3} | self.more", "self.more.copy()", "{x: x for x in self.more}"]
    found = [compared(place.replace("{value}", value)) for value in values]
    assert found.count("raise") >= 4, found
    assert compared(place.replace("{value}", "frozenset(self.more)")) == "agree"


def statements() -> st.SearchStrategy[str]:
    """A few statements that give records and containers names, and change them under these."""
    records = ["a", "b", "self.pair", "self.desk.pair", "self.other.pair"]
    sets = ["s", "t", "self.words", "self.more", "self.sets[0]", "self.sets[self.n]"]
    record, container = st.sampled_from(records), st.sampled_from(sets)
    number = st.sampled_from(["0", "1", "self.n"])
    return st.one_of(
        st.builds("{} = {}".format, record, st.one_of(record, st.builds("Pair(left={})".format, number))),
        st.builds("{} = {}".format, container, st.one_of(container, st.builds("{{{}}}".format, number))),
        st.builds("{}.left = {}".format, record, number),
        st.builds("self.n = {}.left".format, record),
        st.builds("{}.add({})".format, container, number),
        st.builds("self.n = len({}) % 2".format, container),
        st.builds("self.n = int({} is {})".format, record, record),
        st.sampled_from(["self.desk = Desk(pair=a)", "self.desk, self.other = self.other, self.desk", "self.other = self.desk"]),
    )


@seed(5)
@settings(
    max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(st.lists(statements(), min_size=2, max_size=5))
@example(["a = self.pair", "self.pair = b", "a.left = 1"])
def test_random_assignments_are_followed_or_refused(lines):
    """Whatever is assigned in which order."""
    compared("; ".join(["a = Pair(left=1)", "b = self.desk.pair", "s = {1}", "t = self.more", *lines]))


@pytest.mark.slow
@settings(max_examples=1500, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(st.lists(statements(), min_size=2, max_size=6))
def test_many_random_assignments_are_followed_or_refused(lines):
    """The same of many."""
    compared("; ".join(["a = Pair(left=1)", "b = self.desk.pair", "s = {1}", "t = self.more", *lines]))
