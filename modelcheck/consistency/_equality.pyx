# distutils: language = c++
"""The key of a value in a dict of values that are to be told apart as a spec tells them apart.

Whole numbers, texts, nothing, and tuples and sets of them are their own keys, which costs no more than a look at their
types. Everything else is its `identity`: ``True``, ``1.0`` and ``-0.0`` are not ``1`` and ``0``.
"""

from modelcheck.values import identity


class Exactly:
    """A value of which Python would take another for equal, where Python compares: in sets and as a key.

    >>> {Exactly(True), 1, Exactly(1.0)} == {1, Exactly(1.0), Exactly(True)}, Exactly(True) == 1
    (True, False)
    """

    __slots__ = ("_key", "value")

    def __init__(self, value):
        self.value, self._key = value, exact(value)

    def __eq__(self, other):
        return type(other) is Exactly and self._key == other._key

    def __hash__(self):
        return hash(self._key)

    def __repr__(self):
        return repr(self.value)


cpdef object exact(value):
    """A hashable key, equal for two values exactly if they are equal and of the same types throughout.

    Raises:
        TypeError: The value, or something in it, is unhashable.
    """
    cdef object kind = type(value)
    if kind is int or kind is str or value is None:
        return value
    if kind is tuple:
        return exact_tuple(<tuple>value)
    if kind is frozenset:
        return exact_set(<frozenset>value)
    if kind is Exactly:
        return value._key
    return identity(value)


cdef object exact_tuple(tuple value):
    cdef object part, key, kind
    cdef bint is_own = True
    for part in value:
        kind = type(part)
        if kind is not int and kind is not str and part is not None and exact(part) is not part:
            is_own = False
            break
    return value if is_own else (tuple, tuple([exact(part) for part in value]))


cdef object exact_set(frozenset value):
    cdef object part, kind
    cdef bint is_own = True
    for part in value:
        kind = type(part)
        if kind is not int and kind is not str and part is not None and exact(part) is not part:
            is_own = False
            break
    return value if is_own else (frozenset, frozenset([exact(part) for part in value]))


def kept(value):
    """The value as a set or the key of a map may hold it beside others: itself, or `Exactly` it."""
    return value if type(value) is Exactly or exact(value) is value else Exactly(value)


def plain(value):
    """The value that a set or map holds, without what keeps it apart."""
    return value.value if type(value) is Exactly else value


def same(one, other):
    """Whether two values are one: equal, and of the same types throughout.

    >>> same((1, "a"), (1, "a")), same(1, True)
    (True, False)
    """
    return bool(exact(one) == exact(other))
