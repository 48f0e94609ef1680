# distutils: language = c++
"""Sets, bags and tables of a live state, element by element."""

from cpython.dict cimport PyDict_Next
from cpython.ref cimport PyObject
from cython.operator cimport dereference
from libc.stdint cimport uint32_t
from libcpp cimport bool as cbool
from libcpp.unordered_map cimport unordered_map
from libcpp.vector cimport vector
from modelcheck.statespace.kernel._kernel cimport CState
from modelcheck.statespace.plain._containers cimport Met
from modelcheck.statespace.plain._places cimport UNKNOWN, Changes, Node, Values

from modelcheck.spec.shapes.shape import BagShape
from modelcheck.spec.shapes.stored import check_count, stored
from modelcheck.statespace.plain._places import DeviationError
from modelcheck.values import order_key

_each_of_set = set.__iter__
_each_of_frozenset = frozenset.__iter__
_add, _discard, _clear = set.add, set.discard, set.clear


cdef class Elements(Node):
    """What sets, bags and tables share: the cells of a collection."""

    def __init__(self, shape, collection, object made):
        self.shape = shape
        self.object = made
        self.collection = collection
        self.met = made.met = Met(collection)
        self.index = collection.index
        self.cells = {}
        self.known = True

    cdef int sync(self) except -1:
        """Learn of the elements that were met since."""
        if len(self.cells) == len(self.collection.cells):
            return 0
        for cell in list(self.collection.cells.values())[len(self.cells):]:
            self.cells[cell.index] = cell
            self.by_object[<size_t><PyObject*>cell.element] = cell.index
            self.met.objects.insert(<size_t><PyObject*>cell.element)
            if self.round.size() <= cell.index:
                self.round.resize(cell.index + 1)
        return 0

    cdef uint32_t near(self, PyObject* element):
        cdef unordered_map[size_t, uint32_t].iterator found = self.by_object.find(<size_t>element)
        return UNKNOWN if found == self.by_object.end() else dereference(found).second

    cdef cbool is_now(self, const uint32_t* cells, size_t size):
        """Whether the object has the elements of these cells."""
        cdef size_t i
        if size != self.now.size():
            return False
        for i in range(size):
            if cells[i] != self.now[i]:
                return False
        return True

    cdef uint32_t far(self, object element, str what) except? 0xFFFFFFFE:
        cell = self.collection.cell(stored(element, f"{what} {self.shape.path}"))
        self.sync()
        return cell.index


cdef class Members(Elements):
    """A set."""

    cdef int put(self, const CState* state) except -1:
        cdef const uint32_t* present = state.present(self.index).data()
        cdef size_t size = state.present(self.index).size()
        cdef size_t i = 0, j = 0
        if self.known and self.is_now(present, size):
            return 0
        self.sync()
        if not self.known:
            _clear(self.object)
            self.now.clear()
        while i < self.now.size() or j < size:
            if j == size or (i < self.now.size() and self.now[i] < present[j]):
                _discard(self.object, self.cells[self.now[i]].element)
                i += 1
            elif i == self.now.size() or present[j] < self.now[i]:
                _add(self.object, self.cells[present[j]].element)
                j += 1
            else:
                i += 1
                j += 1
        self.now.assign(present, present + size)
        self.known = True
        return 0

    cdef int take(self, Changes run, object found) except -1:
        cdef const uint32_t* present = run.state.present(self.index).data()
        cdef size_t size = run.state.present(self.index).size()
        cdef cbool own = found is self.object
        cdef size_t kept = 0
        cdef uint32_t cell
        cdef list added = None
        cdef list removed = None
        if not own:
            self.shape.expect(found)
        self.found = found
        self.sync()
        run.round += 1
        for element in self.each(found):
            cell = self.near(<PyObject*>element)
            if cell == UNKNOWN and run.writing:
                cell = self.far(element, "an element of")
            if cell != UNKNOWN and run.state.at(cell) != 0:
                kept += self.round[cell] != run.round
                self.round[cell] = run.round
                if not own or self.near(<PyObject*>element) != UNKNOWN:
                    continue
                removed = [*(removed or ()), cell]  # Another object in its place.
            elif cell != UNKNOWN:
                self.round[cell] = run.round
                run.write(cell, 1)
            run.changed = True
            added = added or []
            added.append(element)
        if kept != size:
            run.changed = True
            for cell in present[:size]:
                if self.round[cell] != run.round:
                    run.write(cell, 0)
                    removed = removed or []
                    removed.append(cell)
        if own and (added is not None or removed is not None):
            run.odd.append((self, added, removed))
        return 0

    def each(self, found):
        """The elements as Python has them."""
        if isinstance(found, set):
            return _each_of_set(found)
        if isinstance(found, frozenset):
            return _each_of_frozenset(found)
        raise DeviationError

    def undo(self, added, removed):
        """Make the object what it was before the run."""
        for element in added or ():
            _discard(self.object, element)
        for cell in removed or ():
            _add(self.object, self.cells[cell].element)

    cdef int reset(self, Changes run) except -1:
        """An object that the run left behind is nearly always as it was."""
        cdef size_t met = 0
        if self.known and len(self.object) == <Py_ssize_t>self.now.size():
            run.round += 1
            for cell in self.now:
                self.round[cell] = run.round
            for element in _each_of_set(self.object):
                cell = self.near(<PyObject*>element)
                met += cell != UNKNOWN and self.round[cell] == run.round
            if met == self.now.size():
                return 0
        self.known = False
        return 0


