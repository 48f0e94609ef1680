# distutils: language = c++
"""Keys of values, those of the usual types at once; `modelcheck.values.identity` says what they are and makes the others."""

cdef object _otherwise = None
cdef object _ordered = None
_each_of_frozenset = frozenset.__iter__


def settle(otherwise, ordered):
    """Say who makes the keys of values of other types, and which class is that of frozensets in order."""
    global _otherwise, _ordered
    _otherwise = otherwise
    _ordered = ordered


cpdef object identity(object value):
    """A hashable key, equal for two values exactly if no code can tell one from the other (other than by ``is``)."""
    kind = type(value)
    if kind is int or kind is str or kind is bool or value is None:
        return (kind, value)
    if kind is tuple:
        return (tuple, tuple([identity(item) for item in <tuple>value]))
    if kind is frozenset or kind is _ordered:
        return (frozenset, frozenset([identity(item) for item in _each_of_frozenset(value)]))
    return _otherwise(value)
