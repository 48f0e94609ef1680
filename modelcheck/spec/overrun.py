"""What is said of a run of a spec's code that was ended from outside."""

from __future__ import annotations

from modelcheck.errors import SpecError
from modelcheck.limits.budget import memory_refused
from modelcheck.limits.watch import Overrun, Watch
from modelcheck.spec.loading import shown_path
from modelcheck.spec.run import is_users, user_frame


def out_of_memory(error: MemoryError) -> str:
    """That the system gave no more memory, and where the spec's code was."""
    name, place = user_frame(error) or ("", None)
    del error
    if place is None or not is_users(place):
        return memory_refused()
    return f"{memory_refused()}, in a run of {name} ({_shown(place)})"


def told(watch: Watch, overrun: Overrun) -> str:
    """Why and where a run was ended.

    Raises:
        SpecError: if it was ended for its own processor time.
    """
    name, place = user_frame(overrun) or ("the spec's code", None)
    if watch.why is None:
        raise SpecError(
            f"{watch.most_cpu_s:g} s of processor time were used, in a run of {name} that had not ended",
            place=place,
            remedy="A loop in it must end: each run is one step of the system.",
        ) from None
    if place is None:
        return watch.why
    return f"{watch.why}, in a run of {name} that had not ended ({_shown(place)})"


def _shown(place: str) -> str:
    file, _, line = place.rpartition(":")
    return f"{shown_path(file)}:{line}"
