"""Properties, constraints and refinements on symbolic states."""
