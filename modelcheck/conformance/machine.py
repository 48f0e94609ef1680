"""A spec as a rule-based state machine of Hypothesis.

``TestRaft = state_machine(Raft(servers=5)).TestCase`` is a test that pytest and unittest run. A test case is a random run: each of
its steps is drawn among those that are enabled, with their arguments, so none is wasted. Invariants and step properties are checked
after each step, and a state without any step must be a terminal one.

:mod:`modelcheck.conformance.drawing` says what stands for a step, and :mod:`modelcheck.conformance.seeking` what is drawn;
docs/guide/hypothesis.md has what that finds. Steps back to states that the run has seen are left out most of the time, and a run
that can reach nothing new begins again, within the same test case.

The steps of a state come from decision trees (:mod:`modelcheck.statespace.stepper`), so that they cost microseconds where the spec's
own Python would cost milliseconds. What fails is replayed by the latter before it is shown.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from hypothesis.control import BuildContext, _current_build_context
from hypothesis.reporting import report
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from modelcheck.conformance.drawing import NUMBERS, Menu, Option, Options, Tastes, mixed
from modelcheck.conformance.seeking import adjusted, drawn
from modelcheck.conformance.slow import Slowness
from modelcheck.conformance.violation import counterexample, described, violation_class
from modelcheck.conformance.within import CutShort, Within
from modelcheck.errors import UsageError
from modelcheck.limits import Limits
from modelcheck.limits.given import NO_LIMITS, limits_given, whole
from modelcheck.spec import Declaration, Spec, Step, machine_of
from modelcheck.spec.step import same_step
from modelcheck.statespace.stepper import Position, Stepper
from modelcheck.trace.saving import FOLDER, save
from modelcheck.trace.script import Script

_TASTES = 2**12
_MOST_STEPS = 2**31
_AGAIN = NUMBERS - 1
# How often a step is back to a state that the run has seen, one that violates a property is passed over, and a run that can reach
# nothing new goes on all the same.
_BACK_SHARE = 0.05
_BLIND_SHARE = 0.2
_ON_SHARE = 0.5


class SpecMachine(RuleBasedStateMachine):
    """The state machine of a spec; made by `state_machine`.

    Attributes:
        spec: The spec.
        traces: Where counterexamples are saved.
        limits: What one test may use.
    """

    spec: ClassVar[Spec]
    traces: ClassVar[Path] = FOLDER
    limits: ClassVar[Limits] = NO_LIMITS
    _within: ClassVar[Within | None] = None
    _slow_after: ClassVar[int | None] = None
    _slowness: ClassVar[Slowness | None] = None
    _stepper: ClassVar[Stepper]
    _options: ClassVar[Options]
    _source_name: ClassVar[str]

    def __init__(self) -> None:
        __tracebackhide__ = True
        super().__init__()
        self._run: list[tuple[Step, Position]] = []
        self._first: Position | None = None
        self._seen: set[Any] = set()
        self._tastes: Tastes | None = None
        self._last: Step | Position | None = None
        self._source = Script()
        context = _current_build_context.value
        self._is_final = isinstance(context, BuildContext) and context.is_final
        starts = self._stepper.starts()
        if self._is_final:
            self._tell_beginning()
        if len(starts) == 1:
            try:
                self._begin(starts[0])
            except BaseException:
                if self._is_final:
                    report(f"state = {type(self).__name__}()")  # Hypothesis says so of machines that were made only.
                raise

    @classmethod
    def _to_test_case(cls) -> Any:  # type: ignore[override]
        """As in Hypothesis, with settings that suit random runs, whichever way they are given."""
        case: Any = super()._to_test_case()

        def run(test: Any) -> None:
            cls._within = Within(cls.limits)
            cls._slowness = None if cls._slow_after is None else Slowness(cls._stepper.machine, cls._slow_after)
            try:
                with cls._within.looking():
                    run_state_machine_as_test(cls, settings=adjusted(test.settings))
            except CutShort as cut:
                cls._cut_short(cut)
            finally:
                cls._within = None
            cls._warn_of_idle_actions()
            cls._tell_of_time()

        run.is_hypothesis_test = True  # type: ignore[attr-defined]
        run._hypothesis_state_machine_class = cls  # type: ignore[attr-defined]
        case.runTest = run
        return case

    @classmethod
    def _cut_short(cls, cut: CutShort) -> None:
        """A limit was reached: what was found by then is shown, if it is not the shortest run there is; else the test ends with fewer runs."""
        if cut.found is not None:
            raise cls._shown(*cut.found) from None
        if not cut.runs:
            raise UsageError(f"{cut.reason}, before one run of {cls.spec!r} had ended", remedy="Give more time or memory.") from None
        told = f"{cut.runs} run{'' if cut.runs == 1 else 's'}"
        warnings.warn(f"{cut.reason} after {told} of {cls.spec!r}, and nothing was found by then", stacklevel=2)

    @classmethod
    def _warn_of_idle_actions(cls) -> None:
        """Say which actions were never enabled: what they would do was not tested."""
        idle = [action.name for action in cls._stepper.machine.actions if action.name not in cls._options.enabled]
        if idle:
            told = f"the action {idle[0]} was" if len(idle) == 1 else f"the actions {', '.join(idle)} were"
            warnings.warn(f"{told} never enabled in the runs of {cls.spec!r}", stacklevel=2)

    @classmethod
    def _tell_of_time(cls) -> None:
        """Say that runs which end do not test what must happen; and what was slow, if that was asked."""
        names = [declared.name for declared in (*cls._stepper.machine.liveness, *cls._stepper.machine.promises)]
        slow = cls._slowness.told() if cls._slowness is not None else None
        if slow is not None:
            warnings.warn(f"slow in the runs of {cls.spec!r}: {slow}", stacklevel=2)
        elif names and cls._slowness is None:
            told = f"{', '.join(names)} of {cls.spec!r} {'was' if len(names) == 1 else 'were'} not tested"
            warnings.warn(f"{told}: what must happen is not refuted by runs that end; `modelcheck check` answers it", stacklevel=2)

    # What a printed script calls --------------------------------------------------------------------------------------------------------------

    def start(self, number: int) -> None:
        """Begin in one of several initial states, by its number."""
        self._begin(self._stepper.starts()[number])

    def step(self, action: str, /, *choices: Any, **arguments: Any) -> None:
        """Take a step, and check the properties of the state it leads to."""
        __tracebackhide__ = True
        assert self._first is not None
        declared = self._stepper.machine.find(action, self._stepper.machine.actions)
        found = [taken for taken in self._stepper.outcomes(self._position, declared) if same_step(taken[0], arguments, choices or None)]
        if not found:
            raise UsageError(f"{Step(declared.name, arguments, choices)} is not enabled in this state")
        self._take(*found[0])

    # Drawing ----------------------------------------------------------------------------------------------------------------------------------

    @rule()
    def take(self) -> None:
        """Take a step that is drawn; none is left at the end of a run that ends well."""
        __tracebackhide__ = True
        if self._within is not None:
            self._within.look()
        self._last = None
        option = self._drawn()
        if isinstance(option, Position):
            self._begin(option)
        elif option is not None:
            self._take(option.step, option.position)

    def _drawn(self) -> Option | Position | None:
        """The next step, or an initial state; what is drawn decides, and nothing else."""
        if self._first is None:
            return self._start()
        options = self._options.of(self._position)
        if not options:
            return self._again()
        if self._tastes is None:
            self._tastes = Tastes(drawn(_TASTES))
        menu = Menu((option.code, option) for option in options)
        numbers = [*menu.numbers, *([_AGAIN] if self._run else [])]
        places = [*(option.position for option in options), *([self._stepper.initial()[0]] if self._run else [])]
        number = drawn(NUMBERS, numbers, self._shares(options, self._tastes), places)
        return self._again() if number == _AGAIN else menu.chosen(number)

    def _shares(self, options: list[Option], tastes: Tastes) -> list[float]:
        """How likely each option is to be drawn, and to begin again."""
        known = [option.position.key in self._seen for option in options]
        fresh = {option for option, old in zip(options, known, strict=True) if not old}
        shares = tastes.shares(options, lambda _: True)
        if not all(known):
            shares = mixed(tastes.shares(options, lambda option: option in fresh), shares, _BACK_SHARE)
        if options[0].violated is not None:
            shares = mixed(tastes.shares(options, lambda option: option.violated is not None), shares, _BLIND_SHARE)
        on = _ON_SHARE if all(known) and self._run else 1.0
        return [*(share * on for share in shares), *([1 - on] if self._run else [])]

    def _again(self) -> Position | None:
        """An initial state, to begin again where a run can reach nothing new; the trace is that of the last run."""
        return self._start() if self._run else None

    def _start(self) -> Position:
        starts = self._stepper.starts()
        return starts[0] if len(starts) == 1 else starts[drawn(len(starts))]

    # Running ----------------------------------------------------------------------------------------------------------------------------------

    @property
    def _position(self) -> Position:
        assert self._first is not None
        return self._run[-1][1] if self._run else self._first

    def _begin(self, position: Position) -> None:
        __tracebackhide__ = True
        self._first = self._last = position
        self._run = []
        self._seen = set()
        self._tastes = None
        if self._slowness is not None:
            self._slowness.begin(position.state)
        self._check(None)

    def _take(self, step: Step, position: Position) -> None:
        __tracebackhide__ = True
        before = self._position
        self._last = step
        self._run.append((step, position))
        if self._slowness is not None:
            self._slowness.see(position.state)
        self._check(before)

    def _check(self, before: Position | None) -> None:
        __tracebackhide__ = True
        position = self._position
        self._seen.add(position.key)
        declared = self._options.violated(position, before)
        if declared is not None:
            raise self._violation(declared)
        if not self._options.of(position) and self._stepper.is_stuck(position):
            raise self._violation(None)

    def _violation(self, declared: Declaration | None) -> AssertionError:
        assert self._first is not None
        positions, steps = [self._first, *(position for _, position in self._run)], [step for step, _ in self._run]
        if isinstance(_current_build_context.value, BuildContext) and not self._is_final:
            if self._within is not None:
                self._within.note(positions, steps, declared)
            name = "deadlock" if declared is None else declared.name
            return violation_class(name)(f"{name} is violated")
        return self._shown(positions, steps, declared)

    @classmethod
    def _shown(cls, positions: Sequence[Position], steps: Sequence[Step], declared: Declaration | None) -> AssertionError:
        """The violation at the end of a run, saved and told in full."""
        machine = cls._stepper.machine
        trace = counterexample(machine, [position.state for position in positions], steps, declared, "hypothesis")
        file = save(trace, type(cls.spec), cls.traces)
        error = violation_class("deadlock" if declared is None else declared.name)(described(machine, trace, file))
        error.trace, error.file = trace, file
        return error

    def teardown(self) -> None:
        """A run has ended."""
        if self._within is not None:
            self._within.runs += 1

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
        if self._last is None:
            return "pass"
        if isinstance(self._last, Position):
            return f"state.start({self._stepper.starts().index(self._last)})"
        line = f"state.step({self._source.step(self._last)})"
        if self._is_final:
            self._tell_imports()
        return line


def state_machine(
    spec: Spec,
    *,
    name: str | None = None,
    limits: Limits = NO_LIMITS,
    traces: Path | str = FOLDER,
    slow_after: int | None = None,
) -> type[SpecMachine]:
    """Turn a spec into a state machine of Hypothesis, whose ``TestCase`` is a test: see the top of this module.

    Args:
        spec: The spec, with its constants.
        name: What the class is called; by default as the spec's class, with ``Machine``.
        limits: The time and memory that one test may take. Where they are reached, what was found by then is shown; if that is nothing, a
            warning says how many runs there were.
        traces: The folder where counterexamples are saved.
        slow_after: Tell, in a warning, what must happen and was waited for over so many steps or more. That is never a violation.

    Raises:
        SpecError: if the spec cannot be run.
        UsageError: if there is no such limit of random runs.
    """
    if slow_after is not None:
        whole("slow_after", slow_after, 1, _MOST_STEPS)
    limits_given(limits, without=("states", "depth"), what="random runs, of which Hypothesis's `max_examples` and `stateful_step_count` say how many")
    if not isinstance(spec, Spec):
        hint = f"Write state_machine({spec.__name__}())." if isinstance(spec, type) else None
        raise UsageError(f"state_machine() takes a spec, not {spec!r}", remedy=hint)
    called = name or f"{type(spec).__name__}Machine"
    stepper = Stepper(machine_of(spec))
    settled = {"spec": spec, "traces": Path(traces), "limits": limits, "_stepper": stepper, "_options": Options(stepper)}
    body = {**settled, "_slow_after": slow_after, "__doc__": f"Runs of {spec!r}.", "__module__": __name__}
    metaclass: Any = type(SpecMachine)
    made: type[SpecMachine] = metaclass(called, (SpecMachine,), body)
    return made
