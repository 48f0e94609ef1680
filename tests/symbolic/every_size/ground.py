"""The formulas for every size, evaluated at one size by plain recursion: z3 only holds them.

Integers that a quantifier speaks of are tried from one below the least name to one above the greatest.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import z3

from modelcheck.spec import Machine, State
from modelcheck.symbolic.elements import Elements
from modelcheck.symbolic.encoding import encode
from modelcheck.symbolic.expansion import expand
from modelcheck.symbolic.names.system import NamesSystem
from modelcheck.symbolic.session import leaf_name
from modelcheck.symbolic.terms import TRUE
from modelcheck.symbolic.values.kinds import SymInt
from modelcheck.values import identity

OPERATORS = {
    z3.Z3_OP_LE: operator.le, z3.Z3_OP_LT: operator.lt, z3.Z3_OP_GE: operator.ge, z3.Z3_OP_GT: operator.gt,
    z3.Z3_OP_SUB: operator.sub, z3.Z3_OP_IDIV: operator.floordiv, z3.Z3_OP_MOD: operator.mod, z3.Z3_OP_XOR: operator.ne,
}  # fmt: skip
Tables = dict[str, dict[tuple[int, ...], Any]]


class World:
    """A system at one size, in one state.

    Args:
        system: The system.
        sizes: The sizes.
        state: The state, of the spec at that size.
    """

    def __init__(self, system: NamesSystem, sizes: Mapping[str, int], state: State) -> None:
        self.system = system
        self.sizes = sizes
        self.tables = tables_of(system, sizes, state)
        numbers = [value for table in self.tables.values() for value in table.values() if type(value) is int]
        numbers += [number for table in self.tables.values() for index in table for number in index]
        self.integers = range(-1, max([*sizes.values(), *numbers]) + 2)

    def true(self, term: Any, env: Mapping[str, Any] | None = None) -> Any:
        """What a term is."""
        return self._of(term, dict(env or {}))

    def _opened(self, term: Any, env: dict[str, Any]) -> tuple[list[Any], Any]:
        names = [z3.Const(f"!{len(env)}.{at}", term.var_sort(at)) for at in range(term.num_vars())]
        return names, z3.substitute_vars(term.body(), *reversed(names))

    def _domain(self, sort: Any) -> Sequence[Any]:
        if sort == z3.IntSort():
            return self.integers
        threshold = next(each for each in self.system.sizes.thresholds if each.sort == sort)
        count = self.sizes[str(threshold.size)]
        every = (set(each) for n in range(count + 1) for each in itertools.combinations(range(count), n))
        return [each for each in every if self.true(threshold.enough, {"?count": len(each)})]

    def _of(self, term: Any, env: dict[str, Any]) -> Any:
        if z3.is_quantifier(term):
            names, body = self._opened(term, env)
            every = itertools.product(*(self._domain(name.sort()) for name in names))
            values = (self._of(body, env | dict(zip(map(str, names), chosen, strict=True))) for chosen in every)
            return all(values) if term.is_forall() else any(values)
        if z3.is_int_value(term):
            return term.as_long()
        kind, children = term.decl().kind(), term.children()
        if kind == z3.Z3_OP_AND:
            return all(self._of(each, env) for each in children)
        if kind == z3.Z3_OP_OR:
            return any(self._of(each, env) for each in children)
        if kind == z3.Z3_OP_IMPLIES:
            return not self._of(children[0], env) or self._of(children[1], env)
        if kind == z3.Z3_OP_ITE:
            return self._of(children[1 if self._of(children[0], env) else 2], env)
        if kind == z3.Z3_OP_SELECT:
            return self._read(term, (), env)
        if kind == z3.Z3_OP_UNINTERPRETED:
            return self._named(term, children, env)
        return _calculated(kind, [self._of(each, env) for each in children])

    def _named(self, term: Any, children: list[Any], env: dict[str, Any]) -> Any:
        name = term.decl().name()
        if children:
            return self._of(children[0], env) in env[str(children[1])]
        if name in env:
            return env[name]
        return self.sizes[name] if name in self.sizes else self.tables[name][()]

    def _read(self, term: Any, index: tuple[int, ...], env: dict[str, Any]) -> Any:
        """What an array has at an index."""
        if z3.is_quantifier(term) and not term.is_lambda():
            return self._of(term, env)
        if not z3.is_quantifier(term) and not z3.is_array(term) and term.decl().kind() != z3.Z3_OP_SELECT:
            return self._of(term, env)
        if z3.is_quantifier(term):
            names, body = self._opened(term, env)
            inner = env | dict(zip(map(str, names), index, strict=False))
            return self._read(body, index[len(names) :], inner)
        kind = term.decl().kind()
        if kind == z3.Z3_OP_SELECT:
            return self._read(term.arg(0), (self._of(term.arg(1), env), *index), env)
        if kind == z3.Z3_OP_STORE:
            here = self._of(term.arg(1), env) == index[0]
            return self._read(term.arg(2), index[1:], env) if here else self._read(term.arg(0), index, env)
        if kind == z3.Z3_OP_ITE:
            return self._read(term.arg(1 if self._of(term.arg(0), env) else 2), index, env)
        if kind == z3.Z3_OP_CONST_ARRAY:
            return self._read(term.arg(0), index[1:], env)
        constant = self.system.leaves.all[term.decl().name()].constant
        return self.tables[term.decl().name()].get(index, _default(constant))

    def successors(self) -> Iterator[tuple[str, tuple[Any, ...], Tables | str]]:
        """All steps: the action, its arguments, and the tables after it, or that it raises."""
        for each in self.system.transitions:
            for chosen in itertools.product(self.integers, repeat=len(each.inputs)):
                env = dict(zip(map(str, each.inputs), chosen, strict=True))
                if not self.true(each.condition, env) or not self.true(self.system.bounds, env):
                    continue
                if each.error is not None:
                    yield each.action.name, (), "raises"
                    continue
                arguments = tuple((name, self.true(v.term, env) if isinstance(v, SymInt) else v) for name, v in each.arguments.items())
                yield each.action.name, arguments, {**self.tables, **{name: self._written(name, term, env) for name, term in each.writes.items()}}

    def _written(self, name: str, term: Any, env: dict[str, Any]) -> dict[tuple[int, ...], Any]:
        dimensions = _dimensions(self.system.leaves.all[name].constant)
        return {index: self._read(term, index, env) for index in itertools.product(self.integers, repeat=dimensions)}


def _calculated(kind: int, values: list[Any]) -> Any:
    if kind == z3.Z3_OP_TRUE:
        return True
    if kind == z3.Z3_OP_FALSE:
        return False
    if kind == z3.Z3_OP_NOT:
        return not values[0]
    if kind == z3.Z3_OP_ADD:
        return sum(values)
    if kind == z3.Z3_OP_MUL:
        return values[0] * values[1]
    if kind in (z3.Z3_OP_EQ, z3.Z3_OP_IFF):
        return values[0] == values[1]
    if kind == z3.Z3_OP_DISTINCT:
        return len(set(values)) == len(values)
    return OPERATORS[kind](*values)


def _dimensions(constant: Any) -> int:
    sort, found = constant.sort(), 0
    while isinstance(sort, z3.ArraySortRef):
        sort, found = sort.range(), found + 1
    return found


def _default(constant: Any) -> Any:
    sort = constant.sort()
    while isinstance(sort, z3.ArraySortRef):
        sort = sort.range()
    return False if sort == z3.BoolSort() else 0


def tables_of(system: NamesSystem, sizes: Mapping[str, int], state: State) -> Tables:
    """The leaves of a state at one size."""
    found: Tables = {name: {} for name in system.leaves.all}

    def put(index: tuple[int, ...], out: Mapping[str, Any]) -> None:
        for name, term in out.items():
            if name in found:
                simple = z3.simplify(term)
                found[name][index] = simple.as_long() if z3.is_int(simple) else z3.is_true(simple)

    for place in system.layout.places.values():
        for index in itertools.product(*(range(sizes[str(size)]) for size in place.sizes)):
            value = _inside(state, place.ways, index)
            if isinstance(place.held, Elements):
                _put_members(place.held, index, value, put)
            else:
                outside: list[Any] = []
                out: dict[str, Any] = {}
                encode(place.held.domain, [(TRUE, value)], place.held.path, out, outside)
                assert not outside, (place.held.path, value)
                put(index, out)
    return found


def _inside(state: State, ways: Sequence[Any], index: Sequence[int]) -> Any:
    left = iter(index)
    value: Any = state
    for way in ways:
        value = value[next(left) if way is None else way]
    return value


def _put_members(elements: Elements, index: tuple[int, ...], value: Any, put: Any) -> None:
    for element in elements.known.values():
        if not element.holes:
            put((), {leaf_name(elements, element): z3.BoolVal(False)})
    for each in value:
        whole = (*(SymInt(z3.IntVal(name)) for name in index), each) if index else each
        ((_, skeleton, holes),) = expand(whole, set(elements.wide), ())
        element = elements.known[identity(skeleton)]
        put(tuple(hole.as_long() for hole in holes), {leaf_name(elements, element): TRUE})


def normal(system: NamesSystem, sizes: Mapping[str, int], tables: Tables) -> Any:
    """Tables without what is false or 0 anyway, or at integers that are no names."""
    limits = {}
    for family in system.layout.families:
        limits |= {name: [sizes[str(size)] for size in family.sizes] for name in tables if name.startswith(family.path)}

    def is_said(name: str, index: tuple[int, ...]) -> bool:
        return name not in limits or all(0 <= at < most for at, most in zip(index, limits[name], strict=True))

    return {name: {index: value for index, value in table.items() if value and is_said(name, index)} for name, table in tables.items()}


def check_state(system: NamesSystem, sizes: Mapping[str, int], state: State, machine: Machine) -> int:
    """Compare the formulas with the spec's own code in one state, by the machine of that size; the number of steps."""
    world = World(system, sizes, state)
    assert world.true(system.axioms), "axioms"
    for declared in machine.properties:
        if declared.role.value == "invariant":
            own = machine.failing(declared, state) is None
            theirs = world.true(system.property_term(system.machine.find(declared.name, system.machine.properties)))
            assert own == theirs, (declared.name, sizes, state)
    ours = {(action, arguments, _hashed(system, sizes, after)) for action, arguments, after in world.successors()}
    wanted = set()
    for step, after in machine.successors(state):
        wanted.add((step.action, tuple(step.arguments.items()), _hashed(system, sizes, tables_of(system, sizes, after))))
    assert ours == wanted, (sizes, state, ours ^ wanted)
    return len(wanted)


def _hashed(system: NamesSystem, sizes: Mapping[str, int], tables: Tables | str) -> Any:
    if isinstance(tables, str):
        return tables
    return tuple((name, tuple(sorted(table.items()))) for name, table in sorted(normal(system, sizes, tables).items()))
