# distutils: language = c++
"""The native procedures of linearizability, over states and kinds of operations that are small integers."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libcpp cimport bool as cbool
from libcpp.vector cimport vector
from cpython.exc cimport PyErr_CheckSignals


cdef extern from "steps.hpp" namespace "consistency" nogil:
    int64_t NEVER_ "consistency::NEVER"

    cpdef enum class Nature(uint8_t):
        pure
        overwrite
        general

    cpdef enum class Outcome(int32_t):
        holds
        violated
        time_out
        memory_out
        truncated
        failed

    cdef cppclass Operation:
        int64_t call
        int64_t finish
        int32_t kind

    cdef cppclass RegisterKind:
        int32_t action
        int32_t value
        int32_t expected

    cdef cppclass StepTable:
        StepTable(void*, int32_t (*)(void*, int32_t, int32_t) noexcept, int32_t (*)(void*) noexcept,
                  vector[RegisterKind]) except +
        uint64_t asked()
        uint64_t bytes()

    cdef cppclass Budget:
        Budget(double, uint64_t, StepTable*)
        Budget(double, uint64_t, StepTable*, uint64_t)
        cbool time_is_up()

    cbool explains(const vector[Operation]&, const vector[int32_t]&, int32_t, StepTable&) except +


cdef extern from "events.hpp" namespace "consistency" nogil:
    void rank(vector[Operation]&) except +


cdef extern from "frontier.hpp" namespace "consistency" nogil:
    cdef cppclass Stuck:
        int32_t state
        vector[int32_t] order

    cdef cppclass Answer:
        Outcome outcome
        vector[int32_t] order
        int32_t unexplained
        vector[Stuck] before
        uint64_t steps
        uint64_t widest

    Answer run_frontier(const vector[Operation]&, const vector[Nature]&, int32_t, StepTable&, Budget, uint64_t) except +


cdef extern from "wing_gong.hpp" namespace "consistency" nogil:
    cdef cppclass WingGong:
        WingGong(const vector[Operation]&, const vector[Nature]&, int32_t, StepTable&, Budget) except +
        Answer run() except +


cdef extern from "unique_values.hpp" namespace "consistency" nogil:
    cdef cppclass Value:
        int64_t put_begin
        int64_t put_end
        int64_t take_begin
        int64_t take_end

    cdef cppclass Span:
        int64_t begin
        int64_t end

    cdef cppclass Cluster:
        int64_t write_begin
        int64_t write_end
        int64_t last_call
        int64_t first_return

    cdef cppclass StackOfValues:
        StackOfValues(const vector[Value]&) except +
        cbool holds(const vector[Span]&, Budget&) except +

    cbool c_register_holds "consistency::register_holds"(const vector[Cluster]&) except +
    cbool c_queue_holds "consistency::queue_holds"(vector[Value], const vector[Span]&) except +
    cbool c_priority_queue_holds "consistency::priority_queue_holds"(const vector[Value]&, const vector[Span]&) except +


NEVER = NEVER_
"""The return of an operation that did not return."""


cdef int32_t ask(void* searched, int32_t state, int32_t kind) noexcept with gil:
    cdef Search search = <Search>searched
    try:
        return search.step(state, kind)
    except BaseException as error:
        search.error = error
        return -2


cdef int32_t poll(void* searched) noexcept with gil:
    try:
        PyErr_CheckSignals()
    except BaseException as error:
        (<Search>searched).error = error
        return 1
    return 0


cdef class Search:
    """One history (or one part of it) ready to be decided.

    Times may be any numbers. ``actions`` gives three numbers for each kind, as ``RegisterKind`` in ``steps.hpp``, where
    the object is a register; then ``step`` is never called.

    ``step(state, kind)`` gives the state after, or -1 where the recorded result cannot come from that state. It is
    called once for each pair. What it raises is raised by the procedure that asked.
    """

    cdef vector[Operation] operations
    cdef vector[Nature] natures
    cdef int32_t initial
    cdef StepTable* table
    cdef object step
    cdef object error

    def __cinit__(self, const int64_t[::1] calls, const int64_t[::1] returns, const int32_t[::1] kinds,
                  const uint8_t[::1] natures, int32_t initial, step, const int32_t[::1] actions=None):
        cdef Py_ssize_t at
        cdef Operation operation
        if not (calls.shape[0] == returns.shape[0] == kinds.shape[0]):
            raise ValueError("calls, returns and kinds must have one entry for each operation")
        for at in range(calls.shape[0]):
            if kinds[at] < 0 or kinds[at] >= natures.shape[0] or calls[at] > returns[at]:
                raise ValueError(f"operation {at} has no kind, or returns before its call")
            operation.call = calls[at]
            operation.finish = returns[at]
            operation.kind = kinds[at]
            self.operations.push_back(operation)
        rank(self.operations)
        for at in range(natures.shape[0]):
            if natures[at] > 2:
                raise ValueError(f"kind {at} has no nature {natures[at]}")
            self.natures.push_back(<Nature>natures[at])
        self.initial = initial
        self.step = step
        self.error = None
        cdef vector[RegisterKind] register_kinds
        cdef RegisterKind register_kind
        if actions is not None:
            if actions.shape[0] != 3 * natures.shape[0]:
                raise ValueError("actions must have three entries for each kind")
            for at in range(natures.shape[0]):
                register_kind.action = actions[3 * at]
                register_kind.value = actions[3 * at + 1]
                register_kind.expected = actions[3 * at + 2]
                register_kinds.push_back(register_kind)
        self.table = new StepTable(<void*>self, &ask, &poll, register_kinds)

    def __dealloc__(self):
        del self.table

    @property
    def asked(self):
        """How many pairs of a state and a kind the object was asked about."""
        return self.table.asked()

    def frontier(self, *, uint64_t width, double seconds, uint64_t memory):
        """The just-in-time frontier, with at most ``width`` configurations (0: all)."""
        cdef Answer answer
        cdef Budget* budget = new Budget(seconds, memory, self.table)
        try:
            with nogil:
                answer = run_frontier(self.operations, self.natures, self.initial, self.table[0], budget[0], width)
        finally:
            del budget
        return self.report(answer)

    def wing_gong(self, *, double seconds, uint64_t memory, uint64_t steps=0):
        """The depth-first search with memory, for at most so many steps (0: any number)."""
        cdef Answer answer
        cdef WingGong* search
        cdef Budget* budget = new Budget(seconds, memory, self.table, steps)
        try:
            search = new WingGong(self.operations, self.natures, self.initial, self.table[0], budget[0])
            try:
                with nogil:
                    answer = search.run()
            finally:
                del search
        finally:
            del budget
        return self.report(answer)

    cdef report(self, const Answer& answer):
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        stuck = [(answer.before[at].state, list(answer.before[at].order)) for at in range(answer.before.size())]
        return (Outcome(<int32_t>answer.outcome), list(answer.order), answer.unexplained, stuck, answer.steps, answer.widest)

    def explains(self, order):
        """Whether ``order`` is a linearization: legal, in real-time order, and complete."""
        cdef vector[int32_t] indices = order
        for index in indices:
            if index < 0 or index >= <int32_t>self.operations.size():
                raise ValueError(f"there is no operation {index}")
        return bool(explains(self.operations, indices, self.initial, self.table[0]))


cdef vector[Value] values_of(const int64_t[::1] numbers):
    cdef vector[Value] values
    cdef Value value
    cdef Py_ssize_t at
    for at in range(0, numbers.shape[0] - 3, 4):
        value.put_begin = numbers[at]
        value.put_end = numbers[at + 1]
        value.take_begin = numbers[at + 2]
        value.take_end = numbers[at + 3]
        values.push_back(value)
    return values


cdef vector[Span] spans_of(const int64_t[::1] numbers):
    cdef vector[Span] spans
    cdef Span span
    cdef Py_ssize_t at
    for at in range(0, numbers.shape[0] - 1, 2):
        span.begin = numbers[at]
        span.end = numbers[at + 1]
        spans.push_back(span)
    return spans


def register_holds(const int64_t[::1] clusters):
    """Whether a register of unique values is linearizable.

    ``clusters`` has four numbers for each value: call and return of its write, last call and first return of its reads.
    """
    cdef vector[Cluster] all
    cdef Cluster cluster
    cdef Py_ssize_t at
    for at in range(0, clusters.shape[0] - 3, 4):
        cluster.write_begin = clusters[at]
        cluster.write_end = clusters[at + 1]
        cluster.last_call = clusters[at + 2]
        cluster.first_return = clusters[at + 3]
        all.push_back(cluster)
    return bool(c_register_holds(all))


def queue_holds(const int64_t[::1] values, const int64_t[::1] empties):
    """Whether a queue of unique values is linearizable.

    ``values`` has four numbers for each value: call and return of the operation that put it in, and of the one that
    took it out; ``empties`` has call and return of each operation that found nothing.
    """
    return bool(c_queue_holds(values_of(values), spans_of(empties)))


def priority_queue_holds(const int64_t[::1] values, const int64_t[::1] empties):
    """As :func:`queue_holds`, for a priority queue; ``values`` from the least up."""
    return bool(c_priority_queue_holds(values_of(values), spans_of(empties)))


def stack_holds(const int64_t[::1] values, const int64_t[::1] empties, *, double seconds):
    """As :func:`queue_holds`, for a stack; ``None`` when the time was not enough."""
    cdef vector[Value] all = values_of(values)
    cdef vector[Span] spans = spans_of(empties)
    cdef Budget* budget = new Budget(seconds, 0, NULL)
    cdef StackOfValues* stack = new StackOfValues(all)
    cdef cbool holds
    try:
        with nogil:
            holds = stack.holds(spans, budget[0])
        return None if holds and budget.time_is_up() else bool(holds)
    finally:
        del stack
        del budget