cdef class Counts(Elements):
    """A bag, or a dict whose keys come and go, in the total order of its keys when a run begins."""

    def __init__(self, shape, collection, object made):
        Elements.__init__(self, shape, collection, made)
        self.is_bag = isinstance(shape, BagShape)
        self.ranks = {}
        self.values = {}

    cdef Values values_of(self, uint32_t cell):
        found = self.values.get(cell)
        if found is None:
            found = self.values[cell] = Values(self.cells[cell])
        return <Values>found

    cdef int put(self, const CState* state) except -1:
        cdef const uint32_t* present = state.present(self.index).data()
        cdef size_t size = state.present(self.index).size()
        cdef uint32_t cell
        cdef size_t i
        self.sync()
        if self.known and self.is_now(present, size):
            for i in range(size):
                cell = present[i]
                if self.ids[i] != state.at(cell):
                    self.ids[i] = state.at(cell)
                    dict.__setitem__(self.object, self.cells[cell].element, self.cells[cell].values[self.ids[i]])
            return 0
        self.now.assign(present, present + size)
        self.ids.clear()
        for cell in present[:size]:
            self.ids.push_back(state.at(cell))
            if cell not in self.ranks:
                self.ranks[cell] = order_key(self.cells[cell].element)
        dict.clear(self.object)
        for index in sorted(self.now, key=self.ranks.__getitem__):
            dict.__setitem__(self.object, self.cells[index].element, self.cells[index].values[state.at(index)])
        self.known = True
        return 0

    cdef int take(self, Changes run, object found) except -1:
        cdef const uint32_t* present = run.state.present(self.index).data()
        cdef size_t size = run.state.present(self.index).size()
        cdef PyObject* key = NULL
        cdef PyObject* value = NULL
        cdef Py_ssize_t at = 0
        cdef cbool own = found is self.object
        cdef cbool moved = False
        cdef uint32_t cell, old, new
        cdef size_t kept = 0
        if not own:
            self.shape.expect(found)
            if not isinstance(found, dict):
                raise DeviationError
        self.found = found
        self.sync()
        run.round += 1
        while PyDict_Next(found, &at, &key, &value):
            count = <object>value
            if self.is_bag and (type(count) is not int or count < 1):
                count = check_count(self.shape.path, <object>key, count)
                if not count:
                    continue
            cell = self.near(key)
            if cell == UNKNOWN:
                moved = True
                if not run.writing:
                    continue
                cell = self.far(<object>key, "an element of" if self.is_bag else "a key of")
            old = run.state.at(cell)
            if old != 0 and self.round[cell] != run.round:
                kept += 1
            self.round[cell] = run.round
            if old != 0 and <PyObject*>self.cells[cell].values[old] == value:
                continue
            moved = True
            if run.writing:
                new = self.values_of(cell).id_of(count)
                if new != old:
                    run.write(cell, new)
        if kept != size:
            moved = True
            for cell in present[:size]:
                if self.round[cell] != run.round:
                    run.write(cell, 0)
        run.changed = run.changed or moved
        if own and (moved or len(found) != <Py_ssize_t>size or not self.in_order(found)):
            self.known = False
        return 0

    cdef cbool in_order(self, object found):
        """Whether the keys stand as they did; one that was deleted and put back is last."""
        return list(found) == [self.cells[cell].element for cell in sorted(self.now, key=self.ranks.__getitem__)]

    cdef int reset(self, Changes run) except -1:
        self.known = False
        return 0
