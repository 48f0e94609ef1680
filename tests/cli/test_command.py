"""The command as a whole."""

import os
import subprocess
import sys
import tomllib

import pytest

from modelcheck.cli.command import COMMANDS, modelcheck

from .conftest import ROOT


def test_help_lists_every_command(run):
    """Each subcommand has its line."""
    out = run("--help").out
    for name in modelcheck.list_commands(None):
        assert f"\n  {name} " in out


@pytest.mark.parametrize("name", modelcheck.list_commands(None))
def test_every_command_has_help_and_the_common_options(run, name):
    """Each subcommand explains itself, and can show a traceback."""
    result = run(name, "--help")
    assert result.code == 0
    assert "--traceback" in result.out


def test_the_list_has_no_command_that_is_missing():
    """Every command in the table has its module, but for those still to be written."""
    assert set(COMMANDS) - set(modelcheck.list_commands(None)) <= {"history"}


def test_the_version_is_printed(run):
    """``--version`` prints the name and the version."""
    result = run("--version")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert (result.code, result.out) == (0, f"modelcheck {version}\n")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_the_script_of_a_shell(run, shell):
    """The script completes the command by asking it."""
    out = run("completion", shell).out
    assert "_MODELCHECK_COMPLETE" in out


def test_another_shell_is_refused(run):
    """A shell without completion is an error with the ones that have it."""
    result = run("completion", "csh")
    assert result.code == 2
    assert "'bash', 'zsh', 'fish'" in result.err


def test_the_shell_is_answered():
    """The variable that the scripts set gives the names of subcommands, and says of SPEC that it is a file."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "_MODELCHECK_COMPLETE": "bash_complete",
    }

    def answers(words, at):
        code = "from modelcheck.cli import main; main()"
        found = subprocess.run(
            [sys.executable, "-c", code],
            env={**environment, "COMP_WORDS": words, "COMP_CWORD": at},
            capture_output=True,
            text=True,
            check=False,
        )
        return found.stdout.split()

    assert answers("modelcheck ch", "1") == ["plain,check"]
    assert answers("modelcheck check sp", "2") == ["file,sp"]
