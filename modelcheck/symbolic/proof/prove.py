"""`prove`: is a property true of every reachable state, however many there are?"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from attrs import evolve

from modelcheck.errors import UsageError
from modelcheck.limits import Limits
from modelcheck.limits.budget import INTERRUPTED, Budget
from modelcheck.limits.given import NO_LIMITS, callback, limits_given, names, whole
from modelcheck.limits.watch import Overrun, Watch
from modelcheck.search.options import DEADLOCK
from modelcheck.spec import LIVENESS, RUNS, Declaration, Machine, Role, Spec, machine_of
from modelcheck.spec.constants.declared import unknown
from modelcheck.spec.loading import source_file
from modelcheck.spec.overrun import out_of_memory, told
from modelcheck.spec.refinement import Mapped, Promise
from modelcheck.spec.spec import machine_constants
from modelcheck.symbolic.asking import cut_short, stoppable
from modelcheck.symbolic.paths import OutOfTimeError
from modelcheck.symbolic.present import alone
from modelcheck.symbolic.proof.attempts import Attempts, Options
from modelcheck.symbolic.proof.every_size.attempt import EverySize, check_sizes
from modelcheck.symbolic.proof.following import followed
from modelcheck.symbolic.proof.report import Proof, ProofReport, proof_of
from modelcheck.verdict import Verdict

METHODS = ("auto", "bmc", "induction", "ic3")
_AUTO_DEPTH = 3
_METHOD_S = 300
# A run on symbolic values asks z3 in between, and takes longer than an ordinary one.
_MOST_CPU_S = 60.0
_PORTION_S = 0.1
_GRACE_S = 0.5
_SEARCHED = (Role.REACHABLE, *RUNS)
"""What a search answers and a proof does not."""
_MANY = {Role.INVARIANT: "invariants", Role.STEP: "step properties", Role.REFINES: "refinements", **dict.fromkeys(LIVENESS, "liveness properties")}
_SEARCH = "`modelcheck check` looks for deadlocks, and for what should be reachable."
_Attempt = Callable[[list[Declaration]], dict[str, Proof]]


def prove(
    spec: Spec,
    *,
    properties: Sequence[str] | None = None,
    method: str = "auto",
    depth: int = 10,
    k: int = 1,
    using: Sequence[str] | None = None,
    every: Sequence[str] = (),
    limits: Limits = NO_LIMITS,
    progress: Callable[[str], None] | None = None,
) -> ProofReport:
    """Prove properties of every reachable state of a spec, or refute them.

    Args:
        spec: The spec, with its constants.
        properties: The names of the invariants and properties of steps; by default all but the lemmas, refinements among
            them. ``bmc`` takes liveness properties by name.
        method: ``bmc`` (no violation within ``depth`` steps, or a shortest one; of a liveness property, a fair run that repeats itself),
            ``induction``, ``ic3`` (find an inductive invariant), or ``auto``, which tries what is cheap first.
        depth: The steps of bounded model checking.
        k: Of k-induction: in how many states in a row the property is assumed.
        using: The invariants that induction may assume; by default all. They are proved as well.
        every: The names of constants that say how many there are of something, such as servers. What is proved is then proved for all their values
            from 1 on, by induction.
        limits: Those of time and memory. Without one of time ``auto`` gives each method five minutes. One proof is under way at a time in a process;
            one in another thread waits for its turn, within its time limit.
        progress: Called with a line of text now and then.

    Raises:
        SpecError: if the spec cannot be run, or something in it cannot be made symbolic.
        UsageError: if a name is unknown, or an option cannot be meant.
    """
    _check_arguments(spec, limits, method, depth, k)
    properties, using, every = names("properties", properties), names("using", using), names("every", every) or ()
    _check_every(spec, every, method, k)
    callback("progress", progress)
    budget = Budget(limits)
    deadline = None if limits.time_s is None else time.monotonic() + limits.time_s
    try:
        is_its_turn = _turn(deadline)
    except KeyboardInterrupt:
        return _unfinished(spec, method, INTERRUPTED, budget)
    if not is_its_turn:
        return _unfinished(spec, method, "the time limit was reached while another proof was under way in this process", budget)
    try:
        return _alone(spec, properties, using, Options(method, depth, k, progress, tuple(every)), budget, deadline)
    finally:
        alone.release()


def _turn(deadline: float | None) -> bool:
    """Wait until no other thread proves anything; False at the deadline. In small portions, since Ctrl-C is heeded between them only."""
    while not alone.acquire(timeout=_PORTION_S):
        if deadline is not None and time.monotonic() > deadline:
            return False
    return True


def _alone(
    spec: Spec, properties: Sequence[str] | None, using: Sequence[str] | None, options: Options, budget: Budget, deadline: float | None
) -> ProofReport:
    watch = Watch(lambda: _over(deadline) or budget.memory_over(0), _MOST_CPU_S, cut_short)
    method = options.method
    with stoppable(), watch.open():
        try:
            machine = machine_of(spec)
            targets, assumed = _chosen(machine, properties, using, method)
            targets = _for_every_size(targets, properties) if options.every else targets
            report = _Prover(machine, targets, assumed, options, watch, deadline).report()
        except Overrun as overrun:
            return _unfinished(spec, method, told(watch, overrun), budget)
        except KeyboardInterrupt:
            return _unfinished(spec, method, INTERRUPTED, budget)
        except MemoryError as error:
            return _unfinished(spec, method, out_of_memory(error), budget)
    return report if properties else evolve(report, left_out=_left_out(machine))


def _check_arguments(spec: Spec, limits: Limits, method: str, depth: int, k: int) -> None:
    if not isinstance(spec, Spec):
        raise UsageError(f"a spec is proved, and not {spec!r}", remedy="Make one of its class." if isinstance(spec, type) else None)
    limits_given(limits, without=("states", "depth"), what="a proof")
    if method not in METHODS:
        raise UsageError(unknown(str(method), list(METHODS), f"there is no method {method!r}"))
    whole("depth", depth, 0)
    whole("k", k, 1)


def _check_every(spec: Spec, every: Sequence[str], method: str, k: int) -> None:
    check_sizes(spec, every)
    if every and (method not in ("auto", "induction") or k != 1):
        raise UsageError("for every size only induction proves anything", remedy="Leave method and k out.")


def _over(deadline: float | None) -> str | None:
    """That it is high time for a run to end, which does not look at the clock itself."""
    return "the time limit was reached" if deadline is not None and time.monotonic() > deadline + _GRACE_S else None


def _unfinished(spec: Spec, method: str, reason: str, budget: Budget) -> ProofReport:
    """A report of a proof that ended before it began, or so that nothing is known any more."""
    return ProofReport(
        type(spec).__name__, source_file(type(spec)), machine_constants(spec), method, Verdict.UNKNOWN, reason, (), seconds=budget.seconds
    )


def _for_every_size(targets: list[Declaration], properties: Sequence[str] | None) -> list[Declaration]:
    """The targets that can be proved for every size: invariants."""
    found = [each for each in targets if each.role is Role.INVARIANT]
    other = next((each for each in targets if each.role is not Role.INVARIANT), None)
    if other is not None and (properties or not found):
        raise UsageError(f"{other.name} is a {other.role.noun}, and for every size only invariants can be proved", remedy="Prove it at one size.")
    return found


def _left_out(machine: Machine) -> tuple[str, ...]:
    """What a search checks by default and a proof does not."""
    return (*(each.name for each in machine.asked if each.role in _SEARCHED), DEADLOCK)


def _chosen(
    machine: Machine, properties: Sequence[str] | None, using: Sequence[str] | None, method: str
) -> tuple[list[Declaration], list[Declaration]]:
    """What to prove, and what may be assumed."""
    provable = [each for each in machine.properties if each.role not in _SEARCHED]
    if properties and method == "bmc":
        provable += [each for each in machine.liveness if not isinstance(each, Mapped)]
    if not provable:
        raise UsageError(
            f"{machine.cls.__name__} has no invariants or step properties to prove", remedy=f"Add an @invariant. {_SEARCH}"
        )
    invariants = [each for each in provable if each.role is Role.INVARIANT]
    targets = [each for each in provable if not each.lemma] or provable
    if properties:
        targets = [_named(machine, name, provable, "can be proved") for name in dict.fromkeys(properties)]
    assumed = invariants
    if using is not None:
        assumed = [_named(machine, name, invariants, "can be assumed") for name in dict.fromkeys(using)]
    return targets, [each for each in assumed if each not in targets]


def _named(machine: Machine, name: str, among: list[Declaration], what: str) -> Declaration:
    """The property of a name, among those that can be meant; another kind of property is refused with its kind."""
    if name == DEADLOCK:
        raise UsageError("the absence of deadlocks is not proved", remedy=_SEARCH)
    other = next((each for each in machine.asked if each.name == name and each not in among), None)
    if other is not None:
        *others, last = dict.fromkeys(_MANY[each.role] for each in among) or ["invariants"]
        kinds = f"{', '.join(others)} and {last}" if others else last
        remedy = _remedy(other) if other.role in _SEARCHED else None
        raise UsageError(f"{name} is a {other.role.noun}, and only {kinds} {what}", remedy=remedy)
    return machine.find(name, among)


def _remedy(declared: Declaration) -> str:
    """What answers a property that is not proved."""
    if declared.role not in RUNS:
        return _SEARCH
    short = "" if isinstance(declared, (Mapped, Promise)) else "; `--method bmc` looks for a short run that refutes it"
    return f"`modelcheck check` answers what must happen{short}."


class _Prover:
    """One call of `prove`."""

    def __init__(
        self,
        machine: Machine,
        targets: list[Declaration],
        assumed: list[Declaration],
        options: Options,
        watch: Watch,
        deadline: float | None,
    ) -> None:
        self._machine = machine
        self._targets = targets
        self._assumed = assumed
        self._options = options
        self._started = time.monotonic()
        self._watch = watch
        self._deadline = deadline
        self._attempts: Attempts | EverySize | None = None
        self._known: dict[str, Proof] = {}

    def report(self) -> ProofReport:
        """Prove, and say what came out."""
        proofs = self._tried(self._targets, "", self._for_every_size if self._options.every else self._prove)
        asked = [proofs[each.name] for each in self._targets]
        verdict = Verdict.all_of(each.verdict for each in asked)
        first = next((each for each in asked if each.verdict is Verdict.UNKNOWN), None)
        names = {each.name for each in self._targets}
        system = None if self._attempts is None else self._attempts.system
        return ProofReport(
            spec=self._machine.cls.__name__,
            source=source_file(self._machine.cls),
            constants=self._machine.constants,
            method=self._options.method,
            verdict=verdict,
            reason=None if verdict is not Verdict.UNKNOWN or first is None else f"{first.name}: {first.reason}",
            properties=(*asked, *(proof for name, proof in proofs.items() if name not in names)),
            transitions=0 if system is None else len(system.transitions),
            unbounded=() if system is None else system.unbounded(),
            listed={} if system is None else system.layout.listing.counts(),
            queries=0 if self._attempts is None else self._attempts.queries,
            seconds=time.monotonic() - self._started,
            every=self._options.every,
        )

    def _for_every_size(self, targets: list[Declaration]) -> dict[str, Proof]:
        names, assumed = [each.name for each in targets], [each.name for each in self._assumed]
        self._options.tell("running the actions on any number of names")
        every = self._attempts = EverySize(self._machine.spec, self._options.every, names, assumed, self._options, self._deadline)
        return every.prove()

    def _prove(self, targets: list[Declaration]) -> dict[str, Proof]:
        self._options.tell("running the actions on symbolic values")
        bounded = self._options.method == "bmc"
        system = followed(
            self._machine,
            [*targets, *([] if bounded else self._assumed)],
            deadline=self._deadline,
            within=self._options.depth if bounded else None,
            progress=self._options.progress,
        )
        attempts = self._attempts = Attempts(system, self._targets, self._assumed, self._options, self._deadline)
        if self._options.method == "auto":
            return self._auto(targets, attempts)
        methods: dict[str, _Attempt] = {"bmc": attempts.bmc, "induction": attempts.induction, "ic3": attempts.ic3}
        return methods[self._options.method](targets)

    def _tried(self, targets: list[Declaration], method: str, attempt: _Attempt) -> dict[str, Proof]:
        """What an attempt says; where it is cut short, that nothing is known, or (of all of them, without a name) what is by then."""
        try:
            return attempt(targets)
        except OutOfTimeError:
            reason = "the time limit was reached while code was turned into formulas"
        except Overrun as overrun:
            reason = told(self._watch, overrun)
        except MemoryError as error:
            reason = out_of_memory(error)
        except KeyboardInterrupt:
            if method:
                raise
            reason = INTERRUPTED
        nothing = {each.name: proof_of(each, Verdict.UNKNOWN, method, reason=reason) for each in targets}
        if method:
            return nothing
        known = {
            name: evolve(proof, reason=f"{proof.reason}; {reason}") if proof.verdict is Verdict.UNKNOWN else proof
            for name, proof in self._known.items()
        }
        return {**nothing, **known}

    def _auto(self, targets: list[Declaration], attempts: Attempts) -> dict[str, Proof]:
        """Short violations first, then induction, then k-induction, then a search for an invariant."""
        methods: list[tuple[str, _Attempt]] = [
            ("bmc", lambda pending: attempts.bmc(pending, min(self._options.depth, _AUTO_DEPTH))),
            ("induction", attempts.induction),
            ("2-induction", lambda pending: attempts.induction(pending, 2)),
            ("ic3", attempts.ic3),
        ]
        known = self._known
        reasons: dict[str, list[tuple[str, str]]] = {each.name: [] for each in targets}
        for method, attempt in methods:
            pending = [
                each for each in targets if each.name not in known or known[each.name].verdict is Verdict.UNKNOWN
            ]
            if not pending:
                break
            attempts.deadline = self._deadline or time.monotonic() + _METHOD_S
            for name, proof in self._tried(pending, method, attempt).items():
                if proof.verdict is Verdict.UNKNOWN and name in reasons:
                    reasons[name].append((method, proof.reason or "it gave no reason"))
                known[name] = _better(known.get(name), proof)
        for each in targets:
            if known[each.name].verdict is Verdict.UNKNOWN:
                tried = tuple(reasons[each.name])
                known[each.name] = evolve(known[each.name], reason="; ".join(f"{method}: {reason}" for method, reason in tried), tried=tried)
        proved = all(known[each.name].verdict is Verdict.HOLDS for each in targets)
        names = {each.name for each in targets}
        shown = names if proved else known.keys()
        return {name: proof for name, proof in known.items() if name in shown or proof.trace is not None}


def _better(one: Proof | None, other: Proof) -> Proof:
    """Of two results on a property the one that says more; the first counterexample to induction is kept."""
    if one is None:
        return other
    if one.verdict is not Verdict.UNKNOWN:
        return one
    if other.verdict is not Verdict.UNKNOWN:
        return other
    return evolve(other, counterexample=one.counterexample or other.counterexample)
