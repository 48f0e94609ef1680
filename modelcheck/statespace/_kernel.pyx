# distutils: language = c++
"""The native state space; `_kernel.pyi` says what it promises.

The logic is in the headers beside this file. Here arguments are checked, the interpreter's lock is released once per batch, and results become Python objects.
"""

from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libcpp cimport bool as cbool
from libcpp.memory cimport unique_ptr
from libcpp.pair cimport pair
from libcpp.vector cimport vector

import time


ctypedef vector[pair[uint32_t, uint32_t]] Ids


cdef extern from "explorer.hpp" namespace "modelcheck" nogil:
    uint64_t c_mix "modelcheck::mix"(uint32_t cell, uint32_t id) noexcept

    cdef cppclass Random:
        Random(uint64_t seed) noexcept
        uint64_t next() noexcept

    cdef cppclass Place "modelcheck::FingerprintTable::Place":
        cbool found

    cdef cppclass CTable "modelcheck::FingerprintTable":
        CTable(uint64_t slots) except +
        void prefetch(uint64_t fingerprint) noexcept
        Place find(uint64_t fingerprint) noexcept
        cbool claim_alone "claim<false>"(Place place, uint64_t fingerprint) noexcept
        uint64_t reserve(uint64_t wanted) noexcept
        cbool grow(uint64_t slots, uint32_t threads) noexcept
        uint64_t next_size() noexcept
        uint64_t slots() noexcept
        uint64_t bytes() noexcept

    cdef cppclass Event:
        pass

    cdef cppclass Write:
        pass

    cdef cppclass Mismatch:
        int64_t position
        int kind
        uint32_t where
        uint32_t detail

    cdef enum class Role(uint8_t):
        pass

    cdef cppclass Tree:
        Role role() noexcept
        uint32_t index() noexcept
        void disable() noexcept

    cdef cppclass CSpace "modelcheck::Space":
        CSpace(cbool check_deadlock) except +
        uint32_t add_collection() except +
        uint32_t add_cell(int64_t collection) except +
        void seal() noexcept
        uint32_t add_tree(Role role) except +
        uint32_t add_projection() except +
        uint32_t add_update() except +
        void set_projection(uint32_t projection, uint32_t id, uint32_t result) except +
        void set_update(uint32_t update, uint32_t id, uint32_t result) except +
        Event event(int kind, int64_t where, int64_t detail, uint64_t found, cbool taken) except +
        Write write(int64_t cell, int64_t update, int64_t argument) except +
        Mismatch add_path(int64_t tree, const vector[Event]& events, int outcome, const vector[Write]& writes) except +
        Tree& tree(int64_t index) except +
        uint32_t cells() noexcept
        uint32_t collection_of(uint32_t cell) noexcept
        uint64_t bytes() noexcept

    cdef enum class Mode(uint8_t):
        pass

    cdef enum class Pause(uint8_t):
        pass

    cdef enum class MissKind(uint8_t):
        kPath
        kProjection
        kUpdate

    cdef cppclass Settings:
        Mode mode
        uint32_t workers
        uint64_t seed
        uint64_t walk_length
        uint64_t memory_limit_bytes
        uint64_t table_slots

    cdef cppclass Miss:
        MissKind kind
        uint32_t index
        uint32_t id
        vector[uint32_t] script
        Ids state
        Ids following

    cdef cppclass Finding:
        int64_t tree
        uint32_t depth
        uint64_t parent
        int64_t ordinal

    cdef struct Stats:
        uint64_t states
        uint64_t generated
        uint64_t out_of_bounds
        uint64_t depth
        uint64_t frontier
        uint64_t table_slots
        uint64_t table_bytes
        uint64_t log_bytes
        uint64_t frontier_bytes
        uint64_t expanded
        uint64_t longest_probe

    cdef cppclass PathStep:
        uint32_t tree
        vector[uint32_t] script

    cdef struct ActionCount:
        uint32_t tree
        uint64_t enabled
        uint64_t fresh

    cdef struct Evaluations:
        uint32_t tree
        uint64_t count

    cdef cppclass CExplorer "modelcheck::Explorer":
        CExplorer(const CSpace& space, const Settings& settings) except +
        Pause run(uint32_t worker, uint64_t max_states) except +
        cbool next_level() except +
        cbool grow() noexcept
        const Miss& miss(uint32_t worker) except +
        vector[Finding] findings() except +
        vector[PathStep] path(uint64_t parent, int64_t ordinal) except +
        Stats stats() noexcept
        vector[ActionCount] action_counts() except +
        vector[Evaluations] evaluations() except +


