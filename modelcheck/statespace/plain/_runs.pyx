# distutils: language = c++
"""Runs of actions and properties on ordinary objects; `_runs.pyi` says what for."""

from cpython.pythread cimport PyThread_get_thread_ident
from libc.stdint cimport uint32_t, uint64_t
from libcpp cimport bool as cbool
from libcpp.vector cimport vector
from posix.time cimport CLOCK_MONOTONIC, clock_gettime, timespec
from modelcheck.statespace.kernel._kernel cimport Asked, CState, Ids, Outcomes, PlainRuns as CPlainRuns, Space, kFalse, kTrue, plain_cut, plain_effect
from modelcheck.statespace.plain._live cimport Live

from modelcheck.spec import LIVENESS, STEPS, Role
from modelcheck.spec.choice import Cut, Disabled, choosing, is_stray
from modelcheck.spec.run import check_choices, next_script, options_of, truth
from modelcheck.statespace.kernel import _kernel as kernel
from modelcheck.statespace.plain._containers import COLLECTIONS
from modelcheck.statespace.plain._places import DeviationError

cdef uint64_t PAYS = 4         # Recording has paid if each recorded run has spared this many;
cdef uint64_t MORE = 4         # then this many times as many may be recorded.
cdef uint64_t SAMPLED = 1024   # One in so many is recorded all the same, and so repeated and compared,
cdef uint64_t TWICE = 32       # and one in so many is made twice.
cdef uint64_t MOST_DEVIATIONS = 16
cdef double LASTS_S = 0.02     # After this time runs in a row are another run for the watch.
cdef int DISABLED = kernel.DISABLED, CUT = kernel.CUT, EFFECT = kernel.EFFECT, TRUE = kernel.TRUE, FALSE = kernel.FALSE


cdef double now() noexcept:
    cdef timespec time
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec + time.tv_nsec * 1e-9


cdef class Chooser:
    """Makes the choices of the script, by the kinds of the tree's nodes, and those after it in order."""

    cdef list given
    cdef uint64_t elements
    cdef Py_ssize_t at
    cdef list wanted
    cdef list taken
    cdef list cells
    cdef cbool deviated

    def __init__(self, cells):
        self.cells = cells
        self.deviated = False

    cdef begin(self, list given, uint64_t elements, Py_ssize_t at, list wanted):
        self.given = given
        self.elements = elements
        self.at = at
        self.wanted = wanted
        self.taken = []

    def pick(self, options):
        """See `modelcheck.spec.choice.Chooser`."""
        cdef Py_ssize_t at = self.at, beyond = at - len(self.given)
        self.at += 1
        check_choices(at)
        if beyond < 0 and at < 64 and self.elements >> at & 1:
            return self.cells[self.given[at]].element
        if beyond >= 0 and type(options) in COLLECTIONS:
            return self.deviate()  # Recorded runs take its elements in the order of their cells.
        found = options_of(options)
        if not found:
            raise Disabled
        option = self.given[at] if beyond < 0 else self.wanted[beyond] if beyond < len(self.wanted) else 0
        if option >= len(found):
            return self.deviate()
        if beyond >= 0:
            self.taken.append((len(found), option))
        return found[option]

    cdef object deviate(self):
        self.deviated = True
        raise DeviationError


cdef class Known:
    """A tree, and what has come of running it plainly."""

    cdef object tree
    cdef object declared
    cdef object owner
    cdef str method
    cdef tuple role
    cdef list prefix
    cdef uint64_t allowed, runs, deviations
    cdef Py_ssize_t inside
    cdef dict arguments
    cdef cbool varies, off, acts, steps, covered, writes

    def __init__(self, tree, allowed):
        self.tree = tree
        self.declared = tree.declared
        self.owner = tree.declared.owner
        self.method = tree.declared.method
        self.prefix = [option for _, option in tree.prefix]
        self.allowed = allowed
        self.inside = -1
        self.arguments = {}
        self.acts = tree.declared.role is Role.ACTION
        self.steps = tree.declared.role in STEPS


