"""``modelcheck diff``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelcheck.cli.command import common_options, keep_json

if TYPE_CHECKING:
    from modelcheck.trace import Recording, Trace
    from modelcheck.trace.text import Line


@click.command(short_help="Say where two recorded traces part.")
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, callback=keep_json, help="Print it as one JSON object.")
@common_options
@click.pass_context
def command(ctx: click.Context, a: Path, b: Path, as_json: bool) -> None:
    """Say where the traces in A and B part: at which step, what each does there, and how the states after it differ.

    Exit code: 0 the runs are the same, 1 they differ.
    """
    from modelcheck.cli.paint import paint, print_json
    from modelcheck.trace import changes, read_recording
    from modelcheck.trace.export import decoded

    recordings = read_recording(a), read_recording(b)
    left, right = (decoded(recording).unrolled() for recording in recordings)
    at = _parts_at(*recordings)
    if as_json:
        found = [] if at is None or at >= min(len(left.states), len(right.states)) else list(changes(left.states[at], right.states[at]))
        listed = [{"path": c.path, "kind": c.kind, "old": c.old or None, "new": c.new or None} for c in found]
        print_json({"same": at is None, "step": at, "a": _taken(left, at), "b": _taken(right, at), "changes": listed, "schema": 1})
    else:
        paint(_lines(left, right, at, (str(a), str(b))))
    ctx.exit(0 if at is None else 1)


def _parts_at(left: Recording, right: Recording) -> int | None:
    """The first step at which two runs differ, 0 for the initial state, one past the end of the shorter if that is all; None if they are the same.

    What is compared is what the files hold: of the values that it stands for, Python takes 1 and True for the same.
    """
    runs = [(run.states[0], *run.after_steps()) for run in (left, right)]
    for number, (one, other) in enumerate(zip(*runs, strict=False)):
        if one != other or (number and left.steps[number - 1] != right.steps[number - 1]):
            return number
    lengths = [len(run) for run in runs]
    return None if lengths[0] == lengths[1] and left.loop == right.loop else min(lengths)


def _end_of(trace: Trace) -> str:
    from modelcheck.trace.lasso import goes_on

    return "has ended" if trace.loop is None else goes_on(trace)


def _taken(trace: Trace, at: int | None) -> Any:
    return repr(trace.steps[at - 1]) if at and at <= len(trace.steps) else None


def _lines(left: Trace, right: Trace, at: int | None, names: tuple[str, str]) -> Iterator[Line]:
    from modelcheck.trace import changes
    from modelcheck.trace.text import Span, change_lines
    from modelcheck.values import show

    specs = [f"{trace.spec}({', '.join(f'{key}={show(value)}' for key, value in trace.constants.items())})" for trace in (left, right)]
    if specs[0] != specs[1]:
        for name, spec in zip(names, specs, strict=True):
            yield (Span(f"{name} is a run of {spec}", "note"),)
        yield ()
    if at is None:
        again = "" if left.loop is None else f", those after step {left.loop} for ever" if left.loop < len(left.steps) else ", then nothing for ever"
        yield (Span("The runs are the same", "holds"), Span(f": {len(left.steps)} steps{again}"))
        return
    same = at - 1 if at else 0
    where = f"at step {at}" if at else "in the initial state"
    yield (Span(f"The runs part {where}", "violated"), Span(f", after {same} equal steps" if at else ""))
    for name, trace in zip(names, (left, right), strict=True):
        if at:
            yield (Span(f"  {name}: "), Span(_taken(trace, at) or _end_of(trace), "action"))
    if at < min(len(left.states), len(right.states)):
        found = list(changes(left.states[at], right.states[at]))
        if found:
            yield (Span("  From the state of the first to that of the second:", "note"),)
            yield from change_lines(iter(found))
