"""Symbolic values: what stands in a variable when its value is not known.

Booleans and integers are z3 terms. Everything else is as concrete as it can be: a tuple or a frozen attrs object holds symbolic leaves, and where the
value may be one of several, `SymUnion` lists them, each with the condition under which it is the one (Torlak and Bodik, "A Lightweight Symbolic
Virtual Machine for Solver-Aided Host Languages", 2014, section 4). `SymSet` is a set whose members are there on a condition each.

`kinds` has the classes, which hold data and refuse what would make them one particular value without anybody noticing, such as a hash. What can be
done with them are functions: `scalars`, `equality`, `merging`, `sets`. `operators.methods` lets Python's own operators call them.
"""
