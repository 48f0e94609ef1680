"""Specs found by what a user types."""

import queue
import sys

import pytest

from modelcheck.errors import SpecError, UsageError
from modelcheck.spec.loading import load_spec

SPEC = """\
from modelcheck import Spec, action


class {}(Spec):
    def init(self):
        self.x = 0

    @action
    def go(self):
        pass
"""


@pytest.fixture
def project(folder):
    """A project with specs below its root, and a mutant that imports one of them."""
    (folder / "pyproject.toml").write_text("")
    (folder / "zoo_specs" / "mutants").mkdir(parents=True)
    (folder / "zoo_specs" / "raft.py").write_text(SPEC.format("Raft"))
    (folder / "zoo_specs" / "mutants" / "raft.py").write_text(
        "from zoo_specs.raft import Raft\n\n\nclass NoCheck(Raft):\n    pass\n"
    )
    return folder


def test_a_file_and_its_module_are_one(project):
    """A class is the same whether its file is named or another spec imports it."""
    base = load_spec("zoo_specs/raft.py")
    assert load_spec("zoo_specs/mutants/raft.py").__mro__[1] is base
    assert load_spec("zoo_specs.raft:Raft") is base
    assert load_spec(project / "zoo_specs" / "raft.py") is base


def test_the_root_is_found_from_elsewhere(project, tmp_path_factory, monkeypatch):
    """The imports of a spec do not depend on where the command runs."""
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert load_spec(project / "zoo_specs" / "mutants" / "raft.py").__name__ == "NoCheck"


def test_the_working_directory_is_the_root_without_a_project(project):
    """Without a pyproject.toml the folder that the command runs in takes its place."""
    (project / "pyproject.toml").unlink()
    assert load_spec("zoo_specs/mutants/raft.py").__name__ == "NoCheck"


def test_two_files_of_one_name_are_two_modules(project):
    """Specs with the same file name do not hide each other."""
    for number in (1, 2):
        other = project.parent / f"{project.name}-{number}"
        other.mkdir()
        (other / "same.py").write_text(SPEC.format(f"Same{number}"))
    assert [load_spec(f"{project}-{number}/same.py").__name__ for number in (1, 2)] == ["Same1", "Same2"]


def test_a_file_may_be_called_like_a_module_of_the_standard_library(folder):
    """``queue.py`` is loaded, and the standard library's stays what it is."""
    (folder / "queue.py").write_text(SPEC.format("Queue"))
    assert load_spec("queue.py").__name__ == "Queue"
    assert hasattr(queue, "SimpleQueue")


def test_a_file_name_need_not_be_an_identifier(folder):
    """``my-spec.py`` can be named as a path."""
    (folder / "my-spec.v2.py").write_text(SPEC.format("MySpec"))
    assert load_spec("my-spec.v2.py").__name__ == "MySpec"


def test_a_sibling_can_be_imported(folder):
    """A spec may import a file beside it, as a script may."""
    (folder / "sub").mkdir()
    (folder / "sub" / "zoo_base.py").write_text(SPEC.format("ZooBase"))
    (folder / "sub" / "derived.py").write_text("from zoo_base import ZooBase\nclass Derived(ZooBase): pass\n")
    assert load_spec("sub/derived.py").__name__ == "Derived"


@pytest.mark.parametrize(
    ("classes", "chosen"),
    [
        (["TwoPhase"], "TwoPhase"),
        (["TwoPhase", "Other"], "TwoPhase"),
        (["Base", "Leaf(Base)"], "Leaf"),
        (["TwoPhase", "Buggy(TwoPhase)"], "TwoPhase"),
        (["_Hidden", "Shown"], "Shown"),
    ],
)
def test_the_spec_that_is_meant_is_chosen(folder, classes, chosen):
    """The spec named like the file, else the only one from which none is derived; never a private one."""
    head, body = SPEC.format("X").split("\n\n\n")
    bodies = [body.replace("X(Spec)", name if "(" in name else f"{name}(Spec)") for name in classes]
    (folder / "two_phase.py").write_text("\n".join([head, *bodies]))
    assert load_spec("two_phase.py").__name__ == chosen


def test_an_imported_spec_is_not_a_candidate(project):
    """Only what a file defines is meant by its name, but an imported spec can be named."""
    (project / "only.py").write_text("from zoo_specs.raft import Raft\n")
    with pytest.raises(UsageError, match="defines no spec"):
        load_spec("only.py")
    assert load_spec("only.py:Raft").__name__ == "Raft"


def test_the_place_of_an_error_is_the_users_line(project):
    """An import that fails inside a library is told at the line that asked for it."""
    (project / "bad.py").write_text("import json\n\nx = json.loads('{')\n")
    with pytest.raises(SpecError) as caught:
        load_spec("bad.py")
    assert caught.value.place == f"{project}/bad.py:3"


def test_a_module_that_fails_to_import_is_not_missing(project):
    """An import error inside an existing module is told as such."""
    (project / "broken_zoo.py").write_text("import no_such_thing\n")
    with pytest.raises(SpecError, match="cannot import broken_zoo: No module named 'no_such_thing'"):
        load_spec("broken_zoo:Raft")


def test_a_failed_import_can_be_tried_again(project):
    """After the mistake is repaired the file is imported anew."""
    file = project / "again.py"
    file.write_text("1 / 0\n")
    with pytest.raises(SpecError):
        load_spec("again.py")
    file.write_text(SPEC.format("Again"))
    assert load_spec("again.py").__name__ == "Again"
    assert any(getattr(module, "__file__", None) == str(file) for module in sys.modules.values())


def test_a_class_may_be_named_as_pytest_does(project):
    """Two colons mean one."""
    assert load_spec(f"{project}/zoo_specs/raft.py::Raft") is load_spec("zoo_specs/raft.py:Raft")
