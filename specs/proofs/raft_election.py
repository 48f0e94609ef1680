"""Why Raft elects at most one leader per term, whatever the terms: Election Safety and its lemmas, with terms unbounded.

The servers, their messages and their actions are those of `specs.raft`; what is taken away is the bound on terms, the log (``max_log=0``), and the
table ``elected``, which has an entry per term. Two leaders of one term are two servers that lead at once or one after the other: what keeps the second from
being elected are the votes of the first, which stay in force as long as the term lasts.
"""

from collections.abc import Iterable

from modelcheck import invariant, lemma

from specs.raft import Message, Raft, Role, Server, Vote


class UnboundedElections(Raft):
    """Elections of Raft without a bound on terms."""

    max_term: int = 0
    max_log: int = 0
    candidates: tuple[tuple[int, ...], ...] = ()
