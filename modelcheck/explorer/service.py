"""The questions that the page asks, and their answers; whatever is asked names the constants and the path, so that nothing is kept for anybody."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

from modelcheck.errors import ModelcheckError, UsageError
from modelcheck.explorer.expressions import Expression
from modelcheck.explorer.graph import graph_of
from modelcheck.explorer.loaded import Loaded, Settings
from modelcheck.explorer.searching import Search, checking, finding
from modelcheck.explorer.source import source_of_step
from modelcheck.explorer.told import Teller, spec_json, trace_at
from modelcheck.explorer.walker import Place, Walker
from modelcheck.limits import Limits
from modelcheck.limits.deadline import LimitReached, allowance, watched
from modelcheck.search import PropertyReport
from modelcheck.trace import explain, export, record
from modelcheck.trace.explanation.blocked import why_not
from modelcheck.trace.export.run import Json, spans
from modelcheck.trace.recording import as_text
from modelcheck.trace.text import harmless, reason_lines, step_spans
from modelcheck.verdict import Verdict

_ANSWER_S = 30.0
_MOST_DRAWN = 400
"""States of a graph on the page; a file may hold more."""


class Service:
    """Answers for one spec, one question at a time.

    Args:
        loaded: The spec.
    """

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self._lock = threading.Lock()
        self._tellers: dict[Walker, Teller] = {}
        self._searches: dict[str, Search] = {}
        self.questions: dict[str, Callable[[Mapping[str, Any]], Json]] = {
            "spec": self._spec, "run": self._run, "options": self._options, "blocked": self._blocked, "properties": self._properties,
            "values": self._values, "check": self._check, "find": self._find, "search": self._search, "stop": self._stop, "pulse": self._pulse,
            "follow": self._follow, "export": self._export, "source": self._source, "graph": self._graph,
        }  # fmt: skip

    def answer(self, question: str, asked: Mapping[str, Any]) -> Json:
        """The answer to a question; an error of the spec or of what was typed is one, too.

        Raises:
            KeyError: if there is no such question.
        """
        respond = self.questions[question]
        try:
            with self._lock, watched(allowance(Limits(time_s=_ANSWER_S))):
                self._loaded.refresh()  # What is run is what is on the disk, whose lines are shown.
                return respond(asked)
        except ModelcheckError as error:
            return {"error": error.message, "remedy": error.remedy, "place": error.place}
        except Exception as error:  # noqa: BLE001 - the one place where errors become answers.
            return {"error": f"internal error: {type(error).__name__}: {error}", "remedy": "Please report it.", "place": None}
        except LimitReached as limit:
            return {"error": f"{limit}: the spec's code took more than {_ANSWER_S:.0f} seconds", "remedy": None, "place": None}

    # What is asked about ------------------------------------------------------------------------------------------------------------------------

    def _walker(self, asked: Mapping[str, Any], *, before: bool = False) -> Walker:
        return self._loaded.walker(settings_of(asked), before=before)

    def _teller(self, walker: Walker) -> Teller:
        if walker not in self._tellers:
            if len(self._tellers) > 2 * len(self._searches) + 16:
                self._tellers.clear()
            self._tellers[walker] = Teller(walker)
        return self._tellers[walker]

    def _at(self, asked: Mapping[str, Any]) -> tuple[Teller, Place]:
        walker = self._walker(asked)
        return self._teller(walker), walker.place(_text(asked, "path", "0"))

    # Answers ------------------------------------------------------------------------------------------------------------------------------------

    def _spec(self, asked: Mapping[str, Any]) -> Json:
        walker = self._walker(asked)
        told: dict[str, Json] = spec_json(walker.machine)
        starts = [{"path": str(number), "state": str(position.state)} for number, position in enumerate(walker.starts)]
        constants = self._loaded.constants(walker.machine.constants)
        return told | {"constants": constants, "starts": starts, "version": self._loaded.version, "stale": self._loaded.error}

    def _run(self, asked: Mapping[str, Any]) -> Json:
        teller, place = self._at(asked)
        return teller.run(place)

    def _options(self, asked: Mapping[str, Any]) -> Json:
        teller, place = self._at(asked)
        return {"options": teller.options(place)}

    def _blocked(self, asked: Mapping[str, Any]) -> Json:
        teller, place = self._at(asked)
        return {"blocked": teller.blocked(place, asked.get("action"))}

    def _properties(self, asked: Mapping[str, Any]) -> Json:
        teller, place = self._at(asked)
        return {"properties": teller.properties(place)}

    def _values(self, asked: Mapping[str, Any]) -> Json:
        teller, place = self._at(asked)
        texts = asked.get("expressions")
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise UsageError("expressions are a list of texts")
        return {"values": teller.values(place, texts)}

    def _pulse(self, _: Mapping[str, Any]) -> Json:
        """Which version of the spec this is: it was loaded anew if a file of it was saved."""
        return {"version": self._loaded.version, "stale": self._loaded.error}

    def _follow(self, asked: Mapping[str, Any]) -> Json:
        """Where a path of the version before leads in this one, and where they part."""
        before = self._walker(asked, before=True).known(_text(asked, "path", "0"))
        walker = self._walker(asked)
        if before is None:
            return {"path": walker.place("0").path, "parted": None, "of": 0, "was": "0"}
        start = walker.start_like(before.states[0])
        if start is None:
            return {"path": "0", "parted": 0, "of": len(before.steps), "step": [["the initial state", "action"]], "why": [], "was": before.path}
        place, taken = walker.follow(start, before.steps, before.states[1:])
        if taken == len(before.steps):
            return {"path": place.path, "parted": None, "of": taken, "was": before.path}
        step = before.steps[taken]
        action = next((each for each in walker.machine.actions if each.name == step.action), None)
        text = repr(dict(step.arguments))
        reasons = [] if action is None else why_not(walker.machine, action, place.here.state, lambda given: repr(dict(given)) == text)
        why = [spans(line) for reason in reasons for line in reason_lines(reason)]
        return {"path": place.path, "parted": taken + 1, "of": len(before.steps), "step": spans(step_spans(step)), "why": why, "was": before.path}

    def _export(self, asked: Mapping[str, Any]) -> Json:
        """The way here as a file."""
        walker = self._walker(asked)
        place = walker.place(_text(asked, "path", "0"))
        false = walker.false(place.here, place.positions[-2] if place.steps else None)
        stuck = not false and walker.stepper.is_stuck(place.here)
        trace = trace_at(walker, place, false[0] if false else "deadlock" if stuck else "log")
        form = asked.get("to")
        name = f"{trace.spec}-{trace.property}"
        if form == "itf":
            return {"name": f"{name}.json", "text": as_text(record(trace))}
        if form == "html":
            return {"name": f"{name}.html", "text": export.html(trace, export.diagram(trace), explain(walker.machine, trace), machine=walker.machine)}
        if form == "pytest":
            return {"name": f"test_{trace.spec.lower()}.py", "text": export.regression_test(walker.machine.spec, trace)}
        raise UsageError(f"there is no format {form!r}", remedy="There are itf, html and pytest.")

    def _source(self, asked: Mapping[str, Any]) -> Json:
        """The code that the last step ran."""
        place = self._walker(asked).place(_text(asked, "path", "0"))
        functions = source_of_step(self._walker(asked).machine, place.states[-2], place.steps[-1]) if place.steps else []
        return {"functions": functions}

    def _graph(self, asked: Mapping[str, Any]) -> Json:
        """The states and the steps between them, seen through some variables."""
        names = asked.get("variables") or []
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise UsageError("variables are a list of names")
        found = graph_of(self._walker(asked), names, _MOST_DRAWN)
        nodes = [
            {"text": harmless(n.text), "path": n.path, "x": n.x, "level": n.level, "initial": n.initial, "false": list(n.false), "states": n.states}
            for n in found.nodes
        ]
        return {"nodes": nodes, "edges": [{"source": e.source, "target": e.target, "labels": list(map(harmless, e.labels))} for e in found.edges]}

    # Searches -----------------------------------------------------------------------------------------------------------------------------------

    def _check(self, asked: Mapping[str, Any]) -> Json:
        walker = self._walker(asked)
        name = f"check {self._loaded.version} {settings_of(asked)}"
        return self._started(name, lambda: checking(walker.machine.cls(**walker.machine.constants)))

    def _find(self, asked: Mapping[str, Any]) -> Json:
        walker = self._walker(asked)
        place = walker.place(_text(asked, "path", "0"))
        expression = Expression(walker.machine, _text(asked, "expression", ""))
        name = f"find {self._loaded.version} {settings_of(asked)} {place.path} {expression.text}"
        return self._started(name, lambda: finding(walker.machine, place.here.state, expression))

    def _started(self, name: str, begin: Callable[[], Search]) -> Json:
        if name not in self._searches or self._searches[name].error is not None:
            self._searches[name] = begin()
        return {"search": name}

    def _stop(self, asked: Mapping[str, Any]) -> Json:
        search = self._searches.get(_text(asked, "search", ""))
        if search is not None:
            search.stop()
        return {}

    def _search(self, asked: Mapping[str, Any]) -> Json:
        """How far a search is, or what it found; a run that it found as a path from where it began."""
        search = self._searches.get(_text(asked, "search", ""))
        if search is None:
            raise UsageError("there is no such search", remedy="Begin it again: the spec was loaded anew, or the server started again.")
        told: dict[str, Json] = {"running": search.is_running, "error": search.error, "progress": None, "report": None}
        if search.progress is not None:
            told["progress"] = {name: getattr(search.progress, name) for name in ("states", "depth", "frontier", "generated", "seconds")}
        if search.report is not None:
            report = search.report
            told["report"] = {name: getattr(report, name) for name in ("reason", "states", "generated", "depth", "seconds")} | {
                "verdict": report.verdict.value,
                "warnings": list(report.warnings),
                "properties": [self._found(asked, each) for each in report.properties],
                "actions": [{"name": each.name, "enabled": each.enabled, "new": each.new} for each in report.actions],
            }
        return told

    def _found(self, asked: Mapping[str, Any], found: PropertyReport) -> Json:
        path = None
        if found.trace is not None:
            walker = self._walker(asked)
            begin = walker.place(_text(asked, "path", "0")) if asked.get("from_here") else walker.start_like(found.trace.states[0])
            if begin is not None:
                place, taken = walker.follow(begin, found.trace.steps, found.trace.states[1:])
                path = place.path if taken == len(found.trace.steps) else None
        return {"name": found.name, "kind": found.kind, "verdict": found.verdict.value, "path": path, "witness": found.verdict is Verdict.HOLDS}


def settings_of(asked: Mapping[str, Any]) -> Settings:
    """The constants that a question names, as they were typed.

    Raises:
        UsageError: if they are no object of texts.
    """
    given = asked.get("constants") or {}
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            given = None
    if not isinstance(given, dict) or not all(isinstance(name, str) and isinstance(text, str) for name, text in given.items()):
        raise UsageError("constants are an object of texts")
    return tuple(sorted(given.items()))


def _text(asked: Mapping[str, Any], name: str, default: str) -> str:
    value = asked.get(name, default)
    if not isinstance(value, str):
        raise UsageError(f"{name} is a text")
    return value
