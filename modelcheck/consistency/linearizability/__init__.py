"""Linearizability: the search through the orders of operations, near-linear procedures for special cases, native code beside them."""
