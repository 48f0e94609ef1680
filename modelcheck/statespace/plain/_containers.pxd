# distutils: language = c++
"""The sets, bags and tables that a plain run works on."""

from libcpp.unordered_set cimport unordered_set


cdef class Met:
    cdef object collection
    cdef unordered_set[size_t] objects  # By address,
    cdef set simple                     # and the simple ones by value.

    cdef int meet(self, object element) except -1
