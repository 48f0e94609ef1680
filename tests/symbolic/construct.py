"""A spec around one construct of Python, as a file that is not there."""

from __future__ import annotations

import linecache
import re
from typing import Any

PREAMBLE = """
import attrs
import contextlib
import copy
import dataclasses
import functools
import heapq
import inspect
import itertools
import operator
import statistics
import typing
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass
from enum import Enum, IntEnum
from fractions import Fraction
from typing import NamedTuple
from attrs import define, field, frozen
from modelcheck import Process, Spec, action, choose, constraint, invariant, require

class Server(Process):
    term: int = 0

class Colour(Enum):
    RED = 1
    BLUE = 2
    def warm(self):
        return self is Colour.RED

class Level(IntEnum):
    LOW = 1
    HIGH = 2

@frozen
class Point:
    x: object
    y: object = 0
    @property
    def both(self):
        return self.x is True or self.y is True
    def __add__(self, other):
        return Point(self.x, other)
    def __contains__(self, value):
        return self.x is value
    def __len__(self):
        return 1 if self.x is True else 2
    def __iter__(self):
        return iter((self.x, self.y))
    def __call__(self, value):
        return value is self.x
    def __bool__(self):
        return self.x is True

@frozen(order=True)
class Ordered:
    x: object

@frozen(eq=False)
class Same:
    x: object
    def __eq__(self, other):
        return self.x is other.x
    def __hash__(self):
        return 1

@functools.total_ordering
class Ranked:
    def __init__(self, x):
        self.x = x
    def __eq__(self, other):
        return self.x == other.x
    def __lt__(self, other):
        return self.x is False and other.x is True
    __hash__ = None

@dataclass(frozen=True)
class Data:
    x: object

@dataclass(order=True)
class Sorting:
    x: object

@frozen
class Checked:
    x: object = field(converter=lambda value: value is True)
    def __attrs_post_init__(self):
        if self.x is True:
            raise ValueError

@frozen
class Keyed:
    x: object = field(eq=lambda value: value == 0)

@frozen
class Filled:
    x: object = field(converter=attrs.converters.default_if_none(5))

@frozen
class Typed:
    x: object = field(validator=attrs.validators.instance_of(int))

@frozen
class Asked:
    x: object
    @property
    def large(self):
        return self.x > 3

class Own(tuple):
    def __new__(cls, *values):
        return tuple.__new__(cls, values)
    def __eq__(self, other):
        return self[0] == other[0]
    __hash__ = None

class Swallowing:
    def __enter__(self):
        return self
    def __exit__(self, *error):
        return True
    def set(self, spec, value):
        with self:
            spec.out = value
        return value == 1

class Pair(NamedTuple):
    one: object
    two: object

class Plain:
    def __init__(self, x):
        self.x = x
    def __eq__(self, other):
        return self.x is other.x
    def __hash__(self):
        return hash(self.x)
    def __getattr__(self, name):
        return self.x is True
    def __getitem__(self, key):
        return self.x is key
    def __enter__(self):
        return self.x is True
    def __exit__(self, *error):
        return self.x is True
    def __index__(self):
        return 1 if self.x is True else 0
    def __format__(self, spec):
        return "yes" if self.x is True else "no"
    def __repr__(self):
        return "yes" if self.x is True else "no"
    def __missing__(self, key):
        return 0

class Looked:
    def __get__(self, instance, owner):
        return instance.hidden is True
class Holder:
    looked = Looked()
    def __init__(self, hidden):
        self.hidden = hidden
    @functools.cached_property
    def cached(self):
        return self.hidden is True
    @staticmethod
    def static(value):
        return value is True
    @classmethod
    def of(cls, value):
        return cls(value is True)

def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)
    return wrapper

def is_true(value):
    return value is True

@contextlib.contextmanager
def holding(value):
    yield value is True

@functools.singledispatch
def kind(value):
    return 0
@kind.register
def _(value: int):
    return 1

@functools.lru_cache
def remembered(value):
    return value is True

def generated(value):
    yield value is True
    yield 1

class Base(Spec):
    def twice(self, value):
        return 2 if value is True else 0

class Example(Base):
    def twice(self, value):
        return super().twice(value) + 1

    @logged
    def decorated(self):
        return self.flag is True

    @property
    def shown(self):
        return self.flag is True

    @functools.lru_cache
    def cached(self):
        return self.flag is True
"""


# How each variable starts, and what changes it; a spec has those that its action speaks of.
VARIABLES = {
    "n": ("0", "count", "self.n = (self.n + 1) % 3"),
    "flag": ("False", "flip", "self.flag = not self.flag"),
    "maybe": ("None", "flip", "self.maybe = 1 if self.maybe is None else None"),
    "colour": ("Colour.RED", "flip", "self.colour = Colour.BLUE if self.colour is Colour.RED else Colour.RED"),
    "big": ("0", "count", "require(self.big < 7)\n        self.big += 1"),
    "seen": ("frozenset()", "count", "self.seen ^= {1}"),
    "log": ("()", "count", "self.log = (*self.log, 2)[-2:]"),
    "bag": ("Counter()", "count", "self.bag[1] = (self.bag[1] + 1) % 3"),
    "__private": ("0", "count", "self.__private = (self.__private + 1) % 3"),
    "table": ("{}", "flip", "self.table = {} if 1 in self.table else {1: 2}"),
    "queue": ("deque()", "count", "self.queue = deque([1, 1, 2][:len(self.queue) + 1])"),
    "row": ("{0: 0, 1: 1}", "flip", "self.row[0], self.row[1] = self.row[1], 3 - self.row[0] - self.row[1]"),
    "items": ("set()", "count", "self.items ^= {1}\n        self.items.add(2)"),
    "servers": ("{0: Server(), 1: Server()}", "count", "self.servers[1].term = (self.servers[1].term + 1) % 3"),
}


def _variables(body: str) -> str:
    named = {name: each for name, each in VARIABLES.items() if f"self.{name}" in body}
    if {"self.decorated", "self.shown"} & set(re.findall(r"self\.\w+", body)):
        named["flag"] = VARIABLES["flag"]
    text = "    def init(self):\n        self.out = 0\n"
    text += "".join(f"        self.{name} = {start}\n" for name, (start, _, _) in named.items())
    for action in sorted({each for _, each, _ in named.values()}):
        text += f"    @action\n    def {action}(self):\n"
        text += "".join(f"        {change}\n" for _, each, change in named.values() if each == action)
    return text


def load(body: str) -> tuple[Any, str, int]:
    """The spec, the name of the file, and the line of the construct, or of the one that ends in `# here`."""
    text = f"{PREAMBLE}\n{_variables(body)}\n    @action\n    def probe(self):\n" + "".join(f"        {line}\n" for line in body.split("\n"))
    name = f"/construct_{abs(hash(body))}.py"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    namespace: dict[str, Any] = {"__name__": f"construct_{abs(hash(body))}"}
    exec(compile(text, name, "exec", dont_inherit=True), namespace)
    lines = text.split("\n")
    first = lines.index("    def probe(self):") + 2
    line = next((at for at, each in enumerate(lines, 1) if "# here" in each), first)
    return namespace["Example"], name, line
