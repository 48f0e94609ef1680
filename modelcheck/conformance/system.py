"""A real system beside its spec, in lockstep.

The user's adapter has a method for each action that can be done to the system, and says what can be seen of it. Hypothesis draws steps
that the spec allows; the adapter does each of them to the system; what it then sees must be explained by the spec. Where the spec may go on
in several ways, all states that explain what was seen are kept, and the first observation that none of them allows is the failure. Actions
for which the adapter has no method are the system's own affair: they may happen at any time, and are not seen.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import hypothesis.strategies as st
from hypothesis import Phase, settings
from hypothesis.control import BuildContext, _current_build_context
from hypothesis.reporting import report
from hypothesis.stateful import RuleBasedStateMachine, rule

from modelcheck.conformance.calling import AdapterError, Caller
from modelcheck.conformance.drawing import NUMBERS, Menu, code_of
from modelcheck.conformance.explaining import Explaining, Unexplained
from modelcheck.conformance.log import checked
from modelcheck.conformance.seeking import drawn
from modelcheck.conformance.violation import replay_lines
from modelcheck.errors import UsageError
from modelcheck.limits import Limits
from modelcheck.limits.given import limits_given
from modelcheck.spec import Spec, Step, machine_of
from modelcheck.spec.constants.declared import unknown
from modelcheck.trace import Trace
from modelcheck.trace.saving import FOLDER, save
from modelcheck.trace.script import Script
from modelcheck.values import identity, show

_LOOKED_AT = 50
LIMITS = Limits(time_s=10.0, states=10_000)


class Adapter:
    """What connects a spec to a real system; derive from it.

    For each action of the spec that can be done to the system, define a method with the action's name and parameters (``network_lose`` for
    ``network.lose``). It may return what was seen of it: a dict of variables and what they must now be, as far as can be seen. Methods may be
    coroutines. The others are optional.
    """

    def setup(self) -> Any:
        """Start the system; called before each run."""

    def teardown(self) -> Any:
        """Stop it; called after each run, whatever happened."""

    def observe(self) -> Any:
        """What can be seen of the system after a step: a dict of variables; none by default."""
        return {}


class Nonconformance(AssertionError):  # noqa: N818 - a failed assertion, not an error.
    """The system did what its spec does not allow.

    Attributes:
        trace: The behaviour of the spec up to there, and what was seen then; None while Hypothesis is still looking for a shorter one.
        file: Where it is saved.
    """

    trace: Trace | None = None
    file: Path | None = None


@st.composite
def _next_step(draw: Callable[..., Any]) -> Step | None:
    machine: ConformanceMachine = draw(st.runner())
    return machine._drawn()


class ConformanceMachine(RuleBasedStateMachine):
    """The state machine of a spec and a system; made by `conformance`.

    Attributes:
        spec: The spec.
        adapter: Makes the adapter.
        call_time_s: How long the adapter may take for one call.
        traces: Where counterexamples are saved.
    """

    spec: ClassVar[Spec]
    adapter: ClassVar[Callable[[], Adapter]]
    call_time_s: ClassVar[float]
    traces: ClassVar[Path]
    _explaining: ClassVar[Explaining]
    _driven: ClassVar[dict[str, str]]

    def __init__(self) -> None:
        super().__init__()
        self._caller = Caller(self.call_time_s)
        self._explaining.begin()
        self._hangs = False
        self._taken: list[tuple[Step, Mapping[str, Any]]] = []
        self._source = Script()
        context = _current_build_context.value
        self._is_drawn = isinstance(context, BuildContext)
        self._is_final = isinstance(context, BuildContext) and context.is_final
        if self._is_final:
            self._tell_beginning()
        self._system = type(self).adapter()
        try:
            self._call("setup()", self._system.setup)
            self._see(None, self._seen("observe()", self._system.observe))
        except BaseException:
            if self._is_final:
                report(f"state = {type(self).__name__}()")
            self.teardown()  # Hypothesis calls it, and prints the line above, for what was made only.
            raise

    def teardown(self) -> None:
        """Stop the system. Where a call hangs there is one attempt, whose outcome is not looked at."""
        hangs = self._hangs
        try:
            self._call("teardown()", self._system.teardown)
        except AdapterError:
            if not hangs:
                raise
        finally:
            self._caller.close()

    def step(self, action: str, /, *choices: Any, **arguments: Any) -> None:
        """Do a step to the system, and check what is seen."""
        __tracebackhide__ = True
        self._take(Step(action, arguments, choices))

    @rule(step=_next_step())
    def take(self, step: Step | None) -> None:
        """Take the step that was drawn."""
        __tracebackhide__ = True
        if step is not None:
            self._take(step)

    def _drawn(self) -> Step | None:
        stepper = self._explaining.stepper
        actions = [action for action in stepper.machine.actions if action.name in self._driven]
        positions = list(self._explaining.positions(_LOOKED_AT))
        found = (step for action in actions for position in positions for step, _ in stepper.outcomes(position, action))
        options = list({(step.action, identity(tuple(step.arguments.values()))): Step(step.action, step.arguments) for step in found}.values())
        menu = Menu((code_of(step), step) for step in options)
        return menu.chosen(drawn(NUMBERS, menu.numbers, [1.0] * len(options))) if options else None

    def _take(self, step: Step) -> None:
        __tracebackhide__ = True
        seen = self._seen(repr(step), lambda: getattr(self._system, self._driven[step.action])(**step.arguments))
        self._taken.append((step, {**seen, **self._seen("observe()", self._system.observe)}))
        self._see(*self._taken[-1])

    def _seen(self, what: str, function: Callable[[], Any]) -> Mapping[str, Any]:
        __tracebackhide__ = True
        found = self._call(what, function) or {}
        if not isinstance(found, Mapping):
            code = getattr(type(self._system), what.partition("(")[0], self._system.observe)
            raise AdapterError(
                f"{what} of the adapter returned {found!r}", place=_place(code), remedy="It returns a dict of variables, or nothing."
            )
        return found

    def _see(self, step: Step | None, seen: Mapping[str, Any]) -> None:
        __tracebackhide__ = True
        explaining = self._explaining
        try:
            found = checked(explaining.machine, None if step is None else step.action, {} if step is None else step.arguments, seen, {})
        except UsageError as error:
            place = _place(type(self._system))
            raise AdapterError(f"the adapter saw what the spec does not have: {error.message}", place=place, remedy=error.remedy) from error
        if not explaining.see(found):
            raise self._nonconformance(explaining.unexplained(found), seen)
        if not explaining.is_exact:
            raise AdapterError("too many states explain what was seen", remedy="Let the adapter see more, or raise `most`.")

    def _nonconformance(self, unexplained: Unexplained, seen: Mapping[str, Any]) -> Nonconformance:
        if self._is_drawn and not self._is_final:
            return Nonconformance("the system does what its spec does not allow")
        trace = unexplained.trace(self._explaining, "conformance")
        file = save(trace, type(self.spec), self.traces)
        error = Nonconformance("\n".join([*_described(self._taken, seen, unexplained), *replay_lines(file)]))
        error.trace, error.file = trace, file
        return error

    def _call(self, what: str, function: Callable[[], Any]) -> Any:
        __tracebackhide__ = True
        try:
            return self._caller.call(what, function)
        except AdapterError as error:
            self._hangs = error.__cause__ is None
            raise

    # Printing ---------------------------------------------------------------------------------------------------------------------------------

    def _tell_beginning(self) -> None:
        self._source.uses("modelcheck.conformance", "conformance")
        spec, adapter = self._source.spec(self.spec), self._source.name(type(self).adapter)  # type: ignore[arg-type]
        self._tell_imports()
        report(f"{type(self).__name__} = conformance({spec}, {adapter})")

    def _tell_imports(self) -> None:
        for line in self._source.imports():
            report(line)

    def _repr_step(self, rule: Any, data: Any, result: Any) -> str:
        """The step as a line of a program; Hypothesis prints it."""
        del rule, data, result
        if not self._taken:
            return ""
        line = f"state.step({self._source.step(self._taken[-1][0])})"
        if self._is_final:
            self._tell_imports()
        return line

    @classmethod
    def _to_test_case(cls) -> Any:  # type: ignore[override]
        case = super()._to_test_case()
        case.settings = settings(case.settings, phases=[phase for phase in case.settings.phases if phase is not Phase.explain])
        return case


def conformance(
    spec: Spec, adapter: Callable[[], Adapter], *, limits: Limits = LIMITS, traces: Path | str = FOLDER
) -> type[ConformanceMachine]:
    """Turn a spec and an adapter into a test: the ``TestCase`` of the class that this returns.

    Args:
        spec: The spec, with its constants.
        adapter: Makes an adapter for each run; usually its class.
        limits: How long the adapter may take for one call (10 s): one that takes longer is cancelled, and the test fails. And how many states that
            explain what was seen may be kept (10,000).
        traces: The folder where counterexamples are saved.

    Raises:
        UsageError: if the adapter has no method for any action.
        SpecError: if the spec cannot be run.
    """
    if not isinstance(spec, Spec):
        raise UsageError(f"conformance() takes a spec first, not {spec!r}")
    limits_given(limits, without=("depth", "memory_bytes"), what="a conformance test")
    machine = machine_of(spec)
    driven = {action.name: name for action in machine.actions if callable(getattr(adapter, name := _method_for(action.name), None))}
    _check_methods(adapter, driven, [action.name for action in machine.actions])
    hidden = [action.name for action in machine.actions if action.name not in driven]
    explaining = Explaining(machine, hidden=hidden, most=limits.states or LIMITS.states or 0)
    metaclass: Any = type(ConformanceMachine)
    call_time_s = LIMITS.time_s if limits.time_s is None else limits.time_s
    body = {
        "spec": spec, "adapter": staticmethod(adapter), "call_time_s": call_time_s, "traces": Path(traces), "_driven": driven,
        "__module__": __name__, "_explaining": explaining,
    }  # fmt: skip
    made: type[ConformanceMachine] = metaclass(f"{machine.cls.__name__}Conformance", (ConformanceMachine,), body)
    return made


def _method_for(action: str) -> str:
    """The name of the adapter's method for an action.

    >>> _method_for("network.lose"), _method_for("box[0].lose")
    ('network_lose', 'box_0_lose')
    """
    return re.sub(r"\W+", "_", action)


def _check_methods(adapter: Any, driven: Mapping[str, str], actions: list[str]) -> None:
    own = vars(adapter) if isinstance(adapter, type) else {}
    methods = [name for name, value in own.items() if inspect.isfunction(value) and not name.startswith("_")]
    for action, name in driven.items():
        same = [other for other in driven if driven[other] == name and other != action]
        if same:
            what = f"the adapter's method {name} would stand for both {action} and {same[0]}"
            raise UsageError(what, remedy="Use keys that differ in letters or digits.")
    strange = [name for name in methods if name not in driven.values() and not hasattr(Adapter, name)]
    if not driven:
        hint = f"; {unknown(strange[0], actions, f'{strange[0]} is none')}" if strange else ""
        raise UsageError(f"the adapter has no method for any action of the spec{hint}", remedy=f"The actions are {', '.join(actions)}.")


def _place(code: Any) -> str | None:
    """Where a class or function is written."""
    try:
        return f"{inspect.getsourcefile(code)}:{inspect.getsourcelines(code)[1]}"
    except (OSError, TypeError):
        return None


def _described(taken: list[tuple[Step, Mapping[str, Any]]], seen: Mapping[str, Any], unexplained: Unexplained) -> list[str]:
    """The message: what was done and seen, and what the spec allows instead."""
    lines = [f"the system does what its spec does not allow, after {len(taken)} step{'' if len(taken) == 1 else 's'}", ""]
    for number, (step, found) in enumerate(taken, 1):
        lines.append(f"{number}. {step!r}")
        if found:
            lines.append(f"     seen: {', '.join(f'{name} = {show(value)}' for name, value in found.items())}")
    if not taken:
        lines.append(f"at the start, seen: {', '.join(f'{name} = {show(value)}' for name, value in seen.items())}")
    lines.append("")
    if unexplained.differences:
        lines += ["By the spec, at the nearest:", *(f"     {difference}" for difference in unexplained.differences)]
    return lines

