"""Readers of recorded histories: what each line means, and what is said of a damaged file."""

from __future__ import annotations

import bz2
import gc
import gzip
import lzma

import edn_format
import pytest

from modelcheck.consistency import UNKNOWN, check_history, read_history
from modelcheck.consistency.readers import guessed_format
from modelcheck.consistency.readers._edn import EdnError, read_edn
from modelcheck.errors import HistoryError, UsageError
from modelcheck.verdict import Verdict


def written(tmp_path, text, name="history.txt"):
    """A file with a text."""
    path = tmp_path / name
    path.write_text(text)
    return path


def told(tmp_path, text, **options):
    """The operations of a text as strings."""
    return [str(operation) for operation in read_history(written(tmp_path, text), **options).history.operations]


def test_jepsen_events_become_operations(tmp_path):
    """A failed operation did not happen, an unknown one may have, and a read of nil agrees with everything."""
    text = """{:process 0, :type :invoke, :f :write, :value 1}
        {:process :nemesis, :type :info, :f :start, :value nil}
        {:process 1, :type :invoke, :f :cas, :value [0 2]}
        {:process 0, :type :ok, :f :write, :value 1}
        {:process 1, :type :fail, :f :cas, :value [0 2]}
        {:process 2, :type :invoke, :f :read, :value nil}
        {:process 3, :type :invoke, :f :cas, :value [1 2]}
        {:process 2, :type :ok, :f :read, :value nil}
        {:process 3, :type :info, :f :cas, :value [1 2]}"""
    assert told(tmp_path, text) == ["0: write(1) -> None", "2: read() -> ?", "3: cas((1, 2)) did not return"]


def test_the_log_of_jepsen_util(tmp_path):
    """A failed cas is an answer, a read that timed out says nothing, and nil is a value."""
    lines = [
        "0\t:invoke\t:read\tnil",
        "0\t:ok\t:read\tnil",
        "1 :invoke :cas [1 2]",
        "1 :fail :cas [1 2]",
        "2 :invoke :read nil",
    ]
    text = "".join(f"INFO  jepsen.util - {line}\n" for line in [*lines, "2 :fail :read :timed-out"])
    assert told(tmp_path, text + "something else\n") == [
        "0: read() -> None",
        "1: cas((1, 2)) -> False",
        "2: read() -> ?",
    ]


def test_limo_lines(tmp_path):
    """A take that returns nothing found nothing, and a thread that calls again leaves its operation open."""
    text = (
        "# @object atomic-queue\n[1] call enq(3)\n[1] return\n[2] call deq\n[2] return 3\n"
        "[2] call deq\n[2] return\n[1] call enq(4)\n[1] call deq\n"
    )
    assert [line.split(": ")[1] for line in told(tmp_path, text)] == [
        "enqueue('3') -> None", "dequeue() -> '3'", "dequeue() -> None", "enqueue('4') did not return", "dequeue() did not return",
    ]  # fmt: skip


