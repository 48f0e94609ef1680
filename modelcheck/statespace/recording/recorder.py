"""The recorder: runs the spec's Python where the kernel's trees lack a path, and adds the path.

A run is repeated from time to time on ordinary objects, without recording. If the two part, the action depends on
something besides the state (time, randomness, a global), or it changed a value that was stored; either way the trees
would be wrong, and the search ends with an error that names it.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from time import perf_counter
from typing import Any, Protocol

from attrs import define, field

from modelcheck.errors import ImpureError, InternalError, ModelcheckError, SpecError
from modelcheck.spec import LIVENESS, STEPS, Declaration, Machine, State, Step
from modelcheck.spec.choice import Cut, Disabled, StrayError, choosing
from modelcheck.spec.declare import Role
from modelcheck.spec.run import ESCAPING, as_spec_error, is_users, next_script, options_of, refuse_bound
from modelcheck.statespace.cells import ABSENT
from modelcheck.statespace.kernel import _kernel as kernel
from modelcheck.statespace.layout import Layout
from modelcheck.statespace.recording.coverage import Coverage
from modelcheck.statespace.recording.filters import Filters
from modelcheck.statespace.recording.instances import Labels, all_arguments
from modelcheck.statespace.recording.orders import BACKWARDS, MOST_ROTATIONS, Orders
from modelcheck.statespace.recording.session import ContentKey, Event, Registry, Session, TreeChooser
from modelcheck.values import copied, identity, show

_ROLES = {
    Role.ACTION: kernel.ACTION,
    Role.INVARIANT: kernel.INVARIANT,
    Role.STEP: kernel.STEP,
    Role.REFINES: kernel.STEP,
    Role.REACHABLE: kernel.REACHABLE,
    Role.CONSTRAINT: kernel.CONSTRAINT,
    Role.TERMINAL: kernel.TERMINAL,
    **dict.fromkeys(LIVENESS, kernel.LIVENESS),
}
_FIRST_OF_ACTION = 24
_FIRST_OF_TREE = 4
_REPEATED_EACH = 16
_FIRST_INITIAL, _MOST_INITIAL = 256, 65_536
_CAUSES = (
    "The usual causes are random numbers, the time, a global that changes, hash() or id(), `is` where == is meant, "
    "and a stored object that is changed later."
)


_Prefix = tuple[tuple[int, int], ...]
_LONGEST_PREFIX = 8
_MOST_TREES = 512


@define
class Tree:
    """A decision tree and what it stands for.

    Attributes:
        index: Its number in the kernel.
        declared: The action or property; None for the initialiser.
        calls: How often its Python code was run, repeats left out.
        prefix: The first choices of all its runs, each as (number of options, option taken).
        seconds: What supplying its paths took, repeats included.
        widest: The events of the run that read most.
        arguments: Of a property of what must happen, which has a tree for each combination of them; None for what chooses them in its runs.
    """

    index: int
    declared: Declaration | None
    calls: int = 0
    prefix: _Prefix = ()
    seconds: float = 0.0
    widest: Sequence[Event] = ()
    arguments: Mapping[str, Any] | None = None


@define
class Run:
    """What one recorded run did."""

    events: list[Event] = field(factory=list)
    outcome: int = kernel.DISABLED
    writes: list[tuple[int, int, int]] = field(factory=list)
    arguments: Mapping[str, Any] = field(factory=dict)
    picked: list[Any] = field(factory=list)
    offered: list[int | None] = field(factory=list)
    inside: int = 0
    label: int = -1

    @property
    def choices(self) -> tuple[Any, ...]:
        """What the action chose inside, after its arguments."""
        return tuple(self.picked[self.inside :])


class PickingChooser:
    """Picks what a recorded run picked, as long as it is offered as many options."""

    def __init__(self, picked: Sequence[Any], offered: Sequence[int | None] = ()) -> None:
        self._picked = iter(picked)
        self._offered = iter(offered)

    def pick(self, options: Any) -> Any:
        """The next value, if it is an option."""
        wanted = [identity(value) for value in islice(self._picked, 1)]
        found = options_of(options)
        if next(self._offered, None) not in (None, len(found)):
            raise Disabled
        for option in found:
            if identity(option) in wanted:
                return option
        raise Disabled


class Search(Protocol):
    """A native search that lacks a path, a projection or an update; `_explorer.pyi` says what it tells of it."""

    def missing(self, worker: int) -> tuple[int, int, int, list[int]]: ...  # noqa: D102 - see above.
    def missing_state(self, worker: int, *, following: bool = False) -> dict[int, int]: ...  # noqa: D102
    def missing_content(self, worker: int, collection: int, *, following: bool = False) -> int: ...  # noqa: D102


class Recorder:
    """Supplies the paths of one exploration.

    Args:
        machine: The machine explored.
        declared: The actions, properties and predicates to evaluate.
        space: The kernel's space, which gets the trees.
        split: Whether an action gets a tree for each outcome of the choices that it makes before it looks at the state,
            such as those of its parameters. The kernel can then tell by the first cell that a tree reads whether it
            must be walked at all.
        labelled: Whether the paths of actions are labelled with their instances.

    Attributes:
        labels: The instances of actions; None if they are not labelled.
        writers: The names of the actions of which a run has written to the state.
        filters: What the loops over collections look at.
        seconds: What supplying took in all.
        coverage: What the runs of properties came to.
    """

    def __init__(
        self, machine: Machine, declared: Sequence[Declaration], space: kernel.Space, *, split: bool = False, labelled: bool = False
    ) -> None:
        self.machine = machine
        self.space = space
        self.layout = Layout(machine, space)
        self.trees = {index: Tree(index, None) for index in [space.add_tree(kernel.INIT)]}
        self.writers: set[str] = set()
        self.seconds = 0.0
        self.coverage = Coverage(machine.constants)
        self._registry = Registry(space)
        self._session = Session(self._registry)
        self._following = Session(self._registry, following=True)
        self._live = self.layout.tracked(self._session)
        self._first: dict[str, int] = {}
        self._orders = Orders(machine.cls, machine.shape)
        self._iterating: dict[int, bool] = {}
        self.labels = Labels() if labelled else None
        self._initial_at_once = _FIRST_INITIAL
        self._live_following = self.layout.tracked(self._following)
        sessions, lives = (self._session, self._following), (self._live, self._live_following)
        self.filters = Filters(self._registry, space, sessions, lives, self.coverage)
        self._session.filters = self._following.filters = self.filters
        for declaration in declared:
            if declaration.role in LIVENESS:
                for arguments in self._all_arguments(declaration):
                    self._add_tree(declaration, arguments=arguments)
                continue
            whole = split and declaration.role is Role.ACTION
            for prefix in self._prefixes(declaration) if whole else [()]:
                self._add_tree(declaration, prefix=prefix)

    def _add_tree(self, declared: Declaration, *, prefix: _Prefix = (), arguments: Mapping[str, Any] | None = None) -> None:
        index = self.space.add_tree(_ROLES[declared.role])
        self.trees[index] = Tree(index, declared, prefix=prefix, arguments=arguments)

    def _all_arguments(self, declared: Declaration) -> list[dict[str, Any]]:
        return all_arguments(declared, self._session, self._live, self.layout.ids(self.machine.first_state))

    @property
    def calls(self) -> int:
        """Runs of the spec's Python code so far."""
        return sum(tree.calls for tree in self.trees.values())

    @property
    def initial_runs(self) -> int:
        """Runs of ``init`` among them."""
        return sum(tree.calls for tree in self.trees.values() if tree.declared is None)

    def calls_by_name(self) -> dict[str, int]:
        """Runs of the Python code of each action, property and predicate."""
        found: dict[str, int] = {}
        for tree in self.trees.values():
            if tree.declared is not None:
                found[tree.declared.name] = found.get(tree.declared.name, 0) + tree.calls
        return found

    def _prefixes(self, declared: Declaration) -> list[_Prefix]:
        """The outcomes of the choices that an action makes before it looks at the state; one empty one if there are too many."""
        state = self.layout.ids(self.machine.first_state)
        try:
            found = list(self._longer(Tree(-1, declared), state, ()))
        except ModelcheckError:
            return [()]  # It is told with its trace when the search comes to it.
        return found if len(found) <= _MOST_TREES else [()]

    def _longer(self, tree: Tree, state: Mapping[int, int], prefix: _Prefix) -> Iterator[_Prefix]:
        run = self.run(tree, [option for _, option in prefix], state)
        kind, _, options, _ = run.events[len(prefix)] if len(run.events) > len(prefix) else (kernel.READ, 0, 0, 0)
        if kind != kernel.CHOOSE or len(prefix) == _LONGEST_PREFIX:
            yield prefix
            return
        for option in range(options):
            yield from self._longer(tree, state, (*prefix, (options, option)))

    def supply(self, explorer: Search, worker: int) -> Run | None:
        """Supply what a worker misses; returns the run if it was a path.

        Raises:
            SpecError: if the spec's code raises, stores what is no value, or is not a function of the state.
        """
        kind, which, ident, script = explorer.missing(worker)
        began = perf_counter()
        try:
            return self._supply(explorer, worker, (kind, which, ident, script))
        finally:
            took = perf_counter() - began
            self.seconds += took
            if kind == kernel.MISS_PATH:
                self.trees[which].seconds += took

    def _supply(self, explorer: Search, worker: int, missing: tuple[int, int, int, list[int]]) -> Run | None:
        kind, which, ident, script = missing
        if kind == kernel.MISS_PROJECTION:
            self._registry.projections[which].result_id(ident)
        elif kind == kernel.MISS_UPDATE:
            try:
                self._registry.updates[which].supply(ident)
            except SpecError as error:
                error.place = error.place or self.machine.place
                raise
        else:
            tree = self.trees[which]
            return self._supply_initial(tree, script) if tree.declared is None else self._supply_path(explorer, worker, tree, script)
        return None

    def _supply_initial(self, tree: Tree, script: list[int]) -> Run:
        """Supply the initial state that is missing and those after it: more each time, since the kernel passes by all that it has met."""
        first = None
        following: list[int] | None = script
        for _ in range(self._initial_at_once):
            run = self.run(tree, following or (), {})
            self.repeat(tree, run, {}, None)
            self._add_path(tree, run)
            first = first or run
            following = next_script([(options, option) for _, _, options, option in run.events])
            if following is None:
                break
        self._initial_at_once = min(2 * self._initial_at_once, _MOST_INITIAL)
        assert first is not None
        return first

    def _supply_path(
        self, explorer: Search, worker: int, tree: Tree, script: list[int]
    ) -> Run:
        state = explorer.missing_state(worker)
        after = None
        if tree.declared is not None and tree.declared.role in STEPS:
            after = explorer.missing_state(worker, following=True)
        run = self.run(
            tree, script, state, after,
            lambda collection: explorer.missing_content(worker, collection),
            lambda collection: explorer.missing_content(worker, collection, following=True),
        )  # fmt: skip
        self.repeat(tree, run, state, after)
        self._add_path(tree, run)
        return run

    def _add_path(self, tree: Tree, run: Run) -> None:
        acts = tree.declared is not None and tree.declared.role is Role.ACTION and run.outcome != kernel.DISABLED
        if self.labels is not None and tree.declared is not None and acts:
            run.label = self.labels.of(tree.declared.name, run.arguments)
        try:
            self.space.add_path(tree.index, run.events, run.outcome, run.writes, run.label)
        except kernel.PathMismatchError as error:
            raise self._impure(
                tree,
                f"in one run it looked at {self._node(error.expected)}, in another, up to there the same, it did not",
            ) from error

    # Recorded runs ----------------------------------------------------------------------------------------------------------------------------

    def run(
        self,
        tree: Tree,
        script: Sequence[int],
        state: Mapping[int, int],
        after: Mapping[int, int] | None = None,
        content: ContentKey = lambda _: 0,
        content_after: ContentKey = lambda _: 0,
    ) -> Run:
        """Run what a tree stands for on a state, making the choices of the script and recording what is read and written."""
        run = Run()
        tree.calls += 1
        self._session.begin(state, run.events, content)
        self._following.begin(after or {}, run.events, content_after)
        chooser = TreeChooser(self._session, [*(option for _, option in tree.prefix), *script])
        try:
            with choosing(chooser):
                self._perform(tree, run, chooser)
        except Cut:
            if tree.declared is None:
                refuse_bound()
            run.outcome = kernel.CUT
        except Disabled:
            run.outcome = kernel.DISABLED
        except ModelcheckError as error:
            raise self._failed(error, tree, run, state) from error
        except MemoryError:
            raise
        except ESCAPING as error:
            self._blame(error, tree, chooser, state, after)
            raise self._failed(error, tree, run, state) from error
        run.picked, run.offered = chooser.picked, chooser.offered
        self._drop_prefix(tree, run)
        return run

    def _drop_prefix(self, tree: Tree, run: Run) -> None:
        made = len(tree.prefix)
        if run.events[:made] != [(kernel.CHOOSE, 0, options, option) for options, option in tree.prefix]:
            raise self._impure(tree, "the choices that it makes before it looks at the state are not always the same")
        del run.events[:made]
        if len(run.events) > len(tree.widest):
            tree.widest = run.events

    def _perform(self, tree: Tree, run: Run, chooser: TreeChooser) -> None:
        declared = tree.declared
        if declared is None:
            run.writes = self.layout.writes(self.machine.initial_state())
            run.outcome = kernel.EFFECT
            return
        run.arguments = declared.choose_arguments(self._live) if tree.arguments is None else tree.arguments
        run.inside = len(chooser.picked)
        if declared.role is Role.ACTION:
            declared.run(self._live, run.arguments)
            self.layout.settle(self._session, self._live)
            run.writes = self._session.effect()
            run.outcome = kernel.EFFECT
            if run.writes:
                self.writers.add(declared.name)
            return
        following = (self._live_following,) if declared.role in STEPS else ()
        with self.coverage.watching(declared):
            if declared.role in LIVENESS:
                run.label = _said(declared, self._live, run.arguments)
                run.outcome = kernel.EFFECT
            else:
                run.outcome = kernel.TRUE if declared.holds(self._live, run.arguments, *following) else kernel.FALSE
        changed = [path for session in (self._session, self._following) for path in session.changed()]
        if changed:
            raise SpecError(
                f"{declared.title} changed {changed[0]}, and only actions change the state",
                place=declared.place,
                remedy="Compute what it needs in local variables.",
            )

    # Repeated runs ----------------------------------------------------------------------------------------------------------------------------

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
            raise self._impure(
                tree, f"in the same state it came out as\n    {_shown(repeated)}\n  and as\n    {_shown(second)}", run
            )
        self._check_order(tree, run, state, after, identity(recorded))

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
            return _in_words(run.label)
        if tree.declared is not None and tree.declared.role is not Role.ACTION:
            return run.outcome == kernel.TRUE
        return self.layout.snapshot(self.after(run, state))

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
        live = turned(self.machine.thaw(self.layout.snapshot(state, copied)))
        following = () if after is None else (turned(self.machine.thaw(self.layout.snapshot(after, copied))),)
        try:
            with choosing(PickingChooser(run.picked, run.offered)):
                if declared.role in LIVENESS:
                    return _in_words(_said(declared, live, run.arguments))
                arguments = declared.choose_arguments(live)
                if declared.role is not Role.ACTION:
                    return declared.holds(live, arguments, *following)
                declared.run(live, arguments)
            return self.machine.freeze(live)
        except Cut:
            return "cut at a bound"
        except Disabled:
            return "not enabled"
        except ESCAPING as error:
            raise as_spec_error(error, declared.title, declared.place) from error

    def _plain_initial(self, run: Run, turned: Callable[[Any], Any]) -> Any:
        live = turned(self.machine.blank())
        try:
            with choosing(PickingChooser(run.picked, run.offered)):
                live.init()
            return self.machine.freeze(live)
        except Disabled:
            return "not enabled"

    def _blame(
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

    def close(self) -> None:
        """Let go of what refers to each other, so that its memory is given back at once. Nothing can be run afterwards."""
        self.filters.close()
        self._session.filters = self._following.filters = None
        for live in (self._live, self._live_following):
            live.__dict__.clear()
        self.trees.clear()

    def after(self, run: Run, state: Mapping[int, int]) -> dict[int, int]:
        """The ids of the cells after a run."""
        ids = dict(state)
        for cell, update, ident in run.writes:
            if update:
                ids[cell] = self._registry.updates[update].supply(ids.get(cell, 0))
            else:
                ids[cell] = ident
        return {cell: ident for cell, ident in ids.items() if ident}

    # Errors -----------------------------------------------------------------------------------------------------------------------------------

    def name(self, tree: Tree) -> str:
        """What a tree stands for, as it is called in messages."""
        return tree.declared.title if tree.declared else f"init of {self.machine.cls.__name__}"

    def _failed(self, error: BaseException, tree: Tree, run: Run, state: Mapping[int, int]) -> ModelcheckError:
        step = Step(tree.declared.name if tree.declared else "init", run.arguments)
        what = f"the {tree.declared.role.noun} {step}" if tree.declared else self.name(tree)
        failed = as_spec_error(error, what, tree.declared.place if tree.declared else self.machine.place)
        if tree.declared is not None and failed is not error:
            failed.add_note("In the state\n    " + repr(self.layout.snapshot(state)).replace("\n", "\n    "))
        return failed

    def _impure(self, tree: Tree, how: str, run: Run | None = None) -> ModelcheckError:
        if tree.declared is None:
            return ImpureError(
                f"{self.name(tree)} is not the same each time: {how}", place=self.machine.place, remedy=_CAUSES
            )
        what = f"the {tree.declared.role.noun} {Step(tree.declared.name, run.arguments)}" if run else self.name(tree)
        return ImpureError(
            f"{what} does not depend on the state alone: {how}", place=tree.declared.place, remedy=_CAUSES
        )

    def _node(self, expected: tuple[int, int, int]) -> str:
        kind, where, _ = expected
        if kind in (kernel.READ, kernel.READ_NEXT):
            return self.layout.cells[where].path
        if kind in (kernel.EACH, kernel.WHOLE, kernel.WHOLE_NEXT):
            return self.layout.collections[where].path
        return "a choice" if kind == kernel.CHOOSE else "nothing more"

    def check_values(self) -> None:
        """Make sure that no stored value has changed since it was stored, nor what all states share.

        Raises:
            SpecError: if one has.
        """
        self.machine.check_shared()
        for cell in self.layout.cells:
            changed = cell.rehash()
            if changed is not ABSENT:
                raise SpecError(
                    f"the value {show(changed)} in {cell.path} was changed after it was stored",
                    remedy="Store immutable values: tuples, frozensets, frozen attrs classes.",
                )


def _said(declared: Declaration, live: Any, arguments: Mapping[str, Any]) -> int:
    """What a property of what must happen says of a state, as the label of a leaf: 1 for its goal, 2 for its premise."""
    premise, goal = declared.pair(live, arguments)
    return int(goal) + 2 * int(premise and declared.role is Role.LEADS_TO)


def _in_words(label: int) -> str:
    return f"premise {bool(label & 2)}, goal {bool(label & 1)}"


def _by_a_value(error: BaseException) -> bool:
    """Whether an exception came out of a special method of a value, such as ``__eq__``, which only a table of values calls."""
    *_, (frame, _) = traceback.walk_tb((error.error if isinstance(error, StrayError) else error).__traceback__)
    code = frame.f_code
    return is_users(code.co_filename) and code.co_name.startswith("__")


def _shown(outcome: Any) -> str:
    text = repr(outcome) if isinstance(outcome, State) else str(outcome)
    return text.replace("\n", "; ")
