"""Damaged files for each reader of histories: none may give an internal error, or take longer than it is allowed.

    python -m tests.consistency.fuzz [--count 20000] [--seed 0] [--format NAME]

A valid file is damaged in one to three places: bytes are changed, spans are cut, doubled or moved, and words that mean
something to a reader are put in the place of others. What is read is then checked, within two seconds. The
outcome of each is an answer, or an error that users are meant to see.
"""

from __future__ import annotations

import argparse
import collections
import json
import random
import re
import tempfile
import time
from pathlib import Path

from modelcheck.consistency import check_history, read_history
from modelcheck.consistency.readers import FORMATS
from modelcheck.consistency.report.text import as_json, described
from modelcheck.errors import InternalError, ModelcheckError
from modelcheck.limits import Limits

from .recordings import recording

MOST_S = 5.0
"""What reading and checking one small file may take on a busy machine."""

WORDS = [
    "null", "true", "false", "NaN", "Infinity", "-Infinity", "-0.0", "1e999", "1.5", "0", "-1", "9223372036854775807", "-9223372036854775809",
    "18446744073709551616", "9" * 40, "9" * 5000, "{}", "[]", "[[]]", '""', '"x"', '"\\ud800"', "[1]", '{"a": 1}', "[" * 300, "]" * 300, "{" * 300,
    "nil", ":x", "#{1 1}", "#{", "#inst", "\\a", "##NaN", "1/0", "1/2", "1.5M", "12N", ":info", ":fail", "_", "\x00", "\n",
    "\r", "\u2028", "é", "\ufeff",
    '"#set": [1]', '{"#set": 1}', "txn", "r", "w", "append", "read", "cas", "write", ",", ":", "(", ")", "#_", ";", "--", "==", ",,",
]  # fmt: skip
"""What is put in the place of something else."""

TOKEN = re.compile(rb'"[^"\n]*"|[-+:\w.]+|[\[\](){},]')


def damaged(chance, data):
    """A file's bytes, changed in one to three places."""
    for _ in range(chance.choice([1, 1, 2, 3])):
        data = chance.choice([_byte, _cut, _doubled, _moved, _word, _word, _word, _swapped, _truncated, _line])(chance, data)
    return data


def _span(chance, data, most=40):
    start = chance.randrange(len(data) + 1)
    return start, min(len(data), start + chance.randint(1, most))


def _byte(chance, data):
    at = chance.randrange(len(data) + 1)
    return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]


def _cut(chance, data):
    start, end = _span(chance, data)
    return data[:start] + data[end:]


def _doubled(chance, data):
    start, end = _span(chance, data)
    return data[:end] + data[start:end] * chance.choice([1, 1, 50]) + data[end:]


def _moved(chance, data):
    start, end = _span(chance, data)
    at = chance.randrange(len(data) + 1)
    return data[:at] + data[start:end] + data[at:]


def _tokens(data):
    return list(TOKEN.finditer(data))


def _word(chance, data):
    tokens = _tokens(data)
    if not tokens:
        return data
    token = chance.choice(tokens)
    return data[: token.start()] + chance.choice(WORDS).encode() + data[token.end() :]


def _swapped(chance, data):
    tokens = _tokens(data)
    if len(tokens) < 2:
        return data
    one, other = sorted(chance.sample(tokens, 2), key=lambda token: token.start())
    return b"".join([data[: one.start()], other[0], data[one.end() : other.start()], one[0], data[other.end() :]])


def _truncated(chance, data):
    return data[: chance.randrange(len(data) + 1)]


def _line(chance, data):
    lines = data.split(b"\n")
    at = chance.randrange(len(lines))
    change = chance.choice(["cut", "double", "move"])
    line = lines[at]
    if change != "double":
        del lines[at]
    if change != "cut":
        lines.insert(chance.randrange(len(lines) + 1), line)
    return b"\n".join(lines)


