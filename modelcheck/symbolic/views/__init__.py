"""Symbolic views: what an action sees instead of the containers of its state, when it is run on symbolic values."""
