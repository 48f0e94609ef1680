"""Cells, decision trees over footprints, and the native state space that they span."""
