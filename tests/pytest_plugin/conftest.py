"""The project of the tests."""

from __future__ import annotations

import pytest

from .counter import SPEC


@pytest.fixture
def project(pytester):
    """A project with one spec file, whose invariant is false."""
    pytester.makepyfile(spec_counter=SPEC)
    return pytester
