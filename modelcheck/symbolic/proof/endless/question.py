"""A liveness property as formulas: its premise and its goal in a state, for each combination of its arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import z3
from attrs import frozen

from modelcheck.spec import Declaration, Machine, Role
from modelcheck.spec.run import all_runs
from modelcheck.spec.run import truth as returned_truth
from modelcheck.symbolic import operators
from modelcheck.symbolic.rewriting.functions import original
from modelcheck.symbolic.system import System
from modelcheck.symbolic.terms import TRUE, UnsupportedError, conj, disj
from modelcheck.symbolic.values.kinds import SymBool, SymInt, SymUnion
from modelcheck.symbolic.values.merging import split
from modelcheck.symbolic.values.scalars import truth

_PAIR = 2


@frozen(eq=False)
class Question:
    """A property with the values of its arguments.

    Attributes:
        declared: The property.
        arguments: The values.
        premise: Where its premise is true, or it raises.
        goal: Where its goal is true.
        error: What it raises on symbolic values, if it does.
    """

    declared: Declaration
    arguments: Mapping[str, Any]
    premise: z3.BoolRef
    goal: z3.BoolRef
    error: Exception | None


def follow_question(system: System, declared: Declaration) -> list[Question]:
    """A property for each combination of its arguments.

    Args:
        system: The system whose states it is asked in.
        declared: A liveness property.

    Raises:
        SpecError: if the spec's own code does not answer it in the first state.
        UnsupportedError: if it cannot be followed.
    """
    return [_question(system, declared, arguments) for arguments in _combinations(system.machine, declared)]


def _combinations(machine: Machine, declared: Declaration) -> list[dict[str, Any]]:
    """The combinations of arguments. They are the same in all states, and the property is asked once of each in the first one."""

    def combine(_: Any) -> dict[str, Any]:
        arguments = declared.choose_arguments(machine.thaw(machine.first_state))
        declared.pair(machine.thaw(machine.first_state), arguments)
        return arguments

    return list(machine._guarded(all_runs(combine), declared))


def _question(system: System, declared: Declaration, arguments: Mapping[str, Any]) -> Question:
    outcomes = system.explored(lambda live: _parts(declared, live, arguments))
    raising = [each for each in outcomes if each.error is not None]
    for each in raising:
        assert each.error is not None
        operators.check_error(each.error)
    told = [(each.condition, each.value) for each in outcomes if each.error is None]
    return Question(
        declared,
        arguments,
        disj(*(each.condition for each in raising), *(conj(condition, premise) for condition, (premise, _) in told)),
        disj(*(conj(condition, goal) for condition, (_, goal) in told)),
        raising[0].error if raising else None,
    )


def _parts(declared: Declaration, live: Any, arguments: Mapping[str, Any]) -> tuple[z3.BoolRef, z3.BoolRef]:
    """Premise and goal on symbolic values."""
    subject = declared.subject(live)
    result = split(operators.call(getattr(subject, declared.method), *arguments.values()))
    if declared.role is not Role.LEADS_TO:
        return TRUE, _said(declared, result)
    if not isinstance(result, tuple) or len(result) != _PAIR:
        raise UnsupportedError(
            f"{declared.title} does not return a pair everywhere", place=declared.place, remedy="Write `return premise, goal`."
        )
    return _said(declared, result[0]), _said(declared, result[1])


def _said(declared: Declaration, value: Any) -> z3.BoolRef:
    """A truth value as a formula."""
    if isinstance(value, SymUnion):
        value = split(value)
    if not hasattr(type(value), "__symbolic_truth__") and not isinstance(value, (SymBool, SymInt)):
        return truth(returned_truth(value, original(declared.function), declared.title))
    return truth(operators.truth_value(value))
