# distutils: language = c++
"""A live state on ordinary objects that follows the kernel's from one state to the next.

What differs is changed in place, and what a run has changed is found by comparing objects, cell by cell; so a run costs little
beside the spec's own code. It comes to the same as `Machine.thaw` and `Machine.freeze` on objects made anew. Whatever is out of the
ordinary (a variable of another kind, a key too many, a constant changed) ends in a `DeviationError`; then the run is recorded, which tells it.
"""

from cpython.dict cimport PyDict_GetItem, PyDict_Next, PyDict_SetItem
from cpython.ref cimport PyObject
from cython.operator cimport dereference
from libc.stdint cimport uint32_t
from libcpp cimport bool as cbool
from libcpp.unordered_map cimport unordered_map
from libcpp.vector cimport vector
from modelcheck.statespace.kernel._kernel cimport CState

from collections import deque

from modelcheck.spec.shapes.containers import DistinctDict, LiveDict, OrderedSet
from modelcheck.spec.shapes.positive_counter import PositiveCounter
from modelcheck.spec.shapes.shape import AliasShape, BagShape, MapShape, QueueShape, RecordShape, SetShape, TableShape
from modelcheck.spec.shapes.stored import check_count, check_value, stored
from modelcheck.values import identity, order_key

cdef uint32_t UNKNOWN = 0xFFFFFFFF
cdef int NEAR = 8
_each_of_set = set.__iter__
_each_of_frozenset = frozenset.__iter__
_add, _discard, _clear = set.add, set.discard, set.clear


class DeviationError(BaseException):
    """A run did what only a recorded one knows how to tell. Derived from BaseException so that ``except Exception`` in it does not swallow it."""


class LiveSet(OrderedSet):
    """A set of the state; a chooser is given it as it is."""

    __choose__ = None


class LiveBag(PositiveCounter):
    """A bag of the state."""


class LiveTable(DistinctDict):
    """A dict of the state whose keys come and go."""


COLLECTIONS = (LiveSet, LiveBag, LiveTable)


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

    cdef object cell
    cdef list values
    cdef dict known
    cdef uint32_t index

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


cdef class Node:
    """A place of the state, with the object that is there between runs.

    Attributes:
        object: The object; None for a single value.
        found: The object that the last run left there.
    """

    cdef object object
    cdef object found
    cdef object shape

    cdef int put(self, const CState* state) except -1:
        return 0

    cdef int take(self, Live live, object found) except -1:
        return 0

    cdef int reset(self, Live live) except -1:
        """Whatever a run did to the object must be undone before the next."""
        return 0


cdef class Entry(Node):
    """A single value in a map or record."""

    cdef Values ids
    cdef uint32_t now

    def __init__(self, cell):
        self.ids = Values(cell)
        self.now = UNKNOWN


cdef class Alias(Node):
    """A second place of an object."""

    cdef Node target

    def __init__(self, Node target):
        self.target = target
        self.object = target.object

    cdef int take(self, Live live, object found) except -1:
        if found is not self.target.found:
            raise DeviationError
        return 0


cdef class Queue(Node):
    """A list or deque."""

    cdef Values ids
    cdef uint32_t now

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

    cdef int take(self, Live live, object found) except -1:
        cdef uint32_t ident = live.state.at(self.ids.index)
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
        live.changed = True
        if found is self.object:
            self.now = UNKNOWN
        if live.writing:
            if items not in self.ids.known:
                items = tuple([stored(item, f"an item of {self.shape.path}") for item in items])
            live.write(self.ids.index, self.ids.id_of(items))
        return 0

    cdef int reset(self, Live live) except -1:
        self.now = UNKNOWN
        return 0


cdef class Elements(Node):
    """What sets, bags and tables share: the cells of a collection."""

    cdef object collection
    cdef uint32_t index
    cdef unordered_map[size_t, uint32_t] by_object
    cdef dict cells               # By index.
    cdef vector[uint32_t] round   # By cell, less the first: the run that met it last.
    cdef vector[uint32_t] now     # The elements that the object has, by their cells, ascending;
    cdef cbool known              # if that is known.

    def __init__(self, shape, collection, object made):
        self.shape = shape
        self.object = made
        self.collection = collection
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

    cdef int take(self, Live live, object found) except -1:
        cdef const uint32_t* present = live.state.present(self.index).data()
        cdef size_t size = live.state.present(self.index).size()
        cdef cbool own = found is self.object
        cdef size_t kept = 0
        cdef uint32_t cell
        cdef list added = None
        cdef list removed = None
        if not own:
            self.shape.expect(found)
        self.found = found
        self.sync()
        live.round += 1
        for element in self.each(found):
            cell = self.near(<PyObject*>element)
            if cell == UNKNOWN and live.writing:
                cell = self.far(element, "an element of")
            if cell != UNKNOWN and live.state.at(cell) != 0:
                kept += self.round[cell] != live.round
                self.round[cell] = live.round
                if not own or self.near(<PyObject*>element) != UNKNOWN:
                    continue
                removed = [*(removed or ()), cell]  # Another object in its place.
            elif cell != UNKNOWN:
                self.round[cell] = live.round
                live.write(cell, 1)
            live.changed = True
            added = added or []
            added.append(element)
        if kept != size:
            live.changed = True
            for cell in present[:size]:
                if self.round[cell] != live.round:
                    live.write(cell, 0)
                    removed = removed or []
                    removed.append(cell)
        if own and (added is not None or removed is not None):
            live.odd.append((self, added, removed))
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

    cdef int reset(self, Live live) except -1:
        """An object that the run left behind is nearly always as it was."""
        cdef size_t met = 0
        if self.known and len(self.object) == <Py_ssize_t>self.now.size():
            live.round += 1
            for cell in self.now:
                self.round[cell] = live.round
            for element in _each_of_set(self.object):
                cell = self.near(<PyObject*>element)
                met += cell != UNKNOWN and self.round[cell] == live.round
            if met == self.now.size():
                return 0
        self.known = False
        return 0


