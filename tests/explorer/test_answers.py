"""What the explorer answers about a place: the way, what can be taken, what cannot and why, properties, expressions, searches."""

from __future__ import annotations

import json
import time

import pytest

from modelcheck.explorer.loaded import Loaded
from modelcheck.explorer.service import Service

from .conftest import TICKETS


def text(pairs):
    return "".join(pair[0] for pair in pairs)


def lines(found):
    return [text(each) for each in found]


def option(ask, path, wanted, **about):
    """The step of that text."""
    return next(each for each in ask("options", path=path, **about)["options"] if text(each["text"]) == wanted)


def walked(ask, *steps, path="0", **about):
    """The path of some steps."""
    for step in steps:
        path = option(ask, path, step, **about)["path"]
    return path


NORTH, SOUTH = "sell(shop='north', seat=0)", "sell(shop='south', seat=0)"


def test_an_option_says_what_it_changes_and_what_becomes_false(ask):
    """In the words of the terminal, before it is taken."""
    path = walked(ask, NORTH)
    found = option(ask, path, SOUTH)
    assert found["false"] == ["sold_once"]
    assert "shop['south'].sold: + 0" in lines(found["changes"])
    assert found["lane"] == "south"
    assert "shop['north'].sold: + 0" in lines(ask("run", path=path)["steps"][1]["changes"])


def test_an_option_knows_its_message(ask):
    """Taking and losing a message belong to it; the one that was there before is told."""
    path = walked(ask, NORTH)
    run = ask("run", path=path)
    assert [(run["lanes"][m["src"]], run["lanes"][m["dst"]]) for m in run["messages"]] == [("north", "south")]
    found = [text(each["text"]) for each in ask("options", path=path)["options"] if each["messages"] == [0]]
    assert [each.split("(")[0] for each in found] == ["learn", "network.lose"]


def test_a_state_met_before_is_told(ask):
    """A step to the state itself leads back to it, and one out of bounds says so."""
    path = walked(ask, "wait()", path="1")
    assert option(ask, path, "wait()")["outside"]
    assert ask("options", path=f"{path}_2.0")["options"] == []


def test_why_an_action_is_disabled(ask):
    """Each guard with the values in it."""
    blocked = {each["action"]: lines(each["reasons"]) for each in ask("blocked", path="0")["blocked"]}
    assert blocked["wait"][0] == 'require(self.weather == "rain")'
    assert "  self.weather = 'sun'" in [each.replace("    ", "  ") for each in blocked["wait"]]
    assert blocked["learn"] == ["there is nothing to choose m from"]
    [sell] = ask("blocked", path=walked(ask, NORTH), action="sell")["blocked"]
    assert any("seat = 0" in each for each in lines(sell["reasons"]))


def test_properties_have_their_values_and_reasons(ask):
    """True here, false here and why, reached here."""
    path = walked(ask, NORTH, SOUTH)
    found = {each["name"]: each for each in ask("properties", path=path)["properties"]}
    assert not found["sold_once"]["holds"]
    assert lines(found["sold_once"]["why"])[0] == "sold_once is false:"
    assert found["kept"]["holds"]
    assert found["deadlock"]["holds"]
    assert not found["full"]["holds"]
    full = walked(ask, NORTH, "sell(shop='north', seat=1)")
    assert {each["name"]: each["holds"] for each in ask("properties", path=full)["properties"]}["full"]


def test_expressions_are_evaluated_along_the_way(ask, service):
    """Names are those of variables, constants, and the module's; what raises is told, and what is no Python is an error."""
    path = walked(ask, NORTH)
    asked = ["len(network.messages)", "seats", "[s for s in shop if shop[s].sold]", "self.sold_once()", "1/0", "Sell('a', 'b', 1).seat"]
    found = ask("values", path=path, expressions=asked)["values"]
    assert [each["values"][-1] for each in found] == [
        ["1", True], ["2", True], ["['north']", True], ["True", True], ["ZeroDivisionError: division by zero", False], ["1", True],
    ]  # fmt: skip
    assert found[0]["values"][0] == ["0", True]
    assert "is no expression" in service.answer("values", {"path": path, "expressions": ["1 +"]})["error"]


