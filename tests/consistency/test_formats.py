"""Formats of others: etcd's robustness reports, Porcupine's operations in JSON, tables, Maelstrom, fractions of seconds."""

from __future__ import annotations

import json
import random

import pytest

from modelcheck.consistency import UNKNOWN, Etcd, check_history, read_history
from modelcheck.errors import HistoryError

from .fuzz import PORCUPINE, TABLE


def written(tmp_path, text, name="history"):
    """A file with a text."""
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def told(path, **options):
    """The operations of a file as strings."""
    return [str(operation) for operation in read_history(path, **options).history.operations]


def etcd_lines(*rows):
    """A report of etcd with operations that follow each other, given as request and answer."""
    lines = []
    for at, (request, answer) in enumerate(rows):
        given = {"Type": "", "LeaseGrant": None, "LeaseRevoke": None, "Range": None, "Txn": None, **request}
        lines.append({"ClientId": 1, "Input": given, "Call": 2 * at, "Output": {"Error": "", **answer}, "Return": 2 * at + 1})
    return "".join(json.dumps(line) + "\n" for line in lines)


def put(key, value, lease=0):
    """A step that writes."""
    return {"Type": "put-operation", "Put": {"Key": key, "Value": {"Value": value, "Hash": 0}, "LeaseID": lease}}


def txn(*steps, conditions=(), otherwise=()):
    """A transaction."""
    return {"Type": "txn", "Txn": {"Conditions": list(conditions), "OperationsOnSuccess": list(steps), "OperationsOnFailure": list(otherwise)}}


def done(revision, *results, failed=False):
    """The answer to a transaction."""
    return {"Txn": {"Failure": failed, "Results": [{"KVs": None, "Count": 0, "Deleted": 0, **r} for r in results]}, "Revision": revision}


def ranged(key, end="", revision=0):
    """A read of a key, or of several."""
    return {"Type": "range", "Range": {"Start": key, "End": end, "Limit": 0, "Revision": revision}}


def seen(revision, **entries):
    """The answer to a read: values with the revision of their last change."""
    found = [{"Key": key, "Value": {"Value": value}, "ModRevision": at} for key, (value, at) in entries.items()]
    return {"Range": {"KVs": found, "Count": len(found)}, "Revision": revision}


DELETE = {"Type": "delete-operation", "Delete": {"Key": "a"}}
GRANT = ({"Type": "leaseGrant", "LeaseGrant": {"LeaseID": 7}}, {"LeaseGrant": {"LeaseID": 7}, "Revision": 1})
REVOKE = ({"Type": "leaseRevoke", "LeaseRevoke": {"LeaseID": 7}}, {"Revision": 3})
FIRST = (txn(put("a", "1")), done(2, {}))


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        ([FIRST, (ranged("a"), seen(2, a=("1", 2)))], "holds"),
        ([FIRST, (ranged("a"), seen(3, a=("1", 2)))], "violated"),
        ([FIRST, (ranged("a"), seen(2, a=("1", 1)))], "violated"),
        ([FIRST, (ranged("a"), seen(2, a=("2", 2)))], "violated"),
        ([FIRST, (ranged("a"), seen(2))], "violated"),
        ([FIRST, (ranged("a", revision=1), seen(2))], "holds"),
        ([FIRST, ({"Type": "compact"}, {"Revision": -1}), ({"Type": "defragment"}, {"Revision": -1}), (ranged("b"), seen(2))], "holds"),
        ([FIRST, (txn(put("b", "2"), put("c", "3")), done(3, {}, {})), (ranged("a", "c"), seen(3, a=("1", 2), b=("2", 3)))], "holds"),
        ([FIRST, (ranged("b", "\0"), seen(2))], "holds"),
        ([FIRST, (txn(DELETE), done(3, {"Deleted": 1})), (ranged("a"), seen(3))], "holds"),
        ([FIRST, (txn(DELETE), done(3, {"Deleted": 0}))], "violated"),
        ([(txn(DELETE), done(1, {"Deleted": 0}))], "holds"),
        ([FIRST, (txn(put("a", "2"), conditions=[{"Key": "a", "ExpectedRevision": 2}]), done(3, {}))], "holds"),
        ([FIRST, (txn(put("a", "2"), conditions=[{"Key": "a", "ExpectedRevision": 1}]), done(2, failed=True))], "holds"),
        ([FIRST, (txn(put("a", "2"), conditions=[{"Key": "a", "ExpectedRevision": 1}]), done(3, {}))], "violated"),
        ([FIRST, (txn(put("a", "2"), conditions=[{"Key": "a", "ExpectedVersion": 1}]), done(3, {}))], "holds"),
        ([GRANT, (txn(put("a", "1", 7)), done(2, {})), REVOKE, (ranged("a"), seen(3))], "holds"),
        ([(txn(put("a", "1", 7)), done(1, {})), (ranged("a"), seen(1))], "holds"),
        ([(txn(put("a", "1")), {"Error": "timeout", "Revision": 0}), (ranged("a"), seen(2, a=("1", 2)))], "holds"),
        ([(txn(put("a", "1")), {"Error": "timeout", "Revision": 0}), (ranged("a"), seen(1))], "holds"),
    ],
)  # fmt: skip
def test_a_report_of_etcd(tmp_path, rows, verdict):
    """Revisions, conditions, deletions, leases and errors mean what they mean in etcd's own model."""
    assert check_history(written(tmp_path, etcd_lines(*rows))).verdict.value == verdict


