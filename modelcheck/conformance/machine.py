"""A spec as a rule-based state machine of Hypothesis.

``TestRaft = state_machine(Raft(servers=5)).TestCase`` is a test that pytest and unittest run. A test case is a random run: each of
its steps is drawn among those that are enabled, with their arguments, so none is wasted. Invariants and step properties are checked
after each step, and a state without any step must be a terminal one.

*Which step.* Uniformly random steps come back over and over to states that the run has seen, and rarely do several rare things in a
row. So steps that lead to such states are left out most of the time. Half of the runs then draw uniformly; the others give each kind
of step (the action, the kind of message, and the process that takes it) a random priority and follow it, so that some processes hurry
and some messages are late (Burckhardt and others, "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs", ASPLOS
2010). docs/guide/hypothesis.md has what that finds.

A run that can reach nothing new begins again, within the same test case.

*Shrinking.* Hypothesis shrinks the numbers that were drawn. A number does not stand for a place in the list of enabled steps, where
it would mean another step as soon as an earlier one is left out, but for the step that it likes best (rendezvous hashing), which
remains the same as long as that step is enabled.

The steps of a state come from decision trees (:mod:`modelcheck.statespace.stepper`), so that they cost microseconds where the spec's
own Python would cost milliseconds. What fails is replayed by the latter before it is shown.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import hypothesis.strategies as st
from hypothesis import Phase, settings
from hypothesis.control import BuildContext, _current_build_context
from hypothesis.reporting import report
from hypothesis.stateful import RuleBasedStateMachine, rule

from modelcheck.conformance.violation import counterexample, described, save, violation_class
from modelcheck.errors import UsageError
from modelcheck.spec import Declaration, Spec, Step, machine_of
from modelcheck.spec.machine import same_step
from modelcheck.statespace.stepper import Position, Stepper
from modelcheck.trace.script import Script
from modelcheck.values import order_key

TRACES = Path(".modelcheck")
_NUMBER = st.integers(0, 2**20 - 1)
_NEW_OF = 20
_FREE_OF = 20
Option = tuple[Step, Position]


@st.composite
def _next_option(draw: Callable[..., Any]) -> Option | Position | None:
    machine: SpecMachine = draw(st.runner())
    return machine._drawn(draw)


class SpecMachine(RuleBasedStateMachine):
    """The state machine of a spec; made by `state_machine`.

    Attributes:
        spec: The spec.
        traces: Where counterexamples are saved.
    """

    spec: ClassVar[Spec]
    traces: ClassVar[Path] = TRACES
    _stepper: ClassVar[Stepper]
    _source_name: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self._run: list[Option] = []
        self._first: Position | None = None
        self._seen: set[Any] = set()
        self._seed: int | None = None
        self._source = Script()
        context = _current_build_context.value
        self._is_final = isinstance(context, BuildContext) and context.is_final
        starts = self._stepper.initial()
        if self._is_final:
            self._tell_beginning()
        if len(starts) == 1:
            self._begin(starts[0])

    @classmethod
    def _to_test_case(cls) -> Any:  # type: ignore[override]
        """As in Hypothesis, without the phase that explains a failure by lines of code: here they would be ours, and it takes long."""
        case = super()._to_test_case()
        if Phase.explain in case.settings.phases:
            case.settings = settings(case.settings, phases=[phase for phase in case.settings.phases if phase is not Phase.explain])
        return case

    # What a printed script calls --------------------------------------------------------------------------------------------------------------

    def start(self, number: int) -> None:
        """Begin in one of several initial states, by its number."""
        self._begin(self._stepper.initial()[number])

    def step(self, action: str, /, *choices: Any, **arguments: Any) -> None:
        """Take a step, and check the properties of the state it leads to."""
        __tracebackhide__ = True
        assert self._first is not None
        declared = self._stepper.machine.find(action, self._stepper.machine.actions)
        found = [option for option in self._stepper.outcomes(self._position, declared) if same_step(option[0], arguments, choices or None)]
        if not found:
            raise UsageError(f"{Step(declared.name, arguments, choices)} is not enabled in this state")
        self._take(found[0])

    # Drawing ----------------------------------------------------------------------------------------------------------------------------------

    @rule(option=_next_option())
    def take(self, option: Option | Position | None) -> None:
        """Take the step that was drawn; none is left at the end of a run that ends well."""
        __tracebackhide__ = True
        if isinstance(option, Position):
            self._begin(option)
        elif option is not None:
            self._take(option)

    def _drawn(self, draw: Callable[..., Any]) -> Option | Position | None:
        """The next step, or the initial state; one number is drawn, and everything follows from that and what was drawn before."""
        if self._first is None:
            return draw(st.sampled_from(self._stepper.initial()))  # type: ignore[no-any-return]
        options = self._options()
        fresh = [option for option in options if option[1].key not in self._seen]
        if not options:
            return self._again(draw)
        if len(options) == 1 and fresh:
            return options[0]
        if self._seed is None:
            self._seed = draw(_NUMBER)
        number = draw(_NUMBER)
        if not fresh and self._run and _liking(number, 3) % 2:
            return self._again(draw)
        if _liking(number, 1) % _NEW_OF:
            options = fresh or options
        if self._seed % 2:
            options = self._preferred(number, options)
        return max(options, key=lambda option: _liking(number, _code(option[0])))

    def _again(self, draw: Callable[..., Any]) -> Position | None:
        """An initial state, to begin again where a run can reach nothing new; the trace is that of the last run."""
        starts = self._stepper.initial()
        if not self._run:
            return None
        return starts[0] if len(starts) == 1 else draw(st.sampled_from(starts))

    def _preferred(self, number: int, options: list[Option]) -> list[Option]:
        """The options of the kind that has priority; now and then all of them, or by new priorities."""
        which = _liking(number, 2) % _FREE_OF
        if which in {1, 2}:
            return options
        if which == 3:  # noqa: PLR2004 - one of the twenty.
            self._seed = number | 1
        seed = self._seed or 0
        first = max(_liking(seed, _kind(option[0])) for option in options)
        return [option for option in options if _liking(seed, _kind(option[0])) == first]

    def _options(self) -> list[Option]:
        options = self._stepper.steps(self._position)
        for constraint in self._stepper.machine.constraints:
            options = [option for option in options if self._stepper.holds(constraint, option[1])]
        return options

    # Running ----------------------------------------------------------------------------------------------------------------------------------

    @property
    def _position(self) -> Position:
        assert self._first is not None
        return self._run[-1][1] if self._run else self._first

    def _begin(self, position: Position) -> None:
        __tracebackhide__ = True
        self._first = position
        self._run = []
        self._seen = set()
        self._check(None)

    def _take(self, option: Option) -> None:
        __tracebackhide__ = True
        before = self._position
        self._run.append(option)
        self._check(before)

    def _check(self, before: Position | None) -> None:
        __tracebackhide__ = True
        position = self._position
        self._seen.add(position.key)
        declared = self._stepper.false_property(position, before)
        if declared is not None:
            raise self._violation(declared)
        if not self._options() and not self._stepper.steps(position) and not self._stepper.is_terminal(position):
            raise self._violation(None)

    def _violation(self, declared: Declaration | None) -> AssertionError:
        name = "deadlock" if declared is None else declared.name
        kind = violation_class(name)
        if isinstance(_current_build_context.value, BuildContext) and not self._is_final:
            return kind(f"{name} is violated")
        assert self._first is not None
        states = [self._first.state, *(position.state for _, position in self._run)]
        trace = counterexample(self._stepper.machine, states, [step for step, _ in self._run], declared, "hypothesis")
        file = save(trace, self.traces)
        error = kind(described(self._stepper.machine, trace, file))
        error.trace, error.file = trace, file
        return error

    # Printing ---------------------------------------------------------------------------------------------------------------------------------

    def _tell_beginning(self) -> None:
        self._source.uses("modelcheck.conformance", "state_machine")
        spec = self._source.spec(self.spec)
        self._tell_imports()
        report(f"{type(self).__name__} = state_machine({spec})")

    def _tell_imports(self) -> None:
        for line in self._source.imports():
            report(line)

    def _repr_step(self, rule: Any, data: Any, result: Any) -> str:
        """The step as a line of a program; Hypothesis prints it."""
        del rule, data, result
        if not self._run:
            assert self._first is not None
            return f"state.start({self._stepper.initial().index(self._first)})"
        line = f"state.step({self._source.step(self._run[-1][0])})"
        if self._is_final:
            self._tell_imports()
        return line


def state_machine(spec: Spec, *, name: str | None = None, traces: Path | str = TRACES) -> type[SpecMachine]:
    """Turn a spec into a state machine of Hypothesis, whose ``TestCase`` is a test: see the top of this module.

    Args:
        spec: The spec, with its constants.
        name: What the class is called; by default as the spec's class, with ``Machine``.
        traces: The folder where counterexamples are saved.

    Raises:
        SpecError: if the spec cannot be run.
    """
    if not isinstance(spec, Spec):
        hint = f"Write state_machine({spec.__name__}())." if isinstance(spec, type) else None
        raise UsageError(f"state_machine() takes a spec, not {spec!r}", remedy=hint)
    called = name or f"{type(spec).__name__}Machine"
    body = {"spec": spec, "traces": Path(traces), "_stepper": Stepper(machine_of(spec)), "__doc__": f"Runs of {spec!r}.", "__module__": __name__}
    metaclass: Any = type(SpecMachine)
    made: type[SpecMachine] = metaclass(called, (SpecMachine,), body)
    return made


# Numbers that steps are told apart by, the same in every process ------------------------------------------------------------------------------------

_CODES: dict[int, tuple[Step, int, int]] = {}


def _codes(step: Step) -> tuple[Step, int, int]:
    found = _CODES.get(id(step))
    if found is None or found[0] is not step:
        if len(_CODES) > 100_000:  # noqa: PLR2004 - some tens of megabytes.
            _CODES.clear()
        keys = [order_key(value) for value in (*step.arguments.values(), *step.choices)]
        found = _CODES[id(step)] = (step, _crc(f"{step.action}{keys}"), _crc(f"{step.action}{[_role(value) for value in step.arguments.values()]}"))
    return found


def _crc(text: str) -> int:
    return zlib.crc32(text.encode())


def _code(step: Step) -> int:
    return _codes(step)[1]


def _kind(step: Step) -> int:
    return _codes(step)[2]


def _role(value: Any) -> Any:
    """What of an argument makes a kind of step: of a message its class and receiver, else the value itself."""
    receiver = getattr(value, "dst", None)
    return order_key(value) if receiver is None else (type(value).__name__, order_key(receiver))


def _liking(number: int, code: int) -> int:
    """How much a number likes a code: as good as random, and always the same."""
    mixed = (code ^ (number * 0x9E3779B1)) * 0x85EBCA6B & 0xFFFFFFFF
    return (mixed ^ mixed >> 15) * 0xC2B2AE35 & 0xFFFFFFFF
