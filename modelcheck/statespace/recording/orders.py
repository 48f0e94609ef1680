"""Sets that the spec's code makes itself: whether what a run does depends on the order in which they are iterated.

What comes from the state has one order. A set that an action makes, ``{a, b}`` or ``set(...)``, has Python's, which
differs from one run of Python to the next where texts or enum members are in it. So runs are repeated by a copy of the
code in which such sets are iterated backwards, and in the total order of values from each of the first elements on; one
that then comes out otherwise is refused, with the line of the loop, whatever order this run of Python has.

A copy is made of the functions of the user's own that a spec's class and its records have, and of those that these name;
the functions themselves are left alone. See `docs/decisions/0003-order.md`.
"""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

from modelcheck.spec.code import code_of
from modelcheck.spec.run import is_users
from modelcheck.spec.shapes.shape import RecordShape, Shape, within
from modelcheck.values import ordered, value_problem

_ITERATING = frozenset(
    {
        *("list", "tuple", "dict", "deque", "iter", "next", "enumerate", "zip", "map", "filter", "reversed"),
        *("min", "max", "sorted", "sum", "any", "all", "islice", "chain"),
    }
)
_ITERATING_METHODS = frozenset({"join", "extend", "extendleft", "fromkeys", "from_iterable"})
_SHOWING = frozenset({"str", "repr", "format"})
_TURNED, _POPPED, _SHOWN = "__modelcheck_turned__", "__modelcheck_popped__", "__modelcheck_shown__"


BACKWARDS = -1
MOST_ROTATIONS = 8


class Orders:
    """Copies of a spec's code that iterate its own sets in another order.

    Args:
        cls: The spec's class.
        shape: The shape of its state, for the classes of its records.

    Attributes:
        places: Where such a set was iterated in the last run, as ``file:line``.
        largest: How many elements the largest of them had.
    """

    def __init__(self, cls: type, shape: Shape) -> None:
        self.places: list[str] = []
        self.largest = 0
        self._first: int | None = BACKWARDS
        self._globals: dict[int, dict[str, Any]] = {}
        self._copies: dict[FunctionType, FunctionType | None] = {}
        self._shape = shape
        records = [each.cls for each in within(shape) if isinstance(each, RecordShape)]
        self._classes = {each: made for each in dict.fromkeys([cls, *records]) if (made := self._class(each)) is not None}

    def __bool__(self) -> bool:
        return bool(self._classes)

    def begin(self, first: int | None) -> None:
        """Forget the places, and iterate from now on in the total order from the first-th element on, `BACKWARDS`, or as Python does (None)."""
        self.places = []
        self.largest = 0
        self._first = first

    def turn(self, live: Any) -> Any:
        """Let a live object, and the records in it, run the copies from now on; returns the object."""
        for record in _records(self._shape, live):
            made = self._classes.get(type(record))
            if made is not None:
                record.__class__ = made
        return live

    # Copies -----------------------------------------------------------------------------------------------------------------------------------

    def _class(self, cls: type) -> type | None:
        """A subclass with copies of the methods; None if none of them iterates anything."""
        methods: dict[str, Any] = {}
        for base in reversed(cls.__mro__):
            for name, member in vars(base).items():
                made = self._copy(member) if isinstance(member, FunctionType) else None
                if made is not None and getattr(cls, name, None) is member:
                    methods[name] = made
        if not methods:
            return None
        members = {"__slots__": (), "__module__": cls.__module__, "__qualname__": cls.__qualname__, "_tracked": True}
        return type(cls.__name__, (cls,), {**members, "__class__": property(lambda _: cls), **methods})

    def _copy(self, function: FunctionType) -> FunctionType | None:
        """A copy of a function, if it or what it calls iterates something."""
        if function not in self._copies:
            self._copies[function] = None  # Of a function that calls itself, the name is found in the copy's own globals.
            self._copies[function] = self._made(function) if is_users(code_of(function).co_filename) else None
        return self._copies[function]

    def _made(self, function: FunctionType) -> FunctionType | None:
        changed = _rewritten(function)
        scope = self._scope(function)
        called = [name for name in _names(code_of(function)) if self._called(function, name, scope)]
        if changed is None or (not changed[1] and not called):
            return None
        cells = dict(zip(code_of(function).co_freevars, function.__closure__ or (), strict=True))
        if not set(changed[0].co_freevars) <= cells.keys():
            return None
        closure = tuple(cells[name] for name in changed[0].co_freevars)
        made = FunctionType(changed[0], scope, function.__name__, function.__defaults__, closure)
        made.__kwdefaults__ = function.__kwdefaults__
        made.__dict__.update(function.__dict__)
        made.__qualname__ = function.__qualname__
        return made

    def _scope(self, function: FunctionType) -> dict[str, Any]:
        """The globals of the copies of a module's functions."""
        found = function.__globals__
        if id(found) not in self._globals:
            own = {_TURNED: self._turned, _POPPED: self._popped, _SHOWN: self._shown}
            self._globals[id(found)] = {**found, **own}
        return self._globals[id(found)]

    def _called(self, function: FunctionType, name: str, scope: dict[str, Any]) -> bool:
        """Put the copy of a function of the user's in the place of the function, and say whether there is one."""
        value = function.__globals__.get(name)
        made = self._copy(value) if isinstance(value, FunctionType) else None
        if made is not None:
            scope[name] = made
        return made is not None

    # What the copies call ---------------------------------------------------------------------------------------------------------------------

    def _turned(self, value: Any) -> Any:
        if not _has_two_orders(value):
            return value
        self._note()
        return self._in_order(value)

    def _popped(self, value: Any, *arguments: Any) -> Any:
        if arguments or not _has_two_orders(value):
            return value.pop(*arguments)
        self._note()
        first = self._in_order(value)[0]
        value.remove(first)
        return first

    def _shown(self, value: Any) -> Any:
        if not _has_two_orders(value):
            return value
        self._note()
        inner = "{" + ", ".join(map(repr, self._in_order(value))) + "}"
        return _Text(inner if type(value) is set else f"frozenset({inner})")

    def _in_order(self, value: Any) -> list[Any]:
        self.largest = max(self.largest, len(value))
        if self._first is None:
            return list(value)
        in_order = _sorted(value)
        if self._first == BACKWARDS:
            return in_order[::-1]
        at = self._first % len(in_order)
        return in_order[at:] + in_order[:at]

    def _note(self) -> None:
        frame = sys._getframe(2)
        self.places.append(f"{frame.f_code.co_filename}:{frame.f_lineno}")


