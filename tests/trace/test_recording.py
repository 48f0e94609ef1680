"""Trace files."""

import json
from pathlib import Path

import itf_py
import pytest
from attrs import evolve

from modelcheck.errors import TraceError
from modelcheck.trace import read_recording, record, write_trace
from modelcheck.trace import recording as recording_module
from modelcheck.trace.parsing import from_json
from modelcheck.trace.recording import as_json


@pytest.fixture
def file(trace, tmp_path):
    path = tmp_path / "traces" / "trace.json"
    write_trace(trace, path)
    return path


def for_itf_py(document):
    """The document without what itf-py 0.5 cannot read: it makes a Python class of each variant, which a None or an option of integers breaks."""
    for state in document["states"]:
        del state["mbt::nondetPicks"]
    return json.loads(json.dumps(document).replace('"tag": "None"', '"tag": "Nothing"'))


def test_a_file_holds_the_whole_trace(trace, file):
    """What is read back is what was written."""
    assert evolve(read_recording(file), version="") == record(trace)


def test_a_lasso_keeps_its_loop(trace):
    """The index to which a lasso returns is part of the format."""
    recording = record(evolve(trace, loop=1))
    assert as_json(recording)["loop"] == 1
    assert from_json(as_json(recording)).loop == 1


def test_itf_py_reads_the_file(trace, file):
    """The reference implementation of the format reads the variables and states."""
    found = itf_py.trace_from_json(for_itf_py(json.loads(file.read_text())))
    assert found.vars[:-2] == list(trace.states[0])
    assert len(found.states) == len(trace.states)
    assert found.states[0].meta == {"index": 0}


def test_each_state_tells_the_step_to_it(file):
    """The action, its arguments and choices stand beside the state they lead to."""
    states = json.loads(file.read_text())["states"]
    assert states[1]["#meta"] == {
        "index": 1,
        "action": "send",
        "arguments": {"n": {"#bigint": "0"}},
        "choices": ["hello"],
    }


def test_each_state_tells_the_step_in_the_words_of_quint(file):
    """`mbt::actionTaken` and `mbt::nondetPicks` are there for Quint's tools."""
    states = json.loads(file.read_text())["states"]
    assert states[0]["mbt::actionTaken"] == "init"
    assert states[1]["mbt::actionTaken"] == "send"
    assert states[1]["mbt::nondetPicks"] == {
        "choice1": {"tag": "Some", "value": "hello"},
        "n": {"tag": "Some", "value": {"#bigint": "0"}},
        "note": {"tag": "None", "value": "U_OF_UNIT"},
    }


def test_the_meta_object_says_what_the_trace_is_of(file):
    """The spec, its constants and the property can be read without the spec."""
    meta = json.loads(file.read_text())["#meta"]
    assert meta["format"] == "ITF"
    assert meta["description"] == "Counterexample to the invariant calm of Town"
    assert meta["constants"] == {
        "nodes": {"#bigint": "2"},
        "first": {"tag": "GREEN", "value": "U_OF_UNIT"},
        "label": "town",
    }


def test_the_same_trace_is_the_same_file(trace, file, tmp_path):
    """Nothing in a file depends on when it was written."""
    again = tmp_path / "again.json"
    write_trace(trace, again)
    assert again.read_bytes() == file.read_bytes()


def test_a_state_is_a_line(trace, file):
    """A file can be compared by lines, since each state has one."""
    assert sum('"mbt::actionTaken":' in line for line in file.read_text().splitlines()) == len(trace.states)


def test_a_file_that_cannot_be_written_leaves_the_old_one(trace, file, monkeypatch):
    """A failure half-way leaves neither half a file nor a temporary one."""
    before = file.read_bytes()
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_trace(trace, file)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == ["trace.json"]


def test_every_truncated_file_is_refused(file):
    """Whatever is missing at the end, the error says where the file is."""
    text = file.read_text()
    for length in [0, 1, 2, 50, 200, *range(300, len(text) - 2, 211)]:
        file.write_text(text[:length])
        with pytest.raises(TraceError) as caught:
            read_recording(file)
        assert caught.value.place.startswith(str(file))


@pytest.mark.parametrize("key", ["#meta", "vars", "states"])
def test_a_file_without_a_part_is_refused(file, key):
    """Each part of the format is needed."""
    document = json.loads(file.read_text())
    del document[key]
    file.write_text(json.dumps(document))
    with pytest.raises(TraceError):
        read_recording(file)