OPERATIONS = b"""\
{"process": "a", "f": "write", "argument": 1, "result": null, "call": 1, "return": 4}
{"process": "b", "f": "read", "argument": null, "result": 1, "call": 2, "return": 5}
{"process": "a", "f": "cas", "argument": [1, 2], "result": true, "call": 6, "return": 9}
{"process": "c", "f": "write", "argument": 3, "result": null, "call": 7, "return": null}
{"process": "b", "f": "read", "argument": null, "result": 2, "call": 8, "return": 11.5}
"""
SHORT = b"""\
{"c": 1, "f": "put", "k": "x", "a": "1", "r": -1000000, "call": 1, "ret": 2}
{"c": 2, "f": "append", "k": "x", "a": "2", "r": -1000000, "call": 3, "ret": 4}
{"c": 1, "f": "get", "k": "x", "a": -1000000, "r": "12", "call": 5, "ret": 6}
{"c": 3, "f": "put", "k": "y", "a": "3", "r": -1000000, "call": 5, "ret": -1, "info": true}
"""
STEPS = b"""\
{"process": 1, "f": "txn", "argument": [["w", "x", 1], ["r", "y", null]], "result": [["w", "x", 1], ["r", "y", null]], "call": 1, "return": 4}
{"process": 2, "f": "txn", "argument": [["w", "y", 2]], "result": null, "call": 2, "return": 3}
{"process": 1, "f": "txn", "argument": [["r", "x", null]], "result": [["r", "x", 1]], "call": 5, "return": 6, "fail": true}
"""
EVENTS = b"""\
{:process 0, :type :invoke, :f :txn, :value [[:append :x 1] [:r :y nil]]}
{:process 1, :type :invoke, :f :txn, :value [[:r :x nil] [:append :y 2]]}
{:process :nemesis, :type :info, :f :start, :value nil}
{:process 0, :type :ok, :f :txn, :value [[:append :x 1] [:r :y []]]}
{:process 1, :type :ok, :f :txn, :value [[:r :x [1]] [:append :y 2]]}
{:process 2, :type :invoke, :f :txn, :value [[:append :x 3]]}
{:process 2, :type :fail, :f :txn, :value [[:append :x 3]]}
"""
MESSAGES = b"""\
{:process 0, :type :invoke, :f :send, :value [[:send 5 10]]}
{:process 0, :type :ok, :f :send, :value [[:send 5 [0 10]]]}
{:process 1, :type :invoke, :f :poll, :value [[:poll]]}
{:process 1, :type :ok, :f :poll, :value [[:poll {5 [[0 10]]}]]}
"""
QUEUE = b"""\
[{"process": 0, "type": "invoke", "f": "enqueue", "value": 1}, {"process": 1, "type": "invoke", "f": "dequeue", "value": null},
 {"process": 0, "type": "ok", "f": "enqueue", "value": 1}, {"process": 1, "type": "ok", "f": "dequeue", "value": 1},
 {"process": 2, "type": "invoke", "f": "enqueue", "value": {"#set": [1, 2]}}, {"process": 2, "type": "info", "f": "enqueue", "value": {"a": 1}}]
"""
LIMO = b"""\
# @object atomic-queue
[1] call enq(3)
[1] return
[2] call deq
[2] return 3
[2] call deq
[2] return empty
[1] call enq(4)
[1] call deq
"""


