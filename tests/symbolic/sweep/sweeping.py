"""Expressions in each place of a spec that has an expression: what z3 says of each state, against what Python says.

A spec has a variable or two, an action that gives them each of their values, and expressions: as invariants, step properties, guards, and bodies of
actions. The truth of a property in each state, and the successors of each state by each action, are compared.
"""

from __future__ import annotations

import itertools
import linecache
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import z3
from attrs import define, field, frozen

from modelcheck.errors import ModelcheckError
from modelcheck.spec import Declaration, Machine, State, machine_of
from modelcheck.symbolic.system import System
from modelcheck.symbolic.terms import UnsupportedError
from modelcheck.values import identity, value_problem

from ..successors import successors
from .vocabulary import CHANGING, KINDS, NOT_METHODS, PREAMBLE, WIDE

_NAMES = ("v", "w")
_MOST_LONG = 20
_numbers = itertools.count()


@frozen
class Wrong:
    """An expression of which z3 and Python do not say the same."""

    expression: str
    place: str
    kinds: tuple[str, ...]
    state: Any
    by_python: Any
    by_z3: Any


@define
class Tally:
    """How many expressions were followed and refused, in which places; and those that are wrong."""

    followed: Counter[tuple[str, str]] = field(factory=Counter)
    refused: Counter[tuple[str, str]] = field(factory=Counter)
    wrong: list[Wrong] = field(factory=list)
    reasons: dict[str, str] = field(factory=dict)


# Python --------------------------------------------------------------------------------------------------------------------------------------------


def namespace_of(text: str) -> dict[str, Any]:
    """What a source defines, with its lines kept for those who look for them."""
    name = f"/sweep_{next(_numbers)}.py"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    namespace: dict[str, Any] = {"__name__": name[1:-3]}
    exec(compile(text, name, "exec", dont_inherit=True), namespace)
    return namespace


_PLAIN = namespace_of(PREAMBLE)


def methods() -> dict[str, list[str]]:
    """The methods of each kind's values that leave them as they are."""
    found = {}
    for kind, values in KINDS.items():
        names = {name for value in values or ("1",) for name in dir(eval(value, _PLAIN)) if callable(getattr(eval(value, _PLAIN), name, None))}
        found[kind] = sorted(name for name in names.difference(NOT_METHODS, CHANGING) if not name.startswith("_") or name.startswith("__"))
    return found


def _function(expression: str, names: Iterable[str]) -> str:
    """The body of a function that returns an expression."""
    if not expression.startswith("MATCH "):
        return f"return {expression.format(*names)}"
    pattern = expression.removeprefix("MATCH ").format()
    first = next(iter(names))
    return f"match {first}:\n            case {pattern}:\n                return 1\n        return 2"


def _samples(kinds: tuple[str, ...]) -> list[tuple[str, ...]]:
    return list(itertools.product(*(KINDS[kind] or ("-2", "-1", "0", "1", "2", "3", "4") for kind in kinds)))


def _results(expression: str, kinds: tuple[str, ...]) -> list[Any] | None:
    """What an expression is for each of the values; an exception where it raises one; None if it is no expression for the sweep."""
    text = f"def f({', '.join(_NAMES[: len(kinds)])}):\n        {_function(expression, _NAMES)}"
    namespace = dict(_PLAIN)
    try:
        exec(compile(text, "<expression>", "exec", dont_inherit=True), namespace)
    except SyntaxError:
        return None
    found = []
    for values in _samples(kinds):
        try:
            result = namespace["f"](*(eval(value, dict(_PLAIN)) for value in values))
            found.append(_fixed(result))
        except Exception as error:  # noqa: BLE001 - as the spec's code would.
            found.append(error)
    return None if any(each is None for each in found) else [None if each is _NOTHING else each for each in found]


_NOTHING = object()
_LAZY = (Iterator, type({}.keys()), type({}.values()), type({}.items()))


def _fixed(result: Any) -> Any:
    if result is None:
        return _NOTHING
    if isinstance(result, _LAZY):
        listed = tuple(itertools.islice(result, _MOST_LONG))
        return None if len(listed) == _MOST_LONG or any(isinstance(each, Iterator) for each in listed) else listed
    if isinstance(result, (type(len), type([].append), type("".__add__))) or repr(result).startswith("<"):
        return None if not isinstance(result, (type, *_ENUMS)) else result
    return result


