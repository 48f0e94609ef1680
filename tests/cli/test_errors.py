"""What a mistake looks like: one message with the place and the remedy, exit code 2, and nothing on standard output."""

# ruff: noqa: ARG001 - fixtures are asked for by name for what they set up.

import pytest

CASES = {
    "no file": ("check missing.py", None, "no such file: missing.py"),
    "a near file": ("check conter.py", None, "Did you mean counter.py?"),
    "a folder": ("prove .", None, "is a folder; name one of its files, for example counter.py"),
    "no module": ("check missing", None, "no such file or module: missing"),
    "a file called as a module": ("check sub.spec", None, "no such file or module: sub.spec"),
    "no class": ("check counter.py:Conter", None, "counter.py has no class Conter\n  Did you mean counter.py:Counter?"),
    "not a spec": ("check counter.py:Color", None, "Color in counter.py is not a spec"),
    "an unknown constant": (
        "check counter.py --set limt=3",
        None,
        "Counter has no constant 'limt'; did you mean 'limit'?",
    ),
    "a constant of another type": (
        "check counter.py --set limit=yes",
        None,
        "the constant 'limit' cannot be set to 'yes'",
    ),
    "a setting without a value": ("check counter.py --set limit", None, "--set limit sets nothing"),
    "a constant set twice": ("check counter.py --set limit=1 --set limit=2", None, "--set gives limit twice"),
    "no member": ("check counter.py --set color=GREEN", None, "Color has no member 'GREEN'"),
    "an unknown property": (
        "check counter.py --property smal",
        None,
        "Counter has no property 'smal'; did you mean 'small'?",
    ),
    "an unknown option": ("check counter.py --max-state 3", None, "No such option '--max-state'"),
    "an unknown command": ("chekc counter.py", None, "No such command 'chekc'"),
    "no spec": ("check", None, "Missing argument 'SPEC...'"),
    "no duration": (
        "check counter.py --time-limit soon",
        None,
        "'soon' is no duration; write seconds, or for example 90s",
    ),
    "no size": ("check counter.py --max-memory big", None, "'big' is no size; write bytes, or for example 500M"),
    "no workers": ("check counter.py --workers 0", None, "0 is not in the range 1<=x<=63"),
    "a negative seed": ("check counter.py --seed -1", None, "-1 is not in the range"),
    "an abstract spec": (
        "check bad.py",
        "from abc import ABC, abstractmethod\nfrom counter import Counter\nclass Bad(Counter, ABC):\n @abstractmethod\n def x(self): ...\n",
        "Bad is abstract: it leaves x to be defined",
    ),
    "an action that exits": (
        "check bad.py",
        "import sys\nfrom counter import *\nclass Bad(Counter):\n @action\n def count(self):\n  sys.exit()\n",
        "bad.py:6: the action count() raised SystemExit",
    ),
    "a require at import": (
        "check bad.py",
        "from modelcheck import require\nrequire(False)\n",
        "bad.py:2: require() was called outside of a run",
    ),
    "zero states": ("check counter.py --max-states 0", None, "0 is not in the range x>=1"),
    "an endless walk": ("check counter.py --order random", None, "a random walk never ends by itself"),
    "a syntax error": ("check bad.py", "x = (\n", "bad.py:1: '(' was never closed"),
    "an import that fails": (
        "check bad.py",
        "\nimport nonexistent\n",
        "bad.py:2: cannot import bad.py: No module named 'nonexistent'",
    ),
    "an exception at import": (
        "check bad.py",
        "\n\n1 / 0\n",
        "bad.py:3: importing bad.py raised ZeroDivisionError: division by zero",
    ),
    "an exit at import": (
        "check bad.py",
        "import sys\nsys.exit(3)\n",
        "bad.py:2: importing bad.py raised SystemExit: 3",
    ),
    "a file without a spec": ("check bad.py", "x = 1\n", "bad.py defines no spec"),
    "several specs": (
        "check bad.py",
        "from counter import Counter\nclass A(Counter): pass\nclass B(Counter): pass\n",
        "bad.py defines 2 specs\n  Say which one:\n    bad.py:A\n    bad.py:B",
    ),
    "no actions": (
        "check bad.py",
        "from modelcheck import Spec\nclass Bad(Spec):\n def init(self): self.x = 1\n",
        "Bad has no actions",
    ),
    "a property that raises": (
        "check bad.py",
        "from counter import *\nclass Bad(Counter):\n @invariant\n def small(self):\n  return [][0]\n",
        "bad.py:5: the invariant small() raised IndexError: list index out of range",
    ),
    "an action that raises": (
        "check bad.py",
        "from counter import *\nclass Bad(Counter):\n @action\n def count(self):\n  self.n = {}['x']\n",
        "bad.py:5: the action count() raised KeyError: 'x'",
    ),
    "an unhashable value": (
        "check bad.py",
        "from counter import *\nclass Bad(Counter):\n @action\n def count(self):\n  self.n = [self.n]\n",
        "a list is mutable and cannot be hashed",
    ),
    "an impure action": (
        "check bad.py",
        "from counter import *\nfrom time import time_ns\nclass Bad(Counter):\n @action\n def count(self):\n  self.n = time_ns() % 997\n",
        "count",
    ),
    "no trace": ("replay missing.json", None, "missing.json: cannot read the trace: No such file or directory"),
    "a trace that is none": ("replay counter.py", None, "counter.py:1: not a trace"),
}


