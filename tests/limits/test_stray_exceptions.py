"""Whatever a spec's code raises is an error of the spec, with its line and exit code 2: 1 means that a property is violated."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from modelcheck import Spec, SpecError, action, check, require
from modelcheck.spec import machine_of
from modelcheck.symbolic.proof.prove import prove

from .places import PLACES, Everywhere

COMMAND = Path(sys.executable).with_name("modelcheck")


class Own(BaseException):
    """Not an ``Exception``."""


STRAY = [SystemExit, KeyboardInterrupt, GeneratorExit, asyncio.CancelledError, Own, StopIteration, ValueError]


class Raising(Everywhere):
    """Raises in one place."""

    error = None

    def disturb(self):
        raise self.error("stray")


def raising(place, error):
    """A spec that raises in a place; a terminal predicate is asked at the end only."""
    return type("Raising", (Raising,), {"error": error, "__module__": __name__})(place=place, at=5 if place == "terminal" else 2)


@pytest.mark.parametrize("error", STRAY)
@pytest.mark.parametrize("place", PLACES)
def test_an_exception_in_a_spec_is_an_error_of_the_spec(place, error):
    """It is named with the line."""
    with pytest.raises(SpecError, match=rf"raised {error.__name__}: stray") as raised:
        check(raising(place, error))
    assert "test_stray_exceptions.py:" in raised.value.place


@pytest.mark.parametrize("error", STRAY)
@pytest.mark.parametrize("place", ["init", "action", "guard", "invariant"])
def test_so_it_is_in_a_proof(place, error):
    """Which runs the spec's code on formulas."""
    with pytest.raises(SpecError, match=error.__name__):
        prove(raising(place, error), properties=["small"], method="bmc")


@pytest.mark.parametrize("error", [error for error in STRAY if error is not KeyboardInterrupt])  # Which is Ctrl-C here.
def test_so_it_is_in_steps_by_hand(error):
    """Which run it on ordinary objects."""
    spec = raising("action", error)
    state = spec.initial_states()[0]
    state = spec.step(state, "count", i=1)
    with pytest.raises(SpecError, match=error.__name__):
        spec.step(state, "count", i=1)


class Odd:
    """A value that raises in one of its methods."""

    def __init__(self, method, error):
        self.method = method
        self.error = error

    def __eq__(self, other):
        if self.method == "eq":
            raise self.error("stray")
        return isinstance(other, Odd)

    def __hash__(self):
        if self.method == "hash":
            raise self.error("stray")
        return 1


@pytest.mark.parametrize("error", STRAY)
@pytest.mark.parametrize("method", ["eq", "hash"])
def test_so_it_is_in_a_value(method, error):
    """A state holds values, whose own methods are the spec's code too."""

    class Holding(Spec):
        def init(self):
            self.value = None

        @action
        def hold(self):
            self.value = (Odd(method, error),)

        @action
        def compare(self):
            require(self.value is not None)
            self.value = (Odd(method, error),) if self.value == (Odd(method, error),) else None

    with pytest.raises(SpecError, match=r"stray|cannot be hashed|changed after it was stored"):
        check(Holding())


def test_initial_states_raise_it_too():
    """Of a machine without a search."""
    with pytest.raises(SpecError, match="raised Own: stray"):
        machine_of(raising("init", Own)).initial_states()


SPEC = """
import asyncio, sys
from modelcheck import Spec, action, invariant

class Own(BaseException):
    pass

class Raising(Spec):
    def init(self):
        {init}
        self.n = 0

    @action
    def count(self):
        {action}
        self.n = (self.n + 1) % 3

    @invariant
    def small(self):
        {invariant}
        return self.n < 3

{module}
"""


@pytest.mark.parametrize(
    ("command", "place", "error"),
    [
        *(("check", place, error) for place in ("init", "module") for error in ("KeyboardInterrupt", "SystemExit(0)", "asyncio.CancelledError")),
        *((command, place, "Own") for command in ("check", "prove", "show", "validate", "replay") for place in ("init", "module")),
    ],
)
def test_every_command_exits_with_2(tmp_path, command, place, error):
    """Exit code 1 is a negative answer, and nothing else."""
    code = {"init": "pass", "action": "pass", "invariant": "pass", "module": "pass"}
    path = tmp_path / "raising.py"
    path.write_text(SPEC.format(**{**code, place: f"raise {error}"}))
    (tmp_path / "log.jsonl").write_text('{"action": "count"}\n')
    more = {"validate": ["log.jsonl"]}.get(command, [])
    if command == "replay":
        path.write_text(SPEC.format(**code))
        subprocess.run([COMMAND, "validate", path, "log.jsonl", "--trace-out", "run.json"], cwd=tmp_path, check=True, timeout=60, capture_output=True)
        path.write_text(SPEC.format(**{**code, place: f"raise {error}"}))
        path = tmp_path / "run.json"
    done = subprocess.run([COMMAND, command, path, *more], capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False)
    assert done.returncode == 2, done.stdout + done.stderr
    assert f"raised {error.partition('(')[0].rpartition('.')[2]}" in done.stderr
    assert "bug in modelcheck" not in done.stderr
    assert "Traceback" not in done.stderr
