"""The machine of a spec: its variables, actions and properties, run on ordinary Python objects.

This is the reference semantics. The enumerator, the replay of counterexamples, stepping by hand and Hypothesis all
agree with it or are wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from modelcheck.errors import ModelcheckError, SpecError, UsageError
from modelcheck.spec.attributes import Shared, check_name, check_records, constants_of, place_of
from modelcheck.spec.constants.declared import unknown
from modelcheck.spec.declaration import Declaration, Owner, declaration
from modelcheck.spec.declare import LIVENESS, MARK, Role, Undeclared
from modelcheck.spec.fairness import Unsettled, check_marks, fairness_of
from modelcheck.spec.record import Part
from modelcheck.spec.refinement import claims
from modelcheck.spec.run import ESCAPING, ScriptedChooser, all_runs, as_spec_error, check_not_optimized, refuse_bound
from modelcheck.spec.shapes.changed import as_good_as, constant_changed, unknown_attribute
from modelcheck.spec.shapes.shape import (
    AliasShape,
    MapShape,
    RecordShape,
    Shape,
    check_boot,
    has_boot,
    held_once,
    within,
)
from modelcheck.spec.shapes.shaping import shape_of
from modelcheck.spec.state import State
from modelcheck.spec.step import Step
from modelcheck.values import show

if TYPE_CHECKING:
    from modelcheck.spec.spec import Spec


_LOOKED_AT = 1_000
"""Initial states that are looked at to find out what of the parts is never used; with more of them nothing is left out."""


class Machine:
    """A spec with its constants fixed, ready to be run.

    Args:
        spec: The spec object, which holds the constants.

    Raises:
        SpecError: if the spec's initialiser or declarations cannot be used.
    """

    def __init__(self, spec: Spec) -> None:
        check_not_optimized()
        self.spec = spec
        self.cls = type(spec)
        self.constants: dict[str, Any] = constants_of(spec)
        self._boot: State | None = None
        self.shape: RecordShape = self._shape()
        self.shared = Shared([self.cls, *(shape.cls for shape in within(self.shape) if isinstance(shape, RecordShape))], self.constants)
        self.variables = [name for name, shape in self.shape.fields.items() if not isinstance(shape, AliasShape)]
        written = [*self._declared(None, self.cls), *self._declared_by_parts()]
        declared = [each for one in written for each in (claims(self, one) if one.role is Role.REFINES else (one,))]
        self.actions = [d for d in declared if d.role is Role.ACTION]
        self.properties = [d for d in declared if d.role in (Role.INVARIANT, Role.STEP, Role.REACHABLE, Role.REFINES)]
        self.liveness = [d for d in declared if d.role in LIVENESS]
        self.promises = [d for d in declared if d.role is Role.FAIRNESS]
        for declared_property in (*self.properties, *self.liveness):
            if declared_property.name == "deadlock":
                raise SpecError(
                    "a property cannot be called 'deadlock', the name of the one that every check has",
                    place=declared_property.place,
                    remedy="Give it another name.",
                )
        self.constraints = [d for d in declared if d.role is Role.CONSTRAINT]
        self.terminals = [d for d in declared if d.role is Role.TERMINAL]
        self._check_some_allowed()
        if not self.actions:
            raise SpecError(
                f"{self.cls.__name__} has no actions", place=self.place, remedy="Decorate its steps with @action."
            )

    @property
    def place(self) -> str:
        """Where the spec class is written."""
        return place_of(self.cls)

    @property
    def asked(self) -> list[Declaration]:
        """All that is asked of the spec: the properties of states and steps, those of what must happen, the fairness of what it refines."""
        return [*self.properties, *self.liveness, *self.promises]

    # Live states ------------------------------------------------------------------------------------------------------------------------------

    def blank(self) -> Any:
        """A live object of the spec's class that has the constants and no variables."""
        live = object.__new__(self.cls)
        live.__dict__.update(self.constants)
        return live

    def thaw(self, state: State) -> Any:
        """A live object of the spec's class in the given state."""
        live = self.blank()
        memo: dict[int, Any] = {}
        for name, shape in self.shape.fields.items():
            live.__dict__[name] = shape.thaw(state.get(name), memo)
        return live

    def freeze(self, live: Any) -> State:
        """The state that a live object is in."""
        self._check_attributes(live)
        return State(self.shape.freeze_fields(live, {}))

    def _check_attributes(self, live: Any) -> None:
        for name, value in live.__dict__.items():
            if name in self.constants:
                if not as_good_as(value, self.constants[name]):
                    raise constant_changed(self.cls, name, self.constants[name], value)
            elif name not in self.shape.fields:
                raise unknown_attribute("", name, self.shape.fields)

    def _initialised(self) -> Any:
        live = self.blank()
        result = live.init()
        if result is not None:
            raise SpecError(
                f"init of {self.cls.__name__} returned {show(result)}, and it returns nothing",
                place=self.place,
                remedy="Set the variables: self.x = 0. There is no yield, await or return with a value.",
            )
        return live

    def _first_initialised(self) -> Any:
        for live in all_runs(lambda _: self._initialised(), refuse_bound):
            return live
        remedy = "A require() in init is never satisfied."
        raise SpecError(f"{self.cls.__name__} has no initial state", place=self.place, remedy=remedy)

    def _shape(self) -> RecordShape:
        try:
            live = self._first_initialised()
            names = [name for name in live.__dict__ if name not in self.constants]
            check_records(self.cls, names)
            if not names:
                annotated = f"What is annotated in the class is a constant ({', '.join(self.constants)}): remove the annotation of what changes."
                raise SpecError(
                    f"init of {self.cls.__name__} sets no variable",
                    place=self.place,
                    remedy="Write self.x = 0 in init." + (f" {annotated}" if self.constants else ""),
                )
            for name in names:
                check_name(self.cls, name)
            seen: dict[int, Shape] = {}
            return RecordShape("", self.cls, {name: shape_of(live.__dict__[name], name, seen) for name in names})
        except ESCAPING as error:
            raise as_spec_error(error, f"init of {self.cls.__name__}", self.place) from error

    # Declarations -----------------------------------------------------------------------------------------------------------------------------

    def _declared(self, owner: Owner | None, cls: type) -> Iterator[Declaration]:
        names = dict.fromkeys(name for base in reversed(cls.__mro__) for name in base.__dict__)
        for name in names:
            left = getattr(cls, name, None)
            if isinstance(left, Undeclared) and not isinstance(left, Unsettled):
                raise SpecError(
                    f"{cls.__name__}.{name} is decorated as {left.mark.role.value}, and is no ordinary method",
                    place=self.place,
                    remedy="Decorate a function that is written with def, and put no other decorator below.",
                )
        actions: set[str] = set()
        faults = cls.FAULTS if issubclass(cls, Part) else frozenset()
        for name in names:
            mark = next((m for base in cls.__mro__ if (m := getattr(base.__dict__.get(name), MARK, None))), None)
            function = getattr(cls, name, None)
            if mark is not None and function is not None:
                actions |= {name} if mark.role is Role.ACTION else set()
                yield declaration(owner, name, mark, function, fairness_of(cls, name), is_fault=name in faults)
        check_marks(cls, actions, faults)

    def _declared_by_parts(self) -> Iterator[Declaration]:
        parts = list(self._parts(self.shape))
        boots = has_boot(self.shape)
        if not (parts or boots):
            return  # Nothing depends on the other initial states, of which there may be millions.
        states = list(islice(self.each_initial_state(), _LOOKED_AT + 1))
        self._boot = states[0] if boots else None
        for state in states[1:]:
            self._check_boot(state)
        initial = [self.thaw(state) for state in states]
        all_known = len(initial) <= _LOOKED_AT
        for owner, shape in parts:
            found = frozenset.intersection(*(self._unused(owner.within(live)) for live in initial))
            unused = found if all_known else frozenset()
            shape.settle(unused, owner.within(initial[0]))
            self._check_elsewhere(shape)
            yield from (declared for declared in self._declared(owner, shape.cls) if declared.method not in unused)

    def parts(self) -> Iterator[tuple[Owner, RecordShape]]:
        """The parts of the spec, wherever they stand, each before those in it."""
        yield from self._parts(self.shape)

    def _parts(self, shape: Shape, ways: tuple[Any, ...] = ()) -> Iterator[tuple[Owner, RecordShape]]:
        """The parts in a shape, wherever they stand, each before those in it."""
        if isinstance(shape, RecordShape):
            if issubclass(shape.cls, Part):
                yield Owner(shape.path, ways), shape
            for name, field in shape.fields.items():
                yield from self._parts(field, (*ways, name))
        elif isinstance(shape, MapShape):
            for key, item in shape.items.items():
                yield from self._parts(item, (*ways, (key,)))

    def _check_elsewhere(self, part: RecordShape) -> None:
        assert issubclass(part.cls, Part)
        for name in sorted(part.cls.ELSEWHERE & part.fields.keys()):
            for phantom in held_once(part.fields[name], self.shape):
                raise SpecError(
                    f"nothing else in the state refers to {phantom.path}, so that what {part.cls.__name__} does to it would change nothing",
                    place=self.place,
                    remedy=f"Give the part the spec's own records, for example {part.cls.__name__}({name}=self.{name}).",
                )

    def _unused(self, part: Part) -> frozenset[str]:
        try:
            return part.unused()
        except ModelcheckError as error:
            error.place = error.place or self.place
            raise

    def find(self, name: str, among: list[Declaration] | None = None) -> Declaration:
        """The action or property of that name; the part's name may be left out where that is unambiguous.

        Raises:
            UsageError: if there is none or more than one.
        """
        known = [*self.actions, *self.asked] if among is None else among
        wanted = name.replace('"', "'")  # Keys may be quoted as one likes.
        found = [d for d in known if d.name == wanted] or [d for d in known if d.method == name]
        if len(found) != 1:
            kind = "action" if among is self.actions else "property" if among is not None else "action or property"
            raise UsageError(unknown(name, [d.name for d in known], f"{self.cls.__name__} has no {kind} {name!r}"))
        return found[0]

    # Running ----------------------------------------------------------------------------------------------------------------------------------

    def initial_state(self) -> State:
        """The initial state for which the present run's chooser decides."""
        state = self.freeze(self._initialised())
        self._check_boot(state)
        return state

    def _check_boot(self, state: State) -> None:
        if self._boot is None:
            return
        try:
            check_boot(self.shape, self._boot, state)
        except SpecError as error:
            error.place = self.place
            raise

    @cached_property
    def first_state(self) -> State:
        """The first of the initial states."""
        return next(self.each_initial_state())

    def initial_states(self) -> list[State]:
        """All initial states, in the order of the choices in ``init``; repeats included."""
        return list(self.each_initial_state())

    def each_initial_state(self) -> Iterator[State]:
        """The same, one after the other."""
        runs = all_runs(lambda _: self.initial_state(), refuse_bound)
        while True:
            try:
                state = next(runs)
            except StopIteration:
                return
            except ESCAPING as error:
                raise as_spec_error(error, f"init of {self.cls.__name__}", self.place) from error
            yield state

    def _check_some_allowed(self) -> None:
        """Refuse constraints that exclude all initial states: nothing would be checked, and all hold."""
        excluding: list[Declaration] = []
        try:
            for state in all_runs(lambda _: self.initial_state()) if self.constraints else ():
                excluding = [each for each in self.constraints if self.failing(each, state) is not None]
                if not excluding:
                    return
        except ModelcheckError:
            return  # A constraint raises; that is told with its state when the search comes to it.
        if excluding:
            raise SpecError(
                f"{excluding[0].title} excludes the initial state{'' if len(self.constraints) == 1 else ', or another constraint does'}"
                ", so that nothing would be checked",
                place=excluding[0].place,
                remedy="A constraint is true of the states that are to be explored.",
            )

    def outcomes(
        self, state: State, action: Declaration, cut: Callable[[], None] = lambda: None
    ) -> Iterator[tuple[Step, State]]:
        """Every way in which an action can be taken in a state, and the state it leads to; ``cut`` is called for each that a bound cuts."""

        def perform(chooser: ScriptedChooser) -> tuple[Step, State]:
            live = self.thaw(state)
            arguments = action.choose_arguments(live)
            before_body = len(chooser.picked)
            action.run(live, arguments)
            return Step(action.name, arguments, tuple(chooser.picked[before_body:])), self.freeze(live)

        yield from self._guarded(all_runs(perform, cut), action)

    def successors(self, state: State) -> Iterator[tuple[Step, State]]:
        """Every step that can be taken in a state, in the order of the actions' definition."""
        for action in self.actions:
            yield from self.outcomes(state, action)

    def is_stuck(self, state: State) -> bool:
        """Whether a run ends in a state where it is not to: nothing can be taken, nothing was cut at a bound, and no terminal predicate is true."""
        cut: list[None] = []
        for action in self.actions:
            if next(self.outcomes(state, action, lambda: cut.append(None)), None) is not None or cut:
                return False
        return not any(self.failing(declared, state) is None for declared in self.terminals)

    def failing(self, declared: Declaration, state: State, after: State | None = None) -> dict[str, Any] | None:
        """The first arguments for which a property is false in a state (or of a step), or ``None`` if it is true for all."""
        return next((arguments for arguments, holds in self.instances(declared, state, after) if not holds), None)

    def satisfied(self, declared: Declaration, state: State) -> bool:
        """Whether a property is true in a state for some arguments."""
        return any(holds for _, holds in self.instances(declared, state))

    def instances(
        self, declared: Declaration, state: State, after: State | None = None
    ) -> Iterator[tuple[dict[str, Any], bool]]:
        """The truth of a property for each of its arguments."""

        def perform(_: ScriptedChooser) -> tuple[dict[str, Any], bool]:
            live = self.thaw(state)
            following = () if after is None else (self.thaw(after),)
            arguments = declared.choose_arguments(live)
            return arguments, declared.holds(live, arguments, *following)

        yield from self._guarded(all_runs(perform), declared)

    def _guarded(self, runs: Iterator[Any], declared: Declaration) -> Iterator[Any]:
        try:
            yield from runs
        except ModelcheckError as error:
            raise as_spec_error(error, "", declared.place) from error
        except ESCAPING as error:
            raise as_spec_error(error, declared.title, declared.place) from error
