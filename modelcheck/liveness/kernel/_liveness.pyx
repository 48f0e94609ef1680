# distutils: language = c++
"""The native analysis of liveness; `_liveness.pyi` says what it promises.

The logic is in the headers beside this file. Here arguments are checked, the interpreter's lock is released, and results become Python objects.
"""

from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libcpp cimport bool as cbool
from libcpp.memory cimport unique_ptr
from libcpp.vector cimport vector

from modelcheck.liveness.kernel._liveness cimport CGraph, CRow, Edge, Expanded, OUTSIDE, RowLog, Steps


cdef extern from "modelcheck/liveness/kernel/loop.hpp" namespace "modelcheck" nogil:
    cdef enum class Kind(uint8_t):
        pass

    cdef cppclass Question:
        Kind kind
        uint32_t goal
        uint32_t premise

    cdef cppclass Fairness:
        Fairness() noexcept
        vector[uint32_t] requirement_of
        vector[uint8_t] strong

    cdef cppclass Poll:
        cbool (*ask)(void*) noexcept
        void* whom

    cdef cppclass StateSet:
        pass

    cdef cppclass CAnalysis "modelcheck::Analysis":
        CAnalysis(const CGraph& graph, const Question& question, const Fairness& fairness, Poll poll) except +
        void run() except +
        cbool violated() noexcept
        cbool premise_met() noexcept
        uint64_t leaving_steps() noexcept
        uint64_t fair_states() noexcept
        const StateSet& fair() noexcept
        const StateSet& leaving() noexcept

    cdef cppclass Loop:
        Loop(CAnalysis& analysis) except +
        vector[Edge] through(uint32_t state) except +


cdef extern from "modelcheck/liveness/kernel/stem.hpp" namespace "modelcheck" nogil:
    cdef cppclass Stem:
        Stem(CAnalysis& analysis, const uint64_t* fingerprints) except +
        vector[uint32_t] to(const StateSet& targets) except +


EVENTUALLY, LEADS_TO, ALWAYS_EVENTUALLY, EVENTUALLY_ALWAYS = range(4)
NO_REQUIREMENT = 0xFFFFFFFF


