"""Whether a snapshot that modelcheck took of a state shows what a plain object holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from .values import key


def matches(snapshot, live):
    """Whether all that the snapshot shows is so in the plain object. Constants and second names of an object are not in it."""
    if isinstance(snapshot, Mapping):
        if isinstance(live, Counter):
            return key(Counter(dict(snapshot))) == key(live)
        if isinstance(live, dict):
            return set(map(key, snapshot)) == set(map(key, live)) and all(matches(snapshot[each], live[each]) for each in snapshot)
        return all(matches(snapshot[name], getattr(live, name)) for name in snapshot)
    if isinstance(live, tuple) and isinstance(snapshot, frozenset):  # Explanations, which are tuples that know 1 from True.
        return {key(tuple(each)) for each in snapshot} == set(map(key, live))
    if isinstance(live, (set, frozenset)):
        return isinstance(snapshot, frozenset) and set(map(key, snapshot)) == set(map(key, live))
    if isinstance(snapshot, tuple) and type(snapshot) is tuple and not isinstance(live, tuple):
        return list(map(key, snapshot)) == list(map(key, live))
    return key(snapshot) == key(live)