def test_a_folder_of_reports_is_one_history(tmp_path):
    """The operations of all clients are one history, and each knows its file and line."""
    written(tmp_path, etcd_lines(FIRST), "client-1/operations.json")
    written(tmp_path, etcd_lines((ranged("a"), seen(2, a=("1", 2)))).replace('"ClientId": 1', '"ClientId": 2'), "client-2/operations.json")
    written(tmp_path, "{}", "client-2/watch.json")
    recording = read_history(tmp_path)
    assert (recording.model, len(recording.history), recording.history.processes) == ("etcd", 2, (1, 2))
    assert recording.history.operations[0].place == f"{tmp_path / 'client-1' / 'operations.json'}:1"
    assert check_history(tmp_path).verdict.value == "holds"
    (tmp_path / "empty").mkdir()
    with pytest.raises(HistoryError, match=r"no operations\.json"):
        read_history(tmp_path / "empty")


class Reference:
    """etcd as a dict that is changed, against which the object is compared."""

    def __init__(self):
        self.revision, self.keys, self.leases = 1, {}, set()

    def steps(self, steps):
        at, changed, found = self.revision + 1, False, []
        for step in steps:
            if step[0] == "put" and (not step[3] or step[3] in self.leases):
                version = self.keys[step[1]][2] + 1 if step[1] in self.keys else 1
                self.keys[step[1]], changed = (step[2], at, version, step[3]), True
            if step[0] == "range":
                found.append((*self.range(*step[1:]), 0))
            elif step[0] == "delete" and self.keys.pop(step[1], None):
                changed = True
                found.append((0, (), 1))
            else:
                found.append((0, (), 0))
        self.revision += changed
        return tuple(found)

    def range(self, start, end, limit):
        keys = sorted(k for k in self.keys if (k == start if end == "" else start <= k and (end == "\0" or k < end)))
        return len(keys), tuple((k, *self.keys[k][:2]) for k in keys[: limit or None])

    def txn(self, conditions, steps, otherwise):
        holds = [
            (self.keys.get(k, (0, 0, 0))[2] == version) if version else self.keys.get(k, (0, 0, 0))[1] == revision
            for k, revision, version in conditions
        ]
        found = self.steps(steps if all(holds) else otherwise)
        return self.revision, not all(holds), found

    def revoke(self, lease):
        gone = [k for k, entry in self.keys.items() if lease in self.leases and entry[3] == lease]
        for key in gone:
            del self.keys[key]
        self.leases.discard(lease)
        self.revision += bool(gone)
        return self.revision


def random_steps(chance):
    """The steps of a random transaction."""
    kinds = [
        ("put", chance.choice("abc"), str(chance.randrange(9)), chance.choice([0, 0, 1, 2])),
        ("delete", chance.choice("abc")),
        ("range", chance.choice("ab"), chance.choice(["", "c", "\0"]), chance.choice([0, 1])),
    ]
    return tuple(chance.choice(kinds) for _ in range(chance.randint(0, 3)))


