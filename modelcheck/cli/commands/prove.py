"""``modelcheck prove``."""

from __future__ import annotations

from pathlib import Path

import click

from modelcheck.cli.command import Settings, common_options
from modelcheck.cli.target import json_option, spec_from, spec_options, time_limit_option, trace_out_option
from modelcheck.errors import UsageError
from modelcheck.limits.memory import require_room

_ROOM_BYTES = 64 << 20
"""What loading z3 takes: where its library does not fit, the loader may find another one, which does not fit its bindings."""


@click.command(short_help="Prove a spec's properties with z3.")
@spec_options
@click.option(
    "--property", "properties", multiple=True, metavar="NAME", help="Prove only this property; may be repeated."
)
@click.option(
    "--method",
    type=click.Choice(["auto", "bmc", "induction", "ic3"]),
    default="auto",
    show_default=True,
    help="Bounded model checking, induction, a search for an inductive invariant, or what is cheap first.",
)
@click.option(
    "--depth",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    metavar="K",
    help="The steps that bmc looks at.",
)
@click.option("--k", type=click.IntRange(min=1), default=1, show_default=True, metavar="K", help="For k-induction.")
@click.option(
    "--using",
    multiple=True,
    metavar="LEMMA",
    help="Let induction assume (and prove) this invariant; may be repeated. By default all of them.",
)
@click.option(
    "--all",
    "every",
    multiple=True,
    metavar="NAME",
    help="Prove it for every value of this constant, which says how many there are of something; may be repeated.",
)
@time_limit_option
@json_option
@trace_out_option
@common_options
@click.pass_context
def command(
    ctx: click.Context,
    target: str,
    settings: tuple[str, ...],
    properties: tuple[str, ...],
    method: str,
    depth: int,
    k: int,
    using: tuple[str, ...],
    every: tuple[str, ...],
    time_limit: float | None,
    as_json: bool,
    trace_out: Path | None,
) -> None:
    """Prove that the invariants and step properties of SPEC hold in every reachable state, however many there are.

    SPEC is a file (specs/consensus/raft.py), a class in a file (specs/consensus/raft.py:Raft), or a module (specs.consensus.raft:Raft).

    Exit code: 0 all are proved, 1 one is violated, 2 an error in the spec or the command, 3 unknown.
    """
    require_room(_ROOM_BYTES)
    from modelcheck.cli.paint import print_json
    from modelcheck.cli.progress import ProgressLine
    from modelcheck.cli.proof import json_proofs, print_proofs
    from modelcheck.cli.traces import check_writable, write_traces
    from modelcheck.limits import Limits
    from modelcheck.spec import machine_of
    from modelcheck.symbolic.proof.prove import prove

    if trace_out is not None:
        check_writable(trace_out)
    spec = spec_from(target, settings)
    _check_every(every, settings)
    with ProgressLine[str](str) as line:
        report = prove(
            spec,
            properties=list(properties) or None,
            method=method,
            depth=depth,
            k=k,
            using=list(using) or None,
            every=every,
            limits=Limits(time_s=time_limit),
            progress=line.function,
        )
    ctx.ensure_object(Settings).code = report.verdict.exit_code
    files = write_traces(report, type(spec), trace_out)
    machine = machine_of(spec) if report.properties else None
    if as_json:
        print_json(json_proofs(report, machine, files))
    else:
        print_proofs(report, machine, files)
    ctx.exit(report.verdict.exit_code)


def _check_every(every: tuple[str, ...], settings: tuple[str, ...]) -> None:
    both = next((name for name in every if any(setting.partition("=")[0].strip() == name for setting in settings)), None)
    if both is not None:
        raise UsageError(f"--all {both} and --set {both}=... exclude each other", remedy="Leave one of them out.")
