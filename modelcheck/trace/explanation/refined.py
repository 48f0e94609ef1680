"""Why a run does not refine: the run of the abstract spec beside it, and what its last step lacks there."""

from __future__ import annotations

from collections.abc import Iterator

from modelcheck.spec import Machine, State
from modelcheck.spec.refinement import Refinement
from modelcheck.trace.diff import changes
from modelcheck.trace.explanation.blocked import why_not
from modelcheck.trace.explanation.failsafe import left_out
from modelcheck.trace.explanation.reason import Reason
from modelcheck.trace.trace import Trace

_MOST = 12


def explain_refinement(machine: Machine, declared: Refinement, run: Trace) -> Reason:
    """Why the last step of a run, or its initial state, is none of the abstract spec's.

    Args:
        machine: The spec.
        declared: The map.
        run: A run that violates it, replayed.
    """
    abstract = declared.abstract.machine
    name = repr(abstract.spec)
    told: list[Reason] = []
    with left_out():
        mapped = [declared.abstract.state(declared.subject(machine.thaw(state))) for state in run.states]
        told.append(Reason(f"{name} beside it:", tuple(map(Reason, _beside(abstract, run, mapped)))))
        if run.steps:
            told += _lacking(abstract, mapped[-2], mapped[-1])
    what = f"{name} has no such step" if run.steps else f"{name} does not begin so"
    return Reason(f"{declared.name} is false, since {what}:", tuple(told))


def _beside(abstract: Machine, run: Trace, mapped: list[State]) -> Iterator[str]:
    yield f"0. {', '.join(f'{line}' for line in str(mapped[0]).splitlines())}"
    skipped = len(run.steps) - _MOST
    for number, step in enumerate(run.steps, 1):
        before, after = mapped[number - 1 : number + 1]
        if number <= skipped:
            continue
        if number == skipped + 1 and skipped > 0:
            yield f"... {skipped} steps"
        if before == after:
            yield f"{number}. {step!r}: nothing changes"
            continue
        taken = next((repr(found) for found, state in abstract.successors(before) if state == after), None)
        told = "; ".join(map(str, changes(before, after)))
        yield f"{number}. {step!r}: {told}" + (f", as by {taken}" if taken else ", as by no step")


def _lacking(abstract: Machine, before: State, after: State) -> Iterator[Reason]:
    """For each abstract action what stops it there, or what it would change instead."""
    wanted = {change.path for change in changes(before, after)}
    for action in abstract.actions:
        found = [(step, tuple(changes(before, state))) for step, state in abstract.outcomes(before, action)]
        near = [(step, told) for step, told in found if wanted & {change.path for change in told}]
        for step, told in (near or found)[:2]:
            yield Reason(f"{step!r} can be taken, and leads elsewhere: {'; '.join(map(str, told)) or 'nothing changes'}")
        if not found:
            yield from why_not(abstract, action, before, lambda _: True)
