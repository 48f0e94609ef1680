"""Traces in other formats, from a file on: what each says, and that its own readers take it."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import combinations

import itf_py
import pytest
from click.testing import CliRunner

from modelcheck.cli.command import modelcheck
from modelcheck.trace import read_recording
from modelcheck.trace.export import decoded, diagram

SPEC = '''
from attrs import frozen
from modelcheck import Crashes, Network, Process, Spec, action, invariant, require


@frozen
class Ping:
    src: str
    dst: str
    number: int


class Node(Process):
    seen: frozenset[int] = frozenset()


class Pings(Spec):
    """A node pings another; a message may be lost, a node may crash."""

    repaired: bool = False

    def init(self) -> None:
        self.node = {name: Node() for name in self.nodes()}
        self.network: Network[Ping] = Network(losses=1)
        self.faults = Crashes(processes=self.node, crashes=1)
        self.sent = 0

    def nodes(self):
        return ("a", "b")

    @action
    def ping(self) -> None:
        require(self.sent < 3)
        self.network.send(Ping("a", "b", self.sent))
        self.sent += 1

    def deliverable(self):
        return self.network.deliverable()

    @action(deliverable)
    def receive(self, m: Ping) -> None:
        require(self.node[m.dst].up)
        require(not self.repaired or m.number == 0)
        self.network.receive(m)
        self.node[m.dst].seen |= {m.number}

    @invariant
    def in_order(self) -> bool:
        """A loss and a crash, and still something later arrives."""
        return 2 not in self.node["b"].seen or self.faults.crashes == 1 or self.network.losses == 1
'''


@pytest.fixture
def file(tmp_path, monkeypatch):
    """The counterexample of the spec above."""
    (tmp_path / "pings.py").write_text(SPEC)
    monkeypatch.chdir(tmp_path)
    subprocess.run([sys.executable, "-m", "modelcheck", "check", "pings.py", "--trace-out", "trace.json"], check=False, capture_output=True)
    return tmp_path / "trace.json"


def run(*arguments):
    return CliRunner().invoke(modelcheck, list(map(str, arguments)), standalone_mode=False, prog_name="modelcheck")


def received(file):
    """The number of the step that receives the message."""
    return next(number for number, step in enumerate(read_recording(file).steps, 1) if step.action == "receive")


def exported(file, form):
    done = run("trace", file, "--to", form)
    assert done.exception is None, done.exception
    return done.output


def test_a_diagram_has_a_lifeline_per_process_and_an_arrow_per_message(file):
    """Processes are the ends of messages, each step belongs to one, and messages know what became of them."""
    found = diagram(decoded(read_recording(file)))
    assert found.processes == ("a", "b", "system")
    assert [event.process for event in found.events if event.text.startswith("receive")] == ["b"]
    assert {event.mark for event in found.events} == {"", "crash", "lose"}
    assert len([message for message in found.messages if message.lost]) == 1
    [received] = [message for message in found.messages if message.received]
    assert (received.src, received.dst, received.text) == ("a", "b", "Ping(number=2)")


def test_mermaid_draws_lost_messages_crossed(file):
    """Mermaid text has the participants, an arrow for the message received, a cross for the one lost, and marks the crash."""
    text = exported(file, "mermaid")
    assert "sequenceDiagram" in text
    assert re.search(r"p0->>p1: Ping\(number=2\)", text)
    assert re.search(r"p0-xp1: Ping\(number=\d\)", text)
    assert re.search(r"p0--\)p1: Ping", text)
    assert "✕" in text


BROADCAST = """
from attrs import frozen
from modelcheck import Network, Spec, action, invariant, require

@frozen
class Vote:
    src: int
    dst: int
    reason: str

class Broadcast(Spec):
    nodes: int = 5

    def init(self) -> None:
        self.network: Network[Vote] = Network(losses=1)
        self.sent = frozenset()
        self.voted = {n: 0 for n in self.all()}

    def all(self):
        return range(self.nodes)

    @action(all)
    def ask(self, n: int) -> None:
        require(n not in self.sent and n in (0, 2, 4))
        self.sent |= {n}
        for other in self.all():
            if other != n:
                self.network.send(Vote(n, other, f"the election that {n} has begun"))

    def deliverable(self):
        return self.network.deliverable()

    @action(deliverable)
    def receive(self, m: Vote) -> None:
        self.network.receive(m)
        self.voted[m.dst] += 1

    @invariant
    def nobody_votes_thrice(self) -> bool:
        return self.voted[0] < 2 or self.voted[4] < 2
