"""Why a property is false."""

import ast
import inspect
import itertools
import linecache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelcheck.spec import Spec, action, invariant, machine_of, reachable
from modelcheck.spec.loading import load_spec
from modelcheck.trace import Trace, explain
from modelcheck.trace.explanation.evaluate import Scope

ZOO = Path(__file__).with_name("zoo.py")
ZOO_OF_STEPS = Path(__file__).with_name("zoo_of_steps.py")


def explained(machine, name, kind="invariant"):
    """The lines that explain why a property is false in the initial state."""
    [state] = machine.initial_states()
    declared = machine.find(name, machine.properties)
    arguments = machine.failing(declared, state) or {}
    reason = explain(machine, Trace(machine.cls.__name__, "", {}, name, kind, (state,), (), arguments))
    return list(reason.lines())


def commented(function):
    """The explanation that a property's own comment gives."""
    lines = inspect.getsource(function).splitlines()
    start = next(number for number, line in enumerate(lines) if line.strip().startswith("# "))
    return [line.strip().removeprefix("# ") for line in lines[start:] if line.strip().startswith("# ")]


ZOO_MACHINE = machine_of(load_spec(f"{ZOO}:Zoo")())


@pytest.mark.parametrize("name", [declared.name for declared in ZOO_MACHINE.properties])
def test_the_part_that_is_false_is_shown_with_its_values(name):
    """However a property is written, its explanation is the one in its comment."""
    claim, *because = explained(ZOO_MACHINE, name)
    assert claim.startswith(name)
    assert claim.endswith(" is false:")
    assert [line[2:] for line in because] == commented(ZOO_MACHINE.find(name).function)


def test_the_arguments_are_in_the_claim():
    """A property with parameters is false for some arguments, which are named."""
    assert explained(ZOO_MACHINE, "parameter")[0] == "parameter(i=1) is false:"


def test_a_step_property_is_explained_with_both_states():
    """`self` is the state before the step and `after` the one after it."""
    machine = machine_of(load_spec(f"{ZOO_OF_STEPS}:Steps")())
    [before] = machine.initial_states()
    [(step, after)] = machine.successors(before)
    reason = explain(machine, Trace("Steps", "", {}, "grows", "step property", (before, after), (step,)))
    assert [line[2:] for line in reason.lines()][1:] == commented(machine.find("grows").function)


class Constant(Spec):
    """A property with a constant in it decides."""

    def init(self):
        self.n = 0

    @invariant
    def never(self):
        return self.n >= 0 and False

    @action
    def same(self):
        self.n = 0


def test_a_constant_that_decides_is_shown_as_it_is():
    """There is nothing to say of it."""
    machine = machine_of(Constant())
    assert explained(machine, "never") == ["never is false:", "  False"]


def test_super_is_understood():
    """A call of the base class's property is explained by that property."""
    machine = machine_of(load_spec(f"{ZOO}:Base")())
    assert [line[2:] for line in explained(machine, "conjunction")][1:] == commented(machine.cls.conjunction)


def test_a_deadlock_is_explained_by_the_guards():
    """For each action the guard that stops it is shown, with its values, or that there is nothing to choose from."""
    [state] = ZOO_MACHINE.initial_states()
    reason = explain(ZOO_MACHINE, Trace("Zoo", "", {}, "deadlock", "deadlock", (state,), ()))
    assert list(reason.lines()) == [
        "no action is enabled:",
        "  go: require(self.servers[i].term > 7)",
        "    for i = 0",
        "      self.servers[i].term = 0",
        "    for i = 1",
        "      self.servers[i].term = 1",
        "    for i = 2",
        "      self.servers[i].term = 2",
        "  wait: require(self.ok and self.q)",
        "    self.ok = False",
        "  check: require(len(self.q) > 2)",
        "    len(self.q) = 2",
        "    self.q = [1, 2]",
        "  none: there is nothing to choose x from",
    ]


class Here(Spec):
    """Defined in a test module, whose assertions pytest rewrites."""

    def init(self):
        self.x = 3

    @action
    def stay(self):
        pass

    @invariant
    def small(self):
        assert self.x < 3

    @invariant
    def small_with_message(self):
        assert self.x < 3, "x is not small"

    @reachable
    def reached(self):
        return self.x == 3 and self.x != 4


