"""The sets, bags and tables that a plain run works on; for `_elements`, `_live` and `_runs` alone."""

COLLECTIONS: tuple[type, ...]
"""The classes of the objects that stand for sets, bags and tables in runs on ordinary objects."""
