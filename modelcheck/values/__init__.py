"""Values: what a cell may hold, how values are told apart, ordered and shown.

A value is immutable and hashable: numbers, strings, ``None``, enum members, tuples, frozensets, frozen attrs classes
and dataclasses, and any other class that defines both ``__eq__`` and ``__hash__``.
"""

from modelcheck.values.frozen import Bag, FrozenDict, FrozenRecord
from modelcheck.values.identity import copied, identity, value_problem
from modelcheck.values.order import order_key, ordered
from modelcheck.values.text import show

__all__ = ["Bag", "FrozenDict", "FrozenRecord", "copied", "identity", "order_key", "ordered", "show", "value_problem"]
