"""``modelcheck graph``."""

from __future__ import annotations

from pathlib import Path

import click

from modelcheck.cli.command import common_options
from modelcheck.cli.target import spec_options, variable_names

_MOST = 2_000


@click.command(short_help="Draw the states of a small spec, and the steps between them.")
@spec_options
@click.option("--to", "form", type=click.Choice(["dot", "svg", "graphml"]), required=True, help="The format.")
@click.option(
    "--on", "variables", multiple=True, metavar="VARIABLE", shell_complete=variable_names,
    help="Look at this variable only; may be repeated. States that are alike in them are drawn as one.",
)  # fmt: skip
@click.option("--most", type=click.IntRange(1, 100_000), default=_MOST, show_default=True, metavar="N", help="Refuse to draw more than N states.")
@click.option("--out", "-o", type=click.Path(path_type=Path, allow_dash=True), default="-", help="Where to; standard output by default.")
@common_options
def command(target: str, settings: tuple[str, ...], form: str, variables: tuple[str, ...], most: int, out: Path) -> None:
    """Draw the state graph of SPEC: of a small one, or of a large one as it looks through a few of its variables.

    dot is for Graphviz, graphml for editors of graphs, svg is a picture.
    """
    from modelcheck.cli.target import spec_from
    from modelcheck.errors import UsageError
    from modelcheck.explorer import drawn
    from modelcheck.explorer.graph import graph_of
    from modelcheck.explorer.walker import Walker
    from modelcheck.spec import machine_of

    graph = graph_of(Walker(machine_of(spec_from(target, settings))), variables, most)
    text = {"dot": drawn.dot, "svg": drawn.svg, "graphml": drawn.graphml}[form](graph)
    if str(out) == "-":
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"cannot write {out}: {error.strerror}") from error
