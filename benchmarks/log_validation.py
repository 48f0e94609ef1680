"""Lines per second of ``modelcheck validate`` on logs of Raft that tell more or less: ``python benchmarks/log_validation.py [LINES]``.

A random run of Raft is logged in several shapes, from all arguments of each action to its name alone; each log is then validated. Seconds are of
processor time. A second argument selects the shapes whose names contain it.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs

from modelcheck.conformance.log import read_log
from modelcheck.conformance.validation import validate
from modelcheck.spec import Machine, State, Step, machine_of
from modelcheck.spec.loading import load_spec
from modelcheck.statespace.stepper import Stepper
from modelcheck.values import Interchangeable

ROOT = Path(__file__).resolve().parents[1]
Line = dict[str, Any]


def plain(value: Any) -> Any:
    """A value as a log would have it."""
    if isinstance(value, Enum):
        return value.name
    if attrs.has(type(value)):
        return {"type": type(value).__name__, **{field.name: plain(getattr(value, field.name)) for field in attrs.fields(type(value))}}
    if isinstance(value, Interchangeable):
        return repr(value)
    return [plain(item) for item in value] if isinstance(value, tuple) else value


def who(step: Step) -> Interchangeable:
    """The server that takes a step."""
    found: Interchangeable = step.arguments["m"].dst if "m" in step.arguments else step.arguments["i"]
    return found


def arguments(step: Step) -> Line:
    """All arguments."""
    return {name: plain(value) for name, value in step.arguments.items()}


def cut(step: Step) -> Line:
    """All arguments, of messages the type and the receiver only."""
    return {name: {"type": type(v).__name__, "dst": plain(v.dst)} if attrs.has(type(v)) else plain(v) for name, v in step.arguments.items()}


def term(step: Step, state: State) -> Line:
    """The term of the server that takes the step."""
    return {"server": {str(who(step)): {"current_term": state["server"][who(step)]["current_term"]}}}


def variables(step: Step, state: State) -> Line:
    """The variables that a server logs when it has done something."""
    server = state["server"][who(step)]
    told = {name: plain(server[name]) for name in ("current_term", "role", "commit_index")}
    return {"server": {str(who(step)): {**told, "log": plain(server["log"])}}}


def shaped(told: Callable[[Step], Line] | None, seen: Callable[[Step, State], Line] | None) -> Callable[[int, Step, State], Line]:
    """A shape of lines: the action, what is told of its arguments, and what is seen of the state."""

    def line(_: int, step: Step, state: State) -> Line:
        return {"action": step.action, **({"arguments": told(step)} if told else {}), **({"state": seen(step, state)} if seen else {})}

    return line


def sparse(number: int, step: Step, state: State) -> Line:
    """A log that leaves an action out."""
    if step.action == "append_entries":
        return {}
    return shaped(cut, term)(number, step, state)


SHAPES: Mapping[str, Callable[[int, Step, State], Line]] = {
    "all arguments, the term": shaped(arguments, term),
    "messages cut to type and dst, the term": shaped(cut, term),
    "messages cut to type and dst": shaped(cut, None),
    "names, four variables of the server": shaped(None, variables),
    "names, the term": shaped(None, term),
    "names": shaped(None, None),
    "append_entries not logged, messages cut, the term": sparse,
}
HIDDEN = {"append_entries not logged, messages cut, the term": ["append_entries"]}


def runs(machine: Machine, lines: int, seed: int) -> list[tuple[Step, State]]:
    """A random run."""
    stepper, chance, found = Stepper(machine), random.Random(seed), []  # noqa: S311 - the same run each time.
    position = stepper.initial()[0]
    for _ in range(lines):
        step, position = chance.choice(stepper.steps(position))
        found.append((step, position.state))
    return found


def measured(machine: Machine, log: list[Line], folder: Path, hidden: list[str]) -> str:
    """What became of a log, and how fast."""
    path = folder / "log.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in log))
    started = time.process_time()
    found = validate(machine, read_log(path, machine), hidden=hidden)
    seconds = time.process_time() - started
    told = found.verdict.value + ("" if found.line is None else f" at {found.line}")
    return f"{told}, {seconds:.1f} s, {len(log) / seconds:,.0f} lines/s, {found.explanations} states"


def main(lines: int, only: str) -> None:
    """Print the table."""
    with TemporaryDirectory() as folder:
        for servers in (3, 5):
            cls = load_spec(ROOT / "specs" / "consensus" / "raft.py")
            machine = machine_of(cls(servers=servers, max_term=3, max_log=3, candidates=()))
            run = runs(machine, lines, seed=5)
            for name, shape in SHAPES.items():
                if only not in name:
                    continue
                log = [line for number, (step, state) in enumerate(run) if (line := shape(number, step, state))]
                right = measured(machine, log, Path(folder), HIDDEN.get(name, []))
                print(f"| {servers} | {name} | {right} |", flush=True)


if __name__ == "__main__":
    main(int(next(iter(sys.argv[1:]), 10_000)), next(iter(sys.argv[2:]), ""))
