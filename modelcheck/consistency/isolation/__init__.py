"""Isolation levels of transactions: dependency graphs, anomalies, the search for an order, native code beside them."""
