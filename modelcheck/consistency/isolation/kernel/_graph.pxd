from modelcheck.consistency.isolation.kernel.native cimport Dependencies


cdef class Graph:
    cdef Dependencies* graph
