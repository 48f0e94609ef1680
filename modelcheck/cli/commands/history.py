"""``modelcheck history``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelcheck.cli.command import common_options, keep_json
from modelcheck.cli.units import Duration, Size
from modelcheck.errors import UsageError
from modelcheck.verdict import Verdict

if TYPE_CHECKING:
    from modelcheck.consistency.result import HistoryResult

_MODELS = (
    "register, cas-register, multi-register, kv, counter, set, queue, priority-queue, stack, mutex, reentrant-lock, "
    "fetch-and-add, etcd, list-append, rw-register, bank, comments, kafka, long-fork, set-full, total-queue, unique-ids"
)
_QUIET_S = 1.0


@click.command(name="history", short_help="Check a recorded client history.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--model", metavar="NAME", help=f"What the clients used: {_MODELS}. Guessed where that is safe.")
@click.option(
    "--consistency",
    metavar="LEVEL",
    help="linearizable (of objects, the default), sequential, causal, causal+, pram, read-your-writes, monotonic-reads, "
    "monotonic-writes, writes-follow-reads, regular, 2-atomic; of transactions read-uncommitted, read-committed, "
    "cursor-stability, monotonic-atomic-view, read-atomic, causal, prefix, parallel-snapshot-isolation, "
    "snapshot-isolation, repeatable-read, serializable (the default), strong-session-..., strict-serializable.",
)
@click.option("--format", "format_", metavar="FORMAT", help="The format of the file, if the guess is wrong.")
@click.option("--rename", multiple=True, metavar="THEIRS=OURS", help="An operation of another name: --rename put=write.")
@click.option("--initial", metavar="JSON", help="What the object holds at first, such as 0 for a register.")
@click.option("--time-limit", type=Duration(), default=60.0, show_default=True, metavar="TIME", help="Seconds, or 2m.")
@click.option("--max-memory", type=Size(), default=2 << 30, metavar="SIZE", help="Of the search; 2G by default.")
@click.option("--order", is_flag=True, help="Also give an order of all operations, if there is one.")
@click.option("--solver", type=click.Choice(["native", "z3"]), default="native", help="z3 for a second opinion.")
@click.option("--no-explanation", is_flag=True, help="Do not explain a violation, which takes up to 15 % of the time limit.")
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Write a violation as a page.")
@click.option("--json", "as_json", is_flag=True, callback=keep_json, help="Print the result as one JSON object.")
@common_options
@click.pass_context
def history(
    ctx: click.Context,
    file: Path,
    model: str | None,
    consistency: str | None,
    format_: str | None,
    rename: tuple[str, ...],
    initial: str | None,
    time_limit: float,
    max_memory: int,
    order: bool,
    solver: str,
    no_explanation: bool,
    html: Path | None,
    as_json: bool,
) -> None:
    """Check whether what clients of a store saw can be explained.

    FILE is a history of Jepsen (EDN or JSON), a log of Porcupine, LiMo, PolySI, AWDIT or dbcop, a report of etcd's
    robustness tests, a table (CSV) or JSON lines. The exit
    code is 0 if the history is consistent, 1 if it is not, 2 if it cannot be read, and 3 if the limit was reached.
    """
    from modelcheck.cli.progress import ProgressLine, history_progress_text
    from modelcheck.consistency import check_history, read_history
    from modelcheck.consistency.check import reading, unread
    from modelcheck.consistency.readers.asked import renaming
    from modelcheck.consistency.report.page import page
    from modelcheck.limits import Limits
    from modelcheck.limits.deadline import Allowance, Deadline, LimitReached

    deadline = Deadline(time_limit)
    try:
        with reading(Allowance(time_limit, max_memory)):
            recording = read_history(file, format=format_, model=model, rename=renaming(rename))
    except LimitReached as limit:
        result = unread(limit, consistency, model)
        _print(result, file, format_, as_json=as_json)
        ctx.exit(result.verdict.exit_code)
    meant = _with_initial(recording.meant, initial)
    with ProgressLine(history_progress_text, _QUIET_S) as line:
        show = line.function
        result = check_history(
            recording.history,
            meant,
            consistency=consistency,
            limits=Limits(time_s=deadline.left_s, memory_bytes=max_memory),
            linearization=order,
            explanation=not no_explanation,
            solver=solver,
            progress=None if show is None else lambda done, total: show((done, total)),
        )
    if html is not None:
        html.write_text(page(result, recording.object), encoding="utf-8", errors="backslashreplace")
    _print(result, file, recording.format, as_json=as_json, is_guessed=recording.is_guessed)
    ctx.exit(result.verdict.exit_code)


command = history


def _print(result: HistoryResult, file: Path, format_: str | None, *, as_json: bool, is_guessed: bool = False) -> None:
    """The result, for people or as JSON."""
    from modelcheck.cli.paint import print_json
    from modelcheck.consistency.readers.guess import alike
    from modelcheck.consistency.report.text import as_json as to_json
    from modelcheck.consistency.report.text import described

    if as_json:
        print_json({"file": str(file), "format": format_, **to_json(result)})
        return
    click.echo(described(result))
    others = alike(result.model) if is_guessed and result.verdict is Verdict.VIOLATED else ()
    if others:
        click.echo(f"\nThe model was guessed; with these operations it may as well be {' or '.join(others)} (--model).")
    for operation in result.linearization or ():
        click.echo(f"  {operation}")


def _with_initial(model: Any, initial: str | None) -> Any:
    if initial is None:
        return model
    try:
        value = json.loads(initial)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"--initial {initial!r} is not JSON", remedy='Write a number, a "text" or null.') from error
    if isinstance(model, str):
        raise UsageError("--initial is for objects", remedy="Name a register with --model.")
    from modelcheck.consistency.history import hashable

    given = {key: hashable(part) for key, part in value.items()} if isinstance(value, dict) else hashable(value)
    try:
        return model.starting_with(given)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{model.name!r} cannot begin with {initial}", remedy="Give what it holds, as JSON.") from error
