"""Debian's Chromium under Playwright: a page that complains of nothing, asks nothing of another host, and passes axe."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

AXE = (Path(__file__).resolve().parents[1] / "data" / "axe" / "axe.min.js").read_text()
ROOT = Path(__file__).resolve().parents[2]


expect.set_options(timeout=60_000)


@pytest.fixture(scope="session")
def chromium():
    """A browser for all tests of this process."""
    path = shutil.which("chromium")
    assert path is not None, "install chromium: .ci/run does"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium):
    """Opens pages; in the end none of them has written to the console, raised, or asked another host for anything."""
    contexts, complaints = [], []

    def heard(request):
        if not request.url.startswith(("file://", "http://127.0.0.1:", "data:", "blob:")):
            complaints.append(f"request to {request.url}")

    def open_page(url, width=1280, height=800, scheme="light"):
        context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        context.set_default_timeout(60_000)  # For machines that do other things, too.
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("request", heard)
        page.on("dialog", lambda dialog: (complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def violations(page):
    """What axe finds: the rule and the elements."""
    found = page.evaluate(AXE + "; axe.run()")["violations"]
    return [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found]


def is_in_view(page, selector, inside):
    """Whether an element can be seen, within the box that scrolls it."""
    return page.evaluate(
        """([selector, inside]) => {
          const box = document.querySelector(selector).getBoundingClientRect(), frame = document.querySelector(inside).getBoundingClientRect();
          const wide = box.width > 0 && box.left >= frame.left - 1 && box.right <= frame.right + 1;
          return wide && box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;
        }""",
        [selector, inside],
    )