cdef class Counts(Elements):
    """A bag, or a dict whose keys come and go, in the total order of its keys when a run begins."""

    cdef cbool is_bag
    cdef vector[uint32_t] ids  # Of the cells in `now`.
    cdef dict ranks            # By cell, the place of its element in the total order.
    cdef dict values           # By cell, the ids of its values.

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

    cdef int take(self, Live live, object found) except -1:
        cdef const uint32_t* present = live.state.present(self.index).data()
        cdef size_t size = live.state.present(self.index).size()
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
        live.round += 1
        while PyDict_Next(found, &at, &key, &value):
            count = <object>value
            if self.is_bag and (type(count) is not int or count < 1):
                count = check_count(self.shape.path, <object>key, count)
                if not count:
                    continue
            cell = self.near(key)
            if cell == UNKNOWN:
                moved = True
                if not live.writing:
                    continue
                cell = self.far(<object>key, "an element of" if self.is_bag else "a key of")
            old = live.state.at(cell)
            if old != 0 and self.round[cell] != live.round:
                kept += 1
            self.round[cell] = live.round
            if old != 0 and <PyObject*>self.cells[cell].values[old] == value:
                continue
            moved = True
            if live.writing:
                new = self.values_of(cell).id_of(count)
                if new != old:
                    live.write(cell, new)
        if kept != size:
            moved = True
            for cell in present[:size]:
                if self.round[cell] != live.round:
                    live.write(cell, 0)
        live.changed = live.changed or moved
        if own and (moved or len(found) != <Py_ssize_t>size or not self.in_order(found)):
            self.known = False
        return 0

    cdef cbool in_order(self, object found):
        """Whether the keys stand as they did; one that was deleted and put back is last."""
        return list(found) == [self.cells[cell].element for cell in sorted(self.now, key=self.ranks.__getitem__)]

    cdef int reset(self, Live live) except -1:
        self.known = False
        return 0


cdef class Holder(Node):
    """A record, or a dict with fixed keys.

    Attributes:
        slots: The dict that its values are in.
        keys: Of its places.
        places: The places.
        constants: Names and values of the attributes that are no places.
    """

    cdef object slots
    cdef list keys
    cdef list places
    cdef list constants
    cdef object identities
    cdef cbool is_map

    def __init__(self, shape, object made, object slots, cbool is_map):
        self.shape = shape
        self.object = made
        self.slots = slots
        self.is_map = is_map
        self.keys = []
        self.places = []
        self.constants = []

    cdef int put(self, const CState* state) except -1:
        cdef Py_ssize_t i
        cdef uint32_t ident
        cdef Entry entry
        for i in range(len(self.places)):
            if type(self.places[i]) is Entry:
                entry = <Entry>self.places[i]
                ident = state.at(entry.ids.index)
                if entry.now != ident:
                    PyDict_SetItem(self.slots, self.keys[i], entry.ids.values[ident])
                    entry.now = ident
            else:
                (<Node>self.places[i]).put(state)
        return 0

    cdef int take(self, Live live, object found) except -1:
        cdef cbool own = found is self.object
        cdef object slots = self.slots if own else self.slots_of(found)
        cdef Py_ssize_t i
        cdef Entry entry
        cdef uint32_t ident, new
        cdef PyObject* value
        cdef Node place
        self.found = found
        if len(slots) != len(self.keys) + len(self.constants):
            raise DeviationError
        if self.is_map and own and not self.in_order(slots):
            raise DeviationError  # A key that was deleted and put back is last, and recorded runs refuse that.
        for name, constant in self.constants:
            value = PyDict_GetItem(slots, name)
            if value != <PyObject*>constant:
                raise DeviationError
        for i in range(len(self.keys)):
            value = PyDict_GetItem(slots, self.keys[i])
            if value == NULL:
                raise DeviationError
            if type(self.places[i]) is Entry:
                entry = <Entry>self.places[i]
                ident = live.state.at(entry.ids.index)
                if value == <PyObject*>entry.ids.values[ident]:
                    continue
                live.changed = True
                if own:
                    entry.now = UNKNOWN
                if live.writing:
                    new = entry.ids.id_of(<object>value)
                    if new != ident:
                        live.write(entry.ids.index, new)
                continue
            place = <Node>self.places[i]
            place.take(live, <object>value)
            if value != <PyObject*>place.object and type(place) is not Alias:
                live.changed = True
                live.mending.append((self, i, own))
            elif own and value != <PyObject*>place.object:
                live.mending.append((self, i, own))
        return 0

    cdef cbool in_order(self, object slots):
        """Whether the keys of a dict are those of the places, in their order."""
        cdef PyObject* key = NULL
        cdef PyObject* value = NULL
        cdef Py_ssize_t at = 0, i = 0
        while PyDict_Next(slots, &at, &key, &value):
            if i == len(self.keys) or key != <PyObject*>self.keys[i]:
                return False
            i += 1
        return i == len(self.keys)

    cdef object slots_of(self, object found):
        """The values of another object in its place."""
        self.shape.expect(found)
        if not self.is_map or not isinstance(found, dict):
            raise DeviationError
        if not self.in_order(found) and {identity(key) for key in found} != self.identities:
            raise DeviationError
        return found

    cdef int restore(self, Live live, Py_ssize_t i, cbool own) except -1:
        """Put the object of a place back that a run has replaced."""
        cdef Node place = <Node>self.places[i]
        if own:
            PyDict_SetItem(self.slots, self.keys[i], place.object)
        return place.reset(live)

    cdef int reset(self, Live live) except -1:
        cdef Py_ssize_t i
        cdef Node place
        if len(self.slots) != len(self.keys) + len(self.constants):
            live.stale = True
            return 0
        for i in range(len(self.places)):
            place = <Node>self.places[i]
            if type(place) is Entry:
                (<Entry>place).now = UNKNOWN
            else:
                PyDict_SetItem(self.slots, self.keys[i], place.object)
                place.reset(live)
        return 0


