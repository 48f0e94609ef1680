# distutils: language = c++
"""Sets of states; `_diagrams.pyi` says what it promises.

The logic is in the headers beside this file. Here arguments are checked, the interpreter's lock is released for each operation, and results become Python objects.
"""

from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libcpp cimport bool as cbool
from libcpp.memory cimport unique_ptr
from libcpp.pair cimport pair
from libcpp.vector cimport vector

from modelcheck.statespace.kernel._kernel cimport CSpace, Ids, Miss, Space, content, told

import cython

from modelcheck.statespace.kernel._kernel import FALSE, TRUE


cdef extern from "modelcheck/diagrams/kernel/diagrams.hpp" namespace "modelcheck" nogil:
    ctypedef pair[uint32_t, uint32_t] Literal
    ctypedef uint64_t Word

    const Word kMissing
    const Word kTrue
    const Word kFalse
    const uint32_t kNothing
    const uint32_t kZero

    cdef struct Step:
        uint32_t states
        uint32_t writes

    cdef cppclass Transitions:
        vector[vector[uint64_t]] within
        vector[vector[uint64_t]] outside
        vector[vector[uint64_t]] cut

    cdef cppclass Order:
        const vector[uint32_t]& sequence() noexcept
        void set(const vector[uint32_t]& sequence) except +

    cdef cppclass Sets:
        Order order
        void pin(uint32_t set) except +
        void unpin(uint32_t set) noexcept
        vector[uint64_t] count(uint32_t set) except +
        uint64_t support(uint32_t set, vector[uint32_t]& cells) except +
        vector[Literal] pick(uint32_t set) except +
        uint32_t effect(vector[Literal]& literals) except +
        vector[Literal] literals(uint32_t effect) except +
        uint64_t live() noexcept
        uint64_t peak() noexcept
        uint64_t made() noexcept
        uint64_t bytes() noexcept
        uint64_t peak_bytes() noexcept
        uint64_t collections() noexcept

    ctypedef cbool (*Poll)(void*) noexcept
    ctypedef cbool (*Supply)(void*, const Miss&) noexcept

    cdef cppclass CDiagrams "modelcheck::Diagrams":
        CDiagrams(const CSpace& space, uint64_t memory_limit_bytes, Poll poll, Supply supply, void* data) except +
        Sets sets
        cbool state(const vector[Literal]& literals, uint32_t& result) except +
        cbool join(uint32_t a, uint32_t b, uint32_t& result) except +
        cbool meet(uint32_t a, uint32_t b, uint32_t& result) except +
        cbool minus(uint32_t a, uint32_t b, uint32_t& result) except +
        cbool successors(int64_t tree, uint32_t states, uint32_t& result) except +
        cbool predecessors(int64_t tree, uint32_t states, uint32_t target, uint32_t& result) except +
        cbool having(int64_t tree, uint32_t states, Word leaf, uint32_t& result) except +
        cbool having_step(int64_t tree, uint32_t states, uint32_t writes, const vector[Step]& steps, Word leaf, uint32_t& result) except +
        cbool asked(int64_t tree) except +
        cbool leading(uint32_t states, uint32_t target, uint32_t writes, uint32_t& result) except +
        cbool after(uint32_t states, uint32_t writes, uint32_t& result) except +
        cbool steps(int64_t tree, uint32_t states, vector[Step]& found) except +
        cbool transitions(int64_t tree, uint32_t states, uint32_t within, Transitions& found) except +
        cbool script(int64_t tree, uint32_t state, uint32_t target, cbool& there, vector[uint32_t]& choices) except +


cdef cbool polled(void* data) noexcept with gil:
    return (<Diagrams>data).called((<Diagrams>data).on_poll)


cdef cbool supplied(void* data, const Miss& miss) noexcept with gil:
    cdef Diagrams diagrams = <Diagrams>data
    cdef const Miss* before = diagrams.miss
    diagrams.miss = &miss
    done = diagrams.called(diagrams.on_supply)
    diagrams.miss = before
    return done


cdef object number(const vector[uint64_t]& words):
    found = 0
    for i in range(words.size()):
        found |= int(words[i]) << (64 * i)
    return found


