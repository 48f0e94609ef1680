"""Paths: a piece of the spec's code is run once per way that it can take.

Where the code asks for the truth of a symbolic condition, the run goes one way, and the code is run again for the other
one; z3 is asked first whether the way is possible at all. The conditions taken together are the path's. Pieces without
effects, such as one item of ``all(...)``, are explored on their own and their outcomes merged, so that n conditions in
a row are n and not 2^n paths.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Any

import z3

from modelcheck.spec.choice import Disabled
from modelcheck.symbolic.asking import stop_if_wanted
from modelcheck.symbolic.feasibility import Feasibility
from modelcheck.symbolic.names.sizes import Sizes
from modelcheck.symbolic.present import MOST_FRAMES, Present
from modelcheck.symbolic.rewriting.supervision import Supervision
from modelcheck.symbolic.runs import (
    Decision,
    Frame,
    InfeasibleError,
    Keeper,
    KeptError,
    Outcome,
    ended,
    enter,
    following,
    placed,
    watched,
)
from modelcheck.symbolic.terms import TRUE, Guarded, UnsupportedError, conj, is_false, is_true, neg
from modelcheck.symbolic.values.merging import DEAD, merge

MOST_PATHS = 4000
_MOST_INTEGERS = 16
MOST_DECISIONS = 1000
# From this depth on a piece of code is looked at only where it can be reached: a function that calls itself ends there.
_DEEP = 20


class OutOfTimeError(BaseException):
    """Ends an exploration at its deadline. Not an Exception, lest it count as one of the spec's."""


class NeedsForkError(BaseException):
    """Ends a run that was meant to have no effect and is about to have one."""


