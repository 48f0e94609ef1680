"""Random runs of a spec, to see what it does where nothing is wrong."""

from __future__ import annotations

import random
from collections.abc import Iterator

from modelcheck.spec import Machine, Step
from modelcheck.statespace.stepper import Position, Stepper
from modelcheck.trace.text import Line, Span, trace_lines
from modelcheck.trace.trace import Trace

_STEPS = 20


def samples(machine: Machine, number: int, seed: int, steps: int | None = None) -> Iterator[Line]:
    """Lines of random runs: each begins in an initial state, and ends where nothing can be taken or after some steps.

    Args:
        machine: The spec.
        number: How many runs.
        seed: Decides which.
        steps: How many steps each has at most; by default twenty.
    """
    stepper, chosen = Stepper(machine), random.Random(seed)  # noqa: S311 - to be repeated, and no secret.
    starts = stepper.starts()
    for count in range(1, number + 1):
        yield ()
        yield (Span(f"Run {count}", "action"), Span(f" of {number}, at random, --seed {seed}", "note"))
        yield ()
        yield from trace_lines(_run(machine, stepper, starts, chosen, steps or _STEPS))


def _run(machine: Machine, stepper: Stepper, starts: list[Position], chosen: random.Random, most: int) -> Trace:
    positions, steps = [chosen.choice(starts)], list[Step]()
    while len(steps) < most:
        options = [(step, after) for step, after in stepper.steps(positions[-1]) if stepper.allows(after)]
        if not options:
            break
        step, after = chosen.choice(options)
        steps.append(step)
        positions.append(after)
    states = tuple(position.state for position in positions)
    return Trace(machine.cls.__name__, "", machine.constants, "log", "log", states, tuple(steps), found_by="replay")
