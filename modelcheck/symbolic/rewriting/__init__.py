"""Rewriting: the spec's functions, with the operations that Python does not let a value define handed to `modelcheck.symbolic.operators`.

Python asks nobody about ``is``, ``not``, ``and``, ``or``, ``in`` (whose result it makes a bool), calls and comprehensions. So a function is taken
from its source, these operations become calls, and the result, its *twin*, is compiled under the function's own file name and lines, with its own
globals and closure. Nothing else changes; ``if``, ``while``, ``assert`` and ``for`` stay, and take one way per path.

Cannot be rewritten: code without source, coroutines, ``global`` state, ``except`` clauses that catch everything.

`ownership` says whose code something is, `source` finds the definition of a function, `operations` (with `assignments`, `comprehensions` and
`nodes`) makes the new definition, `functions` keeps the twins, and `supervision` has them run in place of the functions during an exploration.
"""
