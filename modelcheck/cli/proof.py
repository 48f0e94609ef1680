"""A report of proofs on the terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from modelcheck.cli.paint import columns, paint
from modelcheck.cli.report import plain_value
from modelcheck.cli.units import count, said_seconds
from modelcheck.spec import Machine, machine_of
from modelcheck.spec.loading import shown_path
from modelcheck.symbolic.proof.counterexample import CounterexampleToInduction
from modelcheck.symbolic.proof.induction import inductive
from modelcheck.symbolic.proof.report import Proof, ProofReport, trace_of
from modelcheck.trace import Trace, explain
from modelcheck.trace.diff import changes
from modelcheck.trace.itf import encode
from modelcheck.trace.lasso import length
from modelcheck.trace.saving import replay_command
from modelcheck.trace.text import (
    INDENT,
    Line,
    Span,
    change_lines,
    plain,
    reason_lines,
    state_lines,
    step_spans,
    trace_lines,
)
from modelcheck.values import show
from modelcheck.verdict import Verdict

SCHEMA = 1
MOST_SHOWN = 4


def json_proofs(report: ProofReport, machine: Machine | None, files: Mapping[str, Path]) -> dict[str, Any]:
    """A report as the JSON object of ``--json``."""
    return {
        "spec": report.spec,
        "source": shown_path(report.source),
        "constants": {name: plain_value(value) for name, value in report.constants.items()},
        "method": report.method,
        "verdict": report.verdict.value,
        "reason": report.reason,
        "seconds": round(report.seconds, 6),
        "transitions": report.transitions,
        "queries": report.queries,
        "unbounded": list(report.unbounded),
        "left_out": list(report.left_out),
        "listed": dict(report.listed),
        "properties": [_json_proof(proof, machine, files.get(proof.name)) for proof in report.properties if machine is not None],
        "schema": SCHEMA,
    }


def _json_proof(proof: Proof, machine: Machine, file: Path | None) -> dict[str, Any]:
    reason = None if proof.trace is None else explain(_machine_for(proof, machine), proof.trace)
    return {
        "name": proof.name,
        "kind": proof.kind,
        "lemma": proof.lemma,
        "verdict": proof.verdict.value,
        "reason": proof.reason,
        "method": proof.method,
        "depth": proof.depth,
        "needs": list(proof.needs),
        "invariant": list(proof.found) or None,
        "every": list(proof.every),
        "sizes": dict(proof.sizes),
        "lemmas": proof.lemmas or None,
        "trace": None if proof.trace is None else _json_trace(proof.trace, file),
        "explanation": None if reason is None else list(reason.lines()),
        "counterexample_to_induction": None
        if proof.counterexample is None
        else _json_counterexample(proof.counterexample),
    }


def _json_trace(trace: Trace, file: Path | None) -> dict[str, Any]:
    loop = {} if trace.loop is None else {"stem": trace.loop, "loop": len(trace.steps) - trace.loop}
    return {"file": None if file is None else str(file), "steps": len(trace.steps), **loop}


def _json_counterexample(found: CounterexampleToInduction) -> dict[str, Any]:
    return {
        "states": [{name: encode(value) for name, value in state.items()} for state in found.states],
        "steps": [
            {"action": step.action, "arguments": {n: encode(v) for n, v in step.arguments.items()}}
            for step in found.steps
        ],
        "arguments": {name: encode(value) for name, value in found.arguments.items()},
        "raises": found.raises,
        "assumed": list(found.assumed),
        "reachable": found.reachable,
        "confirmed": found.exact,
    }


# For people ------------------------------------------------------------------------------------------------------------------------------------


def print_proofs(report: ProofReport, machine: Machine | None, files: Mapping[str, Path]) -> None:
    """Print a report: the verdicts, then what is wrong, beginning with lemmas that are not even true, then what was found."""
    paint(_heading(report))
    paint(_verdicts(report))
    wrong = sorted((proof for proof in report.properties if proof.trace is not None), key=_urgency)
    lemmas = [proof for proof in wrong if proof.lemma]
    for proof in wrong:
        if proof in lemmas[1:]:
            paint(_mention(proof, files.get(proof.name)))
        else:
            assert machine is not None
            paint(_violation(proof, _machine_for(proof, machine), files.get(proof.name)))
    shown: list[CounterexampleToInduction] = []
    for proof in report.properties:
        found = proof.counterexample
        # Where all that was asked for holds, what else was tried is no longer of interest.
        if found is not None and report.verdict is not Verdict.HOLDS and found not in shown:
            shown.append(found)
            assert machine is not None
            paint(_counterexample(proof, found, _machine_for(proof, machine)))
        if proof.found:
            paint(_found(proof))
    for text in dict.fromkeys(proof.lemmas for proof in report.properties if proof.lemmas):
        paint(_lemmas(text, len(report.properties) == 1))


def _urgency(proof: Proof) -> tuple[bool, int]:
    assert proof.trace is not None
    return not proof.lemma, len(proof.trace.steps)


def _mention(proof: Proof, file: Path | None) -> Iterator[Line]:
    yield ()
    yield (
        Span(f"{proof.name} is violated", "violated"),
        Span(" too" + ("" if file is None else f": {replay_command(file)}"), "note"),
    )


def _heading(report: ProofReport) -> Iterator[Line]:
    constants = ", ".join(f"every {name}" if name in report.every else f"{name}={show(value)}" for name, value in report.constants.items())
    yield (Span(report.spec, "action"), Span(f"({constants})"), Span(f"  {shown_path(report.source)}", "note"))
    yield ()


def _verdicts(report: ProofReport) -> Iterator[Line]:
    proofs = sorted(report.properties, key=lambda proof: not (proof.lemma and proof.trace is not None))
    texts = columns([("lemma" if proof.lemma else proof.kind, proof.name) for proof in proofs])
    width = max(map(len, texts))
    for proof, text in zip(proofs, texts, strict=True):
        yield (
            Span(f"{text.ljust(width)}  "),
            Span(proof.verdict.value, proof.verdict.value),
            Span(_remark(proof), "note"),
        )
        if proof.verdict is Verdict.UNKNOWN and len(proof.tried) > 1:
            yield from ((Span(f"      {method}: {reason}", "note"),) for method, reason in proof.tried)
        if proof.needs:
            yield (Span(f"      needs {', '.join(proof.needs)}", "note"),)
    yield ()
    yield (
        Span(
            f"{count(report.transitions, 'path')} through the actions, {count(report.queries, 'question')} to z3, {said_seconds(report.seconds)}"
        ),
    )
    if report.unbounded:
        yield (Span(f"unbounded: {_some(report.unbounded)}", "note"),)
    for path, values in report.listed.items():
        yield (Span(f"domain of {path}: {count(values, 'value')} reached by the enumerator", "note"),)
    if report.left_out:
        yield (Span(f"left to `modelcheck check`: {_some(report.left_out)}", "note"),)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_SHOWN} more" if len(names) > MOST_SHOWN else ""
    return ", ".join(names[:MOST_SHOWN]) + more


def _remark(proof: Proof) -> str:
    if proof.trace is not None:
        return f" {length(proof.trace)}"
    if proof.verdict is Verdict.UNKNOWN:
        return "" if len(proof.tried) > 1 else f": {proof.reason}"
    return f" {_for_all(proof)}by {proof.method}" + (", with lemmas that were found" if proof.lemmas else "")


def _with(proof: Proof) -> str:
    return f" with {', '.join(f'{name}={size}' for name, size in proof.sizes.items())}" if proof.sizes else ""


def _for_all(proof: Proof) -> str:
    return f"for all {' and '.join(f'{name} >= 1' for name in proof.every)} " if proof.every else ""


def _machine_for(proof: Proof, machine: Machine) -> Machine:
    """The machine of a counterexample, which may be one of another size."""
    return machine_of(type(machine.spec)(**{**machine.constants, **proof.sizes})) if proof.sizes else machine


def _found(proof: Proof) -> Iterator[Line]:
    yield ()
    yield (Span(f"{proof.name} follows from what is true at the start and stays true in every step:", "action"),)
    for line in proof.found:
        yield (Span("     "), Span(line))


def _lemmas(text: str, alone: bool) -> Iterator[Line]:
    yield ()
    yield (Span(f"The lemmas of {'its proof' if alone else 'the proofs'}, to be kept in a file of their own:", "action"),)
    yield ()
    for line in text.rstrip().split("\n"):
        yield (Span(line),)


def _violation(proof: Proof, machine: Machine, file: Path | None) -> Iterator[Line]:
    assert proof.trace is not None
    yield ()
    yield (Span(f"{proof.name} is violated{_with(proof)}", "violated"),)
    yield ()
    yield from trace_lines(proof.trace)
    yield from _because(machine, proof.trace)
    if file is not None:
        yield ()
        yield (Span(replay_command(file), "note"),)


def _because(machine: Machine, trace: Trace) -> Iterator[Line]:
    reason = explain(machine, trace)
    if reason is not None:
        yield ()
        yield from reason_lines(reason)


def _counterexample(proof: Proof, found: CounterexampleToInduction, machine: Machine) -> Iterator[Line]:
    yield ()
    if found.raises:
        yield (Span(f"{found.property} raises where what is assumed is true", "unknown"),)
    else:
        yield (Span(f"{proof.name} is not {inductive(len(found.steps))}{_with(proof)}", "unknown"),)
    yield ()
    yield from _first_state(found, machine)
    for at, step in enumerate(found.steps):
        yield ()
        yield (Span("the step "), *step_spans(step))
        if at + 1 < len(found.states):
            yield from change_lines(changes(found.states[at], found.states[at + 1]))
    if found.raises:
        yield (Span(INDENT), Span(f"raises {found.raises}", "violated"))
    elif len(found.states) > 1:
        declared = machine.find(found.property, machine.properties)
        yield from _because(machine, trace_of(machine, declared, found.states, found.steps))
    yield ()
    yield (Span(_reachability(proof, found), "note"),)


def _first_state(found: CounterexampleToInduction, machine: Machine) -> Iterator[Line]:
    """The state that the first step is taken from: what sets it apart from an initial one, if that says it shorter."""
    state = found.states[0]
    different = min((list(changes(each, state)) for each in machine.each_initial_state()), key=len)
    assumed = _assumed(found)
    later = " (as after each step but the last)" if len(found.steps) > 1 else ""
    apart = list(change_lines(tuple(different)))
    if not different:
        yield (Span("from an initial state"),)
    elif len(plain(apart)) < len(plain(state_lines(state))):
        yield (Span(f"from a state in which {assumed}{later}, and which differs from the initial one in"),)
        yield from apart
    else:
        yield (Span(f"from a state in which {assumed}{later}"),)
        yield from state_lines(state)


def _assumed(found: CounterexampleToInduction) -> str:
    """What is true in the states before the last, by name where these are few."""
    names = list(found.assumed)
    if not names:
        return "nothing is assumed"
    if len(names) > MOST_SHOWN:
        names = [*names[: MOST_SHOWN - 1], f"{len(names) - MOST_SHOWN + 1} more"]
    return f"{names[0]} is true" if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]} are true"


def _reachability(proof: Proof, found: CounterexampleToInduction) -> str:
    if proof.trace is not None:
        return "It is no lemma that is missing: the run above violates the property."
    if not found.exact:
        return "The state holds infinitely many messages, of which those are shown that the step looks at."
    if found.reachable is None:
        return "Whether the first state is reachable is not known. If it is not, say why not in a lemma."
    if found.reachable:
        return "The first state is reachable, so this is a violation."
    return "The first state is not reachable: say why not in a lemma, an invariant that is false in it."
