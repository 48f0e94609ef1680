"""Proofs: bounded model checking, induction, the search for invariants, and what is said of them."""