def test_the_object_does_what_a_dict_would_do():
    """On random requests one after the other the object answers as an implementation that changes a dict."""
    asked = 0
    for seed in range(150):
        chance = random.Random(f"etcd {seed}")
        object_, reference = Etcd(), Reference()
        state = object_.initial

        for _ in range(12):
            kind = chance.choice(["range", "txn", "txn", "txn", "lease_grant", "lease_revoke"])
            if kind == "range":
                argument = (chance.choice("abc"), chance.choice(["", "c", "\0"]), chance.choice([0, 1, 2]))
                expected = (reference.revision, *reference.range(*argument))
            elif kind == "txn":
                conditions = tuple(
                    (chance.choice("abc"), chance.randrange(5), chance.choice([0, 0, 1, 2])) for _ in range(chance.choice([0, 0, 1, 2]))
                )
                argument = (conditions, random_steps(chance), random_steps(chance))
                expected = reference.txn(*argument)
            elif kind == "lease_grant":
                argument = chance.choice([1, 2])
                reference.leases.add(argument)
                expected = reference.revision
            else:
                argument = chance.choice([1, 2])
                expected = reference.revoke(argument)
            state, result = object_.apply(state, kind, argument)
            assert result == expected, (seed, kind, argument)
            asked += 1
    assert asked == 1800


def test_operations_of_porcupine(tmp_path):
    """A list or lines; operations are named in the input by a text, or by a number that is renamed."""
    path = written(tmp_path, PORCUPINE)
    assert told(path) == ["0: put(('x', '1')) -> None", "1: get('x') -> '1'", "0: append(('x', '2')) -> None"]
    assert check_history(path).verdict.value == "holds"
    numbers = PORCUPINE.replace(b'"put"', b"1").replace(b'"get"', b"0").replace(b'"append"', b"2")
    recording = read_history(written(tmp_path, numbers), rename={"0": "get", "1": "put", "2": "append"})
    assert (recording.model, recording.format) == ("kv", "porcupine")
    lines = PORCUPINE.strip()[1:-1].replace(b",\n", b"\n")
    assert told(written(tmp_path, lines)) == told(written(tmp_path, PORCUPINE))
    register = (
        '[{"ClientId":0,"Input":{"Op":false,"Value":5},"Call":0,"Output":0,"Return":1},'
        '{"ClientId":1,"Input":{"Op":true,"Value":0},"Call":2,"Output":5,"Return":3}]'
    )
    assert told(written(tmp_path, register), rename={"false": "write", "true": "read"}) == ["0: write(5) -> None", "1: read() -> 5"]


def test_a_table(tmp_path):
    """Cells are JSON or text, an empty return is an unknown outcome, and times may have fractions."""
    path = written(tmp_path, TABLE)
    assert told(path) == ["a: put(('x', 1)) -> None", "b: get('x') -> 1", "a: put(('x', (1, 2))) did not return"]
    assert [(o.call, o.finish) for o in read_history(path).history.operations] == [(0, 2), (1, 3), (4, None)]
    assert check_history(path).verdict.value == "holds"
    assert check_history(written(tmp_path, TABLE.replace(b"b,get,x,,1", b"b,get,x,,2"))).verdict.value == "violated"


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("process,f,call\na,read,1\n", "no column 'return'", 1),
        ("process,f,call,return,colour\n", "the column 'colour'", 1),
        ("process,f,call,return,f\n", "the column", 1),
        ("process,f,call,return\na,read,1\n", "3 cells, and not 4", 2),
        ('process,f,call,return\na,read,1,"2\n', "no table", 2),
        ("process,f,result,call,return\na,read,1,x,2\n", "the time 'call' is 'x'", 2),
        ('{"ClientId": 1, "Input": {"Op": "get"}, "Call": 1, "Output": 1}', "no 'Return'", 1),
        ('{"ClientId": 1, "Input": {"Key": "get"}, "Call": 1, "Output": 1, "Return": 2}', "names no operation", 1),
        ('{"ClientId": {}, "Input": {"Op": "get"}, "Call": 1, "Output": 1, "Return": 2}', "names no client", 1),
        ('{"ClientId": 1, "Input": {"Op": "get"}, "Call": 1.5, "Output": 1, "Return": 2}', "the time 'Call' is 1.5", 1),
        ('[\n{"ClientId": 1, "Input": {"Type": "dance", "LeaseGrant": null}, "Call": 1, "Output": {}, "Return": 2}]', "no request 'dance'", 2),
        (etcd_lines(FIRST).replace('"put-operation"', '"jump"'), "no step 'jump'", 1),
        (etcd_lines(FIRST).replace('"Revision": 2', '"Revision": "2"'), "a number is expected", 1),
        (etcd_lines(FIRST).replace('"Key": "a"', '"Key": 3'), "a text is expected", 1),
        (etcd_lines(FIRST).replace('"Results"', '"Result"').replace('"Type": "put', '"T": "put'), "not the parts", 1),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_line(tmp_path, text, words, line):
    """One error with the file, the line and what was expected."""
    path = written(tmp_path, text)
    with pytest.raises(HistoryError, match=words) as caught:
        read_history(path, format="etcd" if "dance" in text else None)
    assert caught.value.place == f"{path}:{line}"


