# distutils: language = c++
"""What transactions tell about the order of versions, the graph of their dependencies, and orders that nothing tells.

A *version* of a key is what one write left. List-append reveals the whole order of a key's versions, because every read
of a list contains those before it; for registers only the first version is known, and the order is searched for.

*Choices*, as Elle's (Kingsbury and Alvaro, "Elle", VLDB 2020): values are unique per key; what an aborted transaction
wrote must not be read (G1a), nor what its writer overwrote itself (G1b); a transaction must see its own writes
(``internal``). A value that nobody wrote is taken to be written by somebody outside the history, at any time. A
transaction whose outcome is unknown counts as committed once something that it wrote was seen. A value that one
transaction wrote and aborted, and another wrote again, is the other's.
"""

from cpython.exc cimport PyErr_CheckSignals
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libcpp cimport bool as boolean
from libcpp.vector cimport vector

from attrs import evolve

from modelcheck.consistency._equality cimport exact
from modelcheck.consistency._equality import kept
from modelcheck.consistency.history import Operation
from modelcheck.limits.deadline import MEMORY_UP, TIME_UP, LimitReached
from modelcheck.consistency.objects.sequential import UNKNOWN
from modelcheck.errors import HistoryError


cdef extern from "dependencies.hpp" namespace "consistency" nogil:
    cdef cppclass Dependencies:
        Dependencies(int32_t) except +
        int32_t nodes() const
        void add(int32_t, int32_t, uint8_t) except +
        boolean is_acyclic(uint8_t) except +
        vector[int32_t] cycle(uint8_t, uint8_t, size_t) except +
        int32_t edge_from(int32_t) const
        int32_t edge_to(int32_t) const
        uint8_t edge_kind(int32_t) const
        int32_t edges() const


cdef extern from "polygraph.hpp" namespace "consistency" nogil:
    cdef enum Shape "consistency::Polygraph::Shape":
        kPlain "consistency::Polygraph::kPlain"
        kSnapshot "consistency::Polygraph::kSnapshot"
        kPrefix "consistency::Polygraph::kPrefix"
        kCursor "consistency::Polygraph::kCursor"

    cdef cppclass Polygraph:
        cppclass Edge:
            Edge() except +
            int32_t from_ "from"
            int32_t to
            uint8_t kind
        Polygraph(int32_t, Shape) except +
        boolean pair_up(size_t) except +


cdef extern from "order_search.hpp" namespace "consistency" nogil:
    cdef enum OrderAnswer "consistency::OrderSearch::Answer":
        kHolds "consistency::OrderSearch::kHolds"
        kViolated "consistency::OrderSearch::kViolated"
        kOrderNoTime "consistency::OrderSearch::kNoTime"
        kOrderStopped "consistency::OrderSearch::kStopped"

    cdef cppclass OrderSearch:
        OrderSearch(const Polygraph&, double, size_t, boolean (*)(void*) noexcept, void*) except +
        OrderAnswer run(const vector[int32_t]&) except +
        vector[Polygraph.Edge] edges() except +


cdef extern from "facts.hpp" namespace "consistency" nogil:
    cdef cppclass Final "consistency::Facts::Final":
        int32_t writer
        int32_t version
    cdef cppclass Read "consistency::Facts::Read":
        int32_t reader
        int32_t version
    cdef cppclass Update "consistency::Facts::Update":
        int32_t by
        int32_t key
        int32_t before
        int32_t after
    cdef cppclass Lost "consistency::Facts::Lost":
        int32_t one
        int32_t other
        int32_t version
    cdef cppclass Numbers "consistency::Facts":
        vector[uint8_t] committed
        vector[int32_t] key
        vector[int32_t] writer
        vector[int32_t] previous
        vector[uint8_t] is_final
        vector[int32_t] place
        vector[int32_t] first
        vector[vector[int32_t]] order
        vector[Final] finals
        vector[Read] reads
        vector[int32_t] session
        int32_t add_key() except +
        int32_t add_version(int32_t, int32_t) except +
        void extend(int32_t, int32_t) except +
        vector[uint8_t] included() except +
        void add_reads(Dependencies&) except +
        void add_orders(Dependencies&) except +
        @staticmethod
        void add_certain(Polygraph&, const Dependencies&, uint8_t) except +
        void add_registers(Polygraph&) except +
        void add_unread(Polygraph&) except +
        Update overtaken() except +
        Lost lost_update() except +