@pytest.mark.parametrize(("arguments", "text", "message"), CASES.values(), ids=CASES)
def test_a_mistake_is_told_in_one_message(run, counter, folder, arguments, text, message):
    """The message says what is wrong and where, and nothing else is printed."""
    if text is not None:
        (folder / "bad.py").write_text(text)
    result = run(*arguments.split())
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("Error: ")
    assert message in result.err
    assert "Traceback" not in result.err


def test_the_traceback_is_there_for_those_who_ask(run, folder):
    """``--traceback`` shows where an error arose, before or after the subcommand."""
    (folder / "bad.py").write_text("1 / 0\n")
    assert "ZeroDivisionError" in run("check", "bad.py", "--traceback").err
    assert "Traceback" in run("--traceback", "check", "bad.py").err


def test_our_own_mistake_asks_to_be_reported(run, counter, monkeypatch):
    """An exception of ours is called a bug, with its place and without a traceback."""
    monkeypatch.setattr("modelcheck.search.check", lambda *_, **__: [][int("1")])
    result = run("check", counter)
    assert result.code == 2
    assert (
        "IndexError: list index out of range\n  This is a bug in modelcheck; please report it with the spec."
        in result.err
    )


def test_nothing_is_written_by_a_mistake(run, counter, folder):
    """A run that ends with an error leaves no file behind."""
    run("check", counter, "--property", "nothing")
    assert not (folder / ".modelcheck").exists()


def test_a_mistake_with_json_leaves_standard_output_empty(run, counter):
    """A reader of the object gets none, and the exit code says why."""
    result = run("check", counter, "--property", "nothing", "--json")
    assert (result.code, result.out) == (2, "")


def test_an_interrupt_before_the_search_is_unknown(run, counter, monkeypatch):
    """Ctrl-C while the spec is imported says where it came and exits with 3."""
    monkeypatch.setattr("modelcheck.cli.commands.check.spec_from", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    result = run("check", counter)
    assert result.code == 3
    assert "unknown: it was interrupted\n  It was at " in result.out


def test_without_a_command_the_help_is_shown(run):
    """It is no error that needs a word of its own; the exit code is that of a command line without sense."""
    result = run()
    assert result.code == 2
    assert result.err.startswith("Usage: modelcheck")


def test_an_unknown_command_is_told_with_the_nearest(run):
    """As unknown options are."""
    result = run("chek", "x.py")
    assert result.code == 2
    assert "did you mean 'check'?" in result.err
