# distutils: language = c++
"""The native search for the behaviours that a log fits; `_behaviours.pyi` says what it promises.

The logic is in the header beside this file.
"""

from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libcpp cimport bool as cbool
from libcpp.memory cimport unique_ptr
from libcpp.vector cimport vector

from modelcheck.statespace.kernel._kernel cimport CSpace, Ids, Miss, Space, checked, content, told

from modelcheck.statespace.kernel._kernel import MISS_MATCH, MISS_TEST


cdef extern from "modelcheck/conformance/kernel/behaviours.hpp" namespace "modelcheck" nogil:
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
        cbool cut() noexcept
        cbool fine() noexcept
        Ids state(size_t i) except +
        vector[uint32_t] way(size_t i) except +
        Need need() noexcept
        const Miss& miss() noexcept
        uint32_t needed() noexcept
        uint64_t key() noexcept
        const vector[uint32_t]& unmatched() noexcept


OF_CELL, OF_COLLECTION, OF_STATE = range(3)


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
    def cut(self):
        return self.behaviours.get().cut()

    @property
    def fine(self):
        return self.behaviours.get().fine()

    def state(self, size_t i):
        return dict(self.behaviours.get().state(i))

    def way(self, size_t i):
        return list(self.behaviours.get().way(i))

    def missing(self, uint32_t worker=0):
        cdef Need need = self.behaviours.get().need()
        if need == Need.kMatch:
            return (MISS_MATCH, self.behaviours.get().needed(), 0, list(self.behaviours.get().unmatched()))
        if need == Need.kTest:
            return (MISS_TEST, self.behaviours.get().needed(), self.behaviours.get().key(), [])
        return told(&self.behaviours.get().miss())

    def missing_state(self, uint32_t worker=0, *, bint following=False):
        cdef const Miss* miss = &self.behaviours.get().miss()
        return dict(miss.following if following else miss.state)

    def missing_content(self, uint32_t worker, uint32_t collection, *, bint following=False):
        cdef const Miss* miss = &self.behaviours.get().miss()
        return content(self.space.space.get(), miss.following if following else miss.state, collection)
