"""Property-directed reachability: finding an inductive invariant that implies a property, or a run that violates it.

Bradley, "SAT-Based Model Checking without Unrolling", 2011 (IC3); Een, Mishchenko and Brayton, "Efficient
Implementation of Property Directed Reachability", 2011. Frames F(1), F(2), ... are sets of clauses over the leaves,
each true of all states reachable in so many steps. A state that violates the property is blocked by clauses that say
why its predecessors cannot be reached either; a frame that equals the next is an inductive invariant.

*Choices.* Where all leaves are booleans, the loop is our own. Where some are integers, z3's Spacer does it
(Komuravelli, Gurfinkel and Chaki, 2014). Sets with unbounded integers in their elements are beyond both. Whoever finds
an invariant, it is checked by plain induction before anybody believes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import z3
from attrs import define, field

from modelcheck.errors import InternalError
from modelcheck.spec import STEPS, Declaration, Role
from modelcheck.symbolic.asking import ask, said
from modelcheck.symbolic.proof.invariants import Cube, Found, begins, is_inductive, needed, refuted
from modelcheck.symbolic.proof.spacer import find_by_spacer
from modelcheck.symbolic.proof.unrolling import Unrolling
from modelcheck.symbolic.proof.wording import in_words
from modelcheck.symbolic.system import System
from modelcheck.symbolic.terms import conj, neg

_MOST_FRAMES = 200


class _GaveUp(Exception):  # noqa: N818 - not an error.
    pass


def find_invariant(
    system: System,
    declared: Declaration,
    *,
    deadline: float | None = None,
    progress: Callable[[str], None] | None = None,
) -> Found:
    """Search for an inductive invariant that implies a property; of steps, that rules out the states from which one makes it false."""
    sorts = {leaf.constant.sort().kind() for leaf in system.leaves.all.values()}
    if z3.Z3_ARRAY_SORT in sorts or any(transition.inputs for transition in system.transitions):
        return Found(
            reason="a set holds unbounded integers, for which no invariant is searched; write lemmas and use induction"
        )
    raising = [each.condition for each in system.transitions if each.error is not None]
    if declared.role is Role.REFINES:
        begun = begins(system, declared, deadline)
        if begun is not None:
            return begun
    term = conj(*_properties(system, declared), *(neg(each) for each in raising))
    if z3.Z3_INT_SORT in sorts:
        if progress is not None:
            progress(f"ic3: {declared.name}, by z3's Spacer")
        return find_by_spacer(system, declared, term, deadline)
    search = _Search(system, declared, term, deadline, progress or (lambda _: None))
    try:
        cubes = search.invariant()
    except _GaveUp as reason:
        return Found(reason=str(reason), queries=search.queries)
    if cubes is None:
        steps = search.depth + 1 if declared.role in STEPS else search.depth
        return refuted(system, declared, steps, deadline, search.queries)
    cubes = needed(system, cubes, term, deadline)
    clauses = tuple(neg(conj(*cube)) for cube in cubes)
    if not is_inductive(system, clauses, term):
        raise InternalError(f"the invariant found for {declared.name} is not inductive")
    return Found(invariant=in_words(system, cubes), queries=search.queries, clauses=clauses)


def _properties(system: System, declared: Declaration) -> list[z3.BoolRef]:
    """What a property says of a state; a property of steps speaks of all that can be taken from it."""
    if declared.role not in STEPS:
        return [system.property_term(declared)]
    taken = [each for each in system.transitions if each.error is None]
    return [z3.Implies(each.condition, system.step_term(declared, each)) for each in taken]


# The loop ----------------------------------------------------------------------------------------------------------------------------------------


@define(order=True)
class _Obligation:
    level: int
    number: int
    cube: Cube = field(order=False)
    steps: int = field(order=False)


class _Search:
    """One search for an invariant over boolean leaves.

    Attributes:
        queries: How often z3 was asked.
        depth: The number of steps in which a violation was found possible.
    """

    def __init__(
        self,
        system: System,
        declared: Declaration,
        term: z3.BoolRef,
        deadline: float | None,
        progress: Callable[[str], None],
    ) -> None:
        self.queries = 0
        self.depth = 0
        self._system = system
        self._name = declared.name
        self._property = term
        self._deadline = deadline
        self._progress = progress
        self._constants = [leaf.constant for leaf in system.leaves.all.values()]
        unrolling = Unrolling(system, initial=False)
        unrolling.extend()
        self._now = unrolling.names(0)
        self._next = unrolling.names(1)
        self._step = unrolling.solver
        self._taken = partial(unrolling.taken, step=0)
        self._state = z3.Solver()
        self._state.add(self._rename(system.axioms, self._now), self._rename(system.bounds, self._now))
        self._active: list[Any] = [z3.Bool("frame!0")]
        for solver in (self._state, self._step):
            solver.add(z3.Implies(self._active[0], self._rename(system.init, self._now)))
        self._frames: list[list[Cube]] = [[]]
        self._numbers = 0

    def _rename(self, term: Any, names: list[tuple[Any, Any]]) -> Any:
        return z3.substitute(term, *names) if names else term

    def _ask(self, solver: z3.Solver, *assumptions: Any) -> bool:
        self.queries += 1
        answer = ask(solver, *assumptions, deadline=self._deadline)
        if answer == z3.unknown:
            raise _GaveUp(said(solver.reason_unknown()))
        return bool(answer == z3.sat)

    def _from(self, level: int) -> list[Any]:
        """The assumptions that stand for a frame."""
        return [self._active[0]] if level == 0 else self._active[level:]

    def invariant(self) -> list[Cube] | None:
        """The cubes that an inductive invariant excludes; None if the property can be violated."""
        bad = neg(self._rename(self._property, self._now))
        self._new_frame()
        if self._bad_state(0, bad) is not None:
            return None
        while len(self._frames) < _MOST_FRAMES:
            top = len(self._frames) - 1
            self._progress(f"ic3: {self._name}, {top} frames, {sum(map(len, self._frames))} clauses")
            while (cube := self._bad_state(top, bad)) is not None:
                if not self._block(cube, top):
                    return None
            self._new_frame()
            fixed = self._propagate()
            if fixed is not None:
                return [cube for frame in self._frames[fixed + 1 :] for cube in frame]
        raise _GaveUp(f"no invariant was found within {_MOST_FRAMES} frames")

    def _new_frame(self) -> None:
        self._active.append(z3.Bool(f"frame!{len(self._active)}"))
        self._frames.append([])

    def _bad_state(self, level: int, bad: Any) -> Cube | None:
        """A cube of states in a frame, all of which violate the property."""
        self._state.push()
        self._state.add(bad)
        found = self._ask(self._state, *self._from(level))
        cube = self._cube(self._state.model()) if found else None
        self._state.pop()
        return None if cube is None else self._implying(cube, self._property)

    def _cube(self, model: z3.ModelRef) -> Cube:
        values = zip(self._constants, self._now, strict=True)
        return tuple(
            constant if z3.is_true(model.eval(now, model_completion=True)) else z3.Not(constant)
            for constant, (_, now) in values
        )

    def _implying(self, cube: Cube, term: Any) -> Cube:
        """The literals of a cube that suffice to make a term false."""
        solver = z3.Solver()
        solver.add(self._system.axioms, term)
        if self._ask(solver, *cube):
            raise InternalError("a cube does not imply what it was made for")
        return self._chosen(cube, solver.unsat_core())

    def _chosen(self, cube: Cube, core: Iterable[Any]) -> Cube:
        names = {each.get_id() for each in core}
        return tuple(literal for literal in cube if literal.get_id() in names)

    # Blocking ---------------------------------------------------------------------------------------------------------------------------------

    def _block(self, cube: Cube, level: int) -> bool:
        """Show that a cube is not reachable within so many steps; False if it is."""
        todo = [self._obligation(cube, level, 0)]
        while todo:
            todo.sort()
            now = todo[0]
            if self._meets_init(now.cube):
                self.depth = now.steps
                return False
            if now.level == 0:
                todo.pop(0)
                continue
            before = self._predecessor(now.cube, now.level)
            if before is not None:
                todo.insert(0, self._obligation(before, now.level - 1, now.steps + 1))
                continue
            todo.pop(0)
            blocked = self._generalised(now.cube, now.level)
            at = now.level
            while at < len(self._frames) - 1 and self._relative(blocked, at + 1) is not None:
                at += 1
            self._exclude(blocked, at)
            if at < len(self._frames) - 1:
                todo.append(self._obligation(now.cube, at + 1, now.steps))
        return True

    def _obligation(self, cube: Cube, level: int, steps: int) -> _Obligation:
        self._numbers += 1
        return _Obligation(level, self._numbers, cube, steps)

    def _meets_init(self, cube: Cube) -> bool:
        return self._ask(self._state, self._active[0], *(self._rename(each, self._now) for each in cube))

    def _predecessor(self, cube: Cube, level: int) -> Cube | None:
        """A cube of states in the frame before, each with a step into the given one; None if there is none."""
        self._step.push()
        self._step.add(neg(self._rename(conj(*cube), self._now)))
        found = self._ask(self._step, *self._from(level - 1), *(self._rename(each, self._next) for each in cube))
        model = self._step.model() if found else None
        self._step.pop()
        if model is None:
            return None
        transition = self._taken(model)
        pairs = [(self._system.leaves.all[name].constant, written) for name, written in transition.writes.items()]
        after = z3.substitute(conj(*cube), *pairs) if pairs else conj(*cube)
        return self._implying(self._cube(model), neg(conj(transition.condition, after)))

    def _relative(self, cube: Cube, level: int) -> Cube | None:
        """The literals that suffice to keep the cube out of reach of the frame before, if it is."""
        self._step.push()
        self._step.add(neg(self._rename(conj(*cube), self._now)))
        following = {self._rename(each, self._next).get_id(): each for each in cube}
        terms = [self._rename(each, self._next) for each in cube]
        found = self._ask(self._step, *self._from(level - 1), *terms)
        core = (
            None
            if found
            else tuple(following[each.get_id()] for each in self._step.unsat_core() if each.get_id() in following)
        )
        self._step.pop()
        if core is None:
            return None
        return tuple(each for each in cube if any(each is kept for kept in core))

    def _generalised(self, cube: Cube, level: int) -> Cube:
        """Fewer literals that are still out of reach, and exclude no initial state."""
        core = self._relative(cube, level)
        found = cube if core is None or self._meets_init(core) else core
        for literal in list(found):
            fewer = tuple(each for each in found if each is not literal)
            if not fewer or literal.get_id() not in {each.get_id() for each in found} or self._meets_init(fewer):
                continue
            core = self._relative(fewer, level)
            if core is not None:
                found = fewer if not core or self._meets_init(core) else core
        return found

    def _exclude(self, cube: Cube, level: int) -> None:
        clause = neg(self._rename(conj(*cube), self._now))
        for solver in (self._state, self._step):
            solver.add(z3.Implies(self._active[level], clause))
        names = {each.get_id() for each in cube}
        for frame in self._frames[1 : level + 1]:
            frame[:] = [other for other in frame if not names <= {each.get_id() for each in other}]
        self._frames[level].append(cube)

    def _propagate(self) -> int | None:
        """Move clauses to later frames; the number of a frame that equals the next one, if there is any."""
        for level in range(1, len(self._frames) - 1):
            for cube in list(self._frames[level]):
                if self._relative(cube, level + 1) is not None:
                    self._exclude(cube, level + 1)
            if not self._frames[level]:
                return level
        return None
