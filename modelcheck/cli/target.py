"""The spec that a command is about, and the options that the commands with a verdict on one share."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelcheck.cli.command import Settings, keep_json
from modelcheck.cli.units import Duration
from modelcheck.errors import UsageError
from modelcheck.limits import Limits
from modelcheck.limits.deadline import LimitReached, MemoryUp, TimeUp, allowance, watched
from modelcheck.spec import Spec
from modelcheck.spec.constants import parse_constant
from modelcheck.spec.loading import load_spec, shown_path

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem



def _keep_time_limit(ctx: click.Context, _: click.Parameter, value: float | None) -> float | None:
    ctx.ensure_object(Settings).time_limit_s = value
    return value


time_limit_option = click.option(
    "--time-limit",
    type=Duration(),
    metavar="TIME",
    callback=_keep_time_limit,
    help="Stop after so many seconds, or 2m, 1h30m.",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, callback=keep_json, help="Print the report as one JSON object."
)
trace_out_option = click.option(
    "--trace-out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the counterexample there instead of to .modelcheck/.",
)


def spec_options(function: Any) -> Any:
    """The argument SPEC and the option ``--set``."""
    return click.argument("target", metavar="SPEC", shell_complete=_files)(_set_option(function))


def specs_options(function: Any) -> Any:
    """The argument SPEC, one or several, and the option ``--set``."""
    return click.argument("targets", metavar="SPEC...", nargs=-1, required=True, shell_complete=_files)(_set_option(function))


def _set_option(function: Any) -> Any:
    return click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="NAME=VALUE",
        help="Set a constant; may be repeated. VALUE is a Python literal, or an enum member's name.",
    )(function)


def _files(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Let the shell complete file names."""
    del ctx, parameter
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def spec_from(target: str, settings: tuple[str, ...]) -> Spec:
    """The spec that the command line names, with its constants.

    Raises:
        UsageError: if it names none, or a constant is unknown.
        SpecError: if the spec cannot be imported.
    """
    with loading(target):
        return _spec_from(target, settings)


@contextmanager
def loading(what: str | Path) -> Iterator[None]:
    """Within the block the code or the data that a command is about is loaded, in no more time than the command has.

    Raises:
        LimitReached: if that is over.
    """
    found = click.get_current_context().find_object(Settings)
    seconds = None if found is None else found.time_limit_s
    try:
        with watched(allowance(Limits(time_s=seconds)), wakes=True):
            yield
    except (TimeUp, MemoryUp) as limit:
        raise LimitReached(f"{limit} while {shown_path(what)} was loaded") from limit


def _spec_from(target: str, settings: tuple[str, ...]) -> Spec:
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
