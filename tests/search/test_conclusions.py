"""A property that never came to its conclusion is warned of, and the warning is true: what it names can be anything."""

from __future__ import annotations

import json
import linecache
import re
import sys
from collections import Counter

import pytest

from modelcheck import FifoNetwork, Network, Spec, Verdict, action, check, invariant, require, terminal
from modelcheck.cli import main
from modelcheck.search import Limits
from modelcheck.spec.loading import load_file

from ..agreement import vocabulary
from ..agreement.writer import spec_of

HEAD = '''\
from modelcheck import Spec, action, invariant, require, step_property, terminal


class Example(Spec):
    """Counts to three; nobody ever leads."""

    most: int = 3
    strict: bool = False

    def init(self):
        self.n = 0
        self.leader = None
        self.items = set()
        self.numbers = {5}
        self.role = {0: "follower", 1: "follower"}

    def nodes(self):
        return (0, 1)

    @action
    def count(self):
        require(self.n < self.most)
        self.n += 1
        self.numbers.add(5 + self.n)

    @terminal
    def end(self):
        return True

'''

# A property, and what it never comes to; None: it comes to everything that it concludes.
PROPERTIES = [
    ("return self.leader is None or self.leader in (0, 1)", "self.leader in (0, 1)"),
    ("return not (self.leader is not None) or self.leader < 2", "self.leader < 2"),
    ("if self.leader is not None:\n            assert self.leader < 2\n        return True", "self.leader < 2"),
    ("if self.leader is None:\n            return True\n        return self.leader < 2", "self.leader < 2"),
    ("if self.n < 9 and self.leader is not None and self.n == 2:\n            assert self.leader\n        return True", "self.n == 2"),
    ("for item in self.items:\n            if item > 3:\n                return False\n        return True", "item > 3"),
    ("return all(item > 3 for item in self.items)", "(item > 3 for item in self.items)"),
    ("return all(self.leader > i for i in range(4) if i > self.n + 9)", "(self.leader > i for i in range(4) if i > self.n + 9)"),
    ('return len([i for i in self.role if self.role[i] == "leader"]) < 2', '[i for i in self.role if self.role[i] == "leader"]'),
    ("return len({i: 1 for i in self.items}) < 2", "{i: 1 for i in self.items}"),
    ('return not (self.role[0] == "leader" and self.role[1] == "leader")', 'self.role[1] == "leader"'),
    ("return self.n < 4 if self.leader is None else self.n > 2", "self.n > 2"),
    ("return self.leader.real < 2 if self.leader is not None else self.n < 4", "self.leader.real < 2"),
    ("match self.leader:\n            case None:\n                return True\n        return self.leader < 2", "self.leader < 2"),
    ("match self.n:\n            case 9:\n                return self.leader < 2\n        return True", "self.leader < 2"),
    ("while self.leader is not None:\n            assert self.leader < 2\n        return True", "self.leader < 2"),
    ("with suppress(ValueError):\n            return self.leader is None or self.leader < 2", "self.leader < 2"),
    ("return self.n < 9 or self.leader < 2", "self.leader < 2"),
    # What says that a property is false, what constants decide, and what is come to in one state.
    ("if self.n > 3:\n            return False\n        return self.n < 4", None),
    ("assert self.n < 4, f'{self.leader.real} leads'\n        return True", None),
    ("if self.n > 3:\n            raise AssertionError(self.leader.real)\n        return True", None),
    ("return not self.strict or self.leader < 2", None),
    ("return self.most < 9 or self.leader < 2", None),
    ("if self.strict:\n            assert self.leader < 2\n        return True", None),
    ("return self.n < 3 or self.n == 3", None),
    ("return self.n > 0 or self.n == 0", None),
    ("return all(self.n < i for i in range(4) if i > self.n)", None),
    ("return self.n < 4", None),
    # What a loop passes over, since it has nothing to do for it.
    ("return all(number > 3 for number in self.numbers)", None),
    ("return not any(number < 3 for number in self.numbers)", None),
    ("return all(any(number == 5 and i < 1 for i in (0, 1)) or number > 5 for number in self.numbers)", None),
    ("for number in self.numbers:\n            if number < 3:\n                return False\n        return True", None),
    ("return len([number for number in self.numbers if number == 5]) < 2", None),
    ("return len([number for number in self.numbers if number == 4]) < 2", None),
    ("return self.concludes()\n\n    def concludes(self):\n        return self.leader is None or self.leader < 2", None),
]


