"""Cells and decision trees in native code."""
