"""A stand-in for the language of specs: ordinary Python objects, which are copied whole for every run.

Nothing here is taken from modelcheck. What it means is what the guide says: a run of an action is a run of its Python on a copy of the state, once
for each way in which its choices come out.
"""

from __future__ import annotations

import copy
import inspect
from collections import Counter
from types import FunctionType
from typing import Annotated, TypeVar

from .values import key

T = TypeVar("T")
Durable = Annotated[T, "durable"]
Fixed = Annotated[T, "fixed"]


class Disabled(BaseException):
    """Ends a run that is not enabled."""


class Cut(Disabled):
    """Ends a run at a bound."""


class Chooser:
    """The run under way: the options that it is to take, and what it met."""

    present = None

    def __init__(self, script):
        self.script, self.sizes, self.picked = script, [], []

    def pick(self, options):
        if not options:
            raise Disabled
        at = self.script[len(self.sizes)] if len(self.sizes) < len(self.script) else 0
        self.sizes.append(len(options))
        self.picked.append(options[at])
        return options[at]


def runs(perform, cut=lambda: None):
    """What ``perform`` returns, and what was chosen, for each way in which choices come out; ``cut`` is called for each that ends at a bound."""
    scripts = [[]]
    while scripts:
        script = scripts.pop()
        Chooser.present = chooser = Chooser(script)
        try:
            yield perform(), chooser.picked
        except Cut:
            cut()
        except Disabled:
            pass
        finally:
            Chooser.present = None
        for at in range(len(script), len(chooser.sizes)):
            scripts += [script + [0] * (at - len(script)) + [option] for option in range(1, chooser.sizes[at])]


def require(condition):
    if not condition:
        raise Disabled


def bound(condition):
    if not condition:
        raise Cut


def distinct(options):
    """The options, each once; of sets, bags and dicts in order."""
    if isinstance(options, Counter):
        options = [item for item, count in options.items() if count > 0]
    elif isinstance(options, (set, frozenset, dict)):
        options = list(options)
    return list({key(option): option for option in options}.values())


def choose(options):
    return Chooser.present.pick(distinct(options))


class Mark:
    """What was declared of a method: its role and the domains of its parameters."""

    def __init__(self, role, domains):
        self.role, self.domains = role, domains

    def __call__(self, function):
        function.mark = self
        return function


class Undecided:
    """A decorator that got one function, which is a domain if another follows, and what is declared if it ends up in a class."""

    def __init__(self, role, function):
        self.role, self.function = role, function

    def __call__(self, declared):
        return Mark(self.role, (self.function,))(declared)

    def __set_name__(self, owner, name):
        setattr(owner, name, Mark(self.role, ())(self.function))


def declaring(role):
    """The decorator for a role."""

    def decorate(*domains):
        if len(domains) == 1 and isinstance(domains[0], FunctionType):
            return Undecided(role, domains[0])
        return Mark(role, domains)

    return decorate


action, invariant, lemma = declaring("action"), declaring("invariant"), declaring("invariant")
step_property, reachable = declaring("step"), declaring("reachable")
constraint, terminal = declaring("constraint"), declaring("terminal")
eventually, leads_to = declaring("eventually"), declaring("leads_to")
always_eventually, eventually_always = declaring("always_eventually"), declaring("eventually_always")


def fairness(strength):
    """A mark on what is declared as an action: whether it is strong, and whether it is of each combination of arguments."""

    def decorate(declared=None, *, each=True):
        def mark(declared):
            function = declared.function if isinstance(declared, Undecided) else declared
            function.fairness = (strength, each)
            return declared

        return mark if declared is None else mark(declared)

    return decorate


fair, strongly_fair = fairness("weak"), fairness("strong")


class Spec:
    """What a spec derives from; its variables are the attributes of an object."""


class Record:
    """A bundle of fields with defaults."""

    def __init__(self, **given):
        for name, default in defaults(type(self)).items():
            setattr(self, name, given.pop(name) if name in given else copy.deepcopy(default))
        assert not given, given
        self.made()

    def made(self):
        """What is left to do when all fields are there."""


def defaults(cls):
    """The fields of a record class and their defaults."""
    return {name: getattr(cls, name, None) for base in reversed(cls.__mro__) for name in inspect.get_annotations(base)}


class Process(Record):
    """A record that can crash, and then goes back to its defaults but for what is durable."""

    up: bool = True

    def crash(self):
        require(self.up)
        for name, default in defaults(type(self)).items():
            if not kept(type(self), name):
                setattr(self, name, copy.deepcopy(getattr(self, "_boot", {}).get(name, default)))
        self.up = False

    def restart(self):
        require(not self.up)
        self.up = True


def kept(cls, name):
    """Whether a crash leaves a field alone."""
    hints = [inspect.get_annotations(base).get(name) for base in cls.__mro__]
    return any({"durable", "fixed"} & set(getattr(hint, "__metadata__", ())) for hint in hints)


class Part(Record):
    """A record whose actions and properties are the spec's."""


def booted(live, seen):
    """Let each process know what its dicts with keys held in ``init``."""
    if id(live) in seen or isinstance(live, type) or not (isinstance(live, dict) or hasattr(live, "__dict__")):
        return
    seen.add(id(live))
    if isinstance(live, Process):
        dicts = {name: held for name, held in vars(live).items() if type(held) is dict and held}
        live._boot = copy.deepcopy(dicts)
    for each in list(live.values() if isinstance(live, dict) else vars(live).values()):
        booted(each, seen)
