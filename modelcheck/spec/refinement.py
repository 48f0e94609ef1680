"""Refinement: a spec, seen through a map, does what another spec allows.

``@refines`` stands on a method that returns an object of the abstract spec, filled as that spec's ``init`` would fill it. The claim is that of a
*refinement mapping* (Abadi and Lamport, "The Existence of Refinement Mappings", 1991, section 4): initial states are mapped to initial states, and
each step is mapped to a step of the abstract spec or to none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import FunctionType
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from modelcheck.errors import SpecError
from modelcheck.spec.code import code_of
from modelcheck.spec.constants.declared import constant_types
from modelcheck.spec.declaration import Declaration
from modelcheck.spec.declare import Role
from modelcheck.spec.fairness import Strength
from modelcheck.spec.run import ESCAPING, as_spec_error
from modelcheck.spec.state import State
from modelcheck.values import identity, show

if TYPE_CHECKING:
    from modelcheck.spec.machine import Machine
    from modelcheck.spec.spec import Spec


class Abstract:
    """The spec that is refined, as it is reached through a map.

    Its steps are worked out once for each of its states.

    Args:
        of: The machine of the spec with the map.
        name: The method's name.
        function: The method.

    Attributes:
        machine: The abstract spec's machine, with the constants that the map gave the object.
        of: See above.
        undecided: A step that could not be judged, as the abstract states before and after it: the abstract spec's own bound cuts what it needs.
    """

    def __init__(self, of: Machine, name: str, function: FunctionType) -> None:
        self.of = of
        self._title = f"the map {name}"
        self._place = f"{code_of(function).co_filename}:{code_of(function).co_firstlineno}"
        self._cls = type(of.spec)
        self._function = function
        self._is_a_spec = type(of.spec).initial_states
        spec = self._first(of)
        self.machine = type(of)(type(spec)(**self._constants(spec)))
        self.undecided: tuple[State, State] | None = None
        self._steps: dict[State, tuple[frozenset[State], bool]] = {}
        self._initial: frozenset[State] | None = None

    def _first(self, of: Machine) -> Spec:
        try:
            return self._spec(self._function(of.thaw(of.first_state)))
        except ESCAPING as error:
            raise as_spec_error(error, self._title, self._place) from error

    def state(self, live: Any) -> State:
        """The abstract state that a live state of the spec stands for.

        Raises:
            SpecError: if the map gives no such state.
        """
        spec = self._spec(self._function(live))
        machine = self.machine
        if type(spec) is not machine.cls:
            raise self._wrong(f"gave a {type(spec).__name__} here, and a {machine.cls.__name__} in the first state", "Return one kind of spec.")
        constants = self._constants(spec)
        if identity(tuple(constants.values())) != identity(tuple(machine.constants.values())):
            told = ", ".join(f"{name}={show(value)}" for name, value in constants.items())
            raise self._wrong(f"gave a {machine.cls.__name__} with other constants here ({told}) than in the first state", "Constants do not change.")
        missing = [name for name in machine.variables if name not in spec.__dict__]
        if missing:
            raise self._wrong(
                f"leaves the variable {missing[0]} of {machine.cls.__name__} unset",
                f"Set all that init of {machine.cls.__name__} sets, what nobody else reads among it.",
            )
        return machine.freeze(spec)

    def allows_first(self, state: State) -> bool:
        """Whether an abstract state is an initial one."""
        if self._initial is None:
            self._initial = frozenset(self.machine.initial_states())
        return state in self._initial

    def allows(self, before: State, after: State) -> bool | None:
        """Whether an abstract step leads from one state to another, or they are the same; None if a bound cuts what could be that step."""
        if before == after:
            return True
        known = self._steps.get(before)
        if known is None:
            cut: list[None] = []
            found = [state for action in self.machine.actions for _, state in self.machine.outcomes(before, action, lambda: cut.append(None))]
            known = self._steps[before] = (frozenset(found), bool(cut))
        states, was_cut = known
        if after in states:
            return True
        if was_cut:
            self.undecided = self.undecided or (before, after)
            return None
        return False

    def _spec(self, found: Any) -> Spec:
        if getattr(type(found), "initial_states", None) is not self._is_a_spec:
            remedy = "Is a `return` missing?" if found is None else "Make one with its constants, set its variables, and return it."
            raise self._wrong(f"gave {show(found)}, and no object of a spec", remedy)
        if isinstance(found, self._cls):
            raise self._wrong("gave an object of the same spec", "Map the state to that of another, more abstract spec.")
        spec: Spec = found
        return spec

    def _constants(self, spec: Spec) -> dict[str, Any]:
        return {name: spec.__dict__[name] for name in constant_types(type(spec)) if name in spec.__dict__}

    def _wrong(self, what: str, remedy: str) -> SpecError:
        return SpecError(f"{self._title} {what}", place=self._place, remedy=remedy)


@frozen(eq=False)
class Refinement(Declaration):
    """The claim that each step is mapped to a step of the abstract spec, or changes nothing there.

    Attributes:
        abstract: The abstract spec.
    """

    abstract: Abstract = field(kw_only=True)

    def holds(self, live: Any, _arguments: Mapping[str, Any], *after: Any) -> bool:
        """Whether a step is allowed; without a state after it, whether the state may be the first. What a bound leaves open is taken as allowed."""
        before = self.abstract.state(self.subject(live))
        if not after:
            return self.abstract.allows_first(before)
        return self.abstract.allows(before, self.abstract.state(self.subject(after[0]))) is not False


@frozen(eq=False)
class Mapped(Declaration):
    """A liveness property of the abstract spec, asked of the spec that refines it."""

    abstract: Abstract = field(kw_only=True)
    inner: Declaration = field(kw_only=True)

    def _abstract(self, live: Any) -> Any:
        return self.abstract.machine.thaw(self.abstract.state(live))

    def choose_arguments(self, live: Any) -> dict[str, Any]:
        """Choose a value for each parameter, from what the abstract spec's constants give."""
        del live
        return self.inner.choose_arguments(self.abstract.machine.blank())

    def pair(self, live: Any, arguments: Mapping[str, Any]) -> tuple[bool, bool]:
        """Premise and goal in the abstract state."""
        return self.inner.pair(self._abstract(live), arguments)

    def run(self, live: Any, arguments: Mapping[str, Any], *after: Any) -> Any:
        """Run the abstract property on the abstract state."""
        return self.inner.run(self._abstract(live), arguments, *after)


