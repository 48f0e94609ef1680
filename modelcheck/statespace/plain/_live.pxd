# distutils: language = c++
"""A live state that follows the kernel's from one state to the next."""

from libc.stdint cimport uint32_t
from libcpp cimport bool as cbool
from modelcheck.statespace.kernel._kernel cimport CState, Ids


cdef class Live:
    cdef readonly object top
    cdef public cbool stale
    cdef object root
    cdef const CState* state
    cdef Ids writes
    cdef cbool writing
    cdef cbool changed
    cdef list mending
    cdef list odd
    cdef uint32_t round

    cdef int show(self, const CState* state) except -1
    cdef int take(self, cbool writing) except -1
    cdef int write(self, uint32_t cell, uint32_t ident) except -1
    cdef int mend(self) except -1
