# distutils: language = c++
"""What the search uses of this kernel: the numbers of orbits."""

from libc.stdint cimport uint32_t, uint64_t
from libcpp cimport bool as cbool
from libcpp.memory cimport unique_ptr
from libcpp.pair cimport pair
from libcpp.vector cimport vector

from modelcheck.statespace.kernel._kernel cimport CSpace, Ids


cdef extern from "modelcheck/symmetry/kernel/orbits.hpp" namespace "modelcheck" nogil:
    uint32_t NO_NAME "modelcheck::Orbits::kNoName"

    cdef cppclass Renaming:
        uint32_t index
        vector[uint32_t] to

    cdef cppclass COrbits "modelcheck::Orbits":
        COrbits(const CSpace& space, uint32_t listed, const vector[uint32_t]& blocks, cbool plain_defaults, cbool exhaustive, uint64_t each, uint64_t seed) except +
        void set_row(uint32_t cell, uint32_t id, uint32_t name, const Ids& images) except +
        void set_renamings(vector[Renaming] renamings) except +
        void set_families(vector[uint32_t] families) except +
        uint64_t order() noexcept
        uint64_t bytes() noexcept


cdef class Orbits:
    cdef object space  # Kept alive for the orbits.
    cdef unique_ptr[COrbits] orbits
