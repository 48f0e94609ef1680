# distutils: language = c++
"""The native search; `_explorer.pyi` says what it promises.

The logic is in the headers beside this file. Here arguments are checked, the interpreter's lock is released once per batch, and results become Python objects.
"""

from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libcpp cimport bool as cbool
from libcpp.memory cimport unique_ptr
from libcpp.pair cimport pair
from libcpp.vector cimport vector

from modelcheck.liveness.kernel._liveness cimport CGraph, Graph
from modelcheck.symmetry.kernel._symmetry cimport COrbits, Orbits
from modelcheck.statespace.kernel._kernel cimport CSpace, Ids, Miss, Space, checked, content, told

from array import array
import os
import time


cdef extern from "modelcheck/search/kernel/explorer.hpp" namespace "modelcheck" nogil:
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
        cbool grow(uint64_t slots, uint32_t threads) except +
        uint64_t next_size() noexcept
        uint64_t slots() noexcept
        uint64_t bytes() noexcept

    cdef enum class Mode(uint8_t):
        pass

    cdef enum class Pause(uint8_t):
        pass

    cdef cppclass Settings:
        Mode mode
        uint32_t workers
        uint64_t seed
        uint64_t walk_length
        uint64_t memory_limit_bytes
        uint64_t table_slots
        const COrbits* orbits
        cbool records
        cbool skips_met

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
        uint64_t orbits

    cdef cppclass Asymmetry:
        int64_t tree
        uint64_t ref
        vector[uint32_t] to

    cdef cppclass PathStep:
        uint32_t tree
        vector[uint32_t] script

    uint64_t VOID "modelcheck::kVoid"

    cdef struct ActionCount:
        uint32_t tree
        uint64_t enabled
        uint64_t fresh
        uint64_t dropped

    cdef struct Evaluations:
        uint32_t tree
        uint64_t count
        cbool asked

    cdef cppclass CExplorer "modelcheck::Explorer":
        CExplorer(const CSpace& space, const Settings& settings) except +
        Pause run(uint32_t worker, uint64_t max_states) except +
        cbool next_level() except +
        void set_enough_initial() noexcept
        void hold(cbool held) noexcept
        int save(int fd) except +
        void restore(int fd) except +
        vector[pair[uint64_t, uint64_t]] waiting(size_t most) except +
        cbool grow() except +
        const Miss& miss(uint32_t worker) except +
        pair[uint64_t, int64_t] missed(uint32_t worker) except +
        cbool missed_renamed(uint32_t worker) except +
        const Asymmetry* asymmetry() noexcept
        cbool uncountable() noexcept
        vector[Finding] findings() except +
        vector[PathStep] path(uint64_t parent, int64_t ordinal) except +
        Stats stats() noexcept
        vector[ActionCount] action_counts() except +
        vector[Evaluations] evaluations() except +
        uint64_t stuttering() except +
        unique_ptr[CGraph] graph() except +
        void keys(uint64_t* into, uint64_t size) except +
        vector[PathStep] through(const vector[uint64_t]& keys, const vector[uint32_t]& labels) except +


BREADTH, DEPTH, WALK = range(3)
cdef uint32_t ANY = 0xFFFFFFFF


cdef class Explorer:
    """One exploration: table, frontier, log and the position of each worker."""

    cdef Space space  # Kept alive for the explorer.
    cdef Orbits orbits  # The same.
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
        bint records=False,
        bint skips_met=False,
        Orbits orbits=None,
    ):
        cdef Settings settings
        settings.mode = <Mode><uint8_t>checked(mode, 3, "mode")
        settings.workers = workers
        settings.seed = seed
        settings.walk_length = walk_length
        settings.memory_limit_bytes = memory_limit_bytes
        settings.table_slots = table_slots
        settings.records = records
        settings.skips_met = skips_met
        settings.orbits = NULL
        if orbits is not None:
            settings.orbits = orbits.orbits.get()
        if orbits is not None and (records or settings.mode == <Mode><uint8_t>WALK):
            raise ValueError("what is recorded, and a walk, is of states and not of orbits")
        self.orbits = orbits
        self.space = space
        self.explorer.reset(new CExplorer(space.space.get()[0], settings))

    def run(self, uint32_t worker, uint64_t max_states):
        cdef Pause pause
        with nogil:
            pause = self.explorer.get().run(worker, max_states)
        return <uint8_t>pause

    def next_level(self):
        return self.explorer.get().next_level()

    def set_enough_initial(self):
        self.explorer.get().set_enough_initial()

    def hold(self, bint held):
        self.explorer.get().hold(held)

    def save(self, int fd):
        cdef int error
        with nogil:
            error = self.explorer.get().save(fd)
        if error:
            raise OSError(error, os.strerror(error))

    def restore(self, int fd):
        with nogil:
            self.explorer.get().restore(fd)

    def waiting(self, size_t most):
        return self.explorer.get().waiting(most)

    def grow(self):
        cdef cbool grown
        with nogil:
            grown = self.explorer.get().grow()
        return grown

    def missing(self, uint32_t worker):
        return told(&self.explorer.get().miss(worker))

    def missed(self, uint32_t worker):
        cdef pair[uint64_t, int64_t] found = self.explorer.get().missed(worker)
        return (found.first, found.second)

    def missed_renamed(self, uint32_t worker):
        return self.explorer.get().missed_renamed(worker)

    def asymmetry(self):
        cdef const Asymmetry* found = self.explorer.get().asymmetry()
        return None if found == NULL else (found.tree, None if found.ref == VOID else found.ref, list(found.to))

    def uncountable(self):
        return self.explorer.get().uncountable()

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
        return [(count.tree, count.enabled, count.fresh, count.dropped) for count in counts]

    def evaluations(self):
        cdef vector[Evaluations] counts = self.explorer.get().evaluations()
        return [(evaluated.tree, evaluated.count, evaluated.asked) for evaluated in counts]

    def stuttering(self):
        cdef uint64_t found = self.explorer.get().stuttering()
        return None if found == VOID else found

    def graph(self):
        cdef Graph made = Graph.__new__(Graph)
        cdef CExplorer* explorer = self.explorer.get()
        made.owner = self
        with nogil:
            made.graph.reset(explorer.graph().release())
        return made

    def keys(self, uint32_t numbers):
        found = array("Q", bytes(8)) * numbers
        cdef uint64_t[::1] into = found
        cdef CExplorer* explorer = self.explorer.get()
        if numbers:
            with nogil:
                explorer.keys(&into[0], numbers)
        return found

    def through(self, keys, labels):
        cdef vector[uint64_t] states = keys
        cdef vector[uint32_t] steps
        cdef uint32_t which
        if len(keys) != len(labels):
            raise ValueError("each state needs the label of the step to it")
        for label in labels:
            which = ANY if label is None else label
            steps.push_back(which)
        cdef vector[PathStep] found = self.explorer.get().through(states, steps)
        return [(step.tree, list(step.script)) for step in found]


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
