"""The section at the end of a test run: what was explored, and where the counterexamples are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modelcheck.cli.paint import columns
from modelcheck.cli.units import count, said_seconds
from modelcheck.spec.loading import shown_path
from modelcheck.trace.saving import replay_command

_SHOWN = 10
AS_MEANT = "fails as meant"
"""What a summary says of a spec that is meant to fail, and does so."""
_RANK = {"violated": 0, "unknown": 1, AS_MEANT: 2, "holds": 3}


def print_summary(terminal: Any, config: pytest.Config, properties: Iterable[Iterable[tuple[str, Any]]]) -> None:
    """Print the section.

    Args:
        terminal: Pytest's terminal reporter.
        config: Of the run.
        properties: The properties of each report.
    """
    checks = [check for found in properties for check in _checks(found)]
    explorations: dict[str, dict[str, Any]] = {}
    for check in checks:
        first = explorations.setdefault(check["exploration"], check)
        if _RANK[check["verdict"]] < _RANK[first["verdict"]]:
            explorations[check["exploration"]] = check
    # By size and not by time, so that the order is the same in each run.
    made = sorted(explorations.values(), key=lambda check: (-check["states"], check["spec"]))
    shown = made if config.get_verbosity() > 0 else made[:_SHOWN]
    terminal.section("modelcheck", sep="=")
    rows = [(c["spec"], c["verdict"], count(c["states"], "state"), said_seconds(c["seconds"])) for c in shown]
    for line in columns(rows, indent="", right=frozenset({2, 3})):
        terminal.write_line(line)
    if len(made) > 1:
        more = f" ({len(made) - len(shown)} more, shown with -v)" if len(shown) < len(made) else ""
        states, seconds = (sum(check[name] for check in made) for name in ("states", "seconds"))
        terminal.write_line(f"{len(made)} explorations, {count(states, 'state')}, {said_seconds(seconds)}{more}")
    for file in dict.fromkeys(c["counterexample"] for c in checks if "counterexample" in c):
        terminal.write_line(replay_command(Path(shown_path(file))))


def _checks(found: Iterable[tuple[str, Any]]) -> Iterator[dict[str, Any]]:
    """The checks that one report tells of; each begins with its spec."""
    check: dict[str, Any] = {}
    for name, value in found:
        if name == "modelcheck_spec":
            if check:
                yield check
            check = {}
        if name.startswith("modelcheck_"):
            check[name.removeprefix("modelcheck_")] = value
    if check:
        yield check