cdef extern from "behaviours.hpp" namespace "modelcheck" nogil:
    cdef enum class About "modelcheck::Test::About"(uint8_t):
        pass

    cdef enum class Outcome "modelcheck::Behaviours::Outcome"(uint8_t):
        pass

    cdef enum class Need "modelcheck::Behaviours::Need"(uint8_t):
        kMatch "modelcheck::Behaviours::Need::kMatch"
        kTest "modelcheck::Behaviours::Need::kTest"

    cdef cppclass CBehaviours "modelcheck::Behaviours":
        CBehaviours(const CSpace& space) except +
        uint32_t add_pattern() except +
        void set_match(uint32_t pattern, uint32_t path, cbool aligned, uint32_t differing) except +
        uint32_t add_test(About about, uint32_t where) except +
        void set_answer(uint32_t test, uint64_t key, cbool answer) except +
        void clear() except +
        void add_initial(const Ids& ids, uint32_t number) except +
        void begin(int64_t tree, int64_t pattern, const vector[uint32_t]& tests, const vector[uint32_t]& properties, size_t most) except +
        void begin_closure(const vector[uint32_t]& trees, size_t most) except +
        Outcome run(size_t) except +
        cbool commit() except +
        size_t size() noexcept
        cbool truncated() noexcept
        cbool fine() noexcept
        Ids state(size_t i) except +
        vector[uint32_t] way(size_t i) except +
        Need need() noexcept
        const Miss& miss() noexcept
        uint32_t needed() noexcept
        uint64_t key() noexcept
        const vector[uint32_t]& unmatched() noexcept


READ, READ_NEXT, CHOOSE, EACH, WHOLE, WHOLE_NEXT = range(6)
DISABLED, EFFECT, TRUE, FALSE = range(4)
INIT, ACTION, CONSTRAINT, INVARIANT, STEP, REACHABLE, TERMINAL = range(7)
BREADTH, DEPTH, WALK = range(3)
MORE, LEVEL_DONE, MISS, GROW = range(4)
MISS_PATH, MISS_PROJECTION, MISS_UPDATE, MISS_MATCH, MISS_TEST = range(5)
OF_CELL, OF_COLLECTION, OF_STATE = range(3)


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


cdef class Space:
    """Cells and trees, shared by all workers of an exploration."""

    cdef unique_ptr[CSpace] space

    def __cinit__(self, *, bint check_deadlock=True):
        self.space.reset(new CSpace(check_deadlock))

    def add_collection(self):
        return self.space.get().add_collection()

    def add_cell(self, int64_t collection=-1):
        return self.space.get().add_cell(collection)

    def seal(self):
        self.space.get().seal()

    def add_tree(self, role):
        return self.space.get().add_tree(<Role><uint8_t>checked(role, 7, "role"))

    def add_path(self, int64_t tree, events, int outcome, writes=()):
        cdef vector[Event] run
        cdef vector[Write] effect
        for kind, where, detail, found in events:
            taken = found >= 0
            run.push_back(self.space.get().event(checked(kind, 6, "kind of event"), where, detail, found if taken else 0, taken))
        for cell, update, argument in writes:
            effect.push_back(self.space.get().write(cell, update, argument))
        cdef Mismatch mismatch = self.space.get().add_path(tree, run, outcome, effect)
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


