"""The configurations that a spec is checked in: which constants, under which profile.

A spec lists its own in a class attribute, ``configurations: ClassVar = [{"servers": 3}]``, or per profile,
``configurations: ClassVar = {"default": [{"servers": 2}], "nightly": [{"servers": 3}]}``. The ini setting
``modelcheck_configurations`` replaces the list of a spec that it names. ``--modelcheck-set`` has the last word on a constant.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from modelcheck.cli.command import with_short_place
from modelcheck.errors import ModelcheckError, UsageError
from modelcheck.pytest_plugin.settings import profile, profiles
from modelcheck.spec import Spec
from modelcheck.spec.constants.declared import constant_types, parse_constant, unknown
from modelcheck.values import show

_PROFILES, _COLLECTED, _SET = pytest.StashKey[set[str]](), pytest.StashKey[set[str]](), pytest.StashKey[set[str]]()


def configurations(cls: type[Spec], config: pytest.Config) -> dict[str, Spec]:
    """The spec in each of its configurations, by the name that the configuration has in ids: ``Raft[servers=3]``.

    Raises:
        UsageError: if a configuration cannot be meant, or is listed twice.
    """
    collected_specs(config).add(cls.__name__)
    given = _settings_of(cls, config)
    found: dict[str, Spec] = {}
    for constants in _listed(cls, config):
        name = configuration_name(cls, {**constants, **given})
        if name in found and not given:
            raise UsageError(f"the configuration {name} is listed twice", remedy="Each configuration has its own constants.")
        found[name] = cls(**{**constants, **given})
    return found


def configuration_name(cls: type[Spec], constants: Mapping[str, Any]) -> str:
    """The name of a configuration in ids."""
    if not constants:
        return cls.__name__
    listed = ",".join(f"{name}={constants[name]}" if isinstance(constants[name], str) else f"{name}={show(constants[name])}" for name in constants)
    return f"{cls.__name__}[{listed.replace('::', ':')}]"


def _listed(cls: type[Spec], config: pytest.Config) -> Sequence[Mapping[str, Any]]:
    from_ini = [line for line in config.getini("modelcheck_configurations") if _spec_name(line) == cls.__name__]
    if from_ini:
        chosen = profile(config)
        by_profile: dict[str, list[dict[str, Any]]] = {}
        for line in from_ini:
            named, constants = _parsed(line, cls)
            by_profile.setdefault(named, []).append(constants)
        return by_profile.get(chosen) or by_profile.get("default") or [{}]
    listed = getattr(cls, "configurations", None) or [{}]
    if isinstance(listed, Mapping):
        _check_profile(config, listed)
        listed = listed.get(profile(config)) or listed.get("default") or [{}]
    if not isinstance(listed, Sequence) or not all(isinstance(entry, Mapping) for entry in listed):
        raise UsageError(
            f"{cls.__name__}.configurations is {show(listed)}",
            remedy='It is a list of dicts, [{"servers": 3}], or a dict of such lists by profile.',
        )
    return listed


def _check_profile(config: pytest.Config, listed: Mapping[str, Any]) -> None:
    """Remember which profiles exist, so that a mistyped one is noticed after collection."""
    known_profiles(config).update(listed)


def known_profiles(config: pytest.Config) -> set[str]:
    """The profiles seen so far: those of the ini file and those of collected specs."""
    if _PROFILES not in config.stash:
        from_lines = {_split(line)[0] for line in config.getini("modelcheck_configurations")}
        config.stash[_PROFILES] = {"default", *profiles(config), *from_lines}
    return config.stash[_PROFILES]


def check_profile(config: pytest.Config) -> None:
    """Refuse a profile that neither the ini file nor any collected spec knows.

    Raises:
        pytest.UsageError: if it is one.
    """
    if profile(config) not in known_profiles(config):
        raise pytest.UsageError(unknown(profile(config), sorted(known_profiles(config)), f"there is no modelcheck profile {profile(config)!r}"))


def collected_specs(config: pytest.Config) -> set[str]:
    """The names of the specs collected so far."""
    return config.stash.setdefault(_COLLECTED, set())


def check_names(config: pytest.Config) -> None:
    """Refuse a configuration of a spec that does not exist: neither was it collected, nor does a file of the project define it.

    A run may be of a part of the project only, so not to be collected is no mistake.

    Raises:
        pytest.UsageError: if there is one.
    """
    known = collected_specs(config)
    missing = {_spec_name(line) for line in config.getini("modelcheck_configurations")} - known
    if missing:
        missing -= _classes_below(config.rootpath, config.getini("norecursedirs"))
    if missing:
        named = ", ".join(sorted(map(repr, missing)))
        raise pytest.UsageError(f"modelcheck_configurations names what is no spec: {named}; the specs are {', '.join(sorted(known))}")


def _classes_below(root: Path, passed_over: Sequence[str]) -> set[str]:
    """The names of the classes that the Python files below a folder define, by their text."""
    found: set[str] = set()
    for folder, inner, files in os.walk(root):
        inner[:] = [name for name in inner if not any(fnmatch(name, pattern) for pattern in passed_over)]
        if "pyvenv.cfg" in files:
            inner.clear()
            continue
        for file in files:
            if file.endswith(".py"):
                with suppress(OSError):
                    found.update(re.findall(r"^class\s+(\w+)", (Path(folder) / file).read_text(errors="replace"), re.MULTILINE))
    return found


# The ini file and the command line -------------------------------------------------------------------------------------------------------------


def _split(line: str) -> tuple[str, str]:
    before, colon, after = line.partition(":")
    return (before.strip(), after.strip()) if colon and before.strip().isidentifier() else ("default", line.strip())


def _spec_name(line: str) -> str:
    return _split(line)[1].partition("(")[0].strip()


def _parsed(line: str, cls: type[Spec]) -> tuple[str, dict[str, Any]]:
    named, text = _split(line)
    try:
        call = ast.parse(text, mode="eval").body
    except SyntaxError:
        call = None
    if not isinstance(call, ast.Call) or call.args or any(keyword.arg is None for keyword in call.keywords):
        raise UsageError(f"modelcheck_configurations: cannot read {line!r}", remedy="Write `Raft(servers=3)` or `nightly: Raft(servers=5)`.")
    return named, {str(keyword.arg): parse_constant(cls, str(keyword.arg), _given(keyword.value)) for keyword in call.keywords}


def _given(node: ast.expr) -> str | ast.expr:
    """A text may stand for a member of an enum."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else node


def _settings_of(cls: type[Spec], config: pytest.Config) -> dict[str, Any]:
    types = constant_types(cls)
    found: dict[str, Any] = {}
    for setting in config.getoption("modelcheck_set"):
        name, equals, text = setting.partition("=")
        if not equals:
            raise pytest.UsageError(f"--modelcheck-set {setting} sets nothing; write NAME=VALUE")
        if name in types:
            found[name] = parse_constant(cls, name, text)
            used_settings(config).add(name)
    return found


def used_settings(config: pytest.Config) -> set[str]:
    """The constants of ``--modelcheck-set`` that some collected spec has."""
    return config.stash.setdefault(_SET, set())


def unused_setting(config: pytest.Config) -> str | None:
    """A constant that was set and that no collected spec has."""
    names = [setting.partition("=")[0] for setting in config.getoption("modelcheck_set")]
    return next((name for name in names if name not in used_settings(config)), None)


def spec_error(error: ModelcheckError) -> str:
    """The message of an error, its place as people would type it and its notes included."""
    return "\n".join([str(with_short_place(error)), *getattr(error, "__notes__", [])])
