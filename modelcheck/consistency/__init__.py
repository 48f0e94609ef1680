"""Histories of concurrent operations, and the consistency models that they are checked against."""