cdef object total(const vector[vector[uint64_t]]& parts):
    found = 0
    for i in range(parts.size()):
        found += number(parts[i])
    return found


cdef vector[Literal] literals(pairs):
    cdef vector[Literal] found
    cdef Literal literal
    for cell, ident in pairs:
        literal.first = cell
        literal.second = ident
        found.push_back(literal)
    return found


cdef Word leaf_of(int outcome) except? 0:
    if outcome not in (TRUE, FALSE):
        raise ValueError(f"a predicate has no leaf {outcome}")
    return kTrue if outcome == TRUE else kFalse


@cython.no_gc_clear
cdef class States:
    """A set of states."""

    cdef Diagrams owner
    cdef uint32_t set

    def __dealloc__(self):
        if self.owner is not None:
            self.owner.diagrams.get().sets.unpin(self.set)

    def __or__(States self, States other):
        cdef uint32_t result = kNothing
        cdef cbool whole
        with nogil:
            whole = self.owner.diagrams.get().join(self.set, other.set, result)
        return self.owner.made(whole, result)

    def __and__(States self, States other):
        cdef uint32_t result = kNothing
        cdef cbool whole
        with nogil:
            whole = self.owner.diagrams.get().meet(self.set, other.set, result)
        return self.owner.made(whole, result)

    def __sub__(States self, States other):
        cdef uint32_t result = kNothing
        cdef cbool whole
        with nogil:
            whole = self.owner.diagrams.get().minus(self.set, other.set, result)
        return self.owner.made(whole, result)

    def __bool__(self):
        return self.set != kNothing

    def __eq__(self, other):
        if not isinstance(other, States):
            return NotImplemented
        return self.set == (<States>other).set and self.owner is (<States>other).owner

    def __hash__(self):
        return hash(self.set)

    def count(self):
        return number(self.owner.diagrams.get().sets.count(self.set))

    def nodes(self):
        cdef vector[uint32_t] cells
        return self.owner.diagrams.get().sets.support(self.set, cells)

    def pick(self):
        return dict(self.owner.diagrams.get().sets.pick(self.set))