"""


def test_texts_of_a_picture_do_not_overlap(tmp_path, monkeypatch):
    """Whatever is sent in one step, each label and each step has its own place, within the picture."""
    (tmp_path / "broadcast.py").write_text(BROADCAST)
    monkeypatch.chdir(tmp_path)
    assert run("check", "broadcast.py", "--property", "nobody_votes_thrice", "--trace-out", "broadcast.json").return_value == 1
    root = ET.fromstring(exported("broadcast.json", "svg"))
    boxes = []
    for node in root.iter("{http://www.w3.org/2000/svg}g"):
        for text in node.findall("{http://www.w3.org/2000/svg}text"):
            size, x, y = (11 if node.get("class") == "message" else 13), float(text.get("x")), float(text.get("y"))
            width = 0.6 * size * len(text.text)
            left = x - width if text.get("text-anchor") == "end" else x
            boxes.append((left, y - size, left + width, y + 3))
    assert len(boxes) == 12 + 7
    assert all(left >= 0 and right <= float(root.get("width")) for left, _, right, _ in boxes)
    for one, other in combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)


def test_svg_is_well_formed(file):
    """SVG is XML, with a line per lifeline and per message, a cross for the lost one and one for the crash."""
    root = ET.fromstring(exported(file, "svg"))
    classes = [node.get("class") for node in root.iter() if node.get("class")]
    assert classes.count("box") == 3
    assert classes.count("message lost") == 1
    assert classes.count("message received") == 1
    assert classes.count("cross") == 2
    assert "down" in classes


def test_shiviz_clocks_are_vector_clocks(file):
    """Each event raises its own process's entry by one, and knows what the sender of its message knew."""
    parser, delimiter, *lines = exported(file, "shiviz").splitlines()
    assert (parser, delimiter) == (r"(?<event>.*)\n(?<host>\S*) (?<clock>{.*})", "")
    clocks: dict[str, int] = {}
    for event, line in zip(lines[::2], lines[1::2], strict=True):
        host, _, clock = line.partition(" ")
        assert json.loads(clock)[host] == clocks.get(host, 0) + 1
        clocks[host] = json.loads(clock)[host]
        if event.startswith("receive"):
            assert json.loads(clock)["a"] == 3
    assert set(clocks) == {"a", "b", "system"}


def test_itf_is_read_by_another_reader(file):
    """itf-py takes the file and finds the same states. (It makes a class per tag, and none can be called None, as Quint's tag is.)"""
    trace = itf_py.trace_from_json(json.loads(exported(file, "itf").replace('"tag": "None"', '"tag": "Nothing"')))
    assert len(trace.states) == len(read_recording(file).states)
    assert trace.states[-1].values["sent"] == 3


def test_plain_json_has_text_for_every_value(file):
    """The JSON for scripts has the steps with what each changed."""
    found = json.loads(exported(file, "json"))
    assert found["property"] == "in_order"
    assert found["steps"][0] == {
        "action": "ping",
        "arguments": {},
        "choices": [],
        "changes": [
            {"path": "network.messages", "kind": "added", "old": None, "new": "Ping(src='a', dst='b', number=0): 1"},
            {"path": "sent", "kind": "changed", "old": "0", "new": "1"},
        ],
    }


def test_a_regression_test_fails_until_the_bug_is_repaired(file):
    """The test file fails on the spec as it is, and passes once the run is no longer possible."""
    (file.parent / "test_pings.py").write_text(exported(file, "pytest"))

    def tested():
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_pings.py"]
        return subprocess.run(command, cwd=file.parent, capture_output=True, text=True, check=False)

    failed = tested()
    assert failed.returncode == 1
    assert "in_order is still violated" in failed.stdout
    (file.parent / "pings.py").write_text(SPEC.replace("m.number == 0", "m.number < 2").replace("not self.repaired or ", ""))
    assert tested().returncode == 0, tested().stdout
    (file.parent / "pings.py").write_text(SPEC.replace("def ping(", "def pong("))
    assert "no action 'ping'" in tested().stdout


