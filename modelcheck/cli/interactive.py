"""Stepping through a trace by hand: forward and back, what else could have happened, and going on from there."""

from __future__ import annotations

import pdb  # noqa: T100 - offered to the user.
import sys
from bdb import BdbQuit
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click

from modelcheck.cli.paint import paint
from modelcheck.errors import UsageError
from modelcheck.explorer.expressions import Expression
from modelcheck.spec import Machine, State, Step
from modelcheck.spec.choice import Disabled, choosing
from modelcheck.spec.code import code_of
from modelcheck.spec.loading import shown_path
from modelcheck.spec.run import is_users
from modelcheck.statespace.recording.runs import PickingChooser
from modelcheck.trace import Change, Trace, changes, write_trace
from modelcheck.trace.explanation.operations import changes_told
from modelcheck.trace.lasso import goes_on, length
from modelcheck.trace.replay import error_of
from modelcheck.trace.saving import replay_command
from modelcheck.trace.text import Line, Span, change_lines, state_lines, step_spans
from modelcheck.trace.walk import Walk

PROMPT = "(modelcheck) "
HELP = """\
  n, next          the next step of the run
  b, back          one step back
  g, goto N        to step N; 0 is the initial state
  s, state         the whole state
  d, diff          what the last step changed
  e, enabled       every step that can be taken here
  t, take N        take the N-th of those instead, and go on from there
  r, run           back to the recorded run, where it was left
  w, write FILE    save the run as it is now, as a trace
  p, print EXPR    the value of an expression here: p server[0].role
  pdb              debug the Python of the next step
  q, quit"""


class Stepping:
    """A walk along a run at a prompt.

    Args:
        machine: The spec.
        trace: The run.
        at: The step to begin after.
    """

    def __init__(self, machine: Machine, trace: Trace, at: int = 0) -> None:
        self._walk = Walk(machine, trace, at)

    def loop(self) -> None:
        """Do what is typed, until there is no more or it says to quit. Ctrl-C gives up what is being typed or computed, and nothing else."""
        click.echo(f"{self._title()}; h lists the commands")
        self._show()
        while True:
            try:
                line = _typed()
                if line is None or line.strip() in {"q", "quit", "exit"}:
                    return
                self._do(line.split(), line)
            except UsageError as error:
                click.echo(str(error))
            except KeyboardInterrupt:
                click.echo("\ninterrupted; q quits")

    def _title(self) -> str:
        walk = self._walk
        what = {"deadlock": "a deadlock", "log": "a run"}.get(walk.recorded.kind, walk.recorded.property)
        steps = f"{len(walk.steps)} step{'' if len(walk.steps) == 1 else 's'}"
        return f"{walk.machine.spec!r}: {what} {f'in {steps}' if walk.recorded.loop is None else length(walk.recorded)}"

    def _do(self, words: list[str], line: str) -> None:
        word, *arguments = words or ["next"]
        if word in {"p", "print"}:
            self._print(line.split(None, 1)[1].strip() if arguments else "")
            return
        actions = {
            "next": self._next, "back": self._back, "state": self._state, "diff": self._diff, "enabled": self._enabled, "run": self._run,
            "pdb": self._debug,
        }  # fmt: skip
        names = [name for name in [*actions, "goto", "take", "write", "help"] if name.startswith(word)]
        if not names:
            raise UsageError(f"there is no command {word!r}", remedy="h lists the commands.")
        if names[0] == "help":
            click.echo(HELP)
        elif names[0] == "write":
            self._write(arguments)
        elif names[0] in {"goto", "take"}:
            number = self._number(arguments, names[0])
            self._goto(number) if names[0] == "goto" else self._take(number)
        else:
            actions[names[0]]()

    def _number(self, arguments: list[str], word: str) -> int:
        if len(arguments) != 1 or not arguments[0].isdigit():
            raise UsageError(f"{word} needs a number", remedy=f"For example: {word} 1")
        return int(arguments[0])

    # Moving -------------------------------------------------------------------------------------------------------------------------------------

    def _next(self) -> None:
        self._walk.forward()
        self._show()

    def _back(self) -> None:
        if self._walk.at == 0:
            raise UsageError("this is the initial state")
        self._goto(self._walk.at - 1)

    def _goto(self, number: int) -> None:
        self._walk.go(number)
        self._show()

    def _run(self) -> None:
        self._walk.rejoin()
        self._show()

    def _take(self, number: int) -> None:
        self._walk.take(number)
        self._show()

    def _print(self, text: str) -> None:
        if not text:
            raise UsageError("p needs an expression", remedy="For example: p self")
        value, _ = Expression(self._walk.machine, text).told(self._walk.state)
        paint([(Span(f"     {value}"),)])

    def _write(self, arguments: list[str]) -> None:
        if len(arguments) != 1:
            raise UsageError("write needs a file", remedy="For example: write run.json")
        path = Path(arguments[0])
        shown = self._walk.run()
        try:
            write_trace(shown, path, source=shown_path(shown.source))
        except OSError as error:
            raise UsageError(f"cannot write {path}: {error.strerror}") from None
        what = {"deadlock": ", which ends in a deadlock", "log": ""}.get(shown.kind, f", which ends with {shown.property}")
        click.echo(f"wrote the {len(shown.steps)} steps of this run{what}\nReplay: {replay_command(path)}")

    # Showing ------------------------------------------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        paint(self._lines())

    def _lines(self) -> Iterator[Line]:
        walk = self._walk
        where = f"{walk.at}/{len(walk.steps)}"
        branch = "" if walk.left is None else f"  (left the recorded run at {walk.left})"
        if walk.at == 0:
            yield (Span(f"{where} ", "number"), Span("initial state", "action"), Span(branch, "note"))
            yield from state_lines(walk.state)
        else:
            yield (Span(f"{where} ", "number"), *step_spans(walk.steps[walk.at - 1]), Span(branch, "note"))
            yield from change_lines(self._changes())
        if walk.at == len(walk.steps) and walk.left is None and walk.recorded.loop is not None:
            yield (Span(f"     {goes_on(walk.recorded)}", "note"),)
        for declared in walk.false():
            yield (Span(f"     {declared.role.value} {declared.name} is false", "violated"),)

    def show(self) -> None:
        """Show where the walk is: the last step, the whole state, and what can be taken."""
        self._show()
        if self._walk.at:
            click.echo("\nState:")
            self._state()
        click.echo("\nEnabled:")
        self._enabled()

    def _state(self) -> None:
        paint(state_lines(self._walk.state))

    def _diff(self) -> None:
        if self._walk.at == 0:
            raise UsageError("no step has been taken yet")
        paint(change_lines(self._changes()))

    def _changes(self) -> tuple[Change, ...]:
        walk = self._walk
        return tuple(changes_told(walk.machine, walk.states[walk.at - 1], walk.steps[walk.at - 1], walk.state))

    def _enabled(self) -> None:
        walk = self._walk
        following = None if walk.following is None else repr(walk.following)
        options = walk.options()
        if not options:
            click.echo("  nothing can be taken here")
        for number, (step, _) in enumerate(options, 1):
            marked = "*" if repr(step) == following else " "
            paint([(Span(f"{marked}{number:3}. ", "number"), *step_spans(step))])

    def _debug(self) -> None:
        walk = self._walk
        if walk.following is None:
            raise UsageError("this is the end of the run", remedy="b goes back a step.")
        debug(walk.machine, walk.state, walk.following)


