"""The spec that a command is about, and the options that the commands with a verdict on one share."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelcheck.cli.command import Settings, keep_json
from modelcheck.cli.units import Duration
from modelcheck.errors import ModelcheckError, UsageError
from modelcheck.limits import Limits
from modelcheck.limits.deadline import LimitReached, MemoryUp, TimeUp, allowance, watched
from modelcheck.spec import Spec
from modelcheck.spec.constants.declared import parse_constant
from modelcheck.spec.loading import load_spec, shown_path

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem



def _keep_time_limit(ctx: click.Context, _: click.Parameter, value: float | None) -> float | None:
    ctx.ensure_object(Settings).time_limit_s = value
    return value


def _keep_format(ctx: click.Context, parameter: click.Parameter, value: str) -> str:
    if value == "json":
        keep_json(ctx, parameter, True)
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
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "junit", "sarif"]),
    default="text",
    callback=_keep_format,
    help="How to tell: github annotates a pull request, junit and sarif are XML and JSON for services.",
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
        shell_complete=_constants,
    )(function)


def _constants(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Let the shell complete the constants of the spec that was typed, each with ``=`` and its value."""
    del parameter
    from click.shell_completion import CompletionItem

    from modelcheck.spec.constants.declared import constant_types

    cls = _typed_spec(ctx)
    types = {} if cls is None else constant_types(cls)
    values = {name: getattr(cls, name, "") for name in types}
    shown = {name: value if isinstance(value, str) else getattr(value, "name", repr(value)) for name, value in values.items()}
    return [CompletionItem(f"{name}={shown[name]}") for name in types if name.startswith(incomplete.partition("=")[0])]


def property_names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Let the shell complete the properties of the spec that was typed."""
    del parameter
    from click.shell_completion import CompletionItem

    from modelcheck.spec import machine_of

    cls = _typed_spec(ctx)
    with suppress(ModelcheckError):
        names = [] if cls is None else [*(declared.name for declared in machine_of(cls()).asked), "deadlock"]
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]
    return []


def variable_names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Let the shell complete the variables of the spec that was typed."""
    del parameter
    from click.shell_completion import CompletionItem

    from modelcheck.spec import machine_of

    cls = _typed_spec(ctx)
    with suppress(ModelcheckError):
        names = [] if cls is None else machine_of(cls()).variables
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]
    return []


def _typed_spec(ctx: click.Context) -> type[Spec] | None:
    """The spec that stands on the command line already; None if there is none, or it cannot be loaded, which is no time to say so."""
    named = ctx.params.get("target") or ctx.params.get("targets")
    rest = (argument for argument in ctx.args if not argument.startswith("-"))  # An option that lacks its value ends the reading of arguments.
    target = named[0] if isinstance(named, (tuple, list)) and named else named or next(rest, None)
    with suppress(ModelcheckError, LimitReached):
        return load_spec(target) if target else None
    return None


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
