"""What looks like a mistake in a spec, although nothing is wrong: warnings, each of which is true where it is said."""

from __future__ import annotations

import dis
from collections import Counter
from collections.abc import Iterator
from types import FunctionType
from typing import Any, Protocol

from modelcheck.limits.watch import Overrun
from modelcheck.parts import FifoNetwork, Network
from modelcheck.search.evidence import Path, walked
from modelcheck.search.report import ActionReport
from modelcheck.spec import STEPS, Machine, Role
from modelcheck.spec.code import code_of
from modelcheck.spec.loading import shown_path
from modelcheck.spec.purity import names_used, varying_calls
from modelcheck.spec.shapes.shape import RecordShape, within
from modelcheck.statespace.recording.recorder import Recorder

_LONGEST_STATE = 200


class Counted(Protocol):
    """What a search has counted; `_explorer.pyi` says what it tells."""

    def action_counts(self) -> list[tuple[int, int, int, int]]: ...  # noqa: D102 - see above.
    def evaluations(self) -> list[tuple[int, int, bool]]: ...  # noqa: D102
    def findings(self) -> list[tuple[int, int, int, int]]: ...  # noqa: D102
    def stuttering(self) -> int | None: ...  # noqa: D102
    def path(self, parent: int, ordinal: int) -> Path: ...  # noqa: D102


class Searched(Protocol):
    """A search that is at rest; see `modelcheck.search.exploration.Exploration`."""

    complete: bool
    stopped: str | None
    walk_length: int | None
    recorder: Recorder

    @property
    def explorer(self) -> Counted: ...  # noqa: D102


def suspicions(machine: Machine, exploration: Searched) -> tuple[str, ...]:
    """The warnings about a spec.

    Args:
        machine: The machine explored.
        exploration: Its exploration, at rest.
    """
    return (*_varying(machine), *_warnings(machine, exploration))


def action_reports(exploration: Searched) -> tuple[ActionReport, ...]:
    """How each action fared in an exploration that is at rest."""
    recorder = exploration.recorder
    calls = recorder.calls_by_name()
    counts: dict[str, Counter[str]] = {}
    for tree, enabled, new, dropped in exploration.explorer.action_counts():
        declared = recorder.trees[tree].declared
        if declared is not None:
            counts.setdefault(declared.name, Counter()).update(enabled=enabled, new=new, dropped=dropped)
    return tuple(ActionReport(name, n["enabled"], n["new"], calls[name], n["dropped"]) for name, n in counts.items())


def _warnings(machine: Machine, exploration: Searched) -> tuple[str, ...]:
    if not (exploration.complete or exploration.stopped):
        return ()  # A search that ended with a violation was too short to say what never happens.
    part = "" if exploration.complete else " in the part that was explored"
    never = [
        f"the action {action.name} was never enabled{part}"
        if not action.dropped
        else f"the action {action.name} was enabled, and all that it leads to is out of bounds{part}"
        for action in action_reports(exploration)
        if not action.enabled
    ]
    return (
        *never,
        *_unasked(exploration, part),
        *_unreached(exploration, part),
        *_stuttering(exploration),
        *_forgetting_self(exploration),
        *_never_receiving(machine, exploration),
    )


def _unasked(exploration: Searched, part: str) -> Iterator[str]:
    """Properties that hold since they were asked of nothing, or of little."""
    for tree, evaluations, asked in exploration.explorer.evaluations():
        declared = exploration.recorder.trees[tree].declared
        if declared is None or declared.role not in (Role.INVARIANT, *STEPS):
            continue
        if not asked and declared.parameters and (evaluations or declared.role is Role.INVARIANT):
            yield f"{declared.title} was asked of no {', '.join(declared.parameters)}: there was nothing to choose from in any state{part}"
        elif not evaluations and declared.role is Role.INVARIANT:
            yield f"{declared.title} was evaluated on nothing but initial states"


def _unreached(exploration: Searched, part: str) -> Iterator[str]:
    """Properties with a conclusion that was never drawn, since what stands before it decides."""
    recorder = exploration.recorder
    violated = {tree for tree, *_ in exploration.explorer.findings()}
    for index, tree in recorder.trees.items():
        missed = None if tree.declared is None or index in violated or not tree.calls else recorder.coverage.missed(tree.declared)
        if missed is None or tree.declared is None:
            continue
        title, place = tree.declared.title, f"{code_of(tree.declared.function).co_filename}:{missed.line}"
        if missed.empties:
            yield f"{title} found `{missed.text}` empty each time{part}  {shown_path(place)}"
        else:
            yield f"{title} never came to `{missed.text}`{part}  {shown_path(place)}"


def _stuttering(exploration: Searched) -> Iterator[str]:
    """An end that is no deadlock, since steps are enabled there, but from where nothing ever changes."""
    found = exploration.explorer.stuttering()
    if found is not None and exploration.walk_length is None:  # A walk keeps no log of those before it.
        path = exploration.explorer.path(found, -1)
        try:
            *_, last = walked(exploration.recorder, path)
        except Overrun:
            return  # There is no time left to show it.
        state = "; ".join(str(last).splitlines())
        shown = f": {state}" if len(state) <= _LONGEST_STATE else ""
        yield (
            f"{_after(len(path) - 1)} every enabled step leaves the state as it is; a @terminal method says that this is meant{shown}"
        )


def _after(steps: int) -> str:
    return "in an initial state" if not steps else f"after {steps} step{'' if steps == 1 else 's'}"


def _varying(machine: Machine) -> Iterator[str]:
    """What is used that may be another in the next run of Python, so that counts and traces would be, too."""
    written: list[tuple[str, Any]] = [("init", machine.cls.init)]
    for declared in (*machine.actions, *machine.asked, *machine.constraints, *machine.terminals):
        written += [(declared.title, function) for function in (declared.function, *declared.domains)]
    told: set[str] = set()
    for title, function in written:
        for what, place in varying_calls(function, machine.cls) if isinstance(function, FunctionType) else ():
            if place not in told:
                told.add(place)
                yield f"{title} uses {what}, which may give something else in the next run of Python  {shown_path(place)}"


def _forgetting_self(exploration: Searched) -> Iterator[str]:
    """Actions that were taken and wrote to local variables only, which is nearly always a forgotten ``self``."""
    recorder = exploration.recorder
    declared = {tree.declared.name: tree.declared for tree in recorder.trees.values() if tree.declared}
    for report in action_reports(exploration):
        code = code_of(declared[report.name].function)
        written = [step.argval for step in dis.get_instructions(code) if step.opname == "STORE_FAST"]
        if report.enabled and written and report.name not in recorder.writers:
            yield f"the action {report.name} never changes the state; it assigns to {written[0]}, a local variable"


def _never_receiving(machine: Machine, exploration: Searched) -> Iterator[str]:
    """Actions that were taken for messages in flight and leave them there."""
    networks = [shape for shape in within(machine.shape) if isinstance(shape, RecordShape) and issubclass(shape.cls, (Network, FifoNetwork))]
    if not networks or any(shape.constants.get("duplicating") for shape in networks):
        return
    taken = {report.name for report in action_reports(exploration) if report.enabled}
    for declared in machine.actions:
        domains = [domain for domain in declared.domains if type(domain) is FunctionType]
        asked = {name for domain in domains for name in names_used(domain, machine.cls)}
        function: Any = declared.function
        if declared.name in taken and "deliverable" in asked and "receive" not in names_used(function, machine.cls):
            yield (
                f"{declared.title} is taken for messages of deliverable(), and leaves them in flight: it calls receive() nowhere"
                f"  {shown_path(declared.place)}"
            )
