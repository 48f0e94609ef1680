"""Counterexamples to induction: a state in which everything assumed is true, and steps to one in which a property is not.

The first state need not be reachable; that it is not is what a lemma has to say. So it should hold as little as
possible that has nothing to do with the matter: of all such states one is looked for that differs from the initial
state in few places, and in small numbers.

Where lemmas speak of all integers, z3 seldom finds a state in which they are true. Then the integers from 0 to some
bound are taken for all there are: a quantifier is a conjunction over them, a set of messages a table. What is found in
that *small world* is believed only after the spec's own Python has confirmed it.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import z3
from attrs import field, frozen

from modelcheck.errors import InternalError, ModelcheckError
from modelcheck.spec import STEPS, Declaration, Machine, State, Step
from modelcheck.spec.loading import shown_path
from modelcheck.spec.run import ESCAPING, ScriptedChooser, all_runs, user_place
from modelcheck.symbolic.asking import ask
from modelcheck.symbolic.proof.model import Renaming, arguments_of, state_of
from modelcheck.symbolic.proof.quantifiers import over_integers
from modelcheck.symbolic.system import System, Transition, goes_wrong
from modelcheck.symbolic.terms import neg

_BOUNDS = (1, 2, 3)
_WORLD_MS = 10_000
_SIMPLER_MS = 1000
_SIMPLER_S = 5.0


@frozen
class CounterexampleToInduction:
    """Why a property is not inductive.

    Attributes:
        property: The name of the property, or of the action that raises.
        states: A run of states in which everything assumed is true, but for the property in the last.
        steps: The steps between them.
        arguments: For which the property is false.
        raises: What the last step raises instead of going on; then it has no state after it. Or what the property raises after it.
        reachable: Whether the first state is reachable; None if nobody could tell.
        exact: Whether the spec's own code confirms it. It cannot where a set would be infinite.
        assumed: The names of what is true in all states but the last.
    """

    property: str
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    arguments: Mapping[str, Any] = field(factory=dict)
    raises: str | None = None
    reachable: bool | None = None
    exact: bool = True
    assumed: tuple[str, ...] = ()


# Simple models ---------------------------------------------------------------------------------------------------------------------------------


def simplest(
    solver: z3.Solver, wishes: Sequence[Any], names: Sequence[Any] = (), *, deadline: float | None = None
) -> z3.ModelRef:
    """A model of what a solver has just found satisfiable, in which as many wishes come true as can be had one after the other."""
    model = solver.model()
    until = time.monotonic() + _SIMPLER_S
    until = until if deadline is None else min(until, deadline)
    solver.push()
    for wish in wishes:
        if z3.is_true(model.eval(wish, model_completion=True)):
            solver.add(wish)
            continue
        if time.monotonic() > until:
            continue
        solver.push()
        solver.add(wish)
        if ask(solver, *names, deadline=deadline, most_ms=_SIMPLER_MS) == z3.sat:
            model = solver.model()
            solver.pop()
            solver.add(wish)
        else:
            solver.pop()
    solver.pop()
    return model


def wishes_for(system: System, renaming: Mapping[str, Any] | None = None) -> list[Any]:
    """What makes a state simple: collections and cells as they are in the first initial state, integers close to those there."""
    initial = system.encode(system.initial[0]) if system.initial else {}
    names = renaming or {}
    same: list[Any] = []
    close: list[Any] = []
    for name, leaf in reversed(system.leaves.all.items()):
        now, first = names.get(name, leaf.constant), initial.get(name, leaf.default)
        same.append(now == first)
        if z3.is_int(leaf.constant):
            close += [z3.And(now - first >= -far, now - first <= far) for far in (4, 2, 1)]
    return close + same


# Small worlds ----------------------------------------------------------------------------------------------------------------------------------


class SmallWorld:
    """A system over the integers from 0 to a bound.

    Args:
        system: The system.
        bound: The greatest integer.

    Attributes:
        renaming: What stands for each array: a table.
        limits: That all integers are within the bound.
        entries: The entries of the tables.
    """

    def __init__(self, system: System, bound: int) -> None:
        self.integers = [z3.IntVal(each) for each in range(bound + 1)]
        self.renaming: Renaming = []
        self.limits: list[Any] = []
        self.entries: list[Any] = []
        for leaf in system.leaves.all.values():
            if z3.is_array(leaf.constant):
                self.renaming.append((leaf.constant, self._table(leaf.name, leaf.default, ())))
            elif z3.is_int(leaf.constant):
                self.limits.append(z3.And(leaf.constant >= 0, leaf.constant <= bound))
        for each in dict.fromkeys(each for transition in system.transitions for each in transition.inputs):
            self.limits.append(z3.And(each >= 0, each <= bound))

    def _table(self, name: str, default: Any, index: tuple[int, ...]) -> Any:
        if not z3.is_array(default):
            entry = z3.Const(f"{name}{list(index)}", default.sort())
            self.entries.append(entry)
            return entry
        table = default
        for at, integer in enumerate(self.integers):
            table = z3.Store(table, integer, self._table(name, z3.simplify(default[0]), (*index, at)))
        return table

    def said(self, term: Any) -> Any:
        """A term, said of this world."""
        small = over_integers(term, self.integers)
        return z3.simplify(z3.substitute(small, *self.renaming)) if self.renaming else small

    def wishes(self) -> list[Any]:
        """That no entry is in a table; and if it is, once."""
        counts = [each for each in self.entries if z3.is_int(each)]
        none = [each == 0 if z3.is_int(each) else neg(each) for each in reversed(self.entries)]
        return [*(each <= 1 for each in counts), *none]


def in_a_small_world(
    system: System, terms: Sequence[Any], *, deadline: float | None = None
) -> Iterator[tuple[z3.ModelRef, Renaming]]:
    """Simple models of terms, each in a small world, and what stands for the arrays in it."""
    for bound in _BOUNDS:
        world = SmallWorld(system, bound)
        solver = z3.Solver()
        solver.add(*world.limits, *(world.said(each) for each in (system.axioms, system.bounds, *terms)))
        if ask(solver, deadline=deadline, most_ms=_WORLD_MS) == z3.sat:
            cells = [wish for wish in wishes_for(system) if not _has_array(wish)]
            yield simplest(solver, [*world.wishes(), *cells], deadline=deadline), world.renaming


def _has_array(wish: Any) -> bool:
    return any(z3.is_array(each) for each in wish.children())


# From models to states -------------------------------------------------------------------------------------------------------------------------


def confirmed(
    system: System,
    declared: Declaration,
    transition: Transition,
    state: State,
    wanted: Mapping[str, Any],
    hypotheses: Iterable[Declaration],
) -> CounterexampleToInduction | None:
    """The counterexample from a state, if the spec's own code finds that the action makes the property false there."""
    machine = system.machine
    sound = all(machine.failing(each, state) is None for each in hypotheses)
    outcomes = sorted(machine.outcomes(state, transition.action), key=lambda pair: pair[0].arguments != wanted)
    for step, after in outcomes:
        found = of_run(machine, declared, (state, after), (step,), exact=sound)
        if found is not None:
            return found
    return None


