"""The pytest plugin: specs as test items, and a fixture for tests about specs.

Every pytest run imports this module, in every project of the environment. So it imports nothing but pytest and prints
nothing; the modules beside it, and the search behind them, are imported when a spec is collected or the fixture is used.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from modelcheck.pytest_plugin.fixture import Checking

_USED = pytest.StashKey[bool]()
_SHARED = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and settings."""
    from modelcheck.pytest_plugin.options import add_options  # noqa: PLC0415 - a light module, beside its only use.

    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, and look into the folders of ``--modelcheck``."""
    config.addinivalue_line(
        "markers",
        "modelcheck(limits, max_states, max_depth, time_limit, workers, order, seed, on_unknown): how far the checks of a test, "
        "or of a spec class, may go",
    )
    from modelcheck.pytest_plugin.options import add_paths, has_settings  # noqa: PLC0415 - a light module, beside its only use.

    if has_settings(config):
        from modelcheck.pytest_plugin.settings import check_settings  # noqa: PLC0415 - imports the search, and nobody may need it.

        check_settings(config)
    add_paths(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the specs of a file, if it is one that is to hold specs."""
    from modelcheck.pytest_plugin.options import holds_specs  # noqa: PLC0415 - a light module, beside its only use.

    if not holds_specs(file_path, parent):
        return None
    from modelcheck.pytest_plugin.collection import SpecFile  # noqa: PLC0415 - imports the search.

    parent.config.stash[_USED] = True
    found: pytest.Collector = SpecFile.from_parent(parent, path=file_path)
    return found


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put specs with a saved counterexample first, and keep the properties of one spec on one xdist worker."""
    if _USED in config.stash:
        from modelcheck.pytest_plugin.collection import arrange  # noqa: PLC0415 - imports the search.

        arrange(config, items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Give a report that comes from a worker of pytest-xdist, as a text, the id of its item."""
    if "]::" in report.nodeid and hasattr(report, "_id"):
        from modelcheck.pytest_plugin.identifiers import identifier  # noqa: PLC0415 - a light module, beside its only use.

        report._id = identifier(report.nodeid)


@pytest.fixture(name="modelcheck")
def modelcheck_fixture(request: pytest.FixtureRequest) -> Checking:
    """Check specs in a test: ``modelcheck(Raft(servers=3)).assert_holds()``."""
    from modelcheck.pytest_plugin.fixture import Checking  # noqa: PLC0415 - imports the search.

    return Checking(request)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what was explored and where the counterexamples are, if anything was explored."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    properties = [found for report in reports if (found := getattr(report, "user_properties", None))]
    if any(name == "modelcheck_spec" for found in properties for name, _ in found):
        from modelcheck.pytest_plugin.summary import print_summary  # noqa: PLC0415 - not needed in other runs.

        print_summary(terminalreporter, config, properties)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give the workers of pytest-xdist a folder in which they share what one of them found out."""
    config = node.config
    if _SHARED not in config.stash:
        import tempfile  # noqa: PLC0415 - in distributed runs only.

        config.stash[_SHARED] = tempfile.mkdtemp(prefix="modelcheck-")
    node.workerinput["modelcheck_shared"] = config.stash[_SHARED]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove that folder."""
    if _SHARED in config.stash:
        import shutil  # noqa: PLC0415 - after distributed runs only.

        shutil.rmtree(config.stash[_SHARED], ignore_errors=True)
