"""Spacer: z3's own search for an inductive invariant, for systems with unbounded integers.

Komuravelli, Gurfinkel and Chaki, "SMT-Based Model Checking for Recursive Programs", 2014. What it finds is checked by
plain induction before anybody believes it.
"""

from __future__ import annotations

import time
from typing import Any

import z3

from modelcheck.spec import Declaration
from modelcheck.symbolic.asking import said
from modelcheck.symbolic.proof.invariants import Found, is_inductive, refuted
from modelcheck.symbolic.proof.wording import term_text
from modelcheck.symbolic.system import System
from modelcheck.symbolic.terms import conj, neg

_MOST_STEPS = 200


def find_by_spacer(system: System, declared: Declaration, term: z3.BoolRef, deadline: float | None) -> Found:
    """Search for an inductive invariant that implies a term, with what else must be true in every state."""
    leaves = [leaf.constant for leaf in system.leaves.all.values()]
    following = [z3.Const(f"{leaf}'", leaf.sort()) for leaf in leaves]
    engine = z3.Fixedpoint()
    engine.set(engine="spacer")
    if deadline is not None:
        engine.set("timeout", max(int((deadline - time.monotonic()) * 1000), 1))
    states = z3.Function("reachable", *(leaf.sort() for leaf in leaves), z3.BoolSort())
    violated = z3.Function("violated", z3.BoolSort())
    engine.register_relation(states, violated)
    engine.declare_var(*leaves, *following)
    engine.rule(states(*leaves), conj(system.init))
    new = {str(leaf): after for leaf, after in zip(leaves, following, strict=True)}
    for transition in system.transitions:
        steps = [new[str(leaf)] == transition.writes.get(str(leaf), leaf) for leaf in leaves]
        engine.rule(states(*following), [states(*leaves), transition.condition, *steps])
    engine.rule(violated(), [states(*leaves), neg(term)])
    try:
        answer = engine.query(violated())
    except z3.Z3Exception as error:
        return Found(reason=said(str(error)), queries=1)
    if answer == z3.unknown:
        return Found(reason=said(engine.reason_unknown()), queries=1)
    if answer == z3.sat:
        return refuted(system, declared, _MOST_STEPS, deadline, 1)
    invariant = _read_answer(engine.get_answer(), states, leaves)
    if invariant is None or not is_inductive(system, [invariant], term, deadline):
        return Found(reason="z3 found an invariant that could not be checked by induction", queries=1)
    clauses = invariant.children() if z3.is_and(invariant) else [invariant]
    return Found(invariant=tuple(term_text(system, clause) for clause in clauses), queries=1, clauses=(invariant,))


def _read_answer(answer: Any, states: Any, leaves: list[Any]) -> Any:
    """The definition of the states in Spacer's answer."""
    todo = [answer]
    while todo:
        each = todo.pop()
        if z3.is_quantifier(each):
            body = each.body()
            if z3.is_eq(body) and z3.is_app(body.arg(0)) and body.arg(0).decl().eq(states):
                inner = body.arg(0)
                order = {
                    z3.get_var_index(inner.arg(at)): leaf for at, leaf in enumerate(leaves) if z3.is_var(inner.arg(at))
                }
                return z3.simplify(z3.substitute_vars(body.arg(1), *(order[at] for at in range(len(order)))))
            continue
        if z3.is_eq(each) and z3.is_app(each.arg(0)) and each.arg(0).decl().eq(states):
            pairs = [(each.arg(0).arg(at), leaf) for at, leaf in enumerate(leaves)]
            return z3.simplify(z3.substitute(each.arg(1), *pairs))
        todo.extend(each.children())
    return None
