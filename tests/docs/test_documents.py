"""Every code block of the documents runs, and prints what the documents say."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("modelcheck_documents", Path(__file__).with_name("documents.py"))
assert _spec is not None
assert _spec.loader is not None
documents = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = documents
_spec.loader.exec_module(documents)


@pytest.mark.parametrize("document", documents.DOCUMENTS, ids=lambda path: path.relative_to(documents.ROOT).as_posix())
def test_the_blocks_of_a_document_do_what_it_says(document, tmp_path, monkeypatch):
    """The blocks of a document, run in order, do what it says."""
    monkeypatch.syspath_prepend(str(documents.ROOT))
    runner = documents.Runner(document, tmp_path)
    for block in documents.blocks(document):
        runner.run(block)


@pytest.mark.parametrize("document", documents.DOCUMENTS, ids=lambda path: path.relative_to(documents.ROOT).as_posix())
def test_the_links_of_a_document_lead_somewhere(document):
    """A relative link names a file or folder that exists."""
    assert documents.broken_links(document) == []


def test_a_wrong_output_is_noticed():
    """A document that says something else than what is printed fails: the comparison is not blind."""
    assert documents.same_output("3 states in 0.02 s", "3 states in 1.75 s")
    assert not documents.same_output("3 states in 0.02 s", "4 states in 0.02 s")
