# distutils: language = c++
"""Places of a live state with values, and what a run has changed in them."""

from libc.stdint cimport uint32_t
from libcpp cimport bool as cbool
from modelcheck.statespace.kernel._kernel cimport CState, Ids


cdef extern from *:
    const uint32_t UNKNOWN "0xFFFFFFFFu"  # No id, and no cell.


cdef cbool is_simple(object value)


cdef class Values:
    cdef object cell
    cdef list values
    cdef dict known
    cdef uint32_t index

    cdef uint32_t near(self, object value)
    cdef uint32_t id_of(self, object value) except? 0xFFFFFFFE


cdef class Changes:
    cdef public cbool stale
    cdef const CState* state  # In which the run began.
    cdef Ids writes           # By cell;
    cdef cbool writing        # if they are asked for.
    cdef cbool changed        # Whether there are any.
    cdef list mending         # Holders, and which of their places have an object that is to go.
    cdef list odd             # Sets, and what they have too much and too little.
    cdef uint32_t round       # Which collection of which run is looked at: it marks the cells that were met.

    cdef int write(self, uint32_t cell, uint32_t ident) except -1


cdef class Node:
    cdef object object
    cdef object found
    cdef object shape

    cdef int put(self, const CState* state) except -1
    cdef int take(self, Changes run, object found) except -1
    cdef int reset(self, Changes run) except -1


cdef class Entry(Node):
    cdef Values ids
    cdef uint32_t now


cdef class Alias(Node):
    cdef Node target


cdef class Queue(Node):
    cdef Values ids
    cdef uint32_t now
