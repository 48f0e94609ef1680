"""``modelcheck history``: exit codes, text, JSON, page."""

from __future__ import annotations

import json
import time

import pytest
from click.testing import CliRunner

from modelcheck.cli.commands.history import command
from modelcheck.consistency import check_history
from modelcheck.errors import HistoryError, UsageError
from modelcheck.limits import Limits

from .recordings import COPIED


def run(*arguments):
    """Run the command."""
    return CliRunner().invoke(command, list(map(str, arguments)), catch_exceptions=False)


def test_a_history_that_holds():
    """A linearizable history gives exit code 0."""
    done = run(COPIED / "etcd_005.log")
    assert done.exit_code == 0
    assert done.stdout.startswith("holds: the history is linearizable\n")


def test_a_history_that_does_not():
    """A history that is not linearizable gives exit code 1 and a drawing."""
    done = run(COPIED / "etcd_003.log")
    assert done.exit_code == 1
    assert "this operation cannot be right, whatever the other 56 did" in done.stdout


def test_json_is_one_object():
    """With --json standard output is one JSON object and nothing else."""
    found = json.loads(run(COPIED / "etcd_003.log", "--json").stdout)
    assert (found["verdict"], found["model"], found["format"]) == ("violated", "cas-register", "jepsen.util-log")
    assert found["explanation"]["core"]


def test_an_order_can_be_asked_for():
    """With --order a history that holds comes with all its operations in order."""
    found = json.loads(run(COPIED / "c01-ok.txt", "--json", "--order").stdout)
    assert len(found["linearization"]) == found["operations"]


def test_a_page_is_written(tmp_path):
    """With --html a page is written."""
    run(COPIED / "etcd_003.log", "--html", tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text().startswith("<!doctype html>")


def test_a_limit_gives_the_third_verdict():
    """A check that had no time is unknown, exit code 3."""
    done = run(COPIED / "etcd_003.log", "--time-limit", "0.000000001")
    assert done.exit_code == 3


def test_the_time_limit_covers_the_reading_of_the_file(tmp_path):
    """A file that takes longer to read than there is time for gives the third verdict, in words and as JSON."""
    path = tmp_path / "history.jsonl"
    lines = ({"process": at % 9, "f": "write", "argument": at, "result": None, "call": 2 * at, "return": 2 * at + 1} for at in range(60_000))
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    started = time.process_time()
    assert check_history(path, limits=Limits(time_s=0.05)).reason == "the time limit was reached while the file was read"
    done = run(path, "--time-limit", "0.05", "--model", "register")
    assert time.process_time() - started < 2
    assert done.exit_code == 3
    assert done.stdout.startswith("unknown: the history is perhaps not consistent\n  0 operations on register, decided by: none\n")
    assert "  the time limit was reached while the file was read" in done.stdout
    assert json.loads(run(path, "--time-limit", "0.05", "--json").stdout)["reason"] == "the time limit was reached while the file was read"
    assert run(path, "--json").exit_code == 0


def test_what_a_register_holds_at_first_can_be_said(tmp_path):
    """--initial decides whether a first read is right."""
    path = tmp_path / "history.jsonl"
    path.write_text('{"process": 1, "f": "read", "argument": null, "result": 5, "call": 1, "return": 2}\n')
    assert run(path, "--initial", "5").exit_code == 0
    assert run(path, "--initial", "6").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["nothing"], HistoryError),
        ([COPIED / "c01-ok.txt", "--model", "x"], UsageError),
        ([COPIED / "c01-ok.txt", "--initial", "{"], UsageError),
        ([COPIED / "c01-ok.txt", "--model", "queue"], HistoryError),
    ],
)
def test_bad_input_is_an_error(arguments, error):
    """A missing file, an unknown model, a bad initial value and operations of another object are errors of ours."""
    with pytest.raises(error):
        run(*arguments)