cdef class Live:
    """See `_live.pyi`."""

    def __init__(self, machine, layout):
        self.top = machine.blank()
        self.root = Holder(machine.shape, self.top, self.top.__dict__, False)
        (<Holder>self.root).constants = list(machine.constants.items())
        self.mending = []
        self.odd = []
        _fill(self.root, machine.shape.fields, layout, {id(machine.shape): self.root})

    cdef int show(self, const CState* state) except -1:
        """Become a state."""
        self.state = state
        return (<Holder>self.root).put(state)

    cdef int take(self, cbool writing) except -1:
        """Find what a run has changed, as `writes` if that is asked for, and make ready for the next."""
        self.writes.clear()
        self.writing = writing
        self.changed = False
        self.stale = True
        (<Holder>self.root).take(self, self.top)
        self.stale = False
        if self.mending or self.odd:
            self.mend()
        return 0

    cdef int write(self, uint32_t cell, uint32_t ident) except -1:
        cdef size_t i
        self.changed = True
        if self.writing:
            self.writes.resize(self.writes.size() + 1)
            self.writes.back().first = cell
            self.writes.back().second = ident
        return 0

    cdef int mend(self) except -1:
        cdef Members members
        for members, added, removed in self.odd:
            members.undo(added, removed)
        for holder, i, own in self.mending:
            (<Holder>holder).restore(self, i, own)
        self.mending = []
        self.odd = []
        return 0


def _fill(Holder holder, shapes, layout, dict made):
    """Make the objects of the places of a holder."""
    for key, shape in shapes.items():
        node = _node(shape, layout, made)
        made.setdefault(id(shape), node)
        holder.keys.append(key)
        holder.places.append(node)
        PyDict_SetItem(holder.slots, key, (<Node>node).object)
    if holder.is_map:
        holder.identities = {identity(key) for key in holder.keys}


def _node(shape, layout, dict made):
    if isinstance(shape, AliasShape):
        return Alias(made[id(shape.target)])
    if isinstance(shape, RecordShape):
        return _record(shape, layout, made)
    if isinstance(shape, MapShape):
        live = LiveDict()
        holder = made[id(shape)] = Holder(shape, live, live, True)
        _fill(holder, shape.items, layout, made)
        return holder
    place = layout.place(shape)
    for kind, cls, container in ((SetShape, Members, LiveSet), (BagShape, Counts, LiveBag), (TableShape, Counts, LiveTable)):
        if isinstance(shape, kind):
            live = container()
            live.path = shape.path
            return cls(shape, place, live)
    return Queue(shape, place) if isinstance(shape, QueueShape) else Entry(place)


def _record(shape, layout, dict made):
    live = object.__new__(shape.cls)
    for name, value in shape.constants.items():
        object.__setattr__(live, name, value)
    slots = getattr(live, "__dict__", None)
    if slots is None or len(slots) != len(shape.constants) or not slots.keys() >= shape.constants.keys():
        raise DeviationError
    for name in shape.fields:
        if hasattr(getattr(shape.cls, name, None), "__set__"):
            raise DeviationError
    holder = made[id(shape)] = Holder(shape, live, slots, False)
    (<Holder>holder).constants = list(shape.constants.items())
    _fill(holder, shape.fields, layout, made)
    return holder
