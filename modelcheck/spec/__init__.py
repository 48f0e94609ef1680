"""What a user writes: specs, their state, actions and properties."""

from modelcheck.spec.choice import bound, choose, require
from modelcheck.spec.declaration import Declaration
from modelcheck.spec.declare import Role, action, constraint, invariant, lemma, reachable, step_property, terminal
from modelcheck.spec.machine import Machine, Step
from modelcheck.spec.record import Durable, Fixed, Part, Process, Record
from modelcheck.spec.spec import Spec, machine_of
from modelcheck.spec.state import State

__all__ = [
    "Declaration",
    "Durable",
    "Fixed",
    "Machine",
    "Part",
    "Process",
    "Record",
    "Role",
    "Spec",
    "State",
    "Step",
    "action",
    "bound",
    "choose",
    "constraint",
    "invariant",
    "lemma",
    "machine_of",
    "reachable",
    "require",
    "step_property",
    "terminal",
]
