"""What a checkpoint is not written for, or not gone on from, with what is wrong; and what is never lost."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from modelcheck import Spec, Verdict, action, eventually, invariant, require
from modelcheck.disk import made_of
from modelcheck.errors import CheckpointError, UsageError
from modelcheck.search import Limits, check, checkpoints, resume
from modelcheck.search.kernel._explorer import Explorer
from modelcheck.statespace.kernel._kernel import Space

pytestmark = pytest.mark.usefixtures("eager")

TWO_FILES = {
    "steps.py": "STEP = 1\n",
    "grid.py": '''\
"""Two counters."""
from pathlib import Path

from modelcheck import Spec, action, invariant, require
from steps import STEP


class Grid(Spec):
    """Counts in two directions."""

    size: int = 20

    def init(self) -> None:
        self.x = 0
        self.y = 0
        self.seen = set()

    @action
    def right(self) -> None:
        require(self.x < self.size)
        self.x += STEP
        self.seen.add(("right", self.x % 3, Path(__file__).with_name("data").exists()))

    @action
    def up(self) -> None:
        require(self.y < self.size)
        self.y += STEP

    @invariant
    def inside(self) -> bool:
        return self.x + self.y <= 2 * self.size
''',
}


class Grid(Spec):
    """Counts in two directions."""

    size: int = 20

    def init(self) -> None:
        self.x = 0
        self.y = 0

    @action
    def right(self) -> None:
        require(self.x < self.size)
        self.x += 1

    @action
    def up(self) -> None:
        require(self.y < self.size)
        self.y += 1

    @invariant
    def inside(self) -> bool:
        return self.x <= self.size


class Endless(Grid):
    """The same, asked of whole runs."""

    @eventually
    def done(self) -> bool:
        return self.x == self.size


class Other(Grid):
    """Another one."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With a checkpoint of a search that was cut short."""
    report = check(Grid(), checkpoint=tmp_path / "kept", limits=Limits(states=100))
    assert report.verdict is Verdict.UNKNOWN
    return tmp_path / "kept"


def goes_on(folder: Path) -> bool:
    """Whether the search can be gone on with, and comes to its end."""
    report = resume(Grid(), folder)
    return (report.verdict, report.states, report.generated, report.depth) == (Verdict.UNKNOWN if report.reason else report.verdict, 441, 841, 41)


def change(folder: Path, **facts: Any) -> None:
    """Let a checkpoint say something else of itself."""
    told = checkpoints.stored.read(folder)
    assert told is not None
    told["made_of"].update(facts)
    whole = {**told, "sum": checkpoints.stored._sum(told)}
    (folder / "checkpoint.json").write_text(json.dumps(whole))


def test_what_is_left_alone_goes_on(folder: Path) -> None:
    assert goes_on(folder)


@pytest.mark.parametrize(
    ("fact", "was", "message"),
    [
        ("python", "CPython 3.10.1", "it was CPython 3.10.1, and is"),
        ("byteorder", "middle", "it was middle, and is"),
        ("modelcheck", "0.0.1 12345678", "it was modelcheck 0.0.1 12345678, and is"),
    ],
)
def test_other_versions_are_refused(folder: Path, fact: str, was: str, message: str) -> None:
    change(folder, **{fact: was})
    with pytest.raises(CheckpointError, match=message):
        resume(Grid(), folder)


def test_changed_and_missing_sources_are_named(folder: Path) -> None:
    here = os.path.relpath(__file__, Path(__file__).parent)
    told = checkpoints.stored.read(folder)
    assert told is not None
    change(folder, files={**told["made_of"]["files"], here: "0", "gone.py": "1"})
    with pytest.raises(CheckpointError, match=rf"{here} has changed; gone.py is gone"):
        resume(Grid(), folder)


@pytest.mark.parametrize("spec", [Grid(size=21), Other()])
def test_other_specs_and_constants_are_refused(folder: Path, spec: Spec) -> None:
    with pytest.raises(CheckpointError, match=r"is of Grid\(size=.*\), and not of"):
        resume(spec, folder)
    assert goes_on(folder)


def test_a_folder_in_use_is_refused(folder: Path) -> None:
    first, _ = checkpoints.reopened(folder, Grid())
    with pytest.raises(UsageError, match=f"in use by another search, in process {os.getpid()}"):
        resume(Grid(), folder)
    first.close()
    assert goes_on(folder)


def test_a_checkpoint_is_not_overwritten_by_another_search(folder: Path) -> None:
    with pytest.raises(UsageError, match="holds a checkpoint of Grid"):
        check(Other(), checkpoint=folder)
    assert goes_on(folder)


