"""An explorer so short that it is obviously right: breadth first, whole states in a dict, the spec's own Python for everything."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from modelcheck.spec import STEPS, Role, Spec, machine_of
from modelcheck.values import identity


class TooLargeError(Exception):
    """There are more states than the caller wants to wait for."""


@frozen
class Found:
    """What was explored: counts as the contract of ``check`` defines them, and the length of the shortest trace per property.

    A violated property has the length of a counterexample, a reachable one that of a witness; the others are not listed.
    """

    states: int
    generated: int
    depth: int
    out_of_bounds: int
    traces: Mapping[str, int]
    violated: frozenset[str]


class Explorer:
    """One exploration, level by level, up to the level in which the first violation is found unless told to go on."""

    def __init__(self, spec: Spec) -> None:
        self.machine = machine_of(spec)
        self.seen, self.following, self.traces = set(), [], {}
        self.generated = self.dropped = self.depth = 0

    def properties(self, *roles: Role) -> list:
        return [p for p in self.machine.properties if p.role in roles and p.name not in self.traces]

    def visit(self, state, before=None) -> None:
        if any(self.machine.failing(c, state) is not None for c in self.machine.constraints):
            self.dropped += 1
            return
        self.generated += 1
        found = [
            p
            for p in self.properties(*STEPS)
            if before is not None and self.machine.failing(p, before, state) is not None
        ]
        if identity(state) not in self.seen:  # Python holds 1 == True, which an action can tell apart.
            self.seen.add(identity(state))
            self.following.append(state)
            found += [p for p in self.properties(Role.INVARIANT) if self.machine.failing(p, state) is not None]
            found += [p for p in self.properties(Role.REACHABLE) if self.machine.satisfied(p, state)]
        self.traces.update({p.name: self.depth for p in found})

    def expand(self, state) -> None:
        cut = []
        after = [s for action in self.machine.actions for _, s in self.machine.outcomes(state, action, lambda: cut.append(1))]
        self.dropped += len(cut)
        if not after and not cut and not any(self.machine.failing(t, state) is None for t in self.machine.terminals):
            self.traces.setdefault("deadlock", self.depth - 1)
        for s in after:
            self.visit(s, state)

    def explore(self, max_depth: int | None, keep_going: bool, max_states: int | None = None) -> Found:
        wanted = {p.name for p in self.properties(Role.REACHABLE)}
        for state in self.machine.initial_states():
            self.visit(state)
        while self.following:
            self.depth += 1
            if self.depth == max_depth or (self.traces.keys() - wanted and not keep_going):
                break
            level, self.following = self.following, []
            for state in level:
                self.expand(state)
            if max_states is not None and len(self.seen) > max_states:
                raise TooLargeError
        violated = (self.traces.keys() - wanted) | (set() if self.following else wanted - self.traces.keys())
        return Found(len(self.seen), self.generated, self.depth, self.dropped, dict(self.traces), frozenset(violated))


def explore(
    spec: Spec, *, max_depth: int | None = None, keep_going: bool = False, max_states: int | None = None
) -> Found:
    """What there is to find in the states of a spec; raises TooLargeError if these are more than ``max_states``."""
    return Explorer(spec).explore(max_depth, keep_going, max_states)
