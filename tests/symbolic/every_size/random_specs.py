"""Random specs with a size, as Python text: what can be written on names, put together by chance."""

from __future__ import annotations

import linecache
import random
from collections.abc import Iterable
from typing import Any

from modelcheck import Spec, action, invariant, require
from modelcheck.spec.record import Record

HEAD = """
class Box(Record):
    full: bool = False
    mine: int | None = None


class Random(Spec):
    nodes: int = 2

    def init(self) -> None:
        self.flag = {init}
        self.kind = dict.fromkeys(self.every(), 0)
        self.link = dict.fromkeys(self.every())
        self.box = {{n: Box() for n in self.every()}}
        self.some = {some}
        self.pairs: set[tuple[int, int]] = set()
        self.fixed: frozenset[int] = frozenset()
        self.who: int | None = {who}
        self.count = 0

    def every(self) -> Iterable[int]:
        return range(self.nodes)
"""


class Writer:
    """Writes one random spec.

    Args:
        seed: The seed of what is chosen.
    """

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)

    def _one(self, *options: str) -> str:
        return self._rng.choice(options)

    def name(self, names: list[str]) -> str:
        """A name."""
        return self._one(*names, *names, "0")

    def condition(self, names: list[str], depth: int = 2) -> str:
        """A condition on the state and some names."""
        if depth and self._rng.random() < 0.45:
            return self._deeper(names, depth)
        a, b = self.name(names), self.name(names)
        return self._one(
            f"self.flag[{a}]", f"self.kind[{a}] == {self._rng.randrange(3)}", f"self.link[{a}] == {b}", f"self.link[{a}] is None",
            f"self.box[{a}].full", f"self.box[{a}].mine == {b}", f"{a} in self.some", f"({a}, {b}) in self.pairs", f"{a} in self.fixed",
            f"self.who == {a}", "self.who is None", f"{a} == {b}", f"{a} < {b}", f"self.count {self._one('<', '==', '>=')} {self._rng.randrange(3)}",
            "self.count < self.nodes", f"self.link[{a}] in self.some", f"({a}, self.who) in self.pairs", f"{a} != self.nodes - 1",
        )  # fmt: skip

    def _deeper(self, names: list[str], depth: int) -> str:
        one, other = self.condition(names, depth - 1), self.condition(names, depth - 1)
        bound = "xyz"[len([each for each in names if each in "xyz"]) % 3]
        inner = self.condition([*names, bound], depth - 1)
        threshold = self._one("> self.nodes // 2", "* 2 >= self.nodes", ">= 1", "== self.nodes", ">= 2", "<= 1", "== 0", "* 2 > self.nodes", "< self.nodes")
        return self._one(
            f"({one} and {other})", f"({one} or {other})", f"not ({one})", f"all({inner} for {bound} in self.every())",
            f"any({inner} for {bound} in self.every())", f"sum({inner} for {bound} in self.every()) {threshold}",
            f"len({{{bound} for {bound} in self.every() if {inner}}}) {threshold}", f"len(self.some) {threshold}",
            "self.some <= self.fixed", "self.fixed == set(self.every())", f"any({inner} for {bound} in self.some)",
            f"all({bound} in self.some for {bound} in self.fixed - self.some | {{{self.name(names)}}})",
            f"any({bound} == {self.name(names)} for {bound}, w in self.pairs)", "self.some.isdisjoint(self.fixed)", "bool(self.some & self.fixed)",
            f"all(self.box[{bound}].full for {bound} in self.every() if {inner})",
        )  # fmt: skip

    def write(self, names: list[str]) -> str:
        """A statement that changes the state."""
        a, b = self.name(names), self.name(names)
        test = self.condition(names, 1)
        inner = self.condition([*names, "x"], 1)
        return self._one(
            f"self.flag[{a}] = {self._one('True', 'False', test)}", f"self.kind[{a}] = {self._rng.randrange(3)}", f"self.link[{a}] = {self._one(b, 'None', b)}",
            f"self.box[{a}].full = {self._one('True', 'False', test)}", f"self.box[{a}].mine = {self._one(b, 'None')}",
            f"self.some.add({a})", f"self.some.discard({a})", f"self.some = {{x for x in self.every() if {inner}}}", f"self.some |= {{{a}}} | self.fixed",
            f"self.pairs.add(({a}, {b}))", f"self.pairs.discard(({a}, {b}))", f"self.fixed |= {{{a}}}", f"self.fixed -= {{{a}}}",
            f"self.fixed = frozenset(x for x in self.some if {inner})", f"self.who = {self._one(a, 'None', a)}", "self.count += 1", "self.count = 0",
            f"self.flag = {{x: {inner} for x in self.every()}}", "self.kind = dict.fromkeys(self.every(), 1)", f"self.link[{a}] = self.who",
            "self.some.clear()", "self.some &= self.fixed", f"self.pairs = {{(x, {a}) for x in self.some}}",
        )  # fmt: skip

    def text(self) -> str:
        """The spec."""
        lines = [
            HEAD.format(
                init=self._one("dict.fromkeys(self.every(), False)", "{n: n == 0 for n in self.every()}"),
                some=self._one("set()", "set()", "set(self.every())", "{0}"), who=self._one("None", "0", "self.nodes - 1"),
            )  # fmt: skip
        ]
        for at in range(self._rng.randrange(2, 4)):
            names = ["n", "m"][: self._rng.choice((1, 1, 2))]
            lines += [f"    @action({', '.join('every' for _ in names)})", f"    def act{at}(self, {', '.join(f'{each}: int' for each in names)}) -> None:"]
            lines += [f"        require({self.condition(names)})" for _ in range(self._rng.choice((0, 1, 1, 2)))]
            lines += [f"        {self.write(names)}" for _ in range(self._rng.randrange(1, 3))] + [""]
        for at in range(3):
            names = ["n", "m"][: self._rng.choice((1, 1, 2))]
            says = self._one(f"not ({self.condition(names, 1)}) or {self.condition(names, 1)}", self.condition(names, 1), self.condition(names, 2))
            head = f"    def claim{at}(self, {', '.join(f'{each}: int' for each in names)}) -> bool:"
            lines += [f"    @invariant({', '.join('every' for _ in names)})", head, f"        return {says}", ""]
        return "\n".join(lines)


def random_spec(seed: int) -> type[Spec]:
    """The class of a random spec."""
    text = Writer(seed).text()
    file = f"<random spec {seed}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    namespace: dict[str, Any] = {
        "__name__": __name__, "Spec": Spec, "Record": Record, "action": action, "invariant": invariant, "require": require, "Iterable": Iterable,
    }  # fmt: skip
    exec(compile(text, file, "exec"), namespace)
    found: type[Spec] = namespace["Random"]
    return found