_ENUMS = tuple(_PLAIN[name] for name in ("Colour", "Level", "Word", "Named", "Access"))


def _is_lazy(expression: str, kinds: tuple[str, ...]) -> bool:
    namespace = dict(_PLAIN)
    exec(f"def f({', '.join(_NAMES[: len(kinds)])}):\n        {_function(expression, _NAMES)}", namespace)
    for values in _samples(kinds):
        try:
            if isinstance(namespace["f"](*(eval(value, dict(_PLAIN)) for value in values)), _LAZY):
                return True
        except Exception:  # noqa: BLE001 - as the spec's code would.
            continue
    return False


# The spec ------------------------------------------------------------------------------------------------------------------------------------------


def _head(kinds: tuple[str, ...], more: int = 0) -> str:
    pairs = list(zip(_NAMES, kinds, strict=False))
    lines = [PREAMBLE, "class Example(Spec):", "    def init(self):", "        self.out = 0"]
    lines += [f"        self.out{at} = 0" for at in range(more)]
    for name, kind in pairs:
        lines.append(f"        self.{name} = {KINDS[kind][0]}" if KINDS[kind] else "        " + WIDE[0].format(name=name))
    for name, kind in pairs:
        if not KINDS[kind]:
            lines += ["    @action", f"    def count_{name}(self):", "        " + WIDE[1].format(name=name)]
            continue
        lines += [f"    @action(range({len(KINDS[kind])}))", f"    def give_{name}(self, i):"]
        lines += [f"        if i == {at}:\n            self.{name} = {value}" for at, value in enumerate(KINDS[kind])]
    return "\n".join(lines) + "\n"


@frozen
class Claim:
    """A claim on an expression, which is true in some states and false in others, perhaps; ``{}`` stands for the expression."""

    expression: str
    text: str
    constant: Any = None


def claims(expression: str, kinds: tuple[str, ...]) -> list[Claim]:
    """What to say of an expression."""
    results = _results(expression, kinds)
    if results is None or "Disabled" in expression:
        return []
    lazy = "tuple({})" if _is_lazy(expression, kinds) else "{}"
    fine = [each for each in results if not isinstance(each, Exception)]
    if not fine:
        return [Claim(expression, f"({lazy},) == (1,)")]
    found = [Claim(expression, f"{lazy} == K", fine[0])]
    others = [each for each in fine if not _equal(each, fine[0])]
    found += [Claim(expression, f"{lazy} == K", others[-1])] if others else []
    if not isinstance(fine[0], type):
        found.append(Claim(expression, f"type({lazy}) is K", type(fine[-1])))
    return found


