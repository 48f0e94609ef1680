"""A property or constraint as a formula: its code, run for all that its parameters range over."""

from __future__ import annotations

from typing import Any

import z3

from modelcheck.parts.network import Choices
from modelcheck.spec import Declaration, Role
from modelcheck.spec.refinement import Refinement
from modelcheck.spec.run import truth as returned_truth
from modelcheck.symbolic import operators
from modelcheck.symbolic.paths import Paths
from modelcheck.symbolic.present import Present, decide
from modelcheck.symbolic.properties.arguments import options
from modelcheck.symbolic.properties.refinement import allowed
from modelcheck.symbolic.rewriting.functions import original
from modelcheck.symbolic.terms import conj, disj, mentions, neg
from modelcheck.symbolic.values.kinds import SymBool, SymInt, SymUnion
from modelcheck.symbolic.values.merging import DEAD, split
from modelcheck.symbolic.values.scalars import truth


def evaluated(declared: Declaration, paths: Paths, live: Any, *after: Any) -> z3.BoolRef:
    """When a property, constraint or refinement is true.

    Args:
        declared: The property.
        paths: Under way.
        live: The state, as a live object.
        after: The one after the step, for what is said of steps.

    Raises:
        UnsupportedError: if it cannot be followed.
        Exception: what the spec's code raises.
    """
    if isinstance(declared, Refinement):
        return allowed(declared, paths, live, *after)
    subject = declared.subject(live)
    following = [declared.subject(each) for each in after]
    return _for_all(declared, subject, following, [])


def _for_all(declared: Declaration, subject: Any, following: list[Any], arguments: list[Any]) -> z3.BoolRef:
    if len(arguments) == len(declared.domains):
        return _instance(declared, subject, following, arguments)
    domain = options(declared.domains[len(arguments)], subject, arguments)
    if isinstance(domain, Choices):
        domain = operators.call(domain._everything)
    quantified = declared.role is Role.REACHABLE
    items, bound = operators.items_of(domain)
    terms: list[z3.BoolRef] = []
    stops = declared.role is Role.CONSTRAINT and not bound  # At the first that is false, and so before a later one raises.
    for guard, value in items:
        found = Present.paths.under(
            conj(guard, *terms) if stops else guard,
            lambda value=value: SymBool(_for_all(declared, subject, following, [*arguments, value])),
            bound,
        )
        if found is not DEAD:
            terms.append(conj(guard, truth(found)) if quantified else disj(neg(guard), truth(found)))
    # Each part is quantified by itself: what a lemma says of one kind of message has little to do with the others.
    parts = []
    for part in terms:
        used = [each for each in bound if mentions(part, each)]
        parts.append(part if not used else z3.Exists(used, part) if quantified else z3.ForAll(used, part))
    return disj(*parts) if quantified else conj(*parts)


def _instance(declared: Declaration, subject: Any, following: list[Any], arguments: list[Any]) -> z3.BoolRef:
    def run() -> Any:
        try:
            result = operators.call(getattr(subject, declared.method), *following, *arguments)
        except AssertionError:
            return False
        if isinstance(result, SymUnion):
            result = split(result)
        if not hasattr(type(result), "__symbolic_truth__") and not isinstance(result, (SymBool, SymInt)):
            return returned_truth(result, original(declared.function), declared.title)
        return operators.truth_value(result)

    outcomes = Present.paths.explore(run, alone=True)
    for outcome in outcomes:
        if outcome.error is not None:
            operators.check_error(outcome.error)
            if decide(outcome.condition):
                raise outcome.error
    return conj(*(disj(neg(each.condition), truth(each.value)) for each in outcomes if each.error is None))
