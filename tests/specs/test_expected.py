"""Every spec and every mutant gives exactly what ``specs/expected.toml`` says."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from modelcheck import Spec, Verdict
from modelcheck.search import Report, check
from modelcheck.spec.constants.declared import parse_constant
from modelcheck.spec.failing import meant_failures
from modelcheck.spec.loading import load_file, load_spec, specs_in

from ..oracles.explorer import explore

ROOT = Path(__file__).resolve().parents[2]
EXPECTED = tomllib.loads((ROOT / "specs" / "expected.toml").read_text())
SOURCES = {"peers", "oracle", "engine"}
CHAPTERS = sorted({path.parent for path in (ROOT / "specs").glob("*/*.py")} - {ROOT / "specs" / "proofs"})
WITHOUT_MUTANTS = {"two_phase_commit_progress", "transaction_commit", "growing_log", "cache"}


def frozen(value: Any) -> Any:
    return tuple(map(frozen, value)) if isinstance(value, list) else value


def spec_of(entry: dict[str, Any]) -> Spec:
    cls = load_spec(f"{ROOT}/{entry['spec']}")
    given = entry.get("constants", {})
    return cls(**{name: parse_constant(cls, name, value) if isinstance(value, str) else frozen(value) for name, value in given.items()})


def cases(kind: str, *, source: str | None = None) -> list[Any]:
    return [
        pytest.param(
            entry, id=f"{entry['spec'].split('/')[-1]}-{entry.get('constants', '')}", marks=marks(entry, source)
        )
        for entry in EXPECTED[kind]
        if source is None or entry["source"] == source
    ]


def marks(entry: dict[str, Any], source: str | None) -> list[pytest.MarkDecorator]:
    return [pytest.mark.slow] if entry.get("slow") or source else []


def counts(report: Report) -> tuple[int, int, int]:
    return report.states, report.generated, report.depth


def test_the_canary_is_caught() -> None:
    """The oldest bug of all; if this passes as correct, believe nothing below."""
    report = check(load_spec(f"{ROOT}/specs/commit/mutants/two_phase_commit.py:CommitsEarly")())
    assert report.verdict is Verdict.VIOLATED


@pytest.mark.parametrize("entry", cases("explored"))
def test_explored(entry: dict[str, Any]) -> None:
    """The counts are exact, with symmetry and without, every invariant holds, and all is reachable that the bounds do not rule out."""
    report = check(spec_of(entry), keep_going=True)
    assert report.orbits == entry.get("orbits")
    for found in (report, check(spec_of(entry), keep_going=True, symmetry="off")) if report.orbits else (report,):
        assert counts(found) == (entry["states"], entry["generated"], entry["depth"])
        assert [p.name for p in found.properties if p.verdict is not Verdict.HOLDS] == entry.get("unreached", [])


@pytest.mark.parametrize("entry", cases("violated"))
def test_violated(entry: dict[str, Any]) -> None:
    """The property that is named is the first to fail, on the shortest trace; or one of those that are named. Symmetry changes neither."""
    together = entries_like(entry)
    keep_going = len({one.get("steps") for one in together}) > 1
    report = check(spec_of(entry), keep_going=keep_going)
    for found in (report, check(spec_of(entry), keep_going=keep_going, symmetry="off")) if report.orbits else (report,):
        violated = {p.name: p.trace and p.trace.stem for p in found.properties if p.verdict is Verdict.VIOLATED}
        assert violated == {one["property"]: one.get("steps") for one in together}


def entries_like(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """The properties that are violated in one configuration of a spec."""
    return [one for one in EXPECTED["violated"] if (one["spec"], one.get("constants")) == (entry["spec"], entry.get("constants"))]


@pytest.mark.parametrize("entry", cases("violated"))
def test_the_docstring_names_the_property(entry: dict[str, Any]) -> None:
    """What a mutant says about itself is what the search finds."""
    spec = spec_of(entry)
    if "/mutants/" in entry["spec"]:
        assert entry["property"].rsplit(".", 1)[-1] in (type(spec).__doc__ or "")


@pytest.mark.parametrize("entry", cases("violated"))
def test_a_mutant_overrides_one_method(entry: dict[str, Any]) -> None:
    """Or it is the protocol itself under faults that it does not survive; whatever else a mutant sets is a constant."""
    cls = type(spec_of(entry))
    if "/mutants/" in entry["spec"]:
        overridden = [name for name, value in vars(cls).items() if callable(value) and not name.startswith("_")]
        assert len(overridden) <= 1


@pytest.mark.parametrize("entry", cases("explored", source="oracle"))
def test_the_oracle_explores_the_same(entry: dict[str, Any]) -> None:
    """Counts, and the length of each witness."""
    spec = spec_of(entry)
    found, report = explore(spec, keep_going=True), check(spec, keep_going=True)
    assert (found.states, found.generated, found.depth) == counts(report)
    assert found.traces == {p.name: len(p.trace.steps) for p in report.properties if p.trace and p.trace.loop is None}


@pytest.mark.parametrize("entry", cases("violated", source="oracle"))
def test_the_oracle_finds_the_same_violation(entry: dict[str, Any]) -> None:
    """No shorter counterexample, and of no other property."""
    together = entries_like(entry)
    found = explore(spec_of(entry), keep_going=len({one.get("steps") for one in together}) > 1)
    assert found.violated == {one["property"] for one in together}
    assert found.traces.get(entry["property"]) == entry.get("steps")


def test_every_entry_has_a_source() -> None:
    """A number without one is a guess."""
    assert {entry["source"] for kind in EXPECTED.values() for entry in kind} == SOURCES


def test_every_spec_is_expected() -> None:
    """A spec or mutant that is in no entry is not tested."""
    listed = {entry["spec"] for kind in EXPECTED.values() for entry in kind}
    files = [path for chapter in CHAPTERS for path in (*chapter.glob("*.py"), *chapter.glob("mutants/*.py"))]
    assert {f"{path.relative_to(ROOT)}:{cls.__name__}" for path in files for cls in specs_in(load_file(path))} == listed


def test_what_a_class_says_of_its_failing_is_what_is_expected() -> None:
    """Entries of violated properties without constants are the claims of the classes, and the other way round."""
    said = {
        (f"{path.relative_to(ROOT)}:{cls.__name__}", one.property, one.steps)
        for path in (ROOT / "specs").rglob("*.py")
        for cls in specs_in(load_file(path))
        for one in meant_failures(cls)
    }
    entries = [entry for entry in EXPECTED["violated"] if "constants" not in entry]
    assert {(entry["spec"], entry["property"], entry.get("steps")) for entry in entries} == said


def test_a_mutant_says_that_it_fails() -> None:
    """So that a check of the folder expects it."""
    mutants = [cls for path in (ROOT / "specs").glob("*/mutants/*.py") for cls in specs_in(load_file(path))]
    assert mutants
    assert [cls for cls in mutants if not meant_failures(cls)] == []


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_a_protocol_has_at_least_three_mutants(chapter: Path) -> None:
    """Where nothing can go wrong, nothing was checked."""
    few = {
        path.stem
        for path in chapter.glob("*.py")
        if path.stem not in WITHOUT_MUTANTS
        and len(specs_in(load_file(chapter / "mutants" / path.name))) < 3
    }
    assert few == set()
