"""The command itself: which subcommands there are, and what happens to errors.

A subcommand's module is imported when it is used, so that none pays for the others. Whatever goes wrong ends here:
one message on standard error and exit code 2, without a traceback unless ``--traceback`` asks for it.
"""

from __future__ import annotations

import difflib
import errno
import importlib
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import click

from modelcheck.errors import InternalError, ModelcheckError
from modelcheck.limits.budget import INTERRUPTED, is_refusal, memory_refused
from modelcheck.limits.deadline import LimitReached
from modelcheck.limits.raising import taking_signals
from modelcheck.verdict import Verdict

ERROR = 2
_LONGEST_LINE = 1_000

# The name of each subcommand, its module in this package, and its line in `modelcheck --help`.
COMMANDS = {
    "check": "Explore every state of a spec, or of all in a folder; a verdict on the properties.",
    "resume": "Go on with a check from its checkpoint.",
    "prove": "Prove the properties of a spec with z3, or refute them.",
    "explore": "Walk through the states of a spec in the browser.",
    "graph": "Draw the states of a small spec, and the steps between them.",
    "show": "List a spec's constants, variables, actions and properties.",
    "new": "Write a small commented spec, and a test for it.",
    "replay": "Run a recorded trace again through the spec.",
    "validate": "Say whether a recorded log is a behaviour of a spec.",
    "trace": "Write a recorded trace as a diagram, a page, a log or a test.",
    "diff": "Say where two recorded traces part.",
    "history": "Check a recorded client history.",
    "completion": "Print the script that completes the command in a shell.",
}


class Commands(click.Group):
    """The subcommands, imported when used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the subcommands."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The subcommand of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"modelcheck.cli.commands.{cmd_name}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """The subcommand that is named, or the nearest one in the error."""
        near = difflib.get_close_matches(args[0], self.list_commands(ctx), n=1)
        if near and near[0] != args[0]:
            raise click.UsageError(f"No such command {args[0]!r}; did you mean {near[0]!r}?", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a subcommand."""
        from modelcheck.spec.run import check_not_optimized

        check_not_optimized()
        return super().invoke(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of subcommands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])


class Settings:
    """What the options that all commands share were set to.

    Attributes:
        traceback: Whether errors show one.
        code: The exit code that is known by now, for a reader that stops reading before all is printed, and for a user who waits no longer.
        as_json: Whether the answer is to be a JSON object.
        time_limit_s: What ``--time-limit`` says.
        arguments: Those of the command line.
    """

    traceback: bool = False
    code: int = ERROR
    as_json: bool = False
    time_limit_s: float | None = None
    arguments: tuple[str, ...] = ()


def _set_traceback(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Settings).traceback = True


def keep_json(ctx: click.Context, _: click.Parameter, value: bool) -> bool:
    """Note that the answer is to be a JSON object, also where the command does not come to it."""
    ctx.ensure_object(Settings).as_json = value
    return value