@pytest.fixture
def example(tmp_path):
    """The class of a spec with one property."""
    made = Counter[str]()

    def written(body, decorator="invariant", parameters="self"):
        made["specs"] += 1
        path = tmp_path / f"example_{made['specs']}.py"
        text = f"from contextlib import suppress\n{HEAD}    @{decorator}\n    def judged({parameters}):\n        {body}\n"
        path.write_text(text)
        return load_file(path).Example, text

    return written


@pytest.mark.parametrize(("body", "missed"), PROPERTIES, ids=[row[0][:60] for row in PROPERTIES])
def test_a_conclusion_that_no_state_came_to_is_named(example, body, missed):
    """With the line that it is on; and without it the property is the same."""
    cls, text = example(body)
    report = check(cls())
    assert report.verdict is Verdict.HOLDS
    if missed is None:
        assert report.warnings == ()
        return
    [warning] = report.warnings
    assert f"the invariant judged {'found' if 'empty each time' in warning else 'never came to'} `{missed}`" in warning
    written = missed.strip("()") if " for " in missed else missed
    line = 1 + text[: text.index(written, text.index("def judged"))].count("\n")
    assert warning.endswith(f"example_1.py:{line}")
    other, _ = example(body.replace(written, put_in_place_of(written), 1))
    assert check(other()).verdict is Verdict.HOLDS


def put_in_place_of(missed):
    """What would raise if it were evaluated."""
    if " for " not in missed:
        return "1 // 0"
    made, _, rest = missed.partition(" for ")
    return {"[": "[1 // 0", "{": "{1 // 0: 1"}.get(made[0], "1 // 0") + f" for {rest}"


def test_step_properties_and_parameters_are_watched_too(example):
    """The conclusion is come to with no argument, in no step."""
    cls, _ = example("return self.leader is None or after.leader == self.leader", "step_property", "self, after")
    assert "the step property judged never came to `after.leader == self.leader`" in check(cls()).warnings[0]
    cls, _ = example("return a == b or self.role[a] != 'leader' or self.leader == a", "invariant(nodes, nodes)", "self, a, b")
    assert "never came to `self.leader == a`" in check(cls()).warnings[0]
    cls, _ = example("return a == b or self.n < 4", "invariant(nodes, nodes)", "self, a, b")
    assert check(cls()).warnings == ()


def test_of_a_part_that_was_explored_no_more_is_said(example):
    """A conclusion that is come to late is missed in a search that ends before."""
    cls, _ = example("return self.n < 3 or self.n == 3")
    [warning] = check(cls(), limits=Limits(states=2)).warnings
    assert "never came to `self.n == 3` in the part that was explored" in warning
    assert check(cls(), limits=Limits(states=4)).warnings == ()


@pytest.mark.parametrize("options", [{"workers": 2}, {"order": "depth"}, {"keep_going": True}])
def test_every_kind_of_search_watches(example, options):
    """Whoever runs the property."""
    cls, _ = example("return self.leader is None or self.leader < 2")
    assert "self.leader < 2" in check(cls(), **options).warnings[0]
    assert "self.leader < 2" in check(cls(), **options).warnings[0]


def test_a_violated_property_is_not_warned_of(example):
    """It came to where it is false, and then no further."""
    cls, _ = example("return self.n < 2 and (self.leader is None or self.leader < 2)")
    assert check(cls(), keep_going=True).warnings == ()


def test_who_traces_already_goes_on_tracing(example):
    """A debugger keeps its trace function, and nothing is said of what could not be watched."""
    cls, _ = example("return self.leader is None or self.leader < 2")
    sys.settrace(mine := lambda *_: None)
    try:
        warnings = check(cls()).warnings
        assert sys.gettrace() is mine
    finally:
        sys.settrace(None)
    assert warnings == ()
    assert len(check(cls()).warnings) == 1
    assert sys.gettrace() is None


