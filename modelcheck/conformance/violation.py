"""Violations found by a random run: an assertion that fails with the property, the run and its saved file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from modelcheck.errors import InternalError
from modelcheck.spec import Declaration, Machine, State, Step
from modelcheck.spec.loading import shown_path, source_file
from modelcheck.trace import Outcome, Trace, explain, replay
from modelcheck.trace.saving import replay_command
from modelcheck.trace.text import plain, reason_lines, trace_lines
from modelcheck.values import show

DEADLOCK = "deadlock"


class Violation(AssertionError):  # noqa: N818 - a failed assertion, not an error.
    """A property of a spec is violated by a run.

    Attributes:
        trace: The run; None while Hypothesis is still looking for a shorter one.
        file: Where it is saved.
    """

    trace: Trace | None = None
    file: Path | None = None


@cache
def violation_class(name: str) -> type[Violation]:
    """A class for each property: Hypothesis takes failures of one class for one bug, and shrinks each bug on its own."""
    return type("Violation", (Violation,), {"__module__": Violation.__module__, "__qualname__": "Violation", "__doc__": name})


def counterexample(machine: Machine, states: Sequence[State], steps: Sequence[Step], declared: Declaration | None, found_by: str) -> Trace:
    """The run as a trace, replayed through the spec's own Python.

    Raises:
        InternalError: if that shows something else.
    """
    name, kind = (DEADLOCK, DEADLOCK) if declared is None else (declared.name, declared.role.value)
    trace = Trace(machine.cls.__name__, source_file(machine.cls), machine.constants, name, kind, tuple(states), tuple(steps), {}, None, found_by)
    found = replay(machine, trace)
    if found.outcome is not Outcome.CONFIRMED:
        raise InternalError(f"the run that violates {name} does not replay: {found.reason}")
    return found.trace


def described(machine: Machine, trace: Trace, file: Path | None) -> str:
    """The message of a violation."""
    count = f"{len(trace.steps)} step{'' if len(trace.steps) == 1 else 's'}"
    first = f"deadlock after {count}" if trace.property == DEADLOCK else f"the {trace.kind} {trace.property} is violated in {count}"
    arguments = ", ".join(f"{name}={show(value)}" for name, value in trace.arguments.items())
    lines = [first + (f", for {arguments}" if arguments else ""), "", plain(trace_lines(trace))]
    reason = explain(machine, trace)
    if reason is not None:
        lines += ["", plain(reason_lines(reason))]
    if file is not None:
        lines += replay_lines(file)
    return "\n".join(lines)


def replay_lines(file: Path) -> list[str]:
    """Where a trace is saved, and what replays it."""
    return ["", f"Trace: {shown_path(file)}", f"Replay: {replay_command(Path(shown_path(file)))}"]

