"""The search through the states of a spec."""

from modelcheck.limits import Limits
from modelcheck.search.check import check
from modelcheck.search.report import ActionReport, CellReport, Progress, PropertyReport, Report
from modelcheck.search.restart import resume

__all__ = ["ActionReport", "CellReport", "Limits", "Progress", "PropertyReport", "Report", "check", "resume"]
