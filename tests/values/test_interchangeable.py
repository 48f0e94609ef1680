"""Interchangeable names: equality is all that can be asked of them, and they are values like others everywhere."""

from __future__ import annotations

import copy
import json
import math
import operator
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from modelcheck import (
    Interchangeable,
    Network,
    Spec,
    UsageError,
    action,
    check,
    invariant,
    prove,
    reachable,
    require,
    terminal,
    validate,
)
from modelcheck.conformance import state_machine
from modelcheck.conformance.log import read_log
from modelcheck.spec import machine_of
from modelcheck.spec.constants.declared import parse_constant
from modelcheck.trace.constants import recorded_constants
from modelcheck.trace.itf import decode, encode
from modelcheck.trace.recording import record
from modelcheck.trace.script import Script
from modelcheck.values import identity, kept, order_key, show, value_problem


class Server(Interchangeable):
    """A server."""


class ShardMap(Interchangeable):
    """Written with the capitals of its name."""


class Slot(Interchangeable):
    """Written as it says."""

    prefix = "slot"


def test_names_are_always_the_same_objects():
    assert Server.several(3)[:2] == Server.several(2)
    assert Server.several(3)[2] is Server.several(5)[2]
    assert list(map(repr, (*Server.several(2), *ShardMap.several(1), *Slot.several(1)))) == ["s0", "s1", "sm0", "slot0"]


def test_names_are_equal_to_themselves_only():
    one, other = Server.several(2)
    assert one == Server.several(1)[0]
    assert one != other
    assert one != ShardMap.several(1)[0]
    assert one != 0
    assert one is not None
    assert identity(one) != identity(other)
    assert order_key(one) < order_key(other)
    assert value_problem(one) is None
    assert kept((one, frozenset({other}))) == (one, {other})
    assert show(frozenset({other, one})) == "{s0, s1}"
    assert one
    assert copy.copy(one) is copy.deepcopy(one) is pickle.loads(pickle.dumps(one)) is one


ONE, OTHER = Server.several(2)
COMPUTED: list[Callable[[Any, Any], Any]] = [
    operator.lt, operator.le, operator.gt, operator.ge, operator.add, operator.sub, operator.mul, operator.mod, operator.floordiv,
    operator.truediv, operator.and_, operator.or_, operator.xor, divmod, pow,
    lambda one, other: sorted([one, other]), min, max,
    lambda one, _: int(one), lambda one, _: float(one), lambda one, _: one + 1, lambda one, _: 1 - one, lambda one, _: -one, lambda one, _: abs(one),
    lambda one, _: range(one), lambda one, _: "abc"[one], lambda one, _: [1, 2][one:], lambda one, _: f"{one}", lambda one, _: "{}".format(one),  # noqa: UP032 - the claim.
    lambda one, _: math.floor(one), lambda one, _: round(one), lambda one, _: bytes(one), lambda one, _: one < 1,
]  # fmt: skip


@pytest.mark.parametrize("compute", COMPUTED)
def test_what_is_computed_from_a_name_is_refused(compute):
    with pytest.raises(TypeError, match=r"is not for s[01]: it is a name, of which only equality can be asked"):
        compute(ONE, OTHER)


NOT_MADE: list[Callable[[], Any]] = [
    Server, lambda: Server(1), lambda: Interchangeable.several(2),
    lambda: Server.several(-1), lambda: Server.several(1001), lambda: Server.several(True),
]  # fmt: skip


@pytest.mark.parametrize("made", NOT_MADE)
def test_names_are_made_by_several_alone(made):
    with pytest.raises(TypeError, match="several"):
        made()


def test_a_name_has_no_attributes():
    with pytest.raises(AttributeError, match="cannot be set"):
        ONE.color = "red"  # type: ignore[attr-defined]


def test_the_hash_is_the_same_in_every_run_of_python():
    code = "from tests.values.test_interchangeable import Server; print(list({*Server.several(5)}), hash(Server.several(3)[2]))"
    command = [sys.executable, "-c", code]
    runs = [subprocess.run(command, env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True).stdout for seed in "123"]
    assert len({*runs}) == 1


