"""Sets, bags and dicts from the state have one order, wherever they stand and however they are iterated."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from modelcheck import Verdict, check
from modelcheck.spec.loading import load_file
from modelcheck.symbolic.proof.prove import prove

PLACES = {
    "frozenset": ("self.v = frozenset()", "self.v = frozenset(W)", "self.v"),
    "set": ("self.v = set()", "self.v = set(W)", "self.v"),
    "set_update": ("self.v = set()", "self.v.update(W)", "self.v"),
    "in tuple": ("self.v = ()", "self.v = (1, frozenset(W))", "self.v[1]"),
    "in nested tuple": ("self.v = ()", "self.v = ((frozenset(W),),)", "self.v[0][0]"),
    "in namedtuple": ("self.v = None", "self.v = NT(frozenset(W), 0)", "self.v.s"),
    "in attrs": ("self.v = None", "self.v = A(frozenset(W))", "self.v.s"),
    "in dataclass": ("self.v = None", "self.v = D(frozenset(W))", "self.v.s"),
    "in slotted dataclass": ("self.v = None", "self.v = DS(frozenset(W))", "self.v.s"),
    "in own class": ("self.v = None", "self.v = Own(frozenset(W))", "self.v.s"),
    "in dict value": ("self.v = {'k': frozenset()}", "self.v['k'] = frozenset(W)", "self.v['k']"),
    "in table value": ("self.v = {}", "self.v['k'] = frozenset(W)", "self.v['k']"),
    "table key": ("self.v = {}", "self.v[frozenset(W)] = 1", "next(iter(self.v))"),
    "table keys": ("self.v = {}", "self.v.update(dict.fromkeys(W, 0))", "self.v"),
    "table keys view": ("self.v = {}", "self.v.update(dict.fromkeys(W, 0))", "self.v.keys()"),
    "table keys op": ("self.v = {}", "self.v.update(dict.fromkeys(W, 0))", "(self.v.keys() | frozenset(W))"),
    "fixed keys": ("self.v = {w: 0 for w in set(W)}", "self.v['ann'] = 1", "self.v"),
    "list item": ("self.v = []", "self.v.append(frozenset(W))", "self.v[0]"),
    "deque item": ("self.v = deque()", "self.v.append(frozenset(W))", "self.v[0]"),
    "deque popleft": ("self.v = deque()", "self.v.append(frozenset(W))", "(self.v.append(self.v[0]), self.v.popleft())[1]"),
    "set element": ("self.v = set()", "self.v.add(frozenset(W))", "next(iter(self.v))"),
    "frozenset in frozenset": ("self.v = frozenset()", "self.v = frozenset({frozenset(W)})", "next(iter(self.v))"),
    "counter": ("self.v = Counter()", "self.v.update(W)", "self.v"),
    "counter keys": ("self.v = Counter()", "self.v.update(W)", "self.v.keys()"),
    "counter elements": ("self.v = Counter()", "self.v.update(W)", "self.v.elements()"),
    "counter copy": ("self.v = Counter()", "self.v.update(W)", "self.v.copy()"),
    "counter sum": ("self.v = Counter()", "self.v.update(W)", "(self.v + Counter())"),
    "counter most_common": ("self.v = Counter()", "self.v.update(W)", "[w for w, _ in self.v.most_common()]"),
    "counter element": ("self.v = Counter()", "self.v[frozenset(W)] += 1", "next(iter(self.v))"),
    "record field": ("self.v = R()", "self.v.s = frozenset(W)", "self.v.s"),
    "record set": ("self.v = R()", "self.v.t = set(W)", "self.v.t"),
    "record in dict": ("self.v = {1: R()}", "self.v[1].t |= set(W)", "self.v[1].t"),
    "message": ("self.v = Network()", "self.v.send(A(frozenset(W)))", "next(iter(self.v.messages)).s"),
    "message fields": ("self.v = Network()", "[self.v.send(w) for w in W]", "list(self.v.deliverable())"),
    "union": ("self.v = frozenset()", "self.v |= {*W}", "(self.v | frozenset({'zoe'}))"),
    "union set": ("self.v = frozenset()", "self.v |= {*W}", "(self.v | {'zoe'})"),
    "inter": ("self.v = frozenset()", "self.v |= {*W}", "(self.v & frozenset(W))"),
    "diff": ("self.v = frozenset()", "self.v |= {*W}", "(self.v - {'bob'})"),
    "xor": ("self.v = frozenset()", "self.v |= {*W}", "(self.v ^ {'bob', 'zed'})"),
    "runion": ("self.v = frozenset()", "self.v |= {*W}", "(frozenset({'zoe'}) | self.v)"),
    "set union": ("self.v = set()", "self.v |= {*W}", "(self.v | {'zoe'})"),
    "set runion": ("self.v = set()", "self.v |= {*W}", "({'zoe'} | self.v)"),
    "set minus": ("self.v = set()", "self.v |= {*W}", "(self.v - {'bob'})"),
    "set method": ("self.v = set()", "self.v |= {*W}", "self.v.union({'zoe'})"),
    "frozen method": ("self.v = frozenset()", "self.v |= {*W}", "self.v.union({'zoe'})"),
    "frozen inter method": ("self.v = frozenset()", "self.v |= {*W}", "self.v.intersection(W)"),
    "set & frozen": ("self.v = set(W)", "self.v.add('bob')", "(self.v & frozenset(W))"),
    "set copy": ("self.v = set()", "self.v |= {*W}", "self.v.copy()"),
    "copy.copy": ("self.v = frozenset()", "self.v |= {*W}", "copy.copy(self.v)"),
    "deepcopy": ("self.v = frozenset()", "self.v |= {*W}", "copy.deepcopy(self.v)"),
    "deepcopy set": ("self.v = set()", "self.v |= {*W}", "copy.deepcopy(self.v)"),
    "deepcopy tuple": ("self.v = ()", "self.v = (frozenset(W),)", "copy.deepcopy(self.v)[0]"),
    "evolve": ("self.v = A(frozenset())", "self.v = A(frozenset(W))", "attrs.evolve(self.v, n=3).s"),
    "replace": ("self.v = D(frozenset())", "self.v = D(frozenset(W))", "dataclasses.replace(self.v).s"),
    "constant": ("self.v = 0", "self.v = 1", "self.C"),
    "constant in tuple": ("self.v = 0", "self.v = 1", "self.CT[0]"),
    "argument": ("self.v = 0", "self.v = 1", "ARG"),
    "choose": ("self.v = 0", "self.v = 1", "choose([frozenset(W)])"),
    "keys minus": ("self.v = {}", "self.v.update(dict.fromkeys(W, 0))", "(self.v.keys() - {1})"),
    "keys rminus": ("self.v = {}", "self.v.update(dict.fromkeys(W, 0))", "({*W} & self.v.keys())"),
    "fixed keys op": ("self.v = {w: 0 for w in W}", "self.v[W[0]] = 1", "(self.v.keys() & {*W})"),
    "counter keys op": ("self.v = Counter()", "self.v.update(W)", "(self.v.keys() | {*W})"),
    "items": ("self.v = {w: 0 for w in W}", "self.v[W[0]] = 0", "[k for k, _ in self.v.items() | self.v.items()]"),
    "deepcopy table": ("self.v = {}", "self.v.update(dict.fromkeys(W, 0))", "copy.deepcopy(self.v)"),
    "table copy": ("self.v = {}", "self.v.update(dict.fromkeys(W, 0))", "dict(self.v)"),
    "unpacked": ("self.v = {}", "self.v.update(dict.fromkeys(W, 0))", "{**self.v}"),
    "table values": ("self.v = {}", "self.v[1] = frozenset(W)", "next(iter(self.v.values()))"),
}
"""Where sets are: what `init` assigns, what an action does with the words, and the expression that gives the set back."""

WAYS = [
    "tuple([x for x in X()])", "tuple(list(X()))", "tuple(X())", "(*X(),)", "(next(iter(X())),)", "tuple(map(str, X()))",
    "tuple(','.join(X()).split(','))", "tuple(x for _, x in enumerate(X()))", "(min(X(), key=lambda x: 0),)", "tuple(dict.fromkeys(X()))",
    "tuple(x for x in X() if x)", "tuple(deque(X()))", "tuple(x for x, in zip(X()))", "tuple([*X()])", "(lambda a, *b: (a,))(*X())",
]  # fmt: skip

HEAD = """
import attrs, copy, dataclasses, re
from collections import Counter, deque
from typing import Any, NamedTuple
from modelcheck import Network, Record, Spec, action, choose, invariant, reachable, require, terminal

