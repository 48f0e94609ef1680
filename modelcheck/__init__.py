"""Model checking for distributed protocols written as plain Python state machines."""

from modelcheck.errors import ModelcheckError, SpecError, UsageError
from modelcheck.spec import (
    Durable,
    Fixed,
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
    reachable,
    require,
    step_property,
    terminal,
)  # fmt: skip
from modelcheck.verdict import Verdict

__all__ = [
    "Durable", "Fixed", "ModelcheckError", "Part", "Process", "Record", "Spec", "SpecError", "State", "Step", "UsageError", "Verdict", "action",
    "choose", "constraint", "invariant", "reachable", "require", "step_property", "terminal",
]  # fmt: skip
