"""A symbolic session: the state as a run on symbolic values sees it, and what the run writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import z3

from modelcheck.errors import InternalError
from modelcheck.spec.choice import Disabled
from modelcheck.spec.run import options_of
from modelcheck.spec.shapes.shape import Shape
from modelcheck.symbolic import operators
from modelcheck.symbolic.domains import Discovery, Domain
from modelcheck.symbolic.elements import Element, Elements
from modelcheck.symbolic.encoding import Outside, encode, value_of
from modelcheck.symbolic.expansion import expand, filled, fitted
from modelcheck.symbolic.leaves import Leaves
from modelcheck.symbolic.paths import Paths
from modelcheck.symbolic.present import Present
from modelcheck.symbolic.sharing import Sharing
from modelcheck.symbolic.storing import check_stored
from modelcheck.symbolic.terms import FALSE, TRUE, UnsupportedError, conj, disj, is_false, neg, pick
from modelcheck.symbolic.values.kinds import SymInt, is_symbolic
from modelcheck.symbolic.values.merging import merge, settled
from modelcheck.symbolic.values.scalars import boolean, int_term, integer, truth
from modelcheck.values import identity, show

ONLY_ACTIONS = "Only actions change the state. Compute what is needed in local variables."
"""The remedy where a property or constraint changes the state."""


class Cell:
    """One place of the state.

    Attributes:
        path: Where it is, as Python text.
        domain: What it can hold.
        changed_in: The last round in which it could hold something new.
    """

    def __init__(self, path: str, domain: Domain) -> None:
        self.path = path
        self.changed_in = 0
        self.domain = domain


Used = Cell | Elements | tuple[Elements, Any, Any]


def leaf_name(elements: Elements, element: Element) -> str:
    """The name of the leaf, or the start of the names of the leaves, of an element of a collection."""
    return f"{elements.path}[{show(element.skeleton)}]"


class Session:
    """The state as one run sees it.

    Attributes:
        leaves: The leaves of the state.
        written: What the run wrote to cells.
        kept: What the run wrote to elements of collections, by collection and identity of the skeleton.
        search: The search for domains that the writes of this run go to, if one is under way.
        used: The places that the run read or wrote: cells, collections as a whole, and elements of them by their keys and skeletons.
        at_begin: What undoes changes to the views, called when the next run begins.
        sharing: Which objects have two names in this run.
        assigned: The record that a slot refers to now, where the run assigned one.
    """

    def __init__(self, leaves: Leaves) -> None:
        self.leaves = leaves
        self.written: dict[Cell, Any] = {}
        self.kept: dict[Elements, dict[Any, Any]] = {}
        self.search: Discovery | None = None
        self.used: set[Used] = set()
        self.at_begin: list[Callable[[], None]] = []
        self.sharing = Sharing()
        self.assigned: dict[Any, Any] = {}
        self._outside: list[Outside] = []
        self._containers: dict[Cell, tuple[Shape, Any]] = {}
        self._values: dict[Cell, Any] = {}
        self._elements: dict[Elements, dict[Any, Any]] = {}

    def begin(self) -> None:
        """Start a run."""
        for restore in reversed(self.at_begin):
            restore()
        self.at_begin = []
        self.written = {}
        self.kept = {}
        self.used = set()
        self._containers = {}
        self.sharing = Sharing()
        self.assigned = {}
        self._outside = []

    # Cells ------------------------------------------------------------------------------------------------------------------------------------

    def read(self, cell: Cell) -> Any:
        """The value in a cell; where all values are listed, the run takes one of them."""
        self.used.add(cell)
        value = self.after(cell)
        return settled(value) if cell.domain.closed else value

    def after(self, cell: Cell) -> Any:
        """The value in a cell by now."""
        return self.written[cell] if cell in self.written else self.before(cell)

    def before(self, cell: Cell) -> Any:
        """The value in a cell when the run begins."""
        if cell not in self._values:
            self._values[cell] = value_of(cell.domain, cell.path, self.leaves)
        return self._values[cell]

    def container(self, cell: Cell, shape: Shape) -> Any:
        """The container in a cell whose values are all listed, as an ordinary one."""
        known = self._containers.get(cell)
        if known is not None:
            return known[1]
        made = shape.thaw(self.read(cell), {})
        if Present.paths.is_outermost():  # Elsewhere it is one of several, and only looked at.
            self._containers[cell] = (shape, made)
        return made

    def replace(self, cell: Cell, shape: Shape, container: Any) -> None:
        """Put another container into such a cell."""
        Present.paths.act(f"changes {cell.path}", ONLY_ACTIONS)
        shape.expect(container)
        self._containers[cell] = (shape, container)

    def close_containers(self) -> None:
        """Write what the run made of its ordinary containers."""
        for cell, (shape, container) in self._containers.items():
            if isinstance(container, dict):
                for key, value in list(container.items()):
                    container[key] = settled(value)
            self.written[cell] = shape.freeze(container, {})

    def write(self, cell: Cell, value: Any) -> None:
        """Put a value into a cell."""
        Present.paths.act(f"changes {cell.path}", ONLY_ACTIONS)
        self.used.add(cell)
        self.sharing.check_change(cell)
        if isinstance(value, list) and is_symbolic(value):
            raise UnsupportedError(f"{cell.path} was given a list", remedy="Store a tuple.")
        self.written[cell] = check_stored(value, cell.path)

    # Elements ---------------------------------------------------------------------------------------------------------------------------------

    def prepare(self, elements: Elements) -> None:
        """Make the leaves of a collection."""
        found = self._elements[elements] = {}
        for element in elements.ordered():
            name = leaf_name(elements, element)
            key = element.key
            if element.domain is None:
                if element.holes:
                    found[key] = self.leaves.array(name, element.holes, z3.BoolVal(False), name)
                else:
                    found[key] = self.leaves.boolean(name, f"{show(element.skeleton)} in {elements.path}")
            elif not element.holes:
                found[key] = value_of(element.domain, name, self.leaves)
            elif elements.default == 0:
                found[key] = self.leaves.array(name, element.holes, z3.IntVal(0), name)
            else:
                raise UnsupportedError(
                    f"the keys of {elements.path} hold unbounded integers",
                    remedy="Bound them by a constraint, or use a set of pairs.",
                    about=elements.path,
                )

    def content(self, elements: Elements, key: Any) -> Any:
        """What is kept for the elements of one skeleton: a term for a set, a value for others, an array if there are holes."""
        return self.kept.get(elements, {}).get(key, self._elements[elements][key])

    def look_up(self, elements: Elements, value: Any) -> Any:
        """What is kept for an element: a truth value for a set."""
        options = []
        absent: list[z3.BoolRef] = []
        for guard, key, holes in self._places(elements, value):
            if key is None:
                absent.append(guard)
            else:
                options.append((guard, self._selected(elements, key, holes)))
        options += [(guard, elements.default) for guard in absent]
        return merge(options)

    def _places(self, elements: Elements, value: Any) -> list[tuple[z3.BoolRef, Any, list[Any]]]:
        """Which of the known elements a value can be: condition, key and the terms in the holes; without a key, that it is none."""
        found: list[tuple[z3.BoolRef, Any, list[Any]]] = []
        for guard, skeleton, holes in expand(value, set(elements.wide), ()):
            key = identity(skeleton)
            self.used.add((elements, key, skeleton))
            equal = elements.equal_to(skeleton)
            if key in elements.known and equal in ([], [key]):
                found.append((guard, key, holes))
                continue
            if equal:
                found += [(conj(guard, one), equal_key, holes) for one, equal_key in self._present_one(elements, equal, holes)]
                continue
            fits: list[z3.BoolRef] = []
            for element in self.listed(elements) if holes else ():
                fit = fitted(skeleton, iter(holes), element.skeleton)
                if fit is not None:
                    fits.append(fit[0])
                    found.append((conj(guard, fit[0]), element.key, fit[1]))
            found.append((conj(guard, neg(disj(*fits))), None, []))
        return [each for each in found if not is_false(each[0])]

    def _present_one(self, elements: Elements, keys: list[Any], holes: list[Any]) -> list[tuple[z3.BoolRef, Any]]:
        """Which of several elements is in the collection, that are equal though of different types: of these there is one at the most."""
        self.used.update((elements, key, elements.known[key].skeleton) for key in keys)
        found = [(self.present(elements, elements.known[key], holes), key) for key in keys[:-1]]
        return [*found, (neg(disj(*(one for one, _ in found))), keys[-1])]

    def _selected(self, elements: Elements, key: Any, holes: Iterable[Any]) -> Any:
        content = self.content(elements, key)
        if not elements.known[key].holes:
            return boolean(content) if elements.default is False else content
        terms = list(holes)
        for hole in terms:
            content = z3.Select(content, hole)
        if elements.default is not False:
            return integer(content)
        return boolean(conj(elements.known[key].within(terms), content))

    def keep(self, elements: Elements, value: Any, kept: Any) -> None:
        """Keep something for an element: True or False in a set."""
        Present.paths.act(f"changes {elements.path}", ONLY_ACTIONS)
        self.sharing.check_change(elements)
        if kept is not False:
            check_stored(value, f"an element of {elements.path}")
            if kept is not elements.default:
                check_stored(kept, elements.path)
        if self.search is not None and not (elements.default is False and kept is False):
            self._discover(elements, value, kept)
        self._check_equal(elements, value)
        for guard, key, holes in self._places(elements, value):
            if key is None:
                added = truth(kept) if elements.default is False else FALSE if kept is elements.default else TRUE
                self._outside.append((conj(guard, added), elements.path))
                continue
            new = self._stored(elements, key, list(holes), guard, kept)
            self.kept.setdefault(elements, {})[key] = new

    def _check_equal(self, elements: Elements, value: Any) -> None:
        """Make sure that what is kept is no element equal to another one of another type: a set that has 1 does not take 1.0."""
        for guard, skeleton, _ in expand(value, set(elements.wide), ()):
            others = [key for key in elements.equal_to(skeleton) if key != identity(skeleton)]
            if others and Present.paths.feasible(guard):
                other = elements.known[others[0]].skeleton
                raise UnsupportedError(
                    f"{elements.path} can have {show(skeleton)} and {show(other)}, which are equal and of different types",
                    remedy="Let its elements be of one type.",
                    about=elements.path,
                )

    def _stored(self, elements: Elements, key: Any, holes: list[Any], guard: z3.BoolRef, kept: Any) -> Any:
        content = self.content(elements, key)
        if holes:
            term = truth(kept) if elements.default is False else int_term(kept)
            return pick(guard, _store(content, holes, term), content)
        if elements.default is False:
            return pick(guard, truth(kept), content)
        return merge([(guard, kept), (neg(guard), content)])

    def _discover(self, elements: Elements, value: Any, kept: Any) -> None:
        assert self.search is not None
        changes = len(self.search.changed)
        elements.join(value, kept, TRUE, self.search)
        if len(self.search.changed) > changes:
            self.kept.pop(elements, None)
            self.prepare(elements)

    def present(self, elements: Elements, element: Element, holes: list[Any]) -> z3.BoolRef:
        """The condition under which an element is in the collection."""
        self.used.add((elements, element.key, element.skeleton))
        found = self._selected(elements, element.key, holes)
        if elements.default is False:
            return truth(found)
        if elements.default == 0 and not isinstance(elements.default, bool):
            return truth(found > 0)
        return neg(truth(operators.identical(found, elements.default)))

    def element(self, element: Element, holes: list[Any]) -> Any:
        """The element as a value."""
        return filled(element.skeleton, iter([SymInt(hole) for hole in holes]))

    def listed(self, elements: Elements) -> list[Element]:
        """All elements of a collection."""
        self.used.add(elements)
        return elements.ordered()

    # Effects ----------------------------------------------------------------------------------------------------------------------------------

    def join_writes(self, search: Discovery) -> None:
        """Add what the run wrote to the domains."""
        for cell, value in self.written.items():
            changes = len(search.changed)
            try:
                cell.domain.join([(TRUE, value)], search, cell.path)
            except UnsupportedError as error:
                error.about = error.about or cell.path
                raise
            if len(search.changed) > changes:
                cell.changed_in = search.round

    def effect(self) -> dict[str, Any]:
        """The leaves that the run wrote, and their terms.

        Raises:
            InternalError: if the domains do not contain what it wrote.
        """
        out: dict[str, Any] = {}
        outside = self._outside
        for cell, value in self.written.items():
            encode(cell.domain, [(TRUE, value)], cell.path, out, outside)
        for elements, kept in self.kept.items():
            for key, content in kept.items():
                element = elements.known[key]
                name = leaf_name(elements, element)
                if element.domain is None or element.holes:
                    out[name] = content
                else:
                    encode(element.domain, [(TRUE, content)], name, out, outside)
        for guard, path in outside:
            if Present.paths.feasible(guard):
                raise InternalError(f"{path} is given a value that is not in its domain")
        return {name: term for name, term in out.items() if name in self.leaves.all}


def _store(array: Any, holes: list[Any], term: Any) -> Any:
    if len(holes) == 1:
        return z3.Store(array, holes[0], term)
    return z3.Store(array, holes[0], _store(z3.Select(array, holes[0]), holes[1:], term))


class SymbolicChooser:
    """Takes every option on a path of its own.

    Attributes:
        picked: The values taken, in order.
    """

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self.picked: list[Any] = []

    def pick(self, options: Iterable[Any]) -> Any:
        """See `modelcheck.spec.choice.Chooser`."""
        chosen = self._pick(options)
        self.picked.append(chosen)
        return chosen

    def _pick(self, options: Any) -> Any:
        by_itself: Callable[[Paths], Any] | None = getattr(options, "__symbolic_pick__", None)
        if by_itself is not None:
            return by_itself(self._paths)
        guarded = operators.picked_of(options)
        if guarded is None:
            listed = list(options) if not isinstance(options, (list, tuple)) else options
            if not is_symbolic(list(listed)):
                found = options_of(
                    options if not isinstance(listed, list) else listed if not hasattr(options, "__len__") else options
                )
                return self._paths.branch(found, identity)
            guarded = [(TRUE, each) for each in listed]
        if not guarded:
            raise Disabled
        guard, value = self._paths.branch(guarded)
        self._paths.assume(guard)
        return value