class Paths:
    """Explores code on symbolic values.

    Args:
        axioms: What is true of the variables.
        supervision: Keeps code that was not rewritten away from symbolic values.
        deadline: When to give up with an `OutOfTimeError`, as `time.monotonic` says it.
        sizes: The symbolic sizes, if there are any.
    """

    def __init__(
        self, axioms: list[z3.BoolRef], supervision: Supervision, deadline: float | None = None, sizes: Sizes | None = None
    ) -> None:
        self.sizes = sizes
        self._supervision = supervision
        self._feasibility = Feasibility(axioms)
        self._frames: list[Frame] = []
        self._fresh = 0
        self._deadline = deadline
        self.inputs: list[Any] = []

    @property
    def checks(self) -> int:
        """How often z3 was asked whether a way is possible."""
        return self._feasibility.checks

    # Exploring --------------------------------------------------------------------------------------------------------------------------------

    def explore(
        self,
        code: Callable[[], Any],
        given: z3.BoolRef = TRUE,
        *,
        sealed: bool = False,
        alone: bool = False,
        acts: bool = False,
        keeper: Keeper | None = None,
    ) -> list[Outcome]:
        """Every way in which code can end, on a condition; ways that end in `Disabled` are left out.

        Args:
            code: The code. It is run once per way.
            given: What is true when it begins.
            sealed: Whether it must have no effect that lasts; `NeedsForkError` if it is about to have one.
            alone: Whether all that it changes is its own, as in a property: it may not change the state, and what
                explorations around it must not do is none of its business.
            acts: Whether it is the code of an action, which may choose.
            keeper: What keeps the ways from an earlier exploration: only the others are explored.
        """
        if self._frames:
            return self._explore(code, given, partial(Frame, sealed=sealed, alone=alone, acts=acts, keeper=keeper))
        UnsupportedError.made.clear()
        frames = sys.getrecursionlimit()
        sys.setrecursionlimit(max(frames, MOST_FRAMES))
        try:
            with self._supervision.watching():
                return self._explore(code, given, partial(Frame, sealed=sealed, alone=alone, acts=acts, keeper=keeper))
        finally:
            Present.calls = 0
            sys.setrecursionlimit(frames)

    def _explore(self, code: Callable[[], Any], given: z3.BoolRef, begun: Callable[[list[Decision]], Frame]) -> list[Outcome]:
        outer = Present.paths
        Present.paths = self
        outcomes: list[Outcome] = []
        decisions: list[Decision] | None = []
        try:
            while decisions is not None:
                frame = begun(decisions)
                try:
                    outcome = self._run(code, given, frame)
                except KeptError:
                    break
                if frame.keeper is not None:
                    frame.keeper.note(outcome)
                if outcome is not None:
                    outcomes.append(outcome)
                if len(outcomes) > MOST_PATHS:
                    raise UnsupportedError(
                        f"the code forks into more than {MOST_PATHS:,} paths",
                        remedy="Write loops over symbolic values as all(...), any(...), sum(...) or a comprehension; these do not fork.",
                    )
                decisions = following(frame.decisions)
        finally:
            Present.paths = outer
        return outcomes

    def _run(self, code: Callable[[], Any], given: z3.BoolRef, frame: Frame) -> Outcome | None:
        stop_if_wanted()
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise OutOfTimeError
        before, fresh, refused = len(self._frames), self._fresh, len(UnsupportedError.made)
        mark = self._feasibility.mark()
        try:
            self._frames.append(frame)
            if not is_true(given):
                self._feasibility.add(given)
            if not before:
                self._fresh, self.inputs = 0, []
            outcome = ended(code, frame) if before else watched(code, frame)
            if len(UnsupportedError.made) > refused:
                raise placed(UnsupportedError.made[refused])
            if frame.broken:
                raise NeedsForkError
            return outcome
        finally:
            self._feasibility.forget(mark)
            del self._frames[before:], UnsupportedError.made[refused:]
            if self._frames:
                self._fresh = max(fresh, self._fresh)

    def under(self, guard: z3.BoolRef, code: Callable[[], Any], bound: tuple[Any, ...] = ()) -> Any:
        """What code without effects gives on a condition, all its ways merged; ``DEAD`` if the condition cannot be true."""
        if is_true(guard):
            return code()
        if is_false(guard) or (len(self._frames) > _DEEP and not self.feasible(guard)):
            return DEAD
        try:
            outcomes = self.explore(code, guard, sealed=True)
        except NeedsForkError:
            if bound:
                raise UnsupportedError("an effect for each of unboundedly many elements cannot be followed") from None
            return code() if self.decide(guard) else DEAD
        except UnsupportedError as error:
            if self.feasible(guard):
                UnsupportedError.made.append(error)
                raise
            return DEAD
        for outcome in outcomes:
            if outcome.error is not None:
                raising = conj(guard, outcome.condition)
                if self.decide(z3.Exists(list(bound), raising) if bound else raising):
                    raise outcome.error
        return merge([(outcome.condition, outcome.value) for outcome in outcomes if outcome.error is None])

    # Decisions --------------------------------------------------------------------------------------------------------------------------------

    def decide(self, term: z3.BoolRef) -> bool:
        """Whether a condition is true on this path; the other way, if possible, is another path."""
        simple = z3.simplify(term)
        if is_true(simple) or is_false(simple):
            return bool(is_true(simple))
        frame = self._frames[-1]
        fresh = frame.at >= len(frame.decisions)
        if fresh:
            self._check_length(frame)
            yes = self.feasible(term)
            no = not yes or self.feasible(neg(term))
            frame.decisions.append(Decision([way for way, possible in ((True, yes), (False, no)) if possible]))
        decision = frame.decisions[frame.at]
        frame.at += 1
        taken: bool = decision.options[decision.taken]
        self._take(frame, term if taken else neg(term), necessary=len(decision.options) == 1)
        return taken

    def _check_length(self, frame: Frame) -> None:
        """A run that decides again and again is in a loop that never ends."""
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise OutOfTimeError
        if frame.at >= MOST_DECISIONS:
            raise UnsupportedError(
                f"one run asks {MOST_DECISIONS:,} times about symbolic values",
                remedy="Does a loop in it end? Let it count up to a constant.",
            )

    def assume(self, term: z3.BoolRef) -> None:
        """Go on only if a condition is true; otherwise the action is not enabled."""
        if is_true(term):
            return
        if is_false(term):
            raise Disabled
        self.effect()
        frame = self._frames[-1]
        if frame.at >= len(frame.decisions):
            frame.decisions.append(Decision([self.feasible(term)]))
        if not frame.decisions[frame.at].options[0]:
            raise Disabled
        frame.at += 1
        self._take(frame, term, necessary=False)

    @property
    def splits(self) -> bool:
        """Whether the next thing that an action does is the choice by which its ways are kept."""
        frame = self._frames[-1]
        return frame.keeper is not None and not frame.at

    def branch(self, options: Sequence[Any], key: Callable[[Any], Hashable] | None = None) -> Any:
        """The option taken; each of them is a path.

        Args:
            options: The options.
            key: What an option is known by from one exploration to the next, where there is such a thing.
        """
        self.effect()
        if not options:
            raise Disabled
        frame = self._frames[-1]
        if frame.at >= len(frame.decisions):
            frame.decisions.append(Decision(list(options)))
        decision = frame.decisions[frame.at]
        if frame.keeper is not None and not frame.at and key is not None:
            enter(frame.keeper, decision, key)
        frame.at += 1
        return decision.options[decision.taken]

    def particular(self, term: z3.ArithRef) -> int | None:
        """The integer that a term is on this path, each that it can be on a path of its own; None if there are more than a few."""
        frame = self._frames[-1]
        if frame.at >= len(frame.decisions):
            found = self._feasibility.integers(term, _MOST_INTEGERS)
            if found == []:
                raise InfeasibleError
            frame.decisions.append(Decision(found or [None]))
        decision = frame.decisions[frame.at]
        frame.at += 1
        taken: int | None = decision.options[decision.taken]
        if taken is not None:
            self._take(frame, term == taken, necessary=len(decision.options) == 1)
        return taken

    def choose_alternative(self, alternatives: list[Guarded]) -> Any:
        """One of the alternatives of a union: each that is possible is on a path of its own."""
        frame = self._frames[-1]
        if frame.at >= len(frame.decisions):
            found = [at for at, (guard, _) in enumerate(alternatives) if self.feasible(guard)]
            if not found:
                raise InfeasibleError
            frame.decisions.append(Decision(found))
        decision = frame.decisions[frame.at]
        frame.at += 1
        guard, value = alternatives[decision.options[decision.taken]]
        self._take(frame, guard, necessary=len(decision.options) == 1)
        return value

    def _take(self, frame: Frame, term: z3.BoolRef, *, necessary: bool) -> None:
        if not necessary:
            frame.assumed.append(term)
        self._feasibility.add(term)

    def effect(self) -> None:
        """Say that the code is about to do something that lasts."""
        for frame in reversed(self._frames):
            if frame.alone:
                return
            if frame.sealed:
                self._frames[-1].broken = True
                raise NeedsForkError

    def is_outermost(self) -> bool:
        """Whether the code is part of no exploration but the first, and that one of an action."""
        return len(self._frames) == 1 and not self._frames[0].alone

    @property
    def is_asked(self) -> bool:
        """Whether the code is that of an action which a property asks where it leads."""
        return next((frame.acts for frame in reversed(self._frames) if frame.alone), False)

    def act(self, what: str, remedy: str) -> None:
        """Say that the code is about to do what only an action may do."""
        if any(frame.alone for frame in self._frames) and not self.is_asked:
            raise UnsupportedError(f"a property or constraint {what}", remedy=remedy)
        self.effect()

    def fresh(self, name: str) -> z3.ArithRef:
        """An integer that the action may choose."""
        self._fresh += 1
        made = z3.Int(f"{name}!{self._fresh}")
        self.inputs.append(made)
        return made

    def bound(self, name: str) -> z3.ArithRef:
        """An integer variable for a quantifier."""
        self._fresh += 1
        return z3.Int(f"?{name}!{self._fresh}")

    def model(self, term: z3.BoolRef) -> Callable[[Any], Any] | None:
        """What constants are where a condition is true: a function of a constant; None if z3 finds no such place."""
        return self._feasibility.model(term)

    def feasible(self, term: z3.BoolRef) -> bool:
        """Whether a condition can be true on this path; true if z3 does not know."""
        return self._feasibility.possible(term)
