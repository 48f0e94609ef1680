"""Proof: the actions of a spec as formulas of z3, for bounded model checking and induction.

Start at `prove`; what it returns is a `ProofReport` with a `Proof` for each property.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelcheck.symbolic.proof.prove import prove
    from modelcheck.symbolic.proof.report import Proof, ProofReport

__all__ = ["Proof", "ProofReport", "prove"]


def __getattr__(name: str) -> Any:
    """The methods of proof stand above the rest of this package, whose modules import it first: they are imported when they are first named.

    Raises:
        AttributeError: for a name that the package does not have.
    """
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from modelcheck.symbolic.proof import prove, report  # noqa: PLC0415 - see above.

    return getattr(prove if name == "prove" else report, name)
