"""Model checking for distributed protocols written as plain Python state machines.

A spec is a subclass of `Spec`; `check` explores its states. Everything that most specs need is imported from here;
ready-made parts are in `modelcheck.parts`, each engine in its package: `modelcheck.search`, `modelcheck.symbolic`,
`modelcheck.conformance`, `modelcheck.consistency`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelcheck.conformance import validate
    from modelcheck.errors import ModelcheckError, SpecError, UsageError
    from modelcheck.explorer import explore
    from modelcheck.limits import Limits
    from modelcheck.parts import Crashes, FifoNetwork, History, Network
    from modelcheck.search import Report, check
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
    from modelcheck.symbolic import prove
    from modelcheck.values import Interchangeable
    from modelcheck.verdict import Verdict

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

_HOMES = {
    "conformance": {"validate"},
    "errors": {"ModelcheckError", "SpecError", "UsageError"},
    "explorer": {"explore"},
    "limits": {"Limits"},
    "parts": {"Crashes", "FifoNetwork", "History", "Network"},
    "search": {"Report", "check"},
    "symbolic": {"prove"},
    "values": {"Interchangeable"},
    "verdict": {"Verdict"},
}
"""The packages that names are imported from; all others come from `modelcheck.spec`."""


def __getattr__(name: str) -> Any:
    """A name, imported when it is first used: every pytest run in the environment imports this package, with or without specs.

    Raises:
        AttributeError: for a name that the package does not have.
    """
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = next((package for package, names in _HOMES.items() if name in names), "spec")
    found = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
    return found


def __dir__() -> list[str]:
    """The names of the package, those among them that nobody has used yet."""
    return sorted({*globals(), *__all__})