PORCUPINE = b"""\
[{"ClientId": 0, "Input": {"Op": "put", "Key": "x", "Value": "1"}, "Call": 1, "Output": {"Value": ""}, "Return": 4},
 {"ClientId": 1, "Input": {"Op": "get", "Key": "x", "Value": ""}, "Call": 2, "Output": {"Value": "1"}, "Return": 5},
 {"ClientId": 0, "Input": {"Op": "append", "Key": "x", "Value": "2"}, "Call": 6, "Output": {"Value": ""}, "Return": 7}]
"""
ETCD = b"""\
{"ClientId":1,"Input":{"Type":"txn","LeaseGrant":null,"Txn":{"Conditions":[{"Key":"a","ExpectedRevision":0}],"OperationsOnSuccess":[{"Type":"put-operation",\
"Put":{"Key":"a","Value":{"Value":"1"},"LeaseID":7}}]}},"Call":1,"Output":{"Txn":{"Failure":false,"Results":[{"KVs":null,"Count":0,"Deleted":0}]},"Revision":2,"Error":""},"Return":4}
{"ClientId":2,"Input":{"Type":"leaseGrant","LeaseGrant":{"LeaseID":7}},"Call":0,"Output":{"LeaseGrant":{"LeaseID":7},"Revision":1,"Error":""},"Return":1}
{"ClientId":2,"Input":{"Type":"range","LeaseGrant":null,"Range":{"Start":"a","End":"","Limit":0,"Revision":0}},"Call":5,\
"Output":{"Range":{"KVs":[{"Key":"a","Value":{"Value":"1"},"ModRevision":2}],"Count":1},"Revision":2,"Error":""},"Return":6}
{"ClientId":2,"Input":{"Type":"leaseRevoke","LeaseGrant":null,"LeaseRevoke":{"LeaseID":7}},"Call":7,"Output":{"Revision":0,"Error":"timeout"},"Return":8}
"""
TABLE = b"""\
process,f,key,argument,result,call,return
a,put,x,1,,0.5,2.25
b,get,x,,1,1.5,3
a,put,x,"[1, 2]",ok,4,
"""


def valid_files():
    """Valid files by format."""
    return {
        "json-lines": [OPERATIONS, SHORT, STEPS],
        "jepsen-edn": [EVENTS, recording("elle-cli/jepsen/set.edn").read_bytes(), b"[" + EVENTS + b"]", MESSAGES],
        "jepsen-json": [QUEUE, b'{"checker": "queue", "history": ' + QUEUE + b"}"],
        "jepsen.util-log": [recording("porcupine/jepsen/etcd_003.log").read_bytes()[:1500]],
        "kv-lines": [recording("porcupine/kv/c01-ok.txt").read_bytes()[:1200]],
        "limo": [LIMO],
        "polysi": [b"w(1,5,0,0)\nr(2,0,0,0)\nr(1,5,1,1)\nw(2,7,1,1)\n"],
        "awdit": [b"w 1 5\nr 2 0\n----\nr 1 5\n====\nw 2 7\nr 2 7\n"],
        "porcupine": [PORCUPINE],
        "etcd": [ETCD],
        "csv": [TABLE],
        "dbcop": [recording("smt-artifact/10_45_15_1000/history.bincode").read_bytes()[:700]],
    }


def outcome(path, name):
    """What is said of a file: a verdict, or the kind of error."""
    try:
        read = read_history(path, format=name)
        result = check_history(read.history, read.meant, limits=Limits(time_s=2.0, memory_bytes=1 << 28))
        f"{described(result)} {json.dumps(as_json(result))}".encode()  # It can be printed.
    except InternalError:
        raise
    except ModelcheckError as error:
        str(error).encode()
        return type(error).__name__
    return result.verdict.value


def run(name, count, seed, folder):
    """Read and check damaged files of one format; how often each outcome was met, and what went wrong."""
    found, wrong = collections.Counter(), []
    files, path = valid_files()[name], folder / "damaged"
    for at in range(count):
        chance = random.Random(f"{name} {seed} {at}")
        data = damaged(chance, chance.choice(files))
        path.write_bytes(data)
        started = time.process_time()
        try:
            found[outcome(path, name)] += 1
        except Exception as error:  # noqa: BLE001 - that there is none is the claim.
            wrong.append((at, f"{type(error).__name__}: {error}"[:300], data))
        if time.process_time() - started > MOST_S:
            wrong.append((at, "it takes too long", data))
    return found, wrong


def main():
    """The script."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--format", choices=[*FORMATS])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in [asked.format] if asked.format else FORMATS:
            found, wrong = run(name, asked.count, asked.seed, Path(folder))
            print(f"{name:16} {asked.count:,} files: {dict(found)}; {len(wrong)} wrong", flush=True)  # noqa: T201
            for at, message, data in wrong[:5]:
                print(f"  {at}: {message}\n    {data[:400]!r}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
