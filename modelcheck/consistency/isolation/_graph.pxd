from modelcheck.consistency.isolation.native cimport Dependencies


cdef class Graph:
    cdef Dependencies* graph
