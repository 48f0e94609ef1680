# distutils: language = c++
"""What follows from the versions that transactions wrote and read: their dependencies, and orders that nothing tells."""

from cpython.exc cimport PyErr_CheckSignals
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, uint8_t
from libcpp cimport bool as boolean
from libcpp.vector cimport vector

from modelcheck.consistency.isolation.kernel._graph cimport Graph
from modelcheck.consistency.isolation.kernel._versions cimport CHECKED, Versions
from modelcheck.consistency.isolation.kernel.native cimport (
    Forced, Instants, Level, Lost, Numbers, OrderAnswer, OrderSearch, Parallel, ParallelAnswer, ParallelEdge, Polygraph,
    Saturation, SaturationAnswer, Schedule, Update, kAdded, kCausal, kCursor, kHolds, kNoTime, kOrderNoTime, kOrderStopped,
    kParallelHolds, kParallelNoTime, kParallelViolated, kPlain, kPrefix, kReadAtomic, kReadCommitted, kSnapshot, kStale,
    kViolated,
)

from modelcheck.errors import HistoryError
from modelcheck.limits.deadline import MEMORY_UP, TIME_UP, LimitReached

cdef dict LEVELS = {
    "read-committed": kReadCommitted, "monotonic-atomic-view": kReadCommitted, "read-atomic": kReadAtomic, "causal": kCausal,
}
cdef dict SHAPES = {"plain": kPlain, "snapshot": kSnapshot, "prefix": kPrefix, "cursor": kCursor}


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


cdef class Facts(Versions):
    """The versions of a history, and the questions about them."""

    # What ended a search from within.
    cdef object error
    # Edges that saturation added, with the read that forces each.
    cdef vector[Forced] forced

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
