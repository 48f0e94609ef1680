# distutils: language = c++
"""The steps of transactions: what they must look like, and keys and values of different types told apart."""

from attrs import evolve

from modelcheck.consistency._equality cimport exact
from modelcheck.consistency._equality import kept
from modelcheck.errors import HistoryError

cdef frozenset READS = frozenset({"r", ":r"})
cdef frozenset APPENDS = frozenset({"append", ":append"})
cdef frozenset ASSIGNMENTS = frozenset({"w", ":w"})
WRITES = APPENDS | ASSIGNMENTS


cdef object told_apart(object operation, bint is_lists):
    """The operation with its keys and values such that those of different types are different."""
    cdef object given = operation.argument, step, value
    if type(given) is not tuple and type(given) is not list:
        return operation
    for step in given:
        if type(step) is tuple and len(<tuple>step) > 1 and exact(step) is not step:
            return evolve(operation, argument=tuple([told_apart_step(step, is_lists) for step in given]))
    return operation


cdef told_apart_step(step, bint is_lists):
    if type(step) is not tuple or not 1 < len(<tuple>step) <= 3:
        return step
    parts = [step[0], kept(step[1])]
    for value in step[2:]:
        if is_lists and step[0] in READS and type(value) in (tuple, list):
            parts.append(tuple(map(kept, value)))
        else:
            parts.append(kept(value))
    return tuple(parts)


cdef object steps_of(object operation, bint is_lists):
    """The steps of a transaction, which are triples, or pairs of a read and its key."""
    cdef object given = operation.argument or (), step
    cdef frozenset writes = APPENDS if is_lists else ASSIGNMENTS
    cdef bint is_fine = operation.name == "txn" and (type(given) is tuple or type(given) is list)
    if is_fine:
        for step in given:
            is_fine = type(step) is tuple and 1 < len(step) <= 3 and isinstance(step[0], str)
            if is_fine and step[0] in READS:
                is_fine = not is_lists or len(step) == 2 or step[2] is None or type(step[2]) in (tuple, list)
            elif is_fine:
                is_fine = step[0] in writes and len(step) == 3
            if not is_fine:
                break
    if not is_fine:
        raise HistoryError(
            f"{operation} is no transaction on {'lists' if is_lists else 'registers'}",
            place=operation.place,
            remedy='A transaction is a list of steps such as ["append", 3, 1] and ["r", 3, [1]], or, of registers, '
            '["w", 3, 1] and ["r", 3, null]; name another model with --model.',
        )
    return given