cdef extern from "schedule.hpp" namespace "consistency" nogil:
    cdef cppclass Schedule:
        vector[int32_t] order
        Schedule(const Numbers&, const Dependencies&, uint8_t) except +
        boolean run() except +


cdef extern from "saturation.hpp" namespace "consistency" nogil:
    cdef enum Level "consistency::Saturation::Level":
        kReadCommitted "consistency::Saturation::kReadCommitted"
        kReadAtomic "consistency::Saturation::kReadAtomic"
        kCausal "consistency::Saturation::kCausal"
    cdef enum SaturationAnswer "consistency::Saturation::Answer":
        kAdded "consistency::Saturation::kAdded"
        kStale "consistency::Saturation::kStale"
        kNoTime "consistency::Saturation::kNoTime"

    cdef cppclass Forced "consistency::Saturation::Forced":
        int32_t before
        int32_t after
        Read read

    cdef cppclass Saturation:
        vector[Forced] forced
        int32_t writer
        int32_t reader
        Saturation(const Numbers&, Dependencies&, double, size_t) except +
        SaturationAnswer run(Level) except +


cdef extern from "parallel.hpp" namespace "consistency" nogil:
    cdef enum ParallelAnswer "consistency::Parallel::Answer":
        kParallelHolds "consistency::Parallel::kHolds"
        kParallelViolated "consistency::Parallel::kViolated"
        kParallelNoTime "consistency::Parallel::kNoTime"
    cdef cppclass ParallelEdge "consistency::Parallel::Edge":
        int32_t from_ "from"
        int32_t to
        uint8_t kind
    cdef cppclass Parallel:
        Parallel(const Numbers&, const Dependencies&, uint8_t, double, size_t) except +
        ParallelAnswer run() except +
        vector[ParallelEdge] edges() except +


cdef extern from "instants.hpp" namespace "consistency" nogil:
    cdef cppclass Instants:
        void call(int64_t, int32_t) except +
        void finish(int64_t, int32_t) except +
        void add_to(Dependencies&, int32_t) except +


cdef size_t MOST_WORK = 20_000_000  # edges looked at for a shortest cycle