def _typed() -> str | None:
    """The next line, with the keys of a terminal if it is one; None at the end of the input."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        with suppress(ImportError):
            import readline  # noqa: F401 - for its effect on input(), and not on every platform.
        try:
            return input(PROMPT)
        except EOFError:
            click.echo()
            return None
    click.echo(PROMPT, nl=False)
    line = sys.stdin.readline()
    click.echo(line.rstrip())
    return line or None


def debug(machine: Machine, state: State, step: Step) -> None:
    """Run a step's Python under the debugger, which stops on the first line of the action."""
    action = machine.find(step.action, machine.actions)
    live = machine.thaw(state)
    method = getattr(action.subject(live), action.method)
    code = code_of(action.function)
    click.echo(f"{step!r} in {shown_path(code.co_filename)}; the state's variables are attributes of self")
    debugger = _Debugger(nosigint=True, readrc=False)
    try:
        with choosing(PickingChooser(step.choices)):
            debugger.runcall(method, *step.arguments.values())
    except BdbQuit:
        return
    except Disabled:
        click.echo("the step is not enabled: a guard failed")
        return
    if not debugger.is_left:
        paint(change_lines(changes(state, machine.freeze(live))))


def debug_error(machine: Machine, trace: Trace) -> None:
    """Stop in the debugger on the line that raises, at the end of a run that leads to an error."""
    known = [*machine.actions, *machine.properties, *machine.constraints, *machine.terminals]
    error = error_of(machine, machine.find(trace.property, known), trace)
    assert error is not None
    raised = error.__cause__ or error
    last = place = raised.__traceback__
    while place is not None:
        last = place if is_users(place.tb_frame.f_code.co_filename) else last
        place = place.tb_next
    if last is not None:
        last.tb_next = None  # The debugger stops where the traceback ends.
    click.echo(f"{error.message}; the state's variables are attributes of self")
    debugger = _Debugger(nosigint=True, readrc=False)
    debugger.reset()
    debugger.interaction(None, raised.__traceback__)


class _Debugger(pdb.Pdb):
    """Knows whether it was left before the end of what it runs."""

    is_left = False

    def set_quit(self) -> None:
        self.is_left = True
        super().set_quit()


def show_step(machine: Machine, trace: Trace, number: int) -> None:
    """Show a step, the state after it, and what can be taken there."""
    stepping = Stepping(machine, trace, number)
    stepping.show()
