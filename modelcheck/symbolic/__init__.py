"""Proof: the actions of a spec as formulas of z3, for bounded model checking and induction."""
