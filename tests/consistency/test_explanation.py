"""What is shown of a violation: few operations that contradict each other, and what was possible before."""

from __future__ import annotations

import random
import re

import pytest

from modelcheck.consistency import (
    UNKNOWN,
    CasRegister,
    FifoQueue,
    History,
    HistoryResult,
    KeyValue,
    Operation,
    PriorityQueue,
    Register,
    Stack,
    check_history,
)
from modelcheck.consistency.linearizability.procedures import decide_part, parts_of
from modelcheck.consistency.report.diagram import diagram, fitting
from modelcheck.consistency.report.explanation import explain
from modelcheck.consistency.report.page import page
from modelcheck.consistency.report.text import described
from modelcheck.limits.deadline import Allowance
from modelcheck.verdict import Verdict

from ..oracles.linearizability import linearizable
from .generate import OBJECTS, random_history, unique_history

STALE = [
    Operation("a", "write", 1, None, 0, 1),
    Operation("b", "read", None, 1, 2, 3),
    Operation("a", "write", 2, None, 4, 5),
    Operation("c", "read", None, 2, 6, 9),
    Operation("b", "read", None, 1, 7, 8),
    Operation("a", "read", None, 2, 10, 11),
]


def test_a_stale_read_is_explained_by_three_operations():
    """Of six operations a write, a read before and a stale read after it contradict each other."""
    explanation = check_history(History(STALE), Register(0)).explanation
    assert [str(o) for o in explanation.core] == ["b: read() -> 1", "a: write(2) -> None", "b: read() -> 1"]
    assert explanation.unexplained == STALE[4]


def test_the_core_contradicts_itself_whatever_the_others_did():
    """With all other operations optional, the core of a random violation is still not linearizable."""
    seen = 0
    for seed in range(200):
        chance = random.Random(f"core {seed}")
        object_ = OBJECTS[seed % len(OBJECTS)]
        history = random_history(chance, object_, operations=8, clients=4, values=3, lost=0.1, wrong=3)
        explanation = check_history(History(history), object_).explanation
        if explanation is None or explanation.key is not None:
            continue
        seen += 1
        assert not linearizable([o if o in explanation.core else o.optional() for o in history], object_)
    assert seen > 20


def test_the_configurations_explain_everything_before():
    """Each configuration shown is an order of the operations before the return that nothing explains."""
    explanation = check_history(History(STALE), Register(0)).explanation
    assert explanation.configurations
    for configuration in explanation.configurations:
        state = 0
        for operation in configuration.order:
            state, result = Register(0).apply(state, operation.name, operation.argument)
            assert result == operation.result
        assert state == configuration.state


def test_the_drawing_has_a_lane_for_each_client():
    """A timing diagram draws concurrent operations over each other, and an open one without an end."""
    operations = [
        Operation("a", "write", 1, None, 0, 3),
        Operation("b", "read", None, 0, 1, 4),
        Operation("c", "write", 2, UNKNOWN, 2),
    ]
    assert diagram(operations) == (
        "a  |-----1-----|\nb      |-----2-----|\nc          |-3-- - - -\n\n1  a  write(1)\n2  b  read() -> 0\n3  c  write(2) did not return"
    )


def test_the_report_of_a_violation():
    """The text of a violation is the verdict, the contradiction and the return that nothing explains."""
    text = described(check_history(History(STALE), Register(0)))
    assert text.splitlines()[0] == "violated: the history is not linearizable"
    assert "These 3 operations cannot all be right, whatever the other 3 did:" in text
    assert "The first return that nothing explains: b: read() -> 1" in text


def test_a_page_is_self_contained_and_escapes_what_was_recorded():
    """The page refers to nothing outside itself, and shows a recorded value as text."""
    history = [Operation("<b>", "read", None, "<script>no", 0, 1)]
    result = check_history(History(history), CasRegister(0))
    html = page(result, CasRegister(0))
    assert "<script>no" not in html
    assert "&lt;script&gt;no" in html
    assert "http" not in html.replace("http-equiv", "")