W = ("bob", "ann", "eve", "dan", "cat")

class NT(NamedTuple):
    s: Any
    n: int

@attrs.frozen
class A:
    s: Any
    n: int = 0

@dataclasses.dataclass(frozen=True)
class D:
    s: Any

@dataclasses.dataclass(frozen=True, slots=True)
class DS:
    s: Any

class Own:
    def __init__(self, s): self.s = s
    def __eq__(self, other): return isinstance(other, Own) and self.s == other.s
    def __hash__(self): return hash(self.s)

class R(Record):
    s: frozenset = frozenset()
    t: set = set()
"""

SPEC = """
class S{number}(Spec):
    C: frozenset = frozenset(W)
    CT: tuple = (frozenset(W),)

    def init(self):
        {init}
        self.out = ()
        self.pc = 0

    @action
    def fill(self):
        require(self.pc == 0)
        self.pc = 1
        {fill}

    @action([frozenset(W)])
    def look(self, ARG):
        require(self.pc == 1)
        self.pc = 2
        def X():
            return {expr}
        self.out = ({ways},)

    @invariant
    def in_order(self):
        return all(seen[0] == "ann" and list(seen) == sorted(seen) for seen in self.out)

    @reachable
    def looked(self):
        return self.pc == 2

    @terminal
    def end(self):
        return self.pc == 2
