cdef frozenset WRITES
cdef object told_apart(object operation, bint is_lists)
cdef object steps_of(object operation, bint is_lists)
