from libc.stdint cimport int32_t
from libcpp cimport bool as boolean
from libcpp.vector cimport vector

from modelcheck.consistency.isolation.kernel.native cimport Numbers


cdef int CHECKED

cdef class Versions:
    cdef Numbers numbers
    cdef bint is_lists
    cdef object deadline
    # Clients, and transactions of the history; those above are outside of it.
    cdef int32_t sessions, inside
    # By transaction of the history: its client, where the session of a lost transaction is its own.
    cdef vector[int32_t] clients
    # Committed ones, those that may be, and writers outside the history.
    cdef readonly list transactions
    # The first of each name that needs no cycle: its message and operations.
    cdef readonly dict anomalies
    # By key: its name, its versions by value, and the longest list read with the operation that read it.
    cdef list keys, versions, longest
    # By version: its value.
    cdef list values
    # The numbers of keys by name; the operations of failed transactions by the version that they wrote.
    cdef dict key_numbers, aborted

    cdef _report(self, str name, str message, tuple operations)
    cdef int32_t _key(self, key) except -1
    cdef int32_t _add_version(self, int32_t key, value, int32_t writer) except -1
    cdef int32_t _session(self, dict sessions, process, bint is_lost) except -1
    cdef _collect(self, history)
    cdef _collect_write(self, int32_t at, int32_t key, value, vector[int32_t]& last_writer, vector[int32_t]& last_final)
    cdef int32_t _version(self, int32_t key, value) except -1
    cdef _add_read(self, int32_t reader, int32_t version)
    cdef _read_lists(self, int32_t at)
    cdef _see_list(self, int32_t at, int32_t key, tuple seen)
    cdef _extend(self, int32_t at, int32_t key, tuple values)
    cdef _report_duplicate(self, int32_t key, tuple seen, operation)
    cdef _check_future(self, int32_t at, int32_t key, value, known)
    cdef _check_parts(self)
    cdef _check_orders(self)
    cdef _report_aborted(self, int32_t version, writer, operation)
    cdef _read_registers(self, int32_t at)
    cdef _check_intermediate(self)
