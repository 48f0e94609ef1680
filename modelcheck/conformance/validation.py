"""Validation of a log: is a recorded run a behaviour of a spec?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import frozen

from modelcheck.conformance.explaining import Explaining, Node, TooManyError, Unexplained
from modelcheck.conformance.observation import Observation
from modelcheck.conformance.violation import counterexample
from modelcheck.spec import Machine
from modelcheck.spec.loading import source_file
from modelcheck.trace import Trace
from modelcheck.verdict import Verdict


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
    """

    verdict: Verdict
    lines: int
    line: int | None = None
    unexplained: Unexplained | None = None
    trace: Trace | None = None
    explanations: int = 1


def validate(machine: Machine, log: Sequence[Observation], *, hidden: Iterable[str] = (), most: int = 100_000) -> Validation:
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
    explaining = Explaining(machine, hidden=hidden, most=most)
    for number, observation in enumerate(log):
        try:
            unexplained = explaining.see(observation)
        except TooManyError:
            return Validation(Verdict.UNKNOWN, number, observation.line, explanations=most)
        if unexplained is not None:
            return Validation(Verdict.VIOLATED, number, observation.line, unexplained, _behaviour(machine, unexplained.before), len(explaining.nodes))
        false = explaining.certainly_false()
        if false is not None:
            node, declared = false
            trace = counterexample(machine, *node.run(), declared, "log")
            return Validation(Verdict.VIOLATED, number + 1, observation.line, None, trace, len(explaining.nodes))
    return Validation(Verdict.HOLDS, len(log), None, None, _behaviour(machine, explaining.nodes[0]), len(explaining.nodes))


def _behaviour(machine: Machine, node: Node | None) -> Trace | None:
    if node is None:
        return None
    states, steps = node.run()
    return Trace(machine.cls.__name__, source_file(machine.cls), machine.constants, "log", "log", tuple(states), tuple(steps), {}, None, "log")
