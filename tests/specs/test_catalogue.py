"""The catalogue of protocols says what the checks say."""

from __future__ import annotations

import pytest

from .catalogue import CASES, DOCUMENT, ROOT, Case, in_document, mutants_table


def test_the_table_of_mutants_is_what_the_classes_say() -> None:
    """``python -m tests.specs.catalogue`` writes it."""
    assert in_document("mutants") == mutants_table()


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: CASES[number].spec)
def test_what_holds_under_which_faults(number: int) -> None:
    """Each line is computed."""
    assert in_document("faults").splitlines()[2 + number] == CASES[number].row()


def test_a_line_is_computed() -> None:
    """One of them every day."""
    case: Case = next(case for case in CASES if case.name == "Gossip")
    assert case.row() in in_document("faults")


def test_every_protocol_has_a_paragraph() -> None:
    """Named by its file."""
    text = DOCUMENT.read_text(encoding="utf-8")
    files = [path.relative_to(ROOT / "specs") for path in (ROOT / "specs").glob("*/*.py") if path.parent.name != "proofs"]
    assert [str(file) for file in files if f"`{file}`" not in text] == []
