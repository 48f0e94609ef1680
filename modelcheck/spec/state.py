"""A state: an immutable snapshot of all variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modelcheck.values import show


class State(Mapping[str, Any]):
    """One state of a spec. Variables can be read as attributes or by name; a state prints one variable a line.

    >>> state = State({"i": 0, "done": frozenset()})
    >>> state.i
    0
    >>> state
    i = 0
    done = {}
    """

    __slots__ = ("_hash", "_variables")

    def __init__(self, variables: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_variables", dict(variables))
        object.__setattr__(self, "_hash", None)

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
        return isinstance(other, State) and self._variables == other._variables

    def __hash__(self) -> int:
        if self._hash is None:
            object.__setattr__(self, "_hash", hash(tuple(self._variables.items())))
        return self._hash  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return "\n".join(f"{name} = {show(value)}" for name, value in self._variables.items())
