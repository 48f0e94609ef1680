"""Sets, bags and tables of a live state, element by element; for `_live` alone."""