cdef class Rows:
    """Rows that are written from Python, for tests."""

    cdef unique_ptr[RowLog] log
    cdef readonly uint32_t least_size  # More than each number in it.

    def __cinit__(self, uint32_t stride=1):
        if stride == 0:
            raise ValueError("a stride is at least 1")
        self.log.reset(new RowLog(stride))
        self.least_size = 0

    def add(self, uint32_t source, *, bits=(), inside=(), outside=()):
        cdef Expanded row
        cdef uint64_t target
        cdef uint32_t label
        row.source = source
        for which in bits:
            while row.bits.size() <= which // 64:
                row.bits.push_back(0)
            row.bits[which // 64] |= <uint64_t>1 << <uint32_t>(which % 64)
        for target, label in inside:
            if target == source or target >= OUTSIDE - 1:
                raise ValueError("a step leads to another state, with a number below 2**32 - 2")
            row.inside.push_back(target << 32 | label)
            self.least_size = max(self.least_size, <uint32_t>target + 1)
        for label in outside:
            row.outside.push_back(label)
        self.least_size = max(self.least_size, source + 1)
        self.log.get().append(row)

    @property
    def bytes(self):
        return self.log.get().bytes()


cdef class Graph:
    """The states that were expanded and the steps between them."""

    @staticmethod
    def of(rows, initial):
        """The graph of rows from Python."""
        cdef Graph made = Graph.__new__(Graph)
        cdef vector[const RowLog*] logs
        cdef vector[uint32_t] first = initial
        cdef uint32_t size = max(initial, default=0) + 1
        made.owner = tuple(rows)
        for each in made.owner:
            logs.push_back((<Rows?>each).log.get())
            size = max(size, (<Rows?>each).least_size)
        made.graph.reset(new CGraph(logs, first, size))
        return made

    def __len__(self):
        return self.graph.get().rows()

    @property
    def numbers(self):
        return self.graph.get().size()

    def steps(self, uint32_t state):
        """The steps out of a state: where to, None for out of the bounds, and the label; None if it was not expanded."""
        cdef CRow row
        cdef Edge edge
        if not self.graph.get().has(state):
            return None
        row = self.graph.get().row(state)
        cdef unique_ptr[Steps] steps
        steps.reset(new Steps(row))
        found = []
        while steps.get().next(edge):
            found.append((None if edge.target == OUTSIDE else edge.target, edge.label))
        return found

    def without_step(self, group_of, uint32_t groups):
        """Which of some groups of labels have no step."""
        cdef vector[uint32_t] given = group_of
        cdef vector[uint32_t] found
        with nogil:
            found = self.graph.get().without_step(given, groups)
        return list(found)

    def bit(self, uint32_t state, uint32_t which):
        """Whether a predicate is true in a state that was expanded."""
        if not self.graph.get().has(state):
            raise ValueError(f"state {state} was not expanded")
        return self.graph.get().row(state).bit(which)


cdef class _Asking:
    """What an analysis asks now and then, and the exception with which that told it to stop."""

    cdef object callable
    cdef object error

    def __cinit__(self, callable):
        self.callable = callable


cdef cbool ask(void* whom) noexcept with gil:
    cdef _Asking asking = <_Asking>whom
    try:
        asking.callable()
    except BaseException as error:
        asking.error = error
        return True
    return False


cdef class Analysis:
    """One question asked of a graph."""

    cdef Graph graph  # Kept alive for the analysis.
    cdef Fairness fairness
    cdef _Asking asking
    cdef unique_ptr[CAnalysis] analysis

    def __cinit__(self, Graph graph not None, *, int kind, uint32_t goal, uint32_t premise=0, requirement_of, strong, poll=None):
        if not 0 <= kind < 4:
            raise ValueError(f"no such kind of property: {kind}")
        cdef Question question
        cdef Poll asked
        cdef uint32_t requirement
        question.kind = <Kind><uint8_t>kind
        question.goal = goal
        question.premise = premise
        cdef uint8_t strength
        for hard in strong:
            strength = 1 if hard else 0
            self.fairness.strong.push_back(strength)
        for requirement in requirement_of:
            if requirement != <uint32_t>0xFFFFFFFF and requirement >= self.fairness.strong.size():
                raise ValueError(f"no such requirement: {requirement}")
            self.fairness.requirement_of.push_back(requirement)
        self.graph = graph
        asked.ask = NULL
        asked.whom = NULL
        if poll is not None:
            self.asking = _Asking(poll)
            asked.ask = ask
            asked.whom = <void*>self.asking
        self.analysis.reset(new CAnalysis(graph.graph.get()[0], question, self.fairness, asked))

    cdef object failed(self, error):
        """What to raise for an error: the exception that told it to stop, if that is why."""
        return error if self.asking is None or self.asking.error is None else self.asking.error

    def run(self):
        cdef CAnalysis* analysis = self.analysis.get()
        try:
            with nogil:
                analysis.run()
        except RuntimeError as error:
            raise self.failed(error) from None

    @property
    def violated(self):
        return self.analysis.get().violated()

    @property
    def premise_met(self):
        return self.analysis.get().premise_met()

    @property
    def leaving_steps(self):
        return self.analysis.get().leaving_steps()

    @property
    def fair_states(self):
        return self.analysis.get().fair_states()

    def lasso(self, const uint64_t[::1] fingerprints not None):
        cdef CAnalysis* analysis = self.analysis.get()
        cdef vector[Edge] steps
        if not analysis.violated():
            raise ValueError("there is no fair run that violates the property")
        stem = self.way(fingerprints, True)
        cdef uint32_t last = stem[len(stem) - 1]
        cdef unique_ptr[Loop] loop
        loop.reset(new Loop(analysis[0]))
        try:
            with nogil:
                steps = loop.get().through(last)
        except RuntimeError as error:
            raise self.failed(error) from None
        return stem, [(step.label, step.target) for step in steps]

    def way_out(self, const uint64_t[::1] fingerprints not None):
        if not self.analysis.get().leaving_steps():
            raise ValueError("no run leaves the bounds while the property is pending")
        stem = self.way(fingerprints, False)
        return stem, [label for target, label in self.graph.steps(stem[len(stem) - 1]) if target is None]

    cdef list way(self, const uint64_t[::1] fingerprints, bint fair):
        cdef CAnalysis* analysis = self.analysis.get()
        cdef const uint64_t* keys = NULL
        cdef vector[uint32_t] path
        cdef unique_ptr[Stem] stem
        if fingerprints.shape[0] < <Py_ssize_t>self.graph.graph.get().size():
            raise ValueError("there are fewer fingerprints than numbers of states")
        keys = &fingerprints[0]
        stem.reset(new Stem(analysis[0], keys))
        try:
            with nogil:
                path = stem.get().to(analysis.fair() if fair else analysis.leaving())
        except RuntimeError as error:
            raise self.failed(error) from None
        return list(path)