"""


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    ways = ", ".join(WAYS)
    made = [SPEC.format(number=n, init=i, fill=f, expr=e, ways=ways) for n, (i, f, e) in enumerate(PLACES.values())]
    file: Path = tmp_path_factory.mktemp("orders") / "places_of_sets.py"
    file.write_text(HEAD + "".join(made))
    yield load_file(file)
    sys.modules.pop("places_of_sets", None)


@pytest.mark.parametrize("place", PLACES)
def test_a_set_from_the_state_is_iterated_in_the_total_order(specs: ModuleType, place: str) -> None:
    spec = getattr(specs, f"S{list(PLACES).index(place)}")()
    assert check(spec).verdict is Verdict.HOLDS


@pytest.mark.parametrize("place", PLACES)
def test_so_it_is_step_by_step(specs: ModuleType, place: str) -> None:
    spec = getattr(specs, f"S{list(PLACES).index(place)}")()
    [state] = spec.initial_states()
    state = spec.step(spec.step(state, "fill"), "look")
    assert all(list(seen) == sorted(seen) for seen in state.out)


@pytest.mark.parametrize("way", ["(tuple(dict.fromkeys(X())),)", "(tuple(','.join(X()).split(',')),)", "(tuple(map(str, X())),)"])
def test_a_proof_iterates_a_set_in_the_same_order(tmp_path: Path, way: str) -> None:
    file = tmp_path / "proved_order.py"
    file.write_text(HEAD + SPEC.format(number=0, init="self.v = frozenset()", fill="self.v = frozenset(W)", expr="self.v", ways=way[1:-2]))
    spec = load_file(file).S0()
    sys.modules.pop("proved_order", None)
    assert prove(spec).verdict is Verdict.HOLDS
