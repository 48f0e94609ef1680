"""Why a property is false (or was reached), or why nothing can happen.

The property is run once more and its variables are kept where it ended (see `watching`); `conditions` then takes its expression apart.
An explanation never fails: a spec's code can be anything, so whatever is not understood is shown as it is written, with the values of its variables.
"""

from __future__ import annotations

from modelcheck.spec import RUNS, STEPS, Declaration, Machine, Role
from modelcheck.spec.code import code_of
from modelcheck.spec.refinement import Refinement
from modelcheck.trace.explanation.blocked import explain_deadlock
from modelcheck.trace.explanation.conditions import why_ended
from modelcheck.trace.explanation.failsafe import left_out, took_long
from modelcheck.trace.explanation.operations import explain_history, is_linearizability
from modelcheck.trace.explanation.reason import Reason, naming
from modelcheck.trace.explanation.refined import explain_refinement
from modelcheck.trace.explanation.watching import watched
from modelcheck.trace.lasso import explain_lasso
from modelcheck.trace.trace import Trace
from modelcheck.values import show


def explain(machine: Machine, trace: Trace) -> Reason | None:
    """Why a trace shows what it shows, at its end.

    Args:
        machine: The spec.
        trace: A trace of it, replayed.

    Returns:
        ``consistent is false:`` and the parts that make it so; None if there is nothing to explain.
    """
    if trace.kind == "deadlock":
        return explain_deadlock(machine, trace.states[-1])
    declared = next((d for d in machine.asked if d.name == trace.property), None)
    if declared is None or trace.kind in {"log", "error"}:
        return None
    if declared.role in RUNS:
        return explain_lasso(machine, declared, trace) if trace.loop is not None else None
    if isinstance(declared, Refinement):
        return explain_refinement(machine, declared, trace)
    if is_linearizability(machine, declared):
        with left_out():
            return explain_history(machine, declared, trace)
    arguments = (
        f"({', '.join(f'{name}={show(value)}' for name, value in trace.arguments.items())})" if trace.arguments else ""
    )
    wanted = declared.role is Role.REACHABLE
    because: tuple[Reason, ...] = ()
    with left_out() as attempt:
        because = _of_property(machine, declared, trace, wanted=wanted)
    if attempt.took_long:
        because = (Reason(took_long()),)
    return Reason(f"{declared.name}{arguments} is {'true' if wanted else 'false'}{':' if because else ''}", because)


def _of_property(machine: Machine, declared: Declaration, trace: Trace, *, wanted: bool) -> tuple[Reason, ...]:
    states = trace.states[-2:] if declared.role in STEPS else trace.states[-1:]
    live, *after = map(machine.thaw, states)
    ending = watched(lambda: declared.run(live, trace.arguments, *after), code_of(declared.function))
    if ending is None:
        return ()
    names = code_of(declared.function).co_varnames
    roots = {name: declared.subject(root) for name, root in zip(names, [live, *after], strict=False)}
    with naming(**roots):
        return tuple(why_ended(ending, wanted=wanted, depth=0))
