"""What a search ran of a spec, for people and for coverage.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from modelcheck.cli.units import count
from modelcheck.errors import UsageError
from modelcheck.search.coverage import Condition, Coverage
from modelcheck.spec import Machine
from modelcheck.spec.loading import shown_path
from modelcheck.trace.text import Line, Span


def coverage_lines(machine: Machine, found: Coverage) -> Iterator[Line]:
    """What was never run, never true or never false; and how much there is."""
    run, total = found.count(machine)
    yield ()
    said = f"  {run:,} of {count(total, 'line')} of the spec were run, by the runs that the search recorded"
    yield (Span("Coverage", "action"), Span(said, "note"))
    missed = list(found.missed(machine))
    for file, line, text in missed:
        yield (Span("  never run    ", "warning"), Span(f"{shown_path(file)}:{line}  ", "note"), Span(text))
    one_sided = [each for each in found.conditions(machine) if not (each.was_true and each.was_false)]
    for each in one_sided:
        yield (Span(f"  {_never(each)}  ", "warning"), Span(f"{shown_path(each.file)}:{each.line}  ", "note"), Span(_text(each)))
    if not missed and not one_sided:
        yield (Span("  every line was run, and every guard and condition was true and was false", "holds"),)


def _never(found: Condition) -> str:
    return "never false" if found.was_true else "never true "


def _text(found: Condition) -> str:
    return found.text if found.kind in {"require", "bound"} else f"{found.kind} {found.text}"


def write_coverage(found: Coverage, path: Path) -> None:
    """Write the lines and arcs that were run as data of coverage.py, for its reports.

    Raises:
        UsageError: if coverage.py is not installed, or the file cannot be written.
    """
    try:
        from coverage import CoverageData  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        raise UsageError("coverage.py is not installed", remedy="Install it with `pip install coverage`, or use --coverage alone.") from None
    data = CoverageData(basename=str(path))
    try:
        data.add_arcs({str(Path(file).resolve()): sorted(arcs) for file, arcs in found.arcs.items() if arcs})
        data.write()
    except Exception as error:
        raise UsageError(f"cannot write {path}: {error}") from error
