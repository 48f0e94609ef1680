"""``modelcheck new``."""

from __future__ import annotations

import re
from pathlib import Path

import click

from modelcheck.cli.command import common_options
from modelcheck.errors import UsageError


@click.command(short_help="Write a small spec and a test for it.")
@click.argument("name")
@common_options
def command(name: str) -> None:
    """Write a small commented spec called NAME, and a test beside it: spec_NAME.py and test_NAME.py.

    NAME may begin with a folder that exists: specs/lock. Files that exist are left alone.
    """
    folder, stem, cls = names(name)
    spec, test = folder / f"spec_{stem}.py", folder / f"test_{stem}.py"
    write_both(
        {
            spec: SPEC.replace("NAME", cls).replace("FILE", str(spec)),
            test: TEST.replace("NAME", cls).replace("FILE", spec.name),
        }
    )
    click.echo(
        f"{spec}  a spec: two clients and a lock; pytest collects it\n{test}  a test of it in other sizes\n\n"
        f"Check it:  modelcheck check {spec}\nTest it:   pytest {spec} {test}"
    )


def names(name: str) -> tuple[Path, str, str]:
    """The folder, the file's stem and the class that a name stands for.

    >>> names("specs/LeaderLease")
    (PosixPath('specs'), 'leader_lease', 'LeaderLease')

    Raises:
        UsageError: if it is no name.
    """
    path = Path(name)
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", path.name.removesuffix(".py"))
    if not words or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*(\.py)?", path.name):
        raise UsageError(
            f"{name!r} is no name for a spec", remedy="Use letters, digits and underscores, for example leader_lease."
        )
    return path.parent, "_".join(words).lower(), "".join(word[0].upper() + word[1:] for word in words)


def write_both(texts: dict[Path, str]) -> None:
    """Write new files, all of them or none.

    Raises:
        UsageError: if one exists, or cannot be written.
    """
    for path in texts:
        if path.exists():
            raise UsageError(f"{path} exists", remedy="It was left as it is; choose another name, or remove it.")
    written: list[Path] = []
    try:
        for path, text in texts.items():
            with path.open("x", encoding="utf-8") as file:
                written.append(path)
                file.write(text)
    except OSError as error:
        for path in written:
            path.unlink()
        raise UsageError(
            f"cannot write {error.filename}: {error.strerror}",
            remedy="Name a folder that exists and can be written to.",
        ) from error


SPEC = '''\
"""NAME: clients share something that one of them at a time may use.

Check it:            modelcheck check FILE
With more clients:   modelcheck check FILE --set clients=4
"""

from collections.abc import Iterable

from modelcheck import Interchangeable, Spec, action, invariant, reachable, require


class Client(Interchangeable):
    """A client's name: c0, c1, ... No client is special, so states that differ in who is who alone are explored once."""


class NAME(Spec):
    """Clients ask for a lock, hold it for a while, and give it back."""

    # Constants are annotated class attributes; their defaults should make a small system.
    clients: int = 2

    def init(self) -> None:
        """Fill the variables. Everything assigned here is part of the state."""
        self.waiting: set[Client] = set()
        self.holding = {c: False for c in self.everybody()}

    def everybody(self) -> Iterable[Client]:
        """The clients: where the parameter of an action ranges."""
        return Client.several(self.clients)

    # Actions are the steps of the system. One at a time is taken, whichever is enabled; require(...) says when it is.

    @action(everybody)
    def ask(self, c: Client) -> None:
        """Client c asks for the lock."""
        require(not self.holding[c])
        require(c not in self.waiting)
        self.waiting.add(c)

    @action(everybody)
    def grant(self, c: Client) -> None:
        """Client c gets the lock. Remove the second line, check again, and read the counterexample."""
        require(c in self.waiting)
        require(not any(self.holding[other] for other in self.everybody()))
        self.waiting.remove(c)
        self.holding[c] = True

    @action(everybody)
    def release(self, c: Client) -> None:
        """Client c gives the lock back."""
        require(self.holding[c])
        self.holding[c] = False

    @invariant
    def exclusive(self) -> bool:
        """Must be true in every state."""
        return sum(self.holding.values()) <= 1

    @reachable
    def contended(self) -> bool:
        """Must be true in some state, so that a spec that does nothing does not pass: one holds the lock and another waits."""
        return any(self.holding.values()) and len(self.waiting) > 0
'''

TEST = '''\
"""The spec NAME holds, for the sizes that are quick to check."""

from pathlib import Path

import pytest

from modelcheck import Verdict, check
from modelcheck.spec.loading import load_spec

NAME = load_spec(Path(__file__).with_name("FILE"))


@pytest.mark.parametrize("clients", [2, 3])
def test_every_property_holds(clients: int) -> None:
    report = check(NAME(clients=clients))
    assert report.verdict is Verdict.HOLDS, report.properties
'''