class Ballot(Spec):
    """Servers vote for one of them; a message says who for whom. The oldest of some is given by name."""

    servers: int = 3
    oldest: Server | None = None
    fixed: tuple[Server, ...] = ()

    def init(self) -> None:
        self.vote: dict[Server, Server | None] = dict.fromkeys(self.members())
        self.leader: Server | None = None
        self.network: Network[tuple[Server, Server]] = Network()

    def members(self) -> Iterable[Server]:
        return Server.several(self.servers)

    @action(members, members)
    def choose_one(self, i: Server, j: Server) -> None:
        require(self.vote[i] is None and j is not self.oldest)
        self.vote[i] = j
        self.network.send((i, j))

    @action(members)
    def win(self, j: Server) -> None:
        require(self.leader is None)
        require(sum(whom == j for _, whom in self.network.in_flight()) > self.servers // 2)
        self.leader = j

    @invariant
    def leader_has_votes(self) -> bool:
        return self.leader is None or sum(whom is self.leader for whom in self.vote.values()) > self.servers // 2

    @invariant
    def nobody_votes_for_two(self) -> bool:
        return all(vote is None or (i, vote) in self.network.in_flight() for i, vote in self.vote.items())

    @terminal
    def all_have_voted(self) -> bool:
        return True

    @reachable(members)
    def wins(self, j: Server) -> bool:
        return self.leader is j


class Numbered(Ballot):
    """The same with numbers."""

    def members(self) -> Iterable[Any]:
        return range(self.servers)


class LedByTheFirst(Ballot):
    """A mistake."""

    @invariant
    def is_not_led_by_the_last(self) -> bool:
        return self.leader is not Server.several(self.servers)[-1]


def test_a_spec_with_names_has_the_states_of_one_with_numbers():
    named, numbered = (check(spec(), properties=["leader_has_votes", "wins"]) for spec in (Ballot, Numbered))
    assert (named.states, named.generated, named.depth, named.verdict) == (numbered.states, numbered.generated, numbered.depth, numbered.verdict)


def test_names_in_traces_are_written_and_read_like_members():
    value = (ONE, frozenset({OTHER}), None)
    assert encode(value)["#tup"][0] == {"tag": "s0", "value": "U_OF_UNIT"}
    assert show(decode(encode(value))) == show(value)
    report = check(LedByTheFirst(oldest=ONE), properties=["is_not_led_by_the_last"])
    trace = report.properties[0].trace
    assert trace is not None
    assert "choose_one(i=s0, j=s2)" in repr(trace)
    recording = record(trace)
    assert recorded_constants(LedByTheFirst, recording)["oldest"] is ONE


def test_names_in_constants_are_given_as_text():
    assert parse_constant(Ballot, "oldest", "s1") is OTHER
    assert parse_constant(Ballot, "fixed", "(s1, s0)") == (OTHER, ONE)
    with pytest.raises(UsageError, match="cannot be set to 't1'"):
        parse_constant(Ballot, "oldest", "t1")
    with pytest.raises(UsageError, match="A name is written s0"):
        Ballot(oldest=1)  # type: ignore[call-arg]


def test_names_as_source_are_those_names():
    script = Script()
    text = script.value((ONE, OTHER))
    assert text == "(Server.several(1)[0], Server.several(2)[1])"
    assert eval(text, {"Server": Server}) == (ONE, OTHER)


def test_a_proof_takes_names_as_what_they_are():
    report = prove(Ballot(servers=2), properties=["nobody_votes_for_two"], method="bmc", depth=3)
    assert report.properties[0].verdict is not None
    violated = prove(LedByTheFirst(servers=2), properties=["is_not_led_by_the_last"], method="bmc", depth=4)
    trace = violated.properties[0].trace
    assert trace is not None
    assert len(trace.steps) == 3


def test_a_log_names_them_by_their_text(tmp_path: Path):
    log, machine = tmp_path / "log.jsonl", machine_of(Ballot())
    log.write_text("\n".join(json.dumps(line) for line in [
        {"action": "choose_one", "arguments": {"i": "s0", "j": "s2"}, "state": {"vote": {"s0": "s2"}, "leader": None}},
        {"action": "choose_one", "arguments": {"i": "s1", "j": "s2"}},
        {"action": "win", "arguments": {"j": "s2"}, "state": {"leader": "s2"}},
    ]))  # fmt: skip
    assert validate(machine, read_log(log, machine)).verdict.value == "holds"
    log.write_text(log.read_text().replace('"leader": "s2"', '"leader": "s1"'))
    assert validate(machine, read_log(log, machine)).verdict.value == "violated"


def test_random_runs_of_a_spec_with_names_are_shrunk():
    with pytest.raises(AssertionError, match="is_not_led_by_the_last") as failed:
        state_machine(LedByTheFirst()).TestCase().runTest()
    assert "choose_one" in "".join(failed.value.__notes__)


def test_a_snapshot_is_read_by_names():
    machine = machine_of(Ballot())
    assert machine.first_state["vote"][ONE] is None
