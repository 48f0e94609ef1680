"""The state graph, as data and in files; the source beside a step."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from modelcheck import UsageError, check
from modelcheck.explorer import drawn
from modelcheck.explorer.graph import graph_of
from modelcheck.explorer.walker import Walker
from modelcheck.spec import machine_of
from modelcheck.spec.loading import load_spec


@pytest.fixture
def spec(tickets):
    """The small spec with a network, a constraint and two initial states."""
    return load_spec(tickets)(seats=1)


@pytest.fixture
def graph(spec):
    """Its graph."""
    return graph_of(Walker(machine_of(spec)))


def test_the_graph_has_every_state_and_step(spec, graph):
    """As many states as a check finds, as many steps as it takes, levels as deep as its."""
    report = check(spec, keep_going=True)
    assert len(graph.nodes) == report.states
    assert sum(len(edge.labels) for edge in graph.edges) + 2 == report.generated
    assert max(node.level for node in graph.nodes) + 1 == report.depth
    assert [node.initial for node in graph.nodes].count(True) == 2
    assert any("sold_once" in node.false for node in graph.nodes)


def test_nodes_of_a_level_have_places_of_their_own(graph):
    """No two are drawn in one place."""
    assert len({(node.x, node.level) for node in graph.nodes}) == len(graph.nodes)


def test_a_path_of_a_node_leads_to_it(spec, graph):
    """By the steps of the shortest way."""
    walker = Walker(machine_of(spec))
    for node in graph.nodes:
        place = walker.place(node.path)
        assert len(place.steps) == node.level
        assert str(place.here.state) == node.text


def test_states_that_look_alike_are_one(spec):
    """Through a few variables."""
    found = graph_of(Walker(machine_of(spec)), ["turns"])
    assert [node.text for node in found.nodes] == ["turns = 0", "turns = 1"]
    assert sum(node.states for node in found.nodes) == check(spec, keep_going=True).states
    assert [(edge.source, edge.target, edge.labels) for edge in found.edges] == [(0, 1, ("wait()",))]


def test_what_cannot_be_drawn_is_told(spec):
    """Too many states, and variables that there are not."""
    walker = Walker(machine_of(spec))
    with pytest.raises(UsageError, match="more than 5 states"):
        graph_of(walker, (), 5)
    with pytest.raises(UsageError, match="no variable 'turn'"):
        graph_of(walker, ["turn"])


def test_the_files_hold_the_graph(graph):
    """Each format has every node and every edge; XML is well-formed, and dot's strings end."""
    nodes, edges = len(graph.nodes), len(graph.edges)
    text = drawn.dot(graph)
    assert (len(re.findall(r"^  s\d+ \[", text, re.MULTILINE)), text.count("->")) == (nodes, edges)
    root = ET.fromstring(drawn.graphml(graph))
    assert (len(root.findall(".//{*}node")), len(root.findall(".//{*}edge"))) == (nodes, edges)
    picture = ET.fromstring(drawn.svg(graph))
    classes = [node.get("class") or "" for node in picture.iter()]
    assert (sum(each.startswith("node") for each in classes), classes.count("edge")) == (nodes, edges)
    width, height = float(picture.get("width")), float(picture.get("height"))
    for box in picture.iter("{http://www.w3.org/2000/svg}rect"):
        assert 0 <= float(box.get("x")) <= width - float(box.get("width"))
        assert 0 <= float(box.get("y")) <= height - float(box.get("height"))


def test_texts_of_values_are_no_markup(folder):
    """Quotes, backslashes and tags in values stay in their strings."""
    (folder / "bad.py").write_text(
        "from modelcheck import Spec, action\n\n\nclass Bad(Spec):\n    def init(self) -> None:\n        self.x = '\"]; } <b> \\\\ \\x1b'\n\n"
        "    @action\n    def go(self) -> None:\n        self.x = ''\n"
    )  # fmt: skip
    graph = graph_of(Walker(machine_of(load_spec("bad.py")())))
    assert ET.fromstring(drawn.svg(graph)) is not None
    assert ET.fromstring(drawn.graphml(graph)) is not None
    first = drawn.dot(graph).splitlines()[3]
    assert first.startswith('  s0 [label="x = ')
    assert "\x1b" not in first


def test_the_source_of_a_step_says_which_lines_it_ran(ask):
    """The action and what it calls, the lines of the branch that was taken, and those of the other."""
    [function] = ask("source", path="0_0.0")["functions"]
    assert function["name"] == "sell"
    assert function["place"].startswith("tickets.py:")
    ran = {text.strip(): ran for _, text, ran, _ in function["lines"]}
    assert ran["self.shop[shop].sold |= {seat}"]
    assert not ran['"""A shop sells a seat that it takes for free."""']
    assert ask("source", path="0")["functions"] == []


def test_the_graph_is_an_answer(ask, service):
    """With the paths to go to; of a space that is too large the page says what helps."""
    found = ask("graph", constants={"seats": "1"}, variables=["turns"])
    assert [node["path"] for node in found["nodes"]] == ["0", "1_1.0"] or len(found["nodes"]) == 2
    assert "more than" in service.answer("graph", {"constants": {"seats": "5"}})["error"]
