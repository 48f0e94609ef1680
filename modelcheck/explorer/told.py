"""What the explorer tells its page, as JSON: the way to a state, what can be taken there and what cannot, the properties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve

from modelcheck.explorer.expressions import Expression
from modelcheck.explorer.walker import Option, Place, Walker
from modelcheck.search.state_report import source_of
from modelcheck.spec import STEPS, Declaration, Machine, Role, Step
from modelcheck.spec.loading import shown_path
from modelcheck.trace import Reason, Trace, explain
from modelcheck.trace.explanation.blocked import why_not
from modelcheck.trace.explanation.operations import changes_told
from modelcheck.trace.export.diagram import Diagram, diagram
from modelcheck.trace.export.run import Json, lines, run_json, spans
from modelcheck.trace.text import change_lines, harmless, reason_lines, step_spans
from modelcheck.values import identity

_MOST_BLOCKED = 60


def spec_json(machine: Machine) -> Json:
    """The actions and properties of a spec."""
    return {
        "name": machine.cls.__name__,
        "place": _place(machine.place),
        "summary": (machine.cls.__doc__ or "").strip().split("\n")[0],
        "actions": [{"name": a.name, "summary": a.summary, "place": _place(a.place), "parameters": list(a.parameters)} for a in machine.actions],
        "properties": [{"name": p.name, "kind": p.role.value, "summary": p.summary, "place": _place(p.place)} for p in machine.asked],
        "variables": list(machine.variables),
    }


def _place(place: str) -> str:
    file, _, line = place.rpartition(":")
    return f"{shown_path(file)}:{line}" if file else place


def trace_at(walker: Walker, place: Place, name: str = "log") -> Trace:
    """The way to a place as a trace, of a property that is false (or reached) there if one is named."""
    machine = walker.machine
    declared = next((each for each in machine.properties if each.name == name), None)
    kind = "deadlock" if name == "deadlock" else "log" if declared is None else declared.role.value
    return Trace(
        spec=machine.cls.__name__,
        source=source_of(machine),
        constants=machine.constants,
        property=name if kind != "log" else "log",
        kind=kind,
        states=place.states,
        steps=place.steps,
        found_by="replay",
    )


class Teller:
    """Tells of the places of a walker.

    Args:
        walker: The walker.
    """

    def __init__(self, walker: Walker) -> None:
        self._walker = walker
        self._machine = walker.machine
        self._drawn: tuple[str, Diagram] = ("", diagram(trace_at(walker, walker.place("0")))) if walker.starts else ("", diagram_of_nothing())

    # The way here -------------------------------------------------------------------------------------------------------------------------------

    def run(self, place: Place) -> Json:
        """The way to a place, with what is false in each of its states."""
        drawn = self._diagram(place)
        told = run_json(trace_at(self._walker, place), drawn, self._machine)
        for number, (step, position) in enumerate(zip(told["steps"], place.positions, strict=True)):
            before = place.positions[number - 1] if number else None
            step["false"] = list(self._walker.false(position, before))
        return told

    def _diagram(self, place: Place) -> Diagram:
        if self._drawn[0] != place.path:
            self._drawn = (place.path, diagram(trace_at(self._walker, place)))
        return self._drawn[1]

    # What can be taken --------------------------------------------------------------------------------------------------------------------------

    def options(self, place: Place) -> list[Json]:
        """The steps that can be taken, with what each changes and what is false after it that is not so here."""
        drawn = self._diagram(place)
        waiting = {identity(message.value): number for number, message in enumerate(drawn.messages)}
        seen = {position.key: number for number, position in enumerate(place.positions)}
        return [self._option(place, option, drawn, waiting, seen) for option in self._walker.options(place.here)]

    def _option(self, place: Place, option: Option, drawn: Diagram, waiting: Mapping[Any, int], seen: Mapping[Any, int]) -> Json:
        named = [*option.step.arguments.values(), *option.step.choices]
        messages = [waiting[identity(value)] for value in named if identity(value) in waiting]
        before = place.here
        here = self._walker.false(before, place.positions[-2] if place.steps else None)
        return {
            "path": f"{place.path}_{option.name}",
            "action": option.step.action,
            "text": spans(step_spans(option.step)),
            "changes": lines(change_lines(tuple(changes_told(self._machine, before.state, option.step, option.position.state)))),
            "false": [name for name in self._walker.false(option.position, before) if name not in here],
            "back": seen.get(option.position.key),
            "outside": not self._walker.is_inside(option.position),
            "messages": messages,
            "lane": drawn.messages[messages[0]].dst if messages else next(self._lanes(drawn, option.step), None),
        }

    @staticmethod
    def _lanes(drawn: Diagram, step: Step) -> Iterator[str]:
        for value in step.arguments.values():
            for lane in drawn.lanes:
                if identity(lane.key) == identity(value):
                    yield lane.name

    # What cannot, and why -----------------------------------------------------------------------------------------------------------------------

    def blocked(self, place: Place, name: str | None = None) -> list[Json]:
        """For each action that cannot be taken here, or for the one that is named, the guards that stop it, with the values in them."""
        state, told = place.here.state, []
        for action in self._machine.actions:
            if name not in (None, action.name) or (name is None and self._walker.stepper.outcomes(place.here, action)):
                continue
            reasons = why_not(self._machine, action, state, lambda _: True)
            found = [line for reason in reasons for line in _reason(_without_name(reason, action.name))]
            told.append({"action": action.name, "reasons": found[:_MOST_BLOCKED] or [[["there is nothing that stops it", "note"]]]})
        return told

    # Properties ---------------------------------------------------------------------------------------------------------------------------------

    def properties(self, place: Place) -> list[Json]:
        """Each property, whether it is true here, and why not."""
        found = [self._property(place, declared) for declared in self._machine.properties]
        stuck = self._walker.is_inside(place.here) and self._walker.stepper.is_stuck(place.here)
        reason = explain(self._machine, trace_at(self._walker, place, "deadlock")) if stuck else None
        of_runs = (*self._machine.liveness, *self._machine.promises)
        endless: list[Json] = [{"name": declared.name, "kind": declared.role.value, "holds": None, "why": []} for declared in of_runs]
        return [*found, *endless, {"name": "deadlock", "kind": "no deadlock", "holds": not stuck, "why": [] if reason is None else _reason(reason)}]

    def _property(self, place: Place, declared: Declaration) -> Json:
        reachable = declared.role is Role.REACHABLE
        if reachable:
            holds = self._machine.satisfied(declared, place.here.state)
        else:
            holds = declared.name not in self._walker.false(place.here, place.positions[-2] if place.steps else None)
        why = self._why(place, declared) if holds is reachable else None
        return {"name": declared.name, "kind": declared.role.value, "holds": holds, "why": [] if why is None else _reason(why)}

    def _why(self, place: Place, declared: Declaration) -> Reason | None:
        states = place.states[-2:]
        truths = self._machine.instances(declared, *states) if declared.role in STEPS else self._machine.instances(declared, states[-1])
        wanted = declared.role is Role.REACHABLE
        arguments = next((arguments for arguments, holds in truths if holds is wanted), None)
        if arguments is None:
            return None
        return explain(self._machine, evolve(trace_at(self._walker, place, declared.name), arguments=arguments))

    # Expressions --------------------------------------------------------------------------------------------------------------------------------

    def values(self, place: Place, texts: list[str]) -> list[Json]:
        """The value of each expression in each state of the way, and where it changes."""
        told = []
        for text in texts:
            expression = Expression(self._machine, text)
            values = [expression.told(state) for state in place.states]
            told.append({"text": text, "values": [[harmless(value), good] for value, good in values]})
        return told


def diagram_of_nothing() -> Diagram:
    """What there is to draw of a spec without an initial state."""
    return Diagram("", (), (), ())


def _reason(reason: Reason) -> list[list[list[str]]]:
    """A reason as lines, whose indentation is kept."""
    return [[[harmless(span.text), span.style] for span in line] for line in reason_lines(reason)]


def _without_name(reason: Reason, name: str) -> Reason:
    """A guard without the action's name before it, which stands above."""
    return evolve(reason, text=reason.text.removeprefix(f"{name}: "))


