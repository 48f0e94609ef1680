"""Whether a spec that is meant to fail fails as it is meant to."""

from __future__ import annotations

import math
from collections.abc import Sequence

from attrs import frozen

from modelcheck.errors import SpecError
from modelcheck.search.options import DEADLOCK
from modelcheck.search.report import PropertyReport, Report
from modelcheck.spec import Spec, machine_of
from modelcheck.spec.constants.declared import unknown
from modelcheck.spec.failing import Failure, claims_of
from modelcheck.verdict import Verdict


@frozen
class Meant:
    """What a spec says of its failing, and whether a report bears it out.

    Attributes:
        failures: What is meant to fail.
        verdict: ``holds`` if that and nothing else fails, ``violated`` if not, ``unknown`` if the search was cut short before.
        remarks: By property, where it fares otherwise than it is meant to: how it is meant.
    """

    failures: tuple[Failure, ...]
    verdict: Verdict
    remarks: dict[str, str]


def as_meant(spec: Spec, report: Report, *, shortest: bool = True) -> Meant | None:
    """Compare a report with what the spec's class says of its failing.

    Args:
        spec: The spec.
        report: Of a check of it.
        shortest: Whether the search was one that finds shortest counterexamples; if not, their lengths are not compared.

    Returns:
        None if the spec, with these constants and the properties that were checked, is not meant to fail.

    Raises:
        SpecError: if the class names a property that it does not have.
    """
    claimed = claims_of(spec)
    if not claimed:
        return None
    _check_names(spec, claimed)
    found = {one.name: one for one in report.properties}
    failures = tuple(one for one in claimed if one.property in found)
    if not failures:
        return None
    expected = {one.property: one for one in failures}
    last = max(math.inf if one.steps is None else one.steps for one in failures)
    remarks = {
        **{name: remark for name, one in expected.items() if (remark := _differs(one, found[name], shortest))},
        **{one.name: "which is not meant" for one in report.properties if one.name not in expected and _fails_by(one, last)},
    }
    unsettled = all(found[name].verdict is Verdict.UNKNOWN for name in remarks)
    verdict = Verdict.HOLDS if not remarks else Verdict.UNKNOWN if unsettled else Verdict.VIOLATED
    if verdict is Verdict.UNKNOWN and report.verdict is Verdict.VIOLATED:
        verdict = Verdict.VIOLATED
    return Meant(failures, verdict, remarks)


def goes_on(spec: Spec, properties: Sequence[str] | None) -> bool:
    """Whether a check must search on after a violation, since more are meant to be found in other levels."""
    return len({one.steps for one in claims_of(spec) if properties is None or one.property in properties}) > 1


def verdict_on(report: Report, meant: Meant | None) -> Verdict:
    """The verdict that the exit code tells: whether a spec fails as it is meant to, if it is, and whether it holds otherwise."""
    return report.verdict if meant is None else meant.verdict


def _differs(failure: Failure, found: PropertyReport, shortest: bool) -> str:
    """How a property was meant to fare, if it fared otherwise."""
    steps = found.trace.stem if found.trace is not None else None
    if found.verdict is Verdict.VIOLATED and (steps == failure.steps or not shortest):
        return ""
    return "meant to fail" + (f" in {failure.steps} step{'' if failure.steps == 1 else 's'}" if failure.steps is not None else "")


def _fails_by(found: PropertyReport, last: float) -> bool:
    """Whether a property is violated no later than the last one that is meant to be."""
    if found.verdict is not Verdict.VIOLATED:
        return False
    return last == math.inf if found.trace is None else found.trace.stem <= last


def _check_names(spec: Spec, claimed: Sequence[Failure]) -> None:
    names = [declared.name for declared in machine_of(spec).asked] + [DEADLOCK]
    for failure in claimed:
        if failure.property not in names:
            text = f"{type(spec).__name__} is meant to fail {failure.property!r}, which is none of its properties"
            raise SpecError(unknown(failure.property, names, text))