def test_fractions_of_seconds(tmp_path):
    """Times in seconds with fractions keep their order, and equal ones overlap."""
    line = '{{"process": "{}", "f": "{}", "argument": {}, "result": {}, "call": {}, "return": {}}}\n'
    rows = [("a", "write", 1, "null", 0.001, 0.002), ("b", "write", 2, "null", 0.002, 1e-2), ("c", "read", "null", 1, 0.5, 3)]
    path = written(tmp_path, "".join(line.format(*row) for row in rows))
    assert check_history(path).verdict.value == "holds"
    rows[1] = ("b", "write", 2, "null", 0.0021, 0.01)
    assert check_history(written(tmp_path, "".join(line.format(*row) for row in rows))).verdict.value == "violated"


def maelstrom(name, last):
    """A history of Maelstrom: one element and a read."""
    return (
        f"{{:process 0 :type :invoke :f :{name} :value 1 :index 0}}\n{{:process 0 :type :ok :f :{name} :value 1 :index 1}}\n"
        f"{{:process 1 :type :invoke :f :read :value nil :final? true}}\n{{:process 1 :type :ok :f :read :value {last} :final? true}}\n"
    )


@pytest.mark.parametrize(("last", "verdict"), [("[1]", "holds"), ("#{1}", "holds"), ("[]", "violated")])
def test_sets_of_maelstrom(tmp_path, last, verdict):
    """A broadcast is an element that was added; whether a set may be stale has to be said."""
    assert check_history(written(tmp_path, maelstrom("broadcast", last))).verdict.value == verdict
    assert check_history(written(tmp_path, maelstrom("add", last)), "set-full").verdict.value == verdict


def test_a_long_fork(tmp_path):
    """Two reads that saw two writes in different orders; as transactions they are no snapshot either."""
    def event(process, f, value, *, end="ok"):
        return f"{{:process {process} :type :invoke :f :{f} :value {value}}}\n{{:process {process} :type :{end} :f :{f} :value {value}}}\n"

    writes = event(0, "write", "[[:w 0 1]]") + event(1, "write", "[[:w 1 1]]")
    first, both = event(2, "read", "[[:r 0 1] [:r 1 nil]]"), event(3, "read", "[[:r 0 1] [:r 1 1]]")
    fork = event(4, "read", "[[:r 1 1] [:r 0 nil]]")
    assert check_history(written(tmp_path, writes + first + both)).verdict.value == "holds"
    result = check_history(written(tmp_path, writes + first + fork))
    assert (result.model, result.verdict.value, result.anomalies[0].name) == ("long-fork", "violated", "long-fork")
    as_transactions = read_history(written(tmp_path, writes + first + fork), model="rw-register")
    assert as_transactions.history.operations[0].argument == ((":w", 0, 1),)
    assert check_history(as_transactions.history, "rw-register", consistency="snapshot-isolation").verdict.value == "violated"
    with pytest.raises(HistoryError, match="written twice"):
        check_history(written(tmp_path, writes + event(5, "write", "[[:w 1 2]]")))


