"""``modelcheck check`` of folders and of several files, and specs that are meant to fail."""



import json
import re

import pytest

from .conftest import COUNTER

FAILING = '''\
"""Counters with bugs."""
from modelcheck import fails
from counter import Counter


@fails("small", steps={steps})
class Failing(Counter):
    """Counts too far."""


class Mended(Failing):
    """What mends it says nothing of failing."""

    bound: int = 3
'''
BROKEN = "import nothing_of_that_name\n"


@pytest.fixture
def zoo(folder):
    """A folder with a counter that fails unexpectedly."""
    (folder / "zoo").mkdir()
    (folder / "zoo" / "counter.py").write_text(COUNTER)
    return folder / "zoo"


@pytest.fixture
def good(zoo):
    """A folder in which what fails is meant to."""
    (zoo / "counter.py").write_text(COUNTER.replace("bound: int = 2", "bound: int = 3"))
    (zoo / "failing.py").write_text(FAILING.format(steps=3).replace('"""Counts too far."""', "bound: int = 2"))
    return zoo


def rows(text):
    """The spec, and how it fared, of each row of the table."""
    return dict(re.findall(r"^  (\w+) +[\d,]+ +[\d.]+ m?s  (.*)$", text, re.MULTILINE))


def test_all_specs_of_a_folder_are_in_one_table(run, good):
    """Each with its verdict; what fails as it is meant to passes."""
    result = run("check", good)
    assert rows(result.out) == {"Counter": "holds", "Failing": "fails as meant  small in 3 steps", "Mended": "holds"}
    assert result.out.splitlines()[-1].endswith("2 hold, 1 fails as meant")
    assert result.code == 0


def test_a_file_heads_its_specs_and_comes_before_the_folders_beside_it(run, good):
    """So that mutants follow the protocol."""
    (good / "a_folder").mkdir()
    (good / "a_folder" / "more.py").write_text("from counter import Counter\nclass More(Counter): pass\n")
    headings = [line for line in run("check", good).out.splitlines() if line.endswith(".py")]
    assert headings == ["zoo/counter.py", "zoo/failing.py", "zoo/a_folder/more.py"]


def test_several_files_are_one_table(run, good):
    """Files, classes in files, folders, each spec once."""
    result = run("check", good / "counter.py", f"{good / 'failing.py'}:Mended", good / "counter.py")
    assert list(rows(result.out)) == ["Counter", "Mended"]


def test_a_violation_that_is_not_meant_names_its_replay(run, zoo):
    """And the exit code is 1."""
    result = run("check", zoo)
    assert rows(result.out) == {"Counter": "violated  small in 3 steps"}
    assert "Counter: modelcheck replay .modelcheck/Counter-small.json" in result.out
    assert result.code == 1


@pytest.mark.parametrize(("steps", "told"), [(2, "fails otherwise"), (4, "fails otherwise")])
def test_to_fail_in_other_steps_is_not_what_was_meant(run, good, steps, told):
    """A bug that is found elsewhere is another bug."""
    (good / "failing.py").write_text(FAILING.format(steps=steps).replace('"""Counts too far."""', "bound: int = 2"))
    result = run("check", good)
    assert rows(result.out)["Failing"] == f"{told}  small in 3 steps; meant: small in {steps} steps"
    assert result.code == 1


def test_to_hold_is_not_what_was_meant(run, good):
    """A mutant that lives is told."""
    (good / "failing.py").write_text(FAILING.format(steps=3))
    result = run("check", good)
    assert rows(result.out)["Failing"] == "does not fail  holds; meant: small in 3 steps"
    assert result.code == 1


def test_an_error_comes_before_a_violation_and_stops_nothing(run, zoo):
    """Exit code 2; the other specs are checked all the same."""
    (zoo / "broken.py").write_text(BROKEN)
    result = run("check", zoo)
    assert rows(result.out) == {"Counter": "violated  small in 3 steps"}
    assert "Error in zoo/broken.py: zoo/broken.py:1: cannot import " in result.out
    assert result.code == 2


def test_a_violation_comes_before_an_unknown(run, zoo):
    """Exit code 1, and 3 where nothing else is."""
    (zoo / "mended.py").write_text("from counter import Counter\nclass Mended(Counter):\n    bound: int = 3\n    limit: int = 90\n")
    assert run("check", zoo, "--max-states", 5).code == 1
    assert run("check", zoo / "mended.py", zoo / "mended.py", "--max-states", 2).code == 3


