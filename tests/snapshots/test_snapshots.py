"""What the command prints, letter by letter.

Each file in this folder holds commands, after ``$``, and what they print, from a folder with the specs of the
repository and of these tests. Numbers that no two runs share are compared as one. To write the files anew after a
change that was meant: ``MODELCHECK_SNAPSHOTS=write pytest tests/snapshots``, and read the difference.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
VARYING = re.compile(
    r"\d[\d,]*(?:\.\d+)? (?:min \d+ s|s|ms|MB|kB|GB|[kM] generated/s)\b|\d[\d,]*(?:\.\d+)?(?= (?:Python calls?|bytes per state))"
    r"|(?<=one per )\S+|(?<=fingerprint: )\S+|\d+% full|modelcheck/\w+/\w+\.py:\d+|^  \S+ +\d[\d,]*$",
    re.MULTILINE,
)


def steady(text):
    """The text with the numbers that vary made equal."""
    return VARYING.sub(lambda match: re.sub(r"[\d,.]*\d(e-\d+)?", "N", match[0]), text)


def printed(command, folder):
    """What a command prints, its errors last, and its exit code."""
    path = os.pathsep.join([str(ROOT), *(entry for entry in sys.path if entry)])
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")}
    words = shlex.split(command)
    arguments = words if words[0] == "sed" else [sys.executable, "-m", *words]
    found = subprocess.run(
        arguments,
        cwd=folder,
        env={**environment, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    code = f"[exit code {found.returncode}]\n" if found.returncode else ""
    return found.stdout + found.stderr + code


@pytest.fixture
def folder(tmp_path):
    """A folder with the specs."""
    shutil.copytree(ROOT / "specs", tmp_path / "specs", ignore=shutil.ignore_patterns("__pycache__"))
    for spec in (HERE / "specs").glob("*.py"):
        shutil.copy(spec, tmp_path)
    return tmp_path


@pytest.mark.parametrize("file", sorted(HERE.glob("*.txt")), ids=lambda file: file.stem)
def test_the_text_is_as_it_was(file, folder):
    """Each command prints what its snapshot says."""
    commands = re.findall(r"^\$ (.*)$", file.read_text(), re.MULTILINE)
    found = "\n".join(f"$ {command}\n{printed(command, folder)}" for command in commands)
    if os.environ.get("MODELCHECK_SNAPSHOTS") == "write" and steady(found) != steady(file.read_text()):
        file.write_text(found)
    assert steady(found) == steady(file.read_text())
