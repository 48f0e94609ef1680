"""Damaged traces and logs through every command that reads them.

``python tests/fuzz/readers.py [COUNT] [SEED]`` changes valid files at random, in their text and in what they say, and gives each to a command.
Whatever a file holds, the command answers or says in a few lines which file is damaged: it does not fail in another way, and does not hang. What is
found is printed with its number, with which it is made again.
"""

from __future__ import annotations

import contextlib
import copy
import io
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from modelcheck.cli import main as command

DATA = Path(__file__).resolve().parents[1] / "data" / "traces"
LONGEST_S = 20.0
MOST_DEEP = 30
TRACES = ("calm", "forward", "read_once", "deadlock", "log")
FORMS = ("itf", "json", "mermaid", "svg", "html", "shiviz", "pytest")
COMMANDS: list[tuple[str, ...]] = [
    ("replay", "FILE", "--spec", "town_spec.py"),
    ("replay", "FILE"),
    ("replay", "FILE", "--spec", "town_spec.py", "--json"),
    ("replay", "FILE", "--spec", "town_spec.py", "--step", "1"),
    ("diff", "FILE", "calm.json"),
    ("diff", "calm.json", "FILE", "--json"),
    *(("trace", "FILE", "--to", form, "-o", "out") for form in FORMS),
]
VALIDATE = ("validate", "town_spec.py", "FILE", "--set", "first=RED", "--time-limit", "5", "--trace-out", "out.json")
LOG = """\
{"state": {"light": "RED"}}
{"action": "switch", "state": {"light": "GREEN", "queue": []}}
{"action": "send", "arguments": {"n": 0}, "state": {"queue": [0], "last": [0, {"type": "Note", "to": 0, "text": "hello"}]}}
{"action": "send", "arguments": {"n": 1}, "state": {"node": {"0": {"seen": 0}}, "rates": [0.5, {"#unserializable": "b'x'"}, true]}}
{"action": "read", "arguments": {"note": {"to": 0}}, "state": {"done": [0]}}
"""
STRANGE: list[Any] = [
    None, True, False, 0, -1, 1, 2**70, 1.5, 1e308, "", "x", "None", "\x00", "\x1b[2J", "\ud800", "a" * 300, [], {}, [[]], [1, "x"],
    {"x": 1},
    {"#bigint": "1"}, {"#bigint": "x"}, {"#bigint": 1}, {"#bigint": "9" * 3_999}, {"#bigint": None}, {"#tup": []}, {"#tup": {}},
    {"#set": [1, True, 1.0]},
    {"#map": [[1, 2], [True, 3]]}, {"#map": [[[], {}]]}, {"#map": [1]}, {"#unserializable": "nan"}, {"#unserializable": "{}"},
    {"tag": "Note", "value": {}},
    {"tag": "Note", "value": {"to": {"#bigint": "0"}, "text": "hello"}}, {"tag": "GREEN", "value": "U_OF_UNIT"}, {"tag": 1, "value": 2}, {"tag": "x"},
]  # fmt: skip
PIECES = [
    "Infinity", "-Infinity", "NaN", "1e999", "9" * 5_000, "[" * 2_000, '{"a":' * 2_000, "\x00", "\ufeff",
    "\\ud800", "\n", "{}", "null", '"', ",", "]",
]  # fmt: skip


