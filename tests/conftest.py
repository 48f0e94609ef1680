"""What all tests have in common."""

import pytest

from modelcheck.trace.explanation import failsafe


@pytest.fixture(autouse=True)
def loud(monkeypatch):
    """Let our own mistakes in explanations be met, which users do not see."""
    monkeypatch.setattr(failsafe, "is_loud", True)
