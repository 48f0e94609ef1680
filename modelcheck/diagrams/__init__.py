"""Sets of states as decision diagrams: the recorded trees, walked over a set of states instead of one."""
