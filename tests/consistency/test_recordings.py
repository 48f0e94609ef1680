"""Every recording of the index gets its known verdict, or is named with the reason why it does not."""

from __future__ import annotations

import json

import pytest

from modelcheck.consistency import check_history, read_history
from modelcheck.verdict import Verdict

from .recordings import COPIED, FOLDER, listed, skip_without_recordings

ABSENT = pytest.mark.skip(reason=f"no recorded histories at {FOLDER}; set MODELCHECK_HISTORIES to their folder")
KNOWN = {
    "linearizable": Verdict.HOLDS,
    "valid": Verdict.HOLDS,
    "not-linearizable": Verdict.VIOLATED,
    "anomalous": Verdict.VIOLATED,
    "not-SI": Verdict.VIOLATED,
    "unknown": Verdict.UNKNOWN,
}
WEAK = ("read-committed", "read-atomic", "causal")
NOT_CHECKED = {
    "etcd-robustness/README": "the folder holds this note only, and none of the recordings that it speaks of",
}
"""Recordings that are not checked, each with its reason."""

DIFFERENT = {
    "elle-cli/custom/comments.edn": (
        Verdict.VIOLATED,
        "no verdict was published; the read sees 430 and not 425, whose write had returned before that of 430 was called",
    ),
}
"""Recordings that get another verdict than the index says, each with its reason."""


def test_the_recordings_are_there():
    """The folder with recordings is found, or this test says that it is not."""
    skip_without_recordings()


def named(entries):
    """The files of entries, as parameters of a test."""
    return [pytest.param(entry, id=entry["file"]) for entry in entries] or [pytest.param(None, marks=ABSENT)]


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


@pytest.mark.parametrize("entry", named(e for e in listed() if e["file"] not in NOT_CHECKED and not is_elles(e)))
def test_a_recording(entry):
    """A recording gets the verdict that those know who published it."""
    recording = read_history(FOLDER / entry["file"])
    for level, expected in questions(entry):
        model = recording.object or recording.model
        result = check_history(recording.history, model, consistency=level, explanation=False)
        assert result.verdict is expected, level


def test_every_recording_is_checked_or_named():
    """No file of the index is left out silently, and nothing is excused that the index does not list."""
    files = {entry["file"] for entry in listed()}
    skip_without_recordings()
    asked = {check.values[0].name for check in elle_checks()}
    assert all(entry["file"].rsplit("/", 1)[1] in asked for entry in listed() if is_elles(entry))
    assert {*NOT_CHECKED, *DIFFERENT} <= files


def test_the_anomaly_of_the_largest_recording_of_elle():
    """Elle's search for a cycle runs out of time on its history with a huge component; there is one with one rw edge."""
    skip_without_recordings()
    result = check_history(FOLDER / "elle" / "huge-scc.edn", consistency="strict-serializable")
    assert [anomaly.name for anomaly in result.anomalies] == ["G-single-realtime"]


ANOMALIES = {
    "G0": {"G0"},
    "G1": {"G1a", "G1b", "G1c", "dirty-update"},
    "G-single": {"G-single"},
    "G2": {"G-single", "G2-item"},
    "internal": {"internal"},
    "dirty-update": {"dirty-update"},
}
"""What Elle's names of anomalies stand for."""

# With `wfr-keys?` off Elle does not take a transaction that reads and writes a key to read the version before its own.
# In a serial execution it is, so that the history is not serializable, as Elle says with the option on.
INCOMPLETE = [("rw-register-37", {"wfr-keys?": False})]


def elle_checks():
    """Each question that was put to Elle about a history of its own suite."""
    for path in sorted((FOLDER / "elle-tests").glob("*.json")):
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
