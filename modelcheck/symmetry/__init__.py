"""Symmetry: states that differ in the names of interchangeable things alone are explored once.

A permutation of names, a *renaming*, is a permutation of the cells of a state and, for each cell, of the ids of its values. The number
that stands for a state in the table is that of its *orbit*, the set of states that renamings make of it; all else is of the state that
was met first, so that log, traces and replay stay as they are. Ip and Dill, "Better Verification Through Symmetry" (1996), is where names
of this kind come from; Emerson and Sistla, "Symmetry and Model Checking" (1996), is why it is right.

*Choices.* No canonical state is built. The number is the least fingerprint under all renamings, or made of one signature for each name;
both follow from what a step writes. That the spec is symmetric is not trusted: each state that is explored is compared with itself renamed.
"""
