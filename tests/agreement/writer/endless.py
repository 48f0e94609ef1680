"""Writes small specs about what must happen: few states, all kinds of fairness, domains and bounds, and steps that change nothing."""

from __future__ import annotations

import random


class Endless:
    """Writes one spec over two or three small variables."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.lines: list[str] = []

    def pick(self, *options: str) -> str:
        return self.rng.choice(options)

    def number(self, *names: str) -> str:
        """A number below 3."""
        return self.pick("0", "1", "2", "self.x", "self.y", *names, *names)

    def truth(self, *names: str) -> str:
        """A condition."""
        return self.pick(
            f"self.x == {self.number(*names)}",
            f"self.y != {self.number(*names)}",
            f"self.x <= {self.number(*names)}",
            f"self.y in ({self.number(*names)}, {self.number(*names)})",
            "self.box" if self.boxed else "self.x > 0",
            f"{self.number(*names)} in self.box" if self.boxed else "self.x + self.y < 3",
        )

    def domain(self) -> str:
        """Where a parameter ranges: constants, parts of the state, what a condition leaves over, choices."""
        return self.pick(
            "(0, 1)", "(0, 1)", "(1, 1)", "(0, 1, 2)",
            "lambda self: [n for n in (2, 0, 1) if n != self.x]",
            "lambda self: range(self.y + 1)",
            "lambda self: [choose((0, 1))]",
            *(["lambda self: self.box", "lambda self: self.box"] if self.boxed else []),
        )  # fmt: skip

    def change(self, *names: str) -> list[str]:
        """Statements of an action."""
        texts = [
            f"self.x = {self.number(*names)}",
            f"self.y = {self.number(*names)}",
            "self.x = (self.x + 1) % 3",
            "self.y = 1 - min(self.y, 1)",
            f"self.{self.pick('x', 'y')} = choose(({self.number(*names)}, {self.number(*names)}))",
            *(["self.box.add(choose((0, 1)))", f"self.box.discard({self.number(*names)})", "self.box.clear()"] if self.boxed else []),
        ]
        return self.rng.sample(texts, self.rng.choice([1, 1, 2]))

    def action(self, at: int) -> None:
        """An action, and how fair it is."""
        fairness = self.pick("", "", "@fair", "@fair", "@strongly_fair", "@strongly_fair", "@fair(each=False)", "@strongly_fair(each=False)")
        domains = [self.domain() for _ in range(self.rng.choice([0, 1, 1, 2]))]
        names = [f"p{i}" for i in range(len(domains))]
        texts = [text.replace("lambda self", f"lambda {', '.join(['self', *names[:i]])}") for i, text in enumerate(domains)]
        self.lines += [f"    {fairness}"] if fairness else []
        self.lines.append(f"    @action({', '.join(texts)})" if texts else "    @action")
        self.lines.append(f"    def act{at}({', '.join(['self', *names])}):")
        if self.rng.random() < 0.7:
            self.lines.append(f"        require({self.truth(*names)})")
        if self.rng.random() < 0.1:
            self.lines.append(f"        bound({self.truth(*names)})")
        self.lines += [f"        {text}" for text in self.change(*names)]

    def property(self, kind: str) -> None:
        """A property of what must happen."""
        names = self.rng.choice([[], [], ["p0"]])
        self.lines.append(f"    @{kind}((0, 2))" if names else f"    @{kind}")
        self.lines.append(f"    def {kind}0({', '.join(['self', *names])}):")
        goal = self.truth(*names) if self.rng.random() < 0.6 else f"{self.truth(*names)} and {self.truth(*names)}"
        self.lines.append(f"        return {self.truth(*names)}, {goal}" if kind == "leads_to" else f"        return bool({goal})")

    def spec(self) -> str:
        """The text of the whole spec."""
        self.boxed = self.rng.random() < 0.4
        self.lines = ["class Example(Spec):", "    def init(self):", f"        self.x = {self.pick('0', '0', 'choose((0, 1))')}", "        self.y = 0"]
        self.lines += ["        self.box = {1}"] if self.boxed else []
        for at in range(self.rng.randint(1, 4)):
            self.action(at)
        for kind in ("eventually", "leads_to", "always_eventually", "eventually_always"):
            self.property(kind)
        if self.rng.random() < 0.15:
            self.lines += ["    @constraint", "    def within(self):", f"        return {self.truth()} or self.x + self.y < 2"]
        return "\n".join(self.lines) + "\n"


def endless_spec_of(seed: str) -> str:
    """The text of the random spec with a name, without the preamble."""
    return Endless(random.Random(f"endless {seed}")).spec()
