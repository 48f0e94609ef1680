# distutils: language = c++
"""Looking for the first operation of a recording whose argument or result needs a second look."""

from modelcheck.consistency.objects.sequential import UNKNOWN as UNKNOWN_

cdef object UNKNOWN = UNKNOWN_

cdef enum:
    ANYTHING = 0
    NOTHING = 1
    PAIR = 2
    NUMBER = 3
    NUMBER_OR_NOTHING = 4
    PAIR_OF_KEY = 5
    ORDERED = 7
    ENDING = 8
    DONE = 1
    TRUTH = 2


def first_unusual(operations, dict codes):
    """The index of the first operation that has not the usual form of its argument and result; -1 if there is none.

    Args:
        operations: Of a history.
        codes: By name, the numbers of `Takes` and `Gives`.
    """
    cdef Py_ssize_t at = 0
    cdef int takes, gives
    cdef object argument, result
    cdef tuple code
    for operation in operations:
        code = codes.get(operation.name)
        if code is not None:
            takes, gives = code
            if takes != ANYTHING and not usual_argument(takes, operation.argument):
                return at
            if gives != ANYTHING:
                result = operation.result
                if result is not UNKNOWN and not (result is None if gives == DONE else type(result) is bool):
                    return at
        at += 1
    return -1


cdef bint usual_argument(int takes, argument) except -1:
    if takes == NOTHING:
        return argument is None
    if takes == NUMBER or takes == NUMBER_OR_NOTHING or takes == ORDERED:
        return type(argument) is int or (argument is None and takes == NUMBER_OR_NOTHING)
    if takes == ENDING:
        return type(argument) is tuple and len(<tuple>argument) == 2 and type((<tuple>argument)[1]) is str
    return (takes == PAIR or takes == PAIR_OF_KEY) and type(argument) is tuple and len(<tuple>argument) == 2
