"""A state: an immutable snapshot of all variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

from modelcheck.values import identity, show


class State(Mapping[str, Any]):
    """One state of a spec. Variables can be read as attributes or by name; a state prints one variable a line.

    Two states are equal if their variables hold the same values: 1 and True are not, as nothing is that code can tell apart.

    >>> state = State({"i": 0, "done": frozenset()})
    >>> state.i
    0
    >>> state
    i = 0
    done = {}
    """

    __slots__ = ("_identity", "_variables")

    def __init__(self, variables: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_variables", dict(variables))
        object.__setattr__(self, "_identity", None)

    def __getattr__(self, name: str) -> Any:
        try:
            return object.__getattribute__(self, "_variables")[name]
        except KeyError:
            raise AttributeError(f"the state has no variable {name!r}; it has {', '.join(self._variables)}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a state cannot be changed; use spec.step(state, action, ...) to take an action")

    def __getitem__(self, name: str) -> Any:
        return self._variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, State) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> Any:
        """The identity of the state; noted down, since it is asked for often."""
        if self._identity is None:
            object.__setattr__(self, "_identity", tuple((name, identity(value)) for name, value in self._variables.items()))
        return self._identity

    def _repr_html_(self) -> str:
        """A row for each variable, in a notebook."""
        rows = "".join(f"<tr><th>{escape(name)}</th><td><code>{escape(show(value))}</code></td></tr>" for name, value in self._variables.items())
        return f"<table>{rows}</table>"

    def __repr__(self) -> str:
        return "\n".join(f"{name} = {show(value)}" for name, value in self._variables.items())


def distinct(states: Iterable[State]) -> list[State]:
    """The states that differ, in the order in which they come first."""
    return list(dict.fromkeys(states))
