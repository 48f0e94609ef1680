"""The plain explorer: breadth first over copies of ordinary objects."""

from __future__ import annotations

import copy
from types import FunctionType

from attrs import define, field

from .language import Mark, Part, booted, choose, runs
from .states import Settling
from .values import key


class TooLargeError(Exception):
    """There are more states than the caller wants to wait for."""


@define
class Method:
    """A declared method: its name, and that of the part which it belongs to by its place in the state."""

    name: str
    ways: tuple
    function: object
    mark: Mark

    @property
    def role(self):
        return self.mark.role

    def subject(self, live):
        for way, is_key in self.ways:
            live = live[way] if is_key else getattr(live, way)
        return live

    def arguments(self, subject):
        chosen = []
        for domain in self.mark.domains:
            if isinstance(domain, FunctionType):
                by_name = getattr(type(subject), domain.__name__, domain)  # A class may override it.
                domain = by_name(subject, *chosen[: by_name.__code__.co_argcount - 1])
            chosen.append(choose(domain))
        return chosen

    def instances(self, state, *after):
        """The truth of a property for each of its arguments."""

        def perform():
            subject = self.subject(copy.deepcopy(state))
            following = [self.subject(copy.deepcopy(each)) for each in after]
            arguments = self.arguments(subject)
            try:
                result = self.function(subject, *following, *arguments)
            except AssertionError:
                return False
            return result is None or bool(result)

        return [holds for holds, _ in runs(perform)]

    def outcomes(self, state, settled, cut=lambda: None):
        """Each way to take an action: its arguments, the choices inside, and the state after it; ``cut`` is called for each that ends at a bound."""

        def perform():
            live = copy.deepcopy(state)
            subject = self.subject(live)
            arguments = self.arguments(subject)
            self.function(subject, *arguments)
            return arguments, settled(live)

        for (arguments, after), picked in runs(perform, cut):
            yield arguments, picked[len(arguments) :], after


def methods(live):
    """The declared methods of a spec's object and of the parts in it, wherever they stand: each by its first place."""
    return [each for held, name, ways in within(live, "", (), set()) if not ways or isinstance(held, Part) for each in declared(held, name, ways)]


def within(held, name, ways, seen):
    """An object and those in it, each once, with its place."""
    if id(held) in seen or not (isinstance(held, dict) or hasattr(held, "__dict__")) or isinstance(held, type):
        return
    seen.add(id(held))
    yield held, name, ways
    if isinstance(held, dict):
        for item in held:
            yield from within(held[item], f"{name}[{item!r}]", (*ways, (item, True)), seen)
    else:
        for each, inner in vars(held).items():
            if not each.startswith("_"):
                yield from within(inner, f"{name}.{each}" if name else each, (*ways, (each, False)), seen)


def declared(held, name, ways):
    """The declared methods of one object; one that is overridden stays what it was declared as."""
    bases = type(held).__mro__
    for each in dict.fromkeys(each for base in reversed(bases) for each in vars(base)):
        mark = next((vars(base)[each].mark for base in bases if hasattr(vars(base).get(each), "mark")), None)
        if mark is not None:
            yield Method(f"{name}.{each}" if name else each, ways, getattr(type(held), each), mark)


def initial_states(cls, settled):
    """The initial states, repeats included."""

    def perform():
        live = cls()
        live.init()
        booted(live, set())
        return settled(live)

    return [live for live, _ in runs(perform)]


@define
class Found:
    """What was explored. A violated property has the length of a counterexample in ``traces``, a reachable one that of a witness."""

    methods: list
    initial: list  # Those that the constraints allow, repeats included.
    settled: Settling
    states: int = 0
    generated: int = 0
    depth: int = 0
    out_of_bounds: int = 0
    traces: dict = field(factory=dict)
    enabled: dict = field(factory=dict)
    complete: bool = False

    def outcomes(self, action, live, cut=lambda: None):
        """Each way to take an action."""
        return list(action.outcomes(live, self.settled, cut))

    def of(self, *roles):
        return [method for method in self.methods if method.role in roles]

    def open(self, role):
        """The properties of a role that are not decided yet: the others are asked no more, whatever they would raise."""
        return [method for method in self.of(role) if method.name not in self.traces]

    @property
    def stopped(self):
        """Whether a violation ended the search."""
        return bool(self.traces.keys() - {method.name for method in self.of("reachable")})


def explore(cls, *, max_states, keep_going=False):
    """All that there is to find, up to the level in which the first violation is found unless told to go on."""
    settled = Settling()
    initial = initial_states(cls, settled)
    search = Search(Found(methods(initial[0]) if initial else [], initial, settled))
    search.found.initial = [state for state in initial if search.visit(state)]
    while search.following:
        search.found.depth += 1
        if search.found.stopped and not keep_going:
            break
        level, search.following = search.following, []
        for state in level:
            search.expand(state)
        if len(search.seen) > max_states:
            raise TooLargeError
    search.found.states = len(search.seen)
    search.found.complete = keep_going
    return search.found


@define
class Search:
    """A search under way."""

    found: Found
    seen: set = field(factory=set)
    following: list = field(factory=list)

    def expand(self, state):
        """Visit all successors."""
        cut = []
        after = [
            (each.name, end) for each in self.found.of("action") for _, _, end in self.found.outcomes(each, state, lambda: cut.append(state))
        ]
        self.found.out_of_bounds += len(cut)
        if not after and not cut and not any(all(each.instances(state)) for each in self.found.of("terminal")):
            self.found.traces.setdefault("deadlock", self.found.depth - 1)
        for name, end in after:
            self.visit(end, state, name)

    def visit(self, state, before=None, action=None):
        """Count a state, and judge it if it is new; judge the step to it in any case. Returns whether the constraints allow it."""
        found = self.found
        if not all(all(each.instances(state)) for each in found.of("constraint")):
            found.out_of_bounds += 1
            return False
        found.generated += 1
        if action is not None:
            found.enabled[action] = found.enabled.get(action, 0) + 1
        told = [each for each in found.open("step") if before is not None and not all(each.instances(before, state))]
        if key(state) not in self.seen:
            self.seen.add(key(state))
            self.following.append(state)
            told += [each for each in found.open("invariant") if not all(each.instances(state))]
            told += [each for each in found.open("reachable") if any(each.instances(state))]
        for each in told:
            found.traces.setdefault(each.name, found.depth)
        return True