cdef class Explorer:
    """One exploration: table, frontier, log and the position of each worker."""

    cdef Space space  # Kept alive for the explorer.
    cdef unique_ptr[CExplorer] explorer

    def __cinit__(
        self,
        Space space not None,
        *,
        mode,
        uint32_t workers=1,
        uint64_t seed=0,
        uint64_t walk_length=0,
        uint64_t memory_limit_bytes=0,
        uint64_t table_slots=0,
    ):
        cdef Settings settings
        settings.mode = <Mode><uint8_t>checked(mode, 3, "mode")
        settings.workers = workers
        settings.seed = seed
        settings.walk_length = walk_length
        settings.memory_limit_bytes = memory_limit_bytes
        settings.table_slots = table_slots
        self.space = space
        self.explorer.reset(new CExplorer(space.space.get()[0], settings))

    def run(self, uint32_t worker, uint64_t max_states):
        cdef Pause pause
        with nogil:
            pause = self.explorer.get().run(worker, max_states)
        return <uint8_t>pause

    def next_level(self):
        return self.explorer.get().next_level()

    def grow(self):
        cdef cbool grown
        with nogil:
            grown = self.explorer.get().grow()
        return grown

    def missing(self, uint32_t worker):
        cdef const Miss* miss = &self.explorer.get().miss(worker)
        if miss.kind == MissKind.kPath:
            return (MISS_PATH, miss.index, 0, list(miss.script))
        return (<uint8_t>miss.kind, miss.index, miss.id, [])

    def missing_state(self, uint32_t worker, *, bint following=False):
        cdef const Miss* miss = &self.explorer.get().miss(worker)
        return dict(miss.following if following else miss.state)

    def missing_content(self, uint32_t worker, uint32_t collection, *, bint following=False):
        cdef const Miss* miss = &self.explorer.get().miss(worker)
        return content(self.space.space.get(), miss.following if following else miss.state, collection)

    def findings(self):
        cdef vector[Finding] found = self.explorer.get().findings()
        return [(finding.tree, finding.depth, finding.parent, finding.ordinal) for finding in found]

    def path(self, uint64_t parent, int64_t ordinal):
        cdef vector[PathStep] steps = self.explorer.get().path(parent, ordinal)
        return [(step.tree, list(step.script)) for step in steps]

    def stats(self):
        return self.explorer.get().stats()

    def action_counts(self):
        cdef vector[ActionCount] counts = self.explorer.get().action_counts()
        return [(count.tree, count.enabled, count.fresh) for count in counts]

    def evaluations(self):
        cdef vector[Evaluations] counts = self.explorer.get().evaluations()
        return [(evaluated.tree, evaluated.count) for evaluated in counts]


