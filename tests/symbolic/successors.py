"""The successors of a state by the formulas, to be compared with those by the spec's own code."""

from __future__ import annotations

from typing import Any

import z3

from modelcheck.spec import Machine, Role, State
from modelcheck.symbolic.proof.model import _array
from modelcheck.symbolic.system import System


def successors(system: System, state: State) -> set[Any]:
    """Every state that a transition leads to; the text of an error where one raises."""
    leaves = system.encode(state)
    values = [(leaf.constant, leaves.get(name, leaf.default)) for name, leaf in system.leaves.all.items()]
    found: set[Any] = set()
    for transition in system.transitions:
        condition = z3.simplify(z3.substitute(transition.condition, *values))
        solver = z3.Solver()
        solver.add(condition)
        while not z3.is_false(condition) and solver.check() == z3.sat:
            if transition.error is not None:
                found.add(str(transition.error))
                break
            model = solver.model()
            picks = [(each, model.eval(each, model_completion=True)) for each in transition.inputs]
            found.add(_after(system, transition.writes, [*picks], values, leaves, model))
            if not picks:
                break
            solver.add(z3.Or([each != value for each, value in picks]))
    return found


def _after(system: System, writes: Any, picks: list[Any], values: list[Any], leaves: Any, model: z3.ModelRef) -> State:
    def read(leaf: Any) -> Any:
        term = writes.get(leaf.name)
        value = leaves.get(leaf.name, leaf.default)
        if term is not None:
            value = z3.simplify(z3.substitute(z3.substitute(term, *picks) if picks else term, *values))
        if z3.is_array(value):
            return _array(model, value, [])
        if z3.is_int_value(value):
            return value.as_long()
        return z3.is_true(value) or (not z3.is_false(value) and _valid(value))

    return system.decode(read)


def _valid(closed: z3.BoolRef) -> bool:
    """Whether a formula without free constants, but with quantifiers, is true."""
    solver = z3.Solver()
    solver.add(z3.Not(closed))
    answer = solver.check()
    assert answer != z3.unknown, closed
    return bool(answer == z3.unsat)


def compare(machine: Machine, most: int, given: System | None = None) -> int:
    """Compare the states within reach, and the truth of invariants in them; returns how many there were.

    Where a system is given, which may know nothing of states outside of the spec's constraints, only those within are.
    """
    system = given or System(machine)
    invariants = [each for each in machine.properties if each.role is Role.INVARIANT]
    terms = {each.name: system.property_term(each) for each in invariants}
    todo = list(dict.fromkeys(machine.initial_states()))
    if given is not None:
        todo = [state for state in todo if all(machine.failing(each, state) is None for each in machine.constraints)]
    seen = set(todo)
    for number in range(most):
        if number == len(todo):
            return number
        state = todo[number]
        expected = {
            after
            for _, after in machine.successors(state)
            if all(machine.failing(c, after) is None for c in machine.constraints)
        }
        assert successors(system, state) == expected, f"from\n{state}"
        leaves = system.encode(state)
        values = [(leaf.constant, leaves.get(name, leaf.default)) for name, leaf in system.leaves.all.items()]
        assert z3.is_true(z3.simplify(z3.substitute(system.axioms, *values)))
        for each in invariants:
            solver = z3.Solver()
            solver.add(z3.Not(z3.substitute(terms[each.name], *values)))
            assert (solver.check() == z3.unsat) == (machine.failing(each, state) is None), f"{each.name} in\n{state}"
        new = [after for after in expected if after not in seen]
        seen.update(new)
        todo += new
    return most
