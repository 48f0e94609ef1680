"""Options with units."""

import click
import pytest

from modelcheck.cli.units import Duration, Size, count, said_bytes, said_rate, said_seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("90s", 90),
        ("2m", 120),
        ("1h30m", 5400),
        ("1.5h", 5400),
        ("0.25", 0.25),
        ("1m 30s", 90),
        ("1D", 86400),
    ],
)
def test_durations(text, seconds):
    """A duration is a number of seconds, or numbers with units."""
    assert Duration().convert(text, None, None) == seconds


@pytest.mark.parametrize(
    ("text", "size"),
    [("1000", 1000), ("4G", 4 * 2**30), ("500M", 500 * 2**20), ("1.5k", 1536), ("2GiB", 2**31), ("2GB", 2**31)],
)
def test_sizes(text, size):
    """A size is a number of bytes, or one with a binary unit."""
    assert Size().convert(text, None, None) == size


@pytest.mark.parametrize("text", ["", "soon", "1x", "-1", "0", "m", "1..2", "2m!", "."])
@pytest.mark.parametrize("kind", [Duration(), Size()])
def test_what_is_neither_is_refused(kind, text):
    """Nonsense and nothing are refused with an example of what can be written."""
    with pytest.raises(click.BadParameter, match="for example"):
        kind.convert(text, None, None)


def test_numbers_for_people():
    """Numbers are rounded to what is worth reading."""
    assert [said_seconds(s) for s in (0.004, 9.99, 12.34, 75, 3700)] == [
        "0.00 s",
        "9.99 s",
        "12.3 s",
        "1 min 15 s",
        "1 h 1 min",
    ]
    assert [said_bytes(b) for b in (12, 4_100, 41e6, 3.97e9)] == ["12 bytes", "4.1 kB", "41 MB", "4.0 GB"]
    assert [said_rate(r) for r in (7, 12_300, 4.5e6)] == ["7", "12.3 k", "4.5 M"]
    assert [count(n, "state") for n in (0, 1, 1146)] == ["0 states", "1 state", "1,146 states"]
