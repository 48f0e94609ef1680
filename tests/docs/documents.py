"""Documents as programs: their code blocks, and how each is run.

A ``python`` block whose first line is a comment with a file name is written to that file. A ``diff`` block begins with ``--- NAME`` and changes the
file of that name. Other ``python`` blocks are run in order in one namespace, as doctests where they hold prompts. A ``text`` block right after one is
what it prints. In a ``console`` block each line that begins with ``$`` is a command, and what follows is what it prints. Numbers that no two runs
share (seconds, memory, rates), or that change with the engine (Python calls), are compared as one; ``...`` stands for anything; a
line that begins with one space continues the line before.

``python tests/docs/documents.py FILE`` writes into a document what its commands print now.
"""

from __future__ import annotations

import contextlib
import doctest
import importlib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import types
from collections.abc import Iterator
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


def _normalised(text: str) -> str:
    lines = re.sub(r"[ \t]+$", "", text.strip(), flags=re.MULTILINE)
    joined = re.sub(r"\n (?=\S)", " ", lines)
    joined = re.sub(r", [\d.]+( [kM])? generated/s", "", joined)  # Printed of searches that take a second or more.
    return re.sub(r" +", " ", _VARYING.sub("N", joined))


def same_output(expected: str, printed: str) -> bool:
    """Whether a command printed what the document says, up to numbers that vary and ``...``."""
    wanted, got = map(_normalised, (expected, printed))
    pattern = re.escape(wanted).replace(re.escape("..."), ".*")
    return re.fullmatch(pattern, got, re.DOTALL) is not None


class Runner:
    """Runs the blocks of one document in a folder of their own."""

    def __init__(self, document: Path, folder: Path) -> None:
        self.document = document
        self.folder = folder
        shutil.copytree(ROOT / "specs", folder / "specs", ignore=shutil.ignore_patterns("__pycache__", ".modelcheck"))
        self.module = types.ModuleType(f"document_{document.stem}")
        self.module.__file__ = str(folder / "document.py")
        sys.modules[self.module.__name__] = self.module
        self._printed = ""

    def run(self, block: Block) -> None:
        """Run a block; raises AssertionError where it does not do what the document says."""
        where = f"{self.document.name}:{block.line}"
        if block.kind == "python":
            with fresh_modules(self.folder):
                self._python(block, where)
        elif block.kind == "text" and self._printed:
            assert same_output(block.text, self._printed), f"{where}: expected\n{block.text}\nprinted\n{self._printed}"
            self._printed = ""
        elif block.kind == "console":
            self._console(block, where)
        elif block.kind == "diff":
            self._change(block, where)

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

    def _change(self, block: Block, where: str) -> None:
        """Apply a diff whose hunks are found by their text; line numbers are not needed."""
        name, *lines = block.text.splitlines()
        path = self.folder / name.removeprefix("--- ")
        text = path.read_text()
        for hunk in "\n".join(lines).split("\n@@\n"):
            before, after = (
                "\n".join(line[1:] for line in hunk.splitlines() if line[:1] != sign) + "\n" for sign in ("+", "-")
            )
            assert text.count(before) == 1, f"{where}: {path.name} has no, or several, of\n{before}"
            text = text.replace(before, after)
        path.write_text(text)

    def _execute(self, block: Block) -> None:
        path = self.folder / f"block_{block.line}.py"
        path.write_text(block.text)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.chdir(self.folder):
            exec(compile(block.text, str(path), "exec"), vars(self.module))
        self._printed = printed.getvalue()

    def _console(self, block: Block, where: str) -> None:
        for command, expected, printed in self.commands(block):
            assert same_output(expected, printed), f"{where}: $ {command}\nexpected\n{expected}\nprinted\n{printed}"

    def commands(self, block: Block) -> Iterator[tuple[str, str, str]]:
        """Run the commands of a console block; for each its text, what the document says, and what it prints."""
        for part in re.split(r"(?m)^\$ ", block.text)[1:]:
            command, _, expected = part.partition("\n")
            if re.search(r"\b(pip|venv|apt-get|git)\b", command):
                continue  # Set-up, which .ci/run and the packaging tests do for themselves.
            yield command, expected, self._printed_by(command)

    def _printed_by(self, command: str) -> str:
        shutil.rmtree(
            self.folder / "__pycache__", ignore_errors=True
        )  # A file rewritten within a second looks unchanged.
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            command,
            shell=True,
            cwd=self.folder,
            env={**os.environ, "NO_COLOR": "1", "COLUMNS": "120", "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return done.stdout


@contextlib.contextmanager
def fresh_modules(folder: Path) -> Iterator[None]:
    """Let modules be imported from a folder, and forget them afterwards: its files change, and other documents have files of the same name."""
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name, module in list(sys.modules.items()):
            if str(getattr(module, "__file__", None)).startswith(f"{folder}{os.sep}"):
                del sys.modules[name]


def update(document: Path) -> None:
    """Write into a document what its commands print now, except where it leaves something out with ``...``, or where they begin to fail."""
    text = document.read_text()
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(document, Path(folder).resolve())
        for block in blocks(document):
            if block.kind == "console":
                for command, expected, printed in runner.commands(block):
                    if printed.startswith("Error:") and not expected.startswith(("Error:", "...")) and expected:
                        print(f"{document.name}:{block.line}: $ {command}\n{printed}", file=sys.stderr)  # noqa: T201
                    elif not same_output(expected, printed) and "..." not in expected:
                        assert text.count(f"$ {command}\n{expected}") == 1, f"{document.name}:{block.line}: ambiguous"
                        text = text.replace(f"$ {command}\n{expected}", f"$ {command}\n{printed}")
            else:
                runner.run(block)
    document.write_text(text)


if __name__ == "__main__":
    for named in sys.argv[1:]:
        update(Path(named).resolve())
