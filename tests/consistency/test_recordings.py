"""Every recording gets its known verdict."""

from __future__ import annotations

import json

import pytest

from modelcheck.consistency import check_history
from modelcheck.verdict import Verdict

from .recordings import COPIED, FOLDER, listed, skip_without_recordings

LINEARIZABILITY = {"linearizable": Verdict.HOLDS, "not-linearizable": Verdict.VIOLATED}
ABSENT = pytest.mark.skip(reason=f"no recorded histories at {FOLDER}; set MODELCHECK_HISTORIES to their folder")
WEAK = ("read-committed", "read-atomic", "causal")


def test_the_recordings_are_there():
    """The folder with recordings is found, or this test says that it is not."""
    skip_without_recordings()


def of_format(*beginnings):
    """The entries whose format begins with one of these."""
    return [entry for entry in listed() if entry["format"].startswith(beginnings)]


def named(entries):
    """The files of entries, as parameters of a test."""
    return [pytest.param(entry, id=entry["file"]) for entry in entries] or [pytest.param(None, marks=ABSENT)]


@pytest.mark.parametrize(
    "entry", named(entry for entry in listed() if entry["verdict"] in LINEARIZABILITY and "dir" not in entry["format"])
)
def test_a_recording_of_an_object(entry):
    """A recording of an object is linearizable or not, as those say who published it."""
    result = check_history(FOLDER / entry["file"], time_limit_s=30, explanation=False)
    assert result.verdict is LINEARIZABILITY[entry["verdict"]]


JEPSEN = [
    e
    for e in listed()
    if e["file"].startswith("jepsen-tests") and e["model"] in ("counter", "set", "set-full", "queue")
]


@pytest.mark.parametrize("entry", named(JEPSEN))
def test_a_history_of_jepsens_own_suite(entry):
    """What Jepsen's checkers of counters, sets and queues find wrong is not linearizable; where they do not know, nothing is wrong."""
    verdict = check_history(FOLDER / entry["file"]).verdict
    assert (verdict is Verdict.VIOLATED) == (entry["verdict"] == "anomalous")


@pytest.mark.parametrize("entry", named(of_format("awdit-test")))
def test_a_weak_isolation_recording(entry):
    """A recording keeps the levels up to the strongest one that is known to hold, and no other."""
    strongest = entry["verdict"].split(" (")[0]
    expected = -1 if strongest == "not read-committed" else WEAK.index(strongest)
    for at, level in enumerate(WEAK):
        verdict = check_history(FOLDER / entry["file"], "rw-register", consistency=level).verdict
        assert (verdict is Verdict.HOLDS) == (at <= expected), level


@pytest.mark.parametrize("entry", named(of_format("text-rw", "polysi-text")))
def test_a_recording_without_snapshot_isolation(entry):
    """A recording of a database with a known bug does not keep snapshot isolation."""
    assert check_history(FOLDER / entry["file"], consistency="snapshot-isolation").verdict is Verdict.VIOLATED


@pytest.mark.parametrize("name", ["10_45_15_1000", "15_100_15_1000"])
def test_a_recording_of_a_serializable_database(name):
    """A recording of PostgreSQL is causally consistent, which serializability implies."""
    skip_without_recordings()
    path = FOLDER / "smt-artifact" / name / "history.bincode"
    assert check_history(path, consistency="causal").verdict is Verdict.HOLDS


def test_a_small_recording_of_a_serializable_database():
    """The smaller recording of PostgreSQL is shown to be serializable."""
    skip_without_recordings()
    path = FOLDER / "smt-artifact" / "10_45_15_1000" / "history.bincode"
    assert check_history(path, consistency="strong-session-serializable").verdict is Verdict.HOLDS


def test_the_largest_recording_of_elle():
    """Elle's history with a huge component is serializable, but not in real time."""
    skip_without_recordings()
    path = FOLDER / "elle" / "huge-scc.edn"
    assert check_history(path, consistency="serializable").verdict is Verdict.HOLDS
    result = check_history(path, consistency="strict-serializable")
    assert [anomaly.name for anomaly in result.anomalies] == ["G2-item-realtime"]


ELLE_LEVELS = {
    "read-committed": "read-committed",
    "serializable": "serializable",
    "strict-serializable": "strict-serializable",
    "strong-serializable": "strict-serializable",
    "strong-session-snapshot-isolation": "strong-session-snapshot-isolation",
}
# The first calls one client twice at once, which we refuse. The second depends on an option of Elle's: what is read and
# written in one transaction follows in a serial execution, so that we are as strict as Elle with that option.
NOT_COMPARED = ("rw-register-36", "rw-register-37")


def elle_checks():
    """Each question that was put to Elle about a history of its own suite, and that we can ask too."""
    for path in sorted((FOLDER / "elle-tests").glob("*.json")):
        for at, check in enumerate(json.loads(path.read_text())["checks"]):
            models = check["opts"].get("consistency-models") or []
            if len(models) == 1 and models[0] in ELLE_LEVELS and not path.name.startswith(NOT_COMPARED):
                yield pytest.param(path, ELLE_LEVELS[models[0]], check["valid"], id=f"{path.stem[:40]}-{at}")


@pytest.mark.parametrize(("path", "level", "valid"), list(elle_checks()))
def test_elle_answered_the_same(path, level, valid):
    """A history of Elle's own suite gets the answer that Elle gives at the same level."""
    assert (check_history(path, consistency=level).verdict is Verdict.HOLDS) == valid


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=path.name) for path in sorted((FOLDER / "generated").glob("*.jsonl"))]
)
def test_a_generated_recording(path):
    """A generated history is linearizable unless a read in its middle was falsified."""
    if "listappend" in path.name:
        level, is_wrong = "strict-serializable", "bad" in path.name
        assert (check_history(path, consistency=level).verdict is Verdict.VIOLATED) == is_wrong
        return
    result = check_history(path, explanation=False, linearization=True)
    if "tail" in path.name:
        assert result.verdict is not Verdict.UNKNOWN
    else:
        assert (result.verdict is Verdict.VIOLATED) == ("bad" in path.name)


def test_copied_recordings_are_listed_with_their_licence():
    """Each recording that is copied here is named with its source and licence."""
    listing = (COPIED / "README.md").read_text()
    assert all(path.name in listing for path in COPIED.iterdir())


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("etcd_003.log", Verdict.VIOLATED), ("etcd_005.log", Verdict.HOLDS), ("c01-ok.txt", Verdict.HOLDS)],
)
def test_a_copied_recording(name, verdict):
    """A few recordings are checked wherever the tests run."""
    assert check_history(COPIED / name).verdict is verdict
