"""``modelcheck check`` of a folder, or of several files: one table, one exit code."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from attrs import evolve, field, frozen
from click.core import ParameterSource

from modelcheck.cli.command import Settings, with_short_place
from modelcheck.cli.formats import print_reports
from modelcheck.cli.paint import paint, print_json
from modelcheck.cli.progress import ProgressLine, progress_text
from modelcheck.cli.report import SCHEMA, json_report
from modelcheck.cli.target import loading
from modelcheck.cli.traces import write_traces
from modelcheck.cli.units import count, said_seconds
from modelcheck.errors import ModelcheckError, SpecError, UsageError
from modelcheck.limits import Limits
from modelcheck.limits.budget import INTERRUPTED
from modelcheck.search import Progress, Report, check
from modelcheck.search.meant import Meant, as_meant, goes_on, verdict_on
from modelcheck.spec import Spec, machine_of
from modelcheck.spec.loading import load_file, load_spec, shown_path, source_file, specs_in
from modelcheck.trace.lasso import length
from modelcheck.trace.saving import FOLDER, note_run, replay_command
from modelcheck.trace.text import Line, Span
from modelcheck.verdict import Verdict

_OF_ONE = {
    "settings": ("--set", "the constants of a spec are its own"),
    "properties": ("--property", "the properties of a spec are its own"),
    "fair": ("--fair", "the actions of a spec are its own"),
    "profile": ("--profile", "it tells of one search"),
    "coverage": ("--coverage", "it tells of one search"),
    "coverage_data": ("--coverage-data", "it tells of one search"),
    "sample": ("--sample", "it shows the runs of one"),
    "checkpoint": ("--checkpoint", "it is of one search"),
    "trace_out": ("--trace-out", "there is a trace for each property of each spec, in .modelcheck/"),
}
_PLURALS = {
    "holds": "hold",
    "fails as meant": "fail as meant",
    "fails otherwise": "fail otherwise",
    "does not fail": "do not fail",
    "error": "errors",
}
_ERROR = 2
_GRAVEST_FIRST = (_ERROR, Verdict.VIOLATED.exit_code, Verdict.UNKNOWN.exit_code)


@frozen
class Checked:
    """What came of one spec, or of a file that could not be loaded.

    Attributes:
        name: The spec's class, or the file.
        source: The file.
        report: What the search says; None if it ended with an error.
        meant: How the spec is meant to fail, if it is.
        error: What was wrong.
        json: The report as a JSON object.
        replay: The command that shows a violation that is not meant.
    """

    name: str
    source: str
    report: Report | None = None
    meant: Meant | None = None
    error: ModelcheckError | None = None
    json: dict[str, Any] = field(factory=dict)
    replay: str | None = None

    @property
    def code(self) -> int:
        """The exit code that this alone would give."""
        return _ERROR if self.report is None else verdict_on(self.report, self.meant).exit_code


def refuse_options_of_one(ctx: click.Context) -> None:
    """Refuse the options that can only be meant for one spec.

    Raises:
        UsageError: if one of them was given.
    """
    for parameter, (option, reason) in _OF_ONE.items():
        if ctx.get_parameter_source(parameter) is ParameterSource.COMMANDLINE:
            raise UsageError(f"{option} cannot be given for several specs: {reason}", remedy="Name one spec: FILE, or FILE:CLASS.")


def check_several(targets: Sequence[str], options: dict[str, Any], settings: Settings, form: str) -> int:
    """Check all specs that the targets name, and print a table or a JSON object; returns the exit code.

    Args:
        targets: Files, folders, classes in files, modules.
        options: Of each check. The limit of time is for all together, the others for each.
        settings: Where the exit code is noted as soon as it is known.
        form: The format: ``text`` is a table.
    """
    began = time.monotonic()
    found = list(_specs(targets))
    width = max(len(one.name if isinstance(one, Checked) else one.__name__) for one in found)
    done: list[Checked] = []
    for one in found:
        checked = one if isinstance(one, Checked) else _checked(one, _with_time_left(options, began))
        if form == "text":
            paint(_row(checked, width, is_new=not done or done[-1].source != checked.source))
        done.append(checked)
        if _is_interrupted(checked):
            break
    settings.code = next((code for code in _GRAVEST_FIRST if any(one.code == code for one in done)), 0)
    if form not in {"text", "json"}:
        print_reports(form, [one.json for one in done])
    elif form == "json":
        print_json({"verdict": _word(settings.code), "reports": [one.json for one in done], "schema": SCHEMA})
    else:
        paint(_summary(done, len(found), time.monotonic() - began))
    return settings.code


# Which specs ---------------------------------------------------------------------------------------------------------------------------------------


def _specs(targets: Sequence[str]) -> Iterator[type[Spec] | Checked]:
    """The specs that are named, each once, in the order of the targets and of file names; files that cannot be loaded as errors."""
    seen: set[type[Spec]] = set()
    for target in targets:
        names_none = True
        for file in _files(Path(target)):
            for one in _specs_of(target, file):
                names_none = False
                if isinstance(one, Checked) or one not in seen:
                    yield one
                if not isinstance(one, Checked):
                    seen.add(one)
        if names_none:
            raise UsageError(f"{target} holds no spec", remedy="A spec is a class that derives from modelcheck.Spec, in a Python file.")


def _files(target: Path) -> list[Path | None]:
    if target.is_file():
        return [target]
    if not target.is_dir():
        return [None]
    paths = sorted(target.rglob("*.py"), key=lambda path: (path.parent.parts, path.name))  # What a folder holds comes before its folders.
    return [path for path in paths if not any(part.startswith(".") or part == "__pycache__" for part in path.relative_to(target).parts)]


def _specs_of(target: str, file: Path | None) -> Iterator[type[Spec] | Checked]:
    try:
        with loading(file or target):
            yield from (load_spec(target),) if file is None else specs_in(load_file(file))
    except ModelcheckError as error:
        if isinstance(error, UsageError) and file is None:
            raise
        shown = shown_path(file or target)
        yield _failed(shown, shown, error)


# One check ------------------------------------------------------------------------------------------------------------------------------------------


def _checked(cls: type[Spec], options: dict[str, Any]) -> Checked:
    name, source = cls.__name__, shown_path(source_file(cls))
    try:
        spec = cls()
        with ProgressLine[Progress](lambda progress: f"{name} · {progress_text(progress)}") as line:
            report = check(spec, progress=line.function, **{**options, "keep_going": options["keep_going"] or goes_on(spec, None)})
        meant = as_meant(spec, report, shortest=options["order"] == "breadth")
    except ModelcheckError as error:
        if isinstance(error, SpecError):
            note_run(error, cls, FOLDER, None)
        return _failed(name, source, error)
    files = write_traces(report, cls, None)
    machine = machine_of(spec) if report.states else None
    violated = next((files.get(one.name) for one in report.properties if one.verdict is Verdict.VIOLATED and one.name in files), None)
    replay = replay_command(violated) if violated is not None and verdict_on(report, meant) is Verdict.VIOLATED else None
    return Checked(name, source, report, meant, None, json_report(report, machine, files, meant=meant), replay)


def _failed(name: str, source: str, error: ModelcheckError) -> Checked:
    with_short_place(error)
    told = {"message": error.message, "place": error.place, "remedy": error.remedy}
    return Checked(name, source, error=error, json={"spec": name, "source": source, "verdict": None, "error": told})


def _with_time_left(options: dict[str, Any], began: float) -> dict[str, Any]:
    """The options of the next check: the limit of time less what the others took."""
    limits: Limits = options["limits"]
    if limits.time_s is None:
        return options
    return {**options, "limits": evolve(limits, time_s=max(limits.time_s - (time.monotonic() - began), 1e-6))}


def _is_interrupted(checked: Checked) -> bool:
    return checked.report is not None and (checked.report.reason or "").startswith(INTERRUPTED)


# The table ------------------------------------------------------------------------------------------------------------------------------------------


def _row(checked: Checked, width: int, *, is_new: bool) -> Iterator[Line]:
    if is_new and checked.name != checked.source:
        yield (Span(checked.source, "note"),)
    word, style, remark = _outcome(checked)
    size = "" if checked.report is None else f"{checked.report.states:>11,}  {said_seconds(checked.report.seconds):>7}"
    yield (Span(f"  {checked.name.ljust(width)}"), Span(size, "note"), Span("  "), Span(word, style), Span(f"  {remark}" if remark else "", "note"))


def _outcome(checked: Checked) -> tuple[str, str, str]:
    """A word, its style, and what more there is to say."""
    if checked.report is None:
        return "error", "violated", ""
    violated = [one for one in checked.report.properties if one.verdict is Verdict.VIOLATED]
    failing = ", ".join(one.name if one.trace is None else f"{one.name} {length(one.trace)}" for one in violated)
    if checked.meant is not None and checked.meant.verdict is Verdict.HOLDS:
        return "fails as meant", "holds", failing
    if checked.meant is not None and checked.meant.verdict is Verdict.VIOLATED:
        meant = ", ".join(_told(one.property, one.steps) for one in checked.meant.failures)
        return "fails otherwise" if failing else "does not fail", "violated", f"{failing or 'holds'}; meant: {meant}"
    if checked.report.verdict is Verdict.UNKNOWN:
        return "unknown", "unknown", checked.report.reason or ""
    return checked.report.verdict.value, checked.report.verdict.value, failing


def _told(name: str, steps: int | None) -> str:
    return name if steps is None else f"{name} in {count(steps, 'step')}"


def _summary(done: Sequence[Checked], number: int, seconds: float) -> Iterator[Line]:
    yield ()
    for one in done:
        if one.error is not None:
            yield (Span("Error", "violated"), Span(f" in {one.name}: " + "\n  ".join([str(one.error), *getattr(one.error, "__notes__", ())])))
        elif one.replay is not None:
            yield (Span(f"{one.name}: {one.replay}"),)
    words = [_outcome(one)[0] for one in done]
    told = ", ".join(f"{words.count(word):,} {_plural(word, words.count(word))}" for word in dict.fromkeys(words))
    yield (Span(f"{count(len(done), 'spec')} in {said_seconds(seconds)}: {told}"),)
    if len(done) < number:
        yield (Span(f"{INTERRUPTED}; {count(number - len(done), 'spec')} left", "unknown"),)


def _plural(word: str, number: int) -> str:
    """The word of an outcome, told of so many specs."""
    return word if number == 1 else _PLURALS.get(word, word)


def _word(code: int) -> str | None:
    """The verdict on all together; None if there was an error."""
    return next((verdict.value for verdict in Verdict if verdict.exit_code == code), None)
