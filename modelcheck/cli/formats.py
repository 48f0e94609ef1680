"""Reports in the formats that services for continuous integration read: annotations for GitHub, JUnit's XML, SARIF."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from modelcheck.cli.paint import print_json
from modelcheck.errors import ModelcheckError
from modelcheck.spec import Spec
from modelcheck.spec.loading import source_file
from modelcheck.trace.recording import VERSION
from modelcheck.trace.text import harmless

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"

Json = Mapping[str, Any]


def print_reports(form: str, reports: Sequence[Json]) -> None:
    """Print the reports in a format; as JSON the first alone."""
    if form == "json":
        print_json(reports[0])
    else:
        click.echo(formatted(form, reports), nl=False)


def error_json(spec: Spec, error: ModelcheckError) -> Json:
    """What stands in place of a report where there was an error."""
    told = {"message": error.message, "place": error.place, "remedy": error.remedy}
    return {"spec": type(spec).__name__, "source": source_file(type(spec)), "verdict": None, "error": told}


def formatted(form: str, reports: Sequence[Json]) -> str:
    """Reports, each as `json_report` makes it or with an ``error``, in a format other than ``text`` and ``json``."""
    return {"github": _github, "junit": _junit, "sarif": _sarif}[form](reports)


def _results(report: Json) -> Iterator[tuple[str, str, str, str, int]]:
    """Of each property: its name, ``pass``, ``fail`` or ``unknown``, what is to be said, the file and the line."""
    if report.get("error") is not None:
        error = report["error"]
        file, line = _place(error.get("place"), report["source"])
        yield str(report["spec"]), "error", "\n".join(filter(None, [error["message"], error.get("remedy")])), file, line
        return
    for found in report["properties"]:
        file, line = _place(found.get("place"), report["source"])
        outcome = {"holds": "pass", "violated": "fail", "unknown": "unknown"}[found["verdict"]]
        if outcome == "fail" and report.get("as_meant"):
            outcome = "pass"
        yield found["name"], outcome, _said(report, found), file, line


def _of_note(report: Json) -> Iterator[tuple[str, str, str, str, int]]:
    """The results, but for what was left undecided since a violation ended the search."""
    ended = report.get("verdict") == "violated"
    return (result for result in _results(report) if not (ended and result[1] == "unknown"))


def _said(report: Json, found: Json) -> str:
    if found["verdict"] == "unknown":
        return f"{found['name']} is unknown: {report.get('reason') or 'the search was not complete'}"
    if found["verdict"] == "holds":
        return f"{found['name']} holds"
    trace = found.get("trace")
    if trace is None:
        return f"{found['name']} is never reached"
    head = f"{found['name']} is violated in {trace['steps']} step{'' if trace['steps'] == 1 else 's'}"
    replay = [] if trace.get("file") is None else [f"Replay: modelcheck replay {trace['file']}"]
    return "\n".join([head, *(found.get("explanation") or []), *replay])


def _place(place: str | None, source: str) -> tuple[str, int]:
    file, _, line = (place or "").rpartition(":")
    return (_relative(file), int(line)) if file and line.isdigit() else (_relative(source), 1)


def _relative(file: str) -> str:
    """A path as services know it: below the working directory, with slashes."""
    path = Path(file)
    here = Path.cwd()
    return (path.relative_to(here) if path.is_absolute() and here in path.parents else path).as_posix()


def _github(reports: Sequence[Json]) -> str:
    """Workflow commands: an annotation in the file for what failed, a notice for the rest."""
    lines = []
    for report in reports:
        for name, outcome, text, file, line in _of_note(report):
            level = {"pass": None, "unknown": "warning"}.get(outcome, "error")
            if level is not None:
                title = _property(f"{report['spec']}: {name}")
                lines.append(f"::{level} file={_property(file)},line={line},title={title}::{_data(text)}")
    counts = ", ".join(f"{report['spec']} {report.get('verdict') or 'error'}" for report in reports)
    return "\n".join([*lines, f"modelcheck: {harmless(counts)}"]) + "\n"


def _data(text: str) -> str:
    return harmless(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _junit(reports: Sequence[Json]) -> str:
    """A suite for each spec, a case for each property."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', '<testsuites name="modelcheck">']
    for report in reports:
        results = list(_results(report))
        failures, errors, skipped = (sum(each[1] == kind for each in results) for kind in ("fail", "error", "unknown"))
        seconds = report.get("seconds") or 0
        counts = f'tests="{len(results)}" failures="{failures}" errors="{errors}" skipped="{skipped}" time="{seconds:.3f}"'
        lines.append(f"  <testsuite name={_attribute(report['spec'])} {counts}>")
        for name, outcome, text, file, line in results:
            case = f'    <testcase classname={_attribute(report["spec"])} name={_attribute(name)} file={_attribute(file)} line="{line}" time="0"'
            tag = {"fail": "failure", "error": "error", "unknown": "skipped"}.get(outcome)
            if tag is None:
                lines.append(f"{case}/>")
            else:
                first = _attribute(text.split("\n")[0])
                lines += [f"{case}>", f"      <{tag} message={first}>{_xml(text)}</{tag}>", "    </testcase>"]
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _xml(text: str) -> str:
    return html.escape("".join(letter if letter.isprintable() or letter in "\n\t" else "?" for letter in harmless(text)), quote=False)


def _attribute(text: str) -> str:
    quoted = _xml(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return f'"{quoted}"'


def _sarif(reports: Sequence[Json]) -> str:
    """Results for code scanning: what is violated, and what could not be checked."""
    rules: dict[str, Json] = {}
    results = []
    for report in reports:
        for name, outcome, text, file, line in _of_note(report):
            if outcome == "pass":
                continue
            rule = f"{report['spec']}/{name}"
            rules[rule] = {"id": rule, "shortDescription": {"text": f"{name} of {report['spec']}"}}
            place = {"artifactLocation": {"uri": file}, "region": {"startLine": line}}
            level = "warning" if outcome == "unknown" else "error"
            results.append({"ruleId": rule, "level": level, "message": {"text": harmless(text)}, "locations": [{"physicalLocation": place}]})
    tool = {"driver": {"name": "modelcheck", "version": VERSION, "rules": list(rules.values())}}
    return json.dumps({"$schema": _SARIF, "version": "2.1.0", "runs": [{"tool": tool, "results": results}]}, indent=1) + "\n"