def test_the_warning_is_in_the_json(example, tmp_path, capsys):
    """As those before."""
    example("return self.leader is None or self.leader < 2")
    with pytest.raises(SystemExit):
        main(["check", str(tmp_path / "example_1.py"), "--json"])
    [warning] = json.loads(capsys.readouterr().out)["warnings"]
    assert "self.leader < 2" in warning


MISSED = re.compile(r"^the (?:invariant|step property) \S+ (never came to|found) `(.*)`(?: empty each time)?  \S+:(\d+)$")


def load(source, path):
    """The class that a text defines, as if it stood in a file."""
    linecache.cache[str(path)] = (len(source), None, source.splitlines(keepends=True), str(path))
    namespace = dict(vars(vocabulary))
    exec(compile(source, str(path), "exec", dont_inherit=True), namespace)
    return namespace["Example"]


@pytest.mark.parametrize("seeds", [range(60), pytest.param(range(60, 1500), marks=pytest.mark.slow)])
def test_what_random_specs_never_came_to_can_be_anything(seeds, tmp_path):
    """States and verdicts are the same where it raises instead."""
    tried = 0
    for seed in seeds:
        source = spec_of(seed)
        try:
            report = check(load(source, tmp_path / f"{seed}.py")(), limits=Limits(states=300))
        except Exception:  # noqa: BLE001 - what the spec raises is told elsewhere.
            continue
        for found in filter(None, map(MISSED.match, report.warnings)) if report.verdict is Verdict.HOLDS else ():
            lines = source.splitlines()
            line = int(found[3]) - 1
            missed, other = found[2], "(1 // 0)"
            if found[1] == "found":
                missed = missed[1:-1] if missed[0] == "(" else missed
                other = put_in_place_of(missed)
            if lines[line].count(missed) == 1 and missed.count(" for ") == (found[1] == "found"):
                lines[line] = lines[line].replace(missed, other)
                again = check(load("\n".join(lines) + "\n", tmp_path / f"{seed}_{line}.py")())
                assert (again.verdict, again.states) == (report.verdict, report.states), source
                tried += 1
    assert tried >= len(seeds) // 20


# Messages that nobody takes out ------------------------------------------------------------------------------------------------------------------


class Forgetful(Spec):
    """Handles messages and never receives them."""

    fifo: bool = False
    again: bool = False

    def init(self):
        self.network = FifoNetwork(nodes=(0, 1)) if self.fifo else Network(duplicating=self.again)
        self.n = 0

    def arriving(self):
        return self.network.deliverable()

    @action
    def send(self):
        require(self.n == 0)
        self.n = 1
        self.network.send(Letter(0, 1))

    @action(arriving)
    def handle(self, m):
        require(self.n < 4)
        self.n += m.dst

    @terminal
    def end(self):
        return True


class Letter:
    """Told apart by nothing."""

    def __init__(self, src, dst):
        self.src, self.dst = src, dst

    def __eq__(self, other):
        return isinstance(other, Letter) and vars(self) == vars(other)

    def __hash__(self):
        return hash((self.src, self.dst))


@pytest.mark.parametrize("fifo", [False, True])
def test_an_action_that_leaves_its_message_in_flight_is_warned_of(fifo):
    """It was taken for a message of the network, and takes none out."""
    [warning] = check(Forgetful(fifo=fifo)).warnings
    assert warning.startswith("the action handle is taken for messages of deliverable(), and leaves them in flight")
    assert "test_conclusions.py:" in warning


def test_a_network_that_duplicates_keeps_its_messages():
    """There is nothing to receive."""
    assert check(Forgetful(again=True)).warnings == ()


def test_an_action_that_receives_in_a_method_of_its_own_is_not_warned_of():
    """What it calls is looked at."""

    class Receives(Forgetful):
        def handle(self, m):
            self.taken(m)

        def taken(self, m):
            self.network.receive(m)

        @invariant
        def small(self):
            return self.n < 9

    assert check(Receives()).warnings == ()
