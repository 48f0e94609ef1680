"""One construct of Python each: it is followed exactly, or refused with its line and a remedy."""

from __future__ import annotations

import linecache
import re
from typing import Any

import pytest

from modelcheck.spec import machine_of
from modelcheck.spec.code import code_of
from modelcheck.symbolic.system import System
from modelcheck.symbolic.terms import UnsupportedError

from .successors import compare

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

FOLLOWED = [
    # Operators and expressions.
    "self.out = 1 if self.flag is True else 2",
    "self.out = int(self.maybe is None) + 2 * int(self.maybe is not None)",
    "self.out = not self.flag",
    "self.out = self.flag and self.n",
    "self.out = self.n or 5",
    "self.out = 0 < self.n <= 2",
    "self.out = 0 < self.big < 3 < 9",
    "self.out = self.n if self.n > 1 else self.maybe",
    "self.out = -self.big + abs(self.big - 3)",
    "self.out = self.big // 2 + self.big % 3",
    "self.out = divmod(self.n, 2)",
    "self.out = self.flag + self.flag",
    "self.out = self.flag - 1",
    "self.out = self.flag * 2",
    "self.out = self.flag <= self.n",
    "self.out = self.flag ^ (self.n > 1)",
    "self.out = (y := self.n) + y",
    "if (y := self.n) > 1 and y < 5:\n    self.out = y",
    "self.out = [y for x in (1, 2) if (y := self.n + x) > 2] == [4]",
    "self.out = min(self.n, self.big) + max(self.n, 1)",
    "self.out = self.n in (1, 2)",
    "self.out = self.maybe in (None, 7)",
    "self.out = self.n not in range(1, 3)",
    "self.out = self.flag in [True]",
    "self.out = (self.n, self.flag) == (1, True)",
    "self.out = (self.n, 1) < (1, self.n)",
    "self.out = self.n == self.flag",
    "self.out = self.n == 1.0",
    "self.out = self.big > 1.5",
    # Statements.
    "if self.flag:\n    self.out = 1\nelif self.n:\n    self.out = 2\nelse:\n    self.out = 3",
    "while self.n > 1:\n    self.n -= 1",
    "for x in (1, 2, 3):\n    if x > self.n:\n        self.out = x\n        break\nelse:\n    self.out = 9",
    "for x in range(3):\n    if x == self.n:\n        continue\n    self.out += x\nself.out %= 9",
    "a, *b = self.log if len(self.log) == 2 else (0, 0, 0)\nself.out = (a, tuple(b))",
    "a = b = self.n\na += 1\nself.out = (a, b)",
    "x = [1, 2]\nx[self.n % 2] = 7\nself.out = tuple(x)",
    "x = [1, 2]\ndel x[0]\nself.out = x[0]",
    "x = self.n\ndel x\nself.out = 1",
    "try:\n    self.out = {0: 5, 1: 6}[self.n]\nexcept KeyError:\n    self.out = 1\nelse:\n    self.out += 1\nfinally:\n    self.n = 0",
    "try:\n    self.out = (3, 4)[self.n]\nexcept IndexError as error:\n    self.out = 1",
    "try:\n    assert self.flag\nexcept AssertionError:\n    self.out = 1",
    "try:\n    if self.flag:\n        raise ValueError(self.n)\nexcept ValueError as error:\n    self.out = error.args[0]",
    "with contextlib.suppress(KeyError):\n    self.out = {0: 5}[self.n]",
    "with Plain(self.flag) as x:\n    self.out = int(x)",
    "with holding(self.flag) as x:\n    self.out = int(x)",
    "match self.n:\n    case 0 | 1:\n        self.out = 1\n    case x if x > 1:\n        self.out = x",
    "match (self.n, self.flag):\n    case (1, True):\n        self.out = 1\n    case (x, False):\n        self.out = x",
    "match Point(self.n, self.flag):\n    case Point(x=1, y=y):\n        self.out = y\n    case Point():\n        self.out = 2",
    "match self.maybe:\n    case None:\n        self.out = 1\n    case _:\n        self.out = 2",
    "match self.flag:\n    case True:\n        self.out = 1",
    "match self.colour:\n    case Colour.RED:\n        self.out = 1\n    case Colour.BLUE:\n        self.out = 2",
    # Functions.
    "f = lambda x: x is True\nself.out = f(self.flag)",
    "def f(x, y=self.n):\n    return y if x is True else 0\nself.out = f(self.flag)",
    "x = self.n\ndef f():\n    nonlocal x\n    x = 2 if self.flag is True else 0\nf()\nself.out = x",
    "def f(*args, **kwargs):\n    return args[0] is True and kwargs['b']\nself.out = f(*(self.flag,), **{'b': self.n})",
    "self.out = self.twice(self.flag)",
    "self.out = self.decorated()",
    "self.out = int(self.shown)",
    "self.out = functools.partial(is_true, self.flag)()",
    "self.out = functools.reduce(lambda x, y: y if x is True else 0, (self.flag, self.n))",
    "self.out = list(map(is_true, (self.flag, True))) == [True, True]",
    "self.out = len(list(filter(is_true, (self.flag, True))))",
    "self.out = list(filter(None, (self.flag, self.n))) == [True]",
    "self.out = tuple(sorted((self.n, 1, 2)))",
    "self.out = tuple(sorted((1, 2), key=lambda x: 0 if (self.flag is True) == (x == 2) else 1))",
    "self.out = max((1, 2), key=lambda x: x if self.flag is True else -x)",
    "self.out = min((self.n, 1), (1, self.n), key=operator.itemgetter(0))",
    "x = [2, 1]\nx.sort(key=lambda y: y if self.flag is True else -y)\nself.out = tuple(x)",
    "self.out = any(x is True for x in (self.flag, False))",
    "self.out = all(x is True for x in (self.flag, True))",
    "self.out = any([self.flag is True, self.n == 2])",
    "self.out = any(map(is_true, (self.flag,)))",
    "self.out = sum(x for x in range(4) if x != self.n)",
    "self.out = sum(1 for x in (self.flag, True) if x is True)",
    "self.out = sum(generated(self.flag))",
    "self.out = next(x for x in (1, 2, 3) if x > self.n)",
    "self.out = next((x for x in (1, 2) if x > self.n), None)",
    "self.out = tuple(x for x in (1, 2) if x > self.n)",
    "self.out = tuple(reversed((self.n, 1)))",
    "self.out = tuple(zip((self.n, 1), (2, self.flag)))",
    "self.out = tuple(enumerate((self.n, 1)))",
    "self.out = tuple(itertools.chain((self.n,), (1,)))",
    "self.out = {x: x + 1 for x in range(3)}[self.n]",
    "self.out = {0: 'a', 1: 'b'}.get(self.n)",
    "self.out = dict(a=self.n)['a']",
    "self.out = Holder(self.flag).looked",
    "self.out = Holder(self.flag).cached",
    "self.out = Holder.static(self.flag)",
    "self.out = Holder.of(self.flag).hidden",
    "self.out = getattr(Plain(self.flag), 'any')",
    "self.out = Plain(self.flag)[True]",
    "self.out = self.colour.warm()",
    "self.out = self.colour.value",
    "self.out = self.colour.name",
    "self.out = self.colour is Colour.RED",
    "self.out = Level(1) + self.n",
    # Objects with methods that C code calls.
    "self.out = [Plain(True), Plain(False)].index(Plain(self.flag))",
    "self.out = [Plain(self.flag)].count(Plain(True))",
    "self.out = Plain(self.flag) == Plain(True)",
    "self.out = Plain(self.flag) != Plain(True)",
    "self.out = Plain(self.flag) in [Plain(True)]",
    "self.out = (Plain(self.flag), 1) == (Plain(True), 1)",
    "self.out = Same(self.flag) == Same(True)",
    "self.out = Same(self.flag) in (Same(True),)",
    "self.out = Ordered(self.n) < Ordered(1)",
    "self.out = max(Ordered(self.n), Ordered(1)).x",
    "self.out = Ranked(self.flag) < Ranked(True)",
    "self.out = Ranked(self.flag) >= Ranked(True)",
    "self.out = sorted([Ranked(True), Ranked(self.flag)])[0].x",
    "self.out = Data(self.flag) == Data(True)",
    "self.out = Sorting(self.n) < Sorting(1)",
    "self.out = Point(self.flag).both",
    "self.out = True in Point(self.flag)",
    "self.out = len(Point(self.flag))",
    "self.out = Point(self.flag)(True)",
    "self.out = tuple(Point(self.flag))",
    "self.out = (Point(self.flag) + self.n).y",
    "self.out = 1 if Point(self.flag) else 2",
    "self.out = (not Point(self.flag)) + 1",
    "self.out = Point(self.flag) and 3",
    "self.out = bool(Point(self.flag))",
    "self.out = Point(self.n, self.flag) == Point(1, True)",
    "self.out = (5, 6)[Plain(self.flag)]",
    "self.out = f'{Plain(self.flag)}'",
    "self.out = repr(Plain(self.flag))",
    "self.out = Checked(self.flag).x if not self.flag else 3",
    "self.out = Pair(self.flag, self.n).two",
    "self.out = Pair(self.flag, 1) == (True, 1)",
    "self.out = heapq.nsmallest(1, [self.n, 1])[0] if False else 2",
    "x = [self.n, 1]\nheapq.heapify(x)\nself.out = x[0]",
    # Conversions and questions about types.
    "self.out = bool(self.n)",
    "self.out = int(self.flag)",
    "self.out = isinstance(self.n, int)",
    "self.out = isinstance(self.maybe, int)",
    "self.out = isinstance(self.maybe, (str, type(None)))",
    "self.out = isinstance(self.flag, bool) and isinstance(self.big, int)",
    "self.out = type(self.maybe) is int",
    "self.out = len(self.log)",
    "self.out = len({self.n, 1})",
    "self.out = len(self.seen | {1})",
    "self.out = sum({self.n, 1, self.big})",
    "self.out = tuple(sorted({self.n, 1}))",
    "self.out = sum(x for x in {self.n, 1})",
    "self.out = self.n in {0, 1} - {self.big}",
    "self.out = self.seen <= {1, 2}",
    "self.out = self.seen == {self.n}",
    "self.out = self.log[-1] if self.log else None",
    "self.out = self.log[:self.n]",
    "self.out = (7, 8, 9)[self.n]",
    "self.out = 'abc'[self.n]",
    "self.out = 2 in self.items",
    "self.out = len(self.items)",
    "x = {self.n: 1, 2: 3}\nself.out = (len(x), x[2])",
    "x = {}\nx[self.n, self.flag] = 1\nself.out = (1, True) in x",
    "x = {0: 5}\nx[self.n] = x.get(self.n, 0) + 1\nself.out = sum(x.values())",
    # Containers of the state, as a whole.
    "self.out = self.bag == Counter([1])",
    "self.out = self.bag == Counter()",
    "self.bag += Counter([1, 2])\nself.out = self.bag.total()",
    "self.bag -= Counter([1])",
    "self.bag |= Counter([1, 1])",
    "self.bag &= Counter([1])",
    "self.out = self.bag.pop(1, 5)",
    "self.bag.clear()",
    "self.out = self.table == {1: 2}",
    "self.out = self.table == {}",
    "self.table |= {self.n: 3}\nself.out = self.table == {1: 2, self.n: 3}",
    "self.out = self.queue.count(1)",
    "self.queue.reverse()",
    "self.out = self.queue == [1, 1]",
    "self.out = self.queue == (deque([1]) if self.flag else None)",
    "self.out = self.queue < deque([1, self.n])",
    "self.out = self.queue >= self.queue and self.queue == deque([1])",
    "self.queue.rotate(1)",
    "require(len(self.queue) == 1)\nself.queue.extendleft([self.n, 5])",
    "require(self.items)\nself.out = self.items.pop()",
    # A number that is counted, in a collection of the state with a few numbers.
    "self.out = len(self.log) in self.items",
    "self.items.discard(len(self.log))\nself.out = len(self.items)",
    "self.out = self.table.get(len(self.log), 5)",
    "self.out = self.bag[len(self.log)]",
    "self.out = self.bag.pop(len(self.log), 5)",
    # Identity, type and class, asked by code in C or by the interpreter.
    "self.out = self.maybe.__class__ is int",
    "self.out = self.big.__class__ is int and type(self.queue) is deque",
    "self.out = functools.reduce(operator.is_, (self.flag, True))",
    "self.out = len(list(filter(functools.partial(operator.is_, True), (self.flag, True))))",
    "self.out = next(itertools.starmap(operator.is_, ((self.flag, True),)))",
    "self.out = tuple(sorted((False, self.flag), key=functools.partial(operator.is_, True)))",
    "self.out = hasattr(self.maybe, '__add__') + 2 * hasattr(self.big, 'bit_length')",
    "self.out = callable(self.maybe)",
    "self.out = isinstance(self.maybe, int | None) and isinstance(self.maybe, (int, (str, bytes)))",
    "self.out = typing.cast(int, self.n)",
    "self.out = Keyed(self.n) == Keyed(1)",
    "self.out = Own(self.flag, 1) == Own(True, 2)",
    "self.out = Level.LOW == self.big",
    "self.out = Level.HIGH + self.big",
    "self.out = Filled(self.maybe).x",
    "self.out = Typed(self.n).x",
    "self.out = Fraction(self.n) == 1",
    "self.out = int(sorted([1, self.n], key=Fraction)[0])",
    "self.out = next(filter(inspect.isfunction, (self.maybe, 1)), 3)",
    "try:\n    self.out = self.n.imag()\nexcept TypeError:\n    self.out = 3",
    "with contextlib.suppress(Exception):\n    self.out = hash(self.n)",
    "self.out = attrs.evolve(Point(self.n, 1) if self.flag else Ordered(5), x=3).x",
    "self.out = dataclasses.replace(Data(self.flag), x=self.n).x",
    "self.out = Pair(self.flag, self.n)._replace(one=1).two",
    "match Pair(self.flag, self.n):\n    case Pair(True, 1):\n        self.out = 1",
    "match self.maybe:\n    case int():\n        self.out = 1",
    "match Point(self.maybe):\n    case Point(int(x)):\n        self.out = x",
    "match self.colour:\n    case Colour():\n        self.out = 3",
    "match self.log:\n    case [2]:\n        self.out = 1\n    case tuple():\n        self.out = 3",
    "with Swallowing() as x:\n    self.out = all(x.set(self, y) for y in (1, 2) if y != self.n)",
    "self.__private = self.n\nself.out = self.__private",
    # What a container or number does by itself.
    "x = Counter({1: 2})\nself.out = x[self.n]",
    "x = defaultdict(list)\nx[self.n].append(1)\nself.out = len(x[1])",
    "self.out = 2 ** self.n + (1 << self.n)",
    "self.out = self.n / 2",
    "self.out = 6 // (self.n + 1)",
    "self.out = 0.5 * self.n > 0.5",
    # Functions that call themselves.
    "def f(n):\n    return 0 if n == 0 else 1 + f(n - 1)\nself.out = f(self.n)",
    "def f(n):\n    if n <= 0:\n        return 0\n    return 1 + f(n - 1)\nself.out = f(self.n)",
    "self.out = self.table == {1: self.n}",
    "self.out = {1: self.n} == self.table",
    "self.out = self.bag == Counter({1: self.n})",
    "self.out = self.queue == deque([self.n])",
    "self.out = deque([1, self.n]) != self.queue",
    "self.out = self.row == {0: self.row[1], 1: 2}",
    "self.out = {0: self.n, 1: 2} == self.row",
    "self.out = self.row != dict(self.row.items())",
    "self.out = self.row == {0: self.n} or self.row == self.n",
    "self.out = self.row.get(self.n, 5) if self.row.get(7) is None else 3",
    "self.out = (1, self.n) in self.row.items() and 1 in self.row.values() and self.n in self.row",
    "x = map(is_true, self.items)\nself.out = (len(list(x)), len(list(x)))",
    "self.out = sum(1 for x in zip(self.log, (1, 2))) + len(tuple(enumerate(self.log)))",
    # Aliases.
    "a, b = [], []\nx = a if self.flag else b\nx.append(1)\nself.out = (len(a), len(b))",
    "x = [0]\ny = x if self.flag else [1]\ny[0] = 5\nself.out = x[0]",
    "x = {}\ny = x if self.flag else {}\ny[1] = 5\nself.out = len(x)",
    "x = Holder(1)\ny = x if self.flag else Holder(2)\nself.out = y is x",
    # Objects that are changed in the midst of a condition.
    "x = [0]\ndef f(y):\n    x[0] += 1\n    return y\nz = self.flag and f(True)\nself.out = x[0]",
    "x = [0]\ndef f(y):\n    x[0], y = 1, True\n    return y\nz = self.flag and f(True)\nself.out = x[0]",
    "x = [0, 1]\ndef f(y):\n    del x[0]\n    return y\nz = self.flag and f(True)\nself.out = len(x)",
    "x = [0, 1]\ndef f(y):\n    x[:] = [1]\n    return y\nz = self.flag and f(True)\nself.out = len(x)",
    "x = 0\ndef f(y):\n    nonlocal x\n    x = 2\n    return y\nz = self.flag and f(True)\nself.out = x",
    "x = Holder(0)\ndef f(y):\n    x.hidden = 2\n    return y\nz = self.flag and f(True)\nself.out = x.hidden",
    "x = Holder(0)\ndef f():\n    setattr(x, 'hidden', 2)\n    return 1\nz = self.flag and f()\nself.out = x.hidden",
    "x = Holder(0)\ndef f():\n    for x.hidden in (1, 2):\n        pass\n    return 1\nz = self.flag and f()\nself.out = x.hidden",
    "x = [0]\ndef f(y):\n    y += [1]\n    return True\nz = self.flag and f(x)\nself.out = len(x)",
    "x = {0}\ndef f(y):\n    y |= {1}\n    return True\nz = self.flag and f(x)\nself.out = len(x)",
    "x = [2, 1]\nz = self.flag and heapq.heapify(x)\nself.out = x[0]",
    "x = iter((1, 2))\nz = self.flag and next(x)\nself.out = next(x)",
    "def f():\n    require(self.n > 0)\n    return True\nself.out = self.flag and f()",
    "x = [0] * 3\nx[self.n] += 1\nself.out = tuple(x)",
    "x = {'a': [1]}\nx['a'] += [self.n]\nself.out = tuple(x['a'])",
    # One path per value, where Python needs a particular one.
    "self.out = hash(self.n) + hash((self.n, self.flag))",
    "self.out = f'node-{self.n}' + str(self.flag) + '%s' % self.n + repr((self.n, 1))",
    "self.out = 'x%d' % self.n + 'x{}'.format(self.n) + f'{len(self.seen):03}'",
    "self.out = ','.join(str(x) for x in range(self.n))",
    "require(self.big < 4)\nself.out = f'{self.big}'",
    "require(self.big < 4)\nx = {}\nx[self.big] = 1\nself.out = 2 in x",
    "x = set()\nx.add(self.n)\nx.update((self.n + 1, 5))\nself.out = 1 in x",
    "x = defaultdict(int)\nx[self.n] += 1\nself.out = x[1]",
    "x = Counter([self.n, 1])\nx[self.n] += 1\nx.update([self.n])\nself.out = x[1]",
    "x = Counter({1: self.n})\nx.update([1])\nself.out = x[1]",
    "x = {}\nx.setdefault(self.n, []).append(1)\nx.update([(self.n + 1, 2)])\nself.out = len(x)",
    "self.out = statistics.median([self.n, 1, 2])",
    "self.out = copy.copy(self.maybe)",
    "x = {'a': self.n}\ny = copy.deepcopy(x)\nself.out = y['a']",
    "self.out = heapq.nsmallest(1, [self.n, 1])[0]",
    "self.out = len(list(itertools.combinations((1, 2, 3), self.n)))",
    "self.out = kind(self.n)",
    "self.out = remembered(self.flag)",
    "self.out = 2 ** self.n + (1 << self.n) + pow(self.n, 2)",
    "self.out = len(self.seen) / 2 > 0.5",
    "self.out = round(self.n / 2)",
    "self.out = (-5 % (self.n + 1), 7 // (self.n - 3), 7 % (self.n - 3), self.big % -3, self.big // -2 % 5)",
    # Ranges up to an integer that nothing, or a guard, bounds.
    "self.out = self.big in range(self.big + 1) and None not in range(self.big) and 1.0 in range(self.big)",
    "self.out = all(x <= self.big for x in range(self.big)) and any(x * 2 == self.big for x in range(self.big))",
    "self.out = all(x < self.big - 1 or x in self.seen for x in range(self.big))",
    "self.out = any(x + y == self.big for x in range(self.big) for y in range(x))",
    "self.out = (len(range(self.big)), self.n in range(self.big, 0, -2), bool(range(self.n, self.big)))",
    "self.out = choose(range(self.big, self.big + 3)) - self.big",
    "self.out = choose(range(self.big)) % 2",
    "require(self.big < 4)\nfor i in range(self.big):\n    self.out += i + 1",
    "require(self.big < 4)\nself.out = (sum(i for i in range(self.big)), max(range(self.big), default=7))",
    "require(self.big < 5)\nself.out = (*range(self.big, 0, -2), *reversed(range(1, self.big, self.n + 1)))",
    "require(self.big < 5)\nself.items = set(range(self.n, self.big))",
    # Calls as deep as is allowed, each with a frame of a generator beside it.
    "def f(n, x):\n    return x == 0 if n == 0 else all(f(n - 1, y) for y in [x])\nself.out = f(90, self.n)",
    # Processes that are picked by what is not known.
    "s = self.servers[1] if self.flag else self.servers[0]\nself.out = s.term",
    "s = self.servers[self.n % 2]\nself.out = s.term if s.up else 1",
    "s = self.servers[1 if self.flag else 0]\nself.out = sum(s.term >= each.term for each in self.servers.values())",
    "self.out = all(self.servers[self.n % 2].term >= each.term for each in self.servers.values())",
    "self.out = any(self.servers[self.n % 2] is each and each.up for each in self.servers.values())",
    "s = self.servers[self.n % 2] if self.flag else self.servers[0]\ns.term = 1",
]

