"""Runs of so many steps as one formula, which grows by a step at a time.

The transitions of a system are one relation over the leaves before a step, those after it, and a choice of transition;
a step of a run is a copy of that relation with names of its own.
"""

from __future__ import annotations

from typing import Any

import z3
from attrs import frozen

from modelcheck.errors import InternalError
from modelcheck.spec import STEPS, Declaration, State, Step
from modelcheck.symbolic.proof.model import InfiniteSetError, Renaming, state_of
from modelcheck.symbolic.system import System, Transition
from modelcheck.symbolic.terms import conj, disj, neg

_MOST_PAIRED = 200
_DIVISIONS = (z3.Z3_OP_DIV, z3.Z3_OP_IDIV, z3.Z3_OP_MOD, z3.Z3_OP_REM)


@frozen
class Run:
    """A run that ends in a violation.

    Attributes:
        states: The states, the initial one first.
        steps: The steps between them.
    """

    states: tuple[State, ...]
    steps: tuple[Step, ...]


def solver_for(system: System) -> z3.Solver:
    """A solver for runs of a system; where all of it is boolean, one that is a SAT solver. That one counts, but does not divide."""
    finite = all(z3.is_bool(leaf.constant) for leaf in system.leaves.all.values())
    finite = finite and not any(each.inputs for each in system.transitions)
    terms = [system.init, *(term for each in system.transitions for term in (each.condition, *each.writes.values()))]
    return z3.SolverFor("QF_FD") if finite and not _divides(terms) else z3.Solver()


def _divides(terms: list[Any]) -> bool:
    """Whether a quotient or remainder is part of the terms."""
    seen: set[int] = set()
    while terms:
        term = terms.pop()
        if term.get_id() in seen:
            continue
        seen.add(term.get_id())
        if z3.is_app(term) and term.decl().kind() in _DIVISIONS:
            return True
        terms += term.children()
    return False


class Unrolling:
    """A system's steps one after the other, in a solver.

    Args:
        system: The system.
        initial: Whether the first state is an initial one.

    Attributes:
        solver: The solver.
        steps: How many steps there are so far.
    """

    def __init__(self, system: System, *, initial: bool) -> None:
        self.system = system
        self.solver = solver_for(system)
        self.steps = 0
        self._transitions = [each for each in system.transitions if each.error is None]
        self._choices = [z3.Bool(f"step#{number}") for number in range(len(self._transitions))]
        self._relation = _relation(system, self._transitions, self._choices)
        self._names: list[Renaming] = [self._renamed(0)]
        self.solver.add(self.at(system.axioms, 0), self.at(system.init if initial else system.bounds, 0))

    def _renamed(self, step: int) -> Renaming:
        leaves = self.system.leaves.all.values()
        return [(leaf.constant, z3.Const(f"{leaf.name}@{step}", leaf.constant.sort())) for leaf in leaves]

    def _inputs(self, step: int) -> Renaming:
        inputs = dict.fromkeys(each for transition in self.system.transitions for each in transition.inputs)
        return [(each, z3.Int(f"{each}@{step}")) for each in inputs]

    def _chosen(self, step: int) -> Renaming:
        return [(each, z3.Bool(f"{each}@{step}")) for each in self._choices]

    def at(self, term: Any, step: int, transition: Transition | None = None) -> Any:
        """A term about a state (or about a transition), said of the state after so many steps."""
        renaming = self._names[step] if transition is None else self._names[step] + self._inputs(step)
        return z3.substitute(term, *renaming) if renaming else term

    def names(self, step: int) -> Renaming:
        """What the leaves are called after so many steps."""
        return self._names[step]

    def extend(self) -> None:
        """Add one step."""
        before, after = self.steps, self.steps + 1
        self._names.append(self._renamed(after))
        relation = self.system.following(self._relation, self._names[after])
        renaming = self._names[before] + self._inputs(before) + self._chosen(before)
        self.solver.add(
            z3.substitute(relation, *renaming) if renaming else relation, self.at(self.system.axioms, after)
        )
        self.steps = after

    def violates(self, declared: Declaration) -> z3.BoolRef:
        """That a property is false of the last state, or of the last step."""
        if declared.role not in STEPS:
            return neg(self.at(self.system.property_term(declared), self.steps))
        if not self.steps:
            return self.at(self.system.begins_wrongly(declared), 0)
        relation = self.system.following(self.system.step_relation(declared), self._names[self.steps])
        return neg(self.at(relation, self.steps - 1))

    def taken(self, model: z3.ModelRef, step: int) -> Transition:
        """The transition of a step in a model."""
        for transition, (_, name) in zip(self._transitions, self._chosen(step), strict=True):
            if z3.is_true(model.eval(name, model_completion=True)):
                return transition
        raise InternalError(f"a model takes no transition in step {step}")

    def run(self, model: z3.ModelRef) -> Run:
        """The run in a model, replayed by the spec's own Python.

        Raises:
            InfiniteSetError: if it cannot be, since a set is infinite in the model; none is in a run from an initial state.
        """
        inputs = [name for step in range(self.steps) for _, name in self._inputs(step)]
        indexes = {model.eval(name, model_completion=True).as_long() for name in inputs}
        state = state_of(self.system, model, self._names[0], indexes)
        states = [state]
        steps: list[Step] = []
        for at in range(self.steps):
            action = self.taken(model, at).action
            wanted = state_of(self.system, model, self._names[at + 1], indexes)
            found = (step for step, after in self.system.machine.outcomes(state, action) if after == wanted)
            step = next(found, None)
            if step is None and any(z3.is_array(leaf.constant) for leaf in self.system.leaves.all.values()):
                raise InfiniteSetError
            if step is None:
                raise InternalError(
                    f"z3 takes the step {action.name} to a state that the spec's own code does not reach from\n{state}"
                )
            state = wanted
            states.append(state)
            steps.append(step)
        return Run(tuple(states), tuple(steps))


def _at_most_one(choices: list[Any]) -> z3.BoolRef:
    """At most one choice is made. As clauses, a SAT solver learns more from it; of many choices they would be too many."""
    if len(choices) > _MOST_PAIRED:
        return z3.AtMost(*choices, 1)
    pairs = [disj(neg(one), neg(other)) for at, one in enumerate(choices) for other in choices[:at]]
    return conj(*pairs)


def _relation(system: System, transitions: list[Transition], choices: list[Any]) -> z3.BoolRef:
    """One transition is taken: its condition is true, it writes what it writes, and the rest stays."""
    parts: list[Any] = [z3.Or(*choices), _at_most_one(choices)]
    writers: dict[str, list[Any]] = {}
    new = system.primed
    for taken, transition in zip(choices, transitions, strict=True):
        parts.append(z3.Implies(taken, transition.condition))
        for name, term in transition.writes.items():
            writers.setdefault(name, []).append(taken)
            parts.append(z3.Implies(taken, new[name] == term))
    for name, leaf in system.leaves.all.items():
        written = [neg(taken) for taken in writers.get(name, [])]
        parts.append(z3.Implies(conj(*written), new[name] == leaf.constant))
    return z3.And(*parts)
