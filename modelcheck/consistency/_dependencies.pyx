# distutils: language = c++
"""A graph of dependencies between transactions: strongly connected components and shortest cycles."""

from libc.stdint cimport int32_t, uint8_t
from libcpp.vector cimport vector


cdef extern from "dependencies.hpp" namespace "consistency" nogil:
    cdef cppclass Dependencies:
        Dependencies(int32_t) except +
        int32_t nodes() const
        void add(int32_t, int32_t, uint8_t) except +
        vector[int32_t] components(uint8_t) except +
        vector[int32_t] path(int32_t, int32_t, uint8_t, const vector[int32_t]&, int32_t) except +
        int32_t edge_from(int32_t) const
        int32_t edge_to(int32_t) const
        uint8_t edge_kind(int32_t) const
        int32_t edges() const


cdef class Graph:
    """A directed graph whose edges have kinds, each one bit of eight.

    Nodes are numbered from 0. All questions name the kinds of edges that they may use.
    """

    cdef Dependencies* graph

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

    def components(self, uint8_t kinds):
        """The number of each node's strongly connected component."""
        cdef vector[int32_t] found
        with nogil:
            found = self.graph.components(kinds)
        return found

    def edges(self, uint8_t kinds):
        """All edges of some kinds, as triples of before, after and kind."""
        cdef int32_t at
        return [
            (self.graph.edge_from(at), self.graph.edge_to(at), self.graph.edge_kind(at))
            for at in range(self.graph.edges())
            if self.graph.edge_kind(at) & kinds
        ]

    def path(self, int32_t start, int32_t goal, uint8_t kinds, components):
        """A shortest path within one component as triples of before, after and kind; empty if there is none."""
        cdef vector[int32_t] component = components
        cdef vector[int32_t] found
        if component.size() != <size_t>self.graph.nodes() or not (0 <= start < self.graph.nodes()):
            raise ValueError("each node needs a component")
        with nogil:
            found = self.graph.path(start, goal, kinds, component, component[start])
        return [(self.graph.edge_from(at), self.graph.edge_to(at), self.graph.edge_kind(at)) for at in found]
