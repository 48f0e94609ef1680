"""A counterexample to calm of Town, kept as a test: it fails until the bug is repaired."""

from modelcheck import Step
from modelcheck.trace.export.regression import assert_repaired
from town_spec import Light, Note, Town


def test_calm_of_town():
    """The run that violated calm does so no more."""
    steps = [
        Step('send', {'n': 0}, ('hello',)),
        Step('send', {'n': 0}, ('hello',)),
        Step('read', {'note': Note(to=0, text='hello')}),
        Step('read', {'note': Note(to=0, text='hello')}),
    ]
    assert_repaired(Town(nodes=3, first=Light.RED, label='town', rate=0.5), 'calm', steps, start=1)