class _Text:
    """What shows itself as a set that is iterated in another order."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def _sorted(value: Any) -> list[Any]:
    """The elements in the total order of values; as Python has them if one is no value."""
    return ordered(value) if all(value_problem(each) is None for each in value) else list(value)


def _has_two_orders(value: Any) -> bool:
    """Whether a value is a set that the code made itself, and may have another order in another run of Python."""
    return type(value) in (set, frozenset) and len(value) > 1 and not all(map(_is_hashed_alike, value))


def _is_hashed_alike(value: Any) -> bool:
    """Whether a value has the same hash in every run of Python."""
    if type(value) is tuple:
        return all(map(_is_hashed_alike, value))
    return type(value) in (int, bool, float)


def _records(shape: Shape, live: Any) -> Iterator[Any]:
    """A live object and the records in it."""
    if isinstance(shape, RecordShape):
        yield live
        for name, field in shape.fields.items():
            yield from _records(field, getattr(live, name, None))
    else:
        for key, item in getattr(shape, "items", {}).items() if isinstance(live, dict) else ():
            yield from _records(item, live[key])


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


# The copies' source ---------------------------------------------------------------------------------------------------------------------------------


def _rewritten(function: FunctionType) -> tuple[CodeType, bool] | None:
    """The code of a function in which what is iterated passes through this module, and whether there is any; None if its source is not at hand."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return None
    definition = tree.body[0]
    if not isinstance(definition, ast.FunctionDef) or any(isinstance(n, (ast.Global, ast.Nonlocal)) for n in ast.walk(definition)):
        return None
    definition.decorator_list = []
    ast.increment_lineno(tree, code_of(function).co_firstlineno - 1)
    turning = _Turning()
    turning.visit(definition)
    outer = ast.parse(f"def outer({', '.join(code_of(function).co_freevars)}): pass")
    assert isinstance(outer.body[0], ast.FunctionDef)
    outer.body[0].body = [definition]
    compiled = compile(ast.fix_missing_locations(outer), code_of(function).co_filename, "exec")
    [around] = [constant for constant in compiled.co_consts if isinstance(constant, CodeType)]
    found = [constant for constant in around.co_consts if isinstance(constant, CodeType) and constant.co_name == function.__name__]
    # A file that was saved since it was imported has something else in these lines.
    return (found[0], turning.changed) if len(found) == 1 else None


class _Turning(ast.NodeTransformer):
    """Lets what is iterated pass through a function.

    Attributes:
        changed: Whether there was anything.
    """

    def __init__(self) -> None:
        self.changed = False

    def _through(self, name: str, value: ast.expr, *more: ast.expr) -> ast.expr:
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in (_TURNED, "range"):
            return value
        self.changed = True
        return ast.copy_location(ast.Call(ast.Name(name, ast.Load()), [value, *more], []), value)

    def visit_For(self, node: ast.For) -> Any:
        self.generic_visit(node)
        node.iter = self._through(_TURNED, node.iter)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> Any:
        self.generic_visit(node)
        node.iter = self._through(_TURNED, node.iter)
        return node

    def visit_Starred(self, node: ast.Starred) -> Any:
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Load):
            node.value = self._through(_TURNED, node.value)
        return node

    def visit_Assign(self, node: ast.Assign) -> Any:
        self.generic_visit(node)
        if any(isinstance(target, (ast.Tuple, ast.List)) for target in node.targets) and not isinstance(node.value, ast.Tuple):
            node.value = self._through(_TURNED, node.value)
        return node

    def visit_FormattedValue(self, node: ast.FormattedValue) -> Any:
        self.generic_visit(node)
        node.value = self._through(_SHOWN, node.value)
        return node

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        match node.func:
            case ast.Name(name) if name in _ITERATING:
                self._arguments(node, _TURNED)
            case ast.Name(name) if name in _SHOWING:
                self._arguments(node, _SHOWN)
            case ast.Attribute(_, name) if name in _ITERATING_METHODS | _ITERATING:
                self._arguments(node, _TURNED)
            case ast.Attribute(value, "pop") if not node.keywords:
                return self._through(_POPPED, value, *node.args)
        return node

    def _arguments(self, node: ast.Call, through: str) -> None:
        node.args = [arg if isinstance(arg, ast.Starred) else self._through(through, arg) for arg in node.args]
