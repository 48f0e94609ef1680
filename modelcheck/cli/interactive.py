"""Stepping through a trace by hand: forward and back, what else could have happened, and going on from there."""

from __future__ import annotations

import pdb  # noqa: T100 - offered to the user.
import sys
from bdb import BdbQuit
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click
from attrs import evolve

from modelcheck.cli.paint import paint
from modelcheck.errors import UsageError
from modelcheck.spec import Declaration, Machine, Role, State, Step
from modelcheck.spec.choice import Disabled, choosing
from modelcheck.spec.loading import shown_path
from modelcheck.statespace.recording.recorder import PickingChooser
from modelcheck.trace import Trace, changes, write_trace
from modelcheck.trace.saving import replay_command
from modelcheck.trace.text import Line, Span, change_lines, state_lines, step_spans

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
  p, pdb           debug the Python of the next step
  q, quit"""


class Stepping:
    """A walk along a run, which can leave it.

    Args:
        machine: The spec.
        trace: The run.
        at: The step to begin after.
    """

    def __init__(self, machine: Machine, trace: Trace, at: int = 0) -> None:
        self._machine = machine
        self._recorded = trace
        self._states: list[State] = list(trace.states)
        self._steps: list[Step] = list(trace.steps)
        self._left: int | None = None
        self._at = at

    def loop(self) -> None:
        """Do what is typed, until there is no more or it says to quit. Ctrl-C gives up what is being typed or computed, and nothing else."""
        click.echo(f"{self._title()}; h lists the commands")
        self._show()
        while True:
            try:
                line = _typed()
                if line is None or line.strip() in {"q", "quit", "exit"}:
                    return
                self._do(line.split())
            except UsageError as error:
                click.echo(str(error))
            except KeyboardInterrupt:
                click.echo("\ninterrupted; q quits")

    def _title(self) -> str:
        steps = f"{len(self._steps)} step{'' if len(self._steps) == 1 else 's'}"
        what = {"deadlock": "a deadlock", "log": "a run"}.get(self._recorded.kind, self._recorded.property)
        return f"{self._machine.spec!r}: {what} in {steps}"

    def _do(self, words: list[str]) -> None:
        word, *arguments = words or ["next"]
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
        if self._at == len(self._steps):
            raise UsageError("this is the end of the run", remedy="e lists what can be taken here, t N takes it.")
        self._at += 1
        self._show()

    def _back(self) -> None:
        if self._at == 0:
            raise UsageError("this is the initial state")
        self._at -= 1
        self._show()

    def _goto(self, number: int) -> None:
        if number > len(self._steps):
            raise UsageError(f"the run has {len(self._steps)} steps")
        self._at = number
        self._show()

    def _run(self) -> None:
        if self._left is None:
            raise UsageError("this is the recorded run")
        self._states, self._steps, self._at, self._left = list(self._recorded.states), list(self._recorded.steps), self._left, None
        self._show()

    def _take(self, number: int) -> None:
        options = list(self._machine.successors(self._states[self._at]))
        if not options:
            raise UsageError("nothing can be taken here", remedy="b goes back a step.")
        if not 1 <= number <= len(options):
            raise UsageError(f"there is no step {number} to take here", remedy=f"e lists those that can be taken: 1 to {len(options)}.")
        step, state = options[number - 1]
        if self._left is None:
            self._left = self._at
        self._steps = [*self._steps[: self._at], step]
        self._states = [*self._states[: self._at + 1], state]
        self._at += 1
        self._show()

    def _write(self, arguments: list[str]) -> None:
        if len(arguments) != 1:
            raise UsageError("write needs a file", remedy="For example: write run.json")
        path = Path(arguments[0])
        shown = self._ending()
        try:
            write_trace(shown, path, source=shown_path(shown.source))
        except OSError as error:
            raise UsageError(f"cannot write {path}: {error.strerror}") from None
        what = {"deadlock": ", which ends in a deadlock", "log": ""}.get(shown.kind, f", which ends with {shown.property}")
        click.echo(f"wrote the {len(self._steps)} steps of this run{what}\nReplay: {replay_command(path)}")

    def _ending(self) -> Trace:
        """The run as a trace of what its end shows: what was recorded, another property that is false there, a deadlock, or just a run."""
        run = evolve(self._recorded, states=tuple(self._states), steps=tuple(self._steps))
        if self._left is None:
            return run
        at, self._at = self._at, len(self._steps)
        false = next(self._false(), None)
        self._at = at
        name, kind = ("log", "log") if false is None else (false.name, false.role.value)
        if false is None and is_deadlock(self._machine, self._states[-1]):
            name = kind = "deadlock"
        return evolve(run, property=name, kind=kind, arguments={}, loop=None, found_by="replay", observed=None)

    # Showing ------------------------------------------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        paint(self._lines())

    def _lines(self) -> Iterator[Line]:
        where = f"{self._at}/{len(self._steps)}"
        branch = "" if self._left is None else f"  (left the recorded run at {self._left})"
        if self._at == 0:
            yield (Span(f"{where} ", "number"), Span("initial state", "action"), Span(branch, "note"))
            yield from state_lines(self._states[0])
        else:
            yield (Span(f"{where} ", "number"), *step_spans(self._steps[self._at - 1]), Span(branch, "note"))
            yield from change_lines(changes(self._states[self._at - 1], self._states[self._at]))
        for declared in self._false():
            yield (Span(f"     {declared.role.value} {declared.name} is false", "violated"),)

    def _false(self) -> Iterator[Declaration]:
        state = self._states[self._at]
        for declared in self._machine.properties:
            if declared.role is Role.INVARIANT:
                false = self._machine.failing(declared, state) is not None
            else:
                step = declared.role is Role.STEP and self._at > 0
                false = step and self._machine.failing(declared, self._states[self._at - 1], state) is not None
            if false:
                yield declared

    def show(self) -> None:
        """Show where the walk is: the last step, the whole state, and what can be taken."""
        self._show()
        if self._at:
            click.echo("\nState:")
            self._state()
        click.echo("\nEnabled:")
        self._enabled()

    def _state(self) -> None:
        paint(state_lines(self._states[self._at]))

    def _diff(self) -> None:
        if self._at == 0:
            raise UsageError("no step has been taken yet")
        paint(change_lines(changes(self._states[self._at - 1], self._states[self._at])))

    def _enabled(self) -> None:
        following = repr(self._steps[self._at]) if self._at < len(self._steps) else None
        options = list(self._machine.successors(self._states[self._at]))
        if not options:
            click.echo("  nothing can be taken here")
        for number, (step, _) in enumerate(options, 1):
            marked = "*" if repr(step) == following else " "
            paint([(Span(f"{marked}{number:3}. ", "number"), *step_spans(step))])

    def _debug(self) -> None:
        if self._at == len(self._steps):
            raise UsageError("this is the end of the run", remedy="b goes back a step.")
        debug(self._machine, self._states[self._at], self._steps[self._at])


def _typed() -> str | None:
    """The next line, with the keys of a terminal if it is one; None at the end of the input."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        with suppress(ImportError):
            import readline  # noqa: F401, PLC0415 - for its effect on input(), and not on every platform.
        try:
            return input(PROMPT)
        except EOFError:
            click.echo()
            return None
    click.echo(PROMPT, nl=False)
    line = sys.stdin.readline()
    click.echo(line.rstrip())
    return line or None


def is_deadlock(machine: Machine, state: State) -> bool:
    """Whether nothing can be taken in a state where a run is not to end."""
    return next(iter(machine.successors(state)), None) is None and not any(machine.failing(declared, state) is None for declared in machine.terminals)


def debug(machine: Machine, state: State, step: Step) -> None:
    """Run a step's Python under the debugger, which stops on the first line of the action."""
    action = machine.find(step.action, machine.actions)
    live = machine.thaw(state)
    method = getattr(action.subject(live), action.method)
    code = action.function.__code__
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
