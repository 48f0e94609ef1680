"""Specs and real systems side by side: Hypothesis, conformance of implementations, validation of logs."""
