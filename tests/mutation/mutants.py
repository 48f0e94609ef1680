"""Mutants: small mistakes put into the product, each a text that is replaced in one file."""

from __future__ import annotations

import tomllib
from pathlib import Path

from attrs import frozen

BY_HAND = Path(__file__).parent / "by_hand"


@frozen
class Mutant:
    """One mistake.

    Attributes:
        name: What it is called in the table.
        path: The file, below the root of the project.
        before: The text that is replaced; it occurs once in the file, unless ``at`` says where it stands.
        after: What is put in its place.
        at: The offset of the text, for one that occurs more than once.
        equivalent: Why no test can notice it; empty for a mistake that changes an answer.
    """

    name: str
    path: str
    before: str
    after: str
    at: int | None = None
    equivalent: str = ""

    def applied(self, text: str) -> str | None:
        """The file's text with the mistake, or None if the text that it replaces is no longer there once."""
        at = self.at
        if at is None:
            if text.count(self.before) != 1:
                return None
            at = text.index(self.before)
        if not text.startswith(self.before, at):
            return None
        return text[:at] + self.after + text[at + len(self.before) :]


def by_hand() -> list[Mutant]:
    """The mistakes written down in the folder ``by_hand``, one file for each package."""
    found = []
    for path in sorted(BY_HAND.glob("*.toml")):
        for name, entry in tomllib.loads(path.read_text()).items():
            before, after = (entry[key].strip("\n") for key in ("before", "after"))
            found.append(Mutant(f"{path.stem}.{name}", entry["file"], before, after, equivalent=entry.get("equivalent", "")))
    return found
