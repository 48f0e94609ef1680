"""Traces and exported tests that earlier versions wrote: what was saved stays readable."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from modelcheck.trace import read_recording

SAVED = Path(__file__).resolve().parents[1] / "data" / "traces"
TRACES = {"calm": "still fails", "forward": "still fails", "deadlock": "still fails", "read_once": "is still reached", "log": "is still unexplained"}


def run(*arguments):
    return subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The spec and what was saved of it, to be read where it lies."""
    found = tmp_path / "saved"
    shutil.copytree(SAVED, found)
    monkeypatch.chdir(found)
    return found


@pytest.mark.parametrize(("name", "told"), TRACES.items())
def test_a_trace_of_schema_1_replays(folder, name, told):
    """Each kind of trace, as version 0.1.0 wrote it first."""
    assert '"schema": 1' in (folder / f"{name}.json").read_text()
    done = run("modelcheck", "replay", f"{name}.json")
    assert told in done.stdout, done.stdout + done.stderr
    assert (done.returncode, done.stderr) == (0 if name == "read_once" else 1, "")


@pytest.mark.parametrize("form", ["itf", "json", "mermaid", "svg", "html", "shiviz", "pytest"])
@pytest.mark.usefixtures("folder")
def test_a_trace_of_schema_1_is_exported(form):
    """And is written in every format."""
    done = run("modelcheck", "trace", "calm.json", "--to", form)
    assert done.returncode == 0, done.stderr
    assert "read" in done.stdout


@pytest.mark.parametrize("name", ["calm", "forward", "deadlock"])
@pytest.mark.usefixtures("folder")
def test_an_exported_test_of_version_0_1_0_runs(name):
    """It fails as it did, with the same property at the end of the same run."""
    done = run("pytest", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", f"exported_{name}.py")
    assert f"AssertionError: {name} is still violated" in done.stdout, done.stdout
    assert "1 failed" in done.stdout


def test_what_is_written_now_has_the_version_that_is_read():
    """A trace carries the version of its format; an unknown one says what to do (see test_recording)."""
    assert read_recording(SAVED / "calm.json").version == "0.1.0"
