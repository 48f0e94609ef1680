"""A project with a spec that counts, and pytest run in it."""

from __future__ import annotations

# Imported once here; pytester forgets what a run inside of this process imports.
import modelcheck.cli.report
import modelcheck.search  # noqa: F401

SPEC = '''
from typing import ClassVar
from modelcheck import Spec, action, invariant, reachable, require


class Counter(Spec):
    """Counts up to a limit."""

    limit: int = 3
    bound: int = 2

    def init(self) -> None:
        self.n = 0

    @action
    def count(self) -> None:
        """Count one."""
        require(self.n < self.limit)
        self.n += 1

    @action
    def reset(self) -> None:
        """Begin again."""
        self.n = 0

    @invariant
    def small(self) -> bool:
        """The counter stays below the bound."""
        return self.n <= self.bound

    @reachable
    def full(self) -> bool:
        """The counter can reach its limit."""
        return self.n == self.limit
'''


def run(pytester, *arguments):
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:hypothesispytest", *arguments)


def configured(pytester, listed):
    pytester.makepyfile(spec_counter=SPEC.replace("    limit: int = 3", f"    configurations: ClassVar = {listed}\n    limit: int = 3"))


def fixture_test(pytester, body):
    pytester.makepyfile(spec_counter=SPEC, test_it=f"import pytest\nfrom spec_counter import Counter\n{body}")
    pytester.syspathinsert()
    return run(pytester, "test_it.py")
