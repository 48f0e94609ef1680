"""Traces from outside: whatever they hold, they decide neither what is imported nor what is called."""

import ast
import html.parser
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

SPEC = """\
from enum import Enum
from pathlib import Path
from subprocess import Popen

from attrs import frozen

from modelcheck import Spec, action, invariant


class Touch:
    def __init__(self, **fields):
        Path("made").touch()


@frozen
class Note:
    text: str = ""

    def __attrs_post_init__(self):
        if self.text != "fine":
            Path("made").touch()


class Kind(Enum):
    ONE = 1

    @classmethod
    def _missing_(cls, value):
        Path("made").touch()


class Things(Spec):
    who: object = 0
    kind: Kind = Kind.ONE

    def init(self):
        self.n = None
        self.note = Note("fine")

    def targets(self):
        return [1]

    @action(targets)
    def go(self, k):
        self.n = k

    @invariant
    def ok(self):
        return self.n is None
"""
PROBES = [
    {"tag": "Popen", "value": {"args": {"#tup": ["touch", "made"]}}},
    {"tag": "Touch", "value": {}},
    {"tag": "Touch", "value": {"x": True}},
    {"tag": "Note", "value": {"text": "other"}},
    {"tag": "Path", "value": {"#tup": ["made"]}},
    {"tag": "Kind", "value": {"value": {"#bigint": "7"}}},
    {"tag": "Things", "value": {"who": True}},
    {"tag": "exec", "value": {"source": "open('made', 'w')"}},
    {"tag": "__import__", "value": {"name": "evil"}},
    {"tag": "SEVEN", "value": "U_OF_UNIT"},
    {"#unserializable": "Touch()"},
    {"#unserializable": "__import__('pathlib').Path('made').touch()"},
    {"#set": [{"tag": "Touch", "value": {}}]},
    {"#map": [[{"tag": "Touch", "value": {}}, {"tag": "Touch", "value": {}}]]},
]


@pytest.fixture
def document(run, folder):
    """A trace of the spec above, as a JSON object."""
    (folder / "things.py").write_text(SPEC)
    assert run("check", "things.py").code == 1
    (folder / "evil.py").write_text("open('made', 'w')\nfrom things import Things\n")
    return json.loads((folder / ".modelcheck/Things-ok.json").read_text())


def put(document, place, probe):
    """Write a value at one of the places of a trace that hold values."""
    inner = document
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = probe


PLACES = [
    ("#meta", "constants", "who"),
    ("#meta", "constants", "kind"),
    ("#meta", "arguments", "k"),
    ("states", 0, "n"),
    ("states", 0, "note"),
    ("states", 1, "n"),
    ("states", 1, "note"),
    ("states", 1, "#meta", "arguments", "k"),
]
COMMANDS = [
    ("replay", "it.json"),
    ("replay", "it.json", "--step", "1"),
    ("trace", "it.json", "--to", "pytest"),
    ("trace", "it.json", "--to", "html"),
    ("trace", "it.json", "--to", "json"),
    ("diff", "it.json", ".modelcheck/Things-ok.json"),
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: "-".join(map(str, place)))
@pytest.mark.parametrize("command", COMMANDS, ids="-".join)
def test_no_value_is_built_by_calling_what_a_file_names(run, folder, document, place, command):
    """Whatever stands for a value, and wherever, nothing of the spec's module is called with it."""
    for probe in PROBES:
        put(document, place, probe)
        (folder / "it.json").write_text(json.dumps(document))
        found = run(*command)
        assert "bug in modelcheck" not in found.err, probe
        assert not (folder / "made").exists(), probe


@pytest.mark.parametrize("command", [("replay", "it.json"), ("trace", "it.json", "--to", "pytest")], ids=["replay", "trace"])
@pytest.mark.parametrize(
    "source",
    ["../outside/evil.py", "{outside}/evil.py", "sub/../../outside/evil.py", "link.py", "linked/evil.py", "~/evil.py", "evil", "evil:Things"],
)
def test_a_file_outside_of_the_working_directory_is_not_imported(run, tmp_path, document, monkeypatch, source, command):
    """Neither by a relative path, nor an absolute one, nor through a symbolic link, nor as a module; the remedy is to name it."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "work/sub").mkdir(parents=True)
    (tmp_path / "evil.py").rename(tmp_path / "outside/evil.py")
    (tmp_path / "work/link.py").symlink_to(tmp_path / "outside/evil.py")
    (tmp_path / "work/linked").symlink_to(tmp_path / "outside")
    monkeypatch.chdir(tmp_path / "work")
    document["#meta"]["source"] = source.format(outside=tmp_path / "outside")
    Path("it.json").write_text(json.dumps(document))
    found = run(*command)
    assert (found.code, found.out) == (2, "")
    assert "it.json: the trace" in found.err
    assert "--spec" in found.err
    assert not list(tmp_path.rglob("made"))


@pytest.mark.parametrize("source", ["evil.txt", "evil.so", "evil.pyc", ".", "", "evil.py/..", "things.py\n"])
def test_only_a_python_file_is_imported(run, folder, document, source):
    """What is named is a file of Python's, and nothing else that it would import."""
    for suffix in (".txt", ".so", ".pyc"):
        (folder / f"evil{suffix}").write_text((folder / "evil.py").read_text())
    document["#meta"]["source"] = source
    (folder / "it.json").write_text(json.dumps(document))
    found = run("replay", "it.json")
    assert found.code == 2
    assert "bug" not in found.err
    assert not (folder / "made").exists()


