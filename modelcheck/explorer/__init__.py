"""The explorer: a spec walked through in the browser, served on this machine only.

Start at `explore`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelcheck.errors import UsageError
from modelcheck.explorer.loaded import Loaded, typed
from modelcheck.explorer.server import Server
from modelcheck.explorer.service import Service
from modelcheck.limits.given import whole
from modelcheck.spec import Spec, machine_of

if TYPE_CHECKING:
    from modelcheck.explorer.loaded import Settings

__all__ = ["Server", "explore"]

_MOST_PORT = 65535


def explore(spec: Spec, *, port: int = 0, browser: bool = True) -> Server:
    """Serve a page on which one walks through the states of a spec, until the server that is returned is closed, or the program ends.

    In a notebook the server shows itself as a link. A spec that is written in a file is followed when the file is saved.

    Args:
        spec: The spec, with its constants.
        port: Where to listen, on 127.0.0.1; 0 for any port that is free.
        browser: Whether to open the browser.

    Raises:
        SpecError: if the spec cannot be run.
        UsageError: if the port is none or is taken, or what is given is no spec.
    """
    if not isinstance(spec, Spec):
        raise UsageError(f"a spec is explored, and not {spec!r}", remedy="Make one: explore(MySpec()).")
    whole("port", port, 0, _MOST_PORT)
    machine = machine_of(spec)
    missing = object()
    defaults = {name: getattr(machine.cls, name, missing) for name in machine.constants}
    settings: Settings = tuple(sorted((name, typed(value)) for name, value in machine.constants.items() if value != defaults[name]))
    try:
        server = Server(Service(Loaded(type(spec))), port, settings=settings)
    except OSError as error:
        raise UsageError(f"cannot listen on port {port}: {error.strerror}", remedy="Leave the port out for one that is free.") from error
    server.start()
    if browser:
        import webbrowser  # noqa: PLC0415 - beside its only use.

        webbrowser.open(server.address)
    return server