cdef class Graph:
    """A directed graph whose edges have kinds, each one bit of eight.

    Nodes are numbered from 0. All questions name the kinds of edges that they may use.
    """

    cdef Dependencies* graph

    def __cinit__(self, int32_t nodes):
        if nodes < 0:
            raise ValueError("a graph has no negative number of nodes")
        self.graph = new Dependencies(nodes)

    def __dealloc__(self):
        del self.graph

    def add(self, int32_t before, int32_t after, uint8_t kind):
        """Add an edge; one from a node to itself is left out."""
        if not (0 <= before < self.graph.nodes() and 0 <= after < self.graph.nodes()):
            raise IndexError(f"there is no edge from {before} to {after}")
        if before != after:
            self.graph.add(before, after, kind)

    def is_acyclic(self, uint8_t kinds):
        """Whether edges of some kinds make no cycle."""
        cdef boolean found
        with nogil:
            found = self.graph.is_acyclic(kinds)
        return found

    def cycle(self, uint8_t through, uint8_t kinds):
        """A shortest cycle of an edge of one kind of ``through`` and a way back by ``kinds``, as triples.

        On large graphs it is the shortest of those that a bounded search meets, and none may be found.
        """
        cdef vector[int32_t] found
        with nogil:
            found = self.graph.cycle(through, kinds, MOST_WORK)
        return [(self.graph.edge_from(at), self.graph.edge_to(at), self.graph.edge_kind(at)) for at in found]

    def doubled(self, uint8_t rw):
        """The graph with two copies of each node, for whether it was entered by an edge of kind ``rw``.

        No such edge leaves the second copy, so that its cycles are those of this graph without two of them in a row.
        """
        cdef int32_t nodes = self.graph.nodes()
        cdef int32_t at, before, after
        cdef uint8_t kind
        cdef Graph double = Graph(2 * nodes)
        for at in range(self.graph.edges()):
            before, after, kind = self.graph.edge_from(at), self.graph.edge_to(at), self.graph.edge_kind(at)
            if kind == rw:
                double.graph.add(before, nodes + after, kind)
            else:
                double.graph.add(before, after, kind)
                double.graph.add(nodes + before, after, kind)
        return double

    def split(self, uint8_t ww, uint8_t rw, uint8_t own):
        """The graph with two nodes for each: what it read, and above those what it wrote, with an edge ``own`` between them.

        Edges of kind ``rw`` lead from reads to writes, those of kind ``ww`` from writes to writes, all others from writes
        to reads.
        """
        cdef int32_t nodes = self.graph.nodes()
        cdef int32_t at, before, after
        cdef uint8_t kind
        cdef Graph double = Graph(2 * nodes)
        for at in range(nodes):
            double.graph.add(at, nodes + at, own)
        for at in range(self.graph.edges()):
            before, after, kind = self.graph.edge_from(at), self.graph.edge_to(at), self.graph.edge_kind(at)
            double.graph.add(before + (0 if kind == rw else nodes), after + (nodes if kind == rw or kind == ww else 0), kind)
        return double


cdef frozenset READS = frozenset({"r", ":r"})
cdef frozenset APPENDS = frozenset({"append", ":append"})
cdef frozenset ASSIGNMENTS = frozenset({"w", ":w"})
cdef frozenset WRITES = APPENDS | ASSIGNMENTS
cdef dict LEVELS = {
    "read-committed": kReadCommitted, "monotonic-atomic-view": kReadCommitted, "read-atomic": kReadAtomic, "causal": kCausal,
}
cdef dict SHAPES = {"plain": kPlain, "snapshot": kSnapshot, "prefix": kPrefix, "cursor": kCursor}
cdef int CHECKED = 1024  # transactions between two looks at the clock


cdef boolean stop(void* asked) noexcept with gil:
    """Whether Ctrl-C or a limit ends a search; ``error`` then says which."""
    cdef Facts facts = <Facts>asked
    try:
        PyErr_CheckSignals()
        facts.deadline.check()
    except BaseException as error:
        facts.error = error
        return True
    return False


