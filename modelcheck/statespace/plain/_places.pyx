# distutils: language = c++
"""Places of a live state with values: single ones, queues, and second places of an object; and what a run has changed in them."""

from cpython.ref cimport PyObject
from libc.stdint cimport uint32_t
from libcpp cimport bool as cbool
from modelcheck.statespace.kernel._kernel cimport CState

from modelcheck.spec.shapes.stored import check_value, stored

cdef int NEAR = 8


class DeviationError(BaseException):
    """A run did what only a recorded one knows how to tell. Derived from BaseException so that ``except Exception`` in it does not swallow it."""


cdef cbool is_simple(object value):
    """Whether values like this one are the same whenever Python holds them for equal."""
    if type(value) is int or type(value) is str or value is None:
        return True
    if type(value) is not tuple:
        return False
    for item in <tuple>value:
        if not is_simple(item):
            return False
    return True


cdef class Values:
    """The ids of the values of one cell."""

    def __init__(self, cell):
        self.cell = cell
        self.values = cell.values
        self.known = {}
        self.index = cell.index

    cdef uint32_t near(self, object value):
        cdef Py_ssize_t i
        for i in range(min(len(self.values), NEAR)):
            if <PyObject*>value == <PyObject*>self.values[i]:
                return <uint32_t>i
        return UNKNOWN

    cdef uint32_t id_of(self, object value) except? 0xFFFFFFFE:
        cdef uint32_t found = self.near(value)
        if found != UNKNOWN:
            return found
        if not is_simple(value):
            return self.cell.id_of(check_value(value, self.cell.path))
        known = self.known.get(value)
        if known is None:
            known = self.known[value] = self.cell.id_of(check_value(value, self.cell.path))
        return known


cdef class Changes:
    """See `_places.pyi`."""

    cdef int write(self, uint32_t cell, uint32_t ident) except -1:
        self.changed = True
        if self.writing:
            self.writes.resize(self.writes.size() + 1)
            self.writes.back().first = cell
            self.writes.back().second = ident
        return 0


cdef class Node:
    """A place of the state, with the object that is there between runs.

    Attributes:
        object: The object; None for a single value.
        found: The object that the last run left there.
    """

    cdef int put(self, const CState* state) except -1:
        return 0

    cdef int take(self, Changes run, object found) except -1:
        return 0

    cdef int reset(self, Changes run) except -1:
        """Whatever a run did to the object must be undone before the next."""
        return 0


cdef class Entry(Node):
    """A single value in a map or record."""

    def __init__(self, cell):
        self.ids = Values(cell)
        self.now = UNKNOWN


cdef class Alias(Node):
    """A second place of an object."""

    def __init__(self, Node target):
        self.target = target
        self.object = target.object

    cdef int take(self, Changes run, object found) except -1:
        if found is not self.target.found:
            raise DeviationError
        return 0


cdef class Queue(Node):
    """A list or deque."""

    def __init__(self, shape, cell):
        self.shape = shape
        self.object = shape.kind()
        self.ids = Values(cell)
        self.now = UNKNOWN

    cdef int put(self, const CState* state) except -1:
        cdef uint32_t ident = state.at(self.ids.index)
        if self.now != ident:
            self.object.clear()
            self.object.extend(self.ids.values[ident])
            self.now = ident
        return 0

    cdef int take(self, Changes run, object found) except -1:
        cdef uint32_t ident = run.state.at(self.ids.index)
        cdef tuple expected = <tuple>self.ids.values[ident]
        cdef Py_ssize_t i, size = len(expected)
        if found is not self.object:
            self.shape.expect(found)
        self.found = found
        cdef tuple items = tuple(found)
        cdef cbool same = len(items) == size
        for i in range(size if same else 0):
            if <PyObject*>items[i] != <PyObject*>expected[i]:
                same = False
                break
        if same:
            return 0
        run.changed = True
        if found is self.object:
            self.now = UNKNOWN
        if run.writing:
            if items not in self.ids.known:
                items = tuple([stored(item, f"an item of {self.shape.path}") for item in items])
            run.write(self.ids.index, self.ids.id_of(items))
        return 0

    cdef int reset(self, Changes run) except -1:
        self.now = UNKNOWN
        return 0
