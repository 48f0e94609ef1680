"""The page about a trace, as a browser shows it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from .conftest import ROOT, is_in_view, violations


def modelcheck(folder, *arguments):
    """Run the command in a folder."""
    return subprocess.run([sys.executable, "-m", "modelcheck", *arguments], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The traces of a register without write-back, and of a Raft whose servers forget their votes."""
    folder = tmp_path_factory.mktemp("pages")
    shutil.copytree(ROOT / "specs", folder / "specs")
    register = next(path for path in (folder / "specs").rglob("quorum.py") if "mutants" not in path.parts)
    raft = next(path for path in (folder / "specs").rglob("raft.py") if "mutants" in path.parts)
    modelcheck(folder, "check", register, "--set", "write_back=False", "--trace-out", "register.json")
    modelcheck(folder, "check", f"{raft}:ForgetsVote", "--trace-out", "raft.json")
    for name in ("register", "raft"):
        done = modelcheck(folder, "trace", f"{name}.json", "--to", "html", "-o", f"{name}.html")
        assert done.returncode == 0, done.stderr
    return folder


def url(folder, name, step=None):
    return f"file://{folder / name}.html" + ("" if step is None else f"#{step}")


def test_why_the_property_is_false_comes_first(folder, opened):
    """What the terminal says at its end stands on the first screen, and the reads that fail with it."""
    page = opened(url(folder, "register"))
    told = page.locator(".why").inner_text()
    assert told.startswith("history.linearizable is false: no order of these operations has their results")
    assert "2 called read(), which returned 0" in told
    printed = modelcheck(folder, "replay", "register.json").stdout
    assert told in printed
    assert page.locator(".why").bounding_box()["y"] < 200


@pytest.mark.parametrize("name", ["register", "raft"])
def test_the_words_are_those_of_the_terminal(folder, opened, name):
    """Every step and every change is written as the terminal writes it."""
    printed = modelcheck(folder, "replay", f"{name}.json").stdout
    page = opened(url(folder, name, 0))
    steps = len(json.loads((folder / f"{name}.json").read_text())["states"])
    for number in range(1, steps):
        page.keyboard.press("ArrowRight")
        assert page.locator("#where").inner_text() == f"{number} / {steps - 1}"
        assert f"\n{page.locator('#action').inner_text()}\n" in printed
        for change in page.locator("#changes li").all_inner_texts():
            assert f"     {change}\n" in printed


def test_each_kind_of_process_has_its_lanes(folder, opened):
    """A client 0 is not the replica r0, and messages whose fields are called after the kinds go from the one to the other."""
    page = opened(url(folder, "register"))
    assert page.locator(".lane").all_inner_texts() == ["replica r0", "replica r1", "replica r2", "client 0", "client 1", "client 2"]
    assert page.locator("g.message.received .arrow").count() >= 6
    titles = page.locator("g.message title").all_text_contents()
    assert "Query(operation=1) from client 0 to replica r1" in titles
    assert all(" from client " in title for title in titles)


@pytest.mark.parametrize(("width", "name"), [(1280, "raft"), (1280, "register"), (390, "raft"), (390, "register")])
def test_the_current_step_is_always_in_view(folder, opened, width, name):
    """Whatever the width, the row and the mark of the current step can be seen, and the names of the lanes stay above."""
    page = opened(url(folder, name, 0), width)
    for _ in page.locator(".step").all()[1:]:
        page.keyboard.press("j")
        assert is_in_view(page, ".step.now", ".sequence") or width == 390
        row = page.locator(".step.now").get_attribute("data-step")
        assert is_in_view(page, f".event[data-step='{row}'] circle", ".sequence")
        assert is_in_view(page, ".corner", ".sequence")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(folder, opened, scheme, width):
    """Contrast, names, focus: in light and in dark, wide and narrow."""
    page = opened(url(folder, "raft"), width, scheme=scheme)
    assert violations(page) == []
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (dark == "rgb(255, 255, 255)") == (scheme == "light")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_labels_do_not_overlap(folder, opened):
    """No two labels of messages share a place."""
    page = opened(url(folder, "register"))
    boxed = "t => { const b = t.getBBox(); return [b.x, b.y, b.x + b.width, b.y + b.height]; }"
    boxes = page.evaluate(f"[...document.querySelectorAll('.message text')].map({boxed})")
    assert len(boxes) == 12
    for number, one in enumerate(boxes):
        for other in boxes[:number]:
            assert one[2] <= other[0] + 1 or other[2] <= one[0] + 1 or one[3] <= other[1] + 1 or other[3] <= one[1] + 1


def test_the_browser_keeps_its_keys(folder, opened):
    """Alt and the arrows are the browser's."""
    page = opened(url(folder, "raft", 3))
    page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', altKey: true, bubbles: true}))")
    assert page.locator("#where").inner_text().startswith("3 /")


