"""What must happen, on plain objects: the graph of all steps as brute force takes it, with what is fair and where each property is true."""

from __future__ import annotations

import copy

from attrs import define, field

from .explorer import TooLargeError, initial_states, methods
from .fair_runs import Requirement, Small
from .language import Cut, Disabled, runs
from .states import Settling
from .values import key

KINDS = ("eventually", "leads_to", "always_eventually", "eventually_always")


@define
class Graph:
    """All that a spec can do.

    Attributes:
        lives: The states, as objects.
        initial: Numbers of the initial ones.
        steps: For each state where its steps lead, None for out of the bounds, and their labels; those that change nothing are left out.
        labels: The action and the key of its arguments, by number.
        fairness: By action, whether it is weak or strong, and of each combination of arguments.
        properties: For each property and the key of its arguments, the kind, and the states where the premise and the goal are true.
    """

    lives: list = field(factory=list)
    initial: tuple = ()
    steps: dict = field(factory=dict)
    labels: list = field(factory=list)
    fairness: dict = field(factory=dict)
    properties: dict = field(factory=dict)

    def fair(self):
        """What is assumed."""
        found = {}
        for number, (action, arguments) in enumerate(self.labels):
            strength, each = self.fairness.get(action, (None, True))
            if strength is not None:
                found.setdefault((action, arguments if each else None, strength), set()).add(number)
        return tuple(Requirement(frozenset(numbers), strength == "strong") for (_, _, strength), numbers in found.items())

    def small(self, name, arguments):
        """A property with its arguments, for brute force, and its kind."""
        kind, premise, goal = self.properties[name, arguments]
        return kind, Small(self.initial, self.steps, frozenset(premise), frozenset(goal), self.fair())


def graph(cls, *, max_states):
    """The graph of a spec."""
    settled = Settling()
    first = initial_states(cls, settled)
    declared = methods(first[0])
    building = Building(settled, [each for each in declared if each.role == "constraint"])
    made = building.made
    made.initial = tuple(dict.fromkeys(at for at in map(building.number, first) if at is not None))
    actions = [each for each in declared if each.role == "action"]
    made.fairness = {each.name: each.function.fairness for each in actions if hasattr(each.function, "fairness")}
    while len(made.steps) < len(made.lives):
        if len(made.lives) > max_states:
            raise TooLargeError
        building.expand(len(made.steps), actions)
    for each in declared:
        if each.role in KINDS:
            note(made, each)
    return made


@define
class Building:
    """A graph under way."""

    settled: Settling
    bounds: list
    made: Graph = field(factory=Graph)
    numbers: dict = field(factory=dict)
    known: dict = field(factory=dict)

    def number(self, live):
        """The number of a state; None if it is out of bounds."""
        if not all(all(each.instances(live)) for each in self.bounds):
            return None
        if key(live) not in self.numbers:
            self.numbers[key(live)] = len(self.made.lives)
            self.made.lives.append(live)
        return self.numbers[key(live)]

    def label(self, action, arguments):
        """The number of an instance."""
        name = (action.name, key(arguments))
        if name not in self.known:
            self.known[name] = len(self.made.labels)
            self.made.labels.append(name)
        return self.known[name]

    def expand(self, at, actions):
        """Add the steps of a state to others."""
        found = []
        for action in actions:
            for arguments, live in ways(action, self.made.lives[at], self.settled):
                to = None if live is None else self.number(live)
                if to != at:
                    found.append((to, self.label(action, arguments)))
        self.made.steps[at] = tuple(dict.fromkeys(found))


def ways(action, state, settled):
    """The arguments and the state after each way to take an action; None where a bound cuts it."""

    def perform():
        live = copy.deepcopy(state)
        subject = action.subject(live)
        arguments = action.arguments(subject)
        try:
            action.function(subject, *arguments)
        except Cut:
            return arguments, None
        except Disabled:
            return None
        return arguments, settled(live)

    return [found for found, _ in runs(perform) if found is not None]


def note(made, declared):
    """Where the premise and the goal of a property are true, for each combination of its arguments."""
    first = made.lives[made.initial[0]] if made.initial else made.lives[0]
    for arguments, _ in list(runs(lambda: declared.arguments(declared.subject(copy.deepcopy(first))))):
        premise, goal = set(), set()
        for at, live in enumerate(made.lives):
            said = declared.function(declared.subject(copy.deepcopy(live)), *arguments)
            one, other = said if declared.role == "leads_to" else (True, said)
            premise |= {at} if one else set()
            goal |= {at} if other else set()
        made.properties[declared.name, key(arguments)] = declared.role, premise, goal
