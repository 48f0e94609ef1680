"""Induction for every size: the questions of `modelcheck.symbolic.proof.induction`, with names quantified over.

A question is unsatisfiable at all sizes, or z3 finds a size at which it is not, or gives up. Only the first is a proof.
What else z3 says is not looked at: a counterexample is looked for at fixed sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import z3

from modelcheck.spec import Declaration
from modelcheck.symbolic.asking import ask, said
from modelcheck.symbolic.names.system import NamesSystem
from modelcheck.symbolic.proof.every_size.small import SmallWorld
from modelcheck.symbolic.proof.induction import Induction, Inductive
from modelcheck.symbolic.proof.inductive_step import Answer, Steps
from modelcheck.symbolic.proof.quantifiers import conjuncts, in_one_quantifier
from modelcheck.symbolic.system import System, Transition
from modelcheck.verdict import Verdict

_MOST_MS = 60_000
_SMALL, _SMALLER = 4, 2
"""The size, or sizes, at which it is looked for what a proof may need: the less z3 is given, the sooner it finds it."""


class Questions(Steps):
    """Questions about a step at any size.

    Args:
        system: The system.
        deadline: When to give up, as `time.monotonic` says it.
        most_ms: How long to wait for an answer.

    Attributes:
        queries: How often z3 was asked.
    """

    def __init__(self, system: NamesSystem, deadline: float | None, most_ms: int = _MOST_MS) -> None:
        super().__init__(system, deadline, 1)
        self._most_ms = most_ms
        self._names = system
        self._small = SmallWorld(system, dict.fromkeys(system.sizes.all, _SMALL if len(system.sizes.all) == 1 else _SMALLER))
        self._joined: dict[int, tuple[Any, Any]] = {}
        self._afters_known: dict[tuple[int, int], tuple[Any, Any]] = {}

    def beginning(self, term: z3.BoolRef) -> str | None:
        """Why it is not known that a condition is true at the start; None if it is."""
        reason, _ = self._refuted([self._system.init, z3.Not(term)], {})
        return None if reason is None else reason or "it is false in an initial state of some size"

    def answer(self, declared: Declaration, hypotheses: Sequence[Declaration]) -> Answer:
        """Whether a property is true after every step, if the hypotheses (and itself) are before it."""
        assumed = {each.name: self._system.property_term(each) for each in hypotheses}
        reason, needs = self.preserved(self._system.property_term(declared), assumed, partial(self._small.core, before=assumed))
        return Answer(frozenset(needs - {declared.name})) if reason is None else Answer(reason=reason)

    def preserved(
        self, term: z3.BoolRef, assumed: dict[str, z3.BoolRef], hint: Callable[[int, z3.BoolRef], set[str] | None] = lambda *_: None
    ) -> tuple[str | None, set[str]]:
        """Why it is not known that a condition stays true, or None; and which of the assumptions that needs.

        Args:
            term: The condition.
            assumed: The assumptions by their names.
            hint: Which assumptions may do, for the number of a transition and the condition after it; None if that is not known.
        """
        needs: set[str] = set()
        for at, transition in enumerate(self._system.transitions):
            after = None if transition.error is not None else self.after(at, transition, term)
            if after is None:
                continue
            few = hint(at, after)
            question = [transition.condition, self._system.bounds, z3.Not(after)]
            reason, core = self._refuted(question, assumed if few is None else {name: each for name, each in assumed.items() if name in few})
            if reason is not None and few is not None:
                reason, core = self._refuted(question, assumed)
            if reason is not None:
                return reason or f"it is not inductive: {transition.action.name} makes it false at some size", needs
            needs |= core
        return None, needs

    def raising(self, hypotheses: Sequence[Declaration]) -> Answer:
        """Whether no action raises where the hypotheses are true."""
        reason, needs = self.never_raises({each.name: self._system.property_term(each) for each in hypotheses})
        return Answer(frozenset(needs)) if reason is None else Answer(reason=reason)

    def never_raises(self, assumed: dict[str, z3.BoolRef]) -> tuple[str | None, set[str]]:
        """Why it is not known that no action raises, or None; and which of the assumptions that needs."""
        needs: set[str] = set()
        for transition in self._system.transitions:
            if transition.error is not None:
                reason, core = self._refuted([transition.condition, self._system.bounds], assumed)
                if reason is not None:
                    return f"it is not known that this never happens: {transition.error}", needs
                needs |= core
        return None, needs

    def after(self, at: int, transition: Transition, term: z3.BoolRef) -> z3.BoolRef | None:
        """A condition after a transition; None if that does not change it."""
        key = at, term.get_id()
        if key not in self._afters_known:
            leaves = self._system.leaves.all
            pairs = [(leaves[name].constant, written) for name, written in transition.writes.items()]
            after = z3.substitute(term, *pairs) if pairs else term
            self._afters_known[key] = (term, None if after.eq(term) else z3.simplify(after))
        return self._afters_known[key][1]

    def _in_one(self, term: z3.BoolRef) -> z3.BoolRef:
        """A condition whose "for all" is one, where it is one after the other: z3 finds its instances sooner."""
        key = term.get_id()
        if key not in self._joined:
            self._joined[key] = (term, z3.And(*(in_one_quantifier(each) for each in conjuncts(term))))
        return self._joined[key][1]

    def _refuted(self, terms: Sequence[z3.BoolRef], assumed: dict[str, z3.BoolRef]) -> tuple[str | None, set[str]]:
        """Why it is not known that terms exclude each other, empty if z3 finds that they do not; and which of the assumptions that needs."""
        solver = z3.Solver()
        solver.add(*self._names.every_axiom, *terms)
        names = {str(name): name for name in (z3.Bool(f"assume {each}") for each in assumed)}
        solver.add(*(z3.Implies(names[f"assume {each}"], self._in_one(term)) for each, term in assumed.items()))
        self.queries += 1
        answer = ask(solver, *names.values(), deadline=self._deadline, most_ms=self._most_ms)
        if answer == z3.unsat:
            return None, {str(each).removeprefix("assume ") for each in solver.unsat_core()}
        return "" if answer == z3.sat else said(solver.reason_unknown()), set()


class EverySizeInduction(Induction):
    """Proofs by induction at every size.

    Args:
        system: The system.
        deadline: When to give up, as `time.monotonic` says it.
        progress: Called with the name of each property that is looked at.
    """

    def __init__(self, system: NamesSystem, *, deadline: float | None = None, progress: Callable[[str], None] | None = None) -> None:
        super().__init__(system, deadline=deadline, progress=progress)
        self._names = system

    def _asked(self, system: System, deadline: float | None, depth: int) -> Steps:
        assert isinstance(system, NamesSystem)
        assert depth == 1
        self._questions = Questions(system, deadline)
        return self._questions

    def _base(self, declared: Sequence[Declaration]) -> dict[str, Inductive | None]:
        found: dict[str, Inductive | None] = {}
        for each in declared:
            reason = self._questions.beginning(self._names.property_term(each))
            if reason is not None:
                found[each.name] = Inductive(Verdict.UNKNOWN, reason=reason)
        return found
