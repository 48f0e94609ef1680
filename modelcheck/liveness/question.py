"""Properties of what must happen, asked of a graph, for each combination of their arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from modelcheck.liveness.kernel import _liveness as native
from modelcheck.liveness.requirements import Requirements
from modelcheck.spec import Declaration, Role

_KINDS = {
    Role.EVENTUALLY: native.EVENTUALLY,
    Role.LEADS_TO: native.LEADS_TO,
    Role.ALWAYS_EVENTUALLY: native.ALWAYS_EVENTUALLY,
    Role.EVENTUALLY_ALWAYS: native.EVENTUALLY_ALWAYS,
}


@frozen
class Instance:
    """A property with the values of its arguments.

    Attributes:
        arguments: The values.
        place: Its place among all that the search evaluates; goal and premise are the bits 2 i and 2 i + 1 of a row.
    """

    arguments: Mapping[str, Any]
    place: int


@frozen
class Asked:
    """A property and its instances."""

    declared: Declaration
    instances: tuple[Instance, ...]


@frozen
class Answer:
    """What a graph says of a property.

    Attributes:
        violated: Of the instances of which there is a fair run that violates them the one with the shortest way to what repeats, the first of
            several, and the analysis that has found it.
        leaving: If none is violated, the first instance with a run that leaves the bounds while it is pending, and its analysis.
        leaving_steps: If none is violated, how many steps leave the bounds while an instance is pending.
        premise_met: Whether the premise was true, of some instance in some state.
    """

    violated: tuple[Instance, native.Analysis] | None
    leaving: tuple[Instance, native.Analysis] | None
    leaving_steps: int
    premise_met: bool


Poll = Callable[[], object]
"""Called now and then; its exception ends the analysis."""


def answer(graph: native.Graph, asked: Asked, fair: Requirements, poll: Poll, stem: Callable[[native.Analysis], int]) -> Answer:
    """What a graph says of a property under some fairness.

    Takes time linear in the steps for each instance, times the rounds that strong fairness needs.

    Args:
        graph: The graph.
        asked: The property.
        fair: What is fair.
        poll: Called now and then.
        stem: How many steps come before what repeats, of an analysis that has found something.
    """
    violated: tuple[int, Instance, native.Analysis] | None = None
    leaving: tuple[Instance, native.Analysis] | None = None
    leaving_steps = 0
    premise_met = False
    for instance, analysis in _analyses(graph, asked, fair, poll):
        premise_met = premise_met or analysis.premise_met
        if analysis.violated:
            steps = stem(analysis)
            violated = (steps, instance, analysis) if violated is None or steps < violated[0] else violated
            if not steps:
                break  # None is shorter.
        leaving_steps += analysis.leaving_steps
        if leaving is None and analysis.leaving_steps:
            leaving = (instance, analysis)
    if violated is not None:
        return Answer(violated[1:], None, 0, premise_met)
    return Answer(None, leaving, leaving_steps, premise_met)


def holds(graph: native.Graph, asked: Asked, fair: Requirements, poll: Poll) -> bool:
    """Whether no fair run in the graph violates a property."""
    return not any(analysis.violated for _, analysis in _analyses(graph, asked, fair, poll))


def has_fair_run(graph: native.Graph, fair: Requirements, poll: Poll, *, bit: int) -> bool:
    """Whether some fair run stays in the graph for ever.

    Args:
        graph: The graph, with all of its states.
        fair: What is fair.
        poll: Called now and then.
        bit: One that is true in no state, so that a run on which it is never true is any run.
    """
    analysis = native.Analysis(
        graph, kind=native.ALWAYS_EVENTUALLY, goal=bit, requirement_of=fair.requirement_of, strong=fair.strong, poll=poll
    )
    analysis.run()
    return analysis.violated


def _analyses(
    graph: native.Graph, asked: Asked, fair: Requirements, poll: Poll
) -> Iterator[tuple[Instance, native.Analysis]]:
    for instance in asked.instances:
        analysis = native.Analysis(
            graph, kind=_KINDS[asked.declared.role], goal=2 * instance.place, premise=2 * instance.place + 1,
            requirement_of=fair.requirement_of, strong=fair.strong, poll=poll,
        )  # fmt: skip
        analysis.run()
        yield instance, analysis


def bits(asked: Sequence[Asked]) -> int:
    """How many bits of a row these properties use."""
    return 2 * sum(len(each.instances) for each in asked)
