# distutils: language = c++
"""The graph of the dependencies of transactions, and graphs made from it whose cycles are forbidden by some level."""

from libc.stddef cimport size_t
from libc.stdint cimport int32_t, uint8_t
from libcpp cimport bool as boolean
from libcpp.vector cimport vector

from modelcheck.consistency.isolation.kernel.native cimport Dependencies


cdef size_t MOST_WORK = 20_000_000  # edges looked at for a shortest cycle


cdef class Graph:
    """A directed graph whose edges have kinds, each one bit of eight.

    Nodes are numbered from 0. All questions name the kinds of edges that they may use.
    """

    def __cinit__(self, int32_t nodes):
        if nodes < 0:
            raise ValueError("a graph has no negative number of nodes")
        self.graph = new Dependencies(nodes)

    def __dealloc__(self):
        del self.graph

    def add(self, int32_t before, int32_t after, uint8_t kind):
        """Add an edge; one from a node to itself is left out."""
        if not (0 <= before < self.graph.nodes() and 0 <= after < self.graph.nodes()):
            raise IndexError(f"there is no edge from {before} to {after}")
        if before != after:
            self.graph.add(before, after, kind)

    def is_acyclic(self, uint8_t kinds):
        """Whether edges of some kinds make no cycle."""
        cdef boolean found
        with nogil:
            found = self.graph.is_acyclic(kinds)
        return found

    def cycle(self, uint8_t through, uint8_t kinds):
        """A shortest cycle of an edge of one kind of ``through`` and a way back by ``kinds``, as triples.

        On large graphs it is the shortest of those that a bounded search meets, and none may be found.
        """
        cdef vector[int32_t] found
        with nogil:
            found = self.graph.cycle(through, kinds, MOST_WORK)
        return [(self.graph.edge_from(at), self.graph.edge_to(at), self.graph.edge_kind(at)) for at in found]

    def doubled(self, uint8_t rw):
        """The graph with two copies of each node, for whether it was entered by an edge of kind ``rw``.

        No such edge leaves the second copy, so that its cycles are those of this graph without two of them in a row.
        """
        cdef int32_t nodes = self.graph.nodes()
        cdef int32_t at, before, after
        cdef uint8_t kind
        cdef Graph double = Graph(2 * nodes)
        for at in range(self.graph.edges()):
            before, after, kind = self.graph.edge_from(at), self.graph.edge_to(at), self.graph.edge_kind(at)
            if kind == rw:
                double.graph.add(before, nodes + after, kind)
            else:
                double.graph.add(before, after, kind)
                double.graph.add(nodes + before, after, kind)
        return double

    def split(self, uint8_t ww, uint8_t rw, uint8_t own):
        """The graph with two nodes for each: what it read, and above those what it wrote, with an edge ``own`` between them.

        Edges of kind ``rw`` lead from reads to writes, those of kind ``ww`` from writes to writes, all others from writes
        to reads.
        """
        cdef int32_t nodes = self.graph.nodes()
        cdef int32_t at, before, after
        cdef uint8_t kind
        cdef Graph double = Graph(2 * nodes)
        for at in range(nodes):
            double.graph.add(at, nodes + at, own)
        for at in range(self.graph.edges()):
            before, after, kind = self.graph.edge_from(at), self.graph.edge_to(at), self.graph.edge_kind(at)
            double.graph.add(before + (0 if kind == rw else nodes), after + (nodes if kind == rw or kind == ww else 0), kind)
        return double
