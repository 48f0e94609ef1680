"""A trace as people read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelcheck.trace import Reason
from modelcheck.trace.text import Span, change_lines, plain, reason_lines, trace_lines, wrapped


def test_a_trace_is_a_paragraph_per_step(trace):
    """Each step has its number, its action with arguments and choices, and only what it changed."""
    assert plain(trace_lines(trace)).split("\n\n") == [
        (
            "0. initial state\n     light = GREEN\n     node[0] = Node(up=True, seen=0)\n     node[1] = Node(up=True, seen=0)\n"
            "     notes = {}\n     queue = ()\n     done = {}\n     last = None"
        ),
        (
            "1. send(n=0) choosing 'hello'\n     notes: + Note(to=0, text='hello')\n     queue: appended 0\n"
            "     last: None → (0, Note(to=0, text='hello'))"
        ),
        "2. send(n=0) choosing 'hello'\n     notes: + Note(to=0, text='hello')\n     queue: appended 0",
        "3. read(note=Note(to=0, text='hello'))\n     node[0].seen: 0 → 1\n     notes: - Note(to=0, text='hello')\n     done: + 0",
        "4. read(note=Note(to=0, text='hello'))\n     node[0].seen: 1 → 2\n     notes: - Note(to=0, text='hello')",
    ]


def test_a_step_without_effect_says_so():
    """A self-loop is a step too."""
    assert plain(change_lines(iter(()))) == "     nothing changes"


def test_a_long_explanation_is_cut():
    """Beyond some dozens of lines only their number is told."""
    lines = plain(reason_lines(Reason("p is false:", tuple(Reason(f"x{n}") for n in range(100))))).split("\n")
    assert len(lines) == 62
    assert lines[-1] == "  and 40 more lines"


WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=9), min_size=1, max_size=30).map(" ".join)


@given(WORDS, st.integers(0, 8), st.integers(30, 60), st.integers(0, 200))
def test_wrapping_loses_nothing(text, indent, width, cut):
    """Wrapped lines fit, and hold the same words with the same styles."""
    line = (Span(" " * indent), Span(text[:cut], "old"), Span(text[cut:], "new"))
    pieces = list(wrapped(line, width))
    assert all(len(plain([piece])) <= width for piece in pieces)
    assert plain(pieces).split() == plain([line]).split()
    for style in ("old", "new"):
        styled = "".join(span.text for piece in pieces for span in piece if span.style == style)
        assert styled.replace(" ", "") == "".join(span.text for span in line if span.style == style).replace(" ", "")


@pytest.mark.parametrize("width", [20, 40])
def test_a_word_that_is_too_long_stays_whole(width):
    """A value without spaces is not broken."""
    assert "x" * 50 in plain(wrapped((Span("path = "), Span("x" * 50)), width))
