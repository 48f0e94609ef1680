"""Loops over collections: which of them look at the elements only that they may do something for, and that none is wrong about it."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Iterator

import pytest

from modelcheck import check
from modelcheck.spec import machine_of
from modelcheck.statespace.recording.loops import loop_of

from ..agreement.compare import agree, load
from ..oracles.explorer import explore

SPEC = """
class Example(Spec):
    limit: int = 0

    def init(self):
        self.held = {container}
        self.counts = Counter()
        self.n = 0

    def small(self, x):
        return x <= self.limit

    def low(self, x):
        return x <= self.n

    @action(range(6))
    def add(self, x):
        {add}

    @action((0, 3))
    def look(self, p):
{body}
        self.n = 0 if found else 1
"""
SETS = ("set()", "self.held.add(x)")
BAGS = ("Counter()", "self.held[x] = 1")
STATES = 2**6

LOOKS_AT_FEW = {
    "list": "found = [x for x in self.held if x == p]",
    "set": "found = {x for x in self.held if x == p}",
    "dict": "found = {x: 1 for x in self.held if x == p}",
    "several conditions": "found = [x for x in self.held if x >= p if x <= p]",
    "and": "found = [x for x in self.held if isinstance(x, int) and x == p and x in self.held]",
    "or, not": "found = [x for x in self.held if not (x != p or x < 0)]",
    "any": "found = any(x == p and x in self.held for x in self.held)",
    "all": "found = all(x != p or self.n == 0 for x in self.held)",
    "all, with a condition": "found = all(x in self.held for x in self.held if x == p)",
    "sum": "found = sum(x == p for x in self.held)",
    "sum of numbers": "found = sum(x for x in self.held if x == p)",
    "sorted": "found = sorted(x for x in self.held if x == p)",
    "max": "found = max((x for x in self.held if x == p), default=0)",
    "a generator within a condition": "found = [x for x in self.held if any(x == y for y in (p,))]",
    "another generator within a condition": "found = [x for x in self.held if p in tuple(p for _ in (1, 2) if x == p)]",
    "a function that looks at a constant": "found = [x for x in self.held if self.small(x)]",
    "choice": "found = choose([None, *[x for x in self.held if x == p]])",
    "choice from a generator": "require(p in self.held)\n        found = choose(x for x in self.held if x == p)",
    "a tuple of variables": "found = [x for x, in [(p,)] if x in self.held]",
    "nested": "found = [y for y in (p,) if any(x == y for x in self.held)]",
}  # fmt: skip
LOOKS_AT_ALL = {
    "no condition": "found = [x for x in self.held]",
    "the state": "found = [x for x in self.held if x <= self.n and x == p]",
    "a function that looks at the state": "found = [x for x in self.held if self.low(x)]",
    "a value that counts as true": "found = [x for x in self.held if x % 2]",
    "a list that grows": "seen = []\n        found = [x for x in self.held if x not in seen and not seen.append(x)]",
    "an assignment": "found = [y for x in self.held if (y := x) == p]",
    "a variable of another function": (
        "limit = p\n        def more():\n            nonlocal limit\n            limit += 1\n            return True\n"
        "        found = len([x for x in self.held if x <= limit if more()]) > 3"
    ),
    "another any": "any = list\n        found = len(any(x == p for x in self.held)) > 2",
    "a generator that is used later": "limit = p\n        late = (x for x in self.held if x == limit)\n        limit = 1\n        found = list(late)",
    "length": "found = len(self.held) > 2",
    "sum of what is no truth value": "found = sum(x and x - p for x in self.held) > 3",
}
STATEMENTS_AT_FEW = {
    "if": """
        found = False
        for x in self.held:
            if x == p:
                found = True""",
    "continue": """
        found = False
        for x in self.held:
            if x != p:
                continue
            found = True""",
    "else": """
        for x in self.held:
            if x == p:
                found = True
                break
        else:
            found = False""",
}
STATEMENTS_AT_ALL = {
    "a count": """
        found = 0
        for x in self.held:
            if found > 0 or x == p:
                found += 1
        found = found > 2""",
    "a list": """
        some = []
        for x in self.held:
            if len(some) > 0 or x == p:
                some.append(x)
        found = len(some) > 2""",
    "used after": """
        x = 0
        for x in self.held:
            if x == p:
                pass
        found = x > 3""",
    "more to do": """
        found = 0
        for x in self.held:
            if x == p:
                pass
            found += 1
        found = found > 2""",
    "another branch": """
        found = 0
        for x in self.held:
            if x == p:
                pass
            else:
                found += 1
        found = found > 2""",
    "the variable changes": """
        found = 0
        for x in self.held:
            if x == p:
                x = 9
                found = x""",
}


def calls(body: str, kind: tuple[str, str]) -> int:
    """Explore; make sure that the oracle finds the same; how often Python ran."""
    source = SPEC.format(container=kind[0], add=kind[1], body=f"        {body}")
    spec = load(source)()
    expected = explore(spec, max_states=10 * STATES)
    assert expected.states >= STATES
    report = check(load(source)())
    agree(machine_of(spec), expected, report)
    return report.python_calls


@pytest.mark.parametrize("body", LOOKS_AT_FEW.values(), ids=LOOKS_AT_FEW)
@pytest.mark.parametrize("kind", [SETS, BAGS], ids=["set", "bag"])
def test_what_is_rejected_is_not_looked_at(body: str, kind: tuple[str, str]) -> None:
    """A loop with a condition on the element makes no paths for the elements that it rejects."""
    assert calls(body, kind) < STATES


@pytest.mark.parametrize("body", LOOKS_AT_ALL.values(), ids=LOOKS_AT_ALL)
@pytest.mark.parametrize("kind", [SETS, BAGS], ids=["set", "bag"])
def test_what_may_matter_is_looked_at(body: str, kind: tuple[str, str]) -> None:
    """A loop of which one cannot see what it rejects depends on all elements, and comes out as in plain Python."""
    assert calls(body, kind) >= STATES


@pytest.mark.parametrize("body", STATEMENTS_AT_FEW.values(), ids=STATEMENTS_AT_FEW)
def test_a_statement_does_not_look_at_what_it_rejects(body: str) -> None:
    """A ``for`` over a set whose body is one condition."""
    assert calls(body, SETS) < STATES
    assert calls(body, BAGS) >= STATES


@pytest.mark.parametrize("body", STATEMENTS_AT_ALL.values(), ids=STATEMENTS_AT_ALL)
def test_a_statement_looks_at_all_where_it_may_matter(body: str) -> None:
    """Where the body does more, or its condition may change meanwhile."""
    assert calls(body, SETS) >= STATES


class Held(list[int]):
    """Notes what is known of the loops over it."""

    def __init__(self) -> None:
        super().__init__([1])
        self.known: list[bool] = []

    def __iter__(self) -> Iterator[int]:
        self.known.append(loop_of(sys._getframe(1)) is not None)
        return super().__iter__()


@pytest.mark.parametrize(("now", "known"), [("x == p", True), ("x != p", False)])
def test_a_file_that_changed_is_not_believed(now: str, known: bool) -> None:
    """What is read from the source must be what runs."""
    text, name, held, namespace = "def run(held, p):\n    return [x for x in held if x == p]\n", f"<{now}>", Held(), {}
    exec(compile(text, name, "exec", dont_inherit=True), namespace)
    changed = text.replace("x == p", now)
    linecache.cache[name] = (len(changed), None, changed.splitlines(keepends=True), name)
    namespace["run"](held, 1)
    assert held.known == [known]
