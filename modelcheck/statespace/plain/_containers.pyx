# distutils: language = c++
"""The sets, bags and tables that a plain run works on: those of `Machine.thaw`, which ask what their collection has met."""

from cpython.ref cimport PyObject
from modelcheck.statespace.plain._places cimport is_simple

import copy

from modelcheck.errors import SpecError
from modelcheck.spec.shapes.containers import DistinctDict, OrderedSet, hashable
from modelcheck.spec.shapes.positive_counter import PositiveCounter
from modelcheck.spec.shapes.stored import check_count
from modelcheck.statespace.plain._places import DeviationError
from modelcheck.values import identity

_add, _discard = set.add, set.discard
_in_set, _in_dict = set.__contains__, dict.__contains__


cdef class Met:
    """The elements that a collection has met: it refuses those that Python holds for equal to one of them, and that are other values.

    Recorded runs refuse such an element wherever it is looked for, so a plain one that would find the other in its place gives way.
    """

    def __init__(self, collection):
        self.collection = collection
        self.simple = set()

    cdef int meet(self, object element) except -1:
        if self.objects.count(<size_t><PyObject*>element):
            return 0
        if not is_simple(element):
            if identity(hashable(element)) not in self.collection.cells:
                raise DeviationError
            return 0
        if element not in self.simple:
            try:
                self.collection.cell(element)
            except SpecError:
                raise DeviationError from None
            self.simple.add(element)
        return 0


class LiveSet(OrderedSet):
    """A set of the state; a chooser is given it as it is."""

    __choose__ = None

    def __copy__(self):
        return OrderedSet(self)

    def __deepcopy__(self, memo):
        made = memo[id(self)] = OrderedSet([copy.deepcopy(element, memo) for element in self])
        return made

    def __contains__(self, element):
        found = _in_set(self, element)
        (<Met>self.met).meet(element)
        return found

    def add(self, element, /):
        """As `set.add`."""
        (<Met>self.met).meet(element)
        _add(self, element)

    def discard(self, element, /):
        """As `set.discard`."""
        (<Met>self.met).meet(element)
        _discard(self, element)


class LiveBag(PositiveCounter):
    """A bag of the state."""

    def __contains__(self, element):
        found = _in_dict(self, element)
        (<Met>self.met).meet(element)
        return found

    def __setitem__(self, element, count):
        (<Met>self.met).meet(element)
        if check_count(self.path, element, count):
            dict.__setitem__(self, element, int(count))
        else:
            dict.pop(self, element, None)

    def pop(self, element, *default):
        """As `dict.pop`."""
        (<Met>self.met).meet(element)
        return dict.pop(self, element, *default)


class LiveTable(DistinctDict):
    """A dict of the state whose keys come and go."""

    def __copy__(self):
        return dict(self)

    def __deepcopy__(self, memo):
        made = memo[id(self)] = copy.deepcopy(dict(self), memo)
        return made

    def __contains__(self, key):
        found = _in_dict(self, key)
        (<Met>self.met).meet(key)
        return found

    def __setitem__(self, key, value):
        (<Met>self.met).meet(key)
        dict.__setitem__(self, key, value)

    def __delitem__(self, key):
        (<Met>self.met).meet(key)
        dict.__delitem__(self, key)

    def pop(self, key, *default):
        """As `dict.pop`."""
        (<Met>self.met).meet(key)
        return dict.pop(self, key, *default)


COLLECTIONS = (LiveSet, LiveBag, LiveTable)