cdef class Behaviours:
    """The states in which the behaviours end that fit what was observed."""

    cdef Space space  # Kept alive for the behaviours.
    cdef unique_ptr[CBehaviours] behaviours

    def __cinit__(self, Space space not None):
        self.space = space
        self.behaviours.reset(new CBehaviours(space.space.get()[0]))

    def add_pattern(self):
        return self.behaviours.get().add_pattern()

    def set_match(self, uint32_t pattern, uint32_t path, bint aligned, uint32_t differing):
        self.behaviours.get().set_match(pattern, path, aligned, differing)

    def add_test(self, about, uint32_t where):
        return self.behaviours.get().add_test(<About><uint8_t>checked(about, 3, "kind of test"), where)

    def set_answer(self, uint32_t test, uint64_t key, bint answer):
        self.behaviours.get().set_answer(test, key, answer)

    def clear(self):
        self.behaviours.get().clear()

    def add_initial(self, ids, uint32_t number):
        cdef Ids state = list(ids.items())
        self.behaviours.get().add_initial(state, number)

    def begin(self, int64_t tree, int64_t pattern, tests, properties, size_t most):
        self.behaviours.get().begin(tree, pattern, tests, properties, most)

    def begin_closure(self, trees, size_t most):
        self.behaviours.get().begin_closure(trees, most)

    def run(self, size_t batch):
        cdef Outcome outcome
        with nogil:
            outcome = self.behaviours.get().run(batch)
        return <uint8_t>outcome

    def commit(self):
        return self.behaviours.get().commit()

    def __len__(self):
        return self.behaviours.get().size()

    @property
    def truncated(self):
        return self.behaviours.get().truncated()

    @property
    def fine(self):
        return self.behaviours.get().fine()

    def state(self, size_t i):
        return dict(self.behaviours.get().state(i))

    def way(self, size_t i):
        return list(self.behaviours.get().way(i))

    def missing(self, uint32_t worker=0):
        cdef const Miss* miss = &self.behaviours.get().miss()
        cdef Need need = self.behaviours.get().need()
        if need == Need.kMatch:
            return (MISS_MATCH, self.behaviours.get().needed(), 0, list(self.behaviours.get().unmatched()))
        if need == Need.kTest:
            return (MISS_TEST, self.behaviours.get().needed(), self.behaviours.get().key(), [])
        if miss.kind == MissKind.kPath:
            return (MISS_PATH, miss.index, 0, list(miss.script))
        return (<uint8_t>miss.kind, miss.index, miss.id, [])

    def missing_state(self, uint32_t worker=0, *, bint following=False):
        cdef const Miss* miss = &self.behaviours.get().miss()
        return dict(miss.following if following else miss.state)

    def missing_content(self, uint32_t worker, uint32_t collection, *, bint following=False):
        cdef const Miss* miss = &self.behaviours.get().miss()
        return content(self.space.space.get(), miss.following if following else miss.state, collection)


def mix(uint32_t cell, uint32_t value_id):
    """The number that (cell, id) adds to a fingerprint; 0 for id 0."""
    return c_mix(cell, value_id)


cdef class FingerprintTable:
    """The table by itself, for tests and for the benchmark of the floor."""

    cdef unique_ptr[CTable] table
    cdef uint64_t count
    cdef uint32_t threads

    def __cinit__(self, uint64_t slots=0, *, uint32_t threads=1):
        self.table.reset(new CTable(slots))
        self.threads = threads

    cdef int room(self) except -1:
        """Reserve one place, growing where there is none."""
        while self.table.get().reserve(1) == 0:
            if not self.table.get().grow(self.table.get().next_size(), self.threads):
                raise MemoryError("the machine has no memory for a larger table")
        return 0

    def add(self, uint64_t fingerprint):
        cdef Place place = self.table.get().find(fingerprint)
        if place.found:
            return False
        self.room()
        self.table.get().claim_alone(self.table.get().find(fingerprint), fingerprint)
        self.count += 1
        return True

    def __contains__(self, uint64_t fingerprint):
        return self.table.get().find(fingerprint).found

    def __len__(self):
        return self.count

    @property
    def slots(self):
        return self.table.get().slots()

    @property
    def bytes(self):
        return self.table.get().bytes()

    def probe_random(self, uint64_t count, uint64_t seed, *, uint32_t prefetch=32):
        cdef Random* ahead = new Random(seed)
        cdef Random* behind = new Random(seed)
        cdef uint64_t i, fingerprint, added = 0
        cdef Place place
        cdef CTable* table = self.table.get()
        try:
            if table.reserve(count) < count:
                raise ValueError(f"the table has no room for {count} fingerprints; give it more slots")
            start = time.perf_counter()
            with nogil:
                for i in range(prefetch):
                    table.prefetch(ahead.next())
                for i in range(count):
                    if prefetch > 0:
                        table.prefetch(ahead.next())
                    fingerprint = behind.next()
                    place = table.find(fingerprint)
                    if not place.found:
                        table.claim_alone(place, fingerprint)
                        added += 1
            self.count += added
            return time.perf_counter() - start
        finally:
            del ahead
            del behind
