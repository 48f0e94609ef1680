"""Specs and real systems side by side: Hypothesis, conformance of implementations, validation of logs."""

from modelcheck.conformance.calling import AdapterError
from modelcheck.conformance.machine import SpecMachine, state_machine
from modelcheck.conformance.system import Adapter, ConformanceMachine, Nonconformance, conformance
from modelcheck.conformance.validation import Validation, validate
from modelcheck.conformance.violation import Violation

__all__ = [
    "Adapter",
    "AdapterError",
    "ConformanceMachine",
    "Nonconformance",
    "SpecMachine",
    "Validation",
    "Violation",
    "conformance",
    "state_machine",
    "validate",
]
