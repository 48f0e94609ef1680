"""Values of a domain as leaves, and back.

Which kind of value it is are boolean leaves, at most one of which is true; none is where it is of the first kind. Each kind has leaves of its own,
which are at their defaults where it is of another one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import z3

from modelcheck.symbolic.domains import Domain, expanded, members_of
from modelcheck.symbolic.leaves import Leaves
from modelcheck.symbolic.terms import FALSE, TRUE, Guarded, conj, disj, is_false, is_true, neg, pick
from modelcheck.symbolic.values.equality import same
from modelcheck.symbolic.values.kinds import SymBool, SymInt, SymSet, SymUnion, is_compared_by_fields, rebuilt
from modelcheck.symbolic.values.scalars import boolean
from modelcheck.symbolic.values.sets import distinct_items
from modelcheck.values import OrderedFrozenSet, identity, order_key, show

Outside = tuple[z3.BoolRef, str]
_MOST_IN_PAIRS = 30


def _kinds(domain: Domain) -> list[tuple[Any, ...]]:
    if domain.closed:
        return [("atom", key) for key in domain.atoms]
    truths = [key for key, value in domain.atoms.items() if type(value) is bool]
    found: list[tuple[Any, ...]] = [("atom", key) for key in domain.atoms if len(truths) < 2 or key not in truths]  # noqa: PLR2004 - both.
    if len(truths) == 2:  # noqa: PLR2004 - both.
        found.append(("truth",))
    if domain.wide:
        found.append(("integer",))
    found += [("tuple", length) for length in sorted(domain.lengths)]
    found += [("record", cls) for cls in domain.records]
    return [*found, ("set",)] if domain.universe is not None else found


def _kind(domain: Domain, value: Any) -> tuple[Any, ...]:
    if isinstance(value, SymBool):
        return ("truth",)
    if isinstance(value, SymInt) or (type(value) is int and domain.wide):
        return ("integer",)
    if type(value) is tuple:
        return ("tuple", len(value))
    if is_compared_by_fields(value):
        return ("record", type(value))
    if isinstance(value, (frozenset, SymSet)):
        return ("set",)
    if type(value) is bool and sum(type(each) is bool for each in domain.atoms.values()) == 2:  # noqa: PLR2004 - both.
        return ("truth",)
    return ("atom", identity(value))


def _tags(domain: Domain, path: str, leaves: Leaves) -> list[Any]:
    """The condition of each kind: the first is what is left when no other is."""
    kinds = _kinds(domain)
    rest = [leaves.boolean(f"{path}#{at}", _tag_text(domain, kind, path)) for at, kind in enumerate(kinds) if at]
    return [conj(*(neg(each) for each in rest)), *rest] if kinds else []


def _tag_text(domain: Domain, kind: tuple[Any, ...], path: str) -> str:
    if kind[0] == "atom":
        value = domain.atoms[kind[1]]
        return (
            f"{path} is {show(value)}"
            if value is None or not isinstance(value, (int, str, float))
            else f"{path} == {show(value)}"
        )
    if kind[0] == "tuple":
        return f"len({path}) == {kind[1]}"
    name = kind[1].__name__ if kind[0] == "record" else kind[0]
    return f"{path} is {'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def value_of(domain: Domain, path: str, leaves: Leaves, used: z3.BoolRef = TRUE) -> Any:
    """The symbolic value that the leaves stand for; where it is not used, they are at their defaults."""
    kinds = _kinds(domain)
    tags = _tags(domain, path, leaves)
    _tag_axioms(tags[1:], used, leaves)
    conditions = dict(zip(kinds, tags, strict=True))
    positions = [
        value_of(
            part,
            f"{path}[{at}]",
            leaves,
            conj(used, disj(*(tag for kind, tag in conditions.items() if kind[0] == "tuple" and kind[1] > at))),
        )
        for at, part in enumerate(domain.positions)
    ]
    options = [
        (tag, _value(domain, kind, path, leaves, conj(used, tag), positions)) for kind, tag in conditions.items()
    ]
    return options[0][1] if len(options) == 1 else SymUnion(_together(options))


def _tag_axioms(tags: list[Any], used: z3.BoolRef, leaves: Leaves) -> None:
    if len(tags) > _MOST_IN_PAIRS:
        leaves.axioms.append(z3.AtMost(*tags, 1))
    else:
        leaves.axioms += [z3.Or(neg(one), neg(other)) for at, one in enumerate(tags) for other in tags[:at]]
    if not is_true(used):
        leaves.axioms += [z3.Or(used, neg(tag)) for tag in tags]


def _value(domain: Domain, kind: tuple[Any, ...], path: str, leaves: Leaves, used: z3.BoolRef, positions: list[Any]) -> Any:
    if kind[0] == "atom":
        return domain.atoms[kind[1]]
    if kind[0] == "tuple":
        return tuple(positions[: kind[1]])
    if kind[0] == "record":
        fields = domain.records[kind[1]]
        return rebuilt(
            object.__new__(kind[1]),
            {name: value_of(part, f"{path}.{name}", leaves, used) for name, part in fields.items()},
        )
    if kind[0] == "set":
        assert domain.universe is not None
        items = [
            (leaves.boolean(f"{path}<{show(member)}>", f"{show(member)} in {path}"), member)
            for member in _ordered_universe(domain)
        ]
        found: Any = SymSet(items)
        constants = [guard for guard, _ in items]
    else:
        constant = leaves.boolean(f"{path}?", path) if kind[0] == "truth" else leaves.integer(f"{path}=", path)
        found = boolean(constant) if kind[0] == "truth" else SymInt(constant)
        constants = [constant]
        if kind[0] == "integer":
            leaves.axioms += [z3.Or(neg(used), each) for each in _bounds(domain, constant)]
    if not is_true(used):
        leaves.axioms += [z3.Or(used, each == (FALSE if z3.is_bool(each) else 0)) for each in constants]
    return found


def _bounds(domain: Domain, constant: Any) -> list[z3.BoolRef]:
    lower = [] if domain.least is None else [constant >= domain.least]
    upper = [constant < size for size in domain.below]
    return [*lower, *upper] if domain.greatest is None else [*lower, constant <= domain.greatest, *upper]


def _ordered_universe(domain: Domain) -> list[Any]:
    assert domain.universe is not None
    return sorted(domain.universe.values(), key=order_key)


def encode(
    domain: Domain, options: list[Guarded], path: str, out: dict[str, Any], outside: list[Outside]
) -> None:
    """The leaves of a value that is one of the options, or not used where none of the conditions is true.

    Args:
        domain: What the place can hold.
        options: The options, each with its condition.
        path: Where the value is.
        out: Gets the leaves.
        outside: Gets the conditions under which the value is none that the domain knows, with the place.
    """
    if domain.closed:
        _encode_atom(domain, options, path, out, outside)
        return
    kinds = _kinds(domain)
    both = ("truth",) in kinds
    flat = [(guard, value) for guard, value in expanded(options, both) if not is_false(guard)]
    by_kind: dict[tuple[Any, ...], list[Guarded]] = {}
    for guard, value in flat:
        by_kind.setdefault(_kind(domain, value), []).append((guard, value))
    outside += [(guard, path) for kind in by_kind.keys() - set(kinds) for guard, _ in by_kind[kind]]
    for at, kind in enumerate(kinds):
        group = by_kind.get(kind, [])
        if at:
            out[f"{path}#{at}"] = disj(*(guard for guard, _ in group))
        _encode(domain, kind, group, path, out, outside)
    for at, part in enumerate(domain.positions):
        encode(
            part,
            [(guard, value[at]) for guard, value in flat if type(value) is tuple and len(value) > at],
            f"{path}[{at}]",
            out,
            outside,
        )


def _encode(
    domain: Domain, kind: tuple[Any, ...], group: list[Guarded], path: str, out: dict[str, Any], outside: list[Outside]
) -> None:
    if kind[0] == "truth":
        out[f"{path}?"] = disj(
            *(
                conj(guard, value.term if isinstance(value, SymBool) else z3.BoolVal(value))
                for guard, value in group
            )
        )
    elif kind[0] == "integer":
        term: Any = z3.IntVal(0)
        for guard, value in reversed(group):
            term = pick(guard, value.term if isinstance(value, SymInt) else z3.IntVal(value), term)
        out[f"{path}="] = term
    elif kind[0] == "record":
        for name, part in domain.records[kind[1]].items():
            encode(part, [(guard, getattr(value, name)) for guard, value in group], f"{path}.{name}", out, outside)
    elif kind[0] == "set":
        assert domain.universe is not None
        sets = [(guard, distinct_items(SymSet(members_of(value, path)))) for guard, value in group]
        outside += [
            (conj(guard, condition), path)
            for guard, each in sets
            for condition, one in each
            if identity(one) not in domain.universe
        ]
        for one in _ordered_universe(domain):
            there = [conj(guard, g) for guard, each in sets for g, value in each if identity(value) == identity(one)]
            out[f"{path}<{show(one)}>"] = disj(*there)


def _encode_atom(
    domain: Domain, options: list[Guarded], path: str, out: dict[str, Any], outside: list[Outside]
) -> None:
    """The leaves of a value where all are listed: which of those in the list it is."""
    cases = [[conj(guard, same(value, atom)) for guard, value in options] for atom in domain.atoms.values()]
    for at, case in enumerate(cases):
        if at:
            out[f"{path}#{at}"] = disj(*case)
    outside += [(conj(guard, *(neg(case[at]) for case in cases)), path) for at, (guard, _) in enumerate(options)]


def decode(domain: Domain, path: str, read: Callable[[str], Any]) -> Any:
    """The value that the leaves have in a model."""
    kinds = _kinds(domain)
    kind = next((kinds[at] for at in range(1, len(kinds)) if read(f"{path}#{at}")), kinds[0])
    if kind[0] == "atom":
        return domain.atoms[kind[1]]
    if kind[0] == "tuple":
        return tuple(decode(part, f"{path}[{at}]", read) for at, part in enumerate(domain.positions[: kind[1]]))
    if kind[0] == "record":
        fields = {name: decode(part, f"{path}.{name}", read) for name, part in domain.records[kind[1]].items()}
        return rebuilt(object.__new__(kind[1]), fields)
    if kind[0] == "set":
        return OrderedFrozenSet(member for member in _ordered_universe(domain) if read(f"{path}<{show(member)}>"))
    return read(f"{path}?" if kind[0] == "truth" else f"{path}=")


def _together(options: list[Guarded]) -> list[Guarded]:
    found: list[Guarded] = []
    for guard, value in options:
        if isinstance(value, SymUnion):
            found += [(conj(guard, g), v) for g, v in value.alternatives]
        else:
            found.append((guard, value))
    return found