@frozen(eq=False)
class Promise(Declaration):
    """The fairness of an action of the abstract spec, which the fair runs of the spec that refines it are to have."""

    abstract: Abstract = field(kw_only=True)
    inner: Declaration = field(kw_only=True)

    @property
    def title(self) -> str:
        """What it is called in messages."""
        return f"the fairness of {self.name}"


def claims(of: Machine, declared: Declaration) -> Iterator[Declaration]:
    """What a map claims: the refinement, that the abstract spec's liveness properties hold, and that its fair actions are fair.

    Args:
        of: The machine of the spec with the map.
        declared: The map.

    Raises:
        SpecError: if the map gives no abstract state, or the abstract spec cannot be run.
    """
    if declared.owner is not None:
        raise SpecError(f"{declared.name} is a map of a part", place=declared.place, remedy="Write @refines in the spec.")
    function: Any = declared.function
    abstract = Abstract(of, declared.name, function)
    method = declared.method
    yield Refinement(declared.name, Role.REFINES, None, method, function, (), (), abstract=abstract)
    for inner in abstract.machine.liveness:
        name = f"{declared.name}.{inner.name}"
        body: Any = inner.function
        yield Mapped(name, inner.role, None, inner.method, body, inner.domains, inner.parameters, abstract=abstract, inner=inner)
    for inner in abstract.machine.actions:
        if inner.fairness.strength is not Strength.NONE:
            yield Promise(f"{declared.name}.{inner.name}", Role.FAIRNESS, None, method, function, (), (), abstract=abstract, inner=inner)
