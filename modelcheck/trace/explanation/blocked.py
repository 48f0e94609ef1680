"""Why nothing can happen in a state: for each action, the guard that stops it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from attrs import frozen

from modelcheck.spec import Declaration, Machine, State, choice, machine, run
from modelcheck.spec.choice import Disabled
from modelcheck.spec.run import ScriptedChooser, all_runs
from modelcheck.trace.explanation.conditions import details
from modelcheck.trace.explanation.evaluate import Scope
from modelcheck.trace.explanation.failsafe import left_out, took_long
from modelcheck.trace.explanation.reason import Reason, show_live
from modelcheck.trace.explanation.source import Source, source_of
from modelcheck.trace.explanation.watching import names_in

# The frames in which a guard fails are those of `require` and `choose`; the guard is in the frame that called them.
_MACHINERY = frozenset({choice.__file__, run.__file__, machine.__file__, __file__})
_PACKAGE = str(Path(__file__).resolve().parents[2])
_LISTED = 4


@frozen(eq=False)
class Blocked:
    """A run of an action that was not enabled.

    Attributes:
        arguments: The arguments chosen by then.
        frame: Where the guard is; None if a domain had nothing to choose from.
    """

    arguments: dict[str, Any] | None
    frame: TracebackType | None

    @property
    def place(self) -> tuple[str, int]:
        """Where the guard is."""
        return (self.frame.tb_frame.f_code.co_filename, self.frame.tb_lineno) if self.frame else ("", 0)


def explain_deadlock(of: Machine, state: State) -> Reason:
    """The guard that stops each action in a state, with the values in it."""
    found: list[Reason] = []
    with left_out() as attempt:
        for action in of.actions:
            guards = [Reason(action.name)]
            with left_out():
                guards = _of_action(of, action, state)
            found += guards
    if attempt.took_long:
        found.append(Reason(took_long()))
    return Reason("no action is enabled:", tuple(found))


def why_not(of: Machine, action: Declaration, state: State, fits: Callable[[Mapping[str, Any]], bool]) -> list[Reason]:
    """The guards that stop an action in a state, taken with arguments that fit."""
    with left_out():
        return _of_action(of, action, state, fits)
    return []


def _of_action(of: Machine, action: Declaration, state: State, fits: Callable[[Mapping[str, Any]], bool] = lambda _: True) -> list[Reason]:
    groups: dict[tuple[str, int], list[Blocked]] = {}
    for blocked in _blocked(of, action, state):
        if blocked.arguments is None or fits(blocked.arguments):
            groups.setdefault(blocked.place, []).append(blocked)
    return [_of_guard(action, group) for group in groups.values()]


def _blocked(of: Machine, action: Declaration, state: State) -> list[Blocked]:
    def perform(chooser: ScriptedChooser) -> Blocked | None:
        live = of.thaw(state)
        arguments: dict[str, Any] | None = None
        try:
            arguments = action.choose_arguments(live)
            action.run(live, arguments)
        except Disabled as stopped:
            del chooser
            return Blocked(arguments, None if arguments is None else _guard_frame(stopped))
        return None

    return [blocked for blocked in all_runs(perform) if blocked is not None]


def _guard_frame(stopped: Disabled) -> TracebackType | None:
    """The frame that called `require`, or that of the spec's own code in which `choose` found nothing."""
    frames: list[TracebackType] = []
    at = stopped.__traceback__
    while at is not None:
        frames.append(at)
        at = at.tb_next
    own = [frame for frame in frames if frame.tb_frame.f_code.co_filename not in _MACHINERY]
    if frames[-1].tb_frame.f_code in (choice.require.__code__, choice.bound.__code__):
        return own[-1]
    return next((frame for frame in reversed(own) if not frame.tb_frame.f_code.co_filename.startswith(_PACKAGE)), None)


def why_stopped(stopped: Disabled) -> list[Reason]:
    """The values in the guard that ended a run; nothing where they cannot be told."""
    with left_out():
        blocked = Blocked({}, _guard_frame(stopped))
        source = source_of(blocked.frame.tb_frame.f_code) if blocked.frame else None
        statement = source.statement_at(blocked.place[1]) if source else None
        return [] if source is None or statement is None else _values(statement, source, blocked)
    return []


def _of_guard(action: Declaration, group: list[Blocked]) -> Reason:
    """One guard, and for each of the arguments that it stops the values in it."""
    frame = group[0].frame
    if frame is None:
        return Reason(f"{action.name}: there is nothing to choose {' and '.join(action.parameters)} from")
    source = source_of(frame.tb_frame.f_code)
    statement = source.statement_at(frame.tb_lineno) if source else None
    if source is None or statement is None:
        return Reason(action.name)
    found: list[Reason] = []
    for blocked in group[:_LISTED]:
        values = _values(statement, source, blocked)
        shown = ", ".join(f"{name} = {show_live(value, 60)}" for name, value in (blocked.arguments or {}).items())
        found += [Reason(f"for {shown}", tuple(values))] if shown else values
    more = [Reason(f"and for {len(group) - _LISTED} more")] if len(group) > _LISTED else []
    return Reason(f"{action.name}: {source.text(statement)}", (*found, *more))


def _values(statement: ast.stmt, source: Source, blocked: Blocked) -> list[Reason]:
    if blocked.frame is None:
        return []
    scope = Scope(source, names_in(blocked.frame.tb_frame), told=frozenset(blocked.arguments or ()))
    called = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(called, ast.Call) and scope.value(called.func) is choice.require and called.args:
        return details(called.args[0], False, scope, 1)
    return []
