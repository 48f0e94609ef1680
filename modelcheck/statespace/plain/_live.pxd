# distutils: language = c++
"""A live state that follows the kernel's from one state to the next."""

from libcpp cimport bool as cbool
from modelcheck.statespace.kernel._kernel cimport CState
from modelcheck.statespace.plain._places cimport Changes


cdef class Live(Changes):
    cdef readonly object top
    cdef object root

    cdef int show(self, const CState* state) except -1
    cdef int take(self, cbool writing) except -1
    cdef int mend(self) except -1
