"""`prove`: is a property true of every reachable state, however many there are?"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import z3
from attrs import evolve

from modelcheck.errors import UsageError
from modelcheck.search import Limits, check
from modelcheck.spec import Declaration, Machine, Role, Spec, State, Step, machine_of
from modelcheck.spec.constants import unknown
from modelcheck.spec.loading import source_file
from modelcheck.symbolic import bounded
from modelcheck.symbolic.induction import CounterexampleToInduction, Induction, Inductive
from modelcheck.symbolic.reachable import is_reachable
from modelcheck.symbolic.report import Proof, ProofReport
from modelcheck.symbolic.system import System
from modelcheck.symbolic.unrolling import Run
from modelcheck.trace import Trace
from modelcheck.verdict import Verdict

METHODS = ("auto", "bmc", "induction", "ic3")
_LEMMA_STATES = 20_000
_LEMMA_SECONDS = 5.0
_AUTO_DEPTH = 3


def prove(
    spec: Spec,
    *,
    properties: Sequence[str] | None = None,
    method: str = "auto",
    depth: int = 10,
    k: int = 1,
    using: Sequence[str] | None = None,
    time_limit: float | None = None,
    progress: Callable[[str], None] | None = None,
) -> ProofReport:
    """Prove properties of every reachable state of a spec, or refute them.

    Args:
        spec: The spec, with its constants.
        properties: The names of the invariants and step properties; by default all but the lemmas.
        method: ``bmc`` (no violation within ``depth`` steps, or a shortest one), ``induction``, ``ic3`` (find an inductive invariant), or
            ``auto``, which tries what is cheap first.
        depth: The steps of bounded model checking.
        k: Of k-induction: in how many states in a row the property is assumed.
        using: The invariants that induction may assume; by default all. They are proved as well.
        time_limit: In seconds.
        progress: Called with a line of text now and then.

    Raises:
        SpecError: if the spec cannot be run, or something in it cannot be made symbolic.
        UsageError: if a name is unknown, or an option cannot be meant.
    """
    if method not in METHODS:
        raise UsageError(unknown(method, list(METHODS), f"there is no method {method!r}"))
    if depth < 0 or k < 1:
        raise UsageError("a depth is at least 0 and k is at least 1")
    return _Prover(
        machine_of(spec), properties, method, depth, k, using, time_limit, progress or (lambda _: None)
    ).report()


class _Prover:
    def __init__(
        self,
        machine: Machine,
        properties: Sequence[str] | None,
        method: str,
        depth: int,
        k: int,
        using: Sequence[str] | None,
        time_limit: float | None,
        progress: Callable[[str], None],
    ) -> None:
        self._started = time.monotonic()
        self._deadline = None if time_limit is None else self._started + time_limit
        self._machine = machine
        self._method, self._depth, self._k = method, depth, k
        self._progress = progress
        provable = [each for each in machine.properties if each.role is not Role.REACHABLE]
        self._invariants = [each for each in provable if each.role is Role.INVARIANT]
        self._targets = (
            [machine.find(name, provable) for name in dict.fromkeys(properties)]
            if properties
            else [p for p in provable if not p.lemma] or provable
        )
        assumed = (
            self._invariants
            if using is None
            else [machine.find(name, self._invariants) for name in dict.fromkeys(using)]
        )
        self._assumed = [each for each in assumed if each not in self._targets]
        if not self._targets:
            raise UsageError(
                f"{machine.cls.__name__} has no invariants or step properties to prove", remedy="Add an @invariant."
            )
        progress("running the actions on symbolic values")
        self.system = System(machine)
        self._queries = 0

    def report(self) -> ProofReport:
        """Prove, and say what came out."""
        proofs = {"bmc": self._bmc, "induction": self._induction, "ic3": self._ic3, "auto": self._auto}[self._method]()
        asked = [proofs[each.name] for each in self._targets]
        verdict = Verdict.all_of(each.verdict for each in asked)
        first = next((each for each in asked if each.verdict is Verdict.UNKNOWN), None)
        names = {each.name for each in self._targets}
        return ProofReport(
            spec=self._machine.cls.__name__,
            source=source_file(self._machine.cls),
            constants=self._machine.constants,
            method=self._method,
            verdict=verdict,
            reason=None if verdict is not Verdict.UNKNOWN or first is None else f"{first.name}: {first.reason}",
            properties=(*asked, *(proof for name, proof in proofs.items() if name not in names)),
            transitions=len(self.system.transitions),
            unbounded=self.system.unbounded(),
            queries=self._queries,
            seconds=time.monotonic() - self._started,
        )

    # Methods ----------------------------------------------------------------------------------------------------------------------------------

    def _bmc(self, depth: int | None = None) -> dict[str, Proof]:
        wanted = self._depth if depth is None else depth
        found = bounded.search(
            self.system,
            self._targets,
            wanted,
            deadline=self._deadline,
            progress=lambda steps: self._progress(f"bmc: {steps} steps"),
        )
        proofs = {}
        for declared in self._targets:
            result = found[declared.name]
            if result.run is not None:
                proofs[declared.name] = self._proof(
                    declared, Verdict.VIOLATED, "bmc", trace=self._trace(declared, result.run), depth=result.depth
                )
            else:
                cut = "" if result.depth >= wanted else f"; {result.reason or 'the time limit was reached'}"
                reason = f"there is no violation within {result.depth} steps{cut}"
                proofs[declared.name] = self._proof(declared, Verdict.UNKNOWN, "bmc", reason=reason, depth=result.depth)
        return proofs

    def _induction(self, k: int | None = None) -> dict[str, Proof]:
        depth = self._k if k is None else k
        induction = Induction(
            self.system,
            deadline=self._deadline,
            depth=depth,
            progress=lambda name: self._progress(f"induction: {name}"),
        )
        method = "induction" if depth == 1 else f"{depth}-induction"
        found = induction.prove(self._targets, self._assumed)
        self._queries += induction.queries
        by_name = {each.name: each for each in [*self._targets, *self._assumed]}
        proofs = {name: self._inductive(by_name[name], result, method) for name, result in found.items()}
        if any(proof.verdict is Verdict.UNKNOWN for proof in proofs.values()):
            self._false_assumptions(proofs)
        return proofs

    def _inductive(self, declared: Declaration, result: Inductive, method: str) -> Proof:
        trace = None if result.run is None else self._trace(declared, result.run)
        counterexample = result.counterexample
        return self._proof(
            declared,
            result.verdict,
            method,
            reason=result.reason,
            needs=result.needs,
            trace=trace,
            counterexample=counterexample,
        )

    def _false_assumptions(self, proofs: dict[str, Proof]) -> None:
        """Ask the enumerator whether what was assumed is true at all, and whether counterexamples to induction are reachable."""
        self._progress("searching for violations by enumeration")
        names = [each.name for each in [*self._targets, *self._assumed]]
        found = check(
            self._machine.spec,
            properties=names,
            limits=Limits(states=_LEMMA_STATES, time_s=_LEMMA_SECONDS),
            keep_going=True,
        )
        by_name = {each.name: each for each in [*self._targets, *self._assumed]}
        for each in found.properties:
            if each.verdict is Verdict.VIOLATED and each.trace is not None:
                proofs[each.name] = self._proof(by_name[each.name], Verdict.VIOLATED, "search", trace=each.trace)
        for name, proof in proofs.items():
            if proof.counterexample is not None and proof.verdict is Verdict.UNKNOWN:
                proofs[name] = evolve(proof, counterexample=self._reachability(proof.counterexample))

    def _reachability(self, counterexample: CounterexampleToInduction) -> CounterexampleToInduction:
        self._progress("is the counterexample to induction reachable?")
        limits = Limits(states=_LEMMA_STATES, time_s=_LEMMA_SECONDS)
        return evolve(counterexample, reachable=is_reachable(self._machine, counterexample.states[0], limits))

    def _ic3(self) -> dict[str, Proof]:
        from modelcheck.symbolic.ic3 import find_invariant  # noqa: PLC0415 - a cycle of names otherwise.

        proofs: dict[str, Proof] = {}
        for declared in self._targets:
            if declared.role is Role.STEP:
                proofs[declared.name] = self._proof(
                    declared, Verdict.UNKNOWN, "ic3", reason="properties of steps are proved by induction only"
                )
                continue
            found = find_invariant(self.system, declared, deadline=self._deadline, progress=self._progress)
            self._queries += found.queries
            trace = None if found.run is None else self._trace(declared, found.run)
            verdict = Verdict.VIOLATED if trace else Verdict.HOLDS if found.invariant is not None else Verdict.UNKNOWN
            proofs[declared.name] = self._proof(
                declared, verdict, "ic3", reason=found.reason, trace=trace, found=found.invariant or ()
            )
        return proofs

    def _auto(self) -> dict[str, Proof]:
        """Short violations first, then induction, then k-induction, then a search for an invariant."""
        done: dict[str, Proof] = {}
        extra: dict[str, Proof] = {}
        attempts = [
            lambda: self._bmc(min(self._depth, _AUTO_DEPTH)),
            self._induction,
            lambda: self._induction(2),
            self._ic3,
        ]
        targets = self._targets
        last: dict[str, Proof] = {}
        for attempt in attempts:
            self._targets = [each for each in targets if each.name not in done]
            if not self._targets:
                break
            for name, proof in attempt().items():
                if name not in {each.name for each in self._targets}:
                    extra.setdefault(name, proof)
                elif proof.verdict is not Verdict.UNKNOWN:
                    done[name] = proof
                else:
                    kept = last.get(name)
                    last[name] = evolve(
                        proof, counterexample=proof.counterexample or (kept.counterexample if kept else None)
                    )
        self._targets = targets
        shown = {
            name: proof
            for name, proof in extra.items()
            if proof.verdict is Verdict.VIOLATED or len(done) < len(targets)
        }
        return {**{each.name: done.get(each.name) or last[each.name] for each in targets}, **shown}

    # Results ----------------------------------------------------------------------------------------------------------------------------------

    def _proof(self, declared: Declaration, verdict: Verdict, method: str, **found: object) -> Proof:
        return Proof(declared.name, declared.role.value, verdict, method=method, lemma=declared.lemma, **found)  # type: ignore[arg-type]

    def _trace(self, declared: Declaration, run: Run) -> Trace:
        return trace_of(self._machine, declared, run.states, run.steps)


def trace_of(machine: Machine, declared: Declaration, states: tuple[State, ...], steps: tuple[Step, ...]) -> Trace:
    """A run as a trace that violates a property."""
    looked_at = states[-2:] if declared.role is Role.STEP else states[-1:]
    arguments = machine.failing(declared, *looked_at) or {}
    return Trace(
        machine.cls.__name__, source_file(machine.cls), machine.constants, declared.name, declared.role.value,
        states, steps, arguments, found_by="z3",
    )  # fmt: skip


def solver_version() -> str:
    """Z3's version."""
    return str(z3.get_version_string())
