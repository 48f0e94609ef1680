"""What a user writes: specs, their state, actions and properties."""

from modelcheck.spec.choice import bound, choose, require
from modelcheck.spec.declaration import Declaration
from modelcheck.spec.declare import (
    LIVENESS,
    RUNS,
    STEPS,
    Role,
    action,
    always_eventually,
    constraint,
    eventually,
    eventually_always,
    invariant,
    leads_to,
    lemma,
    reachable,
    refines,
    step_property,
    terminal,
)
from modelcheck.spec.failing import fails
from modelcheck.spec.fairness import Fairness, Strength, fair, strongly_fair
from modelcheck.spec.machine import Machine
from modelcheck.spec.record import Durable, Fixed, Part, Process, Record
from modelcheck.spec.spec import Spec, machine_of
from modelcheck.spec.state import State
from modelcheck.spec.step import Step

__all__ = [
    "LIVENESS",
    "RUNS",
    "STEPS",
    "Declaration",
    "Durable",
    "Fairness",
    "Fixed",
    "Machine",
    "Part",
    "Process",
    "Record",
    "Role",
    "Spec",
    "State",
    "Step",
    "Strength",
    "action",
    "always_eventually",
    "bound",
    "choose",
    "constraint",
    "eventually",
    "eventually_always",
    "fails",
    "fair",
    "invariant",
    "leads_to",
    "lemma",
    "machine_of",
    "reachable",
    "refines",
    "require",
    "step_property",
    "strongly_fair",
    "terminal",
]
