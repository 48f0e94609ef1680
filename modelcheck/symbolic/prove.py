"""`prove`: is a property true of every reachable state, however many there are?"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from attrs import evolve, frozen

from modelcheck.errors import UsageError
from modelcheck.search import Limits
from modelcheck.spec import Declaration, Machine, Role, Spec, State, Step, machine_of
from modelcheck.spec.constants import unknown
from modelcheck.spec.loading import source_file
from modelcheck.symbolic import bounded
from modelcheck.symbolic.asking import stoppable
from modelcheck.symbolic.bounded import Bounded
from modelcheck.symbolic.ic3 import find_invariant
from modelcheck.symbolic.induction import Induction, Inductive
from modelcheck.symbolic.paths import OutOfTimeError
from modelcheck.symbolic.reachable import is_reachable, violations
from modelcheck.symbolic.report import Proof, ProofReport
from modelcheck.symbolic.system import System
from modelcheck.symbolic.unrolling import Run
from modelcheck.trace import Trace
from modelcheck.verdict import Verdict

METHODS = ("auto", "bmc", "induction", "ic3")
_FEW_STATES, _FEW_SECONDS = 2_000, 1.0
_MANY_STATES, _MANY_SECONDS = 20_000, 5.0
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
    machine = machine_of(spec)
    targets, assumed = _chosen(machine, properties, using)
    with stoppable():
        return _Prover(machine, targets, assumed, _Options(method, depth, k, time_limit, progress)).report()


@frozen
class _Options:
    method: str
    depth: int
    k: int
    time_limit: float | None
    progress: Callable[[str], None] | None


def _chosen(
    machine: Machine, properties: Sequence[str] | None, using: Sequence[str] | None
) -> tuple[list[Declaration], list[Declaration]]:
    """What to prove, and what may be assumed."""
    provable = [each for each in machine.properties if each.role is not Role.REACHABLE]
    if not provable:
        raise UsageError(
            f"{machine.cls.__name__} has no invariants or step properties to prove", remedy="Add an @invariant."
        )
    invariants = [each for each in provable if each.role is Role.INVARIANT]
    targets = [each for each in provable if not each.lemma] or provable
    if properties:
        targets = [machine.find(name, provable) for name in dict.fromkeys(properties)]
    assumed = invariants if using is None else [machine.find(name, invariants) for name in dict.fromkeys(using)]
    return targets, [each for each in assumed if each not in targets]


class _Prover:
    """One call of `prove`."""

    def __init__(
        self,
        machine: Machine,
        targets: list[Declaration],
        assumed: list[Declaration],
        options: _Options,
    ) -> None:
        self._machine = machine
        self._targets = targets
        self._assumed = assumed
        self._options = options
        self._started = time.monotonic()
        self._deadline = None if options.time_limit is None else self._started + options.time_limit
        self._system: System | None = None
        self._queries = 0
        self._violations: dict[str, Trace] | None = None
        self._false: dict[str, Trace] | None = None
        self._known: dict[str, Proof] = {}

    def report(self) -> ProofReport:
        """Prove, and say what came out."""
        proofs = self._tried(self._targets, "", self._prove)
        asked = [proofs[each.name] for each in self._targets]
        verdict = Verdict.all_of(each.verdict for each in asked)
        first = next((each for each in asked if each.verdict is Verdict.UNKNOWN), None)
        names = {each.name for each in self._targets}
        return ProofReport(
            spec=self._machine.cls.__name__,
            source=source_file(self._machine.cls),
            constants=self._machine.constants,
            method=self._options.method,
            verdict=verdict,
            reason=None if verdict is not Verdict.UNKNOWN or first is None else f"{first.name}: {first.reason}",
            properties=(*asked, *(proof for name, proof in proofs.items() if name not in names)),
            transitions=0 if self._system is None else len(self._system.transitions),
            unbounded=() if self._system is None else self._system.unbounded(),
            queries=self._queries,
            seconds=time.monotonic() - self._started,
        )

    def _prove(self, targets: list[Declaration]) -> dict[str, Proof]:
        self._progress("running the actions on symbolic values")
        self._system = System(self._machine, deadline=self._deadline)
        methods = {"bmc": self._bmc, "induction": self._induction, "ic3": self._ic3, "auto": self._auto}
        return methods[self._options.method](targets)

    def _tried(
        self, targets: list[Declaration], method: str, attempt: Callable[[list[Declaration]], dict[str, Proof]]
    ) -> dict[str, Proof]:
        """What an attempt says; where it is cut short, that nothing is known, or (of all of them, without a name) what is by then."""
        try:
            return attempt(targets)
        except OutOfTimeError:
            reason = "the time limit was reached while code was turned into formulas"
        except KeyboardInterrupt:
            if method:
                raise
            reason = "it was interrupted"
        nothing = {each.name: _proof(each, Verdict.UNKNOWN, method, reason=reason) for each in targets}
        if method:
            return nothing
        known = {
            name: evolve(proof, reason=f"{proof.reason}; {reason}") if proof.verdict is Verdict.UNKNOWN else proof
            for name, proof in self._known.items()
        }
        return {**nothing, **known}

    @property
    def system(self) -> System:
        """The system, once the actions have been run."""
        assert self._system is not None
        return self._system

    def _progress(self, text: str) -> None:
        if self._options.progress is not None:
            self._options.progress(text)

    # Methods ----------------------------------------------------------------------------------------------------------------------------------

    def _bmc(self, targets: list[Declaration], depth: int | None = None) -> dict[str, Proof]:
        wanted = self._options.depth if depth is None else depth
        found = bounded.search(
            self.system,
            targets,
            wanted,
            deadline=self._deadline,
            progress=lambda steps: self._progress(f"bmc: {steps} steps"),
        )
        return {each.name: self._bounded(each, found[each.name]) for each in targets}

    def _bounded(self, declared: Declaration, found: Bounded) -> Proof:
        if found.run is not None:
            return _proof(declared, Verdict.VIOLATED, "bmc", trace=self._trace(declared, found.run), depth=found.depth)
        cut = f"; {found.reason}" if found.reason else ""
        reason = (
            f"there is no violation within {_steps(found.depth)}{cut}"
            if found.depth >= 0
            else found.reason or "nothing was asked"
        )
        return _proof(
            declared, Verdict.UNKNOWN, "bmc", reason=reason, depth=max(found.depth, 0) if found.depth >= 0 else None
        )

    def _induction(self, targets: list[Declaration], k: int | None = None) -> dict[str, Proof]:
        depth = self._options.k if k is None else k
        method = "induction" if depth == 1 else f"{depth}-induction"
        induction = Induction(
            self.system,
            deadline=self._deadline,
            depth=depth,
            progress=lambda name: self._progress(f"{method}: {name}"),
        )
        false = self._false_lemmas()
        found = induction.prove(targets, [each for each in self._assumed if each.name not in false])
        self._queries += induction.queries
        by_name = {each.name: each for each in [*self._targets, *self._assumed]}
        proofs = {name: self._inductive(by_name[name], result, method) for name, result in found.items()}
        for name, trace in false.items():
            proofs[name] = _proof(by_name[name], Verdict.VIOLATED, "search", trace=trace)
        if any(proof.verdict is Verdict.UNKNOWN for proof in proofs.values()):
            self._ask_the_enumerator(proofs, by_name)
        return proofs

    def _false_lemmas(self) -> dict[str, Trace]:
        """What is assumed and false near the start, by a short search: it is reported, and not assumed."""
        if self._false is None:
            self._progress("looking for false lemmas by enumeration")
            names = [each.name for each in self._assumed]
            self._false = violations(self._machine, names, self._limits(_FEW_STATES, _FEW_SECONDS)) if names else {}
        return self._false

    def _inductive(self, declared: Declaration, result: Inductive, method: str) -> Proof:
        trace = None if result.run is None else self._trace(declared, result.run)
        found = result.counterexample
        return _proof(
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
            self._progress("looking for violations by enumeration")
            self._violations = violations(self._machine, list(by_name), self._limits())
        for name, trace in self._violations.items():
            if name in by_name and (name not in proofs or proofs[name].verdict is Verdict.UNKNOWN):
                found = None if name not in proofs else proofs[name].counterexample
                proofs[name] = _proof(by_name[name], Verdict.VIOLATED, "search", trace=trace, counterexample=found)
        for name, proof in proofs.items():
            if proof.counterexample is not None and proof.counterexample.exact:
                self._progress("is the counterexample to induction reachable?")
                reached = is_reachable(self._machine, proof.counterexample.states[0], self._limits())
                proofs[name] = evolve(proof, counterexample=evolve(proof.counterexample, reachable=reached))

    def _limits(self, states: int = _MANY_STATES, seconds: float = _MANY_SECONDS) -> Limits:
        left = seconds if self._deadline is None else min(seconds, self._deadline - time.monotonic())
        return Limits(states=states, time_s=max(left, 0.01))

    def _ic3(self, targets: list[Declaration]) -> dict[str, Proof]:
        return {each.name: self._searched(each) for each in targets}

    def _searched(self, declared: Declaration) -> Proof:
        if declared.role is Role.STEP:
            reason = "no invariant is searched for a property of steps; write lemmas and use induction"
            return _proof(declared, Verdict.UNKNOWN, "ic3", reason=reason)
        found = find_invariant(self.system, declared, deadline=self._deadline, progress=self._progress)
        self._queries += found.queries
        trace = None if found.run is None else self._trace(declared, found.run)
        verdict = Verdict.VIOLATED if trace else Verdict.HOLDS if found.invariant is not None else Verdict.UNKNOWN
        return _proof(declared, verdict, "ic3", reason=found.reason, trace=trace, found=found.invariant or ())

    def _auto(self, targets: list[Declaration]) -> dict[str, Proof]:
        """Short violations first, then induction, then k-induction, then a search for an invariant."""
        attempts: list[tuple[str, Callable[[list[Declaration]], dict[str, Proof]]]] = [
            ("bmc", lambda pending: self._bmc(pending, min(self._options.depth, _AUTO_DEPTH))),
            ("induction", self._induction),
            ("2-induction", lambda pending: self._induction(pending, 2)),
            ("ic3", self._ic3),
        ]
        known = self._known
        reasons: dict[str, list[str]] = {each.name: [] for each in targets}
        for method, attempt in attempts:
            pending = [
                each for each in targets if each.name not in known or known[each.name].verdict is Verdict.UNKNOWN
            ]
            if not pending:
                break
            for name, proof in self._tried(pending, method, attempt).items():
                if proof.verdict is Verdict.UNKNOWN and name in reasons:
                    reasons[name].append(f"{method}: {proof.reason}")
                known[name] = _better(known.get(name), proof)
        for each in targets:
            if known[each.name].verdict is Verdict.UNKNOWN:
                known[each.name] = evolve(known[each.name], reason="; ".join(reasons[each.name]))
        proved = all(known[each.name].verdict is Verdict.HOLDS for each in targets)
        names = {each.name for each in targets}
        shown = names if proved else known.keys()
        return {name: proof for name, proof in known.items() if name in shown or proof.trace is not None}

    def _trace(self, declared: Declaration, run: Run) -> Trace:
        return trace_of(self._machine, declared, run.states, run.steps)


def _better(one: Proof | None, other: Proof) -> Proof:
    """Of two results on a property the one that says more; the first counterexample to induction is kept."""
    if one is None:
        return other
    if one.verdict is not Verdict.UNKNOWN:
        return one
    if other.verdict is not Verdict.UNKNOWN:
        return other
    return evolve(other, counterexample=one.counterexample or other.counterexample)


def _proof(declared: Declaration, verdict: Verdict, method: str, **found: object) -> Proof:
    return Proof(declared.name, declared.role.value, verdict, method=method, lemma=declared.lemma, **found)  # type: ignore[arg-type]


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count} steps"


def trace_of(machine: Machine, declared: Declaration, states: tuple[State, ...], steps: tuple[Step, ...]) -> Trace:
    """A run as a trace that violates a property."""
    looked_at = states[-2:] if declared.role is Role.STEP else states[-1:]
    arguments = machine.failing(declared, *looked_at) or {}
    return Trace(
        machine.cls.__name__, source_file(machine.cls), machine.constants, declared.name, declared.role.value,
        states, steps, arguments, found_by="z3",
    )  # fmt: skip