cdef class Facts:
    """What the transactions of a history read and wrote.

    Args:
        history: Its transactions.
        is_lists: Whether they append to lists; else they write registers.
        deadline: For all that is asked of them.

    Raises:
        HistoryError: An operation is no transaction, or a value was written twice.
        LimitReached: The time was up, or the memory used up.
    """

    cdef Numbers numbers
    cdef bint is_lists
    cdef object deadline, error
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
    # Edges that saturation added, with the read that forces each.
    cdef vector[Forced] forced
    # The numbers of keys by name; the operations of failed transactions by the version that they wrote.
    cdef dict key_numbers, aborted

    def __init__(self, history, bint is_lists, deadline):
        self.is_lists, self.deadline = is_lists, deadline
        self.transactions = [told_apart(operation, is_lists) for operation in history.operations]
        self.anomalies = {}
        self.keys, self.values, self.versions, self.longest = [], [], [], []
        self.key_numbers, self.aborted, self.sessions = {}, {}, 0
        try:
            self._collect(history)
            for at in range(len(history.operations)):
                if at % CHECKED == 0:
                    self.deadline.check()
                if self.numbers.committed[at]:
                    if is_lists:
                        self._read_lists(at)
                    else:
                        self._read_registers(at)
        except TypeError as error:
            raise HistoryError(
                f"a transaction holds what cannot be a key or a value: {error}",
                place=history.source,
                remedy="Keys and values are numbers, texts and tuples of them.",
            ) from error
        self._check_orders()
        self._check_intermediate()
        self.deadline.check()

    cdef _report(self, str name, str message, tuple operations):
        self.anomalies.setdefault(name, (message, operations))

    # What was written.

    cdef int32_t _key(self, key) except -1:
        """The number of a key."""
        cdef object found = self.key_numbers.get(key)
        if found is not None:
            return found
        cdef int32_t number = self.numbers.add_key()
        self.key_numbers[key] = number
        self.keys.append(key)
        self.values.append(None)
        self.versions.append({})
        self.longest.append(((), None))
        return number

    cdef int32_t _add_version(self, int32_t key, value, int32_t writer) except -1:
        cdef int32_t version = self.numbers.add_version(key, writer)
        (<dict>self.versions[key])[value] = version
        self.values.append(value)
        return version

    cdef int32_t _session(self, dict sessions, process, bint is_lost) except -1:
        """The number of a transaction's client. One that did not return is followed by nobody: its client is a new one."""
        cdef object client = sessions.get(process)
        if client is None:
            client = sessions[process] = self.sessions
            self.sessions += 1
        self.clients.push_back(client)
        if not is_lost:
            return client
        self.sessions += 1
        return self.sessions - 1

    cdef _collect(self, history):
        cdef int32_t at = 0
        cdef uint8_t committed
        cdef object step, kind, operation
        cdef dict sessions = {}
        cdef vector[int32_t] last_writer, last_final
        for operation in self.transactions:
            if at % CHECKED == 0:
                self.deadline.check()
            committed = operation.finish is not None and operation.result is not UNKNOWN
            self.numbers.committed.push_back(committed)
            self.numbers.session.push_back(self._session(sessions, operation.process, operation.finish is None))
            for step in steps_of(operation, self.is_lists):
                kind = step[0]
                if kind in WRITES:
                    self._collect_write(at, self._key(step[1]), step[2], last_writer, last_final)
            at += 1
        self.inside = at
        for final in self.numbers.finals:
            self.numbers.is_final[final.version] = 1
        for operation in history.failed:
            for step in steps_of(told_apart(operation, self.is_lists), self.is_lists):
                if step[0] in WRITES:
                    key = self._key(step[1])
                    if step[2] not in self.versions[key]:
                        self.aborted[self._add_version(key, step[2], -1)] = operation

    cdef _collect_write(
        self, int32_t at, int32_t key, value, vector[int32_t]& last_writer, vector[int32_t]& last_final
    ):
        cdef object known = (<dict>self.versions[key]).get(value)
        cdef int32_t version
        cdef Final final
        if known is None:
            version = self._add_version(key, value, at)
        else:
            version = known
            if self.numbers.writer[version] != at or self.is_lists:
                other, operation = self.transactions[self.numbers.writer[version]], self.transactions[at]
                raise HistoryError(
                    f"the value {value!r} is written to the key {self.keys[key]!r} twice, by {other} and by another",
                    place=operation.place,
                    remedy="Dependencies between transactions can only be read off when every value is written once "
                    "per key.",
                )
        last_writer.resize(self.numbers.first.size(), -1)
        last_final.resize(self.numbers.first.size(), -1)
        if last_writer[key] == at:
            self.numbers.previous[version] = self.numbers.finals[last_final[key]].version
            self.numbers.finals[last_final[key]].version = version
            return
        last_writer[key] = at
        last_final[key] = <int32_t>self.numbers.finals.size()
        final.writer, final.version = at, version
        self.numbers.finals.push_back(final)

    cdef int32_t _version(self, int32_t key, value) except -1:
        """The version with a value; one that nobody wrote was written by somebody outside the history."""
        cdef object found
        cdef Final final
        if value is None:
            return self.numbers.first[key]
        found = (<dict>self.versions[key]).get(value)
        if found is not None:
            return found
        cdef int32_t at = <int32_t>len(self.transactions)
        self.transactions.append(Operation(("outside", at), "txn", (("w", self.keys[key], value),), UNKNOWN))
        self.numbers.committed.push_back(0)
        self.numbers.session.push_back(self.sessions)
        self.sessions += 1
        final.writer, final.version = at, self._add_version(key, value, at)
        self.numbers.finals.push_back(final)
        self.numbers.is_final[final.version] = 1
        return final.version

    cdef _add_read(self, int32_t reader, int32_t version):
        cdef Read read
        read.reader, read.version = reader, version
        self.numbers.reads.push_back(read)

    # What was read from lists.

    cdef _read_lists(self, int32_t at):
        cdef object operation = self.transactions[at]
        cdef dict own = {}, known = {}
        cdef object step, value, kind
        cdef tuple seen, base
        cdef list added
        cdef int32_t key
        for step in operation.argument or ():
            kind, key = step[0], self._key(step[1])
            if kind in WRITES:
                if known:
                    self._check_future(at, key, step[2], known.get(key))
                added = own.get(key)
                if added is None:
                    own[key] = [step[2]]
                else:
                    added.append(step[2])
                continue
            value = step[2] if len(step) > 2 else None
            seen = () if value is None else value if type(value) is tuple else tuple(value)
            added = own.get(key) if own else None
            base = seen[: max(0, len(seen) - len(added))] if added else seen
            if added and seen[len(base):] != tuple(added):
                message = f"a read of {self.keys[key]!r} disagrees with what the transaction did before"
                self._report("internal", message, (operation,))
                continue
            if known.setdefault(key, base) != base:
                message = f"a read of {self.keys[key]!r} disagrees with what the transaction saw before"
                self._report("unrepeatable-read", message, (operation,))
            if added and any([mine in base for mine in added]):
                self._report_duplicate(key, seen, operation)
            self._see_list(at, key, base)

    cdef _see_list(self, int32_t at, int32_t key, tuple seen):
        cdef object operation = self.transactions[at]
        cdef tuple longest = (<tuple>self.longest[key])[0]
        cdef Py_ssize_t length = len(seen), known = len(longest), place
        cdef int32_t version
        if length <= known:
            is_prefix = seen == longest[:length]
        else:
            is_prefix = longest == seen[:known]
            if is_prefix:
                self.longest[key] = (seen, operation)
                self._extend(at, key, seen[known:])
        if not is_prefix:
            message = f"{self.keys[key]!r} was read as {list(seen)} and as {list(longest)}"
            self._report("incompatible-order", message, (operation, (<tuple>self.longest[key])[1]))
            if len(set(seen)) != length:
                self._report_duplicate(key, seen, operation)
        version = self.numbers.first[key]
        if length > 0:
            place = length - 1
            if is_prefix and length <= <Py_ssize_t>self.numbers.order[key].size():
                version = self.numbers.order[key][place]
            else:
                version = self._version(key, seen[place])
        self._add_read(at, version)

    cdef _extend(self, int32_t at, int32_t key, tuple values):
        """Lists show more of a key's order."""
        cdef int32_t version
        for value in values:
            version = self._version(key, value)
            if self.numbers.place[version] >= 0:
                self._report_duplicate(key, (<tuple>self.longest[key])[0], self.transactions[at])
            self.numbers.extend(key, version)

    cdef _report_duplicate(self, int32_t key, tuple seen, operation):
        message = f"a read of {self.keys[key]!r} has an element twice: {list(seen)}"
        self._report("duplicate-elements", message, (operation,))

    cdef _check_future(self, int32_t at, int32_t key, value, known):
        if known is not None and value in <tuple>known:
            message = f"a read of {self.keys[key]!r} has what the transaction appends later"
            self._report("future-read", message, (self.transactions[at],))

    cdef _check_parts(self):
        """What one transaction appended to a list follows each other."""
        cdef int32_t version, before
        for key in range(len(self.keys)):
            before = -1
            for version in self.numbers.order[key]:
                if self.numbers.previous[version] >= 0 and self.numbers.previous[version] != before:
                    message = (
                        f"{self.values[version]!r} in {self.keys[key]!r} does not follow "
                        f"{self.values[self.numbers.previous[version]]!r}, which the same transaction appended before it"
                    )
                    writer = self.transactions[self.numbers.writer[version]]
                    self._report("incompatible-order", message, (writer, (<tuple>self.longest[key])[1]))
                before = version

    cdef _check_orders(self):
        """No list may hold what an aborted transaction appended."""
        cdef int32_t version
        if self.is_lists:
            self._check_parts()
        if not self.aborted:
            return
        for key in range(len(self.keys) if self.is_lists else 0):
            dirty, operation = None, (<tuple>self.longest[key])[1]
            for version in self.numbers.order[key]:
                if version in self.aborted:
                    dirty = self.aborted[version]
                    self._report_aborted(version, dirty, operation)
                elif dirty is not None:
                    writer = self.transactions[self.numbers.writer[version]]
                    message = f"{self.keys[key]!r} kept a value of an aborted transaction"
                    self._report("dirty-update", message, (dirty, writer))
        for read in self.numbers.reads:
            if read.version in self.aborted:
                self._report_aborted(read.version, self.aborted[read.version], self.transactions[read.reader])

    cdef _report_aborted(self, int32_t version, writer, operation):
        key = self.keys[self.numbers.key[version]]
        self._report("G1a", f"{self.values[version]!r} in {key!r} was read, but its writer aborted", (writer, operation))

    # What was read from registers.

    cdef _read_registers(self, int32_t at):
        cdef object operation = self.transactions[at]
        cdef dict now = {}
        cdef set own = set()
        cdef object step, value
        cdef int32_t key, version
        for step in operation.argument or ():
            key = self._key(step[1])
            value = step[2] if len(step) > 2 else None
            if step[0] in WRITES:
                now[key] = value
                own.add(key)
                continue
            if key in now:
                if now[key] == value and (now[key] is None) == (value is None):
                    continue
                message = f"a read of {self.keys[key]!r} disagrees with what the transaction {'did' if key in own else 'saw'} before"
                self._report("internal" if key in own else "unrepeatable-read", message, (operation,))
            version = self._version(key, value)
            if self.numbers.writer[version] != at:
                self._add_read(at, version)
            elif key not in now:
                message = f"{value!r} was read from {self.keys[key]!r} before the transaction wrote it"
                self._report("future-read", message, (operation,))
            now.setdefault(key, value)

    cdef _check_intermediate(self):
        cdef Read read
        cdef int32_t writer
        for read in self.numbers.reads:
            writer = self.numbers.writer[read.version]
            if writer < 0 or writer == read.reader or self.numbers.is_final[read.version]:
                continue
            key = self.keys[self.numbers.key[read.version]]
            message = f"{self.values[read.version]!r} was read from {key!r}, which its writer overwrote itself"
            self._report("G1b", message, (self.transactions[writer], self.transactions[read.reader]))
            return

    # What follows.

    def graph(self):
        """The dependencies that are certain. Above the transactions, a node for the instant of each one's return."""
        cdef int32_t size = <int32_t>len(self.transactions)
        cdef Graph found = Graph(2 * size)
        cdef vector[uint8_t] included
        cdef vector[int32_t] last
        cdef Instants instants
        cdef int32_t at, client
        with nogil:
            included = self.numbers.included()
            self.numbers.add_reads(found.graph[0])
            if self.is_lists:
                self.numbers.add_orders(found.graph[0])
        last.resize(self.sessions, -1)
        try:
            for at in range(self.inside):
                operation = self.transactions[at]
                if at % CHECKED == 0:
                    self.deadline.check()
                if not included[at]:
                    continue
                client = self.clients[at]
                if last[client] >= 0:
                    found.graph.add(last[client], at, 8)
                if operation.finish is not None:
                    last[client] = at
                instants.call(operation.call, at)
                if operation.finish is not None:
                    instants.finish(operation.finish, at)
        except OverflowError as error:
            raise HistoryError(
                "a time has more than 64 bits", place=operation.place, remedy="Give times as nanoseconds at the finest."
            ) from error
        with nogil:
            instants.add_to(found.graph[0], size)
        self.deadline.check()
        return found

    def saturate(self, Graph graph, str level, size_t memory):
        """Add the edges that a weak level forces; the graph must have no cycle of sessions and reads.

        Returns a writer and a reader if the reader saw the first version of what the writer had visibly written.

        Raises:
            LimitReached: The time was up, or the memory used up.
        """
        cdef Saturation* saturation = new Saturation(
            self.numbers, graph.graph[0], self.deadline.left_s, memory
        )
        cdef Level asked = LEVELS[level]
        cdef SaturationAnswer answer
        try:
            with nogil:
                answer = saturation.run(asked)
            self.forced = saturation.forced
            if answer == kAdded:
                return None
            if answer == kStale:
                return self.transactions[saturation.writer], self.transactions[saturation.reader]
        finally:
            del saturation
        raise LimitReached(TIME_UP if answer == kNoTime else MEMORY_UP)

    def forcing(self, int32_t before, int32_t after):
        """The read that forces an edge which saturation added: its transaction, the key and the value; or ``None``."""
        cdef Forced found
        for found in self.forced:
            if found.before == before and found.after == after:
                key = self.keys[self.numbers.key[found.read.version]]
                return self.transactions[found.read.reader], key, self.values[found.read.version]
        return None

    def lost_update(self):
        """Two transactions that read one version of a key and both wrote the key, with the key; or ``None``."""
        cdef Lost found = self.numbers.lost_update()
        if found.version < 0:
            return None
        return self.transactions[found.one], self.transactions[found.other], self.keys[self.numbers.key[found.version]]

    def overtaken(self):
        """Who appended to a list what it had read, though others came between, with the key; or ``None``."""
        cdef Update found = self.numbers.overtaken()
        return None if found.by < 0 else (self.transactions[found.by], self.keys[found.key])

    def runs_in_order(self, Graph graph, uint8_t kinds):
        """Whether the transactions can be run one at a time, in the order of their calls as far as that is possible.

        ``False`` means nothing. Registers only.

        Args:
            graph: That of these facts.
            kinds: Of its edges, those that the order must keep.
        """
        cdef vector[int32_t] order
        return self._run(graph, kinds, order)

    cdef bint _run(self, Graph graph, uint8_t kinds, vector[int32_t]& order) except -1:
        cdef Schedule* schedule = new Schedule(self.numbers, graph.graph[0], kinds)
        cdef boolean is_done
        try:
            with nogil:
                is_done = schedule.run()
            order.swap(schedule.order)
        finally:
            del schedule
        self.deadline.check()
        return is_done

    def search(self, Graph graph, uint8_t kinds, str shape, double seconds, size_t memory):
        """Look for an order of the versions that no read puts in order.

        Args:
            graph: That of these facts.
            kinds: Of its edges, those that the order must keep.
            shape: Which cycles are forbidden: ``plain`` all, ``snapshot``, ``prefix`` and ``cursor`` those of these levels.
            seconds: For this search.
            memory: Of the search, in bytes.

        Returns:
            Edges of a contradiction; nothing if there is an order.

        Raises:
            LimitReached: The time was up, or the memory used up.
        """
        cdef Polygraph* polygraph = new Polygraph(graph.graph.nodes(), SHAPES[shape])
        cdef OrderSearch* search = NULL
        cdef Polygraph.Edge edge
        cdef boolean is_done
        cdef OrderAnswer answer
        cdef vector[int32_t] wish
        try:
            if not self.is_lists and self._run(graph, kinds, wish):
                return []
            with nogil:
                Numbers.add_certain(polygraph[0], graph.graph[0], kinds)
                if self.is_lists:
                    self.numbers.add_unread(polygraph[0])
                else:
                    self.numbers.add_registers(polygraph[0])
                is_done = polygraph.pair_up(memory)
            if not is_done:
                raise LimitReached(MEMORY_UP)
            search = new OrderSearch(polygraph[0], min(seconds, self.deadline.left_s), memory, &stop, <void*>self)
            with nogil:
                answer = search.run(wish)
            if answer == kOrderStopped:
                raise self.error
            if answer == kHolds:
                return []
            if answer == kViolated:
                return [(edge.from_, edge.to, edge.kind) for edge in search.edges()]
        finally:
            del search
            del polygraph
        raise LimitReached(TIME_UP if answer == kOrderNoTime else MEMORY_UP)

    def parallel(self, Graph graph, uint8_t kinds, size_t memory):
        """As :meth:`search`, for parallel snapshot isolation."""
        cdef Parallel* search = new Parallel(self.numbers, graph.graph[0], kinds, self.deadline.left_s, memory)
        cdef ParallelAnswer answer
        cdef ParallelEdge edge
        try:
            with nogil:
                answer = search.run()
            if answer == kParallelHolds:
                return []
            if answer == kParallelViolated:
                return [(edge.from_, edge.to, edge.kind) for edge in search.edges()]
        finally:
            del search
        raise LimitReached(TIME_UP if answer == kParallelNoTime else MEMORY_UP)