def test_the_state_can_be_filtered(folder, opened):
    """Only what changed; without a variable."""
    page = opened(url(folder, "raft", 1))
    page.get_by_label("only what changed").check()
    assert "commit_index" not in page.locator("#state").inner_text()
    assert page.locator("#state td.changed").count() >= 4
    page.get_by_text("Variables").click()
    page.get_by_label("server", exact=True).uncheck()
    assert "current_term" not in page.locator("#state").inner_text()


HOSTILE = '''
from modelcheck import Spec, action, invariant

BAD = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\\u202e\\x1b[2J&amp;"


class Hostile(Spec):
    """Values that would like to be markup."""

    text: str = BAD

    def init(self) -> None:
        self.seen = {BAD: "", "b": ""}
        self.long = ""

    @action(lambda self: list(self.seen))
    def say(self, who: str) -> None:
        self.seen[who] = BAD
        self.long = "x" * 20000

    @invariant
    def silent(self) -> bool:
        """<b>bold</b>"""
        return self.seen[BAD] != BAD
'''


def test_values_are_never_markup(tmp_path, opened):
    """HTML, scripts, commands for terminals and long texts in values are text."""
    (tmp_path / "hostile.py").write_text(HOSTILE)
    modelcheck(tmp_path, "check", "hostile.py", "--trace-out", "trace.json")
    modelcheck(tmp_path, "trace", "trace.json", "--to", "html", "-o", "page.html")
    page = opened(f"file://{tmp_path}/page.html")
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 2
    assert "<script>alert(1)" in page.locator("#state").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_without_the_spec_the_page_says_what_is_missing(folder, tmp_path, opened):
    """The file alone has no reasons, and the page says where they are to be had; with a spec that has changed it says so."""
    shutil.copy(folder / "raft.json", tmp_path / "raft.json")
    modelcheck(tmp_path, "trace", "raft.json", "--to", "html", "-o", "page.html")
    page = opened(f"file://{tmp_path}/page.html")
    assert "Why election_safety is false is told by the spec" in page.locator("header").inner_text()
    assert page.locator(".lane").all_inner_texts()[:3] == ["server s0", "server s1", "server s2"]


def test_a_thousand_steps_are_no_burden(tmp_path, opened):
    """A run of a thousand steps is there within a second, and a step is shown in less than a frame or two."""
    (tmp_path / "counting.py").write_text(
        "from modelcheck import Spec, action, invariant\n\n\nclass Counting(Spec):\n    def init(self) -> None:\n        self.n = 0\n"
        "        self.node = {i: 0 for i in range(4)}\n\n    @action\n    def count(self) -> None:\n        self.n += 1\n"
        "        self.node[self.n % 4] = self.n\n\n    @invariant\n    def small(self) -> bool:\n        return self.n < 1000\n"
    )  # fmt: skip
    modelcheck(tmp_path, "check", "counting.py", "--trace-out", "trace.json")
    modelcheck(tmp_path, "trace", "trace.json", "--to", "html", "-o", "page.html")
    page = opened(f"file://{tmp_path}/page.html#0")
    assert page.locator("#where").inner_text() == "0 / 1000"
    loaded = page.evaluate("performance.timing.loadEventEnd - performance.timing.navigationStart")
    assert loaded < 60_000, loaded  # Under one second on an idle machine; the suite may share it with many others.
    taken = page.evaluate(
        "() => { const from = performance.now(); const key = () => document.dispatchEvent(new KeyboardEvent('keydown', {key: 'j', bubbles: true}));"
        " for (let i = 0; i < 50; i++) key(); return (performance.now() - from) / 50; }"
    )
    assert taken < 60, taken


RING = """
from modelcheck import Spec, action, eventually, fair


class Ring(Spec):
    def init(self) -> None:
        self.token = 0
        self.first = True

    @fair
    @action
    def go(self) -> None:
        self.token = (self.token + 1) % 3
        self.first = False

    @eventually
    def comes_to_three(self) -> bool:
        return self.token == 3
"""


def test_a_run_that_never_ends_is_a_loop(tmp_path, opened):
    """What repeats is framed, and told in words."""
    (tmp_path / "ring.py").write_text(RING)
    modelcheck(tmp_path, "check", "ring.py", "--trace-out", "trace.json")
    modelcheck(tmp_path, "trace", "trace.json", "--to", "html", "-o", "page.html")
    page = opened(f"file://{tmp_path}/page.html")
    last = len(page.locator(".step").all()) - 1
    assert f"for ever: from {last} back to {last - 3}, and steps {last - 2} to {last} again" in page.locator(".again").inner_text()
    frame, row = page.locator(".loop rect").bounding_box(), page.locator(f".row[data-step='{last}']").bounding_box()
    assert frame["y"] < row["y"] < frame["y"] + frame["height"]
    assert violations(page) == []
