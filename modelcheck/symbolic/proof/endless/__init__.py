"""What must happen, refuted by runs of so many steps that end where they have been."""

from modelcheck.symbolic.proof.endless.question import follow_question
from modelcheck.symbolic.proof.endless.search import Endless, search

__all__ = ["Endless", "follow_question", "search"]
