"""The transition system of a spec: its actions as formulas over the leaves of a state.

Every action is run on a symbolic state; each path that it can take is one transition: the condition, what it writes,
and what it chose. A step is one of the transitions, and what a transition does not write stays as it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import z3
from attrs import frozen

from modelcheck.errors import InternalError, ModelcheckError, SpecError
from modelcheck.spec import STEPS, Declaration, Machine, State
from modelcheck.spec.choice import StrayError, choosing
from modelcheck.spec.refinement import Refinement
from modelcheck.spec.run import as_spec_error, user_place
from modelcheck.spec.shapes.shape import variables
from modelcheck.symbolic import operators
from modelcheck.symbolic.after import AfterSession
from modelcheck.symbolic.domains import Discovery
from modelcheck.symbolic.leaves import Leaf, Leaves
from modelcheck.symbolic.listing import NOTHING_LISTED, Listing
from modelcheck.symbolic.paths import Paths
from modelcheck.symbolic.properties.arguments import options
from modelcheck.symbolic.properties.evaluation import evaluated
from modelcheck.symbolic.rewriting.ownership import follow
from modelcheck.symbolic.rewriting.supervision import Supervision
from modelcheck.symbolic.runs import Outcome
from modelcheck.symbolic.session import Session, SymbolicChooser
from modelcheck.symbolic.states import States, pairs_of
from modelcheck.symbolic.terms import FALSE, TRUE, UnsupportedError, conj, disj, neg
from modelcheck.symbolic.views.layout import SymbolicLayout
from modelcheck.symbolic.views.settling import settle
from modelcheck.symbolic.ways import Ways

_MOST_ROUNDS = 60
_TELL_S = 0.5
Terms = Mapping[str, Any]


@frozen(eq=False)
class Transition:
    """One path of one action.

    Attributes:
        action: The action.
        arguments: Its arguments, symbolic where they are.
        choices: What it chose inside.
        condition: When the path is taken, the bounds of the spec on the state after it included.
        writes: The leaves that it writes, and their terms.
        inputs: The integers that it chooses.
        error: What it raises instead.
    """

    action: Declaration
    arguments: Mapping[str, Any]
    choices: tuple[Any, ...]
    condition: z3.BoolRef
    writes: Terms
    inputs: tuple[Any, ...]
    error: Exception | None = None


@frozen
class _Run:
    arguments: Mapping[str, Any]
    choices: tuple[Any, ...]
    writes: Terms
    inputs: tuple[Any, ...]


class System:
    """The transition system of a machine.

    Args:
        machine: The machine.
        deadline: When to give up, as `time.monotonic` says it.
        progress: Called with a line of text now and then.
        listing: The values of variables whose domain is not to be found out.

    Attributes:
        leaves: The leaves of a state.
        primed: What the leaves are called after a step, by name, where a formula speaks of both.
        transitions: All transitions.
        axioms: What is true of every layout of a state.
        bounds: The spec's constraints on a state.
        rounds: How often the actions were run until the domains were closed.
        checks: How often z3 was asked whether a path is possible.
        seconds: How long it took.

    Raises:
        UnsupportedError: if something in the spec cannot be made symbolic.
        OutOfTimeError: at the deadline.
    """

    def __init__(
        self,
        machine: Machine,
        *,
        deadline: float | None = None,
        progress: Callable[[str], None] | None = None,
        listing: Listing = NOTHING_LISTED,
    ) -> None:
        started = time.monotonic()
        self._deadline = deadline
        self._progress = progress
        self._told = started
        self.machine = machine
        follow(machine.cls)
        self._supervision = Supervision()
        self.leaves = Leaves()
        self.layout = self._laid_out(listing)
        self.transitions: list[Transition] = []
        self.rounds = 0
        self.checks = 0
        self._discover()
        self._states = States(machine, self.layout, self.leaves)
        self._properties: dict[str, z3.BoolRef] = {}
        self.bounds = conj(*(self.property_term(declared) for declared in machine.constraints))
        self.init = self._init_term()
        self.primed = {name: z3.Const(f"{name}'", leaf.constant.sort()) for name, leaf in self.leaves.all.items()}
        self.seconds = time.monotonic() - started

    # Domains ----------------------------------------------------------------------------------------------------------------------------------

    def _laid_out(self, listing: Listing) -> SymbolicLayout:
        """The places of a state; what `init` makes is known as well."""
        self.initial = self.machine.initial_states()
        return SymbolicLayout(self.machine, listing)

    def _discover(self) -> None:
        search = self._search(0, lambda _: True)
        self._join_initial(search)
        ways = [Ways() for _ in self.machine.actions]
        while True:
            self.rounds += 1
            if self.rounds > _MOST_ROUNDS:
                raise UnsupportedError(
                    f"{', '.join(dict.fromkeys(search.changed))} can hold more values after each of {_MOST_ROUNDS} rounds of running all actions",
                    place=self.machine.place,
                    remedy="Bound what grows with @constraint or a guard.",
                    about=search.changed,
                )
            session = self._session()
            search = session.search = self._search(self.rounds, self._paths.feasible)
            with self._supervision.watching():
                for action, kept in zip(self.machine.actions, ways, strict=True):
                    if kept.begin(session, self.rounds):
                        self._paths.explore(partial(self._perform, action, session), keeper=kept)
            self.checks += self._paths.checks
            if not search.changed:
                break
        session.search = None
        session.begin()
        for action, kept in zip(self.machine.actions, ways, strict=True):
            self.transitions += [self._transition(action, outcome) for outcome in kept.outcomes()]

    def _search(self, number: int, possible: Callable[[z3.BoolRef], bool]) -> Discovery:
        return Discovery(number, possible)

    def _join_initial(self, search: Discovery) -> None:
        for state in self.initial:
            self._join_state(state, search)

    def _new_session(self) -> Session:
        return Session(self.leaves)

    def _new_paths(self) -> Paths:
        return Paths(list(self.leaves.axioms), self._supervision, self._deadline)

    def _session(self) -> Session:
        self.leaves = Leaves()
        session = self._new_session()
        self._live = self.layout.live(session)
        for cell in self.layout.cells.values():
            session.before(cell)
        if self.layout.listing.paths:
            together = self.layout.listing.holds([session.before(cell) for cell in self.layout.listed_cells()])
            self.leaves.axioms.append(together)
        self.axioms = conj(*self.leaves.axioms)
        self._paths = self._new_paths()
        return session

    def _join_state(self, state: State, search: Discovery) -> None:
        for shape, value in variables(self.machine.shape, state):
            if id(shape) in self.layout.cells:
                cell = self.layout.cells[id(shape)]
                cell.domain.join([(TRUE, value)], search, cell.path)
                continue
            elements = self.layout.collections[id(shape)]
            for element, kept in pairs_of(shape, value):
                elements.join(element, kept, TRUE, search)

    # Runs -------------------------------------------------------------------------------------------------------------------------------------

    def _tell(self, action: Declaration) -> None:
        now = time.monotonic()
        if self._progress is not None and now > self._told + _TELL_S:
            self._told = now
            self._progress(f"running the actions on symbolic values: round {self.rounds}, {action.name}")

    def _perform(self, action: Declaration, session: Session) -> _Run:
        self._tell(action)
        session.begin()
        chooser = SymbolicChooser(self._paths)
        arguments: dict[str, Any] = {}
        try:
            with choosing(chooser):
                subject = action.subject(self._live)
                for name, domain in zip(action.parameters, action.domains, strict=True):
                    arguments[name] = operators.chosen(options(domain, subject, list(arguments.values())))
                before = len(chooser.picked)
                operators.call(getattr(subject, action.method), *arguments.values())
        finally:
            session.sharing.check_lent()
        settle(session, self._live)
        for constraint in self.machine.constraints:
            self._paths.assume(self._within(constraint))
        self._stay(session)
        if session.search is not None:
            session.join_writes(session.search)
        return _Run(dict(arguments), tuple(chooser.picked[before:]), session.effect(), tuple(self._paths.inputs))

    def _within(self, constraint: Declaration) -> z3.BoolRef:
        """That a constraint is true of what the run has made; where it raises, the step does."""
        try:
            return evaluated(constraint, self._paths, self._live)
        except UnsupportedError:
            raise
        except Exception as error:
            raise as_spec_error(error, constraint.title, constraint.place) from error

    def _stay(self, session: Session) -> None:
        """End the run where it leaves the values that are listed.

        They are all that the variables hold in reachable states, so no step from one of these is left out.
        """
        session.close_containers()
        cells = self.layout.listed_cells()
        if any(cell in session.written for cell in cells):
            self._paths.assume(self.layout.listing.holds([session.after(cell) for cell in cells]))

    def _transition(self, action: Declaration, outcome: Outcome) -> Transition:
        if outcome.error is not None:
            operators.check_error(outcome.error)
            return Transition(action, {}, (), outcome.condition, {}, (), _named(outcome.error, action))
        run: _Run = outcome.value
        unknown = [name for name in run.writes if name not in self.leaves.all]
        if unknown:
            raise InternalError(f"{action.name} writes {unknown[0]}, which is not in its domain")
        return Transition(action, run.arguments, run.choices, outcome.condition, run.writes, run.inputs)

    # Properties -------------------------------------------------------------------------------------------------------------------------------

    def property_term(self, declared: Declaration) -> z3.BoolRef:
        """When a property of a state is true, and does not raise.

        Raises:
            UnsupportedError: if it cannot be followed, or raises on symbolic values only.
        """
        if declared.name not in self._properties:
            outcomes = self._paths.explore(lambda: evaluated(declared, self._paths, self._live))
            self._properties[declared.name] = self._true_where(declared, outcomes)
        return self._properties[declared.name]

    def step_relation(self, declared: Declaration) -> z3.BoolRef:
        """When a property of a step is true, and does not raise, over the leaves before and the primed ones after."""
        if declared.name not in self._properties:
            pairs = [(leaf.constant, self.primed[name]) for name, leaf in self.leaves.all.items()]
            after = self.layout.live(AfterSession(self.leaves, pairs))
            given = z3.substitute(self.axioms, *pairs) if pairs else self.axioms
            outcomes = self._paths.explore(lambda: evaluated(declared, self._paths, self._live, after), given)
            self._properties[declared.name] = self._true_where(declared, outcomes, given)
        return self._properties[declared.name]

    def begins_wrongly(self, declared: Declaration) -> z3.BoolRef:
        """That the state is an initial one of which a property of steps is false: a refinement speaks of these too."""
        if not isinstance(declared, Refinement):
            return FALSE
        return disj(*(self.state_term(state) for state in self._within_bounds() if self.machine.failing(declared, state) is not None))

    def _true_where(self, declared: Declaration, outcomes: list[Outcome], given: z3.BoolRef = TRUE) -> z3.BoolRef:
        for each in outcomes:
            if each.error is not None:
                self._check_raises(declared, each, given)
        return conj(*(disj(neg(each.condition), FALSE if each.error is not None else each.value) for each in outcomes))

    def _check_raises(self, declared: Declaration, outcome: Outcome, given: z3.BoolRef) -> None:
        """Make sure that the spec's own code raises too, where a property does so on symbolic values."""
        assert outcome.error is not None
        operators.check_error(outcome.error)
        if any(z3.is_array(leaf.constant) for leaf in self.leaves.all.values()):
            return
        read = self._paths.model(conj(given, outcome.condition))
        if read is None:
            return
        try:
            states = [self._states.decode(lambda leaf: read(leaf.constant))]
            if declared.role in STEPS:
                states.append(self._states.decode(lambda leaf: read(self.primed[leaf.name])))
            list(self.machine.instances(declared, *states))
        except ModelcheckError:
            return
        raise goes_wrong(outcome.error, declared)

    def explored(self, code: Callable[[Any], Any]) -> list[Outcome]:
        """Every way in which code without effects can end on the symbolic state, which it is given as a live object."""
        return self._paths.explore(lambda: code(self._live), alone=True)

    def step_term(self, declared: Declaration, transition: Transition) -> z3.BoolRef:
        """When a property of a step is true of a transition."""
        leaves = self.leaves.all.items()
        pairs = [(leaf.constant, transition.writes.get(name, leaf.constant)) for name, leaf in leaves]
        return self.following(self.step_relation(declared), pairs)

    def following(self, term: Any, pairs: list[tuple[Any, Any]]) -> Any:
        """A term with the primed leaves replaced by what a step makes of the leaves."""
        renaming = [(self.primed[str(leaf)], new) for leaf, new in pairs]
        return z3.substitute(term, *renaming) if renaming else term

    def unbounded(self) -> tuple[str, ...]:
        """The places that hold unbounded integers."""
        found = [leaf.text for leaf in self.leaves.all.values() if z3.is_int(leaf.constant)]
        return (*found, *(elements.path for elements in self.layout.collections.values() if elements.wide))

    # States -----------------------------------------------------------------------------------------------------------------------------------

    def _init_term(self) -> z3.BoolRef:
        return disj(*(self.state_term(state) for state in self._within_bounds()))

    def _within_bounds(self) -> list[State]:
        """The initial states that the constraints admit."""
        within = (state for state in self.initial if all(self.machine.failing(c, state) is None for c in self.machine.constraints))
        return list(dict.fromkeys(within))

    def encode(self, state: State) -> dict[str, Any]:
        """The leaves of a state; those that are not named are at their defaults.

        Raises:
            KeyError: if the state is outside of the domains.
        """
        return self._states.encode(state)

    def state_term(self, state: State) -> z3.BoolRef:
        """That the state is the given one."""
        return self._states.state_term(state)

    def decode(self, read: Callable[[Leaf], Any]) -> State:
        """The state that the leaves have in a model."""
        return self._states.decode(read)


def goes_wrong(error: Exception, declared: Declaration) -> UnsupportedError:
    """The error that code raises on symbolic values, and not on ordinary ones."""
    return UnsupportedError(
        f"this goes wrong on symbolic values, though not on ordinary ones: {type(error).__name__}: {error}",
        place=user_place(error) or declared.place,
        remedy="Write it with comparisons, + - *, containers, and functions written in Python.",
    )


def _named(error: Exception, action: Declaration) -> Exception:
    if isinstance(error, SpecError):
        return error
    raised = error.error if isinstance(error, StrayError) else error
    text = f"{type(raised).__name__}: {raised}" if str(raised) else type(raised).__name__
    found = SpecError(f"{action.name} raises {text}", place=user_place(error))
    found.__cause__ = error
    return found
