# distutils: language = c++
"""A live state on ordinary objects that follows the kernel's from one state to the next.

What differs is changed in place, and what a run has changed is found by comparing objects, cell by cell; so a run costs little
beside the spec's own code. It comes to the same as `Machine.thaw` and `Machine.freeze` on objects made anew. Whatever is out of the
ordinary (a variable of another kind, a key too many, a constant changed) ends in a `DeviationError`; then the run is recorded, which tells it.
"""

from cpython.dict cimport PyDict_GetItem, PyDict_Next, PyDict_SetItem
from cpython.ref cimport PyObject
from libc.stdint cimport uint32_t
from libcpp cimport bool as cbool
from modelcheck.statespace.kernel._kernel cimport CState
from modelcheck.statespace.plain._elements cimport Counts, Members
from modelcheck.statespace.plain._places cimport UNKNOWN, Alias, Changes, Entry, Node, Queue

from modelcheck.spec.shapes.containers import LiveDict
from modelcheck.spec.shapes.shape import AliasShape, BagShape, MapShape, QueueShape, RecordShape, SetShape, TableShape
from modelcheck.statespace.plain._containers import LiveBag, LiveSet, LiveTable
from modelcheck.statespace.plain._places import DeviationError
from modelcheck.values import identity


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

    cdef int take(self, Changes run, object found) except -1:
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
                ident = run.state.at(entry.ids.index)
                if value == <PyObject*>entry.ids.values[ident]:
                    continue
                run.changed = True
                if own:
                    entry.now = UNKNOWN
                if run.writing:
                    new = entry.ids.id_of(<object>value)
                    if new != ident:
                        run.write(entry.ids.index, new)
                continue
            place = <Node>self.places[i]
            place.take(run, <object>value)
            if value != <PyObject*>place.object and type(place) is not Alias:
                run.changed = True
                run.mending.append((self, i, own))
            elif own and value != <PyObject*>place.object:
                run.mending.append((self, i, own))
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

    cdef int restore(self, Changes run, Py_ssize_t i, cbool own) except -1:
        """Put the object of a place back that a run has replaced."""
        cdef Node place = <Node>self.places[i]
        if own:
            PyDict_SetItem(self.slots, self.keys[i], place.object)
        return place.reset(run)

    cdef int reset(self, Changes run) except -1:
        cdef Py_ssize_t i
        cdef Node place
        if len(self.slots) != len(self.keys) + len(self.constants):
            run.stale = True
            return 0
        for i in range(len(self.places)):
            place = <Node>self.places[i]
            if type(place) is Entry:
                (<Entry>place).now = UNKNOWN
            else:
                PyDict_SetItem(self.slots, self.keys[i], place.object)
                place.reset(run)
        return 0


cdef class Live(Changes):
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
