"""Liveness: what must happen, under fairness, decided on the graph of states that a search recorded."""
