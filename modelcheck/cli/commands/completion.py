"""``modelcheck completion``."""

from __future__ import annotations

import click

from modelcheck.cli.command import common_options
from modelcheck.errors import UsageError

SHELLS = ["bash", "zsh", "fish"]


@click.command(short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(SHELLS))
@common_options
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script that completes `modelcheck` in a shell.

    For bash: `modelcheck completion bash >> ~/.bashrc`.
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is None:
        raise UsageError(f"there is no completion for {shell}")
    click.echo(found(ctx.find_root().command, {}, "modelcheck", "_MODELCHECK_COMPLETE").source())
