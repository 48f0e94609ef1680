# distutils: language = c++
"""The near-linear decisions on intervals of values that enter an object once."""

from libc.stdint cimport int64_t, uint64_t
from libcpp cimport bool as cbool
from libcpp.vector cimport vector


cdef extern from "steps.hpp" namespace "consistency" nogil:
    cdef cppclass StepTable:
        pass

    cdef cppclass Budget:
        Budget(double, uint64_t, StepTable*)
        cbool time_is_up()


cdef extern from "unique_values.hpp" namespace "consistency" nogil:
    cdef cppclass Value:
        pass

    cdef cppclass Span:
        pass

    cdef cppclass Cluster:
        pass

    cdef cppclass StackOfValues:
        StackOfValues(const vector[Value]&) except +
        cbool holds(const vector[Span]&, Budget&) except +

    vector[T] records[T](const int64_t*, size_t) except +
    cbool c_register_holds "consistency::register_holds"(const vector[Cluster]&) except +
    cbool c_queue_holds "consistency::queue_holds"(vector[Value], const vector[Span]&) except +
    cbool c_priority_queue_holds "consistency::priority_queue_holds"(const vector[Value]&, const vector[Span]&) except +


cdef const int64_t* begin(const int64_t[::1] numbers) noexcept:
    return &numbers[0] if numbers.shape[0] else NULL


def register_holds(const int64_t[::1] clusters):
    """Whether a register of unique values is linearizable.

    ``clusters`` has four numbers for each value: call and return of its write, last call and first return of its reads.
    """
    return bool(c_register_holds(records[Cluster](begin(clusters), clusters.shape[0])))


def queue_holds(const int64_t[::1] values, const int64_t[::1] empties):
    """Whether a queue of unique values is linearizable.

    ``values`` has four numbers for each value: call and return of the operation that put it in, and of the one that
    took it out; ``empties`` has call and return of each operation that found nothing.
    """
    return bool(c_queue_holds(records[Value](begin(values), values.shape[0]),
                              records[Span](begin(empties), empties.shape[0])))


def priority_queue_holds(const int64_t[::1] values, const int64_t[::1] empties):
    """As :func:`queue_holds`, for a priority queue; ``values`` from the least up."""
    return bool(c_priority_queue_holds(records[Value](begin(values), values.shape[0]),
                                       records[Span](begin(empties), empties.shape[0])))


def stack_holds(const int64_t[::1] values, const int64_t[::1] empties, *, double seconds):
    """As :func:`queue_holds`, for a stack; ``None`` when the time was not enough."""
    cdef vector[Value] all = records[Value](begin(values), values.shape[0])
    cdef vector[Span] spans = records[Span](begin(empties), empties.shape[0])
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
