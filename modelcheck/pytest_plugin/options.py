"""The plugin's options and settings, and which files hold specs.

What limits a check is looked up from the most particular place to the most general: the command line, the ``modelcheck``
marker, the profile in use, the ini file.
"""

from __future__ import annotations

import fnmatch
import os
from pathlib import Path
from typing import Any

import pytest

DEFAULT_FILES = ("spec_*.py", "*_spec.py")
ORDERS = ("breadth", "depth", "random")
ON_UNKNOWN = ("fail", "xfail", "skip", "pass")
# Option name, ini type, type on the command line, help.
_LIMITS: list[tuple[str, str, Any, str]] = [
    ("max_states", "int", int, "stop a check after N distinct states"),
    ("max_depth", "int", int, "stop a check after N breadth-first levels"),
    ("time_limit", "float", float, "stop a check after N seconds"),
    ("workers", "int", int, "threads that search; one in each worker of pytest-xdist"),
    ("seed", "int", int, "of the random order"),
]


def add_options(parser: pytest.Parser) -> None:
    """Add everything to pytest's parser."""
    group = parser.getgroup("modelcheck", "model checking of specs")
    group.addoption(
        "--modelcheck",
        action="append",
        default=[],
        dest="modelcheck_paths",
        metavar="PATH",
        help="collect the specs in this file or folder, whatever its files are called; may be repeated",
    )
    group.addoption("--modelcheck-profile", metavar="NAME", help="the profile: which configurations, and how far")
    group.addoption(
        "--modelcheck-set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set a constant in every spec that has it; may be repeated",
    )
    for name, _, kind, text in _LIMITS:
        group.addoption(f"--modelcheck-{name.replace('_', '-')}", type=kind, metavar="N", help=text)
    group.addoption("--modelcheck-order", choices=ORDERS, help="what to explore next")
    group.addoption(
        "--modelcheck-on-unknown", choices=ON_UNKNOWN, help="what a check that reached a limit is: by default a failure"
    )
    group.addoption(
        "--modelcheck-replay",
        action="store_true",
        default=None,
        help="first replay the saved counterexamples of earlier failures, and search where none fails any more",
    )
    group.addoption("--modelcheck-traces", metavar="DIR", help="where counterexamples are saved (default: .modelcheck)")
    _add_settings(parser)


def _add_settings(parser: pytest.Parser) -> None:
    parser.addini("modelcheck_files", "names of the files that hold specs", "args", default=list(DEFAULT_FILES))
    parser.addini("modelcheck_profile", "the profile if the command line names none", "string", default="default")
    parser.addini("modelcheck_profiles", "limits of profiles, each `name: max_states=1000 time_limit=60`", "linelist")
    parser.addini(
        "modelcheck_configurations", "configurations of specs, each `Raft(servers=3)` or `profile: Raft(servers=5)`", "linelist"
    )
    typed = pytest.version_tuple >= (8, 4)  # Older ones know no numbers in ini files.
    add: Any = parser.addini
    for name, kind, _, text in _LIMITS:
        add(f"modelcheck_{name}", text, kind if typed else "string", default=None)
    parser.addini("modelcheck_order", "what to explore next: breadth, depth or random", "string", default=None)
    parser.addini("modelcheck_on_unknown", "what a check that reached a limit is", "string", default=None)
    parser.addini("modelcheck_replay", "first replay saved counterexamples", "bool", default=False)
    parser.addini("modelcheck_traces", "where counterexamples are saved", "string", default=".modelcheck")


def has_settings(config: pytest.Config) -> bool:
    """Whether the ini file says anything of checks that is to be looked at before anything is collected.

    Raises:
        pytest.UsageError: if it cannot be read.
    """
    names = [*(name for name, *_ in _LIMITS), "order", "on_unknown"]
    given = [config.getini("modelcheck_profiles")]
    for name in names:
        try:
            given.append(config.getini(f"modelcheck_{name}"))
        except (pytest.UsageError, ValueError, TypeError) as error:
            raise pytest.UsageError(f"the ini file: modelcheck_{name}: {error}") from None
    return any(value not in ([], None, "") for value in given)


def add_paths(config: pytest.Config) -> None:
    """Let pytest look into the paths of ``--modelcheck`` too, where they are not below what it looks into anyway."""
    for path in _paths(config):
        if not path.exists():
            raise pytest.UsageError(f"--modelcheck {path}: no such file or folder")
        inside = [config.invocation_params.dir / arg.split("::")[0] for arg in config.args]
        if not any(path == Path(os.path.normpath(arg)) or Path(os.path.normpath(arg)) in path.parents for arg in inside):
            config.args.append(str(path))


def _paths(config: pytest.Config) -> list[Path]:
    here = config.invocation_params.dir
    return [Path(os.path.normpath(here / path)) for path in config.getoption("modelcheck_paths")]


def holds_specs(path: Path, parent: pytest.Collector) -> bool:
    """Whether the specs of a file are to be collected.

    They are in files below a path of ``--modelcheck`` and in files that the command line names, except for files of tests,
    and in files that are called as ``modelcheck_files`` says. By the default names alone a file of some other tool could be
    meant, so with those the file must also mention modelcheck.
    """
    config = parent.config
    if path.suffix != ".py" or path.name in {"conftest.py", "__init__.py", "setup.py"}:
        return False
    if path in _paths(config):
        return True
    named = parent.session.isinitpath(path) or any(given in path.parents for given in _paths(config))
    if named and not _is_called(path, config.getini("python_files")):
        return True
    patterns = config.getini("modelcheck_files")
    return _is_called(path, patterns) and (list(patterns) != list(DEFAULT_FILES) or _mentions_us(path))


def _is_called(path: Path, patterns: list[str]) -> bool:
    return any(fnmatch.fnmatch(str(path) if "/" in pattern else path.name, pattern) for pattern in patterns)


def _mentions_us(path: Path) -> bool:
    try:
        return b"modelcheck" in path.read_bytes()
    except OSError:
        return False
