"""What a search reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from modelcheck.spec import Fairness, Strength
from modelcheck.trace.text import Line, Span, block, plain, trace_lines
from modelcheck.trace.trace import Trace
from modelcheck.values import show
from modelcheck.verdict import Verdict


@frozen
class Progress:
    """How far a search is; passed to the progress function a few times a second."""

    depth: int
    states: int
    generated: int
    frontier: int
    python_calls: int
    table_load: float
    memory_bytes: int
    seconds: float
    nodes: int | None = None  # Of the diagrams of sets of states, whose rounds are the depth.


@frozen(repr=False)
class PropertyReport:
    """The verdict on one property.

    Attributes:
        name: Its name; ``deadlock`` for the absence of deadlocks.
        kind: ``invariant``, ``step property``, ``reachable``, ``deadlock``, or one of the kinds of what must happen: ``eventually``,
            ``always eventually``, ``eventually always``, ``leads to``.
        verdict: Whether it holds.
        trace: A counterexample; for a reachable property that holds, the witness; for an unknown one of what must happen, a run that leaves the
            bounds before it does.
        assumes: The fairness that a verdict on what must happen rests on, by action; those that are not fair are left out.
        advice: Of what must happen and does not: the fairness of actions with which it would, empty if none would do; None if that was not asked.
        note: Why it is unknown, where that is another reason than the report's; None otherwise.
    """

    name: str
    kind: str
    verdict: Verdict
    trace: Trace | None = None
    assumes: Mapping[str, Fairness] = field(factory=dict)
    advice: Mapping[str, Strength] | None = None
    note: str | None = None

    def __repr__(self) -> str:
        """The verdict in a line."""
        return plain(_verdict_lines([self]))

    def _repr_html_(self) -> str:
        """The verdict and the run that shows it, in a notebook."""
        run = [] if self.trace is None else [(), *trace_lines(self.trace)]
        return block([*_verdict_lines([self]), *run])


@frozen
class ActionReport:
    """How an action fared.

    Attributes:
        name: The action.
        enabled: Transitions that it made.
        new: Those of them to a state not seen before; None where that is not known, as by sets of states.
        python_calls: Runs of its Python code.
        dropped: Transitions out of bounds, beside those: a constraint dropped the successor, or a bound cut the step.
    """

    name: str
    enabled: int
    new: int | None
    python_calls: int
    dropped: int = 0


@frozen
class CellReport:
    """One cell of the state, and how many values it took."""

    path: str
    values: int


@frozen
class ReadReport:
    """A place in the state that a run read.

    Attributes:
        path: Where it is; the entries of one container are one place, ``count[...]``.
        cells: How many of its cells the run read.
        values: How many values the one of them took that took most.
        kind: ``whole``: a container of which the run read all entries; ``queue``: a list or deque; ``history``: what
            explains a history so far; ``value``: anything else.
    """

    path: str
    cells: int
    values: int
    kind: str = "value"


@frozen
class EffortReport:
    """What one piece of the spec's code took of a search.

    Attributes:
        name: The action, property or predicate, or ``init``.
        kind: ``action``, ``invariant``, ``init`` and so on.
        calls: Runs, those repeated to make sure left out.
        seconds: What they took, repeats and recording included.
        parameters: Those that a property has.
        reads: What the run read that read most.
    """

    name: str
    kind: str
    calls: int
    seconds: float
    parameters: tuple[str, ...]
    reads: tuple[ReadReport, ...]

    @property
    def cells(self) -> int:
        """How many cells a run reads at most."""
        return sum(read.cells for read in self.reads)


@frozen(repr=False)
class Report:
    """The outcome of a search.

    Attributes:
        spec: The name of the spec's class.
        source: The file it is written in.
        constants: Its constants.
        verdict: On all properties together.
        reason: Why it is unknown; None otherwise.
        states: Distinct states found.
        generated: Initial states and successors, repeats and self-loops included; None where sets of states were ended before they were counted.
        depth: Breadth-first levels, the initial one being 1; None where sets of states would take long to tell.
        python_calls: Runs of the spec's Python code, those repeated to make sure left out.
        seconds: Wall-clock time.
        peak_memory_bytes: Of the whole process.
        collision_probability: That two of the states shared a fingerprint, so that one was missed.
        out_of_bounds: Successors dropped since they broke a constraint, and steps cut by a bound.
        properties: The verdict on each property.
        actions: How each action fared.
        predicate_calls: Runs of Python code per property, constraint or terminal predicate.
        cells: The cells of the state, those with the most values first.
        efforts: What each piece of the spec's code took, the most first.
        python_seconds: Wall-clock time that the search spent running the spec's Python and recording it.
        table_load: How full the fingerprint table is.
        bytes_per_state: Of the table and the log that traces are rebuilt from.
        warnings: What looks like a mistake in the spec.
        seed: Of the random walk; None otherwise.
        walk_length: After how many steps the random walk began again; None otherwise.
        fair: How fair actions were assumed to be in place of what the spec says.
        analysis_seconds: Wall-clock time of the analysis of what must happen.
        engine: What has answered: ``enumerate``, ``sets``, or ``both``, which said the same.
        nodes: Of sets of states: the most nodes that their diagrams had at once; None otherwise.
        diagram_bytes: The most memory that these took.
        orbits: How many states were explored where others were taken for the same, with other names; None where none was. All other counts
            are those of all states.
        symmetry: What came of symmetry in a line; None where there are no interchangeable names.
    """

    spec: str
    source: str
    constants: Mapping[str, Any]
    verdict: Verdict
    reason: str | None
    states: int
    generated: int | None
    depth: int | None
    python_calls: int
    seconds: float
    peak_memory_bytes: int
    collision_probability: float
    out_of_bounds: int
    properties: tuple[PropertyReport, ...]
    actions: tuple[ActionReport, ...]
    predicate_calls: Mapping[str, int] = field(factory=dict)
    cells: tuple[CellReport, ...] = ()
    efforts: tuple[EffortReport, ...] = ()
    python_seconds: float = 0.0
    table_load: float = 0.0
    bytes_per_state: float = 0.0
    warnings: tuple[str, ...] = ()
    seed: int | None = None
    walk_length: int | None = None
    fair: Mapping[str, Strength] = field(factory=dict)
    analysis_seconds: float = 0.0
    engine: str = "enumerate"
    nodes: int | None = None
    diagram_bytes: int = 0
    orbits: int | None = None
    symmetry: str | None = None

    def __repr__(self) -> str:
        """The verdicts, the counts, and the counterexamples, as text."""
        return plain(_report_lines(self))

    def _repr_html_(self) -> str:
        """The same with styles, in a notebook."""
        return block(_report_lines(self))


def counted(report: Report) -> str:
    """How many states there are, as far as it is known.

    Args:
        report: Of a search.
    """
    generated = "" if report.generated is None else f", {report.generated:,} generated"
    return f"{report.states:,} state{'' if report.states == 1 else 's'}{generated}" + ("" if report.depth is None else f", depth {report.depth}")


def _report_lines(report: Report) -> Iterator[Line]:
    constants = ", ".join(f"{name}={show(value)}" for name, value in report.constants.items())
    yield (Span(report.spec, "action"), Span(f"({constants}): "), Span(report.verdict.value, report.verdict.value))
    if report.reason is not None:
        yield (Span(f"  {report.reason}"),)
    yield from _verdict_lines(report.properties)
    yield (Span(f"  {counted(report)}, {report.seconds:.2f} s", "note"),)
    if report.symmetry is not None:
        yield (Span(f"  symmetry: {report.symmetry}", "note"),)
    yield from ((Span("  Warning: ", "warning"), Span(warning)) for warning in report.warnings)
    for found in report.properties:
        if found.trace is not None and found.verdict is Verdict.VIOLATED:
            yield from ((), (Span(found.name, "action"), Span(" is violated", "violated")), *trace_lines(found.trace))


def _verdict_lines(found: Sequence[PropertyReport]) -> Iterator[Line]:
    """A line for each verdict, in columns."""
    kinds = max((len(each.kind) for each in found), default=0)
    names = max((len(each.name) for each in found), default=0)
    for each in found:
        count = 0 if each.trace is None else len(each.trace.steps)
        steps = "" if each.trace is None else f"  {count} step{'' if count == 1 else 's'}"
        yield (Span(f"  {each.kind:<{kinds}}  {each.name:<{names}}  "), Span(each.verdict.value, each.verdict.value), Span(steps, "note"))
