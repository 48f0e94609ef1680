# distutils: language = c++
"""The native orbits; `_symmetry.pyi` says what they promise.

The logic is in the header beside this file. Here arguments are checked and handed on.
"""

from libc.stdint cimport int64_t, uint32_t, uint64_t
from libcpp.pair cimport pair
from libcpp.vector cimport vector

from modelcheck.statespace.kernel._kernel cimport Ids, Space


cdef class Orbits:
    """What renamings make of the cells of a space."""

    def __cinit__(self, Space space not None, *, blocks, renamings=(), bint plain_defaults=False, bint exhaustive=False, uint64_t each=0, uint64_t seed=0):
        cdef vector[uint32_t] sizes = blocks
        cdef vector[Renaming] listed
        cdef Renaming one
        cdef vector[uint32_t] to
        for to in renamings:
            one.index = <uint32_t>listed.size()
            one.to = to
            listed.push_back(one)
        if listed.size() == 1 or (exhaustive and listed.size() == 0):
            raise ValueError("there are no renamings but the identity")
        self.space = space
        self.orbits.reset(new COrbits(space.space.get()[0], <uint32_t>listed.size(), sizes, plain_defaults, exhaustive, each, seed))
        self.orbits.get().set_renamings(listed)

    def set_row(self, uint32_t cell, uint32_t value_id, int64_t name, images):
        cdef Ids pairs = images
        self.orbits.get().set_row(cell, value_id, NO_NAME if name < 0 else <uint32_t>name, pairs)

    def set_families(self, families):
        cdef vector[uint32_t] numbers = families
        self.orbits.get().set_families(numbers)

    @property
    def order(self):
        return self.orbits.get().order()
