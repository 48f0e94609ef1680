# distutils: language = c++
"""The native searches of linearizability, over states and kinds of operations that are small integers."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libcpp cimport bool as cbool
from libcpp.optional cimport optional
from libcpp.vector cimport vector
from cpython.exc cimport PyErr_CheckSignals

from modelcheck.consistency._equality cimport exact
from modelcheck.consistency.objects.sequential import UNKNOWN as UNKNOWN_
from modelcheck.errors import InternalError


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
        pass

    cdef cppclass StepTable:
        StepTable(void*, int32_t (*)(void*, int32_t, int32_t) noexcept, int32_t (*)(void*, uint64_t) noexcept,
                  vector[RegisterKind]) except +
        uint64_t asked()
        uint64_t bytes()

    cdef cppclass Budget:
        Budget(double, uint64_t, StepTable*)
        Budget(double, uint64_t, StepTable*, uint64_t)

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


cdef extern from "relaxed.hpp" namespace "consistency" nogil:
    Answer run_relaxed(const vector[Operation]&, const vector[Nature]&, int32_t, StepTable&, Budget, uint64_t,
                       uint64_t) except +


cdef extern from "wing_gong.hpp" namespace "consistency" nogil:
    cdef cppclass WingGong:
        WingGong(const vector[Operation]&, const vector[Nature]&, int32_t, StepTable&, Budget) except +
        Answer run() except +


cdef extern from "registers.hpp" namespace "consistency" nogil:
    int32_t READ "consistency::RegisterKind::read"
    int32_t WRITE "consistency::RegisterKind::write"
    int32_t SWAPPED "consistency::RegisterKind::swapped"
    int32_t NOT_SWAPPED "consistency::RegisterKind::not_swapped"
    int32_t MAY_SWAP "consistency::RegisterKind::may_swap"
    int32_t IGNORED "consistency::RegisterKind::ignored"

    cdef cppclass RegisterKinds:
        int32_t number(int32_t, int32_t, int32_t) except +
        const vector[RegisterKind]& kinds()
        const vector[Nature]& natures()

    optional[cbool] holds_if_unique(const vector[Operation]&, const vector[RegisterKind]&, int32_t, int32_t) except +


NEVER = NEVER_
"""The return of an operation that did not return."""

cdef object UNKNOWN = UNKNOWN_


cdef int32_t ask(void* searched, int32_t state, int32_t kind) noexcept with gil:
    cdef Search search = <Search>searched
    try:
        return search.step(state, kind)
    except BaseException as error:
        search.error = error
        return -2


cdef int32_t poll(void* searched, uint64_t done) noexcept with gil:
    cdef Search search = <Search>searched
    try:
        PyErr_CheckSignals()
        if search.watch is not None:
            search.watch(done)
    except BaseException as error:
        search.error = error
        return 1
    return 0


cdef inline int32_t interned(dict numbers, value) except -1:
    """The number of a value, the next one free if it is new."""
    return numbers.setdefault(value if type(value) is int else exact(value), len(numbers))


cdef class Search:
    """The operations of one part of a history as intervals, and what an object says of them.

    Attributes:
        operations: Those searched, in the order of their indices; the ones that only read and never returned are not.
        kinds: The different triples of a name, an argument and a result; empty for a register.
        watch: Called some twenty times a second with how many operations are done; may raise to end the search.
    """

    cdef vector[Operation] intervals
    cdef vector[Nature] natures
    cdef vector[RegisterKind] register_kinds
    cdef int32_t initial, states
    cdef StepTable* table
    cdef object step, error
    cdef readonly object operations
    cdef readonly list kinds
    cdef public object watch

    def __init__(self, operations, reads):
        """Number the kinds of operations of which those named in ``reads`` change nothing; :meth:`define` must follow."""
        cdef dict numbers = {}
        cdef list kinds
        cdef int32_t kind
        self.start(operations)
        kinds = self.kinds
        kept = []
        for operation in operations:
            name = operation.name
            finish = operation.finish
            if finish is None and name in reads:
                continue
            kept.append(operation)
            argument, result = operation.argument, operation.result
            kind = numbers.setdefault((name, exact(argument), exact(result)), len(numbers))
            if kind == len(kinds):
                kinds.append((name, argument, result))
            self.add(operation.call, finish, kind)
        self.operations = kept
        rank(self.intervals)

    def define(self, *, bytes natures, int32_t initial, step):
        """Say what the object does: the nature of each kind, and the state after a kind in a state (-1: impossible)."""
        cdef vector[RegisterKind] none
        if len(natures) != len(self.kinds):
            raise ValueError("every kind needs a nature")
        for nature in natures:
            if nature > 2:
                raise ValueError(f"there is no nature {nature}")
            self.natures.push_back(<Nature><uint8_t>nature)
        self.initial = initial
        self.step = step
        del self.table
        self.table = new StepTable(<void*>self, &ask, &poll, none)

    @staticmethod
    def of_register(operations, initial, *, bint swaps=False, bint pairs=False):
        """The search of a register's operations; ``None`` if some are none.

        Args:
            operations: In any order; reads and writes.
            initial: What the register holds at first.
            swaps: Whether ``cas`` is an operation too.
            pairs: Whether reads are called ``get``, and writes ``put`` with a pair of a key and the value.
        """
        cdef Search search = Search.__new__(Search)
        return search if search.read_register(operations, initial, swaps, pairs) else None

    cdef start(self, operations):
        self.intervals.reserve(len(operations))
        self.kinds = []

    cdef int add(self, call, finish, int32_t kind) except -1:
        cdef Operation interval
        interval.call = call
        interval.finish = NEVER_ if finish is None else finish
        interval.kind = kind
        if interval.finish < interval.call:
            raise ValueError(f"operation {self.intervals.size()} returns before its call")
        self.intervals.push_back(interval)
        return 0

    cdef bint read_register(self, operations, initial, bint swaps, bint pairs) except -1:
        cdef RegisterKinds kinds
        cdef dict states = {exact(initial): 0}
        cdef int32_t kind
        cdef Py_ssize_t at = 0
        cdef list skipped = []
        cdef str read = "get" if pairs else "read"
        cdef str write = "put" if pairs else "write"
        self.start(operations)
        for operation in operations:
            name, result, finish = operation.name, operation.result, operation.finish
            if name == read:
                if finish is None:
                    skipped.append(at)
                    at += 1
                    continue
                kind = kinds.number(IGNORED, 0, 0) if result is UNKNOWN else kinds.number(READ, interned(states, result), 0)
            elif name == write and (result is None or result is UNKNOWN):
                argument = operation.argument
                kind = kinds.number(WRITE, interned(states, argument[1] if pairs else argument), 0)
            elif swaps and name == "cas":
                kind = self.swap(kinds, states, operation.argument, result)
                if kind < 0:
                    return False
            else:
                return False
            self.add(operation.call, finish, kind)
            at += 1
        self.operations = operations if not skipped else without(operations, skipped)
        rank(self.intervals)
        self.natures = kinds.natures()
        self.register_kinds = kinds.kinds()
        self.initial = 0
        self.states = <int32_t>len(states)
        self.table = new StepTable(<void*>self, &ask, &poll, self.register_kinds)
        return True

    cdef int32_t swap(self, RegisterKinds& kinds, dict states, argument, result) except -2:
        """The kind of a swap, or -1 if it is none."""
        cdef int32_t action
        if result is True:
            action = SWAPPED
        elif result is False:
            action = NOT_SWAPPED
        elif result is UNKNOWN:
            action = MAY_SWAP
        else:
            return -1
        if not isinstance(argument, tuple) or len(argument) != 2:
            return -1
        return kinds.number(action, interned(states, argument[1]), interned(states, argument[0]))

    def __dealloc__(self):
        del self.table

    @property
    def asked(self):
        """How many pairs of a state and a kind the object was asked about."""
        return self.table.asked()

    def unique_values_hold(self):
        """Whether a register of which every value is written once is linearizable; ``None`` if it is none."""
        cdef optional[cbool] found
        if self.register_kinds.empty():
            return None
        with nogil:
            found = holds_if_unique(self.intervals, self.register_kinds, self.initial, self.states)
        return bool(found.value()) if found.has_value() else None

    def frontier(self, *, uint64_t width, double seconds, uint64_t memory):
        """The just-in-time frontier, with at most ``width`` configurations (0: all)."""
        cdef Answer answer
        cdef Budget* budget = new Budget(seconds, memory, self.table)
        try:
            with nogil:
                answer = run_frontier(self.intervals, self.natures, self.initial, self.table[0], budget[0], width)
        finally:
            del budget
        return self.report(answer)

    def relaxed(self, *, uint64_t width, double seconds, uint64_t memory, uint64_t rounds=0):
        """The frontier in which operations that never returned may take effect again and again, refined until an order
        does not need that; at most so many searches (0: any number). It refutes at a return that need not be the first.
        """
        cdef Answer answer
        cdef Budget* budget = new Budget(seconds, memory, self.table)
        try:
            with nogil:
                answer = run_relaxed(self.intervals, self.natures, self.initial, self.table[0], budget[0], width, rounds)
        finally:
            del budget
        return self.report(answer)

    def wing_gong(self, *, double seconds, uint64_t memory, uint64_t steps=0):
        """The depth-first search with memory, for at most so many steps (0: any number)."""
        cdef Answer answer
        cdef WingGong* search
        cdef Budget* budget = new Budget(seconds, memory, self.table, steps)
        try:
            search = new WingGong(self.intervals, self.natures, self.initial, self.table[0], budget[0])
            try:
                with nogil:
                    answer = search.run()
            finally:
                del search
        finally:
            del budget
        return self.report(answer)

    cdef report(self, const Answer& answer):
        """The answer for Python; a linearization is checked before anybody believes it."""
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        if answer.outcome == Outcome.holds and not explains(self.intervals, answer.order, self.initial, self.table[0]):
            raise InternalError("a search found an order that does not explain the history")
        stuck = [(answer.before[at].state, list(answer.before[at].order)) for at in range(answer.before.size())]
        outcome = OUTCOMES[<int32_t>answer.outcome]
        return outcome, list(answer.order), answer.unexplained, stuck, answer.steps, answer.widest

    def explains(self, order):
        """Whether ``order`` is a linearization: legal, in real-time order, and complete."""
        cdef vector[int32_t] indices = order
        for index in indices:
            if index < 0 or index >= <int32_t>self.intervals.size():
                raise ValueError(f"there is no operation {index}")
        return bool(explains(self.intervals, indices, self.initial, self.table[0]))


cdef tuple OUTCOMES = tuple(Outcome)


cdef list without(operations, list skipped):
    """Operations without those at some places."""
    kept = list(operations)
    for at in reversed(skipped):
        del kept[at]
    return kept


cdef inline bint differ(one, other) except -1:
    """Whether two values are not the same."""
    if one is other or (type(one) is str and type(other) is str):
        return one != other
    return exact(one) != exact(other)


def replays(operations, absent):
    """Whether a key-value map without entries explains operations in the order of their calls.

    Args:
        operations: ``get``, ``put`` and ``append``; ``False`` if there are others, or they are in no order.
        absent: What a key holds that was not written.
    """
    cdef dict texts = {}
    previous = None
    for operation in operations:
        call, name, argument, result = operation.call, operation.name, operation.argument, operation.result
        if previous is not None and call < previous:
            return False
        previous = call
        if name == "get":
            if result is not UNKNOWN and differ(texts.get(exact(argument), absent), result):
                return False
            continue
        if not (result is None or result is UNKNOWN) or not isinstance(argument, tuple) or len(argument) != 2:
            return False
        if name == "put":
            texts[exact(argument[0])] = argument[1]
        elif name == "append" and isinstance(argument[1], str):
            text = texts.get(exact(argument[0]), absent)
            if not isinstance(text, str):
                return False
            texts[exact(argument[0])] = text + argument[1]
        else:
            return False
    return True
