# distutils: language = c++
"""Keys whose texts grow by unique pieces: put and append, and reads that tell all written since the last put.

No piece is the beginning of another, so a text falls into pieces in one way. A read names its *epoch* (the put that its
text begins with, or the beginning of the history) and every append since. All texts of one epoch are beginnings of its
longest one, which fixes the order of the epoch's appends and reads. An epoch then behaves as a value of a register does
with its write and its reads, and an append that nobody read as a write that nobody read: Gibbons and Korach's zones
decide (``unique_values.hpp``).

*Cost*: linear in the length of all texts, and O(n log n) in the operations.
"""

from libc.stdint cimport int32_t, int64_t
from libcpp cimport bool as cbool
from libcpp.vector cimport vector

from modelcheck.consistency.objects.sequential import UNKNOWN as UNKNOWN_


cdef extern from "steps.hpp" namespace "consistency" nogil:
    int64_t NEVER "consistency::NEVER"

    cdef cppclass Interval "consistency::Operation":
        int64_t call
        int64_t finish
        int32_t kind


cdef extern from "events.hpp" namespace "consistency" nogil:
    void rank(vector[Interval]&) except +


cdef extern from "unique_values.hpp" namespace "consistency" nogil:
    cdef cppclass Cluster:
        int64_t write_begin
        int64_t write_end
        int64_t last_call
        int64_t first_return

    cbool register_holds(const vector[Cluster]&) except +


cdef object UNKNOWN = UNKNOWN_

cdef enum:
    GET = 0
    PUT = 1
    APPEND = 2


def decide_texts(operations, deadline):
    """Whether the operations of one key that is absent at first are linearizable; ``None`` if pieces are no unique texts.

    Args:
        operations: ``get``, ``put`` and ``append`` of one key, whose absent text is empty.
        deadline: When to raise ``LimitReached``.
    """
    cdef Key key = Key.__new__(Key)
    key.deadline = deadline
    return key.holds() if key.read(operations) else None


cdef class Key:
    """The operations of one key with their ranks in time, and where each piece was written."""

    cdef vector[Interval] intervals  # by operation; the kind is GET, PUT or APPEND
    cdef vector[Cluster] clusters
    cdef vector[cbool] seen          # by operation: whether some read tells this write
    cdef list texts                  # by operation: the text read (None: unknown), or the piece written
    cdef dict pieces                 # the operation that wrote a piece
    cdef list lengths                # of pieces
    cdef object deadline

    cdef bint read(self, operations) except -1:
        """Take the operations; whether their pieces are unique texts of which none is the beginning of another."""
        cdef Interval interval
        cdef str longer, shorter = ""
        self.pieces, self.texts = {}, []
        self.intervals.reserve(len(operations))
        for operation in operations:
            name, finish, text = operation.name, operation.finish, operation.result
            if name == "get":
                interval.kind = GET
                if text is UNKNOWN or finish is None:
                    text = None
                elif not isinstance(text, str):
                    return False
            else:
                if not (text is None or text is UNKNOWN):
                    return False
                interval.kind = PUT if name == "put" else APPEND
                text = operation.argument[1]
                if not isinstance(text, str) or not text or text in self.pieces:
                    return False
                self.pieces[text] = len(self.texts)
            interval.call = operation.call
            interval.finish = NEVER if finish is None else finish
            self.intervals.push_back(interval)
            self.texts.append(text)
        for longer in sorted(self.pieces):
            if shorter and longer.startswith(shorter):
                return False
            shorter = longer
        self.lengths = sorted({len(piece) for piece in self.pieces})
        rank(self.intervals)
        self.seen.resize(self.intervals.size())
        return True

    cdef holds(self):
        """Whether each epoch is in order, and the zones of all lie well."""
        cdef size_t at
        cdef dict epochs = self.epochs()
        if epochs is None:
            return False
        for first, reads in epochs.items():
            self.deadline.check()
            chain = self.chain(reads)
            if chain is None or not self.add_epoch(first, chain, reads):
                return False
        for at in range(self.intervals.size()):
            if self.intervals[at].kind != GET and not self.seen[at] and self.intervals[at].finish != NEVER:
                self.add_cluster(self.intervals[at].call, self.intervals[at].finish)
        return bool(register_holds(self.clusters))

    cdef dict epochs(self):
        """The reads of each epoch by their text; the epoch is that of a put, or -1 for the beginning."""
        cdef dict found = {-1: {"": []}}
        cdef Py_ssize_t at
        cdef int32_t first
        for at in range(len(self.texts)):
            text = self.texts[at]
            if self.intervals[at].kind != GET or text is None:
                continue
            first = -1
            if text:
                first = self.piece_at(<str>text, 0)
                if first < 0:
                    return None
                if self.intervals[first].kind != PUT:
                    first = -1
            (<list>(<dict>found.setdefault(first, {})).setdefault(text, [])).append(at)
        return found

    cdef int32_t piece_at(self, str text, Py_ssize_t start) except -2:
        """The operation that wrote the piece at a place of a text, or -1."""
        cdef Py_ssize_t length
        for length in self.lengths:
            found = self.pieces.get(text[start:start + length])
            if found is not None:
                return found
        return -1

    cdef list chain(self, dict reads):
        """The writes that the longest text consists of, each with the length of the text after it; or ``None``."""
        cdef str longest = max(reads, key=len)
        cdef list found = []
        cdef Py_ssize_t start = 0
        cdef int32_t at
        while start < len(longest):
            if len(found) % 1024 == 1023:
                self.deadline.check()
            at = self.piece_at(longest, start)
            if at < 0 or (start > 0 and self.intervals[at].kind == PUT):
                return None
            start += len(<str>self.texts[at])
            found.append((at, start))
        lengths = {0}
        lengths.update([end for _, end in found])
        for text in reads:
            if not longest.startswith(text) or len(text) not in lengths:
                return None
        return found

    cdef bint add_epoch(self, int32_t first, list chain, dict reads) except -1:
        """Whether the epoch's operations can happen in their order; adds its zone."""
        cdef dict by_length = {len(text): group for text, group in reads.items()}
        cdef int64_t latest_call = -1, first_return = -1 if first < 0 else NEVER
        cdef int32_t at
        latest_call, first_return = self.after(by_length.get(0, ()), latest_call, first_return)
        for write, end in chain:
            at = write
            if self.seen[at] or self.intervals[at].finish < latest_call:
                return False
            self.seen[at] = True
            latest_call = max(latest_call, self.intervals[at].call)
            first_return = min(first_return, self.intervals[at].finish)
            group = by_length.get(end, ())
            for read in group:
                at = read
                if self.intervals[at].finish < latest_call:
                    return False
            latest_call, first_return = self.after(group, latest_call, first_return)
        self.add_cluster(latest_call, first_return)
        return True

    cdef tuple after(self, group, int64_t latest_call, int64_t first_return):
        """The last call and the first return when those of a group of reads count too."""
        cdef int32_t at
        for read in group:
            at = read
            latest_call = max(latest_call, self.intervals[at].call)
            first_return = min(first_return, self.intervals[at].finish)
        return latest_call, first_return

    cdef int add_cluster(self, int64_t last_call, int64_t first_return) except -1:
        cdef Cluster cluster
        cluster.write_begin, cluster.write_end = last_call, first_return
        cluster.last_call, cluster.first_return = -1, NEVER
        self.clusters.push_back(cluster)
        return 0
