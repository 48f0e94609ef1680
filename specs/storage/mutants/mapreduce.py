"""MapReduce with one bug each: what breaks it, and which property catches it."""

from modelcheck import fails
from specs.storage.mapreduce import MapReduce, Worker


@fails("deadlock", steps=5)
@fails("completes", steps=5)
class KeepsLostMaps(MapReduce):
    """A map task that was complete is not run again when its worker fails, and its output is nowhere: caught by completes, and as a deadlock."""

    def is_lost(self, m: int) -> bool:
        """Wrong: complete is not the same as there."""
        return False


@fails("result_is_right", steps=5)
class WritesInPlace(MapReduce):
    """A reduce task writes into the final file, half of which is there before it is complete: caught by result_is_right."""

    def first_written(self, worker: Worker) -> None:
        """Wrong: everybody reads that file."""
        self.result = worker.file


@fails("result_is_right", steps=8)
class CountsBackups(MapReduce):
    """The files of a task and of its backup are both taken: caught by result_is_right."""

    def commit(self, file: tuple[int, ...]) -> None:
        """Wrong: appended, and not renamed."""
        self.result = (*(self.result or ()), *file)
