"""The transition system of a spec for every size."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import z3
from attrs import evolve, frozen

from modelcheck.spec import Declaration, Machine, machine_of
from modelcheck.spec.choice import choosing
from modelcheck.spec.spec import Spec
from modelcheck.symbolic import operators
from modelcheck.symbolic.asking import ask
from modelcheck.symbolic.domains import Discovery
from modelcheck.symbolic.elements import Elements
from modelcheck.symbolic.encoding import encode
from modelcheck.symbolic.expansion import filled
from modelcheck.symbolic.listing import Listing
from modelcheck.symbolic.names.families import NamesSession, selected
from modelcheck.symbolic.names.layout import NamesLayout, Place
from modelcheck.symbolic.names.sizes import Sizes
from modelcheck.symbolic.names.uniform import check_uniform
from modelcheck.symbolic.operators.ranges import SymbolicRange
from modelcheck.symbolic.paths import Paths
from modelcheck.symbolic.present import Present
from modelcheck.symbolic.properties.arguments import options
from modelcheck.symbolic.runs import Outcome
from modelcheck.symbolic.session import Session, SymbolicChooser, leaf_name
from modelcheck.symbolic.system import System, Transition
from modelcheck.symbolic.terms import FALSE, TRUE, UnsupportedError, conj, disj, is_true
from modelcheck.symbolic.values.equality import member
from modelcheck.symbolic.values.kinds import SymInt
from modelcheck.symbolic.values.substitution import substituted
from modelcheck.symbolic.views.layout import SymbolicLayout

_MOST_MS = 2000
_FIRST = 3
"""How large the first size is at which the kinds of the variables are looked at. The others are larger by one each."""


@frozen
class _Beginning:
    """One way through ``init``.

    Attributes:
        condition: When it is taken.
        variables: What it makes.
    """

    condition: z3.BoolRef
    variables: Mapping[str, Any]


class NamesSystem(System):
    """The transition system of a spec for every size.

    Args:
        spec: The spec, with its other constants.
        sizes: The names of the constants that are sizes.
        deadline: When to give up, as `time.monotonic` says it.
        progress: Called with a line of text now and then.

    Attributes:
        sizes: The sizes.

    Raises:
        UnsupportedError: if something in the spec cannot be followed for every size.
    """

    layout: NamesLayout

    def __init__(
        self, spec: Spec, sizes: Sequence[str], *, deadline: float | None = None, progress: Callable[[str], None] | None = None
    ) -> None:
        self.sizes = Sizes.of(sizes)
        self.spec = spec
        machine = at_sizes(spec, {name: _FIRST + at for at, name in enumerate(sizes)})
        super().__init__(machine, deadline=deadline, progress=progress)
        self.transitions = [_with_own_inputs(each, at) for at, each in enumerate(self.transitions)]

    def _laid_out(self, listing: Listing) -> SymbolicLayout:
        del listing
        self.machine.constants = {**self.machine.constants, **{name: SymInt(size) for name, size in self.sizes.all.items()}}
        self._beginnings = self._begun()
        layout = NamesLayout(self.machine, self._beginnings[0].variables)
        for each in self._beginnings:
            check_uniform(self.machine, each.variables, layout.functions)
        return layout

    def _begun(self) -> list[_Beginning]:
        live = self.machine.blank()
        paths = self._init_paths = Paths([self.sizes.positive], self._supervision, self._deadline, self.sizes)

        def run() -> dict[str, Any]:
            live.__dict__.clear()
            live.__dict__.update(self.machine.constants)
            with choosing(SymbolicChooser(paths)):
                operators.call(self.machine.cls.init, live)
            return {name: value for name, value in live.__dict__.items() if name not in self.machine.constants}

        return [self._beginning(each) for each in paths.explore(run)]

    def _beginning(self, outcome: Outcome) -> _Beginning:
        if outcome.error is not None:
            raise outcome.error
        return _Beginning(outcome.condition, outcome.value)

    # What the base class asks for -------------------------------------------------------------------------------------------------------------

    def _search(self, number: int, possible: Callable[[z3.BoolRef], bool]) -> Discovery:
        return Discovery(number, possible, tuple(self.sizes.all.values()))

    def _new_session(self) -> Session:
        return NamesSession(self.leaves)

    def _new_paths(self) -> Paths:
        return Paths([self.sizes.positive, *self.leaves.axioms], self._supervision, self._deadline, self.sizes)

    def _join_initial(self, search: Discovery) -> None:
        self._init_paths.explore(lambda: self._join_beginnings(search))

    def _join_beginnings(self, search: Discovery) -> None:
        for place in self.layout.places.values():
            for beginning in self._beginnings:
                names = tuple(z3.Int(f"?name{at}") for at in range(len(place.sizes)))
                inside = conj(beginning.condition, self.sizes.positive, *(z3.And(n >= 0, n < s) for n, s in zip(names, place.sizes, strict=True)))
                search.possible = partial(_is_possible, inside)
                self._join(place, place.value(beginning.variables, names), names, search)

    def _join(self, place: Place, value: Any, names: tuple[Any, ...], search: Discovery) -> None:
        held = place.held
        if not isinstance(held, Elements):
            held.domain.join([(TRUE, _kept(value))], search, held.path)
            return
        for guard, each in operators.items_of(value)[0]:
            held.join((*map(SymInt, names), each) if names else each, True, guard, search)

    def _init_term(self) -> z3.BoolRef:
        (outcome,) = self._init_paths.explore(self._beginning_term)
        if outcome.error is not None:
            raise outcome.error
        term: z3.BoolRef = outcome.value
        return term

    def _beginning_term(self) -> z3.BoolRef:
        begun = [conj(each.condition, *(self._begins(place, each) for place in self.layout.places.values())) for each in self._beginnings]
        return conj(disj(*begun), self.bounds)

    def _begins(self, place: Place, beginning: _Beginning) -> z3.BoolRef:
        """That a place holds what it holds at the start."""
        names = tuple(z3.Int(f"?name{at}") for at in range(len(place.sizes)))
        value = place.value(beginning.variables, names)
        inside = [z3.And(name >= 0, name < size) for name, size in zip(names, place.sizes, strict=True)]
        held = place.held
        if isinstance(held, Elements):
            return conj(*(self._has_members(held, element, value, names, inside) for element in held.ordered()))
        out: dict[str, Any] = {}
        encode(held.domain, [(TRUE, _kept(value))], held.path, out, [])
        leaves = [(self.leaves.all[name].constant, term) for name, term in out.items() if name in self.leaves.all]
        same = conj(*(_equals(selected(constant, names), term) for constant, term in leaves))
        return z3.ForAll(list(names), z3.Implies(conj(*inside), same)) if names else same

    def _has_members(self, elements: Elements, element: Any, value: Any, names: tuple[Any, ...], inside: list[z3.BoolRef]) -> z3.BoolRef:
        """That a set has an element where it has it at the start."""
        constant = self.leaves.all[leaf_name(elements, element)].constant
        if element.domain is not None:
            raise UnsupportedError(f"{elements.path} cannot be followed for every size", remedy="Keep a dict over names, or a set of pairs.")
        holes = [*names, *(z3.Int(f"?hole{at}") for at in range(element.holes - len(names)))]
        content = filled(element.skeleton, iter(map(SymInt, holes)))
        there = member(value, content[-1] if names else content)
        term = _equals(selected(constant, tuple(holes)), there)
        return z3.ForAll(holes, z3.Implies(conj(*inside), term)) if holes else term

    def unbounded(self) -> tuple[str, ...]:
        """The places that hold other integers than names, without bounds."""
        found = [each.held for each in self.layout.places.values()]
        cells = [held.path for held in found if not isinstance(held, Elements) and held.domain.wide and not held.domain.below]
        sets = [held.path for held in found if isinstance(held, Elements) and not all(all(e.bounds) for e in held.known.values())]
        return (*cells, *sets)

    # Properties -------------------------------------------------------------------------------------------------------------------------------

    @property
    def every_axiom(self) -> list[z3.BoolRef]:
        """What is true of every state, of the sizes and of large enough sets of names."""
        return [self.sizes.positive, self.axioms, *self.sizes.axioms()]

    def sizes_of(self, declared: Declaration) -> list[str | None]:
        """The sizes of the names that the parameters of an action or property are; None where one is no name."""

        def run() -> list[str | None]:
            subject = declared.subject(self._live)
            names: list[Any] = []
            found: list[str | None] = []
            for domain in declared.domains:
                given = options(domain, subject, names)
                ends = [name for name, size in self.sizes.all.items() if isinstance(given, SymbolicRange) and given.ends_at(size)]
                found.append(ends[0] if ends else None)
                names.append(SymInt(Present.paths.bound("name")))
            return found

        outcomes = self._paths.explore(run, alone=True)
        return [None] * len(declared.domains) if len(outcomes) != 1 or outcomes[0].error is not None else list(outcomes[0].value)

    def term_of(self, code: Callable[[Any], Any], names: Sequence[tuple[z3.ArithRef, z3.ArithRef]]) -> z3.BoolRef:
        """When code without effects is true of a state, where variables are names of given sizes.

        Raises:
            UnsupportedError: if it cannot be followed.
        """
        inside = conj(*(z3.And(name >= 0, name < size) for name, size in names))
        outcomes = self._paths.explore(lambda: operators.truth_value(code(self._live)), inside, alone=True)
        return conj(*(z3.Implies(each.condition, FALSE if each.error is not None else _term(each.value)) for each in outcomes))


def at_sizes(spec: Spec, sizes: Mapping[str, int]) -> Machine:
    """The machine of a spec at given sizes."""
    constants = {name: value for name, value in spec.__dict__.items() if not name.startswith("_")}
    return machine_of(type(spec)(**{**constants, **sizes}))


def _term(value: Any) -> z3.BoolRef:
    return z3.BoolVal(value) if isinstance(value, bool) else value.term


def _is_possible(given: z3.BoolRef, term: z3.BoolRef) -> bool:
    solver = z3.Solver()
    solver.add(given, term)
    return bool(ask(solver, most_ms=_MOST_MS) != z3.unsat)


def _equals(constant: Any, value: Any) -> z3.BoolRef:
    return constant if is_true(value) else constant == value


def _kept(value: Any) -> Any:
    """A value as a cell keeps it: of a list or deque, a tuple."""
    return tuple(value) if isinstance(value, (list, deque)) else value


def _with_own_inputs(transition: Transition, number: int) -> Transition:
    """A transition whose inputs have names of their own."""
    pairs = [(each, z3.Int(f"{each}@{number}")) for each in transition.inputs]
    if not pairs:
        return transition
    return evolve(
        transition,
        condition=z3.substitute(transition.condition, *pairs),
        writes={name: z3.substitute(term, *pairs) for name, term in transition.writes.items()},
        arguments={name: substituted(value, pairs) for name, value in transition.arguments.items()},
        inputs=tuple(new for _, new in pairs),
    )

