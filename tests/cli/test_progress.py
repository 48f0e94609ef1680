"""How far a search is."""

import sys

import pytest

from modelcheck.cli.progress import ProgressLine, history_progress_text, log_progress_text, progress_text
from modelcheck.conformance.validation import LogProgress
from modelcheck.search.report import Progress

PROGRESS = Progress(
    depth=12,
    states=1_234_567,
    generated=9_000_000,
    frontier=120_000,
    python_calls=1,
    table_load=0.43,
    memory_bytes=130_000_000,
    seconds=2.0,
)


def test_the_line_tells_how_far_it_is(monkeypatch):
    """Depth, states, how many wait and what they take at least, rate, memory, Python calls and table stand in one line."""
    monkeypatch.setenv("COLUMNS", "200")
    assert progress_text(PROGRESS) == (
        "2.00 s · depth 12 · 1,234,567 states · 120,000 waiting (0.22 s at least) · 4.5 M generated/s · 130 MB · 1 Python call · table 43%"
    )


@pytest.mark.parametrize("columns", [40, 80, 100])
def test_the_line_fits_the_terminal(monkeypatch, columns):
    """What is told last is left out first."""
    monkeypatch.setenv("COLUMNS", str(columns))
    line = progress_text(PROGRESS)
    assert len(line) < columns
    assert line.startswith("2.00 s · depth 12")
    assert ("waiting" in line) == (columns >= 80)


def test_the_line_of_a_log_tells_how_far_it_is():
    """What was explained of how much, and by how many states, stand in one line."""
    progress = LogProgress(seconds=2.0, line=5000, lines=10_000, states=812, most=1000)
    assert log_progress_text(progress) == "2.00 s · observation 5,000 of 10,000 · 812 states of at most 1,000 explain it"


def test_nothing_is_shown_when_piped(capsys):
    """Without a terminal there is no function to call."""
    with ProgressLine(progress_text) as line:
        assert line.function is None
    assert capsys.readouterr().err == ""


def test_a_terminal_sees_the_line_and_then_no_more(capsys, monkeypatch):
    """On a terminal the line appears with the first report, and is removed in the end."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TERM", "xterm")
    with ProgressLine(progress_text) as line:
        line.function(PROGRESS)
    found = capsys.readouterr()
    assert found.out == ""
    assert "1,234,567 states" in found.err


def test_the_line_of_a_history_is_a_bar():
    """The part that is decided, and the numbers."""
    assert history_progress_text((250, 1000)) == "[#######.......................] 250 of 1,000 operations"
    assert history_progress_text((0, 0)) == f"[{'.' * 30}] 0 of 0 operations"


def test_a_line_may_be_quiet_at_first(monkeypatch):
    """What is over soon shows nothing; later reports are shown."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with ProgressLine(str, quiet_s=3600) as line:
        line.function("early")
        assert line._live is None
    with ProgressLine(str) as line:
        line.function("late")
        assert line._live is not None