def finished(ask, **about):
    """The end of a search."""
    for _ in range(400):
        told = ask("search", **about)
        if not told["running"]:
            return told["report"]
        time.sleep(0.05)
    raise AssertionError("the search did not end")


def test_the_nearest_state_is_found(ask):
    """From where one is, by the fewest steps; if there is none that is said, with a search that was complete."""
    path = walked(ask, NORTH)
    begun = ask("find", path=path, expression="shop['south'].known and not network.messages")
    [found] = finished(ask, search=begun["search"], path=path, from_here=True)["properties"]
    assert found["path"] == walked(ask, "learn(m=Sell(src='north', dst='south', seat=0))", path=path)
    begun = ask("find", path=path, expression="not shop['north'].sold")
    report = finished(ask, search=begun["search"], path=path, from_here=True)
    assert report["properties"][0]["verdict"] == "violated"
    assert report["properties"][0]["path"] is None
    begun = ask("find", path=path, expression="shop['north'].sold")
    assert finished(ask, search=begun["search"], path=path, from_here=True)["properties"][0]["path"] == path


def test_a_restarted_process_is_as_at_the_start(folder):
    """A search that begins where somebody has crashed knows what a restart brings back."""
    (folder / "boots.py").write_text(
        "from modelcheck import Crashes, Process, Spec, action, require\n\n\nclass Node(Process):\n    n: int = 7\n\n\nclass Boots(Spec):\n"
        "    def init(self) -> None:\n        self.node = {0: Node()}\n        self.faults = Crashes(processes=self.node, crashes=1)\n\n"
        "    @action\n    def count(self) -> None:\n        require(self.node[0].up and self.node[0].n < 9)\n        self.node[0].n += 1\n"
    )  # fmt: skip
    service = Service(Loaded("boots.py"))
    about = {"path": "0_0.0_0.0"}
    begun = service.answer("find", {**about, "expression": "node[0].up and node[0].n == 7"})
    report = finished(lambda question, **asked: service.answer(question, asked), search=begun["search"], from_here=True, **about)
    assert report["properties"][0]["path"].count("_") == 4


def test_a_check_links_to_its_counterexamples(ask):
    """The whole space is searched, and each run that was found is a path."""
    report = finished(ask, search=ask("check")["search"])
    found = {each["name"]: each for each in report["properties"]}
    assert report["verdict"] == "violated"
    assert found["sold_once"]["path"] == walked(ask, NORTH, SOUTH)
    assert not found["sold_once"]["witness"]
    assert found["full"]["witness"]
    assert found["kept"]["path"] is None


def test_constants_are_set_as_they_are_typed(ask, service):
    """Each set of constants has its own states; what cannot be set is told."""
    careful = {"careful": "True"}
    assert len(ask("options", path="0", constants=careful)["options"]) < len(ask("options", path="0")["options"])
    assert "no constant" in service.answer("spec", {"constants": {"chairs": "2"}})["error"]
    assert "cannot be set" in service.answer("spec", {"constants": {"seats": "x"}})["error"]


@pytest.mark.parametrize("path", ["", "x", "0_", "0_9.9", "99", "0_0.0_0.0_0.0_0.0_0.0_0.0", "-1", "0_0", "٣", "0" * 40])
def test_a_path_that_leads_nowhere_is_told(service, path):
    """Whatever stands in an address."""
    assert service.answer("run", {"path": path})["error"]


@pytest.mark.parametrize("asked", [{"path": 3}, {"constants": [1]}, {"constants": {"seats": 2}}, {"constants": "["}, {"path": None}])
def test_what_is_no_question_is_told(service, asked):
    """Values of another kind are no failure of ours."""
    assert service.answer("run", asked)["error"]