def _set_color(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.color = ctx.find_root().color = {"auto": None, "always": True, "never": False}[value]
    elif os.environ.get("NO_COLOR"):
        ctx.color = ctx.find_root().color = False


def _print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        from modelcheck.trace.recording import VERSION

        click.echo(f"modelcheck {VERSION}")
        ctx.exit()


def common_options(function: Any) -> Any:
    """The options that every command has."""
    function = click.option(
        "--traceback",
        is_flag=True,
        expose_value=False,
        callback=_set_traceback,
        is_eager=True,
        help="Show where in the code an error arose.",
    )(function)
    return click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        expose_value=False,
        callback=_set_color,
        is_eager=True,
        help="By default on a terminal, unless NO_COLOR is set.",
    )(function)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@common_options
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Show the version and exit.",
)
def modelcheck() -> None:
    """Check distributed protocols that are written as plain Python.

    The exit code of every checking command is 0 if all properties hold, 1 if one is violated, 2 for an error in the
    spec or the command, and 3 if a limit was reached before the answer was found.
    """


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command, and exit.

    Args:
        arguments: Those of the command line by default.
    """
    settings = Settings()
    settings.arguments = tuple(sys.argv[1:] if arguments is None else arguments)
    sys.stdout, sys.stderr = (stream or Path(os.devnull).open("w") for stream in (sys.stdout, sys.stderr))  # noqa: SIM115 - as long as the program.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    with taking_signals():
        code = _exit_code(arguments, settings)
    sys.exit(code if isinstance(code, int) else 0)


def _exit_code(arguments: list[str] | None, settings: Settings) -> Any:
    try:
        code = modelcheck.main(arguments, prog_name="modelcheck", standalone_mode=False, obj=settings)
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit):  # Click makes the one the other.
        # Whoever read our output has seen enough. Python would complain once more when it flushes at exit.
        _drop_output()
        return settings.code
    except (click.Abort, KeyboardInterrupt) as error:
        return cut_short(INTERRUPTED, settings, _whereabouts(error))
    except LimitReached as limit:
        return cut_short(str(limit), settings)
    except BaseException as error:  # noqa: BLE001 - the one place where errors become messages.
        return cut_short(memory_refused(), settings) if is_refusal(error) else _fail(error, settings)
    return code


def cut_short(reason: str, settings: Settings, more: str | None = None) -> int:
    """Say why the command ends without an answer, or without all of it; returns the exit code."""
    if settings.code != ERROR:
        click.echo(f"Warning: {reason} before all was written", err=True)
        return settings.code
    if settings.as_json:
        from modelcheck.cli.paint import print_json

        print_json({"verdict": Verdict.UNKNOWN.value, "reason": reason, "properties": [], "schema": 1})
    else:
        click.echo(f"{click.style('unknown', fg='yellow', bold=True)}: {reason}" + (f"\n  {more}" if more else ""))
    with suppress(OSError):
        sys.stdout.flush()
    return Verdict.UNKNOWN.exit_code


def _drop_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _whereabouts(error: BaseException) -> str | None:
    """Which line of a spec the command had come to; click raises its own error from the interrupt."""
    from modelcheck.spec.run import user_frame

    found = user_frame(error.__cause__ or error.__context__ or error)
    return None if found is None else f"It was at {shown_place(found[1])}, in {found[0]}."


def _fail(error: BaseException, settings: Settings) -> int:
    if settings.traceback:
        traceback.print_exception(error)
    elif isinstance(error, click.ClickException):
        _tell_click(error)
    elif isinstance(error, OSError) and error.errno == errno.ENOSPC:
        _drop_output()
        _tell(f"the output could not be written: {error.strerror}", None)
    elif isinstance(error, ModelcheckError):
        _tell("\n  ".join([str(with_short_place(error)), *getattr(error, "__notes__", ())]), None)
    else:
        _tell(str(_unexpected(error)), "--traceback shows where it arose.")
    return ERROR


def _unexpected(error: BaseException) -> InternalError:
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(last.filename).name}:{last.lineno}"
    return InternalError(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__, place=place)


def _tell_click(error: click.ClickException) -> None:
    """Click's own message, with the command whose help says more."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return
    context = getattr(error, "ctx", None)
    hint = f"`{context.command_path} --help` lists the options." if context is not None else None
    _tell(error.format_message().rstrip("."), hint)


def _tell(message: str, hint: str | None) -> None:
    from modelcheck.trace.text import harmless

    message = "\n".join(line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1]}…" for line in harmless(message).split("\n"))
    click.echo(f"{click.style('Error:', fg='red', bold=True)} {message}" + (f"\n  {hint}" if hint else ""), err=True)


def with_short_place(error: ModelcheckError) -> ModelcheckError:
    """The error with its place relative to the working directory, as people would type it."""
    if error.place is not None:
        error.place = shown_place(error.place)
    return error


def shown_place(place: str) -> str:
    """A place relative to the working directory, as people would type it."""
    return place.removeprefix(str(Path.cwd()) + os.sep)