def test_what_is_not_known_of_a_long_fork(tmp_path):
    """A read that did not return saw nothing that counts."""
    path = written(tmp_path, "{:process 0 :type :invoke :f :read :value [[:r 0 nil]]}\n{:process 1 :type :invoke :f :write :value [[:w 0 1]]}\n")
    operations = read_history(path, model="rw-register").history.operations
    assert [(o.name, o.result) for o in operations] == [("txn", UNKNOWN), ("txn", UNKNOWN)]
    assert check_history(path).verdict.value == "holds"


def kafka_log(*events):
    """A history of Jepsen's kafka workload, given as process, operation, steps and how it ended."""
    lines = []
    for process, f, value, *end in events:
        lines.append(f"{{:process {process} :type :invoke :f :{f} :value {value}}}")
        lines.append(f"{{:process {process} :type :{end[0] if end else 'ok'} :f :{f} :value {value}}}")
    return "\n".join(lines) + "\n"


SENDS = [(0, "send", "[[:send 5 [0 10]]]"), (0, "send", "[[:send 5 [1 11]]]"), (1, "send", "[[:send 5 [3 12]]]")]


@pytest.mark.parametrize(
    ("events", "names"),
    [
        ([(2, "poll", "[[:poll {5 [[0 10] [1 11] [3 12]]}]]")], []),
        ([(2, "poll", "[[:poll {5 [[0 10]]}]]"), (2, "poll", "[[:poll {5 [[1 11]]}]]")], []),
        ([(2, "poll", "[[:poll {}]]"), (3, "poll", "[[:poll nil]]"), (2, "crash", "nil")], []),
        ([(2, "poll", "[[:poll {5 [[0 10] [1 12]]}]]")], ["inconsistent-offsets", "duplicate"]),
        ([(2, "poll", "[[:poll {5 [[0 10] [2 11]]}]]")], ["duplicate", "lost", "poll-skip"]),
        ([(2, "poll", "[[:poll {5 [[0 10] [3 12]]}]]")], ["lost", "poll-skip"]),
        ([(2, "poll", "[[:poll {5 [[0 10] [3 12]]}]]"), (3, "poll", "[[:poll {5 [[1 11]]}]]")], ["poll-skip"]),
        ([(2, "poll", "[[:poll {5 [[1 11] [0 10]]}]]")], ["nonmonotonic-poll"]),
        ([(2, "poll", "[[:poll {5 [[0 10]]}]]"), (2, "poll", "[[:poll {5 [[0 10]]}]]")], ["nonmonotonic-poll"]),
        ([(2, "poll", "[[:poll {5 [[0 10]]}]]"), (2, "assign", "[5]"), (2, "poll", "[[:poll {5 [[0 10]]}]]")], []),
        ([(2, "poll", "[[:poll {5 [[4 99]]}]]")], ["unexpected", "lost"]),
        ([(3, "send", "[[:send 6 1]]", "fail"), (2, "poll", "[[:poll {6 [[0 1]]}]]")], ["aborted-read"]),
        ([(3, "send", "[[:send 6 1]]", "info"), (2, "poll", "[[:poll {6 [[0 1]]}]]")], []),
        ([(2, "txn", "[[:send 6 [0 1]] [:poll {6 [[0 1]]}]]")], []),
    ],
)
def test_logs_of_messages(tmp_path, events, names):
    """What was polled was sent, lies at one offset, comes in order, and nothing before it is missed."""
    result = check_history(written(tmp_path, kafka_log(*SENDS, *events)))
    assert list(dict.fromkeys(anomaly.name for anomaly in result.anomalies)) == names
    assert (result.model, result.verdict.value) == ("kafka", "violated" if names else "holds")


@pytest.mark.parametrize("steps", ["[[:jump 5 1]]", "[[:send 5]]", "[[:poll 5]]", "[[:poll {5 [1]}]]", "[7]"])
def test_steps_of_a_log_that_are_none(tmp_path, steps):
    """A step that neither sends nor polls is an error with its line."""
    with pytest.raises(HistoryError, match=r"history:1: (send|poll) has the step"):
        check_history(written(tmp_path, kafka_log((0, "send" if "send" in steps else "poll", steps))), "kafka")
