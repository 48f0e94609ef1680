"""Sets that a spec's code makes itself: a run that depends on their order is refused, with the line; no other is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from modelcheck import Spec, Verdict, action, check, invariant
from modelcheck.errors import SpecError
from modelcheck.spec.loading import load_file

DEPENDENT = {
    "a loop": "for x in {'a', 'b'}: self.out = x",
    "a helper": "self.out = helper(['a', 'b'])",
    "a method": "self.out = self.first({'a', 'b'})",
    "a record's method": "self.node[1].pick()",
    "a comprehension": "self.out = tuple(x for x in {'a', 'b'})",
    "pop": "self.out = {'a', 'b'}.pop()",
    "next": "self.out = next(iter(frozenset(['a', 'b'])))",
    "unpacking": "self.out, _ = {'a', 'b'}",
    "a star": "self.out = (*{'a', 'b'},)",
    "join": "self.out = ','.join({'a', 'b'})",
    "repr": "self.out = repr({'a', 'b'})",
    "an f-string": "self.out = f\"{set('ab')}\"",
    "ties": "self.out = min({'a', 'b'}, key=len)",
    "a lambda": "self.out = (lambda s: next(iter(s)))({Name.A, Name.B})",
    "a union with the state's": "for x in {'c'} | self.v: self.out = x",
    "a local": "s = set('ab'); s.add('c'); s = s - {'z'}; self.out = tuple(s)",
    "a constant of the module": "self.out = next(iter(WORDS))",
    "what was just assigned": "self.v = frozenset('xy'); self.out = list(self.v)[0]",
    "enum members": "self.out = list({Name.A, Name.B})[0]",
    "tuples": "self.out = list({(1, 'a'), (1, 'b')})[0]",
}
INDEPENDENT = {
    "a sum": "self.out = sum(x for x in {1, 2, 3})",
    "sorted": "self.out = tuple(sorted({'a', 'b'}))",
    "sends": "for x in {'a', 'b'}: self.bag[x] += 1",
    "all": "self.out = all(len(x) == 1 for x in set('ab'))",
    "membership": "self.out = 'a' in {'a', 'b'}",
    "numbers": "self.out = list({3, 1, 2})[0]",
    "the state's own": "self.out = next(iter(self.v))",
    "from the state": "self.out = [x for x in self.v if x][0]",
    "one element": "self.out = next(iter({'a'}))",
    "pop of a list": "s = ['a', 'b']; self.out = s.pop()",
    "pop of a dict": "s = {'a': 1}; self.out = s.pop('b', 0)",
}
HEAD = """
from collections import Counter
from enum import Enum
from modelcheck import Record, Spec, action, invariant, require, terminal

class Name(Enum):
    A = 1
    B = 2

class Node(Record):
    x: str = ""
    def pick(self):
        for y in {"a", "b"}: self.x = y

WORDS = frozenset("ab")

def helper(xs):
    for x in set(xs):
        return x
"""
SPEC = """
class S{number}(Spec):
    def init(self):
        self.v = frozenset("ab")
        self.out = None
        self.pc = 0
        self.bag = Counter()
        self.node = {{1: Node()}}
    def first(self, xs):
        return next(iter(xs))
    @action
    def go(self):
        require(self.pc == 0)
        self.pc = 1
        {body}
    @terminal
    def end(self):
        return True
"""
OTHERS = """
class InInit(S0):
    def init(self):
        super().init()
        for x in {"a", "b"}: self.out = x
    def go(self):
        require(False)

class InProperty(S0):
    def go(self):
        require(False)
    @invariant
    def first_is_a(self):
        return next(iter({"a", "b"})) == "a"
"""


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    bodies = [*DEPENDENT.values(), *INDEPENDENT.values()]
    file: Path = tmp_path_factory.mktemp("orders") / "own_sets.py"
    file.write_text(HEAD + "".join(SPEC.format(number=n, body=body) for n, body in enumerate(bodies)) + OTHERS)
    yield load_file(file)
    sys.modules.pop("own_sets", None)


@pytest.mark.parametrize("name", DEPENDENT)
def test_a_run_that_depends_on_the_order_of_its_own_set_is_refused(specs: ModuleType, name: str) -> None:
    cls = getattr(specs, f"S{list(DEPENDENT).index(name)}")
    with pytest.raises(SpecError, match="depends on the order of a set that it makes itself") as caught:
        check(cls())
    assert caught.value.place is not None
    assert caught.value.remedy is not None


@pytest.mark.parametrize("name", INDEPENDENT)
def test_one_that_does_not_is_accepted(specs: ModuleType, name: str) -> None:
    cls = getattr(specs, f"S{len(DEPENDENT) + list(INDEPENDENT).index(name)}")
    assert check(cls()).verdict is Verdict.HOLDS


@pytest.mark.parametrize("name", ["InInit", "InProperty"])
def test_initialisers_and_properties_are_looked_at_too(specs: ModuleType, name: str) -> None:
    with pytest.raises(SpecError, match="depends on the order of a set"):
        check(getattr(specs, name)())


def test_the_place_is_the_line_that_iterates(specs: ModuleType) -> None:
    with pytest.raises(SpecError) as caught:
        check(specs.S1())
    lines = Path(specs.__file__ or "").read_text().splitlines()
    assert "for x in set(xs)" in lines[int((caught.value.place or "").rpartition(":")[2]) - 1]


def test_the_functions_of_the_spec_are_left_as_they_are(specs: ModuleType) -> None:
    before = specs.helper.__code__
    with pytest.raises(SpecError):
        check(specs.S1())
    assert specs.helper.__code__ is before


class FirstOfFour(Spec):
    """Neither order from an end tells the first from the others; which one Python gives depends on the hash seed."""

    def init(self) -> None:
        self.names = frozenset({"alpha", "beta", "gamma", "zeta"})

    @action
    def stay(self) -> None:
        pass

    @invariant
    def begins_with(self) -> bool:
        return next(iter(set(self.names))) == "gamma"


def test_a_dependence_on_any_first_element_is_seen():
    """Each of the elements comes first once."""
    with pytest.raises(SpecError, match="depends on the order of a set that it makes itself"):
        check(FirstOfFour())
