"""Model checking for distributed protocols written as plain Python state machines.

A spec is a subclass of `Spec`; `check` explores its states. Everything that a spec needs is imported from here.
"""

from modelcheck.errors import ModelcheckError, SpecError, UsageError
from modelcheck.search import Limits, Report, check
from modelcheck.spec import (
    Crashes,
    Durable,
    FifoNetwork,
    Fixed,
    History,
    Network,
    Part,
    Process,
    Record,
    Spec,
    State,
    Step,
    action,
    choose,
    constraint,
    invariant,
    lemma,
    reachable,
    require,
    step_property,
    terminal,
)
from modelcheck.verdict import Verdict

__all__ = [
    "Crashes",
    "Durable",
    "FifoNetwork",
    "Fixed",
    "History",
    "Limits",
    "ModelcheckError",
    "Network",
    "Part",
    "Process",
    "Record",
    "Report",
    "Spec",
    "SpecError",
    "State",
    "Step",
    "UsageError",
    "Verdict",
    "action",
    "check",
    "choose",
    "constraint",
    "invariant",
    "lemma",
    "reachable",
    "require",
    "step_property",
    "terminal",
]
