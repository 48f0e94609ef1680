"""The explorer, as a browser shows it: by keyboard, by address, with the browser's own buttons, while the spec is saved."""

from __future__ import annotations

import re
import sys

import pytest
from playwright.sync_api import expect

from modelcheck.explorer.loaded import Loaded
from modelcheck.explorer.server import Server
from modelcheck.explorer.service import Service

from ..explorer.conftest import TICKETS
from .conftest import is_in_view, violations
from .test_page import HOSTILE

NORTH, SOUTH = "sell(shop='north', seat=0)", "sell(shop='south', seat=0)"


@pytest.fixture
def explored(tmp_path, monkeypatch, opened):
    """Opens the explorer of a spec, and waits until it shows something."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    before, servers = set(sys.modules), []

    def explore(text=TICKETS, fragment="", **options):
        (tmp_path / "spec_here.py").write_text(text)
        servers.append(Server(Service(Loaded("spec_here.py"))))
        servers[-1].start()
        page = opened(f"{servers[-1].address.partition('#')[0]}{fragment or '#path=0'}", **options)
        ready(page)
        return page

    yield explore
    for server in servers:
        server.close()
    for name in set(sys.modules) - before:
        if str(tmp_path) in (getattr(sys.modules[name], "__file__", None) or ""):
            del sys.modules[name]


def ready(page, path=None):
    """Wait until the page shows a place."""
    page.wait_for_selector("body[data-ready]" if path is None else f"body[data-ready='{path}']")


def taken(page, text):
    """Take a step by its button."""
    button = page.locator(".option", has_text=text).first
    path = button.get_attribute("data-path")
    button.click()
    ready(page, path)


def where(page):
    return page.locator("#where").inner_text()


def test_a_walk_by_keyboard_to_a_violation(explored):
    """Without a mouse: the first step, a filter, what it would do, the violation and why; and back again."""
    page = explored()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == NORTH
    expect(page.locator("#preview")).to_contain_text("shop['north'].sold: + 0")
    page.keyboard.press("Enter")
    ready(page, "0_0.0")
    page.keyboard.press("/")
    page.keyboard.type("south', seat=0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == f"{SOUTH}sold_once is false"
    page.keyboard.press("Enter")
    ready(page, "0_0.0_0.1")
    assert where(page) == "2 / 2"
    expect(page.locator("#wrong .why")).to_contain_text("sold_once is false:")
    assert page.locator("#wrong .why").bounding_box()["y"] < 400
    expect(page.locator(".step.now")).to_have_class(re.compile("is-violated"))
    page.keyboard.press("u")
    ready(page, "0_0.0")
    assert where(page) == "1 / 2"
    expect(page.locator("#wrong .why")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    ready(page, "0_0.0_0.1")
    page.keyboard.press("g")
    ready(page, "0")
    assert where(page) == "0 / 2"


def test_the_address_is_the_place(explored, opened):
    """Reload, Back, Forward and a copied address lead where they lead."""
    page = explored(fragment="#set.seats=1&path=0")
    taken(page, NORTH)
    taken(page, SOUTH)
    address = page.url
    page.reload()
    ready(page, "0_0.0_0.0")
    assert where(page) == "2 / 2"
    page.go_back()
    ready(page, "0_0.0")
    page.go_back()
    ready(page, "0")
    page.go_forward()
    ready(page, "0_0.0")
    copy = opened(address)
    ready(copy, "0_0.0_0.0")
    assert "seats=1" in copy.locator("#constants").inner_text()
    assert copy.locator("#changes").inner_text() == "shop['south'].sold: + 0\nnetwork.messages: + Sell(src='south', dst='north', seat=0)"


def test_an_address_has_nothing_evaluated(explored):
    """Expressions are typed, and not sent along."""
    page = explored(fragment="#path=0&expression=1/0&find=True&values=1/0")
    assert page.locator("#values table").count() == 0
    assert page.locator("#finding").inner_text() == ""


def test_an_address_that_leads_nowhere_is_told(explored):
    """And one can go on from the start."""
    page = explored()
    page.evaluate("location.hash = '#path=0_77.1'")
    expect(page.locator("#banner")).to_contain_text("the path leads nowhere at step 1")


def test_a_saved_spec_is_followed(explored, tmp_path):
    """The way is walked again in the spec as it was saved, the page says where they part and why; a mistake in the file is told, and its repair."""
    page = explored()
    taken(page, NORTH)
    taken(page, SOUTH)
    file = tmp_path / "spec_here.py"
    file.write_text(TICKETS.replace("require(seat not in", "require(shop == 'north' and seat not in"))
    expect(page.locator("#banner")).to_contain_text("the way parts at step 2 of 2, which was sell(shop='south', seat=0)")
    expect(page.locator("#banner")).to_contain_text("shop = 'south'")
    ready(page, "0_0.0")
    file.write_text(TICKETS + "\ndef (")
    expect(page.locator("#banner")).to_contain_text("cannot be loaded")
    file.write_text(TICKETS + "\n")
    expect(page.locator("#banner")).to_contain_text("the way here is the same")


def test_why_a_step_cannot_be_taken(explored):
    """The guard, and the values in it."""
    page = explored()
    page.locator("#blocked summary", has_text="wait").click()
    expect(page.locator("#blocked details[open] .reason")).to_contain_text("self.weather = 'sun'")


def test_searches_along_and_from_here(explored):
    """The nearest state where something is true; all properties of the whole space, with links; values along the way."""
    page = explored()
    page.keyboard.press("f")
    page.keyboard.type("shop['south'].known and not network.messages")
    page.keyboard.press("Enter")
    expect(page.locator("#finding")).to_contain_text("found after 2 more steps")
    ready(page, "0_0.0_1.0")
    page.keyboard.press("e")
    page.keyboard.type("len(network.messages)")
    page.keyboard.press("Enter")
    expect(page.locator("#values tbody tr")).to_contain_text("0 0")
    assert page.locator("#values tbody td").nth(1).inner_text() == "0 0\n1 1\n2 0"
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#checking")).to_contain_text("violated: ")
    row = page.locator("#properties li", has_text="sold_once")
    expect(row).to_contain_text("true here · violated")
    row.get_by_role("button", name="counterexample").click()
    expect(page.locator("#wrong .why")).to_contain_text("sold_once is false:")
    page.locator("#find").fill("1 +")
    page.locator("#find").press("Enter")
    expect(page.locator("#banner")).to_contain_text("is no expression")


def test_a_message_and_a_process_can_be_clicked(explored):
    """What can be done with the message; what the process can do."""
    page = explored()
    taken(page, NORTH)
    page.locator("g.message text").click()
    assert page.locator("#options .group").all_inner_texts() == ["learn", "network.lose"]
    page.locator("#only button").click()
    page.locator("button.lane", has_text="south").click()
    assert all("south" in text for text in page.locator("#options .option").all_inner_texts())


def test_constants_are_set_in_a_form(explored):
    """By a dialog, in the address, and refused with what is allowed."""
    page = explored()
    page.keyboard.press("c")
    page.get_by_label("seats").fill("1")
    page.get_by_label("careful").fill("True")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.locator("#constants")).to_contain_text("seats=1 careful=True")
    assert "set.careful=True" in page.url
    page.keyboard.press("c")
    page.get_by_label("seats").fill("many")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.locator("#banner")).to_contain_text("cannot be set to 'many'")


def test_initial_states_can_be_chosen(explored):
    """Where there are several."""
    page = explored()
    page.locator(".option", has_text="weather = 'rain'").click()
    ready(page, "1")
    assert page.locator("#options .group", has_text="wait").count() == 1


def test_variables_can_be_hidden_and_put_first(explored):
    """Which is remembered from step to step."""
    page = explored()
    page.get_by_text("Variables", exact=True).click()
    page.get_by_label("shop", exact=True).uncheck()
    assert "known" not in page.locator("#state").inner_text()
    taken(page, NORTH)
    assert "known" not in page.locator("#state").inner_text()


def test_a_run_is_saved_to_a_file(explored):
    """As a test, for one."""
    page = explored()
    taken(page, NORTH)
    taken(page, SOUTH)
    with page.expect_download() as saved:
        page.get_by_label("Save as").select_option("pytest")
    assert "assert_repaired(" in saved.value.path().read_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1400])
def test_axe_finds_nothing(explored, scheme, width):
    """With a violation, a preview, values and a search on the page; what is current is in view, and nothing is wider than the window."""
    page = explored(width=width, scheme=scheme, fragment="#path=0_0.0_0.1")
    page.locator("#expression").fill("weather")
    page.locator("#expression").press("Enter")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#checking")).to_contain_text("violated: ")
    page.locator("#blocked summary").first.click()
    assert violations(page) == []
    page.keyboard.press("?")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert is_in_view(page, ".event[data-step='2'] circle", ".sequence")


def test_values_are_never_markup(explored):
    """HTML and scripts in the names, values and texts of a spec are text, and long ones do not burst the page."""
    page = explored(HOSTILE)
    taken(page, "say(")
    expect(page.locator("#wrong .why")).to_contain_text("silent is false")
    assert page.locator("img, main script").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_the_source_of_the_step_is_shown(explored):
    """Beside it, with the lines that ran."""
    page = explored()
    taken(page, NORTH)
    page.get_by_text("Source of this step").click()
    expect(page.locator("#source .ran", has_text="self.network.send")).to_be_visible()


def test_an_answer_that_comes_late_is_not_drawn_over_a_later_one(explored):
    """The first answers for the graph come after the last."""
    page = explored(fragment="#set.seats=1&path=0")
    page.evaluate(
        """() => {
            const fetch = window.fetch;
            let before = 0;
            window.fetch = async (...asked) => {
                const waits = String(asked[0]).endsWith("api/graph") ? [900, 700, 500, 0][before++] ?? 0 : 0;
                const answer = await fetch(...asked);
                await new Promise(resolve => setTimeout(resolve, waits));
                return answer;
            };
        }"""
    )
    page.get_by_role("button", name="Graph").click()
    for name in ("shop", "network", "weather"):
        page.locator("#dialog label.choice", has_text=name).locator("input").uncheck()
    expect(page.locator("#picture .node")).to_have_count(2)
    page.wait_for_timeout(1_500)
    assert page.locator("#picture .node").count() == 2


def test_the_graph_is_drawn_and_walked(explored):
    """Through a variable; a click goes to the state; too many states are told."""
    page = explored(fragment="#set.seats=1&path=0")
    page.get_by_role("button", name="Graph").click()
    expect(page.locator("#dialog [role=status]")).to_contain_text("states, ")
    for name in ("shop", "network", "weather"):
        page.locator("#dialog label.choice", has_text=name).locator("input").uncheck()
    expect(page.locator("#picture .node")).to_have_count(2)
    assert violations(page) == []
    page.locator("#picture .node", has_text="turns = 1").click()
    expect(page.locator("#action")).to_contain_text("wait()")
