"""The spec that a command is about, and the options that the commands with a verdict on one share."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelcheck.cli.units import Duration
from modelcheck.errors import UsageError
from modelcheck.spec import Spec
from modelcheck.spec.constants import parse_constant
from modelcheck.spec.loading import load_spec

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

time_limit_option = click.option(
    "--time-limit", type=Duration(), metavar="TIME", help="Stop after so many seconds, or 2m, 1h30m."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
trace_out_option = click.option(
    "--trace-out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the counterexample there instead of to .modelcheck/.",
)


def spec_options(function: Any) -> Any:
    """The argument SPEC and the option ``--set``."""
    function = click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="NAME=VALUE",
        help="Set a constant; may be repeated. VALUE is a Python literal, or an enum member's name.",
    )(function)
    return click.argument("target", metavar="SPEC", shell_complete=_files)(function)


def _files(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Let the shell complete file names."""
    del ctx, parameter
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - slow to import, and only needed for completion.

    return [CompletionItem(incomplete, type="file")]


def spec_from(target: str, settings: tuple[str, ...]) -> Spec:
    """The spec that the command line names, with its constants.

    Raises:
        UsageError: if it names none, or a constant is unknown.
        SpecError: if the spec cannot be imported.
    """
    cls = load_spec(target)
    if inspect.isabstract(cls):
        raise UsageError(
            f"{cls.__name__} is abstract: it leaves {', '.join(sorted(getattr(cls, '__abstractmethods__', ())))} to be defined",
            remedy="Name a class that derives from it.",
        )
    constants: dict[str, Any] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals or not name:
            raise UsageError(
                f"--set {setting} sets nothing", remedy="Write --set NAME=VALUE, for example --set servers=3."
            )
        if name in constants:
            raise UsageError(f"--set gives {name} twice")
        constants[name] = parse_constant(cls, name, text)
    return cls(**constants)
