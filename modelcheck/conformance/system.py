"""A real system beside its spec, in lockstep.

The user's adapter has a method for each action that can be done to the system, and says what can be seen of it. Hypothesis draws steps
that the spec allows; the adapter does each of them to the system; what it then sees must be explained by the spec. Where the spec may go on
in several ways, all states that explain what was seen are kept, and the first observation that none of them allows is the failure. Actions
for which the adapter has no method are the system's own affair: they may happen at any time, and are not seen.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

import hypothesis.strategies as st
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, rule

from modelcheck.conformance.explaining import Explaining, Unexplained
from modelcheck.conformance.machine import _code, _liking
from modelcheck.conformance.observation import checked
from modelcheck.errors import ModelcheckError, UsageError
from modelcheck.spec import Spec, Step, machine_of
from modelcheck.spec.constants import unknown
from modelcheck.spec.run import user_place
from modelcheck.values import show

_NUMBER = st.integers(0, 2**20 - 1)
_LOOKED_AT = 50


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


class AdapterError(ModelcheckError):
    """An adapter that raises, hangs, or says something that cannot be meant."""


class Nonconformance(AssertionError):  # noqa: N818 - a failed assertion, not an error.
    """The system did what its spec does not allow."""


@st.composite
def _next_step(draw: Callable[..., Any]) -> Step | None:
    machine: ConformanceMachine = draw(st.runner())
    return machine._drawn(draw)


class ConformanceMachine(RuleBasedStateMachine):
    """The state machine of a spec and a system; made by `conformance`.

    Attributes:
        spec: The spec.
        adapter: Makes the adapter.
        timeout_s: How long the adapter may take for one call.
    """

    spec: ClassVar[Spec]
    adapter: ClassVar[Callable[[], Adapter]]
    timeout_s: ClassVar[float]
    _explaining: ClassVar[Explaining]
    _driven: ClassVar[dict[str, str]]

    def __init__(self) -> None:
        super().__init__()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = ThreadPoolExecutor(1)
        self._explaining.begin()
        self._hangs = False
        self._taken: list[tuple[Step, Mapping[str, Any]]] = []
        self._system = type(self).adapter()
        self._call("setup", self._system.setup)
        self._see(None, self._call("observe", self._system.observe) or {})

    def teardown(self) -> None:
        """Stop the system."""
        try:
            if not self._hangs:
                self._call("teardown", self._system.teardown)
        finally:
            if self._loop is not None:
                self._loop.close()
            self._thread.shutdown(wait=False, cancel_futures=True)

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

    def _drawn(self, draw: Callable[..., Any]) -> Step | None:
        stepper = self._explaining.stepper
        actions = [action for action in stepper.machine.actions if action.name in self._driven]
        options = {
            _code(step): Step(step.action, step.arguments)
            for position in self._explaining.positions(_LOOKED_AT)
            for action in actions
            for step, _ in stepper.outcomes(position, action)
        }
        if not options:
            return None
        number = draw(_NUMBER)
        return options[max(options, key=lambda code: _liking(number, code))]

    def _take(self, step: Step) -> None:
        __tracebackhide__ = True
        seen = self._call(repr(step), lambda: getattr(self._system, self._driven[step.action])(**step.arguments)) or {}
        more = self._call("observe", self._system.observe) or {}
        for found, where in ((seen, repr(step)), (more, "observe")):
            if not isinstance(found, Mapping):
                raise AdapterError(f"{where} of the adapter returned {found!r}", remedy="It returns a dict of variables, or nothing.")
        self._taken.append((step, {**seen, **more}))
        self._see(step, {**seen, **more})

    def _see(self, step: Step | None, seen: Mapping[str, Any]) -> None:
        __tracebackhide__ = True
        explaining = self._explaining
        try:
            found = checked(explaining.machine, None if step is None else step.action, {} if step is None else step.arguments, seen, {})
        except UsageError as error:
            raise AdapterError(f"the adapter saw what the spec does not have: {error.message}", remedy=error.remedy) from error
        if not explaining.see(found):
            raise Nonconformance(_described(self._taken, seen, explaining.unexplained(found)))
        if not explaining.is_exact:
            raise AdapterError("too many states explain what was seen", remedy="Let the adapter see more, or raise `most`.")

    def _call(self, what: str, function: Callable[[], Any]) -> Any:
        """Call the adapter, on this thread's event loop if it is a coroutine, else on a thread that can be left behind."""
        __tracebackhide__ = True
        try:
            future = self._thread.submit(function)
            result = future.result(self.timeout_s)
            if inspect.isawaitable(result):
                if self._loop is None:
                    self._loop = asyncio.new_event_loop()
                return self._loop.run_until_complete(asyncio.wait_for(result, self.timeout_s))
        except TimeoutError as error:
            self._hangs = True
            raise AdapterError(f"{what} of the adapter took longer than {self.timeout_s:g} s") from error
        except Exception as error:
            text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            raise AdapterError(f"{what} of the adapter raised {text}", place=user_place(error)) from error
        return result

    def _repr_step(self, rule: Any, data: Any, result: Any) -> str:
        del rule, data, result
        if not self._taken:
            return ""
        step, _ = self._taken[-1]
        return f"state.step({', '.join([repr(step.action), *(f'{name}={value!r}' for name, value in step.arguments.items())])})"

    @classmethod
    def _to_test_case(cls) -> Any:  # type: ignore[override]
        case = super()._to_test_case()
        case.settings = settings(case.settings, phases=[phase for phase in case.settings.phases if phase is not Phase.explain])
        return case


