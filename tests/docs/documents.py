"""Documents as programs: their code blocks, and how each is run.

A ``python`` block whose first line is a comment with a file name is written to that file; other ``python`` blocks are run in order in one namespace,
as doctests where they hold prompts. A ``text`` block right after one is what it prints. In a ``console`` block each line that begins with ``$`` is
a command, and what follows is what it prints. Numbers that no two runs share (seconds, memory, rates), or that change with the engine (Python calls),
are compared as one; ``...`` stands for anything.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import subprocess
import sys
import types
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_FENCE = re.compile(r"^(?P<indent> *)```(?P<kind>\w+)[^\n]*\n(?P<body>.*?)^(?P=indent)```", re.MULTILINE | re.DOTALL)
_FILE_NAME = re.compile(r"^# (?P<name>[\w/]+\.py)\n")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_VARYING = re.compile(
    r"\d[\d,]*(\.\d+)?(e-\d+)? ?(?=(ms|s|seconds|MB|GB|kB|M/s|k/s|/s|bytes|Python calls)\b)|(?<=probability )\S+"
)


@frozen
class Block:
    """A code block: its kind, its text, and the line it starts at."""

    kind: str
    text: str
    line: int


def blocks(document: Path) -> list[Block]:
    """The code blocks of a document, in order."""
    text = document.read_text()
    return [
        Block(
            match["kind"], re.sub(f"(?m)^{match['indent']}", "", match["body"]), text.count("\n", 0, match.start()) + 1
        )
        for match in _FENCE.finditer(text)
    ]


def broken_links(document: Path) -> list[str]:
    """The relative links of a document that lead nowhere."""
    prose = _FENCE.sub("", document.read_text())
    targets = [target.partition("#")[0] for target in _LINK.findall(prose) if not re.match(r"\w+:", target)]
    return [target for target in targets if target and not (document.parent / target).exists()]


def same_output(expected: str, printed: str) -> bool:
    """Whether a command printed what the document says, up to numbers that vary and ``...``."""
    wanted, got = (
        re.sub(r" +", " ", _VARYING.sub("N", re.sub(r"[ \t]+$", "", text.strip(), flags=re.MULTILINE)))
        for text in (expected, printed)
    )
    pattern = re.escape(wanted).replace(re.escape("..."), ".*")
    return re.fullmatch(pattern, got, re.DOTALL) is not None


class Runner:
    """Runs the blocks of one document in a folder of their own."""

    def __init__(self, document: Path, folder: Path) -> None:
        self.document = document
        self.folder = folder
        self.module = types.ModuleType(f"document_{document.stem}")
        self.module.__file__ = str(folder / "document.py")
        sys.modules[self.module.__name__] = self.module
        self._printed = ""

    def run(self, block: Block) -> None:
        """Run a block; raises AssertionError where it does not do what the document says."""
        where = f"{self.document.name}:{block.line}"
        if block.kind == "python":
            self._python(block, where)
        elif block.kind == "text" and self._printed:
            assert same_output(block.text, self._printed), f"{where}: expected\n{block.text}\nprinted\n{self._printed}"
            self._printed = ""
        elif block.kind == "console":
            self._console(block, where)

    def _python(self, block: Block, where: str) -> None:
        name = _FILE_NAME.match(block.text)
        if name:
            path = self.folder / name["name"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)
        elif ">>>" in block.text:
            test = doctest.DocTestParser().get_doctest(
                block.text, vars(self.module), where, str(self.document), block.line
            )
            out = io.StringIO()
            runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
            runner.run(test, out=out.write, clear_globs=False)
            vars(self.module).update(test.globs)
            assert not runner.failures, f"{where}: {out.getvalue()}"
        else:
            self._execute(block)

    def _execute(self, block: Block) -> None:
        path = self.folder / f"block_{block.line}.py"
        path.write_text(block.text)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.chdir(self.folder):
            exec(compile(block.text, str(path), "exec"), vars(self.module))
        self._printed = printed.getvalue()

    def _console(self, block: Block, where: str) -> None:
        for part in re.split(r"(?m)^\$ ", block.text)[1:]:
            command, _, expected = part.partition("\n")
            if re.search(r"\b(pip|venv|apt-get|pytest --|git)\b", command):
                continue  # Set-up, which .ci/run and the packaging tests do for themselves.
            environment = {
                **os.environ,
                "NO_COLOR": "1",
                "COLUMNS": "120",
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            }
            done = subprocess.run(
                command,
                shell=True,
                cwd=self.folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            printed = done.stdout + done.stderr
            assert same_output(expected, printed), f"{where}: $ {command}\nexpected\n{expected}\nprinted\n{printed}"