def test_a_witness_makes_no_regression_test(tmp_path, monkeypatch):
    """What shows that a state is reachable is no bug."""
    monkeypatch.chdir(tmp_path)
    text = SPEC.replace("@invariant", "@reachable").replace("invariant,", "reachable,").replace("in_order", "two")
    (tmp_path / "pings.py").write_text(text)
    subprocess.run([sys.executable, "-m", "modelcheck", "check", "pings.py", "--property", "two"], check=False, capture_output=True)
    done = run("trace", ".modelcheck/Pings-two.json", "--to", "pytest")
    assert "is reachable, which is no bug" in str(done.exception)


def test_the_trace_is_not_overwritten(file):
    """Writing onto the trace itself is refused."""
    assert "is the trace itself" in str(run("trace", file, "--to", "json", "-o", file).exception)


@pytest.mark.parametrize(("text", "told"), [("{", "ends in the middle"), ("[1]", "not a trace"), ('{"states": []}', "not a trace")])
def test_a_damaged_file_is_told(tmp_path, text, told):
    """A file that is no trace is one message with its name."""
    path = tmp_path / "bad.json"
    path.write_text(text)
    assert told in str(run("trace", path, "--to", "svg").exception)


# The page -----------------------------------------------------------------------------------------------------------------------------------------


def test_the_page_is_self_contained(file):
    """The page names nothing outside of itself and allows itself nothing else, and holds every state. Browsers show it in tests/browser."""
    text = exported(file, "html")
    named = html.unescape(re.sub(r"Ping\([^)]*\)", "", text)).replace('"url(#head)"', "")
    assert not re.findall(r'(?:src|href)\s*=\s*["\'](?!#)|@import|url\((?!#)', named)
    assert "default-src 'none'" in text
    assert "in_order is false" in text


# Comparing --------------------------------------------------------------------------------------------------------------------------------------


def test_two_traces_part_where_they_do(file):
    """diff names the step, what each trace does there, and how the states after it differ."""
    document = json.loads(file.read_text())
    other = file.parent / "other.json"
    state = document["states"][2]
    state["sent"] = {"#bigint": "7"}
    other.write_text(json.dumps(document))
    done = run("diff", file, other)
    assert done.return_value == 1 or done.exit_code == 1
    assert "The runs part at step 2, after 1 equal steps" in done.output
    assert "sent: " in done.output
    assert "The runs are the same" in run("diff", file, file).output


def test_stepping_by_hand(file):
    """Forward, back, what is enabled, another step instead, and back to the recorded run."""
    lines = "n\ns\nb\ne\nt 2\nn\nr\ng 99\nfoo\nh\nq\n"
    done = subprocess.run(
        [sys.executable, "-m", "modelcheck", "replay", str(file), "-i"], input=lines, capture_output=True, text=True, check=False, cwd=file.parent
    )
    assert done.returncode == 0, done.stderr
    text = done.stdout
    assert "1/" in text
    assert "*  1. ping()" in text
    assert "left the recorded run at 0" in text
    assert "the run has" in text
    assert "there is no command 'foo'" in text


def test_a_step_is_shown(file):
    """--step shows one step, the state after it and what could be taken there."""
    done = run("replay", file, "--step", "1")
    assert "1/" in done.output
    assert "State:" in done.output
    assert "Enabled:" in done.output
    assert "there is no step 99" in str(run("replay", file, "--step", "99").exception)


def test_the_debugger_stops_in_the_action(file):
    """--pdb stops on the action's first line, with the state in hand."""
    done = subprocess.run(
        [sys.executable, "-m", "modelcheck", "replay", str(file), "--pdb", "--step", str(received(file))],
        input="p self.sent, m.number\nc\n", capture_output=True, text=True, check=False, cwd=file.parent,
    )  # fmt: skip
    assert "(3, 2)" in done.stdout, done.stdout + done.stderr
    assert "require(self.node[m.dst].up)" in done.stdout
    assert "node['b'].seen: + 2" in done.stdout
