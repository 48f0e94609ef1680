"""Model checking for distributed protocols written as plain Python state machines.

A spec is a subclass of `Spec`; `check` explores its states. Everything that most specs need is imported from here;
ready-made parts are in `modelcheck.parts`, each engine in its package: `modelcheck.search`, `modelcheck.symbolic`,
`modelcheck.conformance`, `modelcheck.consistency`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from modelcheck.errors import ModelcheckError, SpecError, UsageError
from modelcheck.limits import Limits
from modelcheck.parts import Crashes, FifoNetwork, History, Network
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
    always_eventually,
    bound,
    choose,
    constraint,
    eventually,
    eventually_always,
    fails,
    fair,
    invariant,
    leads_to,
    lemma,
    reachable,
    refines,
    require,
    step_property,
    strongly_fair,
    terminal,
)
from modelcheck.values import Interchangeable
from modelcheck.verdict import Verdict

if TYPE_CHECKING:
    from modelcheck.conformance import validate
    from modelcheck.explorer import explore
    from modelcheck.search import Report, check
    from modelcheck.symbolic import prove

__all__ = [
    "Crashes",
    "Durable",
    "FifoNetwork",
    "Fixed",
    "History",
    "Interchangeable",
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
    "always_eventually",
    "bound",
    "check",
    "choose",
    "constraint",
    "eventually",
    "eventually_always",
    "explore",
    "fails",
    "fair",
    "invariant",
    "leads_to",
    "lemma",
    "prove",
    "reachable",
    "refines",
    "require",
    "step_property",
    "strongly_fair",
    "terminal",
    "validate",
]

_LATER = {
    "Report": "modelcheck.search",
    "check": "modelcheck.search",
    "explore": "modelcheck.explorer",
    "prove": "modelcheck.symbolic",
    "validate": "modelcheck.conformance",
}


def __getattr__(name: str) -> Any:
    """What works on specs is imported when it is first named: every pytest run imports this package, with or without specs.

    Raises:
        AttributeError: for a name that the package does not have.
    """
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