def test_assertions_that_pytest_rewrote_are_explained_the_same():
    """A spec in a test module is explained by its source, not by pytest's message."""
    machine = machine_of(Here())
    assert explained(machine, "small") == ["small is false:", "  self.x < 3", "    self.x = 3"]
    assert explained(machine, "small_with_message") == [
        "small_with_message is false:",
        "  x is not small",
        "  self.x < 3",
        "    self.x = 3",
    ]


def test_a_witness_is_explained_by_what_is_true():
    """A reachable property is explained where it is true."""
    assert explained(machine_of(Here()), "reached", "reachable") == [
        "reached is true:",
        "  self.x == 3",
        "    self.x = 3",
        "  self.x != 4",
        "    self.x = 3",
    ]


def test_code_without_source_is_not_explained():
    """Where the source is not to be had, the claim stands alone."""
    names = {"Spec": Spec, "action": action, "invariant": invariant}
    text = (
        "class Gone(Spec):\n def init(self): self.x = 1\n @action\n def stay(self): pass\n"
        " @invariant\n def p(self): return self.x == 2\n"
    )
    exec(compile(text, "<nowhere>", "exec"), names)
    assert explained(machine_of(names["Gone"]()), "p") == ["p is false"]


# Random expressions -------------------------------------------------------------------------------------------------

NUMBERS = st.recursive(
    st.sampled_from(["self.a", "self.b", "self.m[0]", "self.m[1]", "len(self.s)", "x", "0", "1", "2"]),
    lambda inner: st.builds("({} + {})".format, inner, inner) | st.builds("self.add({}, {})".format, inner, inner),
    max_leaves=3,
)
CONDITIONS = st.recursive(
    st.builds("{} {} {}".format, NUMBERS, st.sampled_from(["<", "==", "!=", ">=", "in (1, 2) or 1 >"]), NUMBERS)
    | st.builds("{} in self.s".format, NUMBERS)
    | st.builds("{} < {} <= {}".format, NUMBERS, NUMBERS, NUMBERS)
    | st.sampled_from(["self.flag", "not self.flag", "True", "False", "1 // 0", "self.nothing", "flag"]),
    lambda inner: (
        st.builds("({} and {})".format, inner, inner)
        | st.builds("({} or {})".format, inner, inner)
        | st.builds("(not {})".format, inner)
        | st.builds("({} if {} else {})".format, inner, inner, inner)
        | st.builds("all({} for x in self.m.values())".format, inner)
        | st.builds("any({} for x in self.s if {})".format, inner, inner)
        | st.builds("any([{} for y, x in self.m.items()])".format, inner)
        | st.builds("self.same({})".format, inner)
        | st.builds("self.sure({})".format, inner)
    ),
    max_leaves=6,
)
NUMBER = itertools.count()
TEMPLATE = """\
from modelcheck.spec import Spec, action, invariant

class Random(Spec):
    def init(self):
        self.a, self.b, self.flag = 1, 2, False
        self.s = {{1, 3}}
        self.m = {{0: 1, 1: 4}}

    @action
    def stay(self): pass

    def add(self, p, q): return p + q

    def same(self, p):
        if p:
            return True
        return False

    def sure(self, p):
        assert p, "not sure"
        return p

    @invariant
    def p(self):
        x = 2
        flag = self.flag or x > 2
        return {}
"""


@given(CONDITIONS)
def test_whatever_is_false_is_explained_truly(condition):
    """No expression makes the explanation fail, and each value in it is the one that the expression has."""
    name = f"<random {next(NUMBER)}>"
    text = TEMPLATE.format(condition)
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    names = {"__name__": "random_spec"}
    exec(compile(text, name, "exec"), names)
    machine = machine_of(names["Random"]())
    [state] = machine.initial_states()
    live = machine.thaw(state)
    try:
        live.p()
    except AssertionError:
        pass
    except Exception:  # noqa: BLE001 - a property that raises has no explanation; that it does is told elsewhere.
        return
    claim, *lines = explain(machine, Trace("Random", "", {}, "p", "invariant", (state,), ())).lines()
    assert claim.startswith("p is false")
    for line in lines:
        part, equals, value = line.strip().partition(" = ")
        if equals and part.startswith("self.") and "x" not in part and "(p" not in part and " " not in part:
            assert repr(eval(part, {"self": live})) == value or value.startswith("{")


def test_a_scope_never_raises():
    """What cannot be evaluated is unknown, whatever the user's code raises."""
    scope = Scope(None, {})
    for text in ("1 // 0", "nothing", "(lambda: [][0])()", "__import__('modelcheck').require(False)"):
        assert scope.truth(ast.parse(text, mode="eval").body) is None
