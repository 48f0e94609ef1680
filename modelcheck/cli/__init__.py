"""The `modelcheck` command."""

from modelcheck.cli.command import main

__all__ = ["main"]
