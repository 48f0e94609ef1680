"""What raises, and what cannot be followed, in every place of a spec: told with its line, and never taken for a truth value."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelcheck import Limits, Verdict, check
from modelcheck.errors import ModelcheckError
from modelcheck.spec.loading import load_spec
from modelcheck.symbolic.proof.prove import prove
from modelcheck.symbolic.terms import UnsupportedError

HEAD = """\
import math
from modelcheck import Spec, action, constraint, invariant, lemma, require, step_property

class Example(Spec):
    def init(self):
        self.x = 0
        self.items = (5, 6)

    @action
    def up(self):
        require(self.x < MOST)
        self.x += 1

    @invariant
    def small(self):
        return self.x < 8

"""
PLACES = {
    "constraint": "    @constraint\n    def told(self):\n        return {}\n",
    "invariant": "    @invariant\n    def told(self):\n        return {}\n",
    "lemma": "    @lemma\n    def told(self):\n        return {}\n",
    "step property": "    @step_property\n    def told(self, after):\n        return {}\n",
}
METHODS = ["auto", "bmc", "induction", "ic3"]
# True in every state, by what a symbolic integer has no way to say.
NOT_FOLLOWED = ["pow(2, self.x, 7) >= 0", "self.x.bit_length() < 100", "math.sqrt(self.x) >= 0", "self.x < 3 or bin(self.x) != ''"]
FOLLOWED = [
    "~self.x == -self.x - 1", "self.x < 3 or round(self.x) < 20", "math.trunc(self.x) < 20", "self.x.__class__ is int", "math.floor(self.x) < 20",
]  # fmt: skip
MISTAKES = {
    "self.items[self.x] > 0": "IndexError",
    "{0: 1, 1: 1, 2: 1}[self.x] > 0": "KeyError",
    "self.y > 0": "AttributeError",
    "self.x < 'a'": "TypeError",
    "10 // (5 - self.x) < 100": "ZeroDivisionError",
    "int('a' * self.x + '1') > 0": "ValueError",
}


def written(folder: Path, place: str, text: str, most: int = 1000) -> Path:
    """The file of a spec with an expression in a place."""
    path = folder / "example.py"
    path.write_text(HEAD.replace("MOST", str(most)) + PLACES[place].format(text))
    return path


@pytest.mark.parametrize("text", FOLLOWED)
@pytest.mark.parametrize("place", ["constraint", "lemma", "step property"])
def test_what_is_true_of_all_integers_is_followed(place, text, tmp_path):
    """The violation of the other invariant is found: no state is left out, and nothing counts as false."""
    spec = load_spec(str(written(tmp_path, place, text)))
    report = prove(spec(), properties=["small"])
    assert report.verdict is Verdict.VIOLATED
    assert len(report.properties[0].trace.steps) == 8


@pytest.mark.parametrize("text", NOT_FOLLOWED)
@pytest.mark.parametrize("place", ["constraint", "invariant", "lemma", "step property"])
def test_what_cannot_be_followed_is_refused_with_its_line(place, text, tmp_path):
    """An unbounded integer is none that such a function can be asked of."""
    path = written(tmp_path, place, text)
    with pytest.raises(UnsupportedError) as caught:
        prove(load_spec(str(path))(), limits=Limits(time_s=10))
    assert caught.value.place == f"{path}:{len(path.read_text().splitlines())}"
    assert caught.value.remedy


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("text", MISTAKES)
@pytest.mark.parametrize("place", ["constraint", "invariant", "step property"])
def test_a_mistake_of_the_spec_is_told_with_its_line(place, text, method, tmp_path):
    """As a check of the spec tells it, whatever the method."""
    path = written(tmp_path, place, text, most=6)
    with pytest.raises(ModelcheckError, match=MISTAKES[text]) as by_check:
        check(load_spec(str(path))(), limits=Limits(states=100))
    with pytest.raises(ModelcheckError, match=f"{MISTAKES[text]}|cannot be followed|divided") as by_prove:
        prove(load_spec(str(path))(), method=method)
    assert by_prove.value.place == by_check.value.place


def test_a_property_that_raises_in_unreachable_states_only_is_not_refused(tmp_path):
    """Induction begins in states that are not reachable; that it raises there is a counterexample to induction, and no error."""
    path = written(tmp_path, "invariant", "(1, 1, 1)[self.x] > 0", most=2)
    report = prove(load_spec(str(path))(), properties=["told"], method="induction", using=[])
    assert report.verdict in (Verdict.UNKNOWN, Verdict.HOLDS)
    counterexample = report.properties[0].counterexample
    assert counterexample is None or "IndexError" in counterexample.raises
