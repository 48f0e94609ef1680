"""Linearizability as a question to z3: an independent encoding, for cross-checks and for unsatisfiable cores.

Every operation has a position; the positions of those that happened are different, and follow real time. The states
between positions are numbers, and each step follows a table of the object, which is filled by exploring all states that
the history's operations can reach. What an operation's return says (that it happened, with this result, before what was
called later) hangs on one literal, so that a core of literals is a set of operations that contradict each other
whatever all others did.

*Cost*: the table has a row for each reachable state, and the formula a clause for each pair of an operation and a
position; some twenty operations are a lot. *Cannot*: objects with more than :data:`MOST_STATES` reachable states.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from attrs import frozen

from modelcheck.consistency._equality import exact
from modelcheck.consistency.history import Operation
from modelcheck.consistency.objects.sequential import UNKNOWN, SequentialObject, agrees, applied
from modelcheck.limits.deadline import Allowance, Deadline, LimitReached
from modelcheck.verdict import Verdict

MOST_STATES = 3000
MOST_OPERATIONS = 40
BYTES_OF_STATE = 500
"""What one state of the object takes in the formula of one operation."""


_States = dict[Hashable, tuple[int, Any]]
"""States with a number for each, under their keys."""


@frozen
class SolverAnswer:
    """What z3 found.

    Args:
        verdict: Unknown if there are too many states or operations, or the time is up.
        core: Operations that contradict each other, if violated.
        reason: Why it is unknown.
    """

    verdict: Verdict
    core: tuple[Operation, ...] = ()
    reason: str | None = None


def ask_solver(operations: Sequence[Operation], object_: SequentialObject, limits: Allowance) -> SolverAnswer:
    """Whether operations are linearizable.

    Args:
        operations: A few, all of one part or of a whole history.
        object_: Their object.
        limits: The solver's own.
    """
    if len(operations) > MOST_OPERATIONS:
        return SolverAnswer(Verdict.UNKNOWN, reason=f"z3 is asked about at most {MOST_OPERATIONS} operations")
    deadline = Deadline(limits.time_s, limits.memory_bytes)
    try:
        states = _reachable(operations, object_, deadline)
        if states is None:
            return SolverAnswer(Verdict.UNKNOWN, reason=f"the object has more than {MOST_STATES} reachable states")
        return _Encoding(operations, object_, states, deadline).answer(limits.memory_bytes)
    except LimitReached as limit:
        return SolverAnswer(Verdict.UNKNOWN, reason=str(limit))


def _reachable(
    operations: Sequence[Operation], object_: SequentialObject, deadline: Deadline
) -> _States | None:
    """All states that the operations can lead to in any order and number."""
    states = {exact(object_.initial): (0, object_.initial)}
    queue = [object_.initial]
    calls = list({(o.name, exact(o.argument)): (o.name, o.argument) for o in operations}.values())
    deepest = len(operations)
    for _ in range(deepest):
        found = []
        for state in queue:
            deadline.check(BYTES_OF_STATE * len(operations) * len(states))
            for name, argument in calls:
                new, _ = applied(object_, state, name, argument)
                if exact(new) not in states:
                    states[exact(new)] = (len(states), new)
                    found.append(new)
            if len(states) > MOST_STATES:
                return None
        queue = found
    return states


class _Encoding:
    """The formula for some operations."""

    def __init__(
        self, operations: Sequence[Operation], object_: SequentialObject, states: _States, deadline: Deadline
    ) -> None:
        import z3  # noqa: PLC0415 - slow to load, and most checks do not need it

        self.z3: Any = z3
        self.deadline = deadline
        self.operations, self.object, self.states = operations, object_, states
        self.solver: Any = z3.Solver()
        count = len(operations)
        self.positions = [z3.Int(f"position{at}") for at in range(count)]
        self.happened = [z3.Bool(f"happened{at}") for at in range(count)]
        self.right = [z3.Bool(f"right{at}") for at in range(count)]
        self.between = [z3.Int(f"state{at}") for at in range(count + 1)]
        self._order()
        self._steps()

    def _order(self) -> None:
        z3, count = self.z3, len(self.operations)
        for at, operation in enumerate(self.operations):
            self.deadline.check()
            self.solver.add(self.positions[at] >= 0, self.positions[at] < count)
            if operation.finish is not None:
                self.solver.add(z3.Implies(self.right[at], self.happened[at]))
            for other in range(at):
                both = z3.And(self.happened[at], self.happened[other])
                self.solver.add(z3.Implies(both, self.positions[at] != self.positions[other]))
        for at, operation in enumerate(self.operations):
            for other, later in enumerate(self.operations):
                if operation.finish is not None and operation.finish < later.call:
                    ordered = self.positions[at] < self.positions[other]
                    self.solver.add(z3.Implies(z3.And(self.right[at], self.happened[other]), ordered))

    def _steps(self) -> None:
        z3, known = self.z3, [state for _, state in self.states.values()]
        self.solver.add(self.between[0] == 0)
        for at in range(len(self.operations)):
            idle = z3.And(*(z3.Not(z3.And(h, p == at)) for h, p in zip(self.happened, self.positions, strict=True)))
            self.solver.add(z3.Implies(idle, self.between[at + 1] == self.between[at]))
        for which, operation in enumerate(self.operations):
            outcomes = [applied(self.object, state, operation.name, operation.argument) for state in known]
            for at in range(len(self.operations)):
                self.deadline.check()
                here = z3.And(self.happened[which], self.positions[which] == at)
                self.solver.add(z3.Implies(here, self._step(at, outcomes)))
                told = self.right[which] if operation.finish is not None else True
                if operation.result is not UNKNOWN:
                    self.solver.add(z3.Implies(z3.And(here, told), self._seen(at, operation, outcomes)))

    def _step(self, at: int, outcomes: Sequence[tuple[Any, Any]]) -> Any:
        """The state after a position, by the state before; states that were found last lead nowhere."""
        before, after = self.between[at], self.between[at + 1]
        rows = [
            self.z3.And(before == state, after == self.states[exact(new)][0])
            for state, (new, _) in enumerate(outcomes)
            if exact(new) in self.states
        ]
        return self.z3.Or(*rows)

    def _seen(self, at: int, operation: Operation, outcomes: Sequence[tuple[Any, Any]]) -> Any:
        """The states before a position from which the recorded result comes."""
        rows = [
            self.between[at] == state for state, (_, result) in enumerate(outcomes) if agrees(operation.result, result)
        ]
        return self.z3.Or(*rows)

    def answer(self, memory_bytes: int) -> SolverAnswer:
        """Ask."""
        from modelcheck.symbolic.asking import ask, said  # noqa: PLC0415 - loads z3

        self.solver.set("max_memory", max(1, memory_bytes >> 20))
        self.solver.set("core.minimize", True)
        duties = [self.right[at] for at, o in enumerate(self.operations) if o.finish is not None]
        try:
            found = ask(self.solver, *duties, most_ms=int(1000 * self.deadline.left_s))
        except self.z3.Z3Exception as error:  # Out of memory while it minimises the core.
            return SolverAnswer(Verdict.UNKNOWN, reason=said(str(error)))
        if found == self.z3.sat:
            return SolverAnswer(Verdict.HOLDS)
        if found == self.z3.unknown:
            return SolverAnswer(Verdict.UNKNOWN, reason=said(self.solver.reason_unknown()))
        names = {str(literal) for literal in self.solver.unsat_core()}
        core = tuple(o for at, o in enumerate(self.operations) if f"right{at}" in names)
        return SolverAnswer(Verdict.VIOLATED, core)
