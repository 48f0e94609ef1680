"""What is asked of symmetry, and what came of it in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve, frozen

from modelcheck.errors import InternalError, SpecError, UsageError
from modelcheck.search.evidence import along
from modelcheck.search.exploration import Exploration
from modelcheck.search.options import Options
from modelcheck.search.report import PropertyReport, Report
from modelcheck.spec import Declaration, Machine, Spec, Strength, machine_of
from modelcheck.spec.constants.declared import unknown
from modelcheck.spec.refinement import Promise
from modelcheck.statespace.kernel._kernel import Space
from modelcheck.statespace.layout import Layout
from modelcheck.symmetry.places import Places
from modelcheck.symmetry.reduction import Plan, PlanChanged, Reduction, in_words
from modelcheck.values import Interchangeable
from modelcheck.verdict import Verdict

CHOICES = ("auto", "on", "off", "exact")
"""Whether one state of each orbit is explored: where the spec allows it; or else an error; never; with each state compared under all renamings."""
_MOST_STEPS = 12


def check_symmetry(symmetry: str, order: str, engine: str) -> None:
    """Refuse what cannot be meant.

    Raises:
        UsageError: if it is that.
    """
    if symmetry not in CHOICES:
        raise UsageError(unknown(str(symmetry), list(CHOICES), f"symmetry is not {symmetry!r}"))
    if symmetry in {"on", "exact"} and engine != "enumerate":
        raise UsageError("sets of states are of all states, and not of orbits", remedy="Leave symmetry out.")
    if symmetry in {"on", "exact"} and order == "random":
        raise UsageError("a random walk goes through states, and not through orbits", remedy="Leave symmetry out.")


def plan_for(symmetry: str, order: str, seed: int) -> Plan | None:
    """How to begin; None: without symmetry."""
    if symmetry == "off" or order == "random" or not (Interchangeable.__subclasses__() or symmetry != "auto"):
        return None
    return Plan(exact=symmetry == "exact", seed=seed)


def left_out(symmetry: str, layout: Layout, why: str) -> str | None:
    """What to say of a search that leaves symmetry out though the spec has names that may trade places; None where there is nothing to say."""
    if symmetry == "off" or not Interchangeable.__subclasses__() or next(Places(layout).all_names(), None) is None:
        return None
    return f"not used: {why}"


def not_covered(report: Report, spec: Spec) -> Report:
    """The report of a search that left symmetry out for coverage, with a line that says so."""
    return evolve(report, symmetry=left_out("auto", Layout(machine_of(spec), Space()), "coverage is told of all states"))


@frozen
class Asked:
    """What a search is asked.

    Attributes:
        machine: The spec.
        chosen: The properties, without
        liveness: those of what must happen, and
        promised: those of what a refined spec takes for fair.
        check_deadlock: Whether a state without an enabled action is a finding.
        fair: How fair actions are in place of what the spec says.
        symmetry: What was said of symmetry.
        options: Of the exploration.
    """

    machine: Machine
    chosen: tuple[Declaration, ...]
    liveness: tuple[Declaration, ...]
    promised: tuple[Promise, ...]
    check_deadlock: bool
    fair: Mapping[str, Strength]
    symmetry: str
    options: Options

    @property
    def declared(self) -> list[Declaration]:
        """What is evaluated, without what must happen."""
        terminals = self.machine.terminals if self.check_deadlock else []
        return [*self.machine.actions, *self.machine.constraints, *self.chosen, *terminals]


def told_apart(exploration: Exploration) -> PlanChanged:
    """What to raise for a spec that tells names apart, as the exploration, at rest, has found."""
    reduction, found = exploration.reduction, exploration.explorer.asymmetry()
    if reduction is None or found is None:
        raise InternalError("a search was ended for an asymmetry, and there is none")
    tree, ref, to = found
    renaming = in_words(reduction.renaming(to))
    if ref is None:
        return PlanChanged(evolve(reduction.plan, refused=f"init tells names apart: its states are others with {renaming}"))
    declared = None if tree < 0 else exploration.recorder.trees[tree].declared
    what = "the spec" if declared is None else f"the {declared.role.noun} {declared.name}"
    _, steps = along(exploration.recorder, exploration.explorer.path(ref, -1))
    shown = ", ".join(map(repr, steps[-_MOST_STEPS:]))
    where = "in the first state" if not steps else f"after {'..., ' if len(steps) > _MOST_STEPS else ''}{shown}"
    return PlanChanged(evolve(reduction.plan, refused=f"{what} tells names apart: {where} it does something else with {renaming}"))


def begun_again(machine: Machine, symmetry: str, changed: PlanChanged) -> Plan:
    """The plan to begin again with.

    Raises:
        SpecError: if symmetry was wanted, and the spec does not allow it.
    """
    plan = changed.plan
    if plan.refused is not None and symmetry != "auto":
        raise SpecError(
            f"symmetry is {symmetry}, and cannot be used: {plan.refused or 'there are no interchangeable names'}",
            place=machine.place,
            remedy="Leave it to `--symmetry auto`, or treat all names alike.",
        )
    return evolve(plan, refused=f"not used: {plan.refused}") if plan.refused else plan


def said(reduction: Reduction, orbits: int, *, uncountable: bool) -> str:
    """The line for a search that was reduced."""
    blocks = " and ".join(map(_listed, reduction.group.blocks))
    left = f"; {reduction.left_out} more could be, and there are too many ways to rename all" if reduction.left_out else ""
    counted = "; they stand for more than can be counted, and the counts are too small" if uncountable else ""
    return f"{orbits:,} state{'' if orbits == 1 else 's'} explored, since {blocks} are interchangeable{left}{counted}"


def unasked(safe: Report, liveness: Sequence[Declaration]) -> Report:
    """The report of a search that came to no question of what must happen."""
    more = tuple(PropertyReport(each.name, each.role.value, Verdict.UNKNOWN) for each in liveness)
    properties = (*safe.properties, *more)
    verdict = Verdict.all_of(found.verdict for found in properties)
    reason = safe.reason or "the search was not complete" if verdict is Verdict.UNKNOWN else safe.reason
    return evolve(safe, properties=properties, verdict=verdict, reason=reason)


def together(safe: Report, endless: Report) -> Report:
    """One report of the search for what must not happen, which was reduced, and of that for what must."""
    properties = (*safe.properties, *endless.properties)
    verdict = Verdict.all_of((safe.verdict, endless.verdict))
    return evolve(
        endless,
        properties=properties,
        verdict=verdict,
        reason=safe.reason or endless.reason if verdict is Verdict.UNKNOWN else None,
        orbits=safe.orbits,
        symmetry=f"{safe.symmetry}; what must happen was asked of all states",
        predicate_calls={**safe.predicate_calls, **endless.predicate_calls},
        warnings=tuple(dict.fromkeys((*safe.warnings, *endless.warnings))),
    )


def _listed(block: tuple[Any, ...]) -> str:
    """The names of a block.

    >>> class Server(Interchangeable):
    ...     '''A server.'''
    >>> _listed(Server.several(2)), _listed(Server.several(4))
    ('s0, s1', 's0, ..., s3')
    """
    return ", ".join(map(repr, block)) if len(block) < 4 else f"{block[0]!r}, ..., {block[-1]!r}"  # noqa: PLR2004 - more are not worth listing.


def missed(count: int, choices: int) -> float:
    """The probability that two of so many numbers are one, each the least of so many.

    The least of k numbers crowds into the lowest part of their range, so that two are the same k**2 / (2 k - 1) times as often.
    """
    return -math.expm1(-count * (count - 1) / 2 / 2**64 * choices**2 / (2 * choices - 1))
