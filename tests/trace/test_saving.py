"""The names of the files of counterexamples."""

import re
import shlex
import shutil
import subprocess
import sys
from enum import Enum
from pathlib import Path

import pytest

from modelcheck import Spec
from modelcheck.spec import State
from modelcheck.trace import Trace
from modelcheck.trace.saving import file_name, save


class Mode(Enum):
    """A constant's type."""

    FAST = 1
    SLOW = 2


class Ring(Spec):
    """Has constants of several types, one of them without a default."""

    size: int
    mode: Mode = Mode.FAST
    names: tuple[str, ...] = ("a",)
    strict: bool = False
    title: str = "ring"

    def init(self) -> None:
        self.n = 0


@pytest.mark.parametrize(
    ("constants", "name"),
    [
        ({"size": 3}, "Ring-safe-size=3.json"),
        ({"size": -3, "strict": True}, "Ring-safe-size=-3,strict=True.json"),
        ({"size": 3, "title": "other"}, "Ring-safe-size=3,title=other.json"),
        ({"size": 3, "mode": Mode.FAST, "names": ("a",), "strict": False, "title": "ring"}, "Ring-safe-size=3.json"),
    ],
)
def test_constants_that_are_not_at_their_defaults_are_told(constants, name):
    """A file is named by the spec, the property, and the constants that were set otherwise."""
    assert file_name(Ring, constants, "safe") == name


def test_long_or_unsafe_constants_have_a_number_that_stands_for_them():
    """What would be long, or no good name, is told by eight digits, which differ as the constants do."""
    given = [{"size": 3, "title": title} for title in ("a b", "a_b", "a/b", "x" * 50, "x" * 51)]
    given += [{"size": 3, "names": names} for names in ((), ("b",), ("a", "b"))]
    names = [file_name(Ring, constants, "safe") for constants in given]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"Ring-safe-([0-9a-f]{8}|size=3,title=a_b)\.json", name) for name in names)


def test_a_default_of_a_subclass_is_its_own():
    """What a subclass sets is its default, and an integer is no truth value."""
    small = type("Small", (Ring,), {"size": 1})
    assert file_name(small, {"size": 1}, "safe") == "Small-safe.json"
    assert file_name(small, {"size": True}, "safe") == "Small-safe-size=True.json"


def test_file_names_are_safe():
    """What a property's name may not be in a file's becomes an underscore."""
    assert re.fullmatch(r"Ring-history.linear_able_x-[0-9a-f]{8}\.json", file_name(Ring, {}, "history.linear able/x"))


def test_properties_of_parts_under_different_keys_have_different_files():
    """Whatever the keys are."""
    keys = ["'a b'", "'a_b'", "'a-b'", "a_b", "1", "'1'", "(1, 2)", "(1, '2')", "'é'", "'a/b'"]
    assert len({file_name(Ring, {}, f"history[{key}].linearizable") for key in keys}) == len(keys)
    assert file_name(Ring, {}, "history['x'].linearizable") == "Ring-history__x__.linearizable.json"


FLOW = """
from modelcheck import Spec, action, invariant


class Flow(Spec):
    limit: int = LIMIT

    def init(self) -> None:
        self.n = 0

    @action
    def up(self) -> None:
        self.n = min(self.n + 1, 9)

    @invariant
    def never(self) -> bool:
        return self.n < self.limit
"""


@pytest.fixture
def two(tmp_path, monkeypatch):
    """Two files with a spec of the same name, which fail after one step and after two."""
    monkeypatch.chdir(tmp_path)
    for number, folder in enumerate(("orders", "payments"), 1):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "spec_flow.py").write_text(FLOW.replace("LIMIT", str(number)))
    return [Path("orders/spec_flow.py"), Path("payments/spec_flow.py")]


def command(*arguments, **options):
    return subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, check=False, **options)


def replayed(output):
    """What the replay commands in an output print at their end, in order."""
    commands = dict.fromkeys(re.findall(r"modelcheck replay (.*)", output))
    return [command("modelcheck", "replay", *shlex.split(line)).stdout.splitlines()[-1] for line in commands]


def test_specs_of_one_name_in_two_files_do_not_share_a_file(two):
    """Whichever comes first has the short name; each replay command replays its own run."""
    for _ in range(2):
        output = "".join(command("modelcheck", "check", str(file)).stdout for file in two)
        assert replayed(output) == ["never still fails after 1 step", "never still fails after 2 steps"]
    assert len(list(Path(".modelcheck").glob("*.json"))) == 2


def test_checks_that_run_at_the_same_time_do_not_share_a_file(two):
    """Of two commands that write at once, one finds the file of the other."""
    for _ in range(2):
        runs = [subprocess.Popen([sys.executable, "-m", "modelcheck", "check", str(file)], stdout=subprocess.PIPE, text=True) for file in two]
        assert replayed("".join(run.communicate()[0] for run in runs)) == ["never still fails after 1 step", "never still fails after 2 steps"]
        shutil.rmtree(".modelcheck")


@pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["one", "two"])
def test_specs_of_one_name_in_a_test_run_do_not_share_a_file(two, arguments):
    """In one process and in several; and the saved counterexample of each is what is replayed first."""
    options = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "--import-mode=importlib", *arguments)
    for more in ((), ("--modelcheck-replay",)):
        done = command("pytest", *options, *more, *map(str, two))
        assert sorted(replayed(done.stdout)) == ["never still fails after 1 step", "never still fails after 2 steps"]
        assert ("replayed, not explored" in done.stdout) is bool(more)


def test_a_replay_command_names_a_spec_that_a_trace_may_not(two, tmp_path, monkeypatch):
    """From another folder of the project, what is printed replays the right spec all the same."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    options = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "--import-mode=importlib")
    done = command("pytest", *options, *(f"../{file}" for file in two))
    assert sorted(replayed(done.stdout)) == ["never still fails after 1 step", "never still fails after 2 steps"]


def test_a_file_whose_spec_is_gone_is_replaced(two):
    """A spec that was moved has the short name still."""
    command("modelcheck", "check", str(two[0]))
    two[0].rename("flow.py")
    assert ".modelcheck/Flow-never.json" in command("modelcheck", "check", "flow.py").stdout


class Named(Spec):
    """Properties and constants whose names are written alike."""

    mode: object = None

    def init(self) -> None:
        self.n = 0


def made(constants, name, cls=Named):
    """A trace."""
    return Trace(cls.__name__, __file__, constants, name, "invariant", (State({"n": 0}),), ())


def test_what_is_written_alike_does_not_share_a_file(tmp_path):
    """Neither properties, nor constants, nor classes inside of others."""

    class Inner:
        class Named(Named):
            pass

    traces = [(made({"mode": None}, name), Named) for name in ("box['a b'].ok", "box['a_b'].ok", "x" * 300, "x" * 301)]
    traces += [(made({"mode": mode}, "ok"), Named) for mode in ("FAST", Mode.FAST, 1, True, "1")]
    traces.append((made({"mode": None}, "ok", Inner.Named), Inner.Named))
    for _ in range(2):
        files = [save(trace, cls, tmp_path) for trace, cls in traces]
        assert len(set(files)) == len(traces) == len(list(tmp_path.iterdir()))