def _equal(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except Exception:  # noqa: BLE001 - a comparison that is not defined.
        return False


def _said(claim: Claim, number: int, names: tuple[str, ...], indent: str = "        ") -> str:
    """The body of a function that says a claim."""
    text = claim.text.replace("K", f"K[{number}]")
    if not claim.expression.startswith("MATCH "):
        return f"{indent}return {text.replace('{}', '(' + claim.expression.format(*names) + ')')}\n"
    inner = _function(claim.expression, names).replace("\n        ", f"\n{indent}")
    return f"{indent}{inner}".replace("return 1", "return " + text.replace("{}", "1")).replace("return 2", "return " + text.replace("{}", "2")) + "\n"


def _states(machine: Machine) -> list[State]:
    """The states in which nothing but the variables differs from the first."""
    first = machine.initial_states()[0]
    giving = [each for each in machine.actions if each.name.startswith(("give_", "count_"))]
    found = {identity(tuple(first.items())): first}
    todo = [first]
    for state in todo:
        for action in giving:
            for _, after in machine.outcomes(state, action):
                key = identity(tuple(after.items()))
                if key not in found:
                    found[key] = after
                    todo.append(after)
    return todo


def _truth_by_python(machine: Machine, declared: Declaration, *states: State) -> Any:
    try:
        return machine.failing(declared, *states) is None
    except ModelcheckError:
        return "raises"


def _truth_by_z3(term: Any, values: list[Any]) -> bool:
    closed = z3.simplify(z3.substitute(term, *values))
    if z3.is_true(closed) or z3.is_false(closed):
        return z3.is_true(closed)
    solver = z3.Solver()
    solver.add(z3.Not(closed))
    return bool(solver.check() == z3.unsat)


def _values(system: System, state: State, constants: dict[str, Any] | None = None) -> list[Any]:
    leaves = system.encode(state)
    return [((constants or {}).get(name, leaf.constant), leaves.get(name, leaf.default)) for name, leaf in system.leaves.all.items()]


# Properties ----------------------------------------------------------------------------------------------------------------------------------------


def sweep_properties(kinds: tuple[str, ...], expressions: Iterable[str], tally: Tally, at_once: int = 60) -> None:
    """Expressions as invariants and as step properties."""
    found = [claim for expression in expressions for claim in claims(expression, kinds)]
    for at in range(0, len(found), at_once):
        _sweep_claims(kinds, found[at : at + at_once], tally)


def _sweep_claims(kinds: tuple[str, ...], found: list[Claim], tally: Tally) -> None:
    text = _head(kinds)
    now, after = ([f"{owner}.{name}" for name in _NAMES] for owner in ("self", "after"))
    for at, claim in enumerate(found):
        text += f"    @invariant\n    def p{at}(self):\n{_said(claim, at, tuple(now))}"
        text += f"    @step_property\n    def s{at}(self, after):\n{_said(claim, at, tuple(after))}"
    namespace = namespace_of(text + f"K = [None] * {len(found)}\n")
    namespace["K"][:] = [claim.constant for claim in found]
    machine = machine_of(namespace["Example"]())
    system = System(machine)
    states = _states(machine)
    for at, claim in enumerate(found):
        _compare_property(system, f"p{at}", claim, kinds, [(each,) for each in states], tally)
        _compare_property(system, f"s{at}", claim, kinds, [(states[0], each) for each in states], tally)


def _compare_property(
    system: System, name: str, claim: Claim, kinds: tuple[str, ...], states: list[tuple[State, ...]], tally: Tally
) -> None:
    declared = system.machine.find(name, system.machine.properties)
    place = "invariant" if name.startswith("p") else "step property"
    try:
        term = system.property_term(declared) if place == "invariant" else system.step_relation(declared)
    except UnsupportedError as error:
        _refused(tally, claim, place, kinds, error, declared)
        return
    except Exception as error:  # noqa: BLE001 - to be told with the expression.
        tally.wrong.append(Wrong(claim.expression, place, kinds, None, "", f"{type(error).__name__}: {error}"))
        return
    tally.followed[place, kinds[0]] += 1
    for each in states:
        by_python = _truth_by_python(system.machine, declared, *each)
        values = _values(system, each[0])
        values += _values(system, each[1], system.primed) if len(each) > 1 else []
        by_z3 = _truth_by_z3(term, values)
        if by_z3 != (by_python is True):
            tally.wrong.append(Wrong(claim.expression + " : " + claim.text + f" {claim.constant!r}", place, kinds, dict(each[-1]), by_python, by_z3))
            return


def _refused(tally: Tally, claim: Claim, place: str, kinds: tuple[str, ...], error: UnsupportedError, declared: Declaration) -> None:
    tally.refused[place, kinds[0]] += 1
    tally.reasons[f"{'/'.join(kinds)}: {claim.expression}"] = error.message
    file, _, line = (error.place or "").rpartition(":")
    code = declared.function.__code__
    first = code.co_firstlineno
    if file != code.co_filename or not first <= int(line) <= first + 8:
        tally.wrong.append(Wrong(claim.expression, place, kinds, None, f"line {first}", f"{error.place}: {error.message}"))


def example(claim: Claim, kinds: tuple[str, ...], place: str) -> type:
    """A spec with a claim in a place; beside a constraint there is an invariant that says that nothing is ever given."""
    owner = "after" if place == "step property" else "self"
    body = _said(claim, 0, tuple(f"{owner}.{name}" for name in _NAMES))
    text = _head(kinds) + f"    @{place.replace(' ', '_')}\n    def told(self{', after' if place == 'step property' else ''}):\n{body}"
    if place == "constraint":
        last = KINDS[kinds[0]][-1] if KINDS[kinds[0]] else "2"
        text += f"    @invariant\n    def never(self):\n        return not self.v == {last}\n"
    namespace = namespace_of(text + "K = [None]\n")
    namespace["K"][:] = [claim.constant]
    found: type = namespace["Example"]
    return found


# Actions -------------------------------------------------------------------------------------------------------------------------------------------


def sweep_actions(kinds: tuple[str, ...], expressions: Iterable[str], tally: Tally, at_once: int = 8) -> None:
    """Expressions as guards, and as what an action assigns."""
    found = [each for each in (_probe(expression, kinds) for expression in expressions) if each is not None]
    for at in range(0, len(found), at_once):
        _sweep_probes(kinds, found[at : at + at_once], tally)


def _probe(expression: str, kinds: tuple[str, ...]) -> tuple[str, list[Claim]] | None:
    said = claims(expression, kinds)
    results = _results(expression, kinds)
    if not said or results is None:
        return None
    fine = [each for each in results if not isinstance(each, Exception)]
    stored = all(value_problem(each) is None for each in fine)
    return ("body" if stored else "guard"), said


def _sweep_probes(kinds: tuple[str, ...], probes: list[tuple[str, list[Claim]]], tally: Tally) -> None:
    while probes:
        names = tuple(f"self.{name}" for name in _NAMES)
        text = _head(kinds, len(probes))
        constants = []
        for at, (place, said) in enumerate(probes):
            claim = said[0]
            text += f"    @action\n    def probe{at}(self):\n"
            inner = claim.text.removesuffix(" == K").removesuffix(" == (1,)") if place == "body" else claim.text
            shown = Claim(claim.expression, inner, claim.constant)
            text += f"        def value():\n{_said(shown, at, names, '            ')}"
            text += f"        self.out{at} = value()\n" if place == "body" else f"        require(value())\n        self.out{at} = 1\n"
            constants.append(claim.constant)
        namespace = namespace_of(text + f"K = [None] * {len(probes)}\n")
        namespace["K"][:] = constants
        machine = machine_of(namespace["Example"]())
        try:
            system = System(machine)
        except UnsupportedError as error:
            at = _guilty(machine, error)
            if at is None:
                names_of_all = str([said[0].expression for _, said in probes])
                tally.wrong.append(Wrong(names_of_all, "action", kinds, None, "a line of it", f"{error.place}: {error.message}"))
                return
            place, said = probes.pop(at)
            _refused(tally, said[0], place, kinds, error, machine.find(f"probe{at}", machine.actions))
            continue
        except Exception as error:  # noqa: BLE001 - to be told with the expression.
            if len(probes) > 1:
                for each in probes:
                    _sweep_probes(kinds, [each], tally)
                return
            tally.wrong.append(Wrong(probes[0][1][0].expression, probes[0][0], kinds, None, "", f"{type(error).__name__}: {error}"))
            return
        for at, (place, said) in enumerate(probes):
            _compare_action(system, f"probe{at}", said[0], place, kinds, tally)
        return


def _guilty(machine: Machine, error: UnsupportedError) -> int | None:
    line = int((error.place or ":0").rpartition(":")[2])
    firsts = [(each.function.__code__.co_firstlineno, int(each.name[5:])) for each in machine.actions if each.name.startswith("probe")]
    before = [pair for pair in firsts if pair[0] <= line]
    return max(before)[1] if before else None


def _compare_action(system: System, name: str, claim: Claim, place: str, kinds: tuple[str, ...], tally: Tally) -> None:
    action = system.machine.find(name, system.machine.actions)
    tally.followed[place, kinds[0]] += 1
    everything, system.transitions = system.transitions, [each for each in system.transitions if each.action is action]
    try:
        for state in _states(system.machine):
            by_python = _outcomes(lambda state=state: [after for _, after in system.machine.outcomes(state, action)])
            by_z3 = _outcomes(lambda state=state: list(successors(system, state)))
            if by_python != by_z3:
                tally.wrong.append(Wrong(claim.expression, place, kinds, dict(state), by_python, by_z3))
                return
    finally:
        system.transitions = everything


def _outcomes(run: Callable[[], list[Any]]) -> Any:
    try:
        return {("raises" if isinstance(each, str) else identity(tuple(each.items()))) for each in run()}
    except ModelcheckError:
        return {"raises"}
