"""How far a search is: one line on standard error that is overwritten, on a terminal only."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from modelcheck.cli.units import count, said_bytes, said_rate, said_seconds

if TYPE_CHECKING:
    from rich.live import Live

    from modelcheck.conformance.validation import LogProgress
    from modelcheck.search.report import Progress

P = TypeVar("P")
_BAR = 30


class ProgressLine(Generic[P]):
    """Shows the progress of a search from its first report on, and removes it in the end; a search too short to report costs nothing.

    Args:
        text: The line for a report.
        quiet_s: For so long nothing is shown.

    >>> with ProgressLine(progress_text) as line:
    ...     line.function is None or callable(line.function)
    True
    """

    def __init__(self, text: Callable[[P], str], quiet_s: float = 0.0) -> None:
        self._text = text
        self._from_s = time.monotonic() + quiet_s
        self._live: Live | None = None
        self.function: Callable[[P], None] | None = self._show if sys.stderr.isatty() else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def _show(self, progress: P) -> None:
        if time.monotonic() < self._from_s:
            return
        from rich.text import Text

        if self._live is None:
            from rich.console import Console
            from rich.live import Live

            self._live = Live(
                console=Console(stderr=True),
                transient=True,
                auto_refresh=False,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        self._live.update(Text(self._text(progress), style="dim"), refresh=True)


def history_progress_text(progress: tuple[int, int]) -> str:
    """The line for the check of a history: the operations decided, and all."""
    done, total = progress
    filled = _BAR * done // max(total, 1)
    return f"[{'#' * filled}{'.' * (_BAR - filled)}] {done:,} of {total:,} operations"


def log_progress_text(progress: LogProgress) -> str:
    """The line for the validation of a log."""
    states = f"{count(progress.states, 'state')} of at most {progress.most:,}"
    return " · ".join([said_seconds(progress.seconds), f"observation {progress.line:,} of {progress.lines:,}", f"{states} explain it"])


def progress_text(progress: Progress) -> str:
    """The line for a search, with the time that the states waiting take at least; those that they lead to are not known."""
    if progress.nodes is not None:
        states = f"{count(progress.states, 'state')} in {count(progress.nodes, 'node')}"
        parts = [said_seconds(progress.seconds), f"round {progress.depth}", states, said_bytes(progress.memory_bytes)]
        return fitted([*parts, count(progress.python_calls, "Python call")])
    rate = progress.generated / progress.seconds if progress.seconds else 0
    expanded = (progress.states - progress.frontier) / progress.seconds if progress.seconds else 0
    left = f" ({said_seconds(progress.frontier / expanded)} at least)" if expanded > 0 and progress.frontier else ""
    return fitted(
        [
            said_seconds(progress.seconds),
            f"depth {progress.depth}",
            count(progress.states, "state"),
            f"{progress.frontier:,} waiting{left}",
            f"{said_rate(rate)} generated/s",
            said_bytes(progress.memory_bytes),
            count(progress.python_calls, "Python call"),
            f"table {progress.table_load:.0%}",
        ]
    )


def fitted(parts: Sequence[str]) -> str:
    """As many of the parts, the most important first, as fit into a line of the terminal."""
    width = shutil.get_terminal_size().columns - 1
    shown = list(parts)
    while len(shown) > 1 and len(" · ".join(shown)) > width:
        shown.pop()
    return " · ".join(shown)
