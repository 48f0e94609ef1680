"""The native code of sets of states."""
