# distutils: language = c++
"""The native state space; `_kernel.pyi` says what it promises.

The logic is in the headers beside this file. Here arguments are checked and results become Python objects.
"""

from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libcpp.vector cimport vector


READ, READ_NEXT, CHOOSE, EACH, WHOLE, WHOLE_NEXT = range(6)
DISABLED, EFFECT, TRUE, FALSE, CUT = range(5)
INIT, ACTION, CONSTRAINT, INVARIANT, STEP, REACHABLE, TERMINAL, LIVENESS = range(8)
MORE, LEVEL_DONE, MISS, GROW, ASYMMETRIC = range(5)
MISS_PATH, MISS_PROJECTION, MISS_UPDATE, MISS_MATCH, MISS_TEST, MISS_IMAGE = range(6)


class PathMismatchError(Exception):
    """A path contradicts the tree: at `position` the tree has another node."""

    def __init__(self, position, expected):
        super().__init__(f"at event {position} of the path the tree has {expected}: the run is not deterministic")
        self.position = position
        self.expected = expected


cdef int checked(value, int count, str what) except -1:
    if not 0 <= value < count:
        raise ValueError(f"no such {what}: {value}")
    return value


cdef uint64_t content(const CSpace* space, const Ids& ids, uint32_t collection) noexcept:
    """The content key of a collection in a state."""
    cdef uint64_t key = 0
    cdef size_t i
    for i in range(ids.size()):
        if space.collection_of(ids[i].first) == collection:
            key += c_mix(ids[i].first, ids[i].second)
    return key


cdef tuple told(const Miss* miss):
    """What is missing, as a driver is told."""
    if miss.kind == MissKind.kPath:
        return (MISS_PATH, miss.index, 0, list(miss.script))
    return (<uint8_t>miss.kind, miss.index, miss.id, [])


cdef class Space:
    """Cells and trees, shared by all workers of an exploration."""

    def __cinit__(self, *, bint check_deadlock=True):
        self.space.reset(new CSpace(check_deadlock))

    def add_collection(self):
        return self.space.get().add_collection()

    def add_cell(self, int64_t collection=-1):
        return self.space.get().add_cell(collection)

    def seal(self):
        self.space.get().seal()

    def add_tree(self, role):
        return self.space.get().add_tree(<Role><uint8_t>checked(role, 8, "role"))

    def add_path(self, int64_t tree, events, int outcome, writes=(), int64_t label=-1):
        cdef vector[Event] run
        cdef vector[Write] effect
        for kind, where, detail, found in events:
            taken = found >= 0
            run.push_back(self.space.get().event(checked(kind, 6, "kind of event"), where, detail, found if taken else 0, taken))
        for cell, update, argument in writes:
            effect.push_back(self.space.get().write(cell, update, argument))
        cdef Mismatch mismatch = self.space.get().add_path(tree, run, outcome, effect, label)
        if mismatch.position >= 0:
            raise PathMismatchError(mismatch.position, (mismatch.kind, mismatch.where, mismatch.detail))

    def add_projection(self):
        return self.space.get().add_projection()

    def set_projection(self, uint32_t projection, uint32_t value_id, uint32_t result):
        self.space.get().set_projection(projection, value_id, result)

    def add_update(self):
        return self.space.get().add_update()

    def set_update(self, uint32_t update, uint32_t old_id, uint32_t new_id):
        self.space.get().set_update(update, old_id, new_id)

    def disable(self, int64_t tree):
        self.space.get().tree(tree).disable()

    @property
    def cells(self):
        return self.space.get().cells()

    @property
    def node_bytes(self):
        return self.space.get().bytes()


def mix(uint32_t cell, uint32_t value_id):
    """The number that (cell, id) adds to a fingerprint; 0 for id 0."""
    return c_mix(cell, value_id)
