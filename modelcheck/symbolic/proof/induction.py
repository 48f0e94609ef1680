"""Induction: an invariant that is true at the start and that no step can make false is true always.

Everything assumed is proved as well, as far as the proof needs it: what fails is no longer assumed, and the rest is
tried again. z3's unsatisfiable cores say which of the assumed invariants each proof needed.

Cost: one small question per transition and property.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from attrs import evolve, frozen

from modelcheck.spec import Declaration, Role
from modelcheck.symbolic.proof import bounded
from modelcheck.symbolic.proof.counterexample import CounterexampleToInduction
from modelcheck.symbolic.proof.inductive_step import Answer, Steps
from modelcheck.symbolic.proof.unrolling import Run
from modelcheck.symbolic.system import System
from modelcheck.verdict import Verdict


@frozen
class Inductive:
    """What induction found out about a property.

    Attributes:
        verdict: ``holds`` if it is inductive together with what it needs, ``violated`` if it is false in an initial state.
        needs: The invariants that its proof uses, those that these use, and so on; itself not included.
        reason: Why it is unknown.
        counterexample: To induction.
        run: To a violation.
    """

    verdict: Verdict
    needs: tuple[str, ...] = ()
    reason: str | None = None
    counterexample: CounterexampleToInduction | None = None
    run: Run | None = None


class Induction:
    """Proofs by induction on one system.

    Args:
        system: The system.
        deadline: When to give up, as `time.monotonic` says it.
        depth: The k of k-induction.
        progress: Called with the name of each property that is looked at.
    """

    def __init__(
        self,
        system: System,
        *,
        deadline: float | None = None,
        depth: int = 1,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self._system = system
        self._steps = self._asked(system, deadline, depth)
        self._deadline = deadline
        self._depth = depth
        self._progress = progress or (lambda _: None)
        self._asked_of_bases = 0

    def _asked(self, system: System, deadline: float | None, depth: int) -> Steps:
        """What asks z3 about steps."""
        return Steps(system, deadline, depth)

    @property
    def queries(self) -> int:
        """How often z3 was asked."""
        return self._steps.queries + self._asked_of_bases

    def prove(self, targets: Sequence[Declaration], assumed: Sequence[Declaration]) -> dict[str, Inductive]:
        """The result for each target, assuming it and the others before each step.

        What is assumed is proved as well, as far as the targets need it; what cannot be proved is no longer assumed.
        """
        results: dict[str, Inductive] = {}
        base = self._base([*targets, *(each for each in assumed if each not in targets)])
        hypotheses = [
            each
            for each in dict.fromkeys([*targets, *assumed])
            if each.role is Role.INVARIANT and base.get(each.name) is None
        ]
        failures: dict[str, Inductive] = {}
        relied_on: dict[str, frozenset[str]] = {}
        while True:
            steps, failed = self._closure([each for each in targets if base.get(each.name) is None], hypotheses)
            if failed is None:
                break
            relied_on.update({name: answer.needs for name, answer in steps.items() if not answer.fails})
            missing = sorted(relied_on.get(failed.name, frozenset()) & failures.keys())
            failures.setdefault(failed.name, self._failure(steps[failed.name], missing))
            hypotheses = [each for each in hypotheses if each is not failed]
            if failed in targets:
                targets = [each for each in targets if each is not failed]
        for declared in targets:
            found = base.get(declared.name)
            results[declared.name] = found or Inductive(Verdict.HOLDS, _all_needs(declared.name, steps))
        return {**results, **failures}

    def _failure(self, answer: Answer, missing: list[str]) -> Inductive:
        if missing:
            names = missing[0] if len(missing) == 1 else f"{', '.join(missing[:-1])} and {missing[-1]}"
            return Inductive(Verdict.UNKNOWN, reason=f"its proof needs {names}, which could not be proved")
        reason = answer.reason or f"it is not {inductive(self._depth)}"
        return Inductive(Verdict.UNKNOWN, reason=reason, counterexample=answer.counterexample)

    def _base(self, declared: Sequence[Declaration]) -> dict[str, Inductive | None]:
        """What is not true of the first k states and of the steps between them, which the induction takes for granted."""
        found: dict[str, Inductive | None] = {}
        searched = bounded.search(self._system, declared, self._depth - 1, deadline=self._deadline)
        self._asked_of_bases += searched.queries
        for name, result in searched.results.items():
            if result.run is not None:
                found[name] = Inductive(Verdict.VIOLATED, run=result.run)
            elif result.reason is not None or result.depth < self._depth - 1:
                found[name] = Inductive(Verdict.UNKNOWN, reason=result.reason or "the time limit was reached")
        return found

    def _closure(
        self, targets: Sequence[Declaration], hypotheses: Sequence[Declaration]
    ) -> tuple[dict[str, Answer], Declaration | None]:
        """The steps of the targets and of all that they need; and the first that fails."""
        steps: dict[str, Answer] = {}
        todo = list(targets)
        by_name = {each.name: each for each in hypotheses}
        raising = self._steps.raising(hypotheses)
        if raising.fails and targets:
            return {each.name: raising for each in targets}, targets[0]
        while todo:
            declared = todo.pop(0)
            self._progress(declared.name)
            step = self._steps.answer(declared, hypotheses)
            if declared in targets:  # Nothing is proved of a system whose actions raise, so what rules that out is proved too.
                step = evolve(step, needs=(step.needs | raising.needs) - {declared.name})
            steps[declared.name] = step
            if step.fails:
                return steps, declared
            todo += [by_name[name] for name in sorted(step.needs) if name not in steps and by_name[name] not in todo]
        return steps, None


def inductive(depth: int) -> str:
    """The word for what induction over so many states proves."""
    return "inductive" if depth == 1 else f"{depth}-inductive"


def _all_needs(name: str, steps: Mapping[str, Answer]) -> tuple[str, ...]:
    found: list[str] = []
    todo = [name]
    while todo:
        for each in sorted(steps[todo.pop(0)].needs):
            if each != name and each not in found:
                found.append(each)
                todo.append(each)
    return tuple(sorted(found))
