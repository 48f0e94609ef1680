"""Spec files as pytest collects them: a node per spec and configuration, an item per property."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest._code.code import ExceptionChainRepr, ReprEntryNative, ReprFileLocation, ReprTraceback

from modelcheck.errors import ModelcheckError
from modelcheck.pytest_plugin.checking import Explored, Finding, explored, warn
from modelcheck.pytest_plugin.configurations import (
    check_names,
    check_profile,
    configurations,
    spec_error,
    unused_setting,
)
from modelcheck.pytest_plugin.failures import counterexample_file, place_of
from modelcheck.pytest_plugin.identifiers import identifier
from modelcheck.pytest_plugin.settings import Settings, replays, settings_for, traces_folder
from modelcheck.spec import Machine, Spec, machine_of
from modelcheck.spec.failing import claims_of
from modelcheck.spec.loading import load_file, shown_path, specs_in
from modelcheck.verdict import Verdict

DEADLOCK = "deadlock"


class SpecFile(pytest.File):
    """A file with specs."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """A node per spec and configuration.

        An id with brackets on the command line is one name to pytest, brackets and all that follows. So if one is asked for, the
        items stand directly below the file; they have the same ids either way.
        """
        flat = any("]::" in arg and self._is_named_by(arg) for arg in self.config.args)
        try:
            for cls in specs_in(load_file(self.path)):
                for name, spec in configurations(cls, self.config).items():
                    node = SpecNode.from_parent(self, name=name, spec=spec, nodeid=identifier(f"{self.nodeid}::{name}"))
                    if flat and "[" in name:
                        yield from (node.item(declared, self) for declared in node.declared)
                    else:
                        yield node
        except ModelcheckError as error:
            raise self.CollectError(spec_error(error)) from error

    def _is_named_by(self, argument: str) -> bool:
        named = argument.partition("::")[0]
        return Path(os.path.normpath(self.config.invocation_params.dir / named)) == self.path


class SpecNode(pytest.Collector):
    """A spec in one configuration."""

    def __init__(self, *, spec: Spec, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.spec = spec
        self.machine: Machine = machine_of(spec)
        self.add_markers(self)

    def add_markers(self, node: pytest.Item | pytest.Collector) -> None:
        """Give a node the marks of the spec class."""
        marks = getattr(type(self.spec), "pytestmark", [])
        for mark in marks if isinstance(marks, list) else [marks]:
            node.add_marker(mark if isinstance(mark, pytest.MarkDecorator) else getattr(pytest.mark, mark.name).with_args(*mark.args, **mark.kwargs))

    @property
    def declared(self) -> list[str]:
        """The properties, the absence of deadlocks being one; of a spec that is meant to fail, those that are."""
        return [one.property for one in claims_of(self.spec)] or self.all_properties

    @property
    def all_properties(self) -> list[str]:
        """All of them."""
        return [*(declared.name for declared in self.machine.asked), DEADLOCK]

    def collect(self) -> Iterator[pytest.Item]:
        """An item per property."""
        yield from (self.item(name, self) for name in self.declared)

    def item(self, declared: str, parent: pytest.Collector) -> SpecItem:
        """The item of a property, below this node or directly below the file; it has the same id either way."""
        name = declared if parent is self else f"{self.name}::{declared}"
        made: SpecItem = SpecItem.from_parent(parent, name=name, node=self, declared=declared, nodeid=identifier(f"{self.nodeid}::{declared}"))
        return made


class _Failed(Exception):  # noqa: N818 - a failed test, not an error.
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class SpecItem(pytest.Item):
    """A property of a spec in one configuration."""

    def __init__(self, *, node: SpecNode, declared: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.spec_node = node
        self.declared = declared
        if self.parent is not node:
            node.add_markers(self)

    @property
    def exploration(self) -> str:
        """What the exploration that this item shares is called."""
        return self.spec_node.nodeid

    def runtest(self) -> None:
        """Take this property's outcome from the exploration, which is made if no item needed it before."""
        settings = settings_for(self)
        together = [item for item in self.session.items if isinstance(item, SpecItem) and item.exploration == self.exploration]
        names = list(dict.fromkeys(item.declared for item in together if settings_for(item) == settings))
        if claims_of(self.spec_node.spec):
            names = self.spec_node.all_properties
        made = explored(self.config, self.exploration, self.spec_node.spec, names or [self.declared], settings)
        if made.error is not None:
            raise _Failed(made.error)
        found = made.findings[self.declared]
        self.user_properties += numbers(made, found)
        warn(self, made.spec, made.suspicions)
        _judge(found, settings)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The failure as text, without frames."""
        if not isinstance(excinfo.value, (_Failed, ModelcheckError)):
            return super().repr_failure(excinfo, style)
        text = excinfo.value.text if isinstance(excinfo.value, _Failed) else spec_error(excinfo.value)
        path, line, _ = self.reportinfo()
        first = text.splitlines()[0]
        entry = ReprEntryNative([f"{text}\n\n{shown_path(str(path))}:{(line or 0) + 1}: {first}\n"])
        crash = ReprFileLocation(str(path), (line or 0) + 1, first)
        return ExceptionChainRepr([(ReprTraceback([entry], None, "native"), crash, None)])

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Where the property is written."""
        machine = self.spec_node.machine
        declared = next((declared for declared in machine.asked if declared.name == self.declared), None)
        path, line = place_of(declared, machine)
        return path or self.path, max(line - 1, 0), f"{self.spec_node.name}::{self.declared}"


def _judge(found: Finding, settings: Settings) -> None:
    """Pass, fail, skip or expect a failure, by the verdict."""
    if found.verdict == Verdict.VIOLATED.value:
        raise _Failed(found.text)
    if found.verdict == Verdict.UNKNOWN.value:
        unknown(found.text, settings)


def unknown(text: str, settings: Settings) -> None:
    """Do with an unknown what the settings say."""
    __tracebackhide__ = True
    if settings.on_unknown == "fail":
        raise _Failed(text)
    if settings.on_unknown == "xfail":
        pytest.xfail(text.splitlines()[0])
    if settings.on_unknown == "skip":
        pytest.skip(text.splitlines()[0])


def numbers(made: Explored, found: Finding) -> list[tuple[str, object]]:
    """What a report file and the summary get to know."""
    told: list[tuple[str, object]] = [
        ("modelcheck_spec", made.spec),
        ("modelcheck_exploration", made.serial),
        ("modelcheck_verdict", found.verdict),
        ("modelcheck_states", made.states),
        ("modelcheck_seconds", round(made.seconds, 3)),
    ]
    return told if found.file is None else [*told, ("modelcheck_counterexample", found.file)]


def arrange(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Check the options against what was collected, put what failed before first, and group items for pytest-xdist."""
    if any(isinstance(item, SpecItem) for item in items):
        check_profile(config)
        check_names(config)
        name = unused_setting(config)
        if name is not None:
            raise pytest.UsageError(f"--modelcheck-set: no collected spec has a constant {name!r}")
    for item in items:
        if isinstance(item, SpecItem) and config.pluginmanager.hasplugin("xdist"):
            item.add_marker(pytest.mark.xdist_group(item.exploration))
    if replays(config):
        items.sort(key=lambda item: not _failed_before(config, item))


def _failed_before(config: pytest.Config, item: pytest.Item) -> bool:
    return isinstance(item, SpecItem) and counterexample_file(item.spec_node.spec, item.declared, traces_folder(config)) is not None