def test_json_lines_of_operations_and_of_events(tmp_path):
    """JSON lines may have one operation or one event each."""
    operation = '{"process": "a", "f": "write", "argument": 1, "result": null, "call": 1, "return": 2}\n'
    events = '{"process": 0, "type": "invoke", "f": "write", "value": 1}\n{"process": 0, "type": "ok", "f": "write", "value": 1}\n'
    assert told(tmp_path, operation) == ["a: write(1) -> None"]
    assert told(tmp_path, events) == ["0: write(1) -> None"]


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ('{"process": 1, "f": "read", "call": 1, "return": 2}\n{"process": 1, "f"', "not JSON", 2),
        ('{"process": 1, "f": "read", "call": "x", "return": 2}\n', "the time 'call' is 'x'", 1),
        ('{"process": 1, "f": "read", "call": 5, "return": 2}\n', "before its call", 1),
        (
            "{:process 0, :type :ok, :f :read, :value 1}\n{:process 1, :type :invoke, :f :read, :value nil}",
            "did not call",
            1,
        ),
        (
            "{:process 0, :type :invoke, :f :read, :value nil}\n{:process 0, :type :invoke, :f :read, :value nil}",
            "still open",
            2,
        ),
        ("{:process 0, :type :invoke, :f :read, :value nil}\n{:process 0, :type :o", "not EDN", 2),
        ("{:process 0, :type :wat, :f :read, :value nil}", "the type", 1),
        ("r(1,2,3,4)\nr(1,2,3)\n", "neither a read nor a write", 2),
        ("w 1 2\nx\n", "neither a step nor a separator", 2),
        ("[1] call push(1)\n[1] return\n[1] jump\n", "neither a call nor a return", 3),
        ('{"process": 1, "f": "write", "argument": ' + "[" * 100_000, "nested more than 200 deep", 1),
        ('{"process": 1, "f": "write", "argument": ' + "[" * 500 + "]" * 500 + ', "call": 1, "return": 2}', "nested more than 200 deep", 1),
        ('{"process": 1, "f": "write", "argument": ' + "9" * 5000 + ', "call": 1, "return": 2}', "thousands of digits", 1),
        ('{"process": 1, "f": "write", "argument": ' + "9" * 4000 + ', "call": 1, "return": 2}', "13,288 bits is too long", 1),
        ('{"process": 1, "f": "write", "argument": 1, "result": null, "call": 1, "return": 99999999999999999999}', "more than 64 bits", 1),
        ('{"process": 1, "f": "write", "argument": 1, "result": null, "call": -99999999999999999999, "return": 1}', "more than 64 bits", 1),
        ('{"process": 1, "f": "write", "argument": 1, "result": null, "call": 18446744073709551615, "return": null}', "more than 64 bits", 1),
        ('{"process": 1, "f": "write", "argument": 1, "result": null, "call": true, "return": 2}', "the time 'call' is True", 1),
        ('{"process": 1, "f": "write", "argument": 1, "result": null, "call": NaN, "return": 2}', "the time 'call' is nan", 1),
        ('{"process": 1, "f": "write", "argument": 1, "result": null, "call": 1.5, "return": Infinity}', "the time 'return' is inf", 1),
        ('{"c": 1, "k": {}, "f": "put", "a": 1, "r": null, "call": 1, "ret": 2}', "the key {} is an object", 1),
        ('{"process": {}, "f": "put", "argument": 1, "result": null, "call": 1, "return": 2}', "the process {} names no client", 1),
        ('{"process": 1, "f": ["put"], "argument": 1, "result": null, "call": 1, "return": 2}', "no name of an operation", 1),
        ('{"process": {}, "type": "invoke", "f": "read", "value": null}', "the process {} names no client", 1),
        ('{"process": 1, "type": "invoke", "f": {}, "value": null}', "an event has {} for its operation", 1),
        ('{"process": 1, "f": "txn", "argument": [1], "result": [1], "call": 1, "return": 2}', "has the step 1", 1),
        ('{"process": 1, "f": "txn", "argument": 1, "result": null, "call": 1, "return": 2}', "a list of steps, and not 1", 1),
        ("\n\n[1]", "an event is no object", 3),
        ('[{"process": 0, "type": "invoke", "f": "read",\n"value": null},\n\n{"process": 0, "type": "what", "f": "read"}]', "the type", 4),
        ('{"history": [\n{"process": 0, "type": "ok", "f": "read"},\n{"process": 0, "type": "invoke", "f": "read"},\n3]}', "no object", 4),
        ("{:process 0, :type :invoke, :f :write, :value " + "9" * 5000 + "}", "a number of 5,000 characters is too long", 1),
        ("{:process 0, :type :invoke, :f :write, :value 12x}", "'12x' is no number", 1),
        ("{:process {}, :type :invoke, :f :write, :value 1}", "names no client", 1),
        ("{:process 0, :type :invoke, :f :write, :value " + "[" * 300 + "]" * 300 + "}", "nested more than 200 deep", 1),
    ],
)
def test_a_damaged_file_is_refused_with_its_line(tmp_path, text, message, line):
    """A mistake in a file is told with the file, the line and a remedy."""
    path = written(tmp_path, text)
    with pytest.raises(HistoryError, match=message) as caught:
        read_history(path)
    assert caught.value.place == f"{path}:{line}"
    assert caught.value.remedy


def test_a_missing_file_and_an_unknown_format(tmp_path):
    """A file that is not there and a format that does not exist are told apart."""
    with pytest.raises(HistoryError, match="no such file"):
        read_history(tmp_path / "nothing")
    with pytest.raises(UsageError, match="no format 'x'"):
        read_history(written(tmp_path, ""), format="x")
    with pytest.raises(HistoryError, match="cannot be guessed"):
        guessed_format(written(tmp_path, "hello\n"))


def test_an_empty_history_holds(tmp_path):
    """Nothing happened, and that can be explained."""
    assert check_history(written(tmp_path, ""), "register").verdict is Verdict.HOLDS


def plain(value):
    """What edn_format read, in our types."""
    if isinstance(value, edn_format.Keyword):
        return f":{value.name}"
    if isinstance(value, edn_format.Symbol):
        return str(value)
    if isinstance(value, edn_format.ImmutableDict | dict):
        return {plain(key): plain(part) for key, part in value.items()}
    if isinstance(value, edn_format.ImmutableList | tuple | list):
        return tuple(map(plain, value))
    return frozenset(map(plain, value)) if isinstance(value, set | frozenset) else value