def test_json_is_one_object_with_a_report_for_each_spec(run, good):
    """The reports are those of single checks."""
    (good / "broken.py").write_text(BROKEN)
    result = run("check", good, "--json")
    found = json.loads(result.out)
    assert found["verdict"] is None
    assert [(one["spec"], one["verdict"]) for one in found["reports"]] == [
        ("zoo/broken.py", None), ("Counter", "holds"), ("Failing", "violated"), ("Mended", "holds"),
    ]  # fmt: skip
    assert found["reports"][0]["error"]["place"] == "zoo/broken.py:1"
    assert found["reports"][2]["meant_to_fail"] == [{"property": "small", "steps": 3}]
    assert [one.get("as_meant") for one in found["reports"]] == [None, None, True, None]
    assert result.code == 2


@pytest.mark.parametrize("option", [["--set", "limit=2"], ["--property", "small"], ["--profile"], ["--trace-out", "trace.json"]])
def test_options_about_one_spec_are_refused(run, good, option):
    """With the reason."""
    result = run("check", good, *option)
    assert result.code == 2
    assert f"{option[0]} cannot be given for several specs: " in result.err


def test_the_time_limit_is_for_all_together(run, good):
    """Nothing is left for the second one."""
    result = run("check", good, "--time-limit", "0.000001s")
    assert set(rows(result.out).values()) == {"unknown  the time limit of 1e-06 s was reached"} or result.code == 3


def test_a_folder_without_specs_is_an_error(run, folder):
    """Nothing to check is not success."""
    (folder / "empty").mkdir()
    result = run("check", "empty")
    assert "empty holds no spec" in result.err
    assert result.code == 2


# One spec that is meant to fail ---------------------------------------------------------------------------------------


def test_alone_it_passes_too(run, good):
    """The report is that of a violation, and says that it is meant."""
    result = run("check", f"{good / 'failing.py'}:Failing")
    assert "small  violated  in 3 steps, as it is meant to" in result.out
    assert "Counterexample: small is violated in 3 steps" in result.out
    assert result.code == 0


def test_alone_it_fails_where_it_fails_otherwise(run, good):
    """And says how it is meant to."""
    (good / "failing.py").write_text(FAILING.format(steps=2).replace('"""Counts too far."""', "bound: int = 2"))
    result = run("check", f"{good / 'failing.py'}:Failing")
    assert "violated  in 3 steps, meant to fail in 2 steps" in result.out
    assert result.code == 1


def test_with_other_constants_or_properties_nothing_is_meant(run, good):
    """The claim is of the defaults."""
    failing = f"{good / 'failing.py'}:Failing"
    assert run("check", failing, "--set", "bound=1").code == 1
    assert run("check", failing, "--set", "bound=2").code == 0
    assert run("check", failing, "--property", "one").code == 0


def test_a_search_that_was_cut_short_bears_out_nothing(run, good):
    """Unknown, exit code 3."""
    assert run("check", f"{good / 'failing.py'}:Failing", "--max-depth", 2).code == 3


def test_another_property_that_fails_as_soon_is_not_meant(run, good):
    """The bug is another one, or there are two."""
    text = FAILING.format(steps=3).replace('"small"', '"one"').replace('"""Counts too far."""', "bound: int = 2")
    (good / "failing.py").write_text(text)
    result = run("check", f"{good / 'failing.py'}:Failing")
    assert "violated  in 3 steps, which is not meant" in result.out
    assert result.code == 1


def test_a_claim_about_no_property_is_an_error(run, good):
    """With the nearest name."""
    (good / "failing.py").write_text(FAILING.format(steps=3).replace('"small"', '"smal"'))
    result = run("check", f"{good / 'failing.py'}:Failing")
    assert "Failing is meant to fail 'smal', which is none of its properties; did you mean 'small'?" in result.err
    assert result.code == 2


def test_a_property_that_cannot_be_reached_is_claimed_without_steps(run, good):
    """There is no run to show."""
    text = "from modelcheck import fails\nfrom counter import Counter\n@fails('one')\nclass Stuck(Counter):\n    limit: int = 0\n"
    (good / "failing.py").write_text(text)
    assert rows(run("check", good).out)["Stuck"] == "fails as meant  one"


def test_random_walks_may_take_longer(run, good):
    """The length is claimed of shortest counterexamples only."""
    found = run("check", f"{good / 'failing.py'}:Failing", "--order", "depth")
    assert found.code == 0