REFUSED = [
    ("self.out = hash(self.big)", "was hashed"),
    ("self.out = f'{self.big}'", "turned into text"),
    ("self.out = statistics.median([self.big, 1, 2])", "statistics.median was called with"),
    ("self.out = kind(self.big)", "kind was called with the symbolic integer"),
    ("self.out = 2 ** self.big", "pow of 2 and the symbolic integer"),
    ("self.out = (1, 2) * self.big", "one particular integer"),
    ("for x in range(1, self.big): # here\n    self.out += 1", r"range\(1, the symbolic integer .*number by number"),
    ("self.out = sum(range(self.big))", "number by number"),
    ("y = 1\nx = (z for z in (1, 2) if z == y) # here\ny = 2\nself.out = sum(x)", "kept in a variable"),
    ("self.out = range(self.big) == range(3)", "was compared with"),
    ("self.out = {self.big: 1}[0]", "was hashed"),
    ("x = {}\nx[self.big] = 1 # here\nself.out = 2", "was hashed"),
    ("self.out = len({Data(self.n)}) if Data(self.n) in {Data(1)} else 0", "symbolic|hashed|works on"),
    ("self.out = id(self.n)", "id"),
    ("x = 1\nself.out = self.big is x # here", "compared by `is`"),
    ("x = (1, 1)\nself.out = (self.n, 1) is x # here", "compared by `is`"),
    ("self.out = copy.deepcopy(Holder(self.n)).hidden", "deepcopy|works on|symbolic"),
    ("self.out = 6 // (self.big + 1)", "divided"),
    ("self.out = Counter([self.big])[1]", "hashed|works on"),
    ("global x\nx = self.n", "global"),
    ("try:\n    self.out = 1\nexcept Exception: # here\n    self.out = 2", "catches everything"),
    ("self.out = eval('self.n')", "eval"),
    ("match self.big: # here\n    case int():\n        self.out = 1", "a pattern asks for the class int"),
    # Identity, type and class, asked by a library's Python.
    ("match Data(self.flag): # here\n    case Data(x=True):\n        self.out = 1", "a pattern looks at x of a Data"),
    ("match (1, Holder(self.maybe)): # here\n    case (1, Holder(hidden=None)):\n        self.out = 1", "looks at hidden"),
    ("match Asked(self.big): # here\n    case Asked(large=True):\n        self.out = 1", "looks at large of a Asked"),
    ("match self.queue: # here\n    case [1]:\n        self.out = 1", "its subject is a deque of the state"),
    ("match self.seen: # here\n    case frozenset():\n        self.out = 1", "a pattern asks for the class frozenset"),
    ("self.out = Filled(self.big).x", "default_if_none"),
    ("self.out = Typed(self.big).x", "_InstanceOfValidator"),
    ("self.out = Fraction(self.big) == 1", "Fraction"),
    ("self.out = sorted([1, self.big], key=Fraction)[0]", "Fraction"),
    ("self.out = next(filter(inspect.isfunction, (self.big, 1)), 3)", "inspect.isfunction"),
    ("self.out = dataclasses.asdict(Data(self.flag))['x']", "asdict"),
    ("self.out = inspect.isfunction(Holder(self.maybe))", "inspect.isfunction"),
    # What would have hidden that something was refused.
    ("with contextlib.suppress(Exception):\n    self.out = hash(self.big) # here", "was hashed"),
    ("with Swallowing():\n    self.out = hash(self.big) # here", "was hashed"),
    ("try:\n    self.out = hash(self.big) # here\nfinally:\n    return", "was hashed"),
    ("try:\n    self.out = self.big.bit_length() # here\nexcept AttributeError:\n    self.out = 3", "one particular value"),
    ("with contextlib.suppress(TypeError):\n    self.out = self.big / 2 # here", "truediv of"),
    # An iterator is gone through but once.
    ("x = filter(None, {y + self.n for y in (0, 1)})\nself.out = len(list(x)) + len(list(x)) # here", "used twice"),
    ("x = iter([y for y in (1, 2) if y > self.n])\nself.out = next(x, 5) + next(x, 6) # here", "used twice"),
    # Runs without an end.
    ("require(self.big > 0)\nx = 0\nwhile x < self.big: # here\n    x += 0", "asks .* times about symbolic values"),
    ("def f(n):\n    return f(n + 1) if n >= 0 else 1 # here\nself.out = f(self.big)", "calls itself|symbolic"),
]


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


