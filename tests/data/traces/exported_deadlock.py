"""A counterexample to deadlock of Town, kept as a test: it fails until the bug is repaired."""

from modelcheck import Step
from modelcheck.trace.export.regression import assert_repaired
from town_spec import Light, Town


def test_deadlock_of_town():
    """The run that violated deadlock does so no more."""
    steps = [
        Step('send', {'n': 0}, ('bye',)),
        Step('send', {'n': 0}, ('bye',)),
    ]
    assert_repaired(Town(nodes=3, first=Light.RED, label='town', rate=0.5), 'deadlock', steps, start=1)