def test_a_run_can_be_saved(ask, folder):
    """As a trace that replays, as a page, as a test."""
    from modelcheck.spec import machine_of  # noqa: PLC0415 - of the spec in the folder.
    from modelcheck.spec.loading import load_spec  # noqa: PLC0415
    from modelcheck.trace import read_recording, replay  # noqa: PLC0415

    path = walked(ask, NORTH, SOUTH)
    (folder / "saved.json").write_text(ask("export", path=path, to="itf")["text"])
    recording = read_recording(folder / "saved.json")
    assert recording.property == "sold_once"
    assert replay(machine_of(load_spec("tickets.py")()), recording).outcome.value == "confirmed"
    assert "sold_once is false" in ask("export", path=path, to="html")["text"]
    assert "assert_repaired(Tickets(" in ask("export", path=path, to="pytest")["text"]


# Saving the spec ------------------------------------------------------------------------------------------------------------------------------


def test_a_saved_spec_is_followed(ask, tickets):
    """The same way where it is still possible, else as far as it goes, with why it stops there."""
    path = walked(ask, NORTH, SOUTH)
    assert ask("pulse")["version"] == 1
    tickets.write_text(TICKETS.replace("self.turns = 0", "self.turns = 0\n        self.more = 0"))
    assert ask("pulse")["version"] == 2
    followed = ask("follow", path=path)
    assert (followed["parted"], followed["path"]) == (0, "0")
    tickets.write_text(TICKETS.replace('"""No seat', '"""Not one seat'))
    assert ask("pulse")["version"] == 3
    ask("run", path=path)
    tickets.write_text(TICKETS.replace("require(seat not in", "require(shop == 'north' and seat not in"))
    assert ask("pulse")["version"] == 4
    followed = ask("follow", path=path)
    assert (followed["parted"], followed["of"]) == (2, 2)
    assert text(followed["step"]) == SOUTH
    assert any("shop == 'north'" in each for each in lines(followed["why"]))
    assert followed["path"] == walked(ask, NORTH)


def test_a_saved_spec_that_is_no_python_leaves_the_last_one(ask, tickets):
    """The error is told, and one can walk on; the next good version is taken."""
    tickets.write_text(TICKETS + "\ndef (")
    told = ask("pulse")
    assert "tickets.py:" in told["stale"]
    assert len(ask("options", path="0")["options"]) == 4
    tickets.write_text(TICKETS)
    assert ask("pulse") == {"version": 3, "stale": None}


def test_a_module_beside_the_spec_is_loaded_anew_too(folder):
    """What the spec imports from its folder."""
    (folder / "parts_of_it.py").write_text("LIMIT = 1\n")
    (folder / "counts.py").write_text(
        "from parts_of_it import LIMIT\nfrom modelcheck import Spec, action, require\n\n\nclass Counts(Spec):\n    def init(self) -> None:\n"
        "        self.n = 0\n\n    @action\n    def count(self) -> None:\n        require(self.n < LIMIT)\n        self.n += 1\n"
    )  # fmt: skip
    service = Service(Loaded("counts.py"))
    assert service.answer("options", {"path": "0_0.0"})["options"] == []
    (folder / "parts_of_it.py").write_text("LIMIT = 2\n")
    assert service.answer("pulse", {})["version"] == 2
    assert len(service.answer("options", {"path": "0_0.0"})["options"]) == 1


# Speed ------------------------------------------------------------------------------------------------------------------------------------------


def test_a_thousand_steps_are_soon_there(folder):
    """A path of a thousand steps is read in a second or so, on a machine that does other things."""
    (folder / "counts.py").write_text(
        "from modelcheck import Spec, action\n\n\nclass Counts(Spec):\n    def init(self) -> None:\n        self.n = 0\n"
        "        self.node = {i: 0 for i in range(5)}\n\n    @action(range(5))\n    def count(self, i: int) -> None:\n        self.node[i] += 1\n"
    )  # fmt: skip
    service = Service(Loaded("counts.py"))
    path = "_".join(["0", *(f"0.{number % 5}" for number in range(1000))])
    begun = time.perf_counter()
    run = service.answer("run", {"path": path})
    assert len(run["steps"]) == 1001
    assert time.perf_counter() - begun < 5
    assert len(json.dumps(run)) < 1_000_000
