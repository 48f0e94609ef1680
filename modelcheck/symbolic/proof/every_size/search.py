"""Lemmas found: candidates are taken as counterexamples to induction ask for them, until what is assumed is inductive at every size.

A counterexample at a small size is a state in which all that is assumed is true, and a step to one in which some of it is not.
The shortest candidate that is false in the first state excludes it. Where no candidate does, what became false is no lemma,
though it was true of the sample, and is dropped. When small sizes have no more counterexamples, z3 is asked about all sizes.
(Schultz, Dardik and Tripakis, "Plain and Simple Inductive Invariant Inference for Distributed Protocols in TLA+", 2022,
section III.)
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import z3
from attrs import define, field

from modelcheck.spec import Machine, Role, State
from modelcheck.symbolic import operators
from modelcheck.symbolic.names.sizes import in_range
from modelcheck.symbolic.names.system import NamesSystem
from modelcheck.symbolic.paths import OutOfTimeError
from modelcheck.symbolic.proof.every_size.candidates import Candidate, Pool, listed_states
from modelcheck.symbolic.proof.every_size.induction import Questions
from modelcheck.symbolic.proof.every_size.small import SmallWorld
from modelcheck.symbolic.proof.every_size.text import Clause
from modelcheck.symbolic.proof.every_size.vocabulary import variables_of
from modelcheck.symbolic.system import Transition
from modelcheck.symbolic.terms import FALSE
from modelcheck.symbolic.values.kinds import SymInt

_MOST_VARIABLES = 4
_MOST_ADDED = 2
_MOST_LEMMAS = 40
_MOST_MS = 8000


@define(eq=False)
class _Assumed:
    """Something that is assumed, and to be proved.

    Attributes:
        name: What it is called.
        term: The condition.
        candidate: Where it is from, if it was found.
        needed: Whether it is one of the properties to be proved.
    """

    name: str
    term: z3.BoolRef
    candidate: Candidate | None = None
    needed: bool = False


class _Terms:
    """The terms of the atoms of a pool.

    Args:
        system: The system.
        pool: The pool.
    """

    def __init__(self, system: NamesSystem, pool: Pool) -> None:
        self.pool = pool
        self.names = [z3.Int(f"?{each.name}") for each in pool.variables]
        sizes = [system.sizes.all[each.size] for each in pool.variables]
        self._inside = [in_range(name, size) for name, size in zip(self.names, sizes, strict=True)]
        arguments = [SymInt(name) for name in self.names]
        ranged = list(zip(self.names, sizes, strict=True))
        self.atoms = [system.term_of(partial(_called, function, arguments), ranged) for function in pool.functions]

    def term(self, candidate: Candidate) -> z3.BoolRef:
        """The condition of a candidate."""
        literals = [each for at, each in enumerate(self.atoms) if candidate.true >> at & 1]
        literals += [z3.Not(each) for at, each in enumerate(self.atoms) if candidate.false >> at & 1]
        used = [at for at, each in enumerate(self.pool.variables) if each in candidate.clause.variables]
        body = z3.Or(*literals)
        names = [self.names[at] for at in used]
        return z3.ForAll(names, z3.Implies(z3.And(*(self._inside[at] for at in used)), body)) if used else body

    def rows(self, world: SmallWorld, model: z3.ModelRef) -> Iterator[int]:
        """The rows of a state in a model, one for each choice of names."""
        for chosen in itertools.product(*(range(world.sizes[each.size]) for each in self.pool.variables)):
            pairs = [(name, z3.IntVal(number)) for name, number in zip(self.names, chosen, strict=True)]
            row = 0
            for at, atom in enumerate(self.atoms):
                ground = world.ground(z3.substitute(atom, *pairs) if pairs else atom)
                if z3.is_true(model.eval(ground, model_completion=True)):
                    row |= 1 << at
            yield row


def _called(function: Callable[..., Any], arguments: Sequence[Any], live: Any) -> Any:
    return operators.call(function, live, *arguments)


@define(slots=False)
class LemmaSearch:
    """A search for the lemmas that a proof needs.

    Args:
        system: The system.
        targets: The names of the properties to be proved.
        given: The names of lemmas that the spec has.
        deadline: When to give up, as `time.monotonic` says it.
        tell: Called with a line of text now and then.

    Attributes:
        queries: How often z3 was asked.
        reason: Why nothing was found.
    """

    system: NamesSystem
    targets: Sequence[str]
    given: Sequence[str]
    deadline: float
    tell: Callable[[str], None]
    queries: int = 0
    reason: str = "no candidate excludes a counterexample to induction"
    _banned: set[int] = field(factory=set)
    _pools: list[_Terms] = field(factory=list)
    _worlds: list[SmallWorld] = field(factory=list)
    _false: set[str] = field(factory=set)
    _needs: dict[str, set[str]] = field(factory=dict)
    _raising: set[str] = field(factory=set)

    def __attrs_post_init__(self) -> None:
        self._questions = Questions(self.system, self.deadline, _MOST_MS)

    @property
    def classes(self) -> dict[str, type]:
        """The classes that the lemmas name."""
        return {name: each for terms in self._pools for name, each in terms.pool.vocabulary.classes.items()}

    def find(self) -> list[Clause] | None:
        """Clauses with which the targets are inductive at every size; None if none are found in time."""
        try:
            return self._find()
        except OutOfTimeError:
            self.reason = "the time for finding lemmas was over"
            return None
        finally:
            self.queries += self._questions.queries + sum(each.queries for each in self._worlds)

    def _find(self) -> list[Clause] | None:
        self._worlds = [SmallWorld(self.system, sizes) for sizes in self._world_sizes()]
        self.tell("enumerating small sizes")
        listed = listed_states(self.system, list(self._sample_sizes()))
        self._false = {name for name in (*self.targets, *self.given) if any(_is_false(name, machine, states) for _, machine, states in listed)}
        if self._false & set(self.targets):
            self.reason = "it is false at a small size"
            return None
        for numbers in self._templates():
            self._check_time()
            self.tell(f"candidates for lemmas on {', '.join(f'{many} of {size}' for size, many in numbers.items())}")
            self._pools.append(_Terms(self.system, Pool(self.system, variables_of(numbers), listed)))
            found = self._with_these()
            if found is not None:
                return found
        return None

    def _check_time(self) -> None:
        if time.monotonic() > self.deadline:
            raise OutOfTimeError

    # Sizes ------------------------------------------------------------------------------------------------------------------------------------

    def _same(self, size: int) -> dict[str, int]:
        return dict.fromkeys(self.system.sizes.all, size)

    def _larger(self) -> Iterator[dict[str, int]]:
        names = list(self.system.sizes.all)
        if len(names) == 1:
            yield self._same(3)
        else:
            yield from ({**self._same(2), name: 3} for name in names)

    def _sample_sizes(self) -> Iterator[dict[str, int]]:
        yield self._same(1)
        yield self._same(2)
        yield from self._larger()

    def _world_sizes(self) -> Iterator[dict[str, int]]:
        yield from self._sample_sizes()
        if len(self.system.sizes.all) == 1:
            yield self._same(4)

    def _first_template(self) -> dict[str, int]:
        """As many names of each size as a target speaks of, and at least one."""
        found = self._same(1)
        for name in self.targets:
            sizes = self.system.sizes_of(self.system.machine.find(name, self.system.machine.properties))
            found = {size: max(many, sizes.count(size)) for size, many in found.items()}
        return found

    def _templates(self) -> Iterator[dict[str, int]]:
        """How many names lemmas may speak of: as many as the targets, then one more of each size, and so on."""
        first = self._first_template()
        more = itertools.product(range(_MOST_VARIABLES), repeat=len(first))
        for added in sorted(more, key=lambda each: (sum(each), max(each))):
            wanted = {size: many + extra for (size, many), extra in zip(first.items(), added, strict=True)}
            if sum(added) <= _MOST_ADDED and max(wanted.values()) <= _MOST_VARIABLES:
                yield wanted

    # The loop ---------------------------------------------------------------------------------------------------------------------------------

    def _with_these(self) -> list[Clause] | None:
        """The search with the pools that there are."""
        properties = self.system.machine.properties
        known = [self.system.machine.find(name, properties) for name in (*self.targets, *self.given)]
        known = [each for each in known if each.role is Role.INVARIANT and each.name not in self._false]
        assumed = [_Assumed(each.name, self.system.property_term(each), needed=each.name in self.targets) for each in known]
        while True:
            if not self._small(assumed):
                return None
            failing = self._at_all_sizes(assumed)
            if failing is None:
                return self._least(assumed)
            if failing.needed:
                return None
            self._drop(failing, assumed)

    def _drop(self, lemma: _Assumed, assumed: list[_Assumed]) -> None:
        self._banned.add(id(lemma.candidate))
        assumed.remove(lemma)

    def _small(self, assumed: list[_Assumed]) -> bool:
        """Add candidates, or drop them, until no small size has a counterexample; whether that could be done."""
        settled: set[tuple[int, int, int]] = set()
        while True:
            found = self._counterexample(assumed, settled, [each.term for each in assumed])
            if found is None:
                return True
            lemma, world, model = found
            best = self._best(assumed, world, model)
            if best is not None and len(assumed) < _MOST_LEMMAS + len(self.targets) + len(self.given):
                terms, candidate = best
                assumed.append(_Assumed(f"found {id(candidate)}", terms.term(candidate), candidate))
                self.tell(f"{len(assumed) - len(self.targets)} lemmas: {candidate.clause.text}")
            elif not lemma.needed:
                self._drop(lemma, assumed)
                settled.clear()
            else:
                return False

    def _counterexample(
        self, assumed: Sequence[_Assumed], settled: set[tuple[int, int, int]], given: Sequence[z3.BoolRef]
    ) -> tuple[_Assumed, SmallWorld, z3.ModelRef] | None:
        for number, world in enumerate(self._worlds):
            for lemma in assumed:
                for at, transition in enumerate(self.system.transitions):
                    key = number, id(lemma), at
                    after = None if key in settled else self._after(at, transition, lemma, raising=lemma is assumed[0])
                    if after is None:
                        continue
                    self._check_time()
                    model = world.counterexample(at, given, after)
                    if model is not None:
                        return lemma, world, model
                    settled.add(key)
        return None

    def _after(self, at: int, transition: Transition, lemma: _Assumed, *, raising: bool) -> z3.BoolRef | None:
        """What is to be true after a transition; None if it does not matter. One that raises is not to be taken, which is asked for the first."""
        if transition.error is not None:
            return FALSE if raising else None
        return self._questions.after(at, transition, lemma.term)

    def _best(self, assumed: Sequence[_Assumed], world: SmallWorld, model: z3.ModelRef) -> tuple[_Terms, Candidate] | None:
        """The first candidate that is false in a state."""
        taken = {id(each.candidate) for each in assumed} | self._banned
        found: tuple[_Terms, Candidate] | None = None
        for terms in self._pools:
            rows = set(terms.rows(world, model))
            for candidate in terms.pool.candidates:
                if found is not None and candidate.cost >= found[1].cost:
                    break
                if id(candidate) not in taken and any(candidate.is_false_in(row) for row in rows):
                    found = terms, candidate
                    break
        return found

    # Every size -------------------------------------------------------------------------------------------------------------------------------

    def _at_all_sizes(self, assumed: Sequence[_Assumed]) -> _Assumed | None:
        """The first that is not known to be inductive at every size."""
        self.tell("asking about every size")
        terms = {each.name: each.term for each in assumed}
        by_name = {each.name: each for each in assumed}
        self._needs = {}
        reason, raising = self._questions.never_raises(terms)
        if reason is not None:
            self.reason = reason
            return assumed[0]
        self._raising = raising
        todo = list(dict.fromkeys([*self.targets, *sorted(raising)]))
        while todo:
            each = by_name[todo.pop(0)]
            self._check_time()
            reason = self._questions.beginning(each.term)
            if reason is None:
                reason, self._needs[each.name] = self._questions.preserved(each.term, terms, partial(self._worlds[-1].core, before=terms))
            if reason is not None:
                self.reason = f"for what was found, {reason}"
                return each
            todo += [name for name in sorted(self._needs[each.name]) if name not in self._needs and name not in todo]
        return None

    def _least(self, assumed: Sequence[_Assumed]) -> list[Clause]:
        """The clauses of those that are needed: left out one by one."""
        needs = dict(self._needs)
        by_name = {each.name: each for each in assumed}
        kept = self._closure(needs)
        for name in reversed([each.name for each in assumed if each.candidate is not None]):
            if name in kept and time.monotonic() < self.deadline:
                fewer = self._without(name, {each: by_name[each] for each in kept if each != name}, needs)
                if fewer is not None:
                    needs = fewer
                    kept = self._closure(needs)
        return [each.candidate.clause for each in assumed if each.candidate is not None and each.name in kept]

    def _closure(self, needs: Mapping[str, set[str]]) -> set[str]:
        kept: set[str] = set()
        todo = [*self.targets, *self._raising]
        while todo:
            name = todo.pop()
            if name not in kept:
                kept.add(name)
                todo += needs[name]
        return kept

    def _without(self, name: str, rest: Mapping[str, _Assumed], needs: Mapping[str, set[str]]) -> dict[str, set[str]] | None:
        """What each needs if one is left out; None if it cannot be."""
        terms = {each: lemma.term for each, lemma in rest.items()}
        found = {each: core for each, core in needs.items() if each in rest}
        touched = [each for each in rest if name in found[each]]
        if name in self._raising:
            return None
        if any(self._counterexample([rest[each]], set(), list(terms.values())) for each in touched):
            return None
        for each in touched:
            if name in found[each]:
                reason, found[each] = self._questions.preserved(rest[each].term, terms, partial(self._worlds[-1].core, before=terms))
                if reason is not None:
                    return None
        return found


def _is_false(name: str, machine: Machine, states: Sequence[State]) -> bool:
    declared = machine.find(name, machine.properties)
    return declared.role is Role.INVARIANT and any(machine.failing(declared, state) is not None for state in states)
