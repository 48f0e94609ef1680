"""Values: what a cell may hold, how values are told apart, ordered and shown.

A value is immutable and hashable: numbers, strings, ``None``, enum members, tuples, frozensets, frozen attrs classes
and dataclasses, and any other class that defines both ``__eq__`` and ``__hash__``.
"""

from modelcheck.values.fields import field_names, fields_of
from modelcheck.values.frozen import Bag, FrozenDict, FrozenRecord
from modelcheck.values.identity import copied, identity
from modelcheck.values.interchangeable import Interchangeable
from modelcheck.values.order import order_key, ordered
from modelcheck.values.problem import problem_of, value_problem
from modelcheck.values.sets import OrderedFrozenSet, kept
from modelcheck.values.text import show

__all__ = [
    "Bag",
    "FrozenDict",
    "FrozenRecord",
    "Interchangeable",
    "OrderedFrozenSet",
    "copied",
    "field_names",
    "fields_of",
    "identity",
    "kept",
    "order_key",
    "ordered",
    "problem_of",
    "show",
    "value_problem",
]