def places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths to all that is inside of a document."""
    items = document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    for key, inner in items:
        yield (*path, key)
        if len(path) < MOST_DEEP:
            yield from places(inner, (*path, key))


def at(document: Any, path: tuple[Any, ...]) -> Any:
    """What is at a path."""
    for key in path:
        document = document[key]
    return document


def change(document: Any, chance: random.Random) -> None:
    """Change something inside of a document."""
    all_places = list(places(document))
    path = chance.choice(all_places)
    above, last = at(document, path[:-1]), path[-1]
    kind = chance.randrange(6)
    if kind == 0:
        del above[last]
    elif kind == 1 and isinstance(above, list):
        above.insert(chance.randrange(len(above) + 1), copy.deepcopy(above[last]))
    elif kind == 2:
        above[last] = copy.deepcopy(at(document, chance.choice(all_places)))
    elif kind == 3 and isinstance(above, dict):
        above[chance.choice(["x", "", "#meta", "tag", "a b", str(last) + "x"])] = above.pop(last)
    elif kind == 4 and chance.random() < 0.1:
        inner: Any = True
        for _ in range(chance.choice([100, 150, 199, 210, 250])):
            inner = {"#tup": [inner]}
        above[last] = inner
    else:
        above[last] = copy.deepcopy(chance.choice(STRANGE))


def changed_text(text: str, chance: random.Random) -> bytes:
    """A text with some of it lost, repeated or replaced."""
    data = text.encode(errors="surrogatepass")
    start = chance.randrange(len(data) + 1)
    end = min(len(data), start + chance.choice([0, 1, 1, 5, 100]))
    kind = chance.randrange(5)
    if kind == 0:
        return data[:start]
    if kind == 1:
        return data[:start] + data[end:]
    if kind == 2:
        return data[:end] + data[start:]
    if kind == 3:
        return data[:start] + bytes(chance.randrange(256) for _ in range(chance.choice([1, 3]))) + data[end:]
    return data[:start] + chance.choice(PIECES).encode() + data[end:]


def damaged(name: str, chance: random.Random) -> bytes:
    """A damaged trace, or a log if it is called so."""
    if name == "log.jsonl":
        lines = [json.loads(line) for line in LOG.splitlines()]
        for _ in range(chance.choice([0, 1, 1, 2, 5])):
            change(lines, chance)
        text = "".join(json.dumps(line) + "\n" for line in lines)
    else:
        document = json.loads(Path(f"{name}.json").read_text(encoding="utf-8"))
        with contextlib.suppress(RecursionError):  # What is too deep for Python to copy is left as it is.
            for _ in range(chance.choice([0, 1, 1, 2, 5])):
                change(document, chance)
        text = json.dumps(document)
    return changed_text(text, chance) if chance.random() < 0.4 else text.encode(errors="surrogatepass")


def outcome(arguments: list[str]) -> tuple[int, str, str]:
    """The exit code of a command, and what it prints."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            command(arguments)
        except SystemExit as exited:
            return int(exited.code or 0), out.getvalue(), err.getvalue()
    raise AssertionError


def complaint(code: int, err: str, seconds: float) -> str | None:
    """What is wrong with an outcome."""
    if seconds > LONGEST_S:
        return f"took {seconds:.0f} s"
    if "bug in modelcheck" in err or "Traceback" in err:
        return "failed in another way"
    if code not in (0, 1, 2, 3):
        return f"ended with {code}"
    if any(not (c.isprintable() or c == "\n") for c in err):
        return "commands the terminal"
    if code == 2 and err and not ("Error: " in err and len(err) < 3_000 and err.count("\n") <= 8):
        return "told no error in a few lines"
    return None


def attempt(number: int) -> tuple[list[str], int, str | None, str]:
    """A damaged file through a command: the command, its exit code, what is wrong with it, and its errors."""
    chance = random.Random(number)
    name = chance.choice([*TRACES, "log.jsonl", "log.jsonl"])
    words = VALIDATE if name == "log.jsonl" else chance.choice(COMMANDS)
    file = Path("damaged.jsonl" if name == "log.jsonl" else "damaged.json")
    file.write_bytes(damaged(name, chance))
    arguments = [str(file) if word == "FILE" else word for word in words]
    started = time.monotonic()
    code, _, err = outcome(arguments)
    return arguments, code, complaint(code, err, time.monotonic() - started), err


@contextlib.contextmanager
def folder() -> Iterator[None]:
    """A folder with the spec and its traces."""
    with tempfile.TemporaryDirectory() as made, contextlib.chdir(made):
        for file in DATA.iterdir():
            if file.is_file():
                Path(file.name).write_bytes(file.read_bytes())
        sys.path.insert(0, os.fspath(Path.cwd()))
        try:
            yield
        finally:
            sys.path.remove(os.fspath(Path.cwd()))


def main(count: int, seed: int, tell: Callable[[str], object] = print) -> dict[int, int]:
    """Try so many files; returns how often each exit code came, with what is wrong counted under -1."""
    codes: dict[int, int] = {}
    with folder():
        for number in range(seed, seed + count):
            arguments, code, wrong, err = attempt(number)
            if wrong is not None:
                tell(f"{number}: {' '.join(arguments)}: {wrong}\n  {err[-1_000:]!a}")
                code = -1
            codes[code] = codes.get(code, 0) + 1
    return codes


if __name__ == "__main__":
    count, seed = (*map(int, sys.argv[1:]), *(20_000, 0)[len(sys.argv) - 1 :])
    sys.stdout.write(f"{main(count, seed)}\n")
