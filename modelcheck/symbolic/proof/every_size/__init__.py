"""Proof for every size: induction over the formulas of `modelcheck.symbolic.names`, and what it needs."""
