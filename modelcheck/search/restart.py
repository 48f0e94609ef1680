"""`resume`: go on with a search that a checkpoint was written of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from modelcheck.limits import Limits
from modelcheck.limits.given import NO_LIMITS
from modelcheck.search.check import resumed
from modelcheck.search.report import Progress, Report
from modelcheck.spec import Spec


def resume(
    spec: Spec, directory: str | Path, *, limits: Limits = NO_LIMITS, progress: Callable[[Progress], None] | None = None
) -> Report:
    """Go on with the search whose checkpoint a folder holds; the report is the one that it would have given undisturbed.

    All recorded runs of the spec's code are run again first, and must come out as they did. Properties, workers and the like are those of the
    search; its limits are not.

    Args:
        spec: The spec, with the constants that it had.
        directory: The folder, which gets the further checkpoints, too.
        limits: When to give up this time.
        progress: Called a few times a second.

    Raises:
        UsageError: if the folder holds no checkpoint, or another search uses it.
        CheckpointError: if it is damaged, or of another spec or other code; with what has changed.
        SpecError: if the spec cannot be run.
    """
    from modelcheck.search.checkpoints import reopened  # noqa: PLC0415 - few searches need it, and all would wait for it.

    checkpoints, options = reopened(Path(directory), spec)
    return resumed(spec, checkpoints, options, limits=limits, progress=progress)
