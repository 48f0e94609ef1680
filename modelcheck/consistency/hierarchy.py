"""Which consistency model implies which, for the definitions of this package.

A model implies another if every history that it allows the other allows too. Along these arrows, and no others, a
stronger model that holds answers the weaker one, and a weaker one that is violated answers the stronger.

*Choices.* Some definitions keep the order of each client (its *session*) and some do not, as their papers have it: so there
are two chains, which meet above. Serializability and snapshot isolation are Adya's (1999) and Elle's, where a transaction
may be put before an earlier one of its own client; causal, prefix and parallel snapshot isolation and what lies below
them are those of Biswas and Enea (2019) and of Cerone, Bernardi and Gotsman (2015) with sessions. So a serializable
history need not be causal; a strong-session-serializable one is. Of objects, causal memory (Ahamad and others 1995) lets
every client see concurrent writes in an order of its own, which causal+ forbids; and causal+ lets a client's own
view be reordered later, which causal memory forbids: neither implies the other.

``tests/consistency/test_hierarchy.py`` compares the arrows with the oracle on random histories, and shows for each other pair a
history that tells them apart.
"""

from __future__ import annotations

from typing import Final

TRANSACTIONS: Final = {
    "strict-serializable": ("strong-session-serializable", "strong-snapshot-isolation"),
    "strong-session-serializable": ("serializable", "strong-session-snapshot-isolation"),
    "strong-snapshot-isolation": ("strong-session-snapshot-isolation",),
    "strong-session-snapshot-isolation": ("snapshot-isolation", "prefix", "parallel-snapshot-isolation"),
    "serializable": ("repeatable-read",),
    "repeatable-read": ("serializable", "snapshot-isolation"),
    "snapshot-isolation": ("cursor-stability",),
    "parallel-snapshot-isolation": ("causal", "cursor-stability"),
    "prefix": ("causal",),
    "causal": ("read-atomic",),
    "read-atomic": ("monotonic-atomic-view",),
    "monotonic-atomic-view": ("read-committed",),
    "read-committed": ("monotonic-atomic-view", "read-uncommitted"),
    "cursor-stability": ("read-uncommitted",),
    "read-uncommitted": (),
}
"""By level those directly below it, for registers. Repeatable-read is serializability, and read-committed of registers is
monotonic atomic view, so that these imply each other."""

LISTS: Final = {
    **TRANSACTIONS,
    "cursor-stability": ("read-committed",),
    "read-committed": ("read-uncommitted",),
}
"""The same for lists: read-committed of lists is Adya's, which asks less."""

OBJECTS: Final = {
    "linearizable": ("sequential", "regular", "2-atomic"),
    "2-atomic": ("3-atomic",),
    "3-atomic": (),
    "regular": ("read-your-writes", "monotonic-writes"),
    "sequential": ("causal", "causal+"),
    "causal": ("pram", "writes-follow-reads"),
    "causal+": ("read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads"),
    "pram": ("read-your-writes", "monotonic-reads", "monotonic-writes"),
    "read-your-writes": (),
    "monotonic-reads": (),
    "monotonic-writes": (),
    "writes-follow-reads": (),
}
"""By consistency of an object those directly below it."""


def below(consistency: str, model: str) -> tuple[str, ...]:
    """The consistency models that one implies, the nearest first; those that imply it too are left out.

    >>> below("prefix", "rw-register")
    ('causal', 'read-atomic', 'monotonic-atomic-view', 'read-committed', 'read-uncommitted')
    """
    found = _reached(consistency, model)
    return tuple(weaker for weaker in found if consistency not in _reached(weaker, model))


def implies(stronger: str, weaker: str, model: str) -> bool:
    """Whether every history of a model that keeps the one keeps the other.

    >>> implies("serializable", "causal", "rw-register")
    False
    >>> implies("strong-session-serializable", "causal", "rw-register")
    True
    """
    return stronger == weaker or weaker in _reached(stronger, model)


def _reached(consistency: str, model: str) -> tuple[str, ...]:
    arrows = LISTS if model == "list-append" else TRANSACTIONS if model == "rw-register" else OBJECTS
    found = dict.fromkeys(arrows.get(consistency, ()))
    queue = list(found)
    for one in queue:
        for weaker in arrows[one]:
            if weaker not in found:
                found[weaker] = None
                queue.append(weaker)
    return tuple(found)


def incomparable(consistency: str, model: str) -> tuple[str, ...]:
    """The consistency models that neither imply one nor follow from it.

    >>> "causal" in incomparable("serializable", "list-append")
    True
    """
    arrows = LISTS if model == "list-append" else TRANSACTIONS if model == "rw-register" else OBJECTS
    return tuple(o for o in arrows if not implies(o, consistency, model) and not implies(consistency, o, model))
