"""Transactions for the tests."""

from __future__ import annotations

from modelcheck.consistency import Operation


def transaction(process, call, finish, *steps):
    """A committed transaction."""
    return Operation(process, "txn", steps, None, call, finish)
