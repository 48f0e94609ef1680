"""Validation of logs against an oracle: all states that explain a log, by plain Python stepping, on random small specs and random partial logs."""

from __future__ import annotations

from enum import Enum
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, assume, event, given, note, settings
from hypothesis import strategies as st

from modelcheck import ModelcheckError, Verdict
from modelcheck.conformance.explaining import Explaining
from modelcheck.conformance.validation import validate
from modelcheck.limits import Limits
from modelcheck.spec import Role, machine_of
from modelcheck.trace.itf import encode
from modelcheck.trace.observation import Observation, state_differences, step_differences
from modelcheck.values import Bag, FrozenRecord

from ..agreement.compare import load
from ..agreement.writer import sources

QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
MOST = 200


class TooManyError(Exception):
    """The oracle would have to look at too many states."""


# The oracle ---------------------------------------------------------------------------------------------------------------------------------------


def oracle(machine, log, hidden):
    """What explains a log.

    How many lines come before the first without an explanation, or with a false property in each; which of both; how many states explain them; and
    whether a bound cut a step that could have explained more.
    """
    states, cut = set(machine.initial_states()), False
    for number, seen in enumerate(log):
        states = closed(machine, states, hidden)
        cut = cut or any(is_cut(machine, state, {*hidden, seen.action}) for state in states)
        steps = [(one, two) for one in states for two in after(machine, one, seen) if not any(state_differences(seen, two))]
        if not steps:
            return number, "unexplained", len(states), cut
        states = {two for _, two in steps}
        if all(violates(machine, seen, one, two) for one, two in steps):
            return number, "violated", len(states), cut
        if len(states) > MOST:
            raise TooManyError
    return len(log), "holds", len(states), cut


def closed(machine, states, hidden):
    waiting, found = list(states), set(states)
    while waiting:
        state = waiting.pop()
        new = {two for step, two in machine.successors(state) if step.action in hidden} - found
        waiting += new
        found |= new
        if len(found) > MOST:
            raise TooManyError
    return found


def is_cut(machine, state, names):
    """Whether a bound cuts a step of one of these actions."""
    cut = []
    for action in machine.actions:
        if action.name in names:
            list(machine.outcomes(state, action, lambda: cut.append(None)))
    return bool(cut)


def after(machine, state, seen):
    if seen.action is None:
        return [state]
    return [two for step, two in machine.successors(state) if step.action == seen.action and not any(step_differences(seen, step))]


def violates(machine, seen, one, two):
    invariants = [found for found in machine.properties if found.role is Role.INVARIANT]
    steps = [found for found in machine.properties if found.role is Role.STEP] if seen.action is not None else []
    told = [machine.failing(found, two) for found in invariants] + [machine.failing(found, one, two) for found in steps]
    return any(arguments is not None for arguments in told)


# Logs ---------------------------------------------------------------------------------------------------------------------------------------------


def told(chance, value) -> Any:
    """A value as a log may have it: in the encoding of ITF, or plain JSON in which parts may be missing."""
    if chance.random() < 0.2:
        return encode(value)
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, FrozenRecord):
        return {name: told(chance, inner) for name, inner in value.items() if chance.random() < 0.7}
    if isinstance(value, Bag):
        return [told(chance, item) for item, count in value.items() for _ in range(count)]
    if isinstance(value, dict) or hasattr(value, "items"):
        return {key.name if isinstance(key, Enum) else str(key): told(chance, inner) for key, inner in value.items() if chance.random() < 0.7}
    if attrs.has(type(value)):
        fields = {field.name: told(chance, getattr(value, field.name)) for field in attrs.fields(type(value)) if chance.random() < 0.7}
        return {**fields, "type": type(value).__name__} if chance.random() < 0.5 else fields
    if isinstance(value, (tuple, frozenset)) and not hasattr(value, "_fields"):
        return [told(chance, item) for item in value]
    return value


def random_log(chance, machine, hidden):
    """What a random run would log, in more or less detail."""
    detail, longest = chance.choice((0.3, 0.6, 0.9)), chance.randint(2, 12)
    state, log = chance.choice(list(machine.initial_states())), []
    for _ in range(longest):
        options = list(machine.successors(state))
        if not options:
            break
        step, state = chance.choice(options)
        if step.action in hidden:
            continue
        arguments = {name: told(chance, value) for name, value in step.arguments.items() if chance.random() < detail}
        seen = {name: told(chance, value) for name, value in state.items() if chance.random() < detail}
        log.append(Observation(step.action, arguments, seen, len(log) + 1))
        if chance.random() < 0.2:
            log.append(Observation(None, {}, {name: told(chance, value) for name, value in state.items() if chance.random() < detail}, len(log) + 1))
    return log


def corrupted(chance, machine, log):
    """The same with a mistake in it, or none."""
    log = list(log)
    if not log or chance.random() < 0.3:
        return log
    at, other = chance.randrange(len(log)), chance.randrange(len(log))
    match chance.randrange(5):
        case 0:
            del log[at]
        case 1:
            log[at], log[other] = log[other], log[at]
        case 2:
            log[at] = attrs.evolve(log[at], state=log[at - 1].state)
        case 3:
            log[at] = attrs.evolve(log[at], state={**log[at].state, **log[other].state})
        case 4:
            log[at] = Observation(chance.choice(machine.actions).name, {}, log[at].state, log[at].line)
    return log


def compare(source: str, seed: int) -> str:
    chance = Random(seed)
    try:
        machine = machine_of(load(source)())
        names = [action.name for action in machine.actions]
        hidden = [name for name in names if chance.random() < 0.2]
        log = corrupted(chance, machine, random_log(chance, machine, hidden))
        note(str(log))
        lines, outcome, states, cut = oracle(machine, log, hidden)
    except (ModelcheckError, TooManyError):
        return "skipped"
    explaining = Explaining(machine, hidden=hidden)
    explained = 0
    for seen in log:
        if not explaining.see(seen) or (explaining.violation() is not None):
            break
        explained += 1
    assert (explained, len(explaining)) == (lines, states)
    for most in (1, 3, 10_000):
        found = validate(machine, log, hidden=hidden, limits=Limits(states=most))
        if found.verdict is Verdict.UNKNOWN:
            assert most < MOST or (cut and outcome != "holds")
        else:
            assert (found.verdict is Verdict.HOLDS) == (outcome == "holds")
        if found.verdict is Verdict.VIOLATED:
            assert (found.lines, found.unexplained is None) == (lines + (outcome == "violated"), outcome == "violated")
    return outcome


@settings(max_examples=60, deadline=None, suppress_health_check=QUIET, derandomize=True)
@given(sources(), st.integers(0, 2**32))
def test_validation_and_oracle_agree(source: str, seed: int) -> None:
    """The first line without an explanation, and how many states explain the log: the same; fewer states kept never make another verdict."""
    note(source)
    outcome = compare(source, seed)
    event(outcome)
    assume(outcome != "skipped")


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None, suppress_health_check=QUIET)
@given(sources(), st.integers(0, 2**32))
def test_validation_and_oracle_agree_at_length(source: str, seed: int) -> None:
    """As above, on many more specs, other ones each time."""
    note(source)
    assume(compare(source, seed) != "skipped")