def conformance(spec: Spec, adapter: Callable[[], Adapter], *, timeout_s: float = 10.0, most: int = 10_000) -> type[ConformanceMachine]:
    """Turn a spec and an adapter into a test: the ``TestCase`` of the class that this returns.

    Args:
        spec: The spec, with its constants.
        adapter: Makes an adapter for each run; usually its class.
        timeout_s: How long the adapter may take for one call.
        most: How many states that explain what was seen may be kept.

    Raises:
        UsageError: if the adapter has no method for any action.
        SpecError: if the spec cannot be run.
    """
    if not isinstance(spec, Spec):
        raise UsageError(f"conformance() takes a spec first, not {spec!r}")
    machine = machine_of(spec)
    driven = {action.name: name for action in machine.actions if callable(getattr(adapter, name := action.name.replace(".", "_"), None))}
    _check_methods(adapter, driven, [action.name for action in machine.actions])
    hidden = [action.name for action in machine.actions if action.name not in driven]
    explaining = Explaining(machine, hidden=hidden, most=most)
    metaclass: Any = type(ConformanceMachine)
    body = {
        "spec": spec, "adapter": staticmethod(adapter), "timeout_s": timeout_s, "_driven": driven, "__module__": __name__,
        "_explaining": explaining,
    }  # fmt: skip
    made: type[ConformanceMachine] = metaclass(f"{machine.cls.__name__}Conformance", (ConformanceMachine,), body)
    return made


def _check_methods(adapter: Any, driven: Mapping[str, str], actions: list[str]) -> None:
    own = vars(adapter) if isinstance(adapter, type) else {}
    methods = [name for name, value in own.items() if inspect.isfunction(value) and not name.startswith("_")]
    strange = [name for name in methods if name not in driven.values() and not hasattr(Adapter, name)]
    if not driven:
        hint = f"; {unknown(strange[0], actions, f'{strange[0]} is none')}" if strange else ""
        raise UsageError(f"the adapter has no method for any action of the spec{hint}", remedy=f"The actions are {', '.join(actions)}.")


def _described(taken: list[tuple[Step, Mapping[str, Any]]], seen: Mapping[str, Any], unexplained: Unexplained) -> str:
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
    return "\n".join(lines)

