"""What the operations of a rewritten function do: as Python on concrete values, without taking a way on symbolic ones where that is possible.

The names here are those that `modelcheck.symbolic.rewriting` puts in the place of Python's operations.
"""

from collections.abc import Sequence

from modelcheck.symbolic.operators import methods
from modelcheck.symbolic.operators.access import (
    arithmetic,
    attribute,
    change_item,
    changed,
    contained,
    contains,
    dict_made,
    effect,
    item,
    missing,
    part,
    set_item,
    spread,
    unpacked,
)
from modelcheck.symbolic.operators.built_in import (
    chosen,
    constantly,
    dict_of,
    is_instance,
    length,
    set_of,
    total,
    truth_value,
    type_of,
)
from modelcheck.symbolic.operators.calls import call
from modelcheck.symbolic.operators.comprehensions import comprehension
from modelcheck.symbolic.operators.conditions import (
    at_least,
    at_most,
    both,
    conditional,
    distinct,
    either,
    greater,
    less,
    unequal,
)
from modelcheck.symbolic.operators.errors import caught, check_error
from modelcheck.symbolic.operators.items import items_of, iterated, listed, picked_of
from modelcheck.symbolic.operators.patterns import matched
from modelcheck.symbolic.values.equality import equal, identical
from modelcheck.symbolic.values.scalars import negated

methods.install()

__all__ = [
    "Sequence",
    "arithmetic",
    "at_least",
    "at_most",
    "attribute",
    "both",
    "call",
    "caught",
    "change_item",
    "changed",
    "check_error",
    "chosen",
    "comprehension",
    "conditional",
    "constantly",
    "contained",
    "contains",
    "dict_made",
    "dict_of",
    "distinct",
    "effect",
    "either",
    "equal",
    "greater",
    "identical",
    "is_instance",
    "item",
    "items_of",
    "iterated",
    "length",
    "less",
    "listed",
    "matched",
    "missing",
    "negated",
    "part",
    "picked_of",
    "set_item",
    "set_of",
    "spread",
    "total",
    "truth_value",
    "type_of",
    "unequal",
    "unpacked",
]
