"""The comparison of sets of states with the enumerator, which shares with them no more than the recorded trees."""

from __future__ import annotations

from modelcheck import Limits, ModelcheckError
from modelcheck.errors import InternalError
from modelcheck.search import Report, check
from modelcheck.spec import machine_of

from .compare import MAX_STATES, load, replay

_DEEPEST = 4


def compare_in_sets(source: str, seed: int) -> str:
    """Compare; returns what kind of spec it was: ``large``, ``error``, ``violated`` or ``holds``.

    Args:
        source: The text of the spec.
        seed: Its number, from which the limit of depth is taken.
    """
    cls = load(source)
    try:
        expected = check(cls(), keep_going=True, limits=Limits(states=MAX_STATES))
        if expected.states > MAX_STATES:
            return "large"
        shortly = check(cls())
        bounded = check(cls(), limits=Limits(depth=1 + seed % _DEEPEST))
    except InternalError:
        raise
    except ModelcheckError as error:
        return raises_too(cls, error)
    for wanted, found in (
        (expected, check(cls(), engine="sets", keep_going=True)),
        (shortly, check(cls(), engine="sets")),
        (bounded, check(cls(), engine="sets", limits=Limits(depth=1 + seed % _DEEPEST))),
    ):
        assert said(found) == said(wanted)
        replay(machine_of(cls()), found)
    return "violated" if any(prop.kind != "reachable" and prop.trace is not None for prop in expected.properties) else "holds"


def said(report: Report) -> dict[str, object]:
    """What must not depend on the engine."""
    return {
        "counts": (report.states, report.generated, report.depth, report.out_of_bounds),
        "verdict": (report.verdict, report.reason),
        "properties": {each.name: (each.verdict, None if each.trace is None else len(each.trace.steps)) for each in report.properties},
        "actions": {each.name: (each.enabled, each.dropped) for each in report.actions if each.enabled or each.dropped},
    }


def raises_too(cls: type, error: ModelcheckError) -> str:
    """A spec that is an error for the enumerator is one for sets, though not always the same."""
    try:
        report = check(cls(), engine="sets", keep_going=True)
    except InternalError:
        raise
    except ModelcheckError:
        return "error"
    raise AssertionError(f"the enumerator raised {error!r}, and sets said {report.verdict}") from error
