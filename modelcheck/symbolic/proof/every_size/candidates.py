"""Candidates for lemmas: clauses of few conditions that are true in all states that were enumerated at small sizes.

The truth of all conditions for one choice of names in one state is a row, a number of which each bit is a condition. A clause
is true if no row has all its conditions false. Rows that are the same are kept once, so what a clause costs to check depends on
how many ways there are, and not on how many states. (Yao et al., "DuoAI", 2022; Schultz et al., "Plain and Simple Inductive
Invariant Inference for Distributed Protocols in TLA+", 2022.)
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from modelcheck.errors import ModelcheckError
from modelcheck.spec import Machine, State
from modelcheck.symbolic.names.system import NamesSystem, at_sizes
from modelcheck.symbolic.proof.every_size.text import Clause, conditions
from modelcheck.symbolic.proof.every_size.vocabulary import Variable, Vocabulary

_MOST_STATES = 1_000
_LISTING_S = 3.0
_RUNS, _RUN_LENGTH = 60, 40
_MOST_LITERALS = 3


@frozen
class Candidate:
    """A clause that is true of what was enumerated.

    Attributes:
        true: The atoms of which one is to be true, as bits.
        false: The atoms of which one is to be false.
        clause: The same as text.
        cost: What is tried first.
    """

    true: int
    false: int
    clause: Clause
    cost: tuple[int, int, int]

    def is_false_in(self, row: int) -> bool:
        """Whether a row makes all its conditions false."""
        return not row & self.true and row & self.false == self.false


Listed = Sequence[tuple[Mapping[str, int], Machine, Sequence[State]]]
"""States that were enumerated: the sizes, the machine at these, the states."""


class Pool:
    """The candidates on some variables.

    Args:
        system: The system.
        variables: The variables.
        listed: The states that were enumerated, by size.

    Attributes:
        vocabulary: The atoms.
        variables: The variables.
        candidates: The candidates, those with the fewest conditions first.
    """

    def __init__(self, system: NamesSystem, variables: Sequence[Variable], listed: Listed) -> None:
        self.variables = variables
        self.vocabulary = Vocabulary(system, variables)
        self.functions = conditions(system.machine.cls, self.vocabulary.classes, variables, self.vocabulary.atoms)
        rows = self._rows(listed)
        self.candidates = sorted(self._clauses(rows), key=lambda each: each.cost)

    def _rows(self, listed: Listed) -> set[int]:
        found: set[int] = set()
        for sizes, machine, states in listed:
            every = list(itertools.product(*(range(sizes[each.size]) for each in self.variables)))
            for state in states:
                live = machine.thaw(state)
                found.update(self._row(live, names) for names in every)
        return found

    def _row(self, live: Any, names: Sequence[int]) -> int:
        row = 0
        for at, function in enumerate(self.functions):
            if function(live, *names):
                row |= 1 << at
        return row

    def _clauses(self, rows: set[int]) -> Iterator[Candidate]:
        """The clauses that are true in all rows, without those of which a part is one already, once for each renaming of variables."""
        many = len(self.vocabulary.atoms)
        columns = [0] * many
        for at, row in enumerate(rows):
            for atom in range(many):
                if row >> atom & 1:
                    columns[atom] |= 1 << at
        full = (1 << len(rows)) - 1
        literals = [(atom, positive, columns[atom] if positive else full ^ columns[atom]) for atom in range(many) for positive in (True, False)]
        seen: set[Any] = set()
        minimal: set[tuple[int, ...]] = set()
        for length in range(1, _MOST_LITERALS + 1):
            yield from self._of_length(length, literals, full, seen, minimal)

    def _of_length(
        self, length: int, literals: Sequence[tuple[int, bool, int]], full: int, seen: set[Any], minimal: set[tuple[int, ...]]
    ) -> Iterator[Candidate]:
        live = [at for at in range(len(literals)) if (at,) not in minimal and (at ^ 1,) not in minimal]
        found: list[tuple[int, ...]] = []
        for chosen in _covering(literals, live, length, full, minimal):
            found.append(chosen)
            key = self._key([(literals[at][0], literals[at][1]) for at in chosen])
            if key not in seen:
                seen.add(key)
                yield self._candidate([(literals[at][0], literals[at][1]) for at in chosen])
        minimal.update(found)

    def _key(self, literals: Sequence[tuple[int, bool]]) -> Any:
        """A clause whatever its variables of one size are called."""
        groups: dict[str, list[str]] = {}
        for each in self.variables:
            groups.setdefault(each.size, []).append(each.name)
        texts = [(self.vocabulary.words[atom], positive) for atom, positive in literals]
        keys = []
        for orders in itertools.product(*(itertools.permutations(names) for names in groups.values())):
            renaming = {old: new for names, order in zip(groups.values(), orders, strict=True) for old, new in zip(names, order, strict=True)}
            keys.append(sorted((_renamed(words, renaming), positive) for words, positive in texts))
        return tuple(min(keys))

    def _candidate(self, literals: Sequence[tuple[int, bool]]) -> Candidate:
        true = sum(1 << atom for atom, positive in literals if positive)
        false = sum(1 << atom for atom, positive in literals if not positive)
        atoms = self.vocabulary.atoms
        words = {word for atom, _ in literals for word in self.vocabulary.words[atom]}
        used = tuple(each for each in self.variables if each.name in words)
        clause = Clause(tuple((atoms[atom], positive) for atom, positive in literals), used)
        return Candidate(true, false, clause, (len(literals), len(used), len(clause.text)))


def _covering(
    literals: Sequence[tuple[int, bool, int]], live: Sequence[int], length: int, full: int, minimal: set[tuple[int, ...]]
) -> Iterator[tuple[int, ...]]:
    """The choices of so many literals of which one is true in each row, and of which no part is such a choice."""
    if length == 1:
        yield from ((at,) for at in live if literals[at][2] == full)
        return
    for chosen in itertools.combinations(live, length - 1):
        if len({literals[at][0] for at in chosen}) < length - 1 or any(part in minimal for part in _parts(chosen)):
            continue
        missing = full
        for at in chosen:
            missing &= ~literals[at][2]
        for at in live:
            if at > chosen[-1] and not missing & ~literals[at][2] and literals[at][0] != literals[chosen[-1]][0]:
                whole = (*chosen, at)
                if not any(part in minimal for part in _parts(whole)):
                    yield whole


def _parts(chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    return (part for length in range(1, len(chosen)) for part in itertools.combinations(chosen, length))


def _renamed(words: Sequence[str], renaming: Mapping[str, str]) -> str:
    found = [renaming.get(word, word) for word in words]
    if len(found) == 5 and found[2] == "==" and found[0] in renaming.values() and found[4] in renaming.values():  # noqa: PLR2004 - a == b and its spaces.
        found = [min(found[0], found[4]), " ", "==", " ", max(found[0], found[4])]
    return "".join(found)


def listed_states(system: NamesSystem, sizes: Sequence[Mapping[str, int]]) -> list[tuple[Mapping[str, int], Machine, list[State]]]:
    """The first states at some sizes, breadth first; where these are not all, states of random runs as well."""
    found = []
    for each in sizes:
        try:
            machine = at_sizes(system.spec, each)
            found.append((each, machine, _states(machine)))
        except ModelcheckError:  # The spec does not have this size.
            continue
    return found


def _states(machine: Machine) -> list[State]:
    until = time.monotonic() + _LISTING_S
    seen = dict.fromkeys(machine.initial_states())
    todo = list(seen)
    for state in todo:
        if len(seen) >= _MOST_STATES or time.monotonic() > until:
            return list(seen) + _walked(machine)
        for _, after in machine.successors(state):
            if after not in seen:
                seen[after] = None
                todo.append(after)
    return list(seen)


def _walked(machine: Machine) -> list[State]:
    """The states of random runs, in which each action is as likely as another one, however many steps it has."""
    rng = random.Random(1)  # noqa: S311 - the same states each time.
    found: dict[State, None] = {}
    until = time.monotonic() + _LISTING_S
    initial = machine.initial_states()
    for _ in range(_RUNS):
        state = rng.choice(initial)
        for _ in range(_RUN_LENGTH):
            after = _any_step(machine, state, rng)
            if after is None or time.monotonic() > until:
                break
            state = after
            found[state] = None
    return list(found)


def _any_step(machine: Machine, state: State, rng: random.Random) -> State | None:
    for action in rng.sample(machine.actions, len(machine.actions)):
        after = [each for _, each in machine.outcomes(state, action)]
        if after:
            return rng.choice(after)
    return None
