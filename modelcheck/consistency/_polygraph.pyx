# distutils: language = c++
"""Orders of versions that close no forbidden cycle."""

from libc.stddef cimport size_t
from libc.stdint cimport int32_t, uint8_t, uint64_t
from libcpp cimport bool as boolean
from libcpp.vector cimport vector


cdef extern from "polygraph.hpp" namespace "consistency" nogil:
    cdef cppclass Constraints "consistency::Polygraph":
        cppclass Edge:
            Edge() except +
            int32_t from_ "from"
            int32_t to
            uint8_t kind
        Constraints(int32_t, boolean) except +
        void add_certain(int32_t, int32_t, uint8_t) except +
        void begin_key() except +
        void add_writer(int32_t) except +
        void add_reader(int32_t) except +
        boolean pair_up(size_t) except +
        size_t pairs() const


cdef extern from "order_search.hpp" namespace "consistency" nogil:
    cdef enum Answer "consistency::OrderSearch::Answer":
        kHolds "consistency::OrderSearch::kHolds"
        kViolated "consistency::OrderSearch::kViolated"
        kNoTime "consistency::OrderSearch::kNoTime"
        kNoMemory "consistency::OrderSearch::kNoMemory"

    cdef cppclass OrderSearch:
        OrderSearch(const Constraints&, double, size_t) except +
        Answer run() except +
        vector[Constraints.Edge] edges() except +
        uint64_t conflicts() const


ANSWERS = {kHolds: "holds", kViolated: "violated", kNoTime: "time", kNoMemory: "memory"}


cdef class Polygraph:
    """Edges between numbered nodes that are certain, and the writers of keys of which one of every two comes first."""

    cdef Constraints* constraints
    cdef int32_t nodes
    cdef readonly list edges
    cdef readonly uint64_t conflicts

    def __cinit__(self, int32_t nodes, bint is_snapshot):
        if nodes < 0:
            raise ValueError("a graph has no negative number of nodes")
        self.constraints = new Constraints(nodes, is_snapshot)
        self.nodes = nodes
        self.edges = []

    def __dealloc__(self):
        del self.constraints

    cdef int32_t _node(self, int32_t node) except -1:
        if not 0 <= node < self.nodes:
            raise IndexError(f"there is no node {node}")
        return node

    def add_certain(self, edges):
        """Add edges that are certain, as triples of before, after and kind."""
        cdef int32_t before, after
        cdef uint8_t kind
        for before, after, kind in edges:
            self.constraints.add_certain(self._node(before), self._node(after), kind)

    def add_key(self, writers):
        """Add a key: each of its writers with the readers of its version."""
        cdef int32_t writer, reader
        self.constraints.begin_key()
        for writer, readers in writers:
            self.constraints.add_writer(self._node(writer))
            for reader in readers:
                self.constraints.add_reader(self._node(reader))

    def solve(self, double seconds, size_t memory):
        """Look for an order; may be called once.

        Returns ``"holds"``, ``"violated"`` (then ``edges`` holds a forbidden cycle), ``"time"`` or ``"memory"``.
        """
        cdef boolean is_paired
        cdef Answer answer
        cdef OrderSearch* search
        cdef Constraints.Edge edge
        with nogil:
            is_paired = self.constraints.pair_up(memory)
        if not is_paired:
            return "memory"
        search = new OrderSearch(self.constraints[0], seconds, memory)
        try:
            with nogil:
                answer = search.run()
            self.conflicts = search.conflicts()
            if answer == kViolated:
                self.edges = [(edge.from_, edge.to, edge.kind) for edge in search.edges()]
        finally:
            del search
        return ANSWERS[answer]
