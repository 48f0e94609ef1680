"""Reports for services: annotations of GitHub, JUnit, SARIF, each as its readers take it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest


@pytest.fixture
def report(run, counter):
    """The report on the counter, in a format."""
    return lambda form, *more: run("check", counter, "--keep-going", "--format", form, *more)


def test_github_annotates_the_line_of_the_property(report):
    """An error at the property's file and line, with what the terminal says of it; what holds is no annotation."""
    result = report("github", "--set", "limit=4")
    [line] = [line for line in result.out.splitlines() if line.startswith("::")]
    assert line.startswith("::error file=counter.py,line=")
    assert ",title=Counter%3A small::small is violated in 3 steps%0Asmall is false:%0A" in line
    assert line.endswith("Replay: modelcheck replay .modelcheck/Counter-small-limit=4.json")
    assert result.code == 1


def test_junit_has_a_case_for_each_property(report):
    """Failures with their text, and the counts that readers sum up."""
    root = ET.fromstring(report("junit").out)
    [suite] = root.findall("testsuite")
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("Counter", "3", "1")
    cases = {case.get("name"): case for case in suite.findall("testcase")}
    assert "n = 3" in cases["small"].find("failure").text
    assert cases["one"].find("failure") is None
    assert cases["small"].get("file") == "counter.py"


def test_an_unknown_is_skipped_and_a_warning(report):
    """What was not decided is no failure, and is told."""
    [suite] = ET.fromstring(report("junit", "--max-states", "1", "--property", "small").out).findall("testsuite")
    assert suite.get("skipped") == "1"
    out = report("github", "--max-states", "1", "--property", "small").out
    assert "::warning file=counter.py,line=28,title=Counter%3A small::small is unknown" in out


def test_sarif_has_a_result_for_what_is_violated(report):
    """With the rule, the file and the line."""
    document = json.loads(report("sarif").out)
    assert document["version"] == "2.1.0"
    [done] = document["runs"]
    [result] = done["results"]
    assert result["ruleId"] == "Counter/small"
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "counter.py"}
    assert [rule["id"] for rule in done["tool"]["driver"]["rules"]] == ["Counter/small"]


def test_json_is_a_format_too(report):
    """The same as --json, with the place of each property."""
    found = json.loads(report("json").out)
    assert found["properties"][0]["place"].startswith("counter.py:")


def test_an_error_of_the_spec_is_annotated(run, counter):
    """And told as ever, with exit code 2."""
    counter.write_text(counter.read_text().replace("self.n += 1", "self.n += self.m"))
    for form, told in (("github", "::error file="), ("junit", "<error message="), ("sarif", '"level": "error"')):
        result = run("check", counter, "--format", form)
        assert result.code == 2
        assert told in result.out
        assert "has no attribute" in result.err


def test_several_specs_are_one_document(run, counter, folder):
    """A suite for each."""
    (folder / "second.py").write_text(counter.read_text().replace("class Counter", "class Second"))
    root = ET.fromstring(run("check", folder, "--format", "junit").out)
    assert [suite.get("name") for suite in root.findall("testsuite")] == ["Counter", "Second"]


def test_hostile_texts_stay_in_their_place(run, folder):
    """Names and values that look like commands or markup."""
    (folder / "hostile.py").write_text(
        "from modelcheck import Spec, action, invariant\n\nBAD = ']]></failure>\\n::error::x\\x1b[2J'\n\n\nclass Hostile(Spec):\n"
        "    def init(self) -> None:\n        self.x = ''\n\n    @action\n    def say(self) -> None:\n        self.x = BAD\n\n"
        "    @invariant\n    def silent(self) -> bool:\n        return self.x != BAD\n"
    )  # fmt: skip
    assert sum(line.startswith("::") for line in run("check", "hostile.py", "--format", "github").out.splitlines()) == 1
    assert ET.fromstring(run("check", "hostile.py", "--format", "junit").out).find("testsuite") is not None
    assert "\x1b" not in run("check", "hostile.py", "--format", "sarif").out
