"""The answers, crawled over whole state spaces, come to exactly what `check` counts."""

from __future__ import annotations

import pytest

from modelcheck import check
from modelcheck.explorer.loaded import Loaded
from modelcheck.explorer.service import Service
from modelcheck.spec.constants.declared import parse_constant

from .conftest import ROOT


def spec_file(name):
    """A shipped spec, wherever in the folder it stands."""
    return str(next(path for path in (ROOT / "specs").rglob(name) if "mutants" not in path.parts and "proofs" not in path.parts))


def crawled(service, constants):
    """How many states there are, how many steps and initial states were met, how many were out of bounds, and what is false somewhere."""
    spec = service.answer("spec", {"constants": constants})
    waiting = [start["path"] for start in spec["starts"]]
    states, generated, outside, false = set(), len(waiting), 0, set()
    while waiting:
        path = waiting.pop()
        about = {"constants": constants, "path": path}
        told = service.answer("run", about)
        state = "".join(map(str, whole(told)))
        if state in states:
            continue
        states.add(state)
        false |= set(told["steps"][-1]["false"])
        for option in service.answer("options", about)["options"]:
            if option["outside"]:
                outside += 1
            else:
                generated += 1
                false |= set(option["false"])
                waiting.append(option["path"])
    return len(states), generated, outside, false


def whole(run):
    """The cells of the last state, put together from what each step changes."""
    cells = {}
    for step in run["steps"]:
        cells |= {tuple(run["places"][int(number)]): text for number, text in step["cells"].items()}
    return sorted((place, str(text)) for place, text in cells.items() if text is not None)


@pytest.mark.parametrize(
    ("target", "constants"),
    [
        pytest.param(None, {}, marks=pytest.mark.slow),
        (None, {"seats": "1", "careful": "True"}),
        ("two_phase_commit.py", {"rms": "2"}),
        ("quorum.py", {"replicas": "2", "readers": "1", "write_back": "False", "crashes": "0"}),
        ("token_ring.py", {}),
    ],
)  # fmt: skip
def test_a_crawl_counts_what_a_check_counts(tickets, target, constants):
    """States, generated states, steps out of bounds, and which properties are false."""
    loaded = Loaded(str(tickets) if target is None else spec_file(target))
    states, generated, outside, false = crawled(Service(loaded), constants)
    spec = loaded.cls(**{name: parse_constant(loaded.cls, name, text) for name, text in constants.items()})
    report = check(spec, keep_going=True)
    assert states > 5
    assert (states, generated, outside) == (report.states, report.generated, report.out_of_bounds)
    violated = {found.name for found in report.properties if found.verdict.value == "violated" and found.kind in {"invariant", "step property"}}
    assert false == violated


def test_the_spec_is_described(ask):
    """Actions, properties and constants, with their places."""
    told = ask("spec")
    assert [each["name"] for each in told["actions"]] == ["sell", "learn", "wait", "network.lose"]
    assert [(each["name"], each["value"]) for each in told["constants"]] == [("seats", "2"), ("careful", "False"), ("first", "north")]
    assert len(told["starts"]) == 2
