"""The comparison of what must happen: verdicts, the lengths of stems, and each lasso followed by code that knows nothing of the search."""

from __future__ import annotations

from typing import Any

from modelcheck import ModelcheckError, Verdict
from modelcheck.errors import InternalError
from modelcheck.search import PropertyReport, Report, check
from modelcheck.search import endless as looks

from ..oracles import plain
from ..oracles.plain import endless, fair_runs
from .compare import VOCABULARY, load

MAX_STATES = 9


def compare_endless(source: str, mode: int | None = None) -> str:
    """Compare; returns ``large``, ``error``, or the letters of the verdicts in the order of the kinds.

    Args:
        source: The text of the spec.
        mode: Which mode is tried beside the usual one, as a number that is taken modulo their number; all if None.
    """
    cls = load(source)
    plainly = plain.load(VOCABULARY, source, package=__package__)["Example"]
    try:
        graph = endless.graph(plainly, max_states=MAX_STATES)
    except plain.TooLargeError:
        return "large"
    except Exception:  # noqa: BLE001 - whatever the spec raises.
        return "error"
    if not graph.initial:
        return "error"
    try:
        usual = check(cls(), keep_going=True)
        agree(graph, usual, shortest=True)
        for each in MODES if mode is None else [MODES[mode % len(MODES)]]:
            each(cls, graph, usual)
    except InternalError:
        raise
    except ModelcheckError as error:
        if "could not be replayed" in str(error):
            raise
        return "error"
    return "".join(sorted(found.verdict.value[0] for found in usual.properties if found.name != "deadlock"))


def agree(graph: endless.Graph, report: Report, *, shortest: bool) -> None:
    """Verdicts as by brute force, and each lasso is one."""
    for found in report.properties:
        if found.name == "deadlock":
            continue
        instances = [arguments for name, arguments in graph.properties if name == found.name]
        asked = {arguments: graph.small(found.name, arguments) for arguments in instances}
        violating = {arguments: fair_runs.violating(small, kind) for arguments, (kind, small) in asked.items()}
        leaving = {arguments: fair_runs.leaving_steps(small, kind) for arguments, (kind, small) in asked.items()}
        wanted = Verdict.VIOLATED if any(violating.values()) else Verdict.UNKNOWN if any(leaving.values()) else Verdict.HOLDS
        assert found.verdict is wanted, (found.name, found.verdict, wanted)
        if found.verdict is Verdict.VIOLATED:
            follow_lasso(graph, found, violating, shortest=shortest)
        elif found.trace is not None:
            kind, small = asked[plain.key(list(found.trace.arguments.values()))]
            depths = fair_runs.distances(small, kind)
            stem, _ = numbers(graph, found)
            assert len(stem) - 1 == min(depth for state, depth in depths.items() if any(to is None for to, _ in small.steps[state]))


def follow_lasso(graph: endless.Graph, found: PropertyReport, violating: dict[Any, Any], *, shortest: bool) -> None:
    """A lasso is a run, closed, fair and violating, and its stem is a shortest one."""
    assert found.trace is not None
    assert found.trace.loop is not None
    arguments = plain.key(list(found.trace.arguments.values()))
    kind, small = graph.small(found.name, arguments)
    stem, loop = numbers(graph, found)
    fair_runs.check_lasso(small, kind, stem, loop)
    if shortest:
        depths = fair_runs.distances(small, kind)
        assert len(stem) - 1 == min(depths[state] for states in violating[arguments] for state in states)


def numbers(graph: endless.Graph, found: PropertyReport) -> tuple[list[int], list[tuple[int, int]]]:
    """The stem of a trace, and its loop as labels and states, by their numbers in the graph."""
    trace = found.trace
    assert trace is not None
    states = [next(at for at, live in enumerate(graph.lives) if plain.matches(state, live)) for state in trace.states]
    labels = [graph.labels.index((step.action, plain.key(list(step.arguments.values())))) for step in trace.steps]
    first = len(states) - 1 if trace.loop is None else trace.loop
    following = [*states[1:], *([states[first]] if trace.closes else [])]
    return states[: first + 1], list(zip(labels[first:], following[first:], strict=True))


def agree_in_threads(cls: type, graph: endless.Graph, usual: Report) -> None:
    """Two workers find the same stems."""
    report = check(cls(), keep_going=True, workers=2)
    agree(graph, report, shortest=True)
    for one, other in zip(usual.properties, report.properties, strict=True):
        if one.trace is not None and other.trace is not None and one.trace.loop is not None:
            assert other.trace.states[: one.trace.loop + 1] == one.trace.states[: one.trace.loop + 1]


def agree_in_depth(cls: type, graph: endless.Graph, _: Report) -> None:
    """A search that goes deep first has the same graph."""
    agree(graph, check(cls(), keep_going=True, order="depth"), shortest=True)


def agree_early(cls: type, graph: endless.Graph, usual: Report) -> None:
    """What is found on a part of the graph is a lasso, though perhaps with another stem."""
    first, looks.FIRST_LOOK_STATES = looks.FIRST_LOOK_STATES, 1
    young, looks.YOUNG_S = looks.YOUNG_S, 0.0
    try:
        agree(graph, check(cls(), keep_going=True), shortest=False)
        early = check(cls())
    finally:
        looks.FIRST_LOOK_STATES, looks.YOUNG_S = first, young
    known = {found.name: found.verdict for found in usual.properties}
    assert all(found.verdict in {known[found.name], Verdict.UNKNOWN} for found in early.properties)


def agree_on_eventually_alone(cls: type, graph: endless.Graph, _: Report) -> None:
    """Alone, it needs no steps from where it is true."""
    agree(graph, check(cls(), properties=["eventually0"]), shortest=True)


MODES = (agree_in_threads, agree_in_depth, agree_early, agree_on_eventually_alone)
