"""Checkpoints after every few states."""

import pytest

from modelcheck.search import checkpoints, lookout


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a checkpoint whenever that is possible, and stop to look whether it is after every few states."""
    monkeypatch.setattr(checkpoints, "EVERY_S", 0.0)
    monkeypatch.setattr(checkpoints, "_SHARE", 0)
    monkeypatch.setattr(lookout, "_BATCH", 4)
