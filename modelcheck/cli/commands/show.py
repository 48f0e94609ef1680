"""``modelcheck show``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from modelcheck.cli.command import common_options, keep_json
from modelcheck.cli.target import spec_from, spec_options

_SHOWN = 4
_MOST_INITIAL = 10_000

if TYPE_CHECKING:
    from modelcheck.spec import Declaration, Machine
    from modelcheck.spec.shapes.shape import Shape
    from modelcheck.trace.text import Line


@click.command(short_help="List what a spec consists of.")
@spec_options
@click.option("--json", "as_json", is_flag=True, callback=keep_json, help="Print it as one JSON object.")
@common_options
def command(target: str, settings: tuple[str, ...], as_json: bool) -> None:
    """List the constants, variables, actions and properties of SPEC, and where each is written."""
    from modelcheck.cli.paint import paint, print_json
    from modelcheck.spec import machine_of

    machine = machine_of(spec_from(target, settings))
    if as_json:
        print_json(_json(machine))
    else:
        paint(_lines(machine))


# What there is to say ----------------------------------------------------------------------------------------------------------------------------


def _place(place: str) -> str:
    from modelcheck.spec.loading import shown_path

    file, _, line = place.rpartition(":")
    return f"{shown_path(file)}:{line}" if file else place


def _summary(machine: Machine) -> str:
    return (machine.cls.__doc__ or "").strip().split("\n")[0]


def _constants(machine: Machine) -> list[tuple[str, str, Any]]:
    from modelcheck.spec.constants.declared import constant_types

    found = constant_types(machine.cls).items()
    return [(n, kind.__name__ if isinstance(kind, type) else str(kind), machine.constants[n]) for n, kind in found]


def _kind(shape: Shape) -> str:
    """How a variable is split into cells, in words."""
    from modelcheck.spec.shapes import shape as shapes

    if isinstance(shape, shapes.MapShape):
        inner = next(iter(shape.items.values()), None)
        return f"dict with {len(shape.items)} fixed keys" + (
            f", each a {_kind(inner)}" if inner is not None and type(inner) is not shapes.Shape else ""
        )
    if isinstance(shape, shapes.RecordShape):
        return f"record {shape.cls.__name__}, a cell per field"
    if isinstance(shape, shapes.QueueShape):
        return f"{shape.kind.__name__}, one cell"
    names = {
        shapes.SetShape: "set, a cell per element",
        shapes.BagShape: "bag, a cell per element",
        shapes.TableShape: "dict, a cell per key",
        shapes.AliasShape: "another name of a part of the state",
    }
    return next((text for cls, text in names.items() if isinstance(shape, cls)), "one cell")


def _domain(domain: Any) -> str:
    from modelcheck.values import show

    if isinstance(domain, type):
        return domain.__name__
    if callable(domain):
        return f"{domain.__name__}()"
    return show(domain) if not isinstance(domain, range) else repr(domain)


def _signature(declared: Declaration) -> str:
    ranges = [
        f"{name} in {_domain(domain)}" for name, domain in zip(declared.parameters, declared.domains, strict=True)
    ]
    return f"{declared.name}({', '.join(ranges)})"


def _declared(machine: Machine) -> list[Declaration]:
    return [*machine.actions, *machine.asked, *machine.constraints, *machine.terminals]


# JSON ---------------------------------------------------------------------------------------------------------------------------------------------


def _json(machine: Machine) -> dict[str, Any]:
    from modelcheck.cli.report import plain_value
    from modelcheck.spec.loading import shown_path, source_file

    initial = _Beginning(machine)
    return {
        "spec": machine.cls.__name__,
        "source": shown_path(source_file(machine.cls)),
        "place": _place(machine.place),
        "summary": _summary(machine),
        "constants": [
            {"name": name, "type": kind, "value": plain_value(value)} for name, kind, value in _constants(machine)
        ],
        "initial_states": initial.number,
        "initial_states_are_all": initial.is_all,
        "variables": [
            {"name": n, "kind": _kind(s), "initial": [plain_value(v) for v in initial.values[n]]}
            for n, s in machine.shape.fields.items()
        ],
        "declarations": [_json_declared(declared) for declared in _declared(machine)],
        "schema": 1,
    }


def _json_declared(declared: Declaration) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": declared.name,
        "role": declared.role.value,
        "parameters": [
            {"name": name, "domain": _domain(domain)}
            for name, domain in zip(declared.parameters, declared.domains, strict=True)
        ],
        "place": _place(declared.place),
        "summary": declared.summary,
    }
    if declared.role.value == "action":
        told["fairness"] = {"strength": declared.fairness.strength.value, "each": declared.fairness.each}
    return told


class _Beginning:
    """The first of the initial states, ten thousand at most.

    Attributes:
        number: How many.
        is_all: Whether there are no more.
        values: The values of each variable in them.
    """

    def __init__(self, machine: Machine) -> None:
        from modelcheck.spec.beginning import beginnings

        values: dict[str, dict[Any, None]] = {name: {} for name in machine.shape.fields}
        self.number = 0
        self.is_all = True
        for state in beginnings(machine):
            if self.number == _MOST_INITIAL:
                self.is_all = False
                break
            self.number += 1
            for name, met in values.items():
                met[state[name]] = None
        self.values = {name: list(met) for name, met in values.items()}


# For people ---------------------------------------------------------------------------------------------------------------------------------------


def _lines(machine: Machine) -> Iterator[Line]:
    from modelcheck.trace.text import Span

    yield (Span(machine.cls.__name__, "action"), Span(f"  {_place(machine.place)}", "note"))
    if _summary(machine):
        yield (Span(f"  {_summary(machine)}"),)
    yield from _constant_lines(machine)
    yield from _variable_lines(machine)
    groups = [
        ("Actions", machine.actions),
        ("Properties", machine.asked),
        ("Constraints", machine.constraints),
        ("Terminal states", machine.terminals),
    ]
    for title, declared in groups:
        if declared:
            yield ()
            yield (Span(title, "action"),)
            yield from _declared_lines(declared, with_role=title == "Properties")


def _constant_lines(machine: Machine) -> Iterator[Line]:
    from modelcheck.cli.paint import columns
    from modelcheck.trace.text import Span
    from modelcheck.values import show

    found = _constants(machine)
    if found:
        yield ()
        yield (Span("Constants", "action"),)
        yield from (
            (Span(line),) for line in columns([(f"{name}: {kind} = {show(value)}",) for name, kind, value in found])
        )


def _variable_lines(machine: Machine) -> Iterator[Line]:
    from modelcheck.spec import State
    from modelcheck.trace.text import Span, state_lines

    initial = _Beginning(machine)
    told = f"{'' if initial.is_all else 'more than '}{initial.number:,} initial state{'' if initial.number == 1 else 's'}"
    yield ()
    yield (Span("Variables", "action"), Span(f"  in {told}", "note"))
    for name, shape in machine.shape.fields.items():
        yield (Span("  "), Span(name, "path"), Span(f"  {_kind(shape)}", "note"))
        values = initial.values[name]
        for value in values[:_SHOWN]:
            yield from ((Span(" "), *line) for line in state_lines(State({name: value})))
        if len(values) > _SHOWN:
            yield (Span(f"      and {len(values) - _SHOWN} more"),)


def _declared_lines(declared: list[Declaration], *, with_role: bool) -> Iterator[Line]:
    from modelcheck.spec.fairness import UNFAIR
    from modelcheck.trace.text import Span

    for found in declared:
        role = f"{found.role.value} " if with_role else ""
        fair = "" if found.fairness == UNFAIR else f"  {found.fairness}"
        yield (Span(f"  {role}"), Span(_signature(found), "path"), Span(fair), Span(f"  {_place(found.place)}", "note"))
        if found.summary:
            yield (Span(f"      {found.summary}"),)
