"""A system in plain Python, run twice: by the kernel, which is given a path whenever it misses one, and by a search of thirty lines."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from modelcheck.search.kernel import _explorer as e
from modelcheck.statespace.kernel import _kernel as k

State = dict[int, int]


class Disabled(Exception):  # noqa: N818 - it is an outcome and no error.
    """The guard of a run does not hold."""


class Run:
    """One run of a function in a state, recorded as the kernel wants it."""

    def __init__(
        self, system: System, state: State, script: tuple[int, ...] = (), following: State | None = None
    ) -> None:
        self.system, self.state, self.following, self.script = system, state, following, list(script)
        self.events: list[tuple[int, int, int, int]] = []
        self.writes: dict[int, tuple[int, int]] = {}
        self.choices: list[tuple[int, list[int]]] = []
        self.seen: dict[tuple[int, ...], int] = {}

    def _log(self, kind: int, where: int, detail: int, found: int) -> int:
        if (kind, where, detail) not in self.seen:
            self.seen[kind, where, detail] = found
            self.events.append((kind, where, detail, found))
        return found

    def _choice(self, kind: int, where: int, detail: int, options: list[int]) -> int:
        if not options:
            self.events.append((kind, where, detail, -1))
            raise Disabled
        taken = self.script[len(self.choices)] if len(self.choices) < len(self.script) else options[0]
        self.choices.append((taken, options))
        self.events.append((kind, where, detail, taken))
        return taken

    def read(self, cell: int) -> int:
        if cell in self.writes:
            return self.writes[cell][1]
        return self._log(k.READ, cell, 0, self.state.get(cell, 0))

    def project(self, cell: int, projection: int) -> int:
        return self._log(k.READ, cell, projection, self.system.projections[projection](self.state.get(cell, 0)))

    def read_next(self, cell: int) -> int:
        return self._log(k.READ_NEXT, cell, 0, self.following.get(cell, 0))

    def whole(self, collection: int) -> State:
        return self._whole(k.WHOLE, collection, self.state)

    def whole_next(self, collection: int) -> State:
        return self._whole(k.WHOLE_NEXT, collection, self.following)

    def _whole(self, kind: int, collection: int, state: State) -> State:
        content = {c: i for c, i in state.items() if self.system.collection_of.get(c) == collection}
        self._log(kind, collection, 0, sum(k.mix(c, i) for c, i in content.items()) % 2**64)
        return content

    def choose(self, options: int) -> int:
        return self._choice(k.CHOOSE, 0, options, list(range(options)))

    def each(self, collection: int) -> int:
        present = sorted(c for c in self.state if self.system.collection_of.get(c) == collection)
        return self._choice(k.EACH, collection, 0, present)

    def require(self, holds: bool) -> None:
        if not holds:
            raise Disabled

    def write(self, cell: int, value: int) -> None:
        self.writes[cell] = (0, value)

    def update(self, cell: int, update: int) -> None:
        self.writes[cell] = (update, 0)

    def result(self) -> State:
        after = dict(self.state)
        for cell, (update, argument) in self.writes.items():
            after[cell] = self.system.updates[update](after.get(cell, 0)) if update else argument
        return {c: i for c, i in after.items() if i}


Function = Callable[[Run], object]


class System:
    """Cells, functions and what the kernel knows of them."""

    def __init__(self, *, check_deadlock: bool = False) -> None:
        self.space = k.Space(check_deadlock=check_deadlock)
        self.check_deadlock = check_deadlock
        self.functions: dict[int, tuple[int, Function]] = {}
        self.collection_of: dict[int, int] = {}
        self.elements: dict[tuple[int, object], int] = {}
        self.projections: dict[int, Callable[[int], int]] = {}
        self.updates: dict[int, Callable[[int], int]] = {}
        self.calls = 0
        self.lock = threading.Lock()

    def cell(self) -> int:
        return self.space.add_cell()

    def element(self, collection: int, key: object) -> int:
        if (collection, key) not in self.elements:
            cell = self.space.add_cell(collection)
            self.elements[collection, key] = cell
            self.collection_of[cell] = collection
        return self.elements[collection, key]

    def projection(self, function: Callable[[int], int]) -> int:
        number = self.space.add_projection()
        self.projections[number] = function
        return number

    def update(self, function: Callable[[int], int]) -> int:
        number = self.space.add_update()
        self.updates[number] = function
        return number

    def add(self, role: int, function: Function) -> int:
        tree = self.space.add_tree(role)
        self.functions[tree] = (role, function)
        return tree

    def starts(self, *cells: tuple[int, int]) -> None:
        self.add(k.INIT, lambda run: [run.write(c, i) for c, i in cells] and None)

    def trees(self, role: int) -> list[int]:
        return [tree for tree, (its, _) in self.functions.items() if its == role]

    def run(
        self, tree: int, state: State, script: tuple[int, ...] = (), following: State | None = None
    ) -> tuple[Run, int]:
        """One run with its outcome."""
        run = Run(self, state, script, following)
        role, function = self.functions[tree]
        try:
            holds = function(run)
        except Disabled:
            return run, k.DISABLED
        if role in (k.INIT, k.ACTION):
            return run, k.EFFECT
        return run, k.TRUE if holds else k.FALSE

    def leaves(self, tree: int, state: State, following: State | None = None) -> Iterator[tuple[Run, int]]:
        """All runs in a state, each with its outcome, but the disabled ones."""
        script: list[int] | None = []
        while script is not None:
            run, outcome = self.run(tree, state, tuple(script), following)
            if outcome != k.DISABLED:
                yield run, outcome
            choices = list(run.choices)
            script = None
            while choices and script is None:
                taken, options = choices.pop()
                if options.index(taken) + 1 < len(options):
                    script = [c for c, _ in choices] + [options[options.index(taken) + 1]]

    def supply(self, explorer: e.Explorer, worker: int) -> None:
        """Give the kernel what it misses."""
        kind, index, value, script = explorer.missing(worker)
        if kind == k.MISS_PROJECTION:
            self.space.set_projection(index, value, self.projections[index](value))
        elif kind == k.MISS_UPDATE:
            self.space.set_update(index, value, self.updates[index](value))
        else:
            following = explorer.missing_state(worker, following=True)
            run, outcome = self.run(index, explorer.missing_state(worker), tuple(script), following)
            assert script == [taken for taken, _ in run.choices][: len(script)]
            writes = [(c, u, a) for c, (u, a) in run.writes.items()] if outcome == k.EFFECT else []
            self.space.add_path(index, run.events, outcome, writes)
        self.calls += 1

    def explore(
        self, *, mode: int = e.BREADTH, workers: int = 1, batch: int = 1000, batches: int | None = None, **options: int
    ) -> e.Explorer:
        """Run an exploration to its end, or a random walk for a number of batches."""
        explorer = e.Explorer(self.space, mode=mode, workers=workers, **options)
        while True:
            paused: dict[int, int] = {}
            threads = [
                threading.Thread(target=self._work, args=(explorer, w, batch, batches, paused)) for w in range(workers)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(paused) == workers, "a worker failed"
            if k.GROW in paused.values():
                assert explorer.grow()
            elif mode == e.WALK or not explorer.next_level():
                return explorer

    def _work(self, explorer: e.Explorer, worker: int, batch: int, batches: int | None, paused: dict[int, int]) -> None:
        while batches is None or batches > 0:
            pause = explorer.run(worker, batch)
            if pause == k.MISS:
                with self.lock:
                    self.supply(explorer, worker)
            elif pause == k.MORE:
                batches = None if batches is None else batches - 1
            else:
                paused[worker] = pause
                return
        paused[worker] = k.MORE

    def holds(self, tree: int, state: State, following: State | None = None) -> bool:
        outcomes = [outcome == k.TRUE for _, outcome in self.leaves(tree, state, following)]
        return any(outcomes) if self.functions[tree][0] == k.REACHABLE else all(outcomes)

    def path_states(self, path: list[tuple[int, list[int]]]) -> list[State]:
        """The states along a path, by running the functions; fails where one is not enabled."""
        states: list[State] = [{}]
        for tree, script in path:
            run, outcome = self.run(tree, states[-1], tuple(script))
            assert outcome == k.EFFECT
            assert [taken for taken, _ in run.choices] == script
            states.append(run.result())
        return states[1:]


class Oracle:
    """The obvious breadth-first search."""

    def __init__(self, system: System) -> None:
        self.generated = self.depth = self.out_of_bounds = 0
        self.level_of: dict[frozenset[tuple[int, int]], int] = {}
        self.found: dict[
            int, int
        ] = {}  # Per tree the least number of states on the way to a finding; -1 for a deadlock.
        self.system = system
        level: list[State] = [{}]
        while level:
            level = [new for state in level for new in self.expand(state)]
            self.depth += bool(level)
        self.states = len(self.level_of)

    def note(self, tree: int, depth: int) -> None:
        self.found[tree] = min(depth, self.found.get(tree, depth))

    def judge(self, roles: list[int], state: State, following: State | None) -> None:
        for role in roles:
            for tree in self.system.trees(role):
                if self.system.holds(tree, state, following) == (role == k.REACHABLE):
                    self.note(tree, self.depth + 1)

    def expand(self, state: State) -> list[State]:
        system, initial = self.system, self.depth == 0
        new, successors = [], 0
        for tree in system.trees(k.INIT if initial else k.ACTION):
            for run, _ in system.leaves(tree, state):
                successors += 1
                after = run.result()
                key = frozenset(after.items())
                if not all(system.holds(t, after) for t in system.trees(k.CONSTRAINT)):
                    self.out_of_bounds += 1
                    continue
                self.generated += 1
                self.judge([k.STEP] if not initial else [], state, after)
                if key not in self.level_of:
                    self.level_of[key] = self.depth + 1
                    new.append(after)
                    self.judge([k.INVARIANT, k.REACHABLE], after, None)
        dead = system.check_deadlock and not initial and not successors
        if dead and not any(system.holds(t, state) for t in system.trees(k.TERMINAL)):
            self.note(-1, self.depth)
        return new
