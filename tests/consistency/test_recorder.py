"""The recorder: what clients do becomes a history that can be read and checked."""

from __future__ import annotations

import asyncio
import threading

import pytest

from modelcheck.consistency import KeyValue, Recorder, check_history, read_history
from modelcheck.errors import UsageError
from modelcheck.verdict import Verdict


def test_what_threads_do_is_recorded(tmp_path):
    """Operations of several threads on a locked dictionary are all recorded, and are linearizable."""
    store, lock, path = {}, threading.Lock(), tmp_path / "history.jsonl"

    def client(name):
        for at in range(50):
            with recorder.operation(name, "put", ("k", f"{name}{at}")), lock:
                store["k"] = f"{name}{at}"
            with recorder.operation(name, "get", "k") as op, lock:
                op.result = store["k"]

    with Recorder(path) as recorder:
        threads = [threading.Thread(target=client, args=(name,)) for name in "abc"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(read_history(path).history) == 300
    assert check_history(path, KeyValue()).verdict is Verdict.HOLDS


def test_what_tasks_do_is_recorded(tmp_path):
    """Operations of asyncio tasks overlap as they did."""
    path = tmp_path / "history.jsonl"

    async def client(name):
        with recorder.operation(name, "write", name):
            await asyncio.sleep(0.01)

    async def clients():
        await asyncio.gather(client("a"), client("b"))

    with Recorder(path) as recorder:
        asyncio.run(clients())
    a, b = read_history(path).history.operations
    assert a.call < b.finish
    assert b.call < a.finish


def test_an_exception_leaves_the_outcome_unknown(tmp_path):
    """An operation that raised may have taken effect; one that says that it failed did not."""
    path = tmp_path / "history.jsonl"
    with Recorder(path) as recorder:
        with pytest.raises(TimeoutError), recorder.operation("a", "write", 1):
            raise TimeoutError
        with recorder.operation("a", "write", 2) as op:
            op.failed()
    history = read_history(path).history
    assert [str(o) for o in history.operations] == ["a: write(1) did not return"]
    assert [str(o.argument) for o in history.failed] == ["2"]


def test_a_closed_recorder_records_nothing_more(tmp_path):
    """An operation that ends too late is told so."""
    recorder = Recorder(tmp_path / "history.jsonl")
    operation = recorder.operation("a", "read")
    recorder.close()
    with pytest.raises(UsageError, match="after its recorder was closed"), operation:
        pass
