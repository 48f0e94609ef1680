"""What shows, walks, compares and exports traces, given one that never ends."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest
from attrs import evolve

from modelcheck import UsageError
from modelcheck.spec import Strength
from modelcheck.trace import record
from modelcheck.trace.export import decoded, diagram, html, mermaid, plain_json, regression_test, shiviz, svg
from modelcheck.trace.walk import Walk

from .test_lasso import ROUND, Ring, Strong, lasso


@pytest.fixture
def round_and_round():
    return lasso(Ring(), "served", ["want(n=1)", *ROUND], 1, n=1)


@pytest.fixture
def stopping():
    machine, run = lasso(Ring(), "served", ["want(n=1)"], 1, n=1)
    return machine, evolve(run, fair={"hand_on": Strength.NONE})


def test_a_walk_goes_round_and_round(round_and_round):
    """After the last step of the loop comes its first; a walk that left it comes to an end."""
    machine, run = round_and_round
    walk = Walk(machine, run)
    at = []
    for _ in range(9):
        walk.forward()
        at.append((walk.at, walk.state["at"]))
    assert at == [(1, 0), (2, 1), (3, 2), (4, 0), (2, 1), (3, 2), (4, 0), (2, 1), (3, 2)]
    assert walk.run() == run
    walk.go(4)
    assert repr(walk.following) == "hand_on()"
    walk.take(1)
    assert walk.is_at_the_end
    with pytest.raises(UsageError):
        walk.forward()
    assert walk.run().loop is None
    walk.rejoin()
    walk.forward()
    assert walk.at == 2


def test_a_walk_along_a_run_that_stops_ends(stopping):
    walk = Walk(*stopping)
    walk.forward()
    assert walk.is_at_the_end
    assert walk.run() == stopping[1]


def test_every_export_knows_loops(round_and_round, stopping):
    """Each step is told, the one that closes the loop too, and what repeats is marked where the format has a word for it."""
    _, run = round_and_round
    drawn = diagram(run)
    assert [event.step for event in drawn.events] == [1, 2, 3, 4]
    assert drawn.loop == 1
    assert drawn.title.endswith("served violated in 1 step, then 3 for ever")
    text = mermaid(drawn)
    assert text.index("loop for ever") < text.index("2. hand_on")
    assert text.rstrip().endswith("end")
    assert "for ever: nothing" in mermaid(diagram(stopping[1]))
    ET.fromstring(svg(drawn))
    assert shiviz(drawn).count("hand_on") == 3
    assert "served violated in 1 step, then 3 for ever" in html(run, drawn)
    told = json.loads(plain_json(run))
    assert (len(told["steps"]), told["loop"]) == (4, 1)
    assert told["steps"][3]["changes"][0]["new"] == "0"


def test_a_recording_decodes_to_the_same(round_and_round, stopping):
    for _, run in (round_and_round, stopping):
        again = decoded(record(run))
        assert (again.loop, again.closes, again.fair, len(again.steps)) == (run.loop, run.closes, run.fair, len(run.steps))


def exported(spec, run):
    """What the exported test of a run says of a spec: None if it passes."""
    names = {}
    text = regression_test(Ring(), run).replace("Ring()", "the_spec()")
    text = "\n".join(line for line in text.splitlines() if "import Ring" not in line)
    names["the_spec"] = lambda: spec
    exec(compile(text, "exported", "exec"), names)
    [test] = [found for name, found in names.items() if name.startswith("test_")]
    try:
        test()
    except AssertionError as error:
        return str(error)
    return None


def test_an_exported_lasso_fails_until_it_is_repaired(round_and_round, stopping):
    """By the fairness that the spec has when it is run, or that the trace assumes."""
    assert "served is still violated" in exported(Ring(), round_and_round[1])
    assert exported(Strong(), round_and_round[1]) is None
    assert "served is still violated" in exported(Ring(), stopping[1])
    assert exported(Ring(), evolve(stopping[1], fair={})) is None
