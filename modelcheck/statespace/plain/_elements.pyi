"""Sets, bags and tables of a live state, element by element; for `_live` and `_runs` alone."""

COLLECTIONS: tuple[type, ...]
"""The classes of the objects that stand for sets, bags and tables in runs on ordinary objects."""
