"""Validation of a log: is a recorded run a behaviour of a spec?

All states that explain the log are kept as long as they are few. Where they are many, a part of them is enough to show that the log is a behaviour;
that it is none takes all of them. So a narrow pass over the log comes first, and wider ones only if that does not decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import frozen

from modelcheck.conformance.explaining import Explaining, Unexplained
from modelcheck.conformance.violation import counterexample
from modelcheck.spec import Machine
from modelcheck.trace import Trace
from modelcheck.trace.observation import Observation
from modelcheck.verdict import Verdict

_WIDTHS = (100, 1_000)


@frozen
class Validation:
    """What became of a log.

    Attributes:
        verdict: ``holds``: it is a behaviour of the spec. ``violated``: a line has no explanation, or every explanation violates a property there.
            ``unknown``: too many states explain it.
        lines: How many observations were explained.
        line: The line of the log that the verdict is about.
        unexplained: What no behaviour explains.
        trace: A behaviour: the counterexample to the property that is violated, else one that explains the log as far as it can be explained.
        explanations: How many states explain what was seen up to there.
        is_exact: Whether these are all.
    """

    verdict: Verdict
    lines: int
    line: int | None = None
    unexplained: Unexplained | None = None
    trace: Trace | None = None
    explanations: int = 1
    is_exact: bool = True


def validate(machine: Machine, log: Sequence[Observation], *, hidden: Iterable[str] = (), most: int = 10_000) -> Validation:
    """Say whether a log is a behaviour of a spec.

    Args:
        machine: The spec.
        log: What was observed, in order.
        hidden: The names of actions that the log does not tell of.
        most: How many states that explain the log may be kept.

    Raises:
        UsageError: if a hidden action does not exist.
        SpecError: if the spec's code raises.
    """
    explaining = Explaining(machine, hidden=hidden)
    for explaining.most in [*(width for width in _WIDTHS if width < most), most]:
        found = _validated(explaining, log)
        if found.verdict is not Verdict.UNKNOWN:
            break
    return found


def _validated(explaining: Explaining, log: Sequence[Observation]) -> Validation:
    machine = explaining.machine
    explaining.begin()
    for number, observation in enumerate(log):
        if not explaining.see(observation):
            if not explaining.is_exact:
                return Validation(Verdict.UNKNOWN, number, observation.line, explanations=len(explaining), is_exact=False)
            wrong = explaining.unexplained(observation)
            return Validation(Verdict.VIOLATED, number, observation.line, wrong, wrong.trace(explaining, "log"), len(explaining))
        violation = explaining.violation()
        if violation is not None:
            if not explaining.is_exact:
                return Validation(Verdict.UNKNOWN, number, observation.line, explanations=len(explaining), is_exact=False)
            behaviour, declared = violation
            trace = counterexample(machine, behaviour.states, behaviour.steps, declared, "log")
            return Validation(Verdict.VIOLATED, number + 1, observation.line, None, trace, len(explaining))
    return Validation(Verdict.HOLDS, len(log), None, None, explaining.behaviour().trace(machine, "log"), len(explaining), explaining.is_exact)
