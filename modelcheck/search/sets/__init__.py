"""The search by sets of states, kept as decision diagrams, and its report."""
