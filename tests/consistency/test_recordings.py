"""Every recording of the index gets its known verdict, or is named with the reason why it does not."""

from __future__ import annotations

import json

import pytest

from modelcheck.consistency import check_history, read_history
from modelcheck.verdict import Verdict

from .recordings import COPIED, generated, listed, recording

KNOWN = {
    "linearizable": Verdict.HOLDS,
    "valid": Verdict.HOLDS,
    "not-linearizable": Verdict.VIOLATED,
    "anomalous": Verdict.VIOLATED,
    "not-SI": Verdict.VIOLATED,
    "unknown": Verdict.UNKNOWN,
}
MODELS = {"set": "set"}
"""What is said of recordings whose operations more than one model has, by the model of the index."""

WEAK = ("read-committed", "read-atomic", "causal")
DIFFERENT = {
    "elle-cli/custom/comments.edn": (
        Verdict.VIOLATED,
        "no verdict was published; the read sees 430 and not 425, whose write had returned before that of 430 was called",
    ),
}
"""Recordings that get another verdict than the index says, each with its reason."""


def test_the_recordings_are_there():
    """As many recordings are listed and copied as there were when they were counted."""
    copied = {str(path.relative_to(COPIED)).removesuffix(".gz") for path in COPIED.rglob("*.gz")}
    here = {entry["file"] for entry in listed() if entry["is_here"]}
    assert here == {name for name in copied if not name.startswith("generated/")}
    assert (len(listed()), len(here), len(generated())) == (261, 175, 86)


def named(entries):
    """The files of entries, as parameters of a test."""
    return [pytest.param(entry, id=entry["file"]) for entry in entries]


def is_elles(entry):
    """Whether a file holds questions that were put to Elle; each is asked below."""
    return entry["file"].startswith("elle-tests/")


def questions(entry):
    """What a recording is asked, and the known answers: levels with whether they hold."""
    verdict = entry["verdict"]
    if entry["model"] == "weak-isolation":
        strongest = verdict.split(" (")[0]
        last = -1 if strongest == "not read-committed" else WEAK.index(strongest)
        return [(level, Verdict.HOLDS if at <= last else Verdict.VIOLATED) for at, level in enumerate(WEAK)]
    if verdict.startswith("SER"):
        return [("serializable", Verdict.HOLDS), ("causal", Verdict.HOLDS)]
    if verdict == "not-SI":
        return [("snapshot-isolation", Verdict.VIOLATED)]
    if entry["file"] == "elle/huge-scc.edn":  # strict serializability is what Elle was asked for
        return [("serializable", Verdict.HOLDS), ("strict-serializable", Verdict.VIOLATED)]
    return [(None, DIFFERENT.get(entry["file"], (KNOWN[verdict], ""))[0])]


@pytest.mark.parametrize("entry", named(e for e in listed() if not is_elles(e)))
def test_a_recording(entry):
    """A recording gets the verdict that those know who published it."""
    read = read_history(recording(entry["file"]), model=MODELS.get(entry["model"]))
    for level, expected in questions(entry):
        result = check_history(read.history, read.meant, consistency=level, explanation=False)
        assert result.verdict is expected, level


def test_every_recording_is_checked_or_named():
    """No file of the index is left out silently, and nothing is excused that the index does not list."""
    files = {entry["file"] for entry in listed()}
    asked = {check.values[0].name for check in elle_checks()}
    assert all(entry["file"].rsplit("/", 1)[1] in asked for entry in listed() if is_elles(entry))
    assert set(DIFFERENT) <= files


def test_the_anomaly_of_the_largest_recording_of_elle():
    """Elle's search for a cycle runs out of time on its history with a huge component; there is one with one rw edge."""
    result = check_history(recording("elle/huge-scc.edn"), consistency="strict-serializable")
    assert [anomaly.name for anomaly in result.anomalies] == ["G-single-realtime"]


ANOMALIES = {
    "G0": {"G0"},
    "G1": {"G1a", "G1b", "G1c", "dirty-update"},
    "G-single": {"G-single"},
    "G2": {"G-single", "G2-item"},
    "internal": {"internal", "unrepeatable-read"},
    "dirty-update": {"dirty-update"},
}
"""What Elle's names of anomalies stand for."""

# With `wfr-keys?` off Elle does not take a transaction that reads and writes a key to read the version before its own.
# In a serial execution it is, so that the history is not serializable, as Elle says with the option on.
INCOMPLETE = [("rw-register-37", {"wfr-keys?": False})]


def elle_checks():
    """Each question that was put to Elle about a history of its own suite."""
    for path in (recording(entry["file"]) for entry in listed() if is_elles(entry)):
        for at, check in enumerate(json.loads(path.read_text())["checks"]):
            yield pytest.param(path, check, id=f"{path.stem[:40]}-{at}")


def elle_history(path, tmp_path):
    """A history of Elle's suite; one of them calls a client twice at once, which gets a second client here."""
    whole = json.loads(path.read_text())
    if path.name.startswith("rw-register-36"):
        whole["history"][1]["process"] = whole["history"][2]["process"] = 1
    copy = tmp_path / path.name
    copy.write_text(json.dumps(whole))
    return read_history(copy)


@pytest.mark.parametrize(("path", "check"), list(elle_checks()))
def test_elle_answered_the_same(path, check, tmp_path):
    """A history of Elle's own suite gets the answer that Elle gives to the same question."""
    recording, opts = elle_history(path, tmp_path), check["opts"]
    expected = check["valid"] is not False and not any(
        path.name.startswith(name) and options.items() <= opts.items() for name, options in INCOMPLETE
    )
    if opts.get("anomalies"):
        level = "strict-serializable" if opts.get("linearizable-keys?") else "serializable"
        found = check_history(recording.history, recording.model, consistency=level).anomalies
        asked = set().union(*(ANOMALIES[name] for name in opts["anomalies"]))
        if opts.get("linearizable-keys?"):  # which cycle is told depends on which order of versions is tried last
            asked |= {"G0", "G1c"}
        assert any(a.name.removesuffix("-realtime") in asked for a in found) != expected
        return
    level = (opts.get("consistency-models") or ["strict-serializable"])[0]
    level = "strict-serializable" if level == "strong-serializable" else level
    verdict = check_history(recording.history, recording.model, consistency=level).verdict
    assert (verdict is Verdict.HOLDS) == expected


@pytest.mark.parametrize(
    "name", generated()
)
def test_a_generated_recording(name):
    """A generated history is linearizable unless a read in its middle was falsified."""
    path = recording(name)
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
    assert all(entry["licence"] and entry["commit"] and entry["source_repo"] for entry in listed())


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("etcd_003.log", Verdict.VIOLATED), ("etcd_005.log", Verdict.HOLDS), ("c01-ok.txt", Verdict.HOLDS)],
)
def test_a_copied_recording(name, verdict):
    """A few recordings are checked wherever the tests run."""
    assert check_history(COPIED / name).verdict is verdict
