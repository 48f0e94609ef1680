"""Run as a program: what checks of specs find, one line for each spec, to be compared between runs with other hash seeds."""

from __future__ import annotations

import json
import sys

from modelcheck.errors import ModelcheckError
from modelcheck.limits import Limits
from modelcheck.search import Report, check
from modelcheck.spec.loading import load_spec

STATES = 1_000


def found(report: Report) -> dict[str, object]:
    """All of a report that must not depend on the hash seed."""
    traces = {p.name: [*map(repr, p.trace.steps), *map(repr, p.trace.states)] for p in report.properties if p.trace}
    verdicts = {p.name: p.verdict.value for p in report.properties}
    numbers = [report.states, report.generated, report.depth, report.python_calls, report.out_of_bounds]
    return {"numbers": numbers, "verdicts": verdicts, "traces": traces, "warnings": report.warnings}


def outcome(target: str) -> dict[str, object]:
    """What a check of the spec that is named finds, or why it is refused."""
    try:
        return found(check(load_spec(target)(), limits=Limits(states=STATES), keep_going=True))
    except ModelcheckError as error:
        return {"error": error.message}


if __name__ == "__main__":
    for each in sys.argv[1:]:
        print(json.dumps([each, outcome(each)]))  # noqa: T201 - a program.
