"""One attempt at a proof, by one method."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import z3
from attrs import define, evolve, field, frozen

from modelcheck.limits import Limits
from modelcheck.spec import LIVENESS, Declaration, Machine, Role
from modelcheck.symbolic.proof import bounded, endless
from modelcheck.symbolic.proof.bounded import Bounded
from modelcheck.symbolic.proof.ic3 import find_invariant
from modelcheck.symbolic.proof.induction import Induction, Inductive
from modelcheck.symbolic.proof.reachable import is_reachable, violations
from modelcheck.symbolic.proof.report import Proof, proof_of, trace_of
from modelcheck.symbolic.proof.sample import Sample, sample_of
from modelcheck.symbolic.proof.unrolling import Run
from modelcheck.symbolic.system import System
from modelcheck.trace import Trace
from modelcheck.verdict import Verdict

_FEW_STATES, _FEW_SECONDS = 2_000, 1.0
_MANY_STATES, _MANY_SECONDS = 20_000, 5.0


@frozen
class Options:
    """What was asked for; `prove` says what each means."""

    method: str
    depth: int
    k: int
    progress: Callable[[str], None] | None
    every: tuple[str, ...] = ()

    def tell(self, text: str) -> None:
        """Say what is done now."""
        if self.progress is not None:
            self.progress(text)


@define
class Attempts:
    """The methods of proof on one system.

    Attributes:
        system: The transition system.
        targets: What is to be proved.
        assumed: The other invariants that a proof may use.
        options: What was asked for.
        deadline: When to give up, as `time.monotonic` says it.
        queries: How often z3 was asked to prove something.
    """

    system: System
    targets: Sequence[Declaration]
    assumed: Sequence[Declaration]
    options: Options
    deadline: float | None
    queries: int = 0
    _violations: dict[str, Trace] | None = field(default=None, init=False)
    _false: dict[str, Trace] | None = field(default=None, init=False)
    _sample: Sample | None = field(default=None, init=False)

    @property
    def _machine(self) -> Machine:
        return self.system.machine

    def bmc(self, targets: list[Declaration], depth: int | None = None) -> dict[str, Proof]:
        """Bounded model checking, to the depth asked for or another one."""
        wanted = self.options.depth if depth is None else depth
        lasting = [each for each in targets if each.role in LIVENESS]
        ending = [each for each in targets if each not in lasting]
        proofs: dict[str, Proof] = {}
        if ending:
            found = bounded.search(self.system, ending, wanted, deadline=self.deadline, progress=self._tell_steps)
            self.queries += found.queries
            proofs |= {each.name: self._bounded(each, found.results[each.name]) for each in ending}
        if lasting:
            lassos = endless.search(self.system, lasting, wanted, deadline=self.deadline, progress=self._tell_steps)
            self.queries += lassos.queries
            proofs |= {each.name: _endless(each, lassos.results[each.name]) for each in lasting}
        return {each.name: proofs[each.name] for each in targets}

    def _tell_steps(self, steps: int) -> None:
        self.options.tell(f"bmc: {_steps(steps)}")

    def _bounded(self, declared: Declaration, found: Bounded) -> Proof:
        if found.run is not None:
            return proof_of(declared, Verdict.VIOLATED, "bmc", trace=self._trace(declared, found.run), depth=found.depth)
        return _none(declared, "violation", found.depth, found.reason)

    def induction(self, targets: list[Declaration], k: int | None = None) -> dict[str, Proof]:
        """Induction, with the k asked for or another one; the enumerator is asked about what is not proved."""
        depth = self.options.k if k is None else k
        method = "induction" if depth == 1 else f"{depth}-induction"
        induction = Induction(
            self.system,
            deadline=self.deadline,
            depth=depth,
            progress=lambda name: self.options.tell(f"{method}: {name}"),
        )
        false = self._false_lemmas()
        found = induction.prove(targets, [each for each in self.assumed if each.name not in false])
        self.queries += induction.queries
        by_name = {each.name: each for each in [*self.targets, *self.assumed]}
        proofs = {name: self._inductive(by_name[name], result, method) for name, result in found.items()}
        for name, proof in proofs.items():
            if proof.verdict is Verdict.HOLDS:
                self._check(by_name[name], [by_name[each] for each in (name, *proof.needs)])
        for name, trace in false.items():
            proofs[name] = proof_of(by_name[name], Verdict.VIOLATED, "search", trace=trace)
        if any(proof.verdict is Verdict.UNKNOWN for proof in proofs.values()):
            self._ask_the_enumerator(proofs, by_name)
        return proofs

    def _check(self, declared: Declaration, used: Sequence[Declaration] = (), terms: Sequence[z3.BoolRef] = ()) -> None:
        """Ask the spec's own code, in the states that it lists at once, whether what was proved is true."""
        if self._sample is None:
            self.options.tell("asking the first states whether what was proved is true")
            self._sample = sample_of(self._machine, self.deadline)
        invariants = [each for each in used if each.role is Role.INVARIANT]
        self._sample.check(self.system, declared, [*terms, *(self.system.property_term(each) for each in invariants)])

    def _false_lemmas(self) -> dict[str, Trace]:
        """What is assumed and false near the start, by a short search: it is reported, and not assumed."""
        if self._false is None:
            self.options.tell("looking for false lemmas by enumeration")
            names = [each.name for each in self.assumed]
            self._false = violations(self._machine, names, self._limits(_FEW_STATES, _FEW_SECONDS)) if names else {}
        return self._false

    def _inductive(self, declared: Declaration, result: Inductive, method: str) -> Proof:
        trace = None if result.run is None else self._trace(declared, result.run)
        found = result.counterexample
        return proof_of(
            declared,
            result.verdict,
            method,
            reason=result.reason,
            needs=result.needs,
            trace=trace,
            counterexample=found,
        )

    def _ask_the_enumerator(self, proofs: dict[str, Proof], by_name: Mapping[str, Declaration]) -> None:
        """Whether what was assumed is true at all, and whether counterexamples to induction are reachable."""
        if self._violations is None:
            self.options.tell("looking for violations by enumeration")
            self._violations = violations(self._machine, list(by_name), self._limits())
        for name, trace in self._violations.items():
            if name in by_name and (name not in proofs or proofs[name].verdict is Verdict.UNKNOWN):
                found = None if name not in proofs else proofs[name].counterexample
                proofs[name] = proof_of(by_name[name], Verdict.VIOLATED, "search", trace=trace, counterexample=found)
        for name, proof in proofs.items():
            if proof.counterexample is not None and proof.counterexample.exact:
                self.options.tell("is the counterexample to induction reachable?")
                reached = is_reachable(self._machine, proof.counterexample.states[0], self._limits())
                proofs[name] = evolve(proof, counterexample=evolve(proof.counterexample, reachable=reached))

    def _limits(self, states: int = _MANY_STATES, seconds: float = _MANY_SECONDS) -> Limits:
        left = seconds if self.deadline is None else min(seconds, self.deadline - time.monotonic())
        return Limits(states=states, time_s=max(left, 0.01))

    def ic3(self, targets: list[Declaration]) -> dict[str, Proof]:
        """A search for an inductive invariant."""
        return {each.name: self._searched(each) for each in targets}

    def _searched(self, declared: Declaration) -> Proof:
        found = find_invariant(self.system, declared, deadline=self.deadline, progress=self.options.tell)
        self.queries += found.queries
        trace = None if found.run is None else self._trace(declared, found.run)
        if found.invariant is not None:
            self._check(declared, [declared], found.clauses)
        verdict = Verdict.VIOLATED if trace else Verdict.HOLDS if found.invariant is not None else Verdict.UNKNOWN
        return proof_of(declared, verdict, "ic3", reason=found.reason, trace=trace, found=found.invariant or ())

    def _trace(self, declared: Declaration, run: Run) -> Trace:
        return trace_of(self._machine, declared, run.states, run.steps)


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count} steps"


def _endless(declared: Declaration, found: endless.Endless) -> Proof:
    if found.trace is not None:
        return proof_of(declared, Verdict.VIOLATED, "bmc", trace=found.trace, depth=found.depth)
    return _none(declared, "fair run that repeats itself", found.depth, found.reason)


def _none(declared: Declaration, what: str, depth: int, cut: str | None) -> Proof:
    """That bounded model checking found nothing within so many steps, -1 if within none, and why it did not go on."""
    if depth < 0:
        return proof_of(declared, Verdict.UNKNOWN, "bmc", reason=cut or "nothing was asked")
    reason = f"there is no {what} within {_steps(depth)}" + (f"; {cut}" if cut else "")
    return proof_of(declared, Verdict.UNKNOWN, "bmc", reason=reason, depth=depth)
