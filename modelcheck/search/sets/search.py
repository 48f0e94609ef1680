"""A search by sets of states: `modelcheck.diagrams` finds the reachable states, and here they are judged and counted.

All states are found first. What is violated is then looked for level by level, from the initial states on, so that a
counterexample is as short as there is, and the counts of a search that ends at a violation are those of the enumerator.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from attrs import define, field

from modelcheck.diagrams.family import Family
from modelcheck.diagrams.kernel._diagrams import States
from modelcheck.diagrams.learning import learned, sample
from modelcheck.diagrams.paths import path_to
from modelcheck.diagrams.reachability import Levels, chained
from modelcheck.errors import UsageError
from modelcheck.limits import Limits
from modelcheck.limits.budget import Budget
from modelcheck.limits.watch import Overrun, Watch
from modelcheck.search.evidence import Path, shown
from modelcheck.search.report import Progress, PropertyReport
from modelcheck.spec import RUNS, STEPS, Declaration, Machine, Role
from modelcheck.spec.overrun import out_of_memory, told
from modelcheck.statespace.kernel import _kernel as kernel
from modelcheck.statespace.recording.recorder import Recorder
from modelcheck.verdict import Verdict

DEADLOCK = "deadlock"
_LOOKS_EVERY_S = 0.25
_LEAST_NODES = 300_000
_SHARE = 4
_FIRST_NODES = 300_000
_MORE_NODES = 8
_NEWS = 1.1


class _EndedError(Exception):
    """A limit was reached."""


class _TooManyError(Exception):
    """So many nodes were made that a better order may be worth a new beginning."""


@define
class Counts:
    """How much a search has found.

    Attributes:
        states: Distinct states.
        generated: Initial states and successors; None if that is not known, since the search was ended.
        depth: Levels; None if that was not asked.
        out_of_bounds: Steps out of bounds.
        actions: For each action's tree the steps within bounds, those beyond, and those that a bound cuts.
    """

    states: int = 0
    generated: int | None = None
    depth: int | None = None
    out_of_bounds: int = 0
    actions: Mapping[int, tuple[int, int, int]] = field(factory=dict)


def refuse(chosen: Sequence[Declaration], *, workers: int, order: str, fair: bool) -> None:
    """Refuse what sets of states do not answer.

    Raises:
        UsageError: if something is asked that they do not.
    """
    remedy = "Leave it to --engine enumerate."
    if workers > 1:
        raise UsageError(f"sets of states are searched by one thread, not {workers}", remedy="Leave workers out.")
    if order != "breadth":
        raise UsageError(f"sets of states have no order of search, and {order!r} was asked for", remedy="Leave order out.")
    for declared in chosen:
        if declared.role in RUNS:
            raise UsageError(f"sets of states do not tell what must happen: {declared.title}", place=declared.place, remedy=remedy)
    if fair:
        raise UsageError("sets of states ask of nothing that fairness matters to", remedy=remedy)


def _width(declared: Declaration | None) -> int:
    """Which properties are likely to read much: neither those that end at the first place that decides, nor those with parameters."""
    return 0 if declared is None or declared.role is Role.REACHABLE else 1 if declared.parameters else 2


class SetSearch:
    """One search by sets of states.

    Args:
        machine: The machine explored.
        chosen: The properties asked.
        check_deadlock: Whether a state without an enabled action is a finding.
        limits: When to stop early.
        keep_going: Whether every property gets a verdict, whatever is violated.
        budget: The time and memory that there are.
        watch: Ends the runs of the spec's code that outlive the budget.
        progress: Called a few times a second.

    Attributes:
        stopped: Why the search ended before it was complete, or None.
        complete: Whether every reachable state was looked at.
        counts: What was found.
        recorder: Has run the spec's Python.
    """

    def __init__(
        self,
        machine: Machine,
        chosen: Sequence[Declaration],
        *,
        check_deadlock: bool,
        limits: Limits,
        keep_going: bool,
        budget: Budget,
        watch: Watch,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self._machine = machine
        self._chosen: list[Declaration | None] = [*chosen, *([None] if check_deadlock else [])]
        self._limits = limits
        self._keep_going = keep_going
        self._budget = budget
        self._watch = watch
        self._progress = progress
        self._reported_s = 0.0
        self._rounds = self._known = 0
        self._whole = False  # Whether all states are found.
        self._learn_beyond = (math.inf, math.inf)  # Nodes made, and different runs recorded.
        self.stopped: str | None = None
        self.complete = False
        self.walk_length: int | None = None
        self.counts = Counts()
        declared = [*machine.actions, *machine.constraints, *chosen, *(machine.terminals if check_deadlock else [])]
        self.recorder = Recorder(machine, declared, kernel.Space(check_deadlock=check_deadlock), split=True)
        self._deciding: dict[Declaration | None, States] = {}
        self._begin(Family(self.recorder, self._poll, budget.memory_bytes))

    def _begin(self, family: Family) -> None:
        self.family = family
        self._levels = Levels(family)
        self._found = self._expanded = family.nothing()

    def run(self) -> None:
        """Search until everything is found, a violation ends it, or a limit is reached."""
        try:
            self._search()
        except _EndedError as ended:
            self._stop(str(ended))
        except Overrun as overrun:
            self._stop(told(self._watch, overrun))
        except MemoryError as error:
            self._stop(self._budget.memory_over(self.family.diagrams.stats()["bytes"]) or out_of_memory(error))
        self.recorder.check_values()

    def _search(self) -> None:
        if self._limits.depth is not None:
            self._by_levels(self._limits.depth)
            return
        self._found = self._expanded = self._reached()
        self._whole = True
        self._count()
        self._judge()
        self.complete = True
        if self._is_to_end():
            self._until_violation()
            self._count()
        for declared in self._chosen:
            if self._decided(declared):
                self._levels.until(self._deciding[declared])
        if self.counts.depth is None and self.complete:
            self.counts.depth = self._depth()

    def _reached(self) -> States:
        """All states. Where that takes many nodes, the order is learned anew from what was seen until then, and the search begins again."""
        sample(self.family)
        self._begin(learned(self.family))
        most = _FIRST_NODES
        while True:
            self._learn_beyond = most, len(self.family.footprints.runs) * _NEWS
            try:
                return chained(self.family, self.family.initial(), self._look)
            except _TooManyError:
                most *= _MORE_NODES
                self._begin(learned(self.family))

    def _by_levels(self, most: int) -> None:
        """Search a number of levels."""
        while len(self._levels.levels) < most and self._levels.advance():
            self._look(self._levels.found, round_done=True)
            self._found, self._expanded = self._levels.found, self._levels.expanded
            self._judge()
            if self._is_to_end():
                break
        else:
            self.complete = len(self._levels.levels) < most
            if self.complete:
                self._expanded = self._found
                self._judge()
                self.complete = not self._is_to_end()
            else:
                self.stopped = f"the depth limit of {most} was reached"
        self._count()
        self.counts.depth = len(self._levels.levels)

    def _until_violation(self) -> None:
        """Search again by levels, as far as the first of them that a violation is found with."""
        self._whole = False
        self._expanded = self.family.nothing()
        while self._levels.advance():
            self._found = self._levels.found
            if any(self._violates(declared) for declared in self._chosen):
                break
            self._expanded = self._found
            if any(self._violates(declared) for declared in self._chosen):
                self._found = self._expanded | self._levels.advance()
                break
        self.complete = False
        self.counts.depth = len(self._levels.levels)

    def _judge(self) -> None:
        """Ask what decides the properties among the states found, of those that may read the whole state last."""
        for declared in sorted(self._chosen, key=_width):
            if declared is None:
                self._deciding[declared] = self.family.deadlocked(self._expanded)
            else:
                asked = self._expanded if declared.role in STEPS else self._found
                self._deciding[declared] = self.family.deciding(declared, asked, self._found)

    def _decided(self, declared: Declaration | None) -> bool:
        """Whether a state that was looked at decides a property; None: deadlock."""
        if declared not in self._deciding:
            return False
        looked = self._expanded if declared is None or declared.role in STEPS else self._found
        return bool(self._deciding[declared] & looked)

    def _is_to_end(self) -> bool:
        """Whether a violation was found that ends the search."""
        return not self._keep_going and any(self._violates(declared) for declared in self._chosen)

    def _violates(self, declared: Declaration | None) -> bool:
        return self._decided(declared) and not (declared is not None and declared.role is Role.REACHABLE)

    def _count(self) -> None:
        inside, outside = self.family.count_initial(self._found)
        actions = self.family.count(self._expanded, self._found)
        self.counts.states = self._found.count()
        self.counts.generated = inside + sum(within for within, _, _ in actions.values())
        self.counts.out_of_bounds = outside + sum(beyond + cut for _, beyond, cut in actions.values())
        self.counts.actions = actions

    def _depth(self) -> int | None:
        """How many levels there are; None if finding the rest of them would take many nodes."""
        made = self.family.made
        while self._levels.advance():
            if self.family.made > made + made // _SHARE + _LEAST_NODES:
                return None
        return len(self._levels.levels)

    # Limits ----------------------------------------------------------------------------------------------------------------------------------------

    def _look(self, found: States, round_done: bool) -> None:
        self._rounds += round_done
        if round_done or self._limits.states is not None:
            self._known = self.counts.states = found.count()
        if self._limits.states is not None and self._known > self._limits.states:
            raise _EndedError(f"the limit of {self._limits.states:,} states was reached")
        most_made, most_runs = self._learn_beyond
        if self.family.made > most_made and len(self.family.footprints.runs) > most_runs:
            raise _TooManyError
        self._poll()

    def _poll(self) -> None:
        stats = self.family.diagrams.stats()
        used = stats["bytes"]
        ended = self._budget.ended() or self._budget.memory_over(used)
        if ended:
            raise _EndedError(ended)
        seconds = self._budget.seconds
        if self._progress is not None and seconds - self._reported_s > _LOOKS_EVERY_S:
            self._reported_s = seconds
            self._progress(Progress(self._rounds, self._known, 0, 0, self.recorder.calls, 0.0, used, seconds, stats["nodes"]))

    def _stop(self, reason: str) -> None:
        self.stopped = self.stopped or reason
        self.complete = False

    # What looks like a mistake is found by these -------------------------------------------------------------------------------------------------

    @property
    def explorer(self) -> SetSearch:
        """What has counted."""
        return self

    def action_counts(self) -> list[tuple[int, int, int, int]]:
        """As an explorer's; which of the steps led to a new state nobody knows."""
        return [(tree, within, 0, beyond + cut) for tree, (within, beyond, cut) in self.counts.actions.items()]

    def evaluations(self) -> list[tuple[int, int, bool]]:
        """As an explorer's; there are no more evaluations than states beside the initial ones."""
        beside = self.counts.states - (self._levels.levels[0].count() if self._levels.levels else 0)
        trees = [index for index, tree in self.recorder.trees.items() if tree.declared in self._chosen and tree.declared is not None]
        return [(tree, beside, self.family.diagrams.asked(tree)) for tree in trees]

    def findings(self) -> list[tuple[int, int, int, int]]:
        """As an explorer's, of which only the trees are asked."""
        decided = [declared for declared in self._chosen if declared is not None and self._decided(declared)]
        return [(self.family.tree_of(declared), 0, 0, 0) for declared in decided]

    def stuttering(self) -> int | None:
        """Not looked for."""
        return None

    def path(self, parent: int, ordinal: int) -> Path:
        """There is none."""
        raise NotImplementedError

    # Verdicts --------------------------------------------------------------------------------------------------------------------------------------

    def reports(self, source: str) -> tuple[PropertyReport, ...]:
        """The verdict on each property, with the run that shows it.

        Args:
            source: The file of the spec.
        """
        return tuple(self._report(declared, source) for declared in self._chosen)

    def _report(self, declared: Declaration | None, source: str) -> PropertyReport:
        name, kind = (DEADLOCK, DEADLOCK) if declared is None else (declared.name, declared.role.value)
        if not self._decided(declared):
            absent = Verdict.VIOLATED if declared is not None and declared.role is Role.REACHABLE else Verdict.HOLDS
            known = self.complete or (self._whole and declared in self._deciding)
            return PropertyReport(name, kind, absent if known else Verdict.UNKNOWN)
        try:
            path = path_to(self._levels, self._deciding[declared], declared, self._found)
            trace = shown(self._machine, self.recorder, path, name, kind, source)
        except (Overrun, _EndedError, MemoryError) as error:
            self._cut_short(error, name)
        else:
            verdict = Verdict.HOLDS if declared is not None and declared.role is Role.REACHABLE else Verdict.VIOLATED
            return PropertyReport(name, kind, verdict, trace)
        return PropertyReport(name, kind, Verdict.UNKNOWN)

    def _cut_short(self, error: BaseException, name: str) -> None:
        why = told(self._watch, error) if isinstance(error, Overrun) else str(error) or self._budget.memory_short()
        self._stop(f"{why}, while the run that decides {name} was rebuilt")

    def close(self) -> None:
        """Give the memory of the search back at once. Nothing can be asked afterwards."""
        self._deciding.clear()
        del self._levels, self._found, self._expanded
        self.family.close()
        self.recorder.close()
