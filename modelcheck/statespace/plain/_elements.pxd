# distutils: language = c++
"""Sets, bags and tables of a live state, element by element."""

from cpython.ref cimport PyObject
from libc.stdint cimport uint32_t
from libcpp cimport bool as cbool
from libcpp.unordered_map cimport unordered_map
from libcpp.vector cimport vector
from modelcheck.statespace.plain._containers cimport Met
from modelcheck.statespace.plain._places cimport Node, Values


cdef class Elements(Node):
    cdef object collection
    cdef Met met
    cdef uint32_t index
    cdef unordered_map[size_t, uint32_t] by_object
    cdef dict cells               # By index.
    cdef vector[uint32_t] round   # By cell, less the first: the run that met it last.
    cdef vector[uint32_t] now     # The elements that the object has, by their cells, ascending;
    cdef cbool known              # if that is known.

    cdef int sync(self) except -1
    cdef uint32_t near(self, PyObject* element)
    cdef cbool is_now(self, const uint32_t* cells, size_t size)
    cdef uint32_t far(self, object element, str what) except? 0xFFFFFFFE


cdef class Members(Elements):
    pass


cdef class Counts(Elements):
    cdef cbool is_bag
    cdef vector[uint32_t] ids  # Of the cells in `now`.
    cdef dict ranks            # By cell, the place of its element in the total order.
    cdef dict values           # By cell, the ids of its values.

    cdef Values values_of(self, uint32_t cell)
    cdef cbool in_order(self, object found)
