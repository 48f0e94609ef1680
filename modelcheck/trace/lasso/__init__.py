"""Lassos: runs that never end, as a stem and a loop, judged and told in plain Python that knows nothing of the search."""

from modelcheck.trace.lasso.judge import Obligation, asked_of, broken, cause, defect, obligations, pending_since
from modelcheck.trace.lasso.words import explain_lasso, goes_on, length, said_fair, would_hold

__all__ = [
    "Obligation",
    "asked_of",
    "broken",
    "cause",
    "defect",
    "explain_lasso",
    "goes_on",
    "length",
    "obligations",
    "pending_since",
    "said_fair",
    "would_hold",
]
