"""Traces: what they are, how they are written, read, replayed, explained and shown."""

from modelcheck.trace.diff import Change, changes
from modelcheck.trace.explanation.explain import explain
from modelcheck.trace.explanation.reason import Reason
from modelcheck.trace.parsing import read_recording
from modelcheck.trace.recording import Recording, record, write_trace
from modelcheck.trace.replay import Outcome, Replay, replay
from modelcheck.trace.trace import Trace

__all__ = [
    "Change",
    "Outcome",
    "Reason",
    "Recording",
    "Replay",
    "Trace",
    "changes",
    "explain",
    "read_recording",
    "record",
    "replay",
    "write_trace",
]