@pytest.mark.parametrize("key", ["spec", "source", "constants", "property", "kind", "arguments", "found_by", "schema"])
def test_a_file_without_an_entry_of_its_meta_object_is_refused(file, key):
    """The error names the entry that is missing."""
    document = json.loads(file.read_text())
    del document["#meta"][key]
    file.write_text(json.dumps(document))
    with pytest.raises(TraceError, match=key):
        read_recording(file)


def test_a_later_format_is_refused_with_its_version(file):
    """A file of a later version is not guessed at."""
    document = json.loads(file.read_text())
    document["#meta"] |= {"schema": 2, "modelcheck": "9.0"}
    file.write_text(json.dumps(document))
    with pytest.raises(TraceError, match=r"written by modelcheck 9\.0"):
        read_recording(file)


@pytest.mark.parametrize("text", ["[]", "3", '{"#meta": {"format": "ITF"}, "vars": [], "states": []}', "\x00\x01"])
def test_other_files_are_refused(file, text):
    """A file of another tool, or none at all, is no trace of ours."""
    file.write_text(text)
    with pytest.raises(TraceError, match="not a trace"):
        read_recording(file)


def test_a_file_that_is_not_text_is_refused(file):
    """Bytes that are no UTF-8 are no trace."""
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TraceError, match="not text"):
        read_recording(file)


def test_a_missing_file_is_named(tmp_path):
    """The error says which file could not be read."""
    with pytest.raises(TraceError, match=r"nothing\.json: cannot read the trace: No such file"):
        read_recording(tmp_path / "nothing.json")


def edited(document, *path, value):
    """A document with something else at a place; without a value nothing is there any more."""
    *above, last = path
    inner = document
    for key in above:
        inner = inner[key]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("states",), 7, "the trace has no states"),
        (("states", 1), 7, "state 1 is no object"),
        (("states", 1, "#meta"), None, "state 1 has no #meta"),
        (("states", 1, "#meta", "action"), None, "state 1 has no #meta.action"),
        (("states", 1, "#meta", "arguments"), [1], "the arguments of the step to state 1 cannot be read"),
        (("states", 1, "#meta", "arguments", "n"), {"#bigint": "x"}, "the step to state 1: no ITF expression"),
        (("#meta", "constants"), {"n": {"#foo": 1}}, "the constants: no ITF expression: #foo"),
        (("#meta", "kind"), "foo", "no kind 'foo' of trace"),
        (("#meta", "observed"), [1], "observed is"),
        (("loop",), 99, "returns to state 99"),
    ],
)
def test_a_file_edited_by_hand_is_told_with_the_place(file, path, value, told):
    """What cannot be read is named, with the number of its state."""
    file.write_text(json.dumps(edited(json.loads(file.read_text()), *path, value=value)))
    with pytest.raises(TraceError) as caught:
        read_recording(file)
    assert told in str(caught.value)
    assert str(file) in str(caught.value)


def test_a_variable_that_is_missing_or_no_value_is_told_with_the_place(trace, file):
    """The variable and the number of the state."""
    name = next(iter(trace.states[0]))
    document = json.loads(file.read_text())
    for value, told in [({"#map": [["x"]]}, f"{name} in state 1: no ITF expression: #map"), (None, f"state 1 has no {name}")]:
        file.write_text(json.dumps(edited(document, "states", 1, name, value=value)))
        with pytest.raises(TraceError, match=told):
            read_recording(file)


def test_an_empty_file_is_told(file):
    """It is not a trace that ends in the middle."""
    file.write_text("\n")
    with pytest.raises(TraceError, match="the trace is empty"):
        read_recording(file)


def test_a_file_that_is_taken_for_a_leftover_is_made_again(tmp_path, trace, monkeypatch):
    """Between being made and being locked a file looks as one that a killed run has left, and another process may remove it."""
    locked = []

    def removed_first(handle):
        if not locked:
            for part in tmp_path.glob(".*.part"):
                part.unlink()
        locked.append(handle)
        lock(handle)

    lock = recording_module._lock
    monkeypatch.setattr(recording_module, "_lock", removed_first)
    assert write_trace(trace, tmp_path / "found.json")
    assert len(locked) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["found.json"]
