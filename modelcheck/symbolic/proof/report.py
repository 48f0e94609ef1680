"""What a proof reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from modelcheck.errors import InternalError
from modelcheck.spec import STEPS, Declaration, Machine, State, Step
from modelcheck.spec.loading import source_file
from modelcheck.symbolic.proof.counterexample import CounterexampleToInduction
from modelcheck.trace import Trace
from modelcheck.verdict import Verdict


@frozen
class Proof:
    """What was found out about one property.

    Attributes:
        name: Its name.
        kind: ``invariant`` or ``step property``, or the kind of a liveness property, as in ``leads to``.
        verdict: Whether it holds.
        reason: Why it is unknown.
        method: What gave the verdict: ``bmc``, ``induction``, ``k-induction``, ``ic3``.
        lemma: Whether it is marked as a lemma.
        depth: The number of steps within which there is no violation; None if none was looked for.
        needs: The invariants that its proof uses.
        found: An inductive invariant that was found, as conditions on a state each; all together imply the property.
        counterexample: To induction.
        trace: A run that violates it.
        tried: The methods that were tried one after the other, each with why it gave no verdict.
        every: The constants for all of whose values the verdict is meant, from 1 on.
        sizes: What these constants are in the counterexample or the trace.
        lemmas: The text of lemmas that were found, with which it is proved.
    """

    name: str
    kind: str
    verdict: Verdict
    reason: str | None = None
    method: str = "bmc"
    lemma: bool = False
    depth: int | None = None
    needs: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    counterexample: CounterexampleToInduction | None = None
    trace: Trace | None = None
    tried: tuple[tuple[str, str], ...] = ()
    every: tuple[str, ...] = ()
    sizes: Mapping[str, int] = field(factory=dict)
    lemmas: str = ""


@frozen
class ProofReport:
    """The outcome of `prove`.

    Attributes:
        spec: The name of the spec's class.
        source: The file it is written in.
        constants: Its constants.
        method: The method asked for.
        verdict: On all properties together that were asked for.
        reason: Why it is unknown.
        properties: What was found out about each, lemmas that were tried included.
        left_out: What a search of the spec checks and no proof speaks of, where nothing in particular was asked for.
        transitions: How many paths the actions have.
        unbounded: The places that hold unbounded integers.
        listed: How many values each place can hold whose domain the enumerator listed; for ``bmc``, within the depth asked for.
        queries: How often z3 was asked to prove something.
        seconds: Wall-clock time.
        every: The constants for all of whose values something was to be proved, from 1 on.
    """

    spec: str
    source: str
    constants: Mapping[str, Any]
    method: str
    verdict: Verdict
    reason: str | None
    properties: tuple[Proof, ...]
    left_out: tuple[str, ...] = ()
    transitions: int = 0
    unbounded: tuple[str, ...] = field(default=())
    listed: Mapping[str, int] = field(factory=dict)
    queries: int = 0
    seconds: float = 0.0
    every: tuple[str, ...] = ()


def proof_of(declared: Declaration, verdict: Verdict, method: str, **found: object) -> Proof:
    """What a method found out about a property."""
    return Proof(declared.name, declared.role.value, verdict, method=method, lemma=declared.lemma, **found)  # type: ignore[arg-type]


def trace_of(machine: Machine, declared: Declaration, states: tuple[State, ...], steps: tuple[Step, ...]) -> Trace:
    """A run as a trace that violates a property.

    Raises:
        InternalError: if the spec's own code does not find the property false at its end.
    """
    looked_at = states[-2:] if declared.role in STEPS else states[-1:]
    arguments = machine.failing(declared, *looked_at)
    if arguments is None:
        raise InternalError(f"{declared.title} is false on symbolic values, and not on ordinary ones, at the end of a run to\n{states[-1]}")
    return Trace(
        machine.cls.__name__, source_file(machine.cls), machine.constants, declared.name, declared.role.value,
        states, steps, arguments, found_by="z3",
    )  # fmt: skip
