"""States as leaves and back: what the leaves are in a state, and which state they stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import z3

from modelcheck.spec import Machine, State
from modelcheck.spec.shapes.shape import (
    AliasShape,
    BagShape,
    MapShape,
    RecordShape,
    SetShape,
    Shape,
    TableShape,
    variables,
)
from modelcheck.symbolic.elements import Element, Elements
from modelcheck.symbolic.encoding import decode, encode
from modelcheck.symbolic.expansion import expand, filled
from modelcheck.symbolic.leaves import Leaf, Leaves
from modelcheck.symbolic.session import leaf_name
from modelcheck.symbolic.terms import FALSE, TRUE, conj, is_false, is_true, neg
from modelcheck.symbolic.views.layout import SymbolicLayout
from modelcheck.values import Bag, FrozenDict, FrozenRecord, OrderedFrozenSet, identity, order_key


class States:
    """The states of a machine over given leaves.

    Args:
        machine: The machine.
        layout: Its cells and collections.
        leaves: The leaves that they are laid out over.
    """

    def __init__(self, machine: Machine, layout: SymbolicLayout, leaves: Leaves) -> None:
        self.machine = machine
        self.layout = layout
        self.leaves = leaves

    def encode(self, state: State) -> dict[str, Any]:
        """The leaves of a state; those that are not named are at their defaults.

        Raises:
            KeyError: if the state is outside of the domains.
        """
        out: dict[str, Any] = {}
        for shape, value in variables(self.machine.shape, state):
            if id(shape) in self.layout.cells:
                cell = self.layout.cells[id(shape)]
                encode(cell.domain, [(TRUE, value)], cell.path, out, [])
                if identity(decode(cell.domain, cell.path, _reader(out))) != identity(value):
                    raise KeyError(cell.path)
                continue
            self._encode_elements(self.layout.collections[id(shape)], pairs_of(shape, value), out)
        return {name: term for name, term in out.items() if name in self.leaves.all}

    def _encode_elements(self, elements: Elements, pairs: list[tuple[Any, Any]], out: dict[str, Any]) -> None:
        for value, kept in pairs:
            for _, skeleton, holes in expand(value, set(elements.wide), ()):
                element = elements.known[identity(skeleton)]
                name = leaf_name(elements, element)
                if element.holes:
                    array = out.get(name, self.leaves.all[name].default)
                    out[name] = _stored(
                        array, holes, z3.BoolVal(kept) if elements.default is False else z3.IntVal(kept)
                    )
                elif element.domain is None:
                    out[name] = TRUE
                else:
                    encode(element.domain, [(TRUE, kept)], name, out, [])

    def state_term(self, state: State) -> z3.BoolRef:
        """That the state is the given one."""
        leaves = self.encode(state)
        return conj(*(_equals(leaf.constant, leaves.get(name, leaf.default)) for name, leaf in self.leaves.all.items()))

    def decode(self, read: Callable[[Leaf], Any]) -> State:
        """The state that the leaves have in a model."""

        def by_name(name: str) -> Any:
            return read(self.leaves.all[name])

        fields = self.machine.shape.fields
        return State(
            {name: self._decode(shape, by_name) for name, shape in fields.items() if not isinstance(shape, AliasShape)}
        )

    def _decode(self, shape: Shape, read: Callable[[str], Any]) -> Any:
        if isinstance(shape, RecordShape):
            return FrozenRecord(
                shape.cls.__name__,
                {n: self._decode(each, read) for n, each in shape.fields.items() if not isinstance(each, AliasShape)},
            )
        if isinstance(shape, MapShape):
            return FrozenDict(
                {k: self._decode(each, read) for k, each in shape.items.items() if not isinstance(each, AliasShape)}
            )
        if id(shape) in self.layout.cells:
            cell = self.layout.cells[id(shape)]
            return decode(cell.domain, cell.path, read)
        elements = self.layout.collections[id(shape)]
        pairs = [pair for element in elements.ordered() for pair in self._decode_element(elements, element, read)]
        if isinstance(shape, SetShape):
            return OrderedFrozenSet(value for value, _ in pairs)
        items = dict(sorted(pairs, key=lambda pair: order_key(pair[0])))
        return Bag(items) if isinstance(shape, BagShape) else FrozenDict(items)

    def _decode_element(
        self, elements: Elements, element: Element, read: Callable[[str], Any]
    ) -> list[tuple[Any, Any]]:
        name = leaf_name(elements, element)
        if element.holes:
            found = read(name)
            return [(filled(element.skeleton, iter(holes)), kept) for holes, kept in found if kept]
        if element.domain is None:
            return [(element.skeleton, True)] if read(name) else []
        kept = decode(element.domain, name, read)
        return (
            []
            if kept is elements.default or (kept == 0 and elements.default == 0 and type(kept) is int)
            else [(element.skeleton, kept)]
        )


def pairs_of(shape: Shape, value: Any) -> list[tuple[Any, Any]]:
    """The elements of a collection in a state, with what is kept for each."""
    if isinstance(shape, SetShape):
        return [(element, True) for element in value]
    assert isinstance(shape, (BagShape, TableShape))
    return list(value.items())


def _stored(array: Any, holes: list[Any], term: Any) -> Any:
    if len(holes) == 1:
        return z3.Store(array, holes[0], term)
    return z3.Store(array, holes[0], _stored(z3.Select(array, holes[0]), holes[1:], term))


def _equals(constant: Any, value: Any) -> z3.BoolRef:
    if is_true(value):
        return constant
    return neg(constant) if is_false(value) else constant == value


def _reader(out: Mapping[str, Any]) -> Callable[[str], Any]:
    def read(name: str) -> Any:
        term = out.get(name, FALSE)
        return term.as_long() if z3.is_int_value(term) else is_true(term)

    return read
