"""The explorer from Python, and from the command line."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request

import pytest

from modelcheck import Spec, UsageError, action, explore
from modelcheck.spec.loading import load_spec


class Here(Spec):
    """A spec that is written where it is explored."""

    limit: int = 2
    name: str = "a b"

    def init(self) -> None:
        self.n = 0

    @action
    def count(self) -> None:
        self.n = min(self.n + 1, self.limit)


def asked(address, question, **about):
    base, _, place = address.partition("#")
    constants = dict(re.findall(r"set\.(\w+)=([^&]*)", place))
    body = json.dumps({"constants": {name: urllib.request.unquote(text) for name, text in constants.items()}, **about}).encode()
    request = urllib.request.Request(f"{base}api/{question}", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read())


def test_a_spec_is_explored_from_python():
    """The server answers about the spec with its constants, and shows itself as a link."""
    server = explore(Here(limit=1, name="x=&y"), browser=False)
    try:
        told = asked(server.address, "spec")
        assert [each["value"] for each in told["constants"]] == ["1", "x=&y"]
        assert server.address in server._repr_html_().replace("&amp;", "&")
    finally:
        server.close()


@pytest.mark.parametrize(("spec", "options"), [(Here, {}), (3, {}), (Here(), {"port": -1}), (Here(), {"port": "x"})])
def test_what_cannot_be_explored_is_told(spec, options):
    """In one sentence."""
    with pytest.raises(UsageError):
        explore(spec, browser=False, **options)


def test_a_port_that_is_taken_is_told():
    """With what helps."""
    server = explore(Here(), browser=False)
    with pytest.raises(UsageError, match="cannot listen on port"):
        explore(Here(), port=server.port, browser=False)
    server.close()


@pytest.mark.usefixtures("tickets")
def test_the_command_prints_an_address_along_a_trace():
    """The constants and the path of the trace stand in it; what is wrong is told before anything is served."""
    command = [sys.executable, "-m", "modelcheck"]
    subprocess.run([*command, "check", "tickets.py", "--set", "seats=1", "--trace-out", "trace.json"], capture_output=True, check=False)
    with subprocess.Popen([*command, "explore", "tickets.py", "--trace", "trace.json", "--no-browser"], stdout=subprocess.PIPE, text=True) as process:
        try:
            address = process.stdout.readline().strip()
            path = address.rpartition("path=")[2]
            assert "set.seats=1" in address
            assert asked(address, "run", path=path)["steps"][-1]["false"] == ["sold_once"]
        finally:
            process.terminate()
    for wrong in (["nothing.py"], ["tickets.py", "--set", "chairs=2"], ["tickets.py", "--port", "70000"], ["tickets.py", "--trace", "no.json"]):
        done = subprocess.run([*command, "explore", *wrong, "--no-browser"], capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 2
        assert done.stderr.startswith("Error: ")
    assert load_spec("tickets.py").__name__ == "Tickets"
