"""The page about a history, as a browser shows it."""

from __future__ import annotations

import pytest

from modelcheck.consistency import History, Operation, Register, check_history
from modelcheck.consistency.report.page import page as history_page
from modelcheck.consistency.report.text import described

from .conftest import is_in_view, violations


@pytest.fixture
def result():
    """A read that misses eighty writes, among them one of hostile text."""
    history = [Operation("a", "write", at, None, 4 * at, 4 * at + 2) for at in range(1, 80)]
    history += [Operation("<img src=x onerror=alert(1)>", "read", None, 3, 400, 401)]
    return check_history(History(history), Register(0))


@pytest.fixture
def shown(tmp_path, opened, result):
    """Opens the page of that history."""
    (tmp_path / "page.html").write_text(history_page(result, Register(0)), encoding="utf-8")
    return lambda **options: opened(f"file://{tmp_path / 'page.html'}", **options)


def test_why_stands_first_in_the_words_of_the_command(shown, result):
    """On the first screen; and what has no explanation is scrolled into view, and marked."""
    page = shown()
    assert page.locator(".why").text_content() == described(result)
    assert page.locator(".why").bounding_box()["y"] < 120
    assert page.locator(".scroll").evaluate("lanes => lanes.scrollLeft") > 0
    assert page.locator("rect.last").count() == 1
    assert is_in_view(page, "rect.last", ".scroll")
    assert page.locator("svg.names text").count() == 2
    assert page.locator("img").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(shown, scheme, width):
    """In light and in dark, wide and narrow, and the page is no wider than the window."""
    page = shown(width=width, scheme=scheme)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_cycle_is_drawn(tmp_path, opened):
    """That of transactions, without a word on the console."""
    from modelcheck.cli.command import modelcheck  # noqa: PLC0415 - the command writes the page.

    lines = [
        '{"process": 0, "type": "invoke", "value": [["append", "x", 1], ["r", "y", null]]}',
        '{"process": 1, "type": "invoke", "value": [["append", "y", 1], ["r", "x", null]]}',
        '{"process": 0, "type": "ok", "value": [["append", "x", 1], ["r", "y", []]]}',
        '{"process": 1, "type": "ok", "value": [["append", "y", 1], ["r", "x", []]]}',
        '{"process": 2, "type": "invoke", "value": [["r", "x", null], ["r", "y", null]]}',
        '{"process": 2, "type": "ok", "value": [["r", "x", [1]], ["r", "y", [1]]]}',
    ]
    (tmp_path / "history.jsonl").write_text("\n".join(lines))
    file = tmp_path / "cycle.html"
    modelcheck(["history", str(tmp_path / "history.jsonl"), "--model", "list-append", "--html", str(file)], standalone_mode=False)
    page = opened(f"file://{file}")
    assert page.locator("svg.cycle circle").count() == 2
    assert violations(page) == []
