"""``modelcheck explore``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelcheck.cli.command import common_options
from modelcheck.cli.target import spec_options

if TYPE_CHECKING:
    from modelcheck.explorer.loaded import Loaded, Settings


@click.command(short_help="Walk through the states of a spec in the browser.")
@spec_options
@click.option("--trace", "file", type=click.Path(path_type=Path), metavar="FILE", help="Begin with the run in FILE.")
@click.option("--at", "fragment", metavar="PLACE", help="Begin where an address of the explorer says: what stands after its #.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, metavar="N", help="The port; 0 takes one that is free.")
@click.option("--terminal", is_flag=True, help="Walk at a prompt here instead of in the browser.")
@click.option("--no-browser", is_flag=True, help="Do not open the browser.")
@common_options
def command(target: str, settings: tuple[str, ...], file: Path | None, fragment: str | None, port: int, terminal: bool, no_browser: bool) -> None:
    """Walk through the states of SPEC in the browser: what can happen, what cannot and why, which properties are true.

    The page is served on this machine only, for whoever has its address. When a file of the spec is saved, the page follows.
    """
    from modelcheck.cli.target import spec_from
    from modelcheck.errors import UsageError
    from modelcheck.explorer.loaded import Loaded
    from modelcheck.explorer.server import Server
    from modelcheck.explorer.service import Service

    sys.dont_write_bytecode = True  # A file that is saved twice in a second is loaded twice.
    spec_from(target, settings)  # Refuses what cannot be explored before anything is served.
    loaded = Loaded(target)
    given = tuple(sorted((name, text) for name, _, text in (setting.partition("=") for setting in settings)))
    given, path = (given, "0") if file is None else _recorded(loaded, given, file)
    if terminal:
        _at_a_prompt(loaded, given, path)
        return
    try:
        server = Server(Service(loaded), port, settings=given, path=path)
    except OSError as error:
        raise UsageError(f"cannot listen on port {port}: {error.strerror}", remedy="Leave --port out for one that is free.") from error
    address = server.address if fragment is None else f"{server.address.partition('#')[0]}#{fragment.removeprefix('#')}"
    click.echo(f"{address}\nCtrl-C ends it.")
    sys.stdout.flush()
    if not no_browser:
        import webbrowser

        webbrowser.open(address)
    try:
        server.serve()
    except KeyboardInterrupt:
        click.echo()


def _at_a_prompt(loaded: Loaded, settings: Settings, path: str) -> None:
    from modelcheck.cli.interactive import Stepping
    from modelcheck.explorer.told import trace_at

    walker = loaded.walker(settings)
    Stepping(walker.machine, trace_at(walker, walker.place(path))).loop()


def _recorded(loaded: Loaded, settings: Settings, file: Path) -> tuple[Settings, str]:
    """The constants and the path of a recorded run, as far as the spec can follow it."""
    from modelcheck.explorer.loaded import typed
    from modelcheck.spec import machine_of
    from modelcheck.trace import read_recording, replay
    from modelcheck.trace.constants import recorded_constants

    recording = read_recording(file)
    constants = recorded_constants(loaded.cls, recording)
    machine = machine_of(loaded.cls(**constants))
    defaults = {name: getattr(loaded.cls, name, None) for name in constants}
    told = {name: typed(value) for name, value in constants.items() if typed(value) != typed(defaults[name])}
    settings = tuple(sorted((told | dict(settings)).items()))
    found = replay(machine, recording)
    walker = loaded.walker(settings)
    start = walker.start_like(found.trace.states[0]) if found.trace.states else None
    if start is None:
        click.echo("Warning: the trace begins in no initial state of the spec as it is now", err=True)
        return settings, "0"
    if found.step is not None:
        click.echo(f"Warning: the trace and the spec part at step {found.step}: {found.reason}", err=True)
    place, _ = walker.follow(start, found.trace.steps, found.trace.states[1:])
    return settings, place.path