cdef told_apart(operation, bint is_lists):
    """The operation with its keys and values such that those of different types are different."""
    cdef object given = operation.argument, step, value
    if type(given) is not tuple and type(given) is not list:
        return operation
    for step in given:
        if type(step) is tuple and len(<tuple>step) > 1 and exact(step) is not step:
            return evolve(operation, argument=tuple([told_apart_step(step, is_lists) for step in given]))
    return operation


cdef told_apart_step(step, bint is_lists):
    if type(step) is not tuple or not 1 < len(<tuple>step) <= 3:
        return step
    parts = [step[0], kept(step[1])]
    for value in step[2:]:
        if is_lists and step[0] in READS and type(value) in (tuple, list):
            parts.append(tuple(map(kept, value)))
        else:
            parts.append(kept(value))
    return tuple(parts)


def steps_of(operation, bint is_lists):
    """The steps of a transaction, which are triples, or pairs of a read and its key."""
    cdef object given = operation.argument or (), step
    cdef frozenset writes = APPENDS if is_lists else ASSIGNMENTS
    cdef bint is_fine = operation.name == "txn" and (type(given) is tuple or type(given) is list)
    if is_fine:
        for step in given:
            is_fine = type(step) is tuple and 1 < len(step) <= 3 and isinstance(step[0], str)
            if is_fine and step[0] in READS:
                is_fine = not is_lists or len(step) == 2 or step[2] is None or type(step[2]) in (tuple, list)
            elif is_fine:
                is_fine = step[0] in writes and len(step) == 3
            if not is_fine:
                break
    if not is_fine:
        raise HistoryError(
            f"{operation} is no transaction on {'lists' if is_lists else 'registers'}",
            place=operation.place,
            remedy='A transaction is a list of steps such as ["append", 3, 1] and ["r", 3, [1]], or, of registers, '
            '["w", 3, 1] and ["r", 3, null]; name another model with --model.',
        )
    return given
