"""``modelcheck show``."""

import json

from .conftest import ROOT


def test_everything_is_listed_with_its_place(run, counter):
    """Constants, variables, actions and properties are there, each with file and line."""
    found = json.loads(run("show", counter, "--json").out)
    assert found["constants"] == [
        {"name": "limit", "type": "int", "value": 3},
        {"name": "bound", "type": "int", "value": 2},
        {"name": "color", "type": "Color", "value": "RED"},
    ]
    assert found["variables"] == [{"name": "n", "kind": "one cell", "initial": [0]}]
    assert [(d["role"], d["name"], d["place"]) for d in found["declarations"]] == [
        ("action", "count", "counter.py:22"),
        ("invariant", "small", "counter.py:28"),
        ("reachable", "one", "counter.py:33"),
        ("terminal", "full", "counter.py:38"),
    ]


def test_parameters_are_listed_with_their_domains(run):
    """Where a parameter ranges is shown by the name of the domain."""
    found = json.loads(run("show", ROOT / "specs" / "commit" / "two_phase_commit.py", "--json").out)
    assert found["declarations"][0]["parameters"] == [{"name": "r", "domain": "managers()"}]


def test_the_text_says_the_same(run, counter):
    """What is printed for people has the same content."""
    out = run("show", counter).out
    for text in ("limit: int = 3", "n = 0", "count()  counter.py:22", "invariant small()", "The counter stays small."):
        assert text in out


def test_several_initial_states_are_counted(run, counter):
    """The values that a variable may start with are shown, the first few of them."""
    counter.write_text(
        counter.read_text()
        .replace("self.n = 0", "self.n = choose(range(9))")
        .replace("import Spec", "import Spec, choose")
    )
    out = run("show", counter).out
    assert "in 9 initial states" in out
    assert "and 5 more" in out


def test_constants_can_be_set(run, counter):
    """``--set`` shows the spec as it would be checked."""
    assert "limit: int = 7" in run("show", counter, "--set", "limit=7").out


MANY = """
from modelcheck import Spec, action, choose, constraint


class Many(Spec):
    bits: int = 18

    def init(self) -> None:
        self.c = {i: choose((False, True)) for i in range(self.bits)}
        self.first = self.c[0]

    @action
    def flip(self) -> None:
        self.c[0] = not self.c[0]

    @constraint
    def begun(self) -> bool:
        return not self.c[1]
"""


def test_of_many_initial_states_the_first_are_shown(run, tmp_path):
    """A quarter of a million need not be run for that; those that a constraint excludes are not counted."""
    (tmp_path / "many.py").write_text(MANY)
    path = str(tmp_path / "many.py")
    assert "in more than 10,000 initial states" in run("show", path).out
    found = json.loads(run("show", path, "--json").out)
    assert (found["initial_states"], found["initial_states_are_all"]) == (10_000, False)
    found = json.loads(run("show", path, "--set", "bits=4", "--json").out)
    assert (found["initial_states"], found["initial_states_are_all"]) == (8, True)
