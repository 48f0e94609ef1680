"""Following a spec: its transition system, with the enumerator's help where a variable is more than formulas can say.

Where code works on a symbolic value that it must not see (it hashes an unbounded integer, or hands it to a library), or a variable holds what has no
domain (too many values, texts made of others), the variables that the value depends on get all their reachable values for a domain, if the
enumerator can list them. A run then takes one of these values at each read, and everything that is computed from it is ordinary Python.

*Why that is sound.* The listed values are all that the variable holds in reachable states. A step that writes another value begins in a state that is
not reachable, and is left out; so the steps from reachable states, and with them the reachable states and everything that is true of them, are the
same. What is inductive among the states that remain is true of all reachable ones. For runs of so many steps, the values of that many steps suffice.
It costs a path per value, and says nothing about larger configurations: where the enumerator has listed all states, it has the verdict too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

import z3

from modelcheck.errors import ModelcheckError
from modelcheck.limits import Limits
from modelcheck.spec import LIVENESS, STEPS, Declaration, Machine
from modelcheck.spec.shapes.shape import variables
from modelcheck.symbolic.listing import NOTHING_LISTED, Listing
from modelcheck.symbolic.proof.endless.question import follow_question
from modelcheck.symbolic.proof.quantifiers import subterms
from modelcheck.symbolic.proof.reachable import values_reached
from modelcheck.symbolic.system import System
from modelcheck.symbolic.terms import UnsupportedError
from modelcheck.symbolic.values.kinds import terms_in

_MOST_STATES, _MOST_SECONDS = 100_000, 10.0
_MOST_ROWS = 400
_ENDS = ("#", "?", "=", "<", "[", ".", "'")


def followed(
    machine: Machine,
    properties: Sequence[Declaration],
    *,
    deadline: float | None = None,
    within: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> System:
    """The system of a machine in which properties have formulas too.

    Args:
        machine: The machine.
        properties: Invariants, properties of steps, and liveness properties.
        deadline: When to give up, as `time.monotonic` says it.
        within: The number of steps that the system is wanted for; None: any number.
        progress: Called with a line of text now and then.

    Raises:
        UnsupportedError: if something in the spec cannot be made symbolic, and the enumerator does not help.
        OutOfTimeError: at the deadline.
    """
    listing = NOTHING_LISTED
    while True:
        try:
            system = System(machine, deadline=deadline, progress=progress, listing=listing)
            for each in properties:
                _follow(system, each)
        except UnsupportedError as error:
            blamed = sorted(set(_blamed(machine, error)).difference(listing.paths))
            if not blamed:
                raise
            if progress is not None:
                progress(f"listing the values of {', '.join(blamed)} by enumeration")
            listing = _listing(machine, [*listing.paths, *blamed], error, deadline, within)
        else:
            return system


def _follow(system: System, declared: Declaration) -> None:
    """Make the formulas of a property."""
    if declared.role in LIVENESS:
        follow_question(system, declared)
    else:
        (system.step_relation if declared.role in STEPS else system.property_term)(declared)


def _blamed(machine: Machine, error: UnsupportedError) -> Iterator[str]:
    """The paths of the variables that the value which cannot be followed depends on."""
    about = error.about
    if isinstance(about, list) and all(isinstance(each, str) for each in about):
        names = about
    elif isinstance(about, str):
        names = [about]
    else:
        names = [str(each) for term in terms_in(about) for each in subterms(term) if z3.is_const(each)]
    paths = sorted((shape.path for shape, _ in variables(machine.shape, machine.first_state)), key=len, reverse=True)
    for name in names:
        found = next((path for path in paths if name == path or name.startswith(tuple(path + end for end in _ENDS))), None)
        if found is not None:
            yield found


def _listing(
    machine: Machine, paths: Sequence[str], error: UnsupportedError, deadline: float | None, within: int | None
) -> Listing:
    """What variables hold in reachable states; the error, if that cannot be listed."""
    seconds = _MOST_SECONDS if deadline is None else min(_MOST_SECONDS, max(deadline - time.monotonic(), 0.01))
    limits = Limits(states=_MOST_STATES, time_s=seconds, depth=None if within is None else within + 1)
    found = NOTHING_LISTED
    try:
        found, reason = values_reached(machine, paths, limits)
    except ModelcheckError as failure:
        reason = f"the search ends in an error, {failure.message}"
    if len(found.rows) > _MOST_ROWS:
        reason = f"there are {len(found.rows):,}"
    if reason is not None or not found.rows:
        raise UnsupportedError(
            f"{error.message}; nor can the reachable values of {', '.join(paths)} be listed: {reason or 'there are none'}",
            place=error.place,
            remedy=error.remedy,
        ) from error
    return found
