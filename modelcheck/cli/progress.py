"""How far a search is: one line on standard error that is overwritten, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from modelcheck.cli.units import count, said_bytes, said_rate, said_seconds

if TYPE_CHECKING:
    from rich.live import Live

    from modelcheck.search.report import Progress


class ProgressLine:
    """Shows the progress of a search from its first report on, and removes it in the end; a search too short to report costs nothing.

    >>> with ProgressLine() as line:
    ...     line.function is None or callable(line.function)
    True
    """

    def __init__(self) -> None:
        self._live: Live | None = None
        self.function: Callable[[Progress], None] | None = self._show if sys.stderr.isatty() else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def _show(self, progress: Progress) -> None:
        from rich.text import Text  # noqa: PLC0415 - slow to import, and short searches show no progress.

        if self._live is None:
            from rich.console import Console  # noqa: PLC0415
            from rich.live import Live  # noqa: PLC0415

            self._live = Live(
                console=Console(stderr=True),
                transient=True,
                auto_refresh=False,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        self._live.update(Text(progress_text(progress), style="dim"), refresh=True)


def progress_text(progress: Progress) -> str:
    """The line."""
    rate = progress.generated / progress.seconds if progress.seconds else 0
    return " · ".join(
        [
            said_seconds(progress.seconds),
            f"depth {progress.depth}",
            count(progress.states, "state"),
            f"{said_rate(rate)} generated/s",
            f"frontier {progress.frontier:,}",
            count(progress.python_calls, "Python call"),
            f"table {progress.table_load:.0%}",
            said_bytes(progress.memory_bytes),
        ]
    )
