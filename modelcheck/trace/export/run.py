"""A run as data, for whatever shows it in a browser: a page in one file, or the explorer.

Texts are those of the terminal. Of each state only the cells that differ from those of the one before are told, so that a run of a thousand steps
stays small.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from modelcheck.spec import Machine, State, Step
from modelcheck.trace.diff import changes
from modelcheck.trace.explanation.operations import changes_told
from modelcheck.trace.export.cells import Place, Text, cells
from modelcheck.trace.export.diagram import Diagram, Event, Message
from modelcheck.trace.text import Line, change_lines, harmless, step_spans
from modelcheck.trace.trace import Trace

Json = Any


def spans(line: Line) -> list[list[str]]:
    """A line as pairs of a text and its style, without what stands in front of it."""
    found = [[harmless(span.text), span.style] for span in line]
    if found:
        found[0][0] = found[0][0].lstrip()
    return [pair for pair in found if pair[0]]


def lines(found: Iterable[Line]) -> list[list[list[str]]]:
    """Lines as `spans`."""
    return [spans(line) for line in found]


class Cells:
    """Numbers the cells of states as they are met.

    Attributes:
        places: The cells met so far, by number.
    """

    def __init__(self) -> None:
        self.places: list[Place] = []
        self._numbers: dict[Place, int] = {}

    def of(self, state: State) -> dict[int, Text]:
        """The texts of a state, by the number of the cell."""
        found: dict[int, Text] = {}
        for place, told in cells(state).items():
            number = self._numbers.get(place)
            if number is None:
                number = self._numbers[place] = len(self.places)
                self.places.append(place)
            found[number] = [harmless(each) for each in told] if isinstance(told, list) else harmless(told)
        return found


def differing(before: Mapping[int, Text], after: Mapping[int, Text]) -> dict[int, Text | None]:
    """The cells that differ; None for one that is gone."""
    gone = {number: None for number in before if number not in after}
    return gone | {number: told for number, told in after.items() if number not in before or before[number] != told}


def step_json(step: Step, before: State, after: State, machine: Machine | None = None) -> Json:
    """What a step is called and what it changes, with the spec where that is at hand."""
    found = tuple(changes(before, after)) if machine is None else tuple(changes_told(machine, before, step, after))
    return {"text": spans(step_spans(step)), "changes": lines(change_lines(found))}


def run_json(trace: Trace, diagram: Diagram, machine: Machine | None = None) -> Json:
    """A run: its lanes, messages, cells and steps.

    Args:
        trace: The run.
        diagram: Its diagram.
        machine: Its spec, if that is at hand, which tells client histories as calls and returns.
    """
    trace = trace.unrolled()
    numbered = Cells()
    known: dict[int, Text] = {}
    steps: list[Json] = []
    for number, state in enumerate(trace.states):
        now = numbered.of(state)
        told: dict[str, Json] = {"cells": differing(known, now)}
        if number:
            told |= step_json(trace.steps[number - 1], trace.states[number - 1], state, machine) | _event(diagram.events[number - 1], diagram)
        else:
            told |= {"text": [["initial state", "action"]], "changes": [], "lane": None, "mark": ""}
        steps.append(told)
        known = now
    return {
        "lanes": [harmless(name) for name in diagram.processes],
        "places": [[harmless(part) for part in place] for place in numbered.places],
        "messages": [_message(message, diagram) for message in diagram.messages],
        "steps": steps,
        "notes": list(diagram.notes),
        "loop": trace.loop,
    }


def _event(event: Event, diagram: Diagram) -> Json:
    return {"lane": diagram.processes.index(event.process), "mark": event.mark}


def _message(message: Message, diagram: Diagram) -> Json:
    return {
        "text": harmless(message.text),
        "src": diagram.processes.index(message.src),
        "dst": diagram.processes.index(message.dst),
        "sent": message.sent,
        "received": message.received,
        "lost": message.lost,
    }
