"""A lasso in words: how long it is, why it is fair, and which fairness would exclude it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from modelcheck.spec import Declaration, Fairness, Machine, Role, Strength
from modelcheck.spec.code import code_of
from modelcheck.spec.refinement import Promise
from modelcheck.trace.explanation.conditions import why_ended
from modelcheck.trace.explanation.failsafe import left_out, took_long
from modelcheck.trace.explanation.reason import Reason, naming
from modelcheck.trace.explanation.watching import watched
from modelcheck.trace.lasso.judge import Obligation, broken, cause, obligations, pending_since
from modelcheck.values import show

if TYPE_CHECKING:
    from modelcheck.trace.trace import Trace

_MOST_STATES = 6


def length(trace: Trace) -> str:
    """How long a run is, in words.

    ``in the initial state``, ``in 3 steps``; of a lasso ``in 2 steps, then 6 for ever`` and ``in 5 steps, then nothing``.
    """
    if trace.loop is None:
        return f"in {_steps(len(trace.steps))}" if trace.steps else "in the initial state"
    stem = f"in {_steps(trace.loop)}" if trace.loop else "from the initial state on"
    if not trace.closes:
        return f"{stem}, then nothing" if trace.loop else "in the initial state, if nothing happens"
    return f"{stem}, then {len(trace.steps) - trace.loop} for ever" if trace.loop else f"by {_steps(len(trace.steps))} for ever"


def _steps(number: int) -> str:
    return f"{number:,} step{'' if number == 1 else 's'}"


def goes_on(trace: Trace) -> str:
    """What comes after the last step of a lasso: ``back to the state after step 2``, ``nothing, for ever``."""
    if not trace.closes:
        return "nothing, for ever"
    return f"back to the state after step {trace.loop}" if trace.loop else "back to the initial state"


def explain_lasso(machine: Machine, declared: Declaration, run: Trace) -> Reason:
    """Why a run that never ends violates a liveness property, and why it may happen.

    Args:
        machine: The spec.
        declared: The property.
        run: A run with a loop, replayed.
    """
    named = f"{declared.name}({_arguments(run.arguments)})" if run.arguments else declared.name
    since = pending_since(machine, declared, run)
    told: list[Reason] = []
    if since is not None:
        told.append(_unmet(machine, declared, run, since))
    told += _why_fair(machine, run)
    return Reason(f"{named} is false:", tuple(told))


def _arguments(arguments: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={show(value)}" for name, value in arguments.items())


def _unmet(machine: Machine, declared: Declaration, run: Trace, since: int) -> Reason:
    """From where on what is to happen does not, with the values in a state of the loop."""
    assert run.loop is not None
    if isinstance(declared, Promise):
        return _unfair(declared, run)
    goal = "its goal" if declared.role is Role.LEADS_TO else "it"
    match declared.role:
        case Role.EVENTUALLY:
            text = f"{goal} is true in none of these states"
        case Role.ALWAYS_EVENTUALLY:
            text = f"{goal} is never true {_from(since)}"
        case Role.LEADS_TO:
            text = f"its premise is true {_after(since)}, and {goal} is not true then or later"
        case _:
            text = f"{goal} is not true {_after(since)}" + (", again and again" if run.closes else "")
    looked_at = since if declared.role is Role.EVENTUALLY_ALWAYS else len(run.states) - 1
    because: tuple[Reason, ...] = ()
    with left_out() as attempt:
        because = _values(machine, declared, run, looked_at)
    if attempt.took_long:
        because = (Reason(took_long()),)
    at = f", as {_after(looked_at)}" if because and looked_at != since and len(run.states) - run.loop > 1 else ""
    return Reason(f"{text}{at}{':' if because else ''}", because)


def _unfair(declared: Promise, run: Trace) -> Reason:
    """What the fairness of an abstract action asks, and the run, seen through the map, does not do."""
    assert run.loop is not None
    found = next(each for each in broken(declared, run) if dict(each.arguments or {}) == dict(run.arguments))
    often = "again and again" if found.disabled else f"for ever, {_from(run.loop)}"
    return Reason(f"in {declared.abstract.machine.cls.__name__}, {found}, which is {found.fairness}, is enabled {often}, and never taken")


def _from(index: int) -> str:
    return f"from after step {index} on" if index else "from the initial state on"


def _after(index: int) -> str:
    return f"after step {index}" if index else "in the initial state"


def _values(machine: Machine, declared: Declaration, run: Trace, index: int) -> tuple[Reason, ...]:
    live = machine.thaw(run.states[index])
    ending = watched(lambda: declared.run(live, run.arguments), code_of(declared.function))
    if ending is None:
        return ()
    with naming(**{code_of(declared.function).co_varnames[0]: declared.subject(live)}):
        return tuple(why_ended(ending, wanted=False, depth=0))


# Why it is fair -----------------------------------------------------------------------------------------------------------------------------------


def _why_fair(machine: Machine, run: Trace) -> list[Reason]:
    if not run.closes:
        enabled = cause(machine, run)
        if not enabled:
            return [Reason("nothing happens any more: no action is enabled that changes anything")]
        return [Reason(f"nothing need happen any more: of what is enabled, nothing is fair ({', '.join(enabled)})")]
    found = obligations(machine, run)
    if not found:
        return [Reason("this may go on for ever: nothing that is enabled in it is fair")]
    return [Reason("this may go on for ever, since it is fair:", tuple(map(Reason, _met(found, run))))]


def _met(found: list[Obligation], run: Trace) -> Iterator[str]:
    """A line for what is taken, and one for each that is not always enabled."""
    taken: dict[str, list[Obligation]] = {}
    for each in found:
        if each.taken:
            taken.setdefault(each.action, []).append(each)
    names = [name if len(of) == sum(o.action == name for o in found) else ", ".join(map(str, of)) for name, of in taken.items()]
    if names:
        yield f"{', '.join(names)}: taken"
    for each in found:
        if not each.taken and each.is_met:
            yield f"{each}: not enabled {_in_states(each.disabled, run)}, and so not for ever"


def _in_states(indices: tuple[int, ...], run: Trace) -> str:
    assert run.loop is not None
    if len(indices) == len(run.states) - run.loop:
        return "in any of its states"
    shown = ", ".join(map(str, indices[:_MOST_STATES])) + (", ..." if len(indices) > _MOST_STATES else "")
    return f"after step{'' if len(indices) == 1 else 's'} {shown}" if indices != (0,) else "in the initial state"


def would_hold(advice: Mapping[str, Strength] | None) -> str | None:
    """What fairness would make a property hold, in words; None if nothing is known.

    >>> would_hold({"use": Strength.STRONG, "hand_on": Strength.STRONG, "finish": Strength.WEAK})
    'It would hold if use and hand_on were strongly fair, and finish fair.'

    Args:
        advice: The actions with the fairness that they would need; empty if none would do.
    """
    if advice is None:
        return None
    if not advice:
        return "No fairness of the actions would make it hold."
    strong = [name for name, strength in advice.items() if strength is Strength.STRONG]
    weak = [name for name, strength in advice.items() if strength is Strength.WEAK]
    if not strong:
        return f"It would hold if {_listed(weak)} {'was' if len(weak) == 1 else 'were'} fair."
    verb = "was" if len(strong) == 1 else "were"
    return f"It would hold if {_listed(strong)} {verb} strongly fair" + (f", and {_listed(weak)} fair." if weak else ".")


def said_fair(fair: Mapping[str, Fairness]) -> str:
    """Which actions are how fair, in words, the strongest first.

    >>> said_fair({"use": Fairness(Strength.STRONG), "hand_on": Fairness(Strength.STRONG), "finish": Fairness(Strength.WEAK)})
    'use and hand_on strongly fair, finish fair'
    """
    by_words: dict[str, list[str]] = {}
    for name, fairness in sorted(fair.items(), key=lambda item: item[1].strength is not Strength.STRONG):
        by_words.setdefault(str(fairness), []).append(name)
    return ", ".join(f"{_listed(names)} {words}" for words, names in by_words.items())


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
