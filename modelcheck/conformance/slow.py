"""How long what must happen takes in random runs.

A run that ends can neither show nor refute that something happens at last. What it shows is how many steps it took, and what was
still waited for in the end: a hint, and no verdict.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from modelcheck.spec import Declaration, Machine, Role, State
from modelcheck.spec.run import all_runs
from modelcheck.values import show

_MEASURED = (Role.EVENTUALLY, Role.ALWAYS_EVENTUALLY, Role.LEADS_TO)


class Slowness:
    """Measures, along runs, for how many steps something was waited for.

    Of ``eventually_always`` nothing can be said: it may be true from the next step on.

    Args:
        machine: The spec.
        after: The number of steps from which on something is slow.

    Attributes:
        longest: For each property with its arguments the longest wait in any run, where it was slow.
    """

    def __init__(self, machine: Machine, after: int) -> None:
        self._machine = machine
        self._after = after
        self._asked = [(declared, arguments) for declared in machine.liveness for arguments in self._arguments(declared)]
        self._pairs: dict[State, list[tuple[bool, bool]]] = {}
        self._waits: list[int | None] = []
        self.longest: dict[str, int] = {}

    def _arguments(self, declared: Declaration) -> Iterator[dict[str, Any]]:
        if declared.role in _MEASURED:
            live = self._machine.thaw(self._machine.first_state)
            yield from all_runs(lambda _: declared.choose_arguments(live))

    def begin(self, state: State) -> None:
        """A run begins in a state."""
        self._waits = [None] * len(self._asked)
        self.see(state)

    def see(self, state: State) -> None:
        """The run has come to a state."""
        for at, ((declared, arguments), (premise, goal)) in enumerate(zip(self._asked, self._pairs_in(state), strict=True)):
            waited = self._waits[at]
            if goal:
                self._waits[at] = -1 if declared.role is Role.EVENTUALLY else None
            elif waited is None:
                self._waits[at] = 0 if premise else None
            elif waited >= 0:
                self._waits[at] = waited + 1
                if waited + 1 >= self._after:
                    name = _named(declared, arguments)
                    self.longest[name] = max(self.longest.get(name, 0), waited + 1)

    def _pairs_in(self, state: State) -> list[tuple[bool, bool]]:
        found = self._pairs.get(state)
        if found is None:
            live = self._machine.thaw(state)
            found = self._pairs[state] = [declared.pair(live, arguments) for declared, arguments in self._asked]
        return found

    def told(self) -> str | None:
        """What was slow, the slowest first; None if nothing was."""
        if not self.longest:
            return None
        slowest = sorted(self.longest.items(), key=lambda item: (-item[1], item[0]))
        return "; ".join(f"{name} was waited for over {steps} steps" for name, steps in slowest)


def _named(declared: Declaration, arguments: dict[str, Any]) -> str:
    return f"{declared.name}({', '.join(f'{name}={show(value)}' for name, value in arguments.items())})" if arguments else declared.name