def _load(body: str) -> tuple[Any, str, int]:
    text = f"{PREAMBLE}\n{_variables(body)}\n    @action\n    def probe(self):\n" + "".join(f"        {line}\n" for line in body.split("\n"))
    name = f"/construct_{abs(hash(body))}.py"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    namespace: dict[str, Any] = {"__name__": f"construct_{abs(hash(body))}"}
    exec(compile(text, name, "exec", dont_inherit=True), namespace)
    lines = text.split("\n")
    first = lines.index("    def probe(self):") + 2
    line = next((at for at, each in enumerate(lines, 1) if "# here" in each), first)
    return namespace["Example"], name, line


@pytest.mark.parametrize("body", FOLLOWED)
def test_is_followed_exactly(body):
    """The successors by z3 are those by Python."""
    cls, _, _ = _load(body)
    probe = cls.probe
    code = code_of(getattr(probe, "function", probe)) if hasattr(probe, "__code__") else None
    assert compare(machine_of(cls()), 9) <= 9
    assert code is None or probe.__code__ is code


@pytest.mark.parametrize(("body", "message"), REFUSED)
def test_is_refused_with_its_line(body, message):
    """What cannot be followed is an error that names the line and says what to do."""
    cls, name, line = _load(body)
    with pytest.raises(UnsupportedError, match=message) as caught:
        System(machine_of(cls()))
    assert caught.value.place == f"{name}:{line}"
    assert caught.value.remedy
