"""The fixture: ``modelcheck(Raft(servers=3)).assert_holds()``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import pytest

from modelcheck.errors import ModelcheckError
from modelcheck.pytest_plugin.checking import Explored, finding, run_check, still_failing, warn
from modelcheck.pytest_plugin.checking import Finding as _Finding
from modelcheck.pytest_plugin.collection import DEADLOCK, numbers
from modelcheck.pytest_plugin.configurations import spec_error
from modelcheck.pytest_plugin.failures import violation_text
from modelcheck.pytest_plugin.settings import Settings, settings_for, traces_folder
from modelcheck.search import Report
from modelcheck.spec import Spec, machine_of
from modelcheck.trace import Trace
from modelcheck.trace.saving import save
from modelcheck.verdict import Verdict


class Checking:
    """Makes checks; the value of the fixture ``modelcheck``."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._node: pytest.Item = request.node

    def __call__(self, spec: Spec, **settings: Any) -> SpecCheck:
        """A check of a spec.

        Args:
            spec: The spec, with its constants.
            settings: How far it may go, as for the marker: ``limits`` (or ``max_states``, ``max_depth``, ``time_limit`` one by one), ``workers``,
                ``order``, ``seed``, ``on_unknown``. The command line has the last word.
        """
        __tracebackhide__ = True
        if not isinstance(spec, Spec):
            hint = f"; write modelcheck({spec.__name__}())" if isinstance(spec, type) else ""
            pytest.fail(f"modelcheck() takes a spec, not {spec!r}{hint}")
        return SpecCheck(self._node, spec, settings_for(self._node, settings))


class SpecCheck:
    """A check of one spec, made when an assertion asks for it.

    Attributes:
        spec: The spec.
        settings: How far the check may go.
    """

    def __init__(self, node: pytest.Item, spec: Spec, settings: Settings) -> None:
        self.spec = spec
        self.settings = settings
        self._node = node

    def report(self, *properties: str) -> Report:
        """The report of the search, whatever its verdict.

        Args:
            properties: Those to check; by default all.
        """
        __tracebackhide__ = True
        return self._checked(properties or None, keep_going=True)

    def assert_holds(self, *properties: str) -> Report:
        """Fail unless all properties hold.

        Args:
            properties: Those to check; by default all, the absence of deadlocks included.

        Returns:
            The report.
        """
        __tracebackhide__ = True
        folder = traces_folder(self._node.config)
        for name in properties or [*(declared.name for declared in machine_of(self.spec).asked), DEADLOCK]:
            old = still_failing(self._node.config, self.spec, name)
            if old is not None:
                self._node.user_properties += numbers(Explored(repr(self.spec), serial=os.urandom(8).hex()), old)
                pytest.fail(old.text)
        report = self._checked(properties or None, keep_going=False)
        findings = [finding(self.spec, report, found.name, folder) for found in report.properties]
        self._tell(report, next((f for f in findings if f.verdict == "violated"), _overall(report)))
        violated = [found.text for found in findings if found.verdict == Verdict.VIOLATED.value]
        if violated:
            pytest.fail("\n\n".join(violated))
        if report.verdict is Verdict.UNKNOWN:
            self._unknown(f"{self.spec!r} is UNKNOWN: {report.reason} ({report.states:,} states)")
        return report

    def assert_violated(self, name: str, *, steps: int | None = None) -> Trace | None:
        """Fail unless a property is violated; for specs with a bug put in.

        Args:
            name: The property; ``deadlock`` for the absence of deadlocks.
            steps: The number of steps of the shortest counterexample, if that is to be checked too; of one that never ends, of those before what
                repeats.

        Returns:
            The counterexample; None for a property that is never reached.
        """
        __tracebackhide__ = True
        report = self._checked([name], keep_going=False)
        [found] = report.properties
        self._tell(report, _overall(report))
        if found.verdict is Verdict.UNKNOWN:
            self._unknown(f"{self.spec!r}: {found.name} is UNKNOWN: {report.reason} ({report.states:,} states)")
        elif found.verdict is Verdict.HOLDS:
            pytest.fail(f"{self.spec!r}: {found.name} holds in all {report.states:,} states, and was to be violated")
        if steps is not None and found.trace is not None and found.trace.stem != steps:
            text = violation_text(self.spec, found.trace, save(found.trace, type(self.spec), traces_folder(self._node.config)))
            pytest.fail(f"{found.name} was to be violated in {steps} steps, and is in {found.trace.stem}\n{text}")
        return found.trace

    def _checked(self, names: Sequence[str] | None, *, keep_going: bool) -> Report:
        __tracebackhide__ = True
        try:
            return run_check(self.spec, names, self.settings, keep_going=keep_going)
        except ModelcheckError as error:
            message = spec_error(error)
        pytest.fail(message)

    def _tell(self, report: Report, found: _Finding) -> None:
        made = Explored(repr(self.spec), report.states, report.seconds, serial=os.urandom(8).hex())
        self._node.user_properties += numbers(made, found)
        warn(self._node, made.spec, report.warnings)

    def _unknown(self, text: str) -> None:
        __tracebackhide__ = True
        if self.settings.on_unknown == "fail":
            pytest.fail(text)
        if self.settings.on_unknown == "xfail":
            pytest.xfail(text)
        if self.settings.on_unknown == "skip":
            pytest.skip(text)


def _overall(report: Report) -> _Finding:
    return _Finding("", report.verdict.value)
