"""A trace as people read it: a paragraph for each step, with the action and only what it changed.

The lines are made of spans that say what they are (an action, an old value); whether they get a colour is for the one
who prints them.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from attrs import frozen

from modelcheck.spec import Machine, State, Step
from modelcheck.trace.diff import WORDS, Change, changes
from modelcheck.trace.explanation.operations import changes_told
from modelcheck.trace.explanation.reason import Reason
from modelcheck.trace.lasso.words import goes_on
from modelcheck.values import FrozenDict, FrozenRecord, show

if TYPE_CHECKING:
    from modelcheck.trace.trace import Trace


@frozen
class Span:
    """A piece of a line.

    Attributes:
        text: The text.
        style: ``plain``, ``number``, ``action``, ``path``, ``old``, ``new``, ``note`` or ``violated``.
    """

    text: str
    style: str = "plain"


Line = tuple[Span, ...]
INDENT = "     "
REPEATED = "  "
"""Before the steps of a loop."""
_MOST_REASONS = 60

# What commands a terminal or reverses its text; a name in a file, a log or a spec may hold it.
_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain(lines: Iterable[Line]) -> str:
    """The lines without styles."""
    return harmless("\n".join("".join(span.text for span in line) for line in lines))


_COLORS = {
    "number": "color:gray",
    "action": "font-weight:bold",
    "path": "color:#0b7fa5",
    "old": "color:#c0483a",
    "new": "color:#2a9150",
    "note": "color:gray",
    "holds": "color:#2a9150;font-weight:bold",
    "violated": "color:#c0483a;font-weight:bold",
    "unknown": "color:#a87600;font-weight:bold",
    "warning": "color:#a87600",
}
"""Of styles where there is no style sheet, as in a notebook; they can be read on light and on dark."""


def block(lines: Iterable[Line]) -> str:
    """The lines as a piece of HTML that needs no style sheet."""
    return "<pre>" + "\n".join("".join(map(_styled, line)) for line in lines) + "</pre>"


def _styled(span: Span) -> str:
    text = escape(harmless(span.text))
    return f'<span style="{_COLORS[span.style]}">{text}</span>' if span.style in _COLORS else text


def harmless(text: str) -> str:
    """Text without what commands a terminal, which is escaped as Python does; lines stay lines."""
    return _COMMANDS.sub(lambda found: repr(found[0])[1:-1], text)


def trace_lines(trace: Trace, machine: Machine | None = None) -> Iterator[Line]:
    """The lines of a trace: its initial state, and each step with what it changed; of a lasso, further in what repeats for ever."""
    yield (Span("0. ", "number"), Span("initial state", "action"))
    yield from state_lines(trace.states[0])
    whole = trace.unrolled()
    for number, step in enumerate(trace.steps, 1):
        again = trace.closes and trace.loop is not None and number > trace.loop
        yield ()
        if again and number - 1 == trace.loop:
            yield (Span("for ever:", "note"),)
        indent = (Span(REPEATED),) if again else ()
        yield (*indent, Span(f"{number}. ", "number"), *step_spans(step))
        yield from ((*indent, *line) for line in change_lines(_told(machine, whole.states[number - 1], step, whole.states[number])))
    if trace.closes:
        yield (Span(REPEATED), Span(f"{INDENT}{goes_on(trace)}", "note"))
    elif trace.loop is not None:
        yield ()
        yield (Span("for ever: ", "note"), Span("nothing", "action"))


def _told(machine: Machine | None, before: State, step: Step, after: State) -> tuple[Change, ...]:
    """What a step changes; a client history is told as calls and returns where the spec is at hand."""
    return tuple(changes(before, after) if machine is None else changes_told(machine, before, step, after))


def reason_lines(reason: Reason) -> Iterator[Line]:
    """An explanation: its claim, and the lines that bear it out."""
    yield (Span(reason.text, "violated" if " is false" in reason.text else "action"),)
    lines = [text for inner in reason.because for text in inner.lines(1)]
    yield from (_reason_line(text) for text in lines[:_MOST_REASONS])
    if len(lines) > _MOST_REASONS:
        yield (Span(f"  and {len(lines) - _MOST_REASONS} more lines", "note"),)


def _reason_line(text: str) -> Line:
    name, equals, value = text.partition(" = ")
    return (
        (Span(name), Span(equals), Span(value, "new"))
        if equals and not name.lstrip().startswith("for ")
        else (Span(text),)
    )


def state_lines(state: State) -> Iterator[Line]:
    """A line for each variable; for each record, where a variable holds several."""
    for path, value in _parts(state):
        yield (Span(INDENT), Span(path, "path"), Span(" = "), Span(show(value)))


def _parts(state: State) -> Iterator[tuple[str, Any]]:
    for name, value in state.items():
        nested = isinstance(value, FrozenDict) and any(
            isinstance(item, (FrozenRecord, FrozenDict)) for item in value.values()
        )
        if nested:
            yield from ((f"{name}[{show(key)}]", item) for key, item in value.items())
        else:
            yield name, value


def step_spans(step: Step) -> Line:
    """A step: its action, arguments and choices."""
    chosen = f" choosing {', '.join(map(show, step.choices))}" if step.choices else ""
    return (Span(step.action, "action"), Span(_arguments(step.arguments)), Span(chosen, "note"))


def _arguments(arguments: Mapping[str, Any]) -> str:
    return f"({', '.join(f'{name}={show(value)}' for name, value in arguments.items())})"


def change_lines(found: Iterator[Change] | tuple[Change, ...]) -> Iterator[Line]:
    """A line for each change."""
    empty = True
    for change in found:
        empty = False
        yield (Span(INDENT), Span(change.path, "path"), Span(": "), *_change(change))
    if empty:
        yield (Span(INDENT), Span("nothing changes", "note"))


def _change(change: Change) -> Line:
    if change.kind == "changed":
        return (Span(change.old, "old"), Span(" → "), Span(change.new, "new"))
    return (
        (Span(WORDS[change.kind] + change.new, "new"),)
        if change.new
        else (Span(WORDS[change.kind] + change.old, "old"),)
    )


def wrapped(line: Line, width: int) -> Iterator[Line]:
    """A line cut to a width, continued further in; short lines come back as they are."""
    text = "".join(span.text for span in line)
    if len(text) <= width:
        yield line
        return
    indent = " " * (len(text) - len(text.lstrip()) + 4)
    pieces = textwrap.wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    at = 0
    for number, piece in enumerate(pieces):
        body = piece if number == 0 else piece[len(indent) :]
        start = text.index(body, at)
        at = start + len(body)
        yield (*((Span(indent),) if number else ()), *_cut(line, start, at))


def _cut(line: Line, start: int, end: int) -> Iterator[Span]:
    at = 0
    for span in line:
        first, last = max(start - at, 0), min(end - at, len(span.text))
        if first < last:
            yield Span(span.text[first:last], span.style)
        at += len(span.text)