def of_run(
    machine: Machine, declared: Declaration, states: tuple[State, ...], steps: tuple[Step, ...], *, exact: bool
) -> CounterexampleToInduction | None:
    """The counterexample that a run is; None if the property is true at its end."""
    try:
        failing = machine.failing(declared, *(states[-2:] if declared.role in STEPS else states[-1:]))
    except ModelcheckError as error:
        raises = _told(error.__cause__ or error, error.place or declared.place)
        return CounterexampleToInduction(declared.name, states, steps, raises=raises, exact=exact)
    return None if failing is None else CounterexampleToInduction(declared.name, states, steps, failing, exact=exact)


def from_model(
    system: System,
    declared: Declaration,
    transition: Transition,
    model: z3.ModelRef,
    hypotheses: Sequence[Declaration],
) -> CounterexampleToInduction:
    """The counterexample in a model of the whole question.

    Raises:
        InternalError: if the spec's own code does not agree, though all is finite.
    """
    indexes = {model.eval(each, model_completion=True).as_long() for each in transition.inputs}
    state = state_of(system, model, indexes=indexes)
    wanted = arguments_of(transition.arguments, model)
    found = confirmed(system, declared, transition, state, wanted, hypotheses)
    if found is not None:
        return found
    if not any(z3.is_array(leaf.constant) for leaf in system.leaves.all.values()):
        raise InternalError(
            f"z3 makes {declared.name} false by {transition.action.name}, and the spec's own code does not, from\n{state}"
        )
    step = Step(transition.action.name, wanted, transition.choices)
    return CounterexampleToInduction(declared.name, (state,), (step,), exact=False)


def in_small_worlds(
    system: System,
    declared: Declaration,
    transition: Transition,
    terms: Sequence[Any],
    hypotheses: Sequence[Declaration],
    *,
    deadline: float | None = None,
) -> CounterexampleToInduction | None:
    """A confirmed counterexample in a small world, if there is one."""
    for model, renaming in in_a_small_world(system, terms, deadline=deadline):
        state = state_of(system, model, renaming)
        wanted = arguments_of(transition.arguments, model, renaming)
        found = confirmed(system, declared, transition, state, wanted, hypotheses)
        if found is not None and found.exact:
            return found
    return None


def raising(
    system: System, transition: Transition, terms: Sequence[Any], model: z3.ModelRef, *, deadline: float | None = None
) -> CounterexampleToInduction:
    """The counterexample in which an action raises, in a small world if there is one.

    Raises:
        UnsupportedError: if it does not, on ordinary values.
    """
    worlds = in_a_small_world(system, [transition.condition, *terms], deadline=deadline)
    states = (state_of(system, found, renaming) for found, renaming in worlds)
    for state in itertools.chain(states, [state_of(system, model)]):
        raised = _raised(system.machine, state, transition.action)
        if raised is not None:
            step, text = raised
            return CounterexampleToInduction(step.action, (state,), (step,), raises=text)
    assert transition.error is not None
    raise goes_wrong(transition.error, transition.action)


def _raised(machine: Machine, state: State, action: Declaration) -> tuple[Step, str] | None:
    """A step by an action that raises in a state, and what it raises, with the line; None if it does not."""

    def perform(chooser: ScriptedChooser) -> tuple[Step, str] | None:
        live = machine.thaw(state)
        arguments = action.choose_arguments(live)
        before_body = len(chooser.picked)
        try:
            action.run(live, arguments)
            after = machine.freeze(live)
            all(machine.failing(each, after) is None for each in machine.constraints)
        except ESCAPING as error:
            step = Step(action.name, arguments, tuple(chooser.picked[before_body:]))
            return step, _told(error, user_place(error) or action.place)
        return None

    return next((found for found in all_runs(perform) if found is not None), None)


def _told(error: BaseException, place: str) -> str:
    """What an exception says, and where it was raised."""
    kind = "" if isinstance(error, ModelcheckError) else type(error).__name__
    text = ": ".join(part for part in (kind, error.message if isinstance(error, ModelcheckError) else str(error)) if part)
    file, _, line = place.rpartition(":")
    return f"{text}, at {shown_path(file)}:{line}"


__all__ = ["CounterexampleToInduction", "from_model", "in_small_worlds", "of_run", "raising", "simplest", "wishes_for"]
