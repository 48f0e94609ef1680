"""The server: on this machine only, for whoever has the address with its token.

What the page can ask for runs the user's own code, so nobody else may ask. The server listens on 127.0.0.1; the first part of every path is a
random token; a request must name that host, which pages of other hosts cannot make a browser do for them even by a name that resolves to 127.0.0.1;
and it must come from no other origin. The page may load nothing from elsewhere.
"""

from __future__ import annotations

import hmac
import json
import secrets
import threading
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from modelcheck.explorer.loaded import Settings
from modelcheck.explorer.service import Service
from modelcheck.trace.export.assets import WEB as SHARED

WEB = Path(__file__).parent / "web"
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_MOST_BYTES = 1 << 20
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Server:
    """A server for one spec.

    Args:
        service: What answers.
        port: The port; 0 for any that is free.
        settings: The constants that the page begins with.
        path: The path that it begins with.

    Raises:
        OSError: if the port is taken.
    """

    def __init__(self, service: Service, port: int = 0, *, settings: Settings = (), path: str = "0") -> None:
        self._place = "&".join([*(f"set.{quote(name)}={quote(text)}" for name, text in settings), f"path={path}"])
        self.token = secrets.token_urlsafe(24)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"service": service, "token": self.token}))
        self._server.daemon_threads = True

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    @property
    def address(self) -> str:
        """The address of the page."""
        return f"http://127.0.0.1:{self.port}/{self.token}/#{self._place}"

    def __repr__(self) -> str:
        return f"<explorer at {self.address}>"

    def _repr_html_(self) -> str:
        """A link, in a notebook."""
        return f'<a href="{escape(self.address)}" target="_blank" rel="noopener">Open the explorer</a>'

    def serve(self) -> None:
        """Answer until somebody says to stop."""
        self._server.serve_forever(poll_interval=0.2)

    def start(self) -> None:
        """Answer on a thread of its own."""
        threading.Thread(target=self.serve, name="modelcheck-explorer", daemon=True).start()

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Handles a request."""

    service: Service
    token: str
    server_version = "modelcheck"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        """A file of the page."""
        rest = self._allowed()
        if rest is None:
            return
        if rest == "":
            self._file("explorer.html")
        elif rest.startswith("web/"):
            self._file(rest.removeprefix("web/"))
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """A question."""
        rest = self._allowed()
        if rest is None:
            return
        name = rest.removeprefix("api/")
        if not rest.startswith("api/") or name not in self.service.questions:
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        asked = self._asked()
        if asked is not None:
            self._send(json.dumps(self.service.answer(name, asked), ensure_ascii=False).encode(errors="replace"), "application/json")

    def _allowed(self) -> str | None:
        """The path behind the token; None after refusing whoever may not ask."""
        here = {f"{host}:{self.server.server_address[1]}" for host in ("127.0.0.1", "localhost")}  # type: ignore[index]
        given, _, rest = urlsplit(self.path).path.removeprefix("/").partition("/")
        origin = self.headers.get("Origin")
        is_foreign = origin is not None and origin not in {f"http://{host}" for host in here}
        if self.headers.get("Host") not in here:
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
        elif is_foreign or self.headers.get("Sec-Fetch-Site") not in {None, "same-origin", "none"}:
            self._refuse(HTTPStatus.FORBIDDEN)
        elif not hmac.compare_digest(given.encode(), self.token.encode()):
            self._refuse(HTTPStatus.NOT_FOUND)
        else:
            return unquote(rest)
        return None

    def _asked(self) -> dict[str, Any] | None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > _MOST_BYTES or self.headers.get_content_type() != "application/json":
            self._refuse(HTTPStatus.BAD_REQUEST)
            return None
        try:
            asked = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            asked = None
        if not isinstance(asked, dict):
            self._refuse(HTTPStatus.BAD_REQUEST)
            return None
        return asked

    def _file(self, name: str) -> None:
        found = next((folder / name for folder in (WEB, SHARED) if (folder / name).is_file() and (folder / name).parent == folder), None)
        if found is None or found.suffix not in _TYPES:
            self._refuse(HTTPStatus.NOT_FOUND)
        else:
            self._send(found.read_bytes(), _TYPES[found.suffix])

    def _send(self, body: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _refuse(self, status: HTTPStatus) -> None:
        self.close_connection = True
        self._send(f"{status.value} {status.phrase}\n".encode(), "text/plain", status)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the name that the class asks for.
        """Nothing is logged: the address holds the token."""
