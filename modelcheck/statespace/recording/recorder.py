"""The recorder: runs the spec's Python where the kernel's trees lack a path, and adds the path.

A run is repeated from time to time on ordinary objects, without recording (`modelcheck.statespace.recording.repeats`).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from time import perf_counter
from typing import Any

from modelcheck.errors import ModelcheckError, SpecError
from modelcheck.spec import LIVENESS, STEPS, Declaration, Machine, Step
from modelcheck.spec.choice import Cut, Disabled, choosing
from modelcheck.spec.declare import Role
from modelcheck.spec.run import ESCAPING, as_spec_error, next_script, refuse_bound
from modelcheck.statespace.cells import ABSENT
from modelcheck.statespace.kernel import _kernel as kernel
from modelcheck.statespace.layout import Layout
from modelcheck.statespace.plain._runs import PlainRuns
from modelcheck.statespace.recording.coverage import Coverage
from modelcheck.statespace.recording.filters import Filters
from modelcheck.statespace.recording.instances import Labels, all_arguments
from modelcheck.statespace.recording.repeats import Repeats
from modelcheck.statespace.recording.runs import Prefix, Run, Search, Tree, said_of
from modelcheck.statespace.recording.session import ContentKey, Registry, Session, TreeChooser
from modelcheck.values import show

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
_FIRST_INITIAL, _MOST_INITIAL = 256, 65_536
_LONGEST_PREFIX = 8
_MOST_TREES = 512
GENEROUS = 512
"""How many recorded runs each action and property has before they must pay."""


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
        lock: Held by who runs the spec's code.
        plain: Who runs it without recording; None if nobody does.
        picked: What actions chose before they looked at the state, as far as they were tried with the first one.
        coverage: What the runs of properties came to.
        repeats: Runs them again on ordinary objects.
    """

    def __init__(
        self, machine: Machine, declared: Sequence[Declaration], space: kernel.Space, *, split: bool = False, labelled: bool = False
    ) -> None:
        self.machine = machine
        self.space = space
        self.layout = Layout(machine, space)
        self.trees = {index: Tree(index, None) for index in [space.add_tree(kernel.INIT)]}
        self.writers: set[str] = set()
        self._supplied_s = 0.0
        self.lock = threading.RLock()
        self.plain: PlainRuns | None = None
        self.picked: list[Any] = []
        self.coverage = Coverage(machine.constants)
        self._registry = Registry(space)
        self._session = Session(self._registry)
        self._following = Session(self._registry, following=True)
        self._live = self.layout.tracked(self._session)
        self.repeats = Repeats(machine, self.layout, self.after)
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

    def run_plainly(self) -> None:
        """Let the kernel run code without recording where that would not pay."""
        self.plain = PlainRuns(
            self.machine, self.layout, self.space, self.trees, self.lock, self.coverage, self.repeats, self.labels, self.writers, GENEROUS
        )

    def rest(self) -> None:
        """No plain run is under way on this thread.

        Raises:
            Overrun: if the last one was ended.
        """
        if self.plain is not None:
            self.plain.rest()

    def _add_tree(self, declared: Declaration, *, prefix: Prefix = (), arguments: Mapping[str, Any] | None = None) -> None:
        index = self.space.add_tree(_ROLES[declared.role])
        self.trees[index] = Tree(index, declared, prefix=prefix, arguments=arguments)

    def _all_arguments(self, declared: Declaration) -> list[dict[str, Any]]:
        return all_arguments(declared, self._session, self._live, self.layout.ids(self.machine.first_state))

    @property
    def calls(self) -> int:
        """Runs of the spec's Python code so far."""
        return sum(tree.calls + tree.plain for tree in self.trees.values())

    @property
    def seconds(self) -> float:
        """What running the spec's code took in all."""
        return self._supplied_s + (0.0 if self.plain is None else self.plain.seconds)

    @property
    def initial_runs(self) -> int:
        """Runs of ``init`` among them."""
        return sum(tree.calls for tree in self.trees.values() if tree.declared is None)

    def calls_by_name(self) -> dict[str, int]:
        """Runs of the Python code of each action, property and predicate."""
        found: dict[str, int] = {}
        for tree in self.trees.values():
            if tree.declared is not None:
                found[tree.declared.name] = found.get(tree.declared.name, 0) + tree.calls + tree.plain
        return found

    def _prefixes(self, declared: Declaration) -> list[Prefix]:
        """The outcomes of the choices that an action makes before it looks at the state; one empty one if there are too many."""
        state = self.layout.ids(self.machine.first_state)
        try:
            found = list(self._longer(Tree(-1, declared), state, ()))
        except ModelcheckError:
            return [()]  # It is told with its trace when the search comes to it.
        return found if len(found) <= _MOST_TREES else [()]

    def _longer(self, tree: Tree, state: Mapping[int, int], prefix: Prefix) -> Iterator[Prefix]:
        run = self.run(tree, [option for _, option in prefix], state)
        self.picked += run.picked
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
            self._supplied_s += took
            if kind == kernel.MISS_PATH:
                self.trees[which].seconds += took

    def counts(self, tree: int | None) -> tuple[int | None, int, Mapping[str, int]]:
        """What decides which runs are repeated, for `reset`: of a tree that is run next."""
        return tree, 0 if tree is None else self.trees[tree].calls, self.repeats.counts()

    def reset(self, counts: tuple[int | None, int, Mapping[str, int]]) -> None:
        """Count as if nothing had been run since: what was ended is run again."""
        tree, calls, first = counts
        if tree is not None:
            self.trees[tree].calls = calls
        self.repeats.reset(first)

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
            self.repeats.repeat(tree, run, {}, None)
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
        self.repeats.repeat(tree, run, state, after)
        self._add_path(tree, run)
        if self.plain is not None:
            self.plain.note(tree, run)
        return run

    def _add_path(self, tree: Tree, run: Run) -> None:
        acts = tree.declared is not None and tree.declared.role is Role.ACTION and run.outcome != kernel.DISABLED
        if self.labels is not None and tree.declared is not None and acts:
            run.label = self.labels.of(tree.declared.name, run.arguments)
        try:
            self.space.add_path(tree.index, run.events, run.outcome, run.writes, run.label)
        except kernel.PathMismatchError as error:
            raise self.repeats.impure(
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
            self.repeats.blame(error, tree, chooser, state, after)
            raise self._failed(error, tree, run, state) from error
        run.picked, run.offered = chooser.picked, chooser.offered
        self._drop_prefix(tree, run)
        return run

    def _drop_prefix(self, tree: Tree, run: Run) -> None:
        made = len(tree.prefix)
        if run.events[:made] != [(kernel.CHOOSE, 0, options, option) for options, option in tree.prefix]:
            raise self.repeats.impure(tree, "the choices that it makes before it looks at the state are not always the same")
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
        run.varies = any(kind not in (kernel.CHOOSE, kernel.EACH) for kind, *_ in run.events)
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
                run.label = said_of(declared, self._live, run.arguments)
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

    def close(self) -> None:
        """Let go of what refers to each other, so that its memory is given back at once. Nothing can be run afterwards."""
        if self.plain is not None:
            self.plain.close()
        self.plain = None
        self.filters.close()
        self._session.filters = self._following.filters = None
        del self.repeats
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

    def _failed(self, error: BaseException, tree: Tree, run: Run, state: Mapping[int, int]) -> ModelcheckError:
        step = Step(tree.declared.name if tree.declared else "init", run.arguments)
        what = f"the {tree.declared.role.noun} {step}" if tree.declared else self.repeats.name(tree)
        failed = as_spec_error(error, what, tree.declared.place if tree.declared else self.machine.place)
        if tree.declared is not None and failed is not error:
            failed.add_note("In the state\n    " + repr(self.layout.snapshot(state)).replace("\n", "\n    "))
        return failed

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
        self.machine.shared.check()
        for cell in self.layout.cells:
            changed = cell.rehash()
            if changed is not ABSENT:
                raise SpecError(
                    f"the value {show(changed)} in {cell.path} was changed after it was stored",
                    remedy="Store immutable values: tuples, frozensets, frozen attrs classes.",
                )