cdef class PlainRuns:
    """See `_runs.pyi`."""

    cdef CPlainRuns runs
    cdef Space space
    cdef Live live, after
    cdef Chooser chooser
    cdef dict known
    cdef dict contexts
    cdef dict pending
    cdef readonly double seconds
    cdef object machine, layout, lock, coverage, repeats, labels, writers

    def __init__(self, machine, layout, Space space, trees, lock, coverage, repeats, labels, writers, generous):
        self.machine, self.layout, self.lock, self.coverage = machine, layout, lock, coverage
        self.repeats, self.labels, self.writers = repeats, labels, writers
        self.chooser = Chooser(layout.cells)
        self.contexts = {}
        self.pending = {}
        self.known = {}
        several = {}
        for tree in trees.values():
            if tree.declared is not None:
                several[tree.declared] = several.get(tree.declared, 0) + 1
        for index, tree in trees.items():
            if tree.declared is not None and tree.declared.role not in LIVENESS:
                self.known[index] = Known(tree, max(generous // several[tree.declared], generous // 20))
        try:
            self.live = Live(machine, layout)
        except DeviationError:
            return
        self.runs.run = &_run
        self.runs.self = <void*>self
        self.space = space
        space.space.get().set_plain(&self.runs)

    def close(self):
        if self.space is not None:
            self.space.space.get().set_plain(NULL)
            self.space = None

    def note(self, tree, run):
        cdef Known known = self.known.get(tree.index)
        if known is None or len(run.arguments) != len(known.declared.parameters):
            return  # It ended before it had all of them.
        if run.varies and run.arguments:
            known.varies = True
            return
        known.inside = run.inside
        wanted = max(0, run.inside - len(tree.prefix))
        choices = tuple([found for _, _, _, found in run.events[:wanted]])
        known.arguments[choices] = (dict(run.arguments), tuple(run.arguments.values()))

    def rest(self):
        cdef unsigned long thread = PyThread_get_thread_ident()
        pending = self.pending.pop(thread, None)
        context = self.contexts.pop(thread, None)
        if context is not None:
            context[0].__exit__(None, None, None)
        if pending is not None:
            raise pending

    cdef int watched(self) except -1:
        """Let somebody watch the runs of this thread."""
        cdef unsigned long thread = PyThread_get_thread_ident()
        cdef double time = now()
        context = self.contexts.get(thread)
        if context is not None:
            if time - <double>context[1] < LASTS_S:
                return 0
            del self.contexts[thread]
            context[0].__exit__(None, None, None)
        context = choosing(self.chooser)
        context.__enter__()
        self.contexts[thread] = (context, time)
        return 0

    cdef cbool due(self, Known known, uint64_t walks):
        """Whether a run is to be recorded."""
        cdef uint64_t recorded = known.tree.calls
        cdef uint64_t spent = known.runs + recorded
        if recorded >= known.allowed and walks > spent and walks - spent >= PAYS * known.allowed:
            known.allowed *= MORE
        return recorded < known.allowed

    cdef cbool answer(self, const Asked* asked, Outcomes* outcomes):
        cdef Known known = self.known.get(asked.tree)
        cdef cbool done = False
        if known is None or (not asked.insists and (known.off or self.due(known, asked.walks))):
            return False
        with self.lock:
            try:
                done = self.ran(known, asked, outcomes)
            except DeviationError:
                known.deviations += 1
                known.off = known.deviations > MOST_DEVIATIONS and known.deviations > known.runs // 4
            except Exception:
                known.deviations += 1  # A recorded run tells what is wrong.
            except BaseException as error:
                if not is_stray(error):
                    self.pending[PyThread_get_thread_ident()] = error
            if asked.insists:
                self.rest()
        return done

    cdef cbool ran(self, Known known, const Asked* asked, Outcomes* outcomes) except *:
        cdef double took, began = now()
        cdef list given = known.prefix + list(asked.script[0])
        cdef list wanted = []
        cdef uint64_t elements = asked.elements << len(known.prefix)
        cdef cbool twice
        cdef int outcome
        cdef Ids writes
        if self.repeats.iterates(known.tree):
            return False
        arguments = None if known.varies or known.inside < 0 else known.arguments.get(tuple(given[len(known.prefix):max(known.inside, len(known.prefix))]))
        if arguments is None and not known.varies:
            return False
        known.runs += 1
        if known.runs % SAMPLED == 0 and not asked.insists:
            return False
        twice = known.runs % TWICE == 0 and not asked.insists
        self.watched()
        while wanted is not None:
            outcome = self.once(known, asked, arguments, given, elements, wanted)
            if twice:
                writes = self.live.writes
                if self.once(known, asked, arguments, given, elements, wanted) != outcome or self.live.writes != writes:
                    known.off = True
                    return False
            self.add(known, asked, outcomes, outcome, arguments)
            wanted = next_script(self.chooser.taken)
        known.tree.plain += 1
        took = now() - began
        known.tree.seconds += took
        self.seconds += took
        return True

    cdef int once(self, Known known, const Asked* asked, tuple arguments, list given, uint64_t elements, list wanted) except -1:
        cdef int outcome
        if self.live.stale:
            self.live = Live(self.machine, self.layout)
        self.live.show(asked.state)
        self.live.stale = True
        if known.steps:
            if self.after is None or self.after.stale:
                self.after = Live(self.machine, self.layout)
            self.after.show(asked.following)
            self.after.stale = True
        self.chooser.deviated = False
        self.chooser.begin(given, elements, 0 if arguments is None else known.inside, wanted)
        outcome = self.act(known, arguments) if known.acts else self.judge(known, arguments)
        if self.chooser.deviated:
            raise DeviationError
        self.live.take(outcome == EFFECT)
        if not known.acts and self.live.changed:
            raise DeviationError
        if known.steps:
            self.after.take(False)
            if self.after.changed:
                raise DeviationError
        return outcome

    cdef int act(self, Known known, tuple arguments) except -1:
        top = self.live.top
        try:
            values = tuple(known.declared.choose_arguments(top).values()) if arguments is None else arguments[1]
            if getattr(top if known.owner is None else known.owner.within(top), known.method)(*values) is not None:
                raise DeviationError
        except Cut:
            return CUT
        except Disabled:
            return DISABLED
        return EFFECT

    cdef int judge(self, Known known, tuple arguments) except -1:
        if arguments is None:
            try:
                arguments = (known.declared.choose_arguments(self.live.top), ())
            except Disabled:
                return DISABLED
        if not known.covered:
            known.covered = self.coverage.met_all(known.declared)
        if known.covered:
            return TRUE if self.holds(known, arguments) else FALSE
        with self.coverage.watching(known.declared):
            return TRUE if self.holds(known, arguments) else FALSE

    cdef object holds(self, Known known, tuple arguments):
        following = (self.after.top,) if known.steps else ()
        return known.declared.holds(self.live.top, arguments[0], *following)

    cdef int add(self, Known known, const Asked* asked, Outcomes* outcomes, int outcome, tuple arguments) except -1:
        cdef uint32_t label = 0
        cdef vector[uint32_t] choices
        if outcome == DISABLED:
            return 0
        if outcome == TRUE or outcome == FALSE:
            outcomes.words.push_back(kTrue if outcome == TRUE else kFalse)
        else:
            if self.labels is not None:
                if arguments is None:
                    raise DeviationError
                label = self.labels.of(known.declared.name, arguments[0])
            if outcome == CUT:
                outcomes.words.push_back(plain_cut(asked.scratch[0], asked.tree, label))
            else:
                outcomes.words.push_back(plain_effect(self.space.space.get()[0], asked.scratch[0], asked.tree, self.live.writes, label))
                if self.live.writes.size() > 0 and not known.writes:
                    known.writes = True
                    self.writers.add(known.declared.name)
        for _, option in self.chooser.taken:
            choices.push_back(option)
        outcomes.choices.push_back(choices)
        return 0


cdef cbool _run(void* self, const Asked& asked, Outcomes& outcomes) noexcept with gil:
    cdef cbool done = (<PlainRuns>self).answer(&asked, &outcomes)
    if not done:
        outcomes.clear()
    return done
