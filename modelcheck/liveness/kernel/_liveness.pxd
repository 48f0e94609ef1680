# distutils: language = c++
"""What the search uses of this kernel: the rows that its workers write, and the graph made from them."""

from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libcpp cimport bool as cbool
from libcpp.memory cimport unique_ptr
from libcpp.vector cimport vector


cdef extern from "modelcheck/liveness/kernel/graph.hpp" namespace "modelcheck" nogil:
    uint32_t OUTSIDE "modelcheck::kOutside"

    cdef cppclass Expanded:
        uint32_t source
        vector[uint64_t] bits
        vector[uint32_t] outside
        vector[uint64_t] inside
        void clear() noexcept

    cdef cppclass RowLog:
        RowLog(uint32_t stride) except +
        void append(Expanded& row) except +
        uint64_t rows() noexcept
        uint64_t bytes() noexcept

    cdef cppclass CRow "modelcheck::Row":
        cbool bit(uint32_t which) noexcept

    cdef cppclass Edge:
        uint32_t target
        uint32_t label

    cdef cppclass Steps:
        Steps(const CRow& row) noexcept
        cbool next(Edge& edge) noexcept

    cdef cppclass CGraph "modelcheck::Graph":
        CGraph(const vector[const RowLog*]& logs, vector[uint32_t] initial, uint32_t numbers) except +
        uint32_t size() noexcept
        uint64_t rows() noexcept
        cbool has(uint32_t state) noexcept
        CRow row(uint32_t state) noexcept
        vector[uint32_t] without_step(const vector[uint32_t]& group_of, uint32_t groups) except +


cdef class Graph:
    cdef object owner  # Keeps the rows alive.
    cdef unique_ptr[CGraph] graph
