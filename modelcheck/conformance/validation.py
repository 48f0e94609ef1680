"""Validation of a log: is a recorded run a behaviour of a spec?

All states that explain the log are kept as long as they are few. Where they are many, a part of them is enough to show that the log is a behaviour;
that it is none takes all of them. So a narrow pass over the log comes first, and wider ones only if that does not decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from attrs import frozen

from modelcheck.conformance.explaining import Explaining, Unexplained
from modelcheck.conformance.violation import counterexample
from modelcheck.errors import UsageError
from modelcheck.limits import Limits
from modelcheck.limits.budget import Budget
from modelcheck.limits.given import callback, limits_given, names
from modelcheck.limits.watch import Overrun, Watch
from modelcheck.spec import Machine
from modelcheck.spec.overrun import out_of_memory, told
from modelcheck.trace import Trace
from modelcheck.trace.observation import Observation
from modelcheck.verdict import Verdict

LIMITS = Limits(states=10_000)
_WIDTHS = (100, 1_000)
_CUT = "a step that may explain it is cut by a bound() of the spec"
_LOOKS_EVERY_S = 0.05
_TELLS_EVERY_S = 0.25


@frozen
class Validation:
    """What became of a log.

    Attributes:
        verdict: ``holds``: it is a behaviour of the spec. ``violated``: a line has no explanation, or every explanation violates a property there.
            ``unknown``: too many states explain it, a bound cut a step that may explain it, or a limit was reached.
        lines: How many observations were explained.
        line: The line of the log that the verdict is about.
        unexplained: What no behaviour explains.
        trace: A behaviour: the counterexample to the property that is violated, else one that explains the log as far as it can be explained.
        explanations: How many states explain what was seen up to there.
        is_exact: Whether these are all.
        reason: The limit that was reached, or the bound.
    """

    verdict: Verdict
    lines: int
    line: int | None = None
    unexplained: Unexplained | None = None
    trace: Trace | None = None
    explanations: int = 1
    is_exact: bool = True
    reason: str | None = None


@frozen
class LogProgress:
    """How far a validation is; passed to the progress function a few times a second.

    Attributes:
        seconds: Since it began.
        line: How many observations were explained in this pass over the log.
        lines: How many there are.
        states: How many states explain them.
        most: How many are kept at most in this pass.
    """

    seconds: float
    line: int
    lines: int
    states: int
    most: int


def validate(
    machine: Machine,
    log: Sequence[Observation],
    *,
    hidden: Iterable[str] = (),
    limits: Limits = LIMITS,
    progress: Callable[[LogProgress], None] | None = None,
    budget: Budget | None = None,
) -> Validation:
    """Say whether a log is a behaviour of a spec.

    Args:
        machine: The spec.
        log: What was observed, in order.
        hidden: The names of actions that the log does not tell of.
        limits: How many states that explain the log may be kept (10,000 unless they say), and when the verdict is ``unknown``.
        progress: Called a few times a second.
        budget: What is used of the limits, counted from before the log was read; by default nothing.

    Raises:
        UsageError: if a hidden action does not exist.
        SpecError: if the spec's code raises, or does not end.
    """
    if not isinstance(machine, Machine):
        raise UsageError(f"a log is validated against the machine of a spec, not {machine!r}", remedy="Give machine_of(spec).")
    limits_given(limits, without=("depth",), what="the validation of a log")
    hidden = names("hidden", hidden) or ()
    callback("progress", progress)
    most = limits.states or LIMITS.states or 0
    return _Validating(machine, log, list(hidden), most, budget or Budget(limits), progress).run()


class _CutShort(Exception):  # noqa: N818 - a limit, not an error.
    """A limit was reached; the argument says which."""


class _Validating:
    """Passes over a log, one wider than the other."""

    def __init__(
        self,
        machine: Machine,
        log: Sequence[Observation],
        hidden: list[str],
        most: int,
        budget: Budget,
        progress: Callable[[LogProgress], None] | None,
    ) -> None:
        self._machine = machine
        self._log = log
        self._hidden = hidden
        self._most = most
        self._budget = budget
        self._progress = progress
        self._looked_s = self._told_s = 0.0
        self._explaining: Explaining | None = None
        self._explained = 0

    def run(self) -> Validation:
        watch = Watch(self._budget.over)
        try:
            with watch.open(), watch.heeding(self._budget):
                return self._decided()
        except _CutShort as cut:
            return self._cut_short(str(cut))
        except Overrun as overrun:
            return self._cut_short(told(watch, overrun))
        except MemoryError as error:
            return self._cut_short(out_of_memory(error))

    def _decided(self) -> Validation:
        explaining = self._explaining = Explaining(self._machine, hidden=self._hidden, between=self._look)
        for explaining.most in [*(width for width in _WIDTHS if width < self._most), self._most]:
            found = self._passed(explaining)
            if found.verdict is not Verdict.UNKNOWN:
                break
        return found

    def _passed(self, explaining: Explaining) -> Validation:
        """One pass over the log."""
        explaining.begin()
        for number, observation in enumerate(self._log):
            self._explained = number
            self._look()
            if not explaining.see(observation):
                if explaining.is_cut:
                    return self._cut_short(_CUT)
                if not explaining.is_exact:
                    return Validation(Verdict.UNKNOWN, number, observation.line, explanations=len(explaining), is_exact=False)
                wrong = explaining.unexplained(observation)
                return Validation(Verdict.VIOLATED, number, observation.line, wrong, wrong.trace(explaining, "log"), len(explaining))
            violation = explaining.violation()
            if violation is not None:
                if explaining.is_cut:
                    return self._cut_short(_CUT)
                if not explaining.is_exact:
                    return Validation(Verdict.UNKNOWN, number, observation.line, explanations=len(explaining), is_exact=False)
                behaviour, declared = violation
                trace = counterexample(self._machine, behaviour.states, behaviour.steps, declared, "log")
                return Validation(Verdict.VIOLATED, number + 1, observation.line, None, trace, len(explaining))
        trace = explaining.behaviour().trace(self._machine, "log")
        return Validation(Verdict.HOLDS, len(self._log), None, None, trace, len(explaining), explaining.is_exact)

    def _look(self) -> None:
        """Heed the limits, and tell how far the validation is."""
        seconds = self._budget.seconds
        if seconds - self._looked_s < _LOOKS_EVERY_S:
            return
        self._looked_s = seconds
        why = self._budget.over()
        if why is not None:
            raise _CutShort(why)
        if self._progress is not None and self._explaining is not None and seconds - self._told_s > _TELLS_EVERY_S:
            self._told_s = seconds
            self._progress(LogProgress(seconds, self._explained, len(self._log), len(self._explaining), self._explaining.most))

    def _cut_short(self, why: str) -> Validation:
        kept = 0 if self._explaining is None else len(self._explaining)
        line = self._log[self._explained].line if self._explained < len(self._log) else None
        return Validation(Verdict.UNKNOWN, self._explained, line, explanations=kept, is_exact=False, reason=why)
