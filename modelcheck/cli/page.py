"""The page about a recorded run: told by its spec if that is at hand, and else from the file alone."""

from __future__ import annotations

from pathlib import Path

from modelcheck.cli.recorded import spec_of
from modelcheck.errors import ModelcheckError
from modelcheck.spec import Machine, machine_of
from modelcheck.spec.loading import shown_path
from modelcheck.trace import Outcome, Recording, explain, export, replay


def page_of(recording: Recording, file: Path, target: str | None = None) -> str:
    """The page as HTML.

    Args:
        recording: The recorded run.
        file: The file that it was read from.
        target: The spec, if it is not where the trace says.

    Raises:
        UsageError: if the spec that is named cannot be found.
        TraceError: if the file holds values that are none.
    """
    try:
        machine = machine_of(spec_of(recording, file, target))
        found = replay(machine, recording)
    except ModelcheckError as error:
        if target is not None:
            raise
        return _alone(recording, f"Why {recording.property} is false is told by the spec, which could not be used: {error.message}")
    if found.outcome is Outcome.PARTED:
        return _alone(recording, f"The spec has changed since: the trace and the spec part at step {found.step}: {found.reason}.")
    confirmed = found.outcome is Outcome.CONFIRMED
    because = explain(machine, found.trace) if confirmed else None
    note = "" if confirmed else f"The spec has changed since: {found.reason}."
    return export.html(found.trace, export.diagram(found.trace), because, machine=machine, place=_place(machine, recording.property), note=note)


def _alone(recording: Recording, note: str) -> str:
    trace = export.decoded(recording)
    return export.html(trace, export.diagram(trace), note=note)


def _place(machine: Machine, name: str) -> str:
    declared = next((each for each in machine.properties if each.name == name), None)
    if declared is None:
        return ""
    file, _, line = declared.place.rpartition(":")
    return f"{shown_path(file)}:{line}"
