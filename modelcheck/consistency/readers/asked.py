"""What is said of a file beside its name."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from modelcheck.errors import UsageError


def _renamed(names: Mapping[str, str]) -> dict[str, str]:
    return dict(names)


@frozen
class Asked:
    """How a file is to be read.

    Args:
        model: The object or kind of transactions, where it is known.
        renamed: Operations of other names, with ours.
    """

    model: str | None = None
    renamed: Mapping[str, str] = field(factory=dict, converter=_renamed)

    def name(self, told: str) -> str:
        """What an operation is called here."""
        return self.renamed.get(told, told)


def renaming(texts: tuple[str, ...]) -> dict[str, str]:
    """Names as the command line gives them: ``put=write``.

    Raises:
        UsageError: One is no such pair, or renames what another renames too.

    >>> renaming(("put=write", "get=read"))
    {'put': 'write', 'get': 'read'}
    """
    found: dict[str, str] = {}
    for text in texts:
        told, sign, ours = text.partition("=")
        if not told or not sign or not ours or told in found:
            raise UsageError(f"--rename {text!r} is no new name", remedy="Write theirs=ours once for each, such as put=write.")
        found[told] = ours
    return found
