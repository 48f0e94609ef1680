"""MapReduce: tasks are run again when workers fail, some twice to be sure, and each counts once.

Dean and Ghemawat, "MapReduce: Simplified Data Processing on Large Clusters", 2004, sections 3.1, 3.3 and 3.6. The
output of a map task lies on its worker's disk, so a map task is run again if that worker fails, even when it was
complete; a reduce task writes into a file of its own and renames it when it is complete. Backup tasks run beside slow
ones. The master takes the first completion of a task, and ignores the others.

*Choices.* Each map task produces its own number; one reduce task collects them into a file. A reduce task reads all
map outputs in one step, and writes in two. The master does not fail.

*Bounds.* ``maps``, ``workers``, ``failures``.
"""

from __future__ import annotations

from collections.abc import Iterable

from modelcheck import Record, Spec, action, eventually, fair, invariant, reachable, require, terminal

REDUCE = -1


class Worker(Record):
    """A worker: what it is running, the map outputs on its disk, and how much of its own result file it has written."""

    up: bool = True
    task: int | None = None
    outputs: frozenset[int] = frozenset()
    file: tuple[int, ...] = ()


class MapReduce(Spec):
    """A job with a number of map tasks and one reduce task."""

    maps: int = 2
    workers: int = 2
    failures: int = 1

    def init(self) -> None:
        """No task has run."""
        self.worker = {w: Worker() for w in self.everybody()}
        self.done: dict[int, int | None] = dict.fromkeys(self.map_tasks())
        self.result: tuple[int, ...] | None = None
        self.failures_left = self.failures

    def everybody(self) -> Iterable[int]:
        """The workers."""
        return range(self.workers)

    def map_tasks(self) -> Iterable[int]:
        """The map tasks."""
        return range(self.maps)

    # Map ----------------------------------------------------------------------------------------------------------------

    @fair
    @action(everybody, map_tasks)
    def start_map(self, w: int, m: int) -> None:
        """The master gives a map task to an idle worker, perhaps as a backup of one that is slow."""
        worker = self.worker[w]
        require(worker.up)
        require(worker.task is None)
        require(self.result is None)
        require(self.done[m] is None)
        worker.task = m

    @fair
    @action(everybody)
    def complete_map(self, w: int) -> None:
        """The output is on the worker's disk; the master notes where, if the task was not complete already."""
        worker = self.worker[w]
        require(worker.up)
        require(worker.task is not None and worker.task != REDUCE)
        m = worker.task or 0
        worker.task = None
        worker.outputs |= {m}
        if self.done[m] is None:
            self.done[m] = w

    # Reduce -------------------------------------------------------------------------------------------------------------

    @fair
    @action(everybody)
    def start_reduce(self, w: int) -> None:
        """When all maps are complete, a worker reads their outputs, and writes the first half of its file."""
        worker = self.worker[w]
        require(worker.up)
        require(worker.task is None)
        require(self.result is None)
        require(all(self.done[m] is not None and m in self.worker[self.done[m] or 0].outputs for m in self.map_tasks()))
        worker.task = REDUCE
        worker.file = self.first_half()
        self.first_written(worker)

    def first_half(self) -> tuple[int, ...]:
        """All numbers but the last."""
        return tuple(range(self.maps - 1))

    def first_written(self, worker: Worker) -> None:
        """A file of the worker's own, which nobody reads."""

    @fair
    @action(everybody)
    def complete_reduce(self, w: int) -> None:
        """The file is complete, and renamed to the final one: at once, and once."""
        worker = self.worker[w]
        require(worker.up)
        require(worker.task == REDUCE)
        worker.task = None
        file = (*worker.file, self.maps - 1)
        worker.file = ()
        self.commit(file)

    def commit(self, file: tuple[int, ...]) -> None:
        """The rename replaces what was there by the same."""
        self.result = file

    # Failures -----------------------------------------------------------------------------------------------------------

    @action(everybody)
    def fail(self, w: int) -> None:
        """A worker and its disk are gone, a new one comes in its place; the master marks the map tasks that it completed as idle again."""
        require(self.failures_left > 0)
        require(self.result is None)
        self.failures_left -= 1
        self.worker[w] = Worker()
        for m in self.map_tasks():
            if self.done[m] == w and self.is_lost(m):
                self.done[m] = None

    def is_lost(self, m: int) -> bool:
        """The output of a map task lies on the disk of its worker only."""
        return True

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant
    def result_is_right(self) -> bool:
        """Semantics in the presence of failures: the file, if there is one, is that of a run without any."""
        return self.result is None or self.result == tuple(self.map_tasks())

    @reachable
    def runs_twice(self) -> bool:
        """A task can run on two workers at once."""
        tasks = [worker.task for worker in self.worker.values()]
        return tasks[0] is not None and tasks[0] == tasks[1]

    @eventually
    def completes(self) -> bool:
        """The job is done at last, as long as the master gives out tasks and workers work."""
        return self.result is not None

    @terminal
    def is_complete(self) -> bool:
        """The job is done."""
        return self.result is not None