@pytest.mark.parametrize(
    "text",
    [
        '{:a [1 -2 3.5 nil true false] :b "x\\n\\"y\\"" :c #{1 2}}',
        "(1 2 (3 [4]))",
        "[[:r 1 nil] [:append 2 3N]]",
        "{:f :a/b, :g a-symbol}",
        "[1, 2,,3 ; a comment\n]",
        "#_ignored {:a 1}",
        '"\\u00e9é"',
        "1e3",
        "12345678901234567890",
    ],
)
def test_edn_is_read_as_edn_format_reads_it(text):
    """Our reader of EDN agrees with an independent one."""
    found = [value for _, value in read_edn(f"[[{text}]]".encode())]
    assert found == [(plain(edn_format.loads(text)),)]


@pytest.mark.parametrize("text", ["[1 2", "{:a}", '"x', "[1 2))", "[" * 500, "#{1"])
def test_what_is_not_edn_is_refused(text):
    """Damaged EDN raises an error that knows its line."""
    with pytest.raises(EdnError):
        read_edn(f"{{:a 1}}\n{text}".encode())


def test_an_unknown_result_agrees_with_every_result():
    """The result of an operation that did not return is not compared."""
    assert repr(UNKNOWN) == "UNKNOWN"


def test_collection_goes_on_after_a_file_that_cannot_be_read(tmp_path):
    """Reading pauses the collection of reference cycles, and an error does not leave it paused."""
    broken = tmp_path / "broken.edn"
    broken.write_text("{:type :invoke, :f :read")
    with pytest.raises(HistoryError):
        read_history(broken)
    assert gc.isenabled()


EVENTS = '{"process": 0, "f": "write", "value": 1, "type": "invoke"}\n{"process": 0, "f": "write", "value": 1, "type": "ok"}\n'


@pytest.mark.parametrize(("pack", "words"), [
    (gzip.compress, "compressed by gzip"), (bz2.compress, "compressed by bzip2"), (lzma.compress, "compressed by xz"),
    (lambda data: data.decode().encode("utf-16"), "UTF-16"),
])  # fmt: skip
@pytest.mark.parametrize("named", [None, "json-lines"])
def test_a_file_that_is_packed_or_in_another_encoding_says_so(tmp_path, pack, words, named):
    """It is not taken for a damaged file of a binary format."""
    path = tmp_path / "history.jsonl.gz"
    path.write_bytes(pack(EVENTS.encode()))
    with pytest.raises(HistoryError, match=words):
        read_history(path, format=named)


@pytest.mark.parametrize(("name", "text"), [
    ("history.jsonl", EVENTS), ("history.edn", "{:process 0 :type :invoke :f :write :value 1}\n{:process 0 :type :ok :f :write :value 1}\n"),
    ("history.csv", "process,f,argument,result,call,return\n0,write,1,,0,1\n"),
])  # fmt: skip
def test_the_mark_that_some_programs_begin_a_file_with(tmp_path, name, text):
    """Spreadsheets write a byte order mark before the header."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8-sig")
    [write] = read_history(path).history.operations
    assert (write.name, write.argument) == ("write", 1)


def test_two_texts_that_are_not_utf_8_are_not_taken_for_one(tmp_path):
    """A read of another byte than was written is not the value that was written: the file is refused."""
    path = tmp_path / "history.edn"
    events = [("invoke", "write", b'"\xe9"'), ("ok", "write", b'"\xe9"'), ("invoke", "read", b"nil"), ("ok", "read", b'"\xea"')]
    path.write_bytes(b"\n".join(b"{:process 0 :type :%s :f :%s :value %s}" % (kind.encode(), name.encode(), value) for kind, name, value in events))
    with pytest.raises(HistoryError, match="not text in UTF-8"):
        read_history(path)


@pytest.mark.parametrize(
    ("one", "other"), [(r"\a", '"a"'), ('#inst "2020-01-01"', '"2020-01-01"'), ('#inst "1"', '#uuid "1"'), (":a", '"a"'), (":a", r"\a")]
)
def test_what_edn_tells_apart_is_not_read_for_one_another(tmp_path, one, other):
    """A register that was given a character does not answer with the string of it; what was written is read."""
    for written_, read, verdict in ((one, other, Verdict.VIOLATED), (other, one, Verdict.VIOLATED), (one, one, Verdict.HOLDS)):
        events = [("invoke", "write", written_), ("ok", "write", written_), ("invoke", "read", "nil"), ("ok", "read", read)]
        text = "\n".join(f"{{:process 0 :type :{kind} :f :{name} :value {value}}}" for kind, name, value in events)
        assert check_history(written(tmp_path, text, "history.edn"), "register").verdict is verdict
