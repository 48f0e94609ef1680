"""Traces in the formats of other tools: sequence diagrams, pages, logs, tests.

None of them needs the spec, except the regression test, whose values are Python source.
"""

from modelcheck.trace.export.decoded import decoded
from modelcheck.trace.export.diagram import Diagram, Event, Message, diagram
from modelcheck.trace.export.html import html
from modelcheck.trace.export.mermaid import mermaid
from modelcheck.trace.export.plain import plain_json
from modelcheck.trace.export.regression import regression_test
from modelcheck.trace.export.shiviz import shiviz
from modelcheck.trace.export.svg import svg

__all__ = ["Diagram", "Event", "Message", "decoded", "diagram", "html", "mermaid", "plain_json", "regression_test", "shiviz", "svg"]
