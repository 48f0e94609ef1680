"""What lemmas are made of: conditions on the state and on some names, as Python text.

For each place of the state the values that it can have, for each set whether something is in it, comparisons of names and
numbers, and what the spec's own guards say of all names or of a majority. An atom is text: it is run by Python in enumerated
states, followed symbolically for the proof, and printed. So what is proved, what was looked at and what is shown cannot differ.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, TypeGuard

import attrs
from attrs import define, field, frozen

from modelcheck.spec import Declaration, Role
from modelcheck.symbolic.domains import Domain
from modelcheck.symbolic.elements import ZERO, Element, Elements
from modelcheck.symbolic.expansion import HOLE
from modelcheck.symbolic.names.layout import Place
from modelcheck.symbolic.names.system import NamesSystem

_BOTH = 2
_MOST_ATOMS = 110


@frozen
class Variable:
    """A name that a lemma speaks of.

    Attributes:
        name: What it is called.
        size: The constant that says how many there are.
    """

    name: str
    size: str


def variables_of(numbers: Mapping[str, int]) -> list[Variable]:
    """So many variables for each size: ``node``, ``node2``."""
    found = []
    for size, many in numbers.items():
        stem = size.removesuffix("s") if len(size) > _BOTH else f"{size}_name"
        found += [Variable(stem if at == 0 else f"{stem}{at + 1}", size) for at in range(many)]
    return found


@define
class _Number:
    """An integer in the state, as text.

    Attributes:
        text: The expression.
        guards: When it is there.
        size: The size that it is below, if it is a name.
        ordered: Whether it can be less than all names.
    """

    text: str
    guards: tuple[str, ...]
    size: str | None
    ordered: bool


@define
class Vocabulary:
    """The atoms on some variables.

    Args:
        system: The system.
        variables: The variables.

    Attributes:
        atoms: The atoms.
        classes: The classes that they name.
    """

    system: NamesSystem
    variables: Sequence[Variable]
    atoms: list[str] = field(factory=list)
    classes: dict[str, type] = field(factory=dict)
    _numbers: list[_Number] = field(factory=list)
    _words: list[list[str]] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        found: dict[str, None] = {}
        for place in self.system.layout.places.values():
            found |= dict.fromkeys(self._of_place(place))
        found |= dict.fromkeys(self._of_guards())
        found |= dict.fromkeys(self._of_numbers())
        found |= dict.fromkeys(f"{one.name} == {other.name}" for one, other in self._pairs())
        self.atoms = list(found)[:_MOST_ATOMS]

    @property
    def words(self) -> list[list[str]]:
        """The atoms, each taken apart into its words and what is between them."""
        if not self._words:
            self._words = [re.findall(r"\w+|==|\W", each) for each in self.atoms]
        return self._words

    def _of_size(self, size: str) -> list[str]:
        return [each.name for each in self.variables if each.size == size]

    def _pairs(self) -> Iterator[tuple[Variable, Variable]]:
        return ((one, other) for one, other in itertools.combinations(self.variables, 2) if one.size == other.size)

    # Places -----------------------------------------------------------------------------------------------------------------------------------

    def _of_place(self, place: Place) -> Iterator[str]:
        for names in itertools.product(*(self._of_size(str(size)) for size in place.sizes)):
            text = _text_of(place.ways, names)
            if isinstance(place.held, Elements):
                for element in place.held.ordered():
                    yield from self._of_element(element, text, names)
            else:
                yield from self._of_value(place.held.domain, text, ())

    def _of_value(self, domain: Domain, text: str, guards: tuple[str, ...]) -> Iterator[str]:
        atoms = list(domain.atoms.values())
        truths = [each for each in atoms if type(each) is bool]
        kinds = len(atoms) - (len(truths) == _BOTH) + domain.wide + len(domain.lengths) + len(domain.records)
        if len(truths) == _BOTH:
            yield _all_of(*guards, text if kinds == 1 else f"{text} is True")
            atoms = [each for each in atoms if type(each) is not bool]
        if kinds > 1:
            yield from (_all_of(*guards, self._compared(text, each)) for each in atoms)
        inner = (*guards, f"{text} is not None") if None in atoms else guards
        if domain.wide:
            size = str(domain.below[0]) if domain.below else None
            self._numbers.append(_Number(text, inner, size, domain.least is None or domain.least < 0))
        for at, part in enumerate(domain.positions):
            yield from self._of_value(part, f"{text}[{at}]", inner)
        for cls, fields in domain.records.items():
            self.classes[cls.__name__] = cls
            known = (*inner, f"isinstance({text}, {cls.__name__})") if len(domain.records) > 1 else inner
            for name, part in fields.items():
                yield from self._of_value(part, f"{text}.{name}", known)

    def _compared(self, text: str, value: Any) -> str:
        literal = self._literal(value)
        return f"{text} is {literal}" if value is None or isinstance(value, (bool, Enum)) else f"{text} == {literal}"

    def _literal(self, value: Any) -> str:
        if isinstance(value, Enum):
            self.classes[type(value).__name__] = type(value)
            return f"{type(value).__name__}.{value.name}"
        return repr(value)

    # Sets -------------------------------------------------------------------------------------------------------------------------------------

    def _of_element(self, element: Element, text: str, names: tuple[str, ...]) -> Iterator[str]:
        """Whether an element is in a set, with names in its holes."""
        choices: list[list[str]] = [[name] for name in names]
        for bounds in element.bounds[len(names) :]:
            size = next((str(each) for each in bounds if each is not ZERO), None)
            choices.append(self._of_size(size) if size is not None else [])
        for chosen in itertools.product(*choices):
            shown = self._element(element.skeleton, iter(chosen), outermost=bool(names))
            yield f"{shown} in {text}"

    def _element(self, skeleton: Any, names: Iterator[str], *, outermost: bool = False) -> str:
        if skeleton is HOLE:
            return next(names)
        if type(skeleton) is tuple:
            parts = [self._element(each, names) for each in skeleton]
            return parts[-1] if outermost else f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
        if attrs.has(type(skeleton)) and not isinstance(skeleton, Enum):
            self.classes[type(skeleton).__name__] = type(skeleton)
            shown = (f"{each.alias}={self._element(getattr(skeleton, each.name), names)}" for each in attrs.fields(type(skeleton)))
            return f"{type(skeleton).__name__}({', '.join(shown)})"
        return self._literal(skeleton)

    # Numbers ----------------------------------------------------------------------------------------------------------------------------------

    def _of_numbers(self) -> Iterator[str]:
        for number in self._numbers:
            for name in self._of_size(number.size) if number.size is not None else ():
                yield _all_of(*number.guards[:-1], f"{number.text} == {name}")
                if number.ordered:
                    yield _all_of(*number.guards, f"{number.text} < {name}")
        for one, other in itertools.combinations([each for each in self._numbers if each.size is None], 2):
            guards = dict.fromkeys((*one.guards, *other.guards))
            yield from (_all_of(*guards, f"{left} {sign} {right}") for left, sign, right in (
                (one.text, "==", other.text), (one.text, "<", other.text), (other.text, "<", one.text)))  # fmt: skip

    # Guards -----------------------------------------------------------------------------------------------------------------------------------

    def _of_guards(self) -> Iterator[str]:
        """What actions and properties say of all names, or of so many, of the variables in place of their parameters."""
        machine = self.system.machine
        for declared in (*machine.actions, *(each for each in machine.properties if each.role is Role.INVARIANT)):
            sizes = self._sizes_of(declared)
            for text, guard in _quantified_in(declared):
                used = sorted({each.id for each in ast.walk(guard) if isinstance(each, ast.Name)} & set(declared.parameters))
                if any(name not in sizes for name in used) or _speaks_of_locals(guard, used):
                    continue
                for chosen in itertools.product(*(self._of_size(sizes[name]) for name in used)):
                    yield _renamed(text, dict(zip(used, chosen, strict=True)))

    def _sizes_of(self, declared: Declaration) -> dict[str, str]:
        """The sizes of the names that the parameters of an action or a property are."""
        sizes = self.system.sizes_of(declared)
        return {name: size for name, size in zip(declared.parameters, sizes, strict=True) if size is not None}


def _renamed(text: str, names: Mapping[str, str]) -> str:
    """A condition with names in it replaced by others, in parentheses if it has to be."""
    found = re.sub(r"(?<![\w.])[A-Za-z_]\w*", lambda match: names.get(match.group(), match.group()), " ".join(text.split()))
    return found if isinstance(ast.parse(found, mode="eval").body, (ast.Call, ast.Compare)) else f"({found})"


def _quantified_in(declared: Declaration) -> Iterator[tuple[str, ast.expr]]:
    """The largest conditions in a method that go through names, other than assignments: text and tree."""
    try:
        source = textwrap.dedent(inspect.getsource(declared.function))
        tree = ast.parse(source)
    except (OSError, SyntaxError, TypeError):
        return
    todo: list[ast.AST] = [tree]
    while todo:
        each = todo.pop()
        if _is_quantified(each):
            text = ast.get_source_segment(source, each)
            if text is not None:
                yield text, each
        elif not isinstance(each, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
            todo += ast.iter_child_nodes(each)


def _is_quantified(node: ast.AST) -> TypeGuard[ast.expr]:
    """Whether a node is ``all(...)`` or ``any(...)`` of something, or a comparison of how many there are."""
    called = node if isinstance(node, ast.Call) else None
    if called is not None and isinstance(called.func, ast.Name):
        return called.func.id in ("all", "any") and _goes_through(called)
    return isinstance(node, ast.Compare) and _goes_through(node)


def _goes_through(node: ast.AST) -> bool:
    return any(isinstance(each, ast.comprehension) for each in ast.walk(node))


def _speaks_of_locals(guard: ast.expr, parameters: Sequence[str]) -> bool:
    """Whether a condition speaks of something else than parameters, what it goes through, and names of the module."""
    targets = [each.target for each in ast.walk(guard) if isinstance(each, ast.comprehension)]
    own = {each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)}
    free = {each.id for each in ast.walk(guard) if isinstance(each, ast.Name)} - own - {"self", *parameters}
    return any(not name[0].isupper() and name not in _BUILT_IN for name in free)


_BUILT_IN = frozenset(("all", "any", "sum", "len", "range", "set", "frozenset"))


def _text_of(ways: Sequence[Any], names: Sequence[str]) -> str:
    """A place as Python text."""
    left = iter(names)
    text = "self"
    for at, way in enumerate(ways):
        attribute = isinstance(way, str) and way.isidentifier() and (at == 0 or ways[at - 1] is None or isinstance(ways[at - 1], str))
        text += f"[{next(left)}]" if way is None else f".{way}" if attribute else f"[{way!r}]"
    return text


def _all_of(*parts: str) -> str:
    return parts[0] if len(parts) == 1 else f"({' and '.join(parts)})"
