"""Runs repeated on ordinary objects, without recording: whether an action or property is a function of the state.

If a run and its repetition part, the code depends on something besides the state (time, randomness, a global), or it changed a value that was
stored; either way the trees would be wrong, and the search ends with an error that names it.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from typing import Any

from modelcheck.errors import ImpureError, InternalError, ModelcheckError, SpecError
from modelcheck.spec import LIVENESS, Declaration, Machine, State, Step
from modelcheck.spec.choice import Cut, Disabled, StrayError, choosing
from modelcheck.spec.declare import Role
from modelcheck.spec.run import ESCAPING, as_spec_error, is_users
from modelcheck.statespace.kernel import _kernel as kernel
from modelcheck.statespace.layout import Layout
from modelcheck.statespace.recording.orders import BACKWARDS, MOST_ROTATIONS, Orders
from modelcheck.statespace.recording.runs import PickingChooser, Run, Tree, in_words, said_of
from modelcheck.statespace.recording.session import TreeChooser
from modelcheck.values import copied, identity

_FIRST_OF_ACTION = 24
_FIRST_OF_TREE = 4
_REPEATED_EACH = 16
_CAUSES = (
    "The usual causes are random numbers, the time, a global that changes, hash() or id(), `is` where == is meant, "
    "and a stored object that is changed later."
)


class Repeats:
    """Repeats runs of one exploration.

    Args:
        machine: The machine explored.
        layout: Its cells.
        after: The ids of the cells after a run.
    """

    def __init__(self, machine: Machine, layout: Layout, after: Callable[[Run, Mapping[int, int]], Mapping[int, int]]) -> None:
        self._machine = machine
        self._layout = layout
        self._after = after
        self._first: dict[str, int] = {}
        self._orders = Orders(machine.cls, machine.shape)
        self._iterating: dict[int, bool] = {}

    def repeat(self, tree: Tree, run: Run, state: Mapping[int, int], after: Mapping[int, int] | None) -> None:
        """Run on copies of the values what was recorded, if it is one of the runs for which that is done: the first, and some later ones.

        Raises:
            ImpureError: if it comes out otherwise.
        """
        name = tree.declared.name if tree.declared else ""
        self._first[name] = self._first.get(name, _FIRST_OF_ACTION) - 1
        if self._first[name] < 0 and not self._iterating.get(tree.index) and tree.calls > _FIRST_OF_TREE and tree.calls % _REPEATED_EACH:
            return
        repeated = self._plain_outcome(tree.declared, run, state, after)
        recorded = self._recorded_outcome(tree, run, state)
        if identity(repeated) != identity(recorded):
            self._check_order(tree, run, state, after, None)
            again = self._plain_outcome(tree.declared, run, state, after)
            second = again if identity(again) != identity(repeated) else recorded
            raise self.impure(
                tree, f"in the same state it came out as\n    {_shown(repeated)}\n  and as\n    {_shown(second)}", run
            )
        self._check_order(tree, run, state, after, identity(recorded))

    def iterates(self, tree: Tree) -> bool:
        """Whether a run was seen to iterate a set that the code makes itself, so that all runs must be repeated."""
        return self._iterating.get(tree.index, False)

    def counts(self) -> dict[str, int]:
        """How many more runs of each action or property are repeated whatever they are."""
        return dict(self._first)

    def reset(self, counts: Mapping[str, int]) -> None:
        """Set that to what it was."""
        self._first = dict(counts)

    def _check_order(
        self, tree: Tree, run: Run, state: Mapping[int, int], after: Mapping[int, int] | None, recorded: Any
    ) -> None:
        """Make sure that a run comes out the same if the sets that its code makes itself are iterated in other orders.

        What came out is given by its identity; None if that is not the same each time.

        Raises:
            SpecError: if it does not, and does if they are iterated as Python does.
        """
        if not self._orders:
            return
        turned, places = self._in_order(tree, run, state, after, BACKWARDS)
        self._iterating[tree.index] = self._iterating.get(tree.index, False) or bool(places)
        rotations = range(min(self._orders.largest, MOST_ROTATIONS))
        if not places or (turned == recorded and all(self._in_order(tree, run, state, after, at)[0] == recorded for at in rotations)):
            return
        if recorded is not None and self._in_order(tree, run, state, after, None)[0] != recorded:
            return
        raise SpecError(
            f"{self.name(tree)} depends on the order of a set that it makes itself, and that order differs from one run of Python to the next",
            place=places[0],
            remedy="Iterate over sorted(...), or over what came from the state, which has one order.",
        )

    def _in_order(
        self, tree: Tree, run: Run, state: Mapping[int, int], after: Mapping[int, int] | None, first: int | None
    ) -> tuple[Any, list[str]]:
        """What comes out if the code's own sets are iterated in some order, and where they are."""
        self._orders.begin(first)
        try:
            outcome = identity(self._plain_outcome(tree.declared, run, state, after, self._orders.turn))
        except ModelcheckError:
            outcome = None
        return outcome, self._orders.places

    def _recorded_outcome(self, tree: Tree, run: Run, state: Mapping[int, int]) -> Any:
        if run.outcome == kernel.DISABLED:
            return "not enabled"
        if run.outcome == kernel.CUT:
            return "cut at a bound"
        if tree.declared is not None and tree.declared.role in LIVENESS:
            return in_words(run.label)
        if tree.declared is not None and tree.declared.role is not Role.ACTION:
            return run.outcome == kernel.TRUE
        return self._layout.snapshot(self._after(run, state))

    def _plain_outcome(
        self,
        declared: Declaration | None,
        run: Run,
        state: Mapping[int, int],
        after: Mapping[int, int] | None,
        turned: Callable[[Any], Any] = lambda live: live,
    ) -> Any:
        if declared is None:
            return self._plain_initial(run, turned)
        live = turned(self._machine.thaw(self._layout.snapshot(state, copied)))
        following = () if after is None else (turned(self._machine.thaw(self._layout.snapshot(after, copied))),)
        try:
            with choosing(PickingChooser(run.picked, run.offered)):
                if declared.role in LIVENESS:
                    return in_words(said_of(declared, live, run.arguments))
                arguments = declared.choose_arguments(live)
                if declared.role is not Role.ACTION:
                    return declared.holds(live, arguments, *following)
                declared.run(live, arguments)
            return self._machine.freeze(live)
        except Cut:
            return "cut at a bound"
        except Disabled:
            return "not enabled"
        except ESCAPING as error:
            raise as_spec_error(error, declared.title, declared.place) from error

    def _plain_initial(self, run: Run, turned: Callable[[Any], Any]) -> Any:
        live = turned(self._machine.blank())
        try:
            with choosing(PickingChooser(run.picked, run.offered)):
                live.init()
            return self._machine.freeze(live)
        except Disabled:
            return "not enabled"

    def blame(
        self,
        error: BaseException,
        tree: Tree,
        chooser: TreeChooser,
        state: Mapping[int, int],
        after: Mapping[int, int] | None,
    ) -> None:
        """An exception that only the recorded run raises is ours, not the spec's.

        Raises:
            InternalError: if the same run on ordinary objects does not raise.
        """
        if tree.declared is None or _by_a_value(error):
            return
        try:
            run = Run(arguments=tree.arguments or {}, picked=chooser.picked, offered=chooser.offered)
            self._plain_outcome(tree.declared, run, state, after)
        except ModelcheckError:
            return
        raise InternalError(
            f"{self.name(tree)} raised {type(error).__name__}: {error} on the recording views, and not on ordinary objects"
        ) from error

    def name(self, tree: Tree) -> str:
        """What a tree stands for, as it is called in messages."""
        return tree.declared.title if tree.declared else f"init of {self._machine.cls.__name__}"

    def impure(self, tree: Tree, how: str, run: Run | None = None) -> ModelcheckError:
        """The error for what is not a function of the state."""
        if tree.declared is None:
            return ImpureError(
                f"{self.name(tree)} is not the same each time: {how}", place=self._machine.place, remedy=_CAUSES
            )
        what = f"the {tree.declared.role.noun} {Step(tree.declared.name, run.arguments)}" if run else self.name(tree)
        return ImpureError(
            f"{what} does not depend on the state alone: {how}", place=tree.declared.place, remedy=_CAUSES
        )


def _by_a_value(error: BaseException) -> bool:
    """Whether an exception came out of a special method of a value, such as ``__eq__``, which only a table of values calls."""
    *_, (frame, _) = traceback.walk_tb((error.error if isinstance(error, StrayError) else error).__traceback__)
    code = frame.f_code
    return is_users(code.co_filename) and code.co_name.startswith("__")


def _shown(outcome: Any) -> str:
    text = repr(outcome) if isinstance(outcome, State) else str(outcome)
    return text.replace("\n", "; ")