cdef class Diagrams:
    """Sets of states of a space."""

    cdef Space space  # Kept alive for the diagrams.
    cdef unique_ptr[CDiagrams] diagrams
    cdef object on_supply
    cdef object on_poll
    cdef object failure
    cdef const Miss* miss

    def __cinit__(self, Space space, *, object supply, object poll, uint64_t memory_limit_bytes=0):
        self.space = space
        self.on_supply = supply
        self.on_poll = poll
        self.diagrams.reset(new CDiagrams(space.space.get()[0], memory_limit_bytes, polled, supplied, <void*>self))

    cdef cbool called(self, function) noexcept:
        """Whether a function did not raise; what it raised is raised where the operation was asked for."""
        try:
            function()
            return True
        except BaseException as error:
            self.failure = error
            return False

    cdef States made(self, cbool whole, uint32_t result):
        self.ended(whole)
        cdef States states = States.__new__(States)
        states.owner = self
        states.set = result
        self.diagrams.get().sets.pin(result)
        return states

    cdef int ended(self, cbool whole) except -1:
        if not whole:
            failure, self.failure = self.failure, None
            raise failure
        return 0

    cdef const Miss* missed(self) except NULL:
        if self.miss == NULL:
            raise ValueError("nothing is missing")
        return self.miss

    cdef const Ids* side(self, bint following) except NULL:
        cdef const Miss* miss = self.missed()
        return &miss.following if following else &miss.state

    def missing(self, int worker):
        return told(self.missed())

    def missing_state(self, int worker, *, bint following=False):
        return dict(self.side(following)[0])

    def missing_content(self, int worker, uint32_t collection, *, bint following=False):
        return content(self.space.space.get(), self.side(following)[0], collection)

    def nothing(self):
        return self.made(True, kNothing)

    def state(self, ids):
        cdef uint32_t result = kNothing
        cdef cbool whole = self.diagrams.get().state(literals(ids.items()), result)
        return self.made(whole, result)

    def successors(self, int64_t tree, States states):
        cdef uint32_t result = kNothing
        cdef cbool whole
        with nogil:
            whole = self.diagrams.get().successors(tree, states.set, result)
        return self.made(whole, result)

    def predecessors(self, int64_t tree, States states, States target):
        cdef uint32_t result = kNothing
        cdef cbool whole
        with nogil:
            whole = self.diagrams.get().predecessors(tree, states.set, target.set, result)
        return self.made(whole, result)

    def enabled(self, int64_t tree, States states):
        cdef uint32_t result = kNothing
        cdef cbool whole
        with nogil:
            whole = self.diagrams.get().having(tree, states.set, kMissing, result)
        return self.made(whole, result)

    def having(self, int64_t tree, States states, int outcome):
        cdef uint32_t result = kNothing
        cdef cbool whole
        cdef Word leaf = leaf_of(outcome)
        with nogil:
            whole = self.diagrams.get().having(tree, states.set, leaf, result)
        return self.made(whole, result)

    def asked(self, int64_t tree):
        return self.diagrams.get().asked(tree)

    def steps(self, int64_t tree, States states):
        cdef vector[Step] steps
        cdef cbool whole
        cdef Step step
        with nogil:
            whole = self.diagrams.get().steps(tree, states.set, steps)
        found = []
        for step in steps:
            found.append((self.made(True, step.states), step.writes))
            self.diagrams.get().sets.unpin(step.states)
        self.ended(whole)
        return found

    def writes(self, uint32_t number):
        return self.diagrams.get().sets.literals(number)

    def writing(self, writes):
        cdef vector[Literal] list = literals(writes)
        return self.diagrams.get().sets.effect(list)

    def leading(self, States states, States target, uint32_t writes):
        cdef uint32_t result = kNothing
        cdef cbool whole
        with nogil:
            whole = self.diagrams.get().leading(states.set, target.set, writes, result)
        return self.made(whole, result)

    def after(self, States states, uint32_t writes):
        cdef uint32_t result = kNothing
        cdef cbool whole
        with nogil:
            whole = self.diagrams.get().after(states.set, writes, result)
        return self.made(whole, result)

    def having_step(self, int64_t tree, States states, uint32_t writes, steps, int outcome):
        cdef vector[Step] taken
        cdef Step step
        cdef States those
        for those, number in steps:
            step.states = those.set
            step.writes = number
            taken.push_back(step)
        cdef uint32_t result = kNothing
        cdef cbool whole
        cdef Word leaf = leaf_of(outcome)
        with nogil:
            whole = self.diagrams.get().having_step(tree, states.set, writes, taken, leaf, result)
        return self.made(whole, result)

    def transitions(self, int64_t tree, States states, States within=None):
        cdef Transitions found
        cdef cbool whole
        cdef uint32_t target = kNothing if within is None else within.set
        with nogil:
            whole = self.diagrams.get().transitions(tree, states.set, target, found)
        self.ended(whole)
        return total(found.within), total(found.outside), total(found.cut)

    def script(self, int64_t tree, States state, States target):
        cdef vector[uint32_t] choices
        cdef cbool there = False
        cdef cbool whole
        with nogil:
            whole = self.diagrams.get().script(tree, state.set, target.set, there, choices)
        self.ended(whole)
        return list(choices) if there else None

    def close(self):
        self.on_supply = self.on_poll = None

    def order(self):
        return list(self.diagrams.get().sets.order.sequence())

    def set_order(self, cells):
        if sorted(cells) != list(range(self.space.cells)):
            raise ValueError("an order has each cell once")
        self.diagrams.get().sets.order.set(cells)

    def stats(self):
        cdef CDiagrams* diagrams = self.diagrams.get()
        return {
            "nodes": diagrams.sets.live(),
            "peak": diagrams.sets.peak(),
            "made": diagrams.sets.made(),
            "bytes": diagrams.sets.bytes(),
            "peak_bytes": diagrams.sets.peak_bytes(),
            "collections": diagrams.sets.collections(),
        }
