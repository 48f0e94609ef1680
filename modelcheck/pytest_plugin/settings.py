"""What the options, the settings, the profile and the marker say together about one check."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import fields, frozen

from modelcheck.errors import UsageError
from modelcheck.limits import Limits
from modelcheck.limits.given import limits_given
from modelcheck.pytest_plugin.options import ON_UNKNOWN, ORDERS
from modelcheck.spec.constants.declared import unknown


@frozen
class Settings:
    """How far a check may go.

    Attributes:
        max_states: Distinct states.
        max_depth: Breadth-first levels.
        time_limit: Seconds.
        workers: Threads.
        order: ``breadth``, ``depth`` or ``random``.
        seed: Of the random order.
        memory_bytes: Bytes.
        on_unknown: What a check that reached a limit is: ``fail``, ``xfail``, ``skip`` or ``pass``.
    """

    max_states: int | None = None
    max_depth: int | None = None
    time_limit: float | None = None
    workers: int = 1
    order: str = "breadth"
    seed: int = 0
    on_unknown: str = "fail"
    memory_bytes: int | None = None

    @property
    def limits(self) -> Limits:
        """As the search takes them."""
        return Limits(states=self.max_states, depth=self.max_depth, time_s=self.time_limit, memory_bytes=self.memory_bytes)


NAMES = [field.name for field in fields(Settings) if field.name != "memory_bytes"]
# What the limits in `Limits` are called among the settings.
_LIMITS = {"states": "max_states", "depth": "max_depth", "time_s": "time_limit", "memory_bytes": "memory_bytes"}
_TYPES: dict[str, Any] = {"max_states": int, "max_depth": int, "time_limit": float, "workers": int, "seed": int, "order": str, "on_unknown": str}


def settings_for(node: pytest.Item | pytest.Collector, given: Mapping[str, Any] | None = None) -> Settings:
    """The settings for a test or a spec.

    Args:
        node: The test, or the collected spec.
        given: What the test itself says, as arguments of the fixture.
    """
    config = node.config
    found: dict[str, Any] = {}
    _merge(found, {name: config.getini(f"modelcheck_{name}") for name in NAMES}, "the ini file")
    _merge(found, profiles(config).get(profile(config), {}), f"the profile {profile(config)}")
    for marker in reversed(list(node.iter_markers("modelcheck"))):
        if marker.args:
            raise pytest.UsageError(f"{node.nodeid}: the marker modelcheck takes named arguments only: {', '.join(NAMES)}")
        _merge(found, marker.kwargs, f"{node.nodeid}: the marker modelcheck")
    _merge(found, given or {}, node.nodeid)
    _merge(found, {name: config.getoption(f"modelcheck_{name}") for name in NAMES}, "the command line")
    if hasattr(config, "workerinput"):
        found["workers"] = 1
    return Settings(**found)


def _merge(found: dict[str, Any], more: Mapping[str, Any], where: str) -> None:
    for name, value in more.items():
        if name == "limits":
            _merge_limits(found, value, where)
            continue
        if name not in NAMES:
            raise pytest.UsageError(unknown(name, NAMES, f"{where} has no setting {name!r}"))
        if value is None or value == "":
            continue
        try:
            found[name] = _TYPES[name](value)
        except (TypeError, ValueError):
            raise pytest.UsageError(f"{where}: {name} cannot be {value!r}") from None
        _check_limit(name, found[name], where)
        possible = {"on_unknown": ON_UNKNOWN, "order": ORDERS}.get(name)
        if possible is not None and found[name] not in possible:
            raise pytest.UsageError(unknown(found[name], list(possible), f"{where}: {name} cannot be {value!r}"))


def _merge_limits(found: dict[str, Any], limits: object, where: str) -> None:
    try:
        given = limits_given(limits)
    except UsageError as error:
        raise pytest.UsageError(f"{where}: {error}") from None
    found |= {setting: value for name, setting in _LIMITS.items() if (value := getattr(given, name)) is not None}


def _check_limit(setting: str, value: Any, where: str) -> None:
    for name in (name for name, called in _LIMITS.items() if called == setting):
        try:
            Limits(**{name: value})
        except UsageError as error:
            raise pytest.UsageError(f"{where}: {setting}: {error.message}") from None


def check_settings(config: pytest.Config) -> None:
    """Look at what the ini file and its profiles say, whether or not a check will need it.

    Raises:
        pytest.UsageError: if something cannot be meant.
    """
    _merge({}, {name: config.getini(f"modelcheck_{name}") for name in NAMES}, "the ini file")
    for name, values in profiles(config).items():
        _merge({}, values, f"the profile {name}")


def profile(config: pytest.Config) -> str:
    """The name of the profile in use.

    Raises:
        pytest.UsageError: if no profile of that name is set up anywhere.
    """
    named: str = config.getoption("modelcheck_profile") or config.getini("modelcheck_profile")
    return named


def profiles(config: pytest.Config) -> dict[str, dict[str, str]]:
    """The settings of each profile in the ini file."""
    found: dict[str, dict[str, str]] = {}
    for line in config.getini("modelcheck_profiles"):
        name, colon, rest = line.partition(":")
        pairs = [part.partition("=") for part in shlex.split(rest)]
        if not colon or not all(equals for _, equals, _ in pairs):
            raise pytest.UsageError(f"modelcheck_profiles: cannot read {line!r}; write `nightly: max_states=1000 workers=2`")
        found[name.strip()] = {key: value for key, _, value in pairs}
    return found


def traces_folder(config: pytest.Config) -> Path:
    """Where counterexamples are saved."""
    given = config.getoption("modelcheck_traces")
    if given:
        return Path(config.invocation_params.dir / given)
    return Path(config.rootpath / config.getini("modelcheck_traces"))


def replays(config: pytest.Config) -> bool:
    """Whether saved counterexamples are replayed first."""
    return bool(config.getoption("modelcheck_replay") or config.getini("modelcheck_replay"))