@pytest.mark.parametrize("name", ["os", "Path", "Touch", "Touch()", "Things.init", "__builtins__", "Things:Touch", "x.py:Things", ""])
def test_only_a_spec_of_the_file_is_run(run, folder, document, name):
    """What is named in the file is a class of a spec."""
    document["#meta"]["spec"] = name
    (folder / "it.json").write_text(json.dumps(document))
    found = run("replay", "it.json")
    assert found.code == 2
    assert "bug" not in found.err
    assert not (folder / "made").exists()


@pytest.mark.parametrize("name", ["__init__", "init", "targets", "_reset", "go.__call__", "ok", "thaw", "__class__"])
@pytest.mark.parametrize("key", ["action", "property"])
def test_only_actions_and_properties_are_run(run, folder, document, name, key):
    """A step is one of an action, whatever else the class has under its name."""
    if key == "action":
        document["states"][1]["#meta"]["action"] = name
    else:
        document["#meta"]["property"] = name
    (folder / "it.json").write_text(json.dumps(document))
    found = run("replay", "it.json")
    assert found.code == (1 if (key, name) == ("property", "ok") else 2)
    assert "bug" not in found.err


def test_a_spec_that_is_not_beside_the_trace_is_told_before_it_is_imported(run, folder, document):
    """Which file is about to run can be read, and standard output is the same as ever."""
    (folder / "specs").mkdir()
    (folder / "things.py").rename(folder / "specs/things.py")
    document["#meta"]["source"] = "specs/things.py"
    (folder / "it.json").write_text(json.dumps(document))
    assert run("replay", "it.json").err == "The trace names specs/things.py:Things, which is imported now.\n"
    assert run("replay", "it.json", "--spec", "specs/things.py").err == ""
    assert run("replay", ".modelcheck/Things-ok.json", "--spec", "specs/things.py").err == ""


def test_a_member_of_an_enum_is_read_back_as_a_constant(run, folder, document):
    """Literals and members of the spec's own enums are values of constants."""
    source = SPEC.replace("    ONE = 1", "    ONE = 1\n    TWO = 2").replace("who: object = 0", "who: object = 0\n    rate: float = 0.5")
    (folder / "others.py").write_text(source)
    document["#meta"] |= {"source": "others.py"}
    for name, written in {
        "kind": {"tag": "TWO", "value": "U_OF_UNIT"},
        "rate": {"#unserializable": "0.25"},
        "who": {"#tup": [{"#set": [True, {"#bigint": "1"}]}, {"tag": "None", "value": "U_OF_UNIT"}, {"#unserializable": "b'x'"}]},
    }.items():
        document["#meta"]["constants"][name] = written
        (folder / "it.json").write_text(json.dumps(document))
        found = run("replay", "it.json")
        assert found.code == (2 if name == "who" else 1), found.err


INJECTIONS = [
    '"""\nopen("made", "w")\n"""',
    "'''",
    "\\",
    '"\nimport os',
    "x\rimport os",
    "{0}",
    "#;:",
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    '" onload="alert(1)',
    "\x1b]0;title\x07",
    "\x9b2J",
    "\u202e",
    "\ud800",
    "%%{init: {}}%%",
    "---",
    "x\x00y",
]
NAMES = [("states", 1, "#meta", "action"), *(("#meta", key) for key in ("property", "spec", "source", "found_by", "modelcheck"))]


def is_harmless(text):
    """Whether a terminal prints a text and does nothing else."""
    return all(c == "\n" or c.isprintable() for c in text)


@pytest.mark.parametrize("text", INJECTIONS, ids=range(len(INJECTIONS)))
def test_no_name_of_a_file_gets_out_of_its_place(run, folder, document, text):
    """A name with quotes, newlines, markup or commands of a terminal is refused or is the text of what is written."""
    named = {"tag": text, "value": {text: {"#unserializable": text}}}
    probes = [*((place, text) for place in NAMES), (("states", 1, "note"), text)]
    probes += [(place, named) for place in (("states", 1, "note"), ("#meta", "constants", "who"))]
    probes += [(("#meta",), {**document["#meta"], "kind": kind, "property": text}) for kind in ("deadlock", "log")]
    original = json.dumps(document)
    for place, probe in probes:
        changed = json.loads(original)
        put(changed, place, probe)
        (folder / "it.json").write_text(json.dumps(changed))
        for command in [("replay", "it.json"), ("diff", "it.json", ".modelcheck/Things-ok.json")]:
            found = run(*command)
            assert "bug" not in found.err
            assert is_harmless(found.out + found.err), found
        look_at_exports(run)
    assert not (folder / "made").exists()


class Tags(html.parser.HTMLParser):
    """The elements of a page, and their attributes."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        self.found.append(tag)
        assert not any(name.startswith("on") for name, _ in attributes)


def look_at_exports(run):
    """Every export is well formed and holds nothing that runs but what we put there."""
    for form in ("pytest", "html", "svg", "mermaid", "shiviz", "json", "itf"):
        found = run("trace", "it.json", "--to", form)
        assert "bug" not in found.err
        assert is_harmless(found.err + found.out), form
        if found.code:
            continue
        if form == "html":
            tags = Tags()
            tags.feed(found.out)
            assert tags.found.count("script") == 2
        elif form == "svg":
            assert not any("script" in element.tag for element in ET.fromstring(found.out).iter())
        elif form == "pytest":
            docstring, *rest = ast.parse(found.out).body
            assert isinstance(docstring, ast.Expr)
            assert [type(node) for node in rest if not isinstance(node, ast.ImportFrom)] in ([ast.Assign, ast.FunctionDef], [ast.FunctionDef])
            assert [type(node) for node in rest[-1].body] == [ast.Expr, ast.Assign, ast.Expr]