def test_a_label_ends_before_the_next_operation_of_its_client():
    """Long values are cut, so that labels do not lie over each other."""
    history = [
        Operation("a", "write", "x" * 200, None, 0, 1),
        Operation("a", "write", "y", None, 2, 3),
        Operation("a", "read", None, "z", 4, 5),
    ]
    html = page(check_history(History(history), Register("")), Register(""))
    labels = re.findall(r'<text x="\d+" y="\d+">(.*?)</text>', html)
    assert [len(label) for label in labels] == [len("read() -&gt; &#x27;z&#x27;"), 5, 5], labels


def test_a_drawing_fits_a_terminal():
    """Of many operations the last are drawn, in a hundred columns."""
    history = [Operation(f"client {at % 3}", "acquire", None, True, 2 * at, 2 * at + 3) for at in range(60)]
    drawn = fitting(history)
    assert 5 < len(drawn) < 60
    assert max(map(len, diagram(drawn).splitlines())) <= 98


def test_a_linearization_is_given_when_asked_for():
    """A history that holds comes with an order of its operations, over all keys together."""
    result = check_history(History(STALE[:4]), Register(0), linearization=True)
    assert result.verdict is Verdict.HOLDS
    assert [o.name for o in result.linearization] == ["write", "read", "write", "read"]


def violated(seed, object_):
    """A random history that is not linearizable, or ``None``."""
    chance = random.Random(f"violated {seed} {object_.name}")
    history = random_history(chance, object_, operations=8, clients=4, values=3, lost=0.1, wrong=3)
    return None if linearizable(history, object_) else History(history)


@pytest.mark.parametrize("object_", OBJECTS, ids=lambda o: o.name)
def test_a_violation_is_always_explained(object_):
    """Every violation comes with the operation at which it stuck, and with few operations that contradict each other."""
    seen = 0
    for seed in range(150):
        history = violated(seed, object_)
        if history is not None:
            explanation = check_history(history, object_).explanation
            assert explanation.unexplained in history.operations
            assert explanation.core, seed
            seen += 1
    assert seen > 3


def test_an_explanation_without_time_says_where_it_stuck():
    """Where there is no time to reduce a violation, the place, the key and an operation are told all the same."""
    operations = [
        Operation("a", "put", ("k", "1"), None, 0, 1, "some.jsonl:1"),
        Operation("b", "get", "k", "2", 2, 3, "some.jsonl:2"),
    ]
    (part,) = parts_of(operations, KeyValue())
    for found in (decide_part(part, KeyValue(), Allowance(60), needs_answer=answer) for answer in (True, False)):
        explanation = explain(part, KeyValue(), Allowance(0.0), found)
        assert (explanation.core, explanation.key, explanation.unexplained) == ((), part.key, operations[1])
        result = HistoryResult(Verdict.VIOLATED, "linearizable", "kv", 2, "search", explanation=explanation)
        assert "no time to find the operations on the key 'k' that contradict each other" in described(result)
        assert "recorded at some.jsonl:2" in described(result)


@pytest.mark.parametrize(("put", "take", "object_"), [("push", "pop", Stack()), ("enqueue", "dequeue", FifoQueue())])
def test_a_thousand_values_are_reduced_to_few(put, take, object_):
    """Of a thousand values that were put in once, a value that was taken twice is shown alone."""
    history = []
    for at in range(1000):
        history += [Operation("a", put, at, None, 8 * at, 8 * at + 5), Operation("b", take, None, at, 8 * at + 4, 8 * at + 7)]
    history.append(Operation("c", take, None, 500, 8001, 8002))
    result = check_history(History(history), object_)
    assert [o.result for o in result.explanation.core] == [None, 500, 500]
    assert "These 3 operations, all there are on their values, cannot all be right:" in described(result)


def test_values_that_are_shown_contradict_each_other():
    """The operations on the values of an explanation are not linearizable, all others left out."""
    seen = 0
    for seed in range(300):
        for object_ in (Stack(), FifoQueue(), PriorityQueue()):
            chance = random.Random(f"values {seed}")
            history = unique_history(chance, object_, operations=9, clients=4, wrong=3)
            explanation = check_history(History(history), object_).explanation
            if explanation is not None and explanation.method == "values":
                assert not linearizable(explanation.core, object_), seed
                seen += 1
    assert seen > 100


def test_an_explanation_can_be_switched_off():
    """Without an explanation there is a verdict alone."""
    result = check_history(History(STALE), Register(0), explanation=False)
    assert (result.verdict, result.explanation) == (Verdict.VIOLATED, None)
