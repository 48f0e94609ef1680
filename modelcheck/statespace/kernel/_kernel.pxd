# distutils: language = c++
"""What other kernels use of this one: the space with its cells and trees, and what a walk through a tree may miss."""

from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libcpp cimport bool as cbool
from libcpp.memory cimport unique_ptr
from libcpp.pair cimport pair
from libcpp.vector cimport vector


ctypedef vector[pair[uint32_t, uint32_t]] Ids


cdef extern from "modelcheck/statespace/kernel/space.hpp" namespace "modelcheck" nogil:
    uint64_t c_mix "modelcheck::mix"(uint32_t cell, uint32_t id) noexcept

    cdef cppclass Event:
        pass

    cdef cppclass Write:
        pass

    cdef cppclass Mismatch:
        int64_t position
        int kind
        uint32_t where
        uint32_t detail

    cdef enum class Role(uint8_t):
        pass

    cdef cppclass Tree:
        Role role() noexcept
        uint32_t index() noexcept
        void disable() noexcept

    cdef cppclass PlainRuns

    cdef cppclass CSpace "modelcheck::Space":
        CSpace(cbool check_deadlock) except +
        uint32_t add_collection() except +
        uint32_t add_cell(int64_t collection) except +
        void seal() noexcept
        uint32_t add_tree(Role role) except +
        uint32_t add_projection() except +
        uint32_t add_update() except +
        void set_projection(uint32_t projection, uint32_t id, uint32_t result) except +
        void set_update(uint32_t update, uint32_t id, uint32_t result) except +
        Event event(int kind, int64_t where, int64_t detail, uint64_t found, cbool taken) except +
        Write write(int64_t cell, int64_t update, int64_t argument) except +
        Mismatch add_path(int64_t tree, const vector[Event]& events, int outcome, const vector[Write]& writes, int64_t label) except +
        Tree& tree(int64_t index) except +
        uint32_t cells() noexcept
        uint32_t collection_of(uint32_t cell) noexcept
        uint64_t bytes() noexcept
        void set_plain(const PlainRuns* plain) noexcept


cdef extern from "modelcheck/statespace/kernel/walk.hpp" namespace "modelcheck" nogil:
    cdef enum class MissKind(uint8_t):
        kPath
        kProjection
        kUpdate

    cdef cppclass Miss:
        MissKind kind
        uint32_t index
        uint32_t id
        vector[uint32_t] script
        Ids state
        Ids following


cdef extern from "modelcheck/statespace/kernel/plain.hpp" namespace "modelcheck" nogil:
    ctypedef uint64_t Word
    Word kTrue
    Word kFalse

    cdef cppclass CState "modelcheck::State":
        uint32_t at(uint32_t cell) noexcept
        const vector[uint32_t]& present(uint32_t collection) noexcept

    cdef cppclass Scratch:
        pass

    cdef cppclass Asked:
        uint32_t tree
        uint64_t walks
        cbool insists
        const CState* state
        const CState* following
        const vector[uint32_t]* script
        uint64_t elements
        Scratch* scratch

    cdef cppclass Outcomes:
        vector[Word] words
        vector[vector[uint32_t]] choices
        void clear() noexcept

    cdef cppclass PlainRuns:
        cbool (*run)(void* self, const Asked& asked, Outcomes& outcomes) noexcept
        void* self

    Word plain_effect(const CSpace& space, Scratch& scratch, uint32_t tree, const Ids& ids, uint32_t label) except +
    Word plain_cut(Scratch& scratch, uint32_t tree, uint32_t label) except +


cdef class Space:
    cdef unique_ptr[CSpace] space


cdef int checked(value, int count, str what) except -1
cdef uint64_t content(const CSpace* space, const Ids& ids, uint32_t collection) noexcept
cdef tuple told(const Miss* miss)