def test_a_folder_without_a_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no checkpoint"):
        resume(Grid(), tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError, match="is no folder for checkpoints"):
        check(Grid(), checkpoint=tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_search_removes_only_its_own_files(tmp_path: Path) -> None:
    (tmp_path / "states-of-mine").write_text("mine")
    (tmp_path / "states-000007").write_text("left over")
    check(Grid(), checkpoint=tmp_path)
    checkpoints.discard(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["states-of-mine"]


KINDS = ("runs", "states", "checkpoint.json")
DAMAGE = [(kind, harm) for kind in KINDS for harm in ("byte", "cut", "gone")]


@pytest.mark.parametrize(("kind", "harm"), [pytest.param(*each, marks=pytest.mark.slow if each[1] == "gone" else ()) for each in DAMAGE])
def test_damage_is_noticed(folder: Path, kind: str, harm: str) -> None:
    """Whichever byte it is."""
    for file in sorted(folder.glob(f"{kind}*"))[-1:]:
        whole = file.read_bytes()
        for at in [0] if harm == "gone" else [0, len(whole) - 1]:
            if harm == "gone":
                file.unlink()
            else:
                file.write_bytes(whole[:at] if harm == "cut" else whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
            with pytest.raises((CheckpointError, UsageError), match=r"damaged|missing|cannot be read|no checkpoint|cut off|version"):
                resume(Grid(), folder)
            file.write_bytes(whole)
    assert goes_on(folder)


class Full:
    """A disk that is full after so many bytes, until there is room again."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = False
        real = os.fsync
        monkeypatch.setattr(os, "fsync", lambda fd: self.refuse() if self.full else real(fd))

    @staticmethod
    def refuse() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_ends_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search goes on, the checkpoint before stays, and the report says so."""
    disk = Full(monkeypatch)
    disk.full = True
    report = resume(Grid(), folder, limits=Limits(states=200))
    assert report.warnings[-1] == f"no checkpoint could be written to {folder}: No space left on device"
    assert checkpoints.found(folder)["states"] < 200
    disk.full = False
    assert goes_on(folder)


def test_a_disk_that_is_full_for_a_while_costs_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be written is in the next checkpoint."""
    disk = Full(monkeypatch)
    written = checkpoints.Checkpoints._write
    calls: list[int] = []

    def write(self: checkpoints.Checkpoints, *arguments: Any) -> None:
        calls.append(1)
        disk.full = len(calls) % 3 != 0
        written(self, *arguments)

    monkeypatch.setattr(checkpoints.Checkpoints, "_write", write)
    for states in (180, 260, 340, None):
        report = resume(Grid(), folder, limits=Limits(states=states))
    assert (report.states, report.generated, report.depth) == (441, 841, 41)
    assert len(calls) > 12


def test_the_kernel_says_that_the_disk_is_full() -> None:
    space = Space()
    space.seal()
    explorer = Explorer(space, mode=0)
    full = os.open("/dev/full", os.O_WRONLY)
    with pytest.raises(OSError, match="No space left on device"):
        explorer.save(full)
    os.close(full)


def test_what_must_happen_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the steps that done is decided by are not kept in checkpoints"):
        check(Endless(), checkpoint=tmp_path)
    assert check(Endless(), checkpoint=tmp_path, properties=["inside"]).states == 441


@pytest.mark.parametrize("order", ["depth", "random"])
def test_other_orders_are_refused(tmp_path: Path, order: str) -> None:
    with pytest.raises(UsageError, match="only a breadth-first search has checkpoints"):
        check(Grid(), checkpoint=tmp_path, order=order, limits=Limits(states=10))


def test_files_are_looked_at_when_they_are_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A source that is saved while the search runs is not what the search runs."""
    digests = iter(["as it was loaded", *["as it is now"] * 1000])
    kept = made_of.MadeOf(Grid)
    files = kept.told()["files"]
    monkeypatch.setattr(made_of, "_digest", lambda _: next(digests))
    assert kept.told()["files"] == files


# In processes of their own ------------------------------------------------------------------------------------------------------------------------


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    eager = str(Path(__file__).with_name("eager.py"))
    return subprocess.run([sys.executable, eager, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two files, and a checkpoint of a search through them."""
    for name, text in TWO_FILES.items():
        (tmp_path / name).write_text(text)
    done = command(tmp_path, "check", "grid.py", "--property", "inside", "--checkpoint", "kept", "--max-states", "100")
    assert (done.returncode, "Resume: modelcheck resume kept" in done.stdout) == (3, True), done
    return tmp_path


@pytest.mark.slow
def test_a_project_that_moves_goes_on(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """To another folder, as to another machine."""
    moved = project.rename(tmp_path_factory.mktemp("elsewhere") / "project")
    done = command(moved, "resume", "kept")
    assert done.returncode == 0, done
    assert "states, " in done.stdout
    assert not (moved / "kept").exists()


def test_an_imported_file_that_changed_is_named(project: Path) -> None:
    (project / "steps.py").write_text("STEP = 2 - 1\n")
    done = command(project, "resume", "kept")
    assert (done.returncode, "steps.py has changed" in done.stderr) == (2, True), done
    (project / "steps.py").write_text(TWO_FILES["steps.py"])
    assert command(project, "resume", "kept").returncode == 0


@pytest.mark.slow
def test_a_spec_that_comes_out_otherwise_is_refused(project: Path) -> None:
    """Here it looks at a file that no import tells of."""
    (project / "data").write_text("")
    done = command(project, "resume", "kept")
    assert done.returncode == 2, done
    assert "the action right comes out otherwise than it did" in done.stderr or "the values that the spec makes are not" in done.stderr, done


def test_sigterm_leaves_a_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "grid.py").write_text(TWO_FILES["grid.py"].replace("size: int = 20", "size: int = 400"))
    (tmp_path / "steps.py").write_text(TWO_FILES["steps.py"])
    program = [sys.executable, "-m", "modelcheck", "check", "grid.py", "--checkpoint", "kept"]
    process = subprocess.Popen(program, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not (tmp_path / "kept" / "lock").exists():
        time.sleep(0.01)
    time.sleep(0.7)
    process.terminate()
    out, err = process.communicate(timeout=60)
    assert (process.returncode, "it was interrupted" in out, "Checkpoint: " in out) == (3, True, True), (out, err)
