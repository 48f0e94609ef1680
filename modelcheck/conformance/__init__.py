"""Specs and real systems side by side: Hypothesis, conformance of implementations, validation of logs."""

from modelcheck.conformance.machine import SpecMachine, state_machine
from modelcheck.conformance.violation import Violation

__all__ = ["SpecMachine", "Violation", "state_machine"]
