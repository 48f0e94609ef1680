"""Who may ask the server, and what it sends along."""

from __future__ import annotations

import http.client
import json
import socket
import urllib.parse

import pytest

from modelcheck.explorer.server import Server


@pytest.fixture
def server(service):
    """A server on a free port."""
    server = Server(service)
    server.start()
    yield server
    server.close()


def request(server, method="POST", path=None, body="{}", **headers):
    """The status, the headers and the body of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    sent = {"Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items() if value is not None}}
    connection.request(method, f"/{server.token}/api/spec" if path is None else path, body if method == "POST" else None, sent)
    answer = connection.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read()
    connection.close()
    return found


def test_who_has_the_address_is_answered(server):
    """A question, with the headers that keep the page to itself."""
    status, headers, body = request(server)
    assert status == 200
    assert json.loads(body)["name"] == "Tickets"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("path", ["/api/spec", "/", "/wrong/api/spec", "/x" * 3000, "/%00/api/spec"])
def test_without_the_token_there_is_nothing(server, path):
    """Another path says no more than that it is not there."""
    assert request(server, path=path)[0] == 404
    assert request(server, "GET", path)[0] == 404


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1", "evil.127.0.0.1:1", "127.0.0.1:80", ""])
def test_another_host_is_refused(server, host):
    """A name that somebody made resolve to this machine is another host."""
    assert request(server, Host=host)[0] in {400, 421}


@pytest.mark.parametrize("origin", ["http://example.org", "null", "https://127.0.0.1:1", "file://"])
def test_another_origin_is_refused(server, origin):
    """A page from elsewhere that knows the address may not ask."""
    assert request(server, Origin=origin)[0] == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_request_made_by_another_site_is_refused(server, site):
    """Browsers tell."""
    assert request(server, Sec_Fetch_Site=site)[0] == 403
    assert request(server, "GET", f"/{server.token}/", Sec_Fetch_Site=site)[0] == 403


def test_its_own_origin_is_answered(server):
    """As browsers send it along with what the page asks."""
    assert request(server, Origin=f"http://127.0.0.1:{server.port}", Sec_Fetch_Site="same-origin")[0] == 200


@pytest.mark.parametrize(
    ("body", "kind"), [("[1]", "application/json"), ("{", "application/json"), ("[" * 100_000, "application/json"), ("{}", "text/plain")]
)
def test_what_is_no_question_is_refused(server, body, kind):
    """A form of another page could send text, and no JSON."""
    assert request(server, body=body, Content_Type=kind)[0] == 400


def test_a_question_that_there_is_not(server):
    """Methods of the service that are no answers cannot be asked for."""
    for name in ("answer", "_walker", "__init__", "nothing"):
        assert request(server, path=f"/{server.token}/api/{name}")[0] == 404


OUTSIDE = ["../server.py", "..%2fserver.py", "%2e%2e/server.py", "/etc/passwd", "web/../../told.py", "x.js", "", "explorer.html%00.js"]


@pytest.mark.parametrize("name", OUTSIDE)
def test_only_the_files_of_the_page_are_served(server, name):
    """No file above or beside them."""
    assert request(server, "GET", f"/{server.token}/web/{name}")[0] == 404


@pytest.mark.parametrize("name", ["explorer.js", "explorer.css", "sequence.js", "run.css"])
def test_the_files_of_the_page_are_served(server, name):
    """Those of the explorer and those that it shares with the page of a trace."""
    status, headers, body = request(server, "GET", f"/{server.token}/web/{name}")
    assert (status, len(body) > 500) == (200, True)
    assert headers["Content-Type"].startswith(("text/javascript", "text/css"))


def test_it_listens_on_this_machine_only(server):
    """Nobody else can reach it."""
    assert server._server.server_address[0] == "127.0.0.1"
    assert urllib.parse.urlsplit(server.address).hostname == "127.0.0.1"
    assert len(server.token) >= 32


def test_a_request_that_never_ends_holds_nobody_up(server):
    """Others are answered meanwhile."""
    with socket.create_connection(("127.0.0.1", server.port)) as slow:
        slow.sendall(b"POST /")
        assert request(server)[0] == 200
