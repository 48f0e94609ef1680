"""A proof for every size, and what is said where there is none: the smallest counterexample that one size has."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve

from modelcheck.errors import InternalError, UsageError
from modelcheck.limits import Limits
from modelcheck.spec import Declaration, Machine, Role
from modelcheck.spec.constants.declared import constant_types, unknown
from modelcheck.spec.spec import Spec, machine_constants
from modelcheck.symbolic.names.system import NamesSystem, at_sizes
from modelcheck.symbolic.paths import OutOfTimeError
from modelcheck.symbolic.proof.attempts import Attempts, Options
from modelcheck.symbolic.proof.every_size.induction import EverySizeInduction
from modelcheck.symbolic.proof.every_size.search import LemmaSearch
from modelcheck.symbolic.proof.every_size.text import compiled, imports_text, lemmas_text
from modelcheck.symbolic.proof.following import followed
from modelcheck.symbolic.proof.induction import Inductive
from modelcheck.symbolic.proof.reachable import violations
from modelcheck.symbolic.proof.report import Proof, proof_of
from modelcheck.symbolic.proof.sample import sample_of
from modelcheck.symbolic.terms import UnsupportedError
from modelcheck.verdict import Verdict

_LARGEST = 4
"""Up to which size a counterexample is looked for where there is no proof."""
_SAMPLED, _SAMPLED_LEMMAS = 3, 5
_FINDING_S = 300.0
_SAMPLED_S = 0.2
_LOOKING_S = 30.0
_FEW_STATES, _FEW_SECONDS = 5_000, 1.0


def check_sizes(spec: Spec, names: Sequence[str]) -> None:
    """Make sure that these are constants of a spec that can be sizes.

    Raises:
        UsageError: if one is none.
    """
    types = constant_types(type(spec))
    for name in names:
        if name not in types:
            raise UsageError(unknown(name, types, f"{type(spec).__name__} has no constant {name!r}"))
        if types[name] is not int:
            raise UsageError(f"{name} is no number, and so no size", remedy="Name a constant that says how many there are: servers: int = 3.")


class EverySize:
    """A proof for every size.

    Args:
        spec: The spec.
        names: The constants that are sizes.
        targets: The names of what is to be proved.
        assumed: The names of the other invariants that the proof may use.
        options: What was asked for.
        deadline: When to give up, as `time.monotonic` says it.

    Attributes:
        system: The transition system.
        queries: How often z3 was asked.
    """

    def __init__(
        self, spec: Spec, names: Sequence[str], targets: Sequence[str], assumed: Sequence[str], options: Options, deadline: float | None
    ) -> None:
        self._spec = spec
        self._names = names
        self._targets = targets
        self._assumed = assumed
        self._options = options
        self._deadline = deadline
        self.queries = 0
        self.system = NamesSystem(spec, names, deadline=deadline, progress=options.progress)

    def prove(self) -> dict[str, Proof]:
        """What is known of each property."""
        proofs = self.inductive()
        self.check([name for name, proof in proofs.items() if proof.verdict is Verdict.HOLDS])
        if self._options.method == "auto" and any(proofs[name].verdict is not Verdict.HOLDS for name in self._targets):
            proofs = self._with_found_lemmas(proofs)
        open_ones = [name for name, proof in proofs.items() if proof.verdict is Verdict.UNKNOWN]
        return proofs | self._at_some_size(proofs, open_ones) if open_ones else proofs

    def inductive(self) -> dict[str, Proof]:
        """What induction says with what is given."""
        induction = EverySizeInduction(
            self.system, deadline=self._deadline, progress=lambda name: self._options.tell(f"induction for every size: {name}")
        )
        found = induction.prove(self._declared(self.system.machine, self._targets), self._declared(self.system.machine, self._assumed))
        self.queries += induction.queries
        return {name: self._proof(name, result) for name, result in found.items()}

    def _with_found_lemmas(self, proofs: dict[str, Proof]) -> dict[str, Proof]:
        """The proofs with lemmas that are found; where none are, why, with what is known without them."""
        until = self._deadline or time.monotonic() + _FINDING_S
        search = LemmaSearch(self.system, self._targets, self._assumed, until, self._options.tell)
        clauses = search.find()
        self.queries += search.queries
        if not clauses:
            return {name: _without_lemmas(proof, search.reason) for name, proof in proofs.items()}
        cls, name = type(self._spec), f"{type(self._spec).__name__}WithLemmas"
        text = lemmas_text(self._spec, name, clauses)
        made = compiled(cls, search.classes, text)[name]
        assumed = [*self._assumed, *(f"found_{at + 1}" for at in range(len(clauses)))]
        again = EverySize(made(**machine_constants(self._spec)), self._names, self._targets, assumed, self._options, until)
        results = again.inductive()
        self.queries += again.queries
        if any(results[each].verdict is not Verdict.HOLDS for each in self._targets):
            return {each: _without_lemmas(proof, "the lemmas that were found do not prove it from their text") for each, proof in proofs.items()}
        again.check([each for each, proof in results.items() if proof.verdict is Verdict.HOLDS], _SAMPLED_LEMMAS)
        shown = imports_text(cls, search.classes) + text
        return {each: evolve(results[each], lemmas=shown) for each in self._targets}

    def _declared(self, machine: Machine, names: Sequence[str]) -> list[Declaration]:
        return [machine.find(name, machine.properties) for name in names]

    def _proof(self, name: str, result: Inductive) -> Proof:
        declared = self.system.machine.find(name, self.system.machine.properties)
        return proof_of(declared, result.verdict, "induction", reason=result.reason, needs=result.needs, every=tuple(self._names))

    def check(self, proved: Sequence[str], largest: int = _SAMPLED) -> None:
        """Ask the spec's own code, in the first states at small sizes, whether what was proved is true.

        Raises:
            InternalError: if it is not.
        """
        for size in range(1, largest + 1) if proved else ():
            machine = at_sizes(self._spec, dict.fromkeys(self._names, size))
            declared = self._declared(machine, proved)
            for _, state in sample_of(machine, time.monotonic() + _SAMPLED_S).steps:
                for each in declared:
                    if machine.failing(each, state) is not None:
                        sizes = _shown(dict.fromkeys(self._names, size))
                        raise InternalError(f"{each.title} was proved of formulas that are not the code: with {sizes} it is false in\n{state}")

    # Where there is no proof ------------------------------------------------------------------------------------------------------------------

    def _sizes(self) -> Iterator[Mapping[str, int]]:
        """Sizes in the order of their sum."""
        every = itertools.product(range(1, _LARGEST + 1), repeat=len(self._names))
        for chosen in sorted(every, key=lambda each: (sum(each), each)):
            yield dict(zip(self._names, chosen, strict=True))

    def _at_some_size(self, proofs: Mapping[str, Proof], names: Sequence[str]) -> dict[str, Proof]:
        """For what is not proved: a violation at the smallest size at which there is one, or the smallest counterexample to induction."""
        found: dict[str, Proof] = {}
        until = time.monotonic() + _LOOKING_S
        until = until if self._deadline is None else min(until, self._deadline)
        inductive: Mapping[str, int] | None = None
        for sizes in self._sizes():
            if time.monotonic() > until or len(found) == len(names):
                break
            self._options.tell(f"looking for a counterexample with {_shown(sizes)}")
            here = self._attempted(sizes, until, [name for name in names if name not in found])
            inductive = sizes if here is not None and not here else inductive
            found |= {name: evolve(proof, sizes=dict(sizes), reason=proofs[name].reason) for name, proof in (here or {}).items()}
        reason = "no counterexample was found at small sizes" if inductive is None else f"it is inductive at all sizes up to {_shown(inductive)}"
        return {name: found.get(name) or evolve(proofs[name], reason=f"{proofs[name].reason}; {reason}") for name in names}

    def _attempted(self, sizes: Mapping[str, int], until: float, names: Sequence[str]) -> dict[str, Proof] | None:
        """What is wrong at one size, by property; None if that cannot be told."""
        machine = at_sizes(self._spec, sizes)
        limits = Limits(states=_FEW_STATES, time_s=_FEW_SECONDS)
        every = [*self._targets, *self._assumed]
        false = violations(machine, every, limits)
        if any(name in false for name in names):
            by_name = {each.name: each for each in machine.properties}
            return {name: proof_of(by_name[name], Verdict.VIOLATED, "search", trace=false[name]) for name in names if name in false}
        targets = [each for each in self._declared(machine, names) if each.role is Role.INVARIANT]
        others = [each for each in self._declared(machine, every) if each not in targets]
        try:
            system = followed(machine, [*targets, *others], deadline=until, within=None, progress=None)
            attempts = Attempts(system, targets, others, evolve(self._options, method="induction", k=1, progress=None), until)
            proofs = attempts.induction(targets)
        except (UnsupportedError, OutOfTimeError):
            return None
        self.queries += attempts.queries
        return {name: proof for name, proof in proofs.items() if name in names and (proof.counterexample is not None or proof.trace is not None)}


def _without_lemmas(proof: Proof, why: str) -> Proof:
    return proof if proof.verdict is not Verdict.UNKNOWN else evolve(proof, reason=f"{proof.reason}; no lemmas were found: {why}")


def _shown(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{name}={size}" for name, size in sizes.items())
