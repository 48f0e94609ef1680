"""A statement of an action left out: what is still proved for every size is still true, as far as the enumerator looks."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from protocols import Election, LockServer

from modelcheck import Limits, Spec, Verdict, check
from modelcheck.errors import SpecError
from modelcheck.spec import Role
from modelcheck.symbolic.names.system import NamesSystem
from modelcheck.symbolic.present import alone
from modelcheck.symbolic.proof.every_size.induction import EverySizeInduction
from modelcheck.symbolic.proof.every_size.text import compiled
from specs.proofs.elections import QuorumRegister, TermElection


def mutants(cls: type[Spec]) -> Iterator[tuple[str, type[Spec]]]:
    """The class with one statement of an action less, and the statement."""
    source = textwrap.dedent(inspect.getsource(cls))
    methods = ast.parse(source).body[0].body  # type: ignore[attr-defined]
    for at, method in enumerate(methods):
        actions = [each for each in getattr(method, "decorator_list", ()) if "action" in ast.unparse(each)]
        for number, statement in enumerate(method.body if actions else ()):
            if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                tree = ast.parse(source)
                tree.body[0].body[at].body[number] = ast.Pass()  # type: ignore[attr-defined]
                text = ast.unparse(tree)
                yield ast.unparse(statement), compiled(cls, {}, text)[cls.__name__]


def what_is_proved(spec: type[Spec], size: str) -> set[str]:
    """The names of the invariants and lemmas that are proved, each with the help of the others."""
    with alone:
        system = NamesSystem(spec(), [size])
        invariants = [each for each in system.machine.properties if each.role is Role.INVARIANT]
        found = EverySizeInduction(system, deadline=time.monotonic() + 60).prove(invariants, [])
        return {name for name, result in found.items() if result.verdict is Verdict.HOLDS}


def check_mutants(cls: type[Spec], size: str, only: slice = slice(None)) -> tuple[int, int]:
    """How many mutants there are, and of how many everything is proved; no proof may contradict the enumerator."""
    whole = 0
    every = list(mutants(cls))[only]
    for statement, mutant in every:
        try:
            proved = what_is_proved(mutant, size)
        except SpecError:
            continue
        whole += len(proved) == len(what_is_proved(cls, size))
        for number in (1, 2, 3):
            try:
                report = check(mutant(**{size: number}), limits=Limits(states=3_000), keep_going=True)
            except SpecError:  # It raises, and nothing is proved of what raises.
                assert not proved, (cls.__name__, statement, number)
                break
            false = {each.name for each in report.properties if each.verdict is Verdict.VIOLATED}
            assert not proved & false, (cls.__name__, statement, number)
    return len(every), whole


def test_mutants_of_the_election() -> None:
    """Three of the mutants of a small protocol; without its guards it is not proved."""
    many, whole = check_mutants(Election, "nodes", slice(0, 3))
    assert many == 3
    assert whole < many


@pytest.mark.slow
@pytest.mark.parametrize(("cls", "size"), [(LockServer, "nodes"), (Election, "nodes"), (QuorumRegister, "replicas"), (TermElection, "nodes")])
def test_mutants(cls: type[Spec], size: str) -> None:
    """All mutants of protocols with their lemmas."""
    many, whole = check_mutants(cls, size)
    assert many > 0
    assert whole < many
