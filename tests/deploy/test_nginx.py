"""The proxy's own part: whom it asks, whom it asks next, and what it passes on; before two servers that note it."""

import http.client
import re
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bench import proxy
from bench.proxy import NAMES, proxy_of
from bench.server import Server
from explorer.ui.serving.replica import COOKIE

pytestmark = pytest.mark.nginx
MEGABYTE = 2**20


@dataclass
class Stub:
    """A server that answers with ``status`` what it does not know under a path of its own."""

    name: str
    statuses: dict[str, HTTPStatus] = field(default_factory=dict)
    asked: list[tuple[str, http.client.HTTPMessage]] = field(default_factory=list)
    begun: threading.Event = field(default_factory=threading.Event)
    goes: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.goes.set()

    def handler(stub) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                stub.asked.append((self.path, self.headers))
                stub.goes.wait(30)
                with suppress(ConnectionError):  # the proxy has not waited
                    self.send_response(stub.statuses.get(self.path, HTTPStatus.OK))
                    self.send_header("Content-Length", str(len(stub.name)))
                    self.end_headers()
                    self.wfile.write(stub.name.encode())

            def do_PUT(self) -> None:
                left = int(self.headers["Content-Length"])
                while left:
                    left -= len(self.rfile.read1(left))
                    stub.begun.set()
                self.do_GET()

            def log_message(self, *_: object) -> None: ...

        return Handler


@dataclass
class Setting:
    proxy: Server
    stubs: dict[str, Stub]

    def get(self, path: str, to: str = "", **headers: str) -> tuple[int, str]:
        """The answer's status, and the name of the server that gave it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.proxy.port, timeout=10)
        cookie = {"Cookie": f"{COOKIE}={to}"} if to else {}
        connection.request("GET", path, headers={**cookie, **headers})
        answer = connection.getresponse()
        status, text = answer.status, answer.read().decode()
        connection.close()
        return status, text

    def asked(self, path: str) -> int:
        """How often any server was asked for this path."""
        return sum(each == path for stub in self.stubs.values() for each, _ in stub.asked)


@pytest.fixture(scope="module")
def setting() -> Iterator[Setting]:
    with ExitStack() as stack:
        stubs, ports = {name: Stub(name) for name in NAMES}, {}
        for name, stub in stubs.items():
            server = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), stub.handler()))
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
            ports[name] = server.server_port
        yield Setting(stack.enter_context(proxy_of(ports)), stubs)


def test_the_named_server_is_asked_and_another_only_where_it_takes_nobody(setting: Setting) -> None:
    first, second = NAMES
    for name in NAMES:
        assert [setting.get("/page", name) for _ in range(3)] == [(200, name)] * 3
    assert {setting.get("/page")[1] for _ in range(4)} == set(NAMES)
    assert {setting.get("/page", "nobody")[1] for _ in range(4)} == set(NAMES)
    setting.stubs[first].statuses["/leaving"] = HTTPStatus.SERVICE_UNAVAILABLE
    assert setting.get("/leaving", first) == (200, second)


def test_who_begins_a_session_does_not_wait_for_a_server_that_hangs(setting: Setting) -> None:
    first, second = NAMES
    setting.stubs[first].goes.clear()
    start = time.monotonic()
    assert setting.get("/_stcore/health", first) == (200, second)
    setting.stubs[first].goes.set()
    assert time.monotonic() - start < 8


def test_a_picture_or_a_script_that_the_named_server_has_not_is_looked_for_elsewhere(setting: Setting) -> None:
    first, second = NAMES
    for path in ("/media/1.png", "/static/js/newer.js", "/page/of/mine"):
        setting.stubs[first].statuses[path] = HTTPStatus.NOT_FOUND
    assert setting.get("/media/1.png", first) == setting.get("/static/js/newer.js", first) == (200, second)
    assert setting.get("/page/of/mine", first) == (404, first)
    setting.stubs[second].statuses["/media/1.png"] = HTTPStatus.NOT_FOUND
    assert setting.get("/media/1.png", first)[0] == HTTPStatus.NOT_FOUND


def test_servers_hear_the_readers_address_from_the_proxy_alone_and_the_host_as_it_was_asked(setting: Setting) -> None:
    setting.get("/who", NAMES[0], **{"X-Forwarded-For": "198.51.100.1, 127.0.0.1"})
    (heard,) = [headers for path, headers in setting.stubs[NAMES[0]].asked if path == "/who"]
    assert heard.get_all("X-Forwarded-For") == ["127.0.0.1"]
    assert heard.get_all("Host") == [f"127.0.0.1:{setting.proxy.port}"]


def test_figures_of_servers_are_not_passed_on(setting: Setting) -> None:
    for path in (
        "/_stcore/metrics",
        "/_stcore/metrics/",
        "/_stcore//metrics",
        "/_stcore/%6Detrics",
        "/_stcore/x/../metrics",
    ):
        assert setting.get(path, NAMES[0])[0] == HTTPStatus.NOT_FOUND
        assert setting.asked(path) == 0


def test_a_file_is_passed_on_while_it_arrives_up_to_the_apps_own_bound(setting: Setting) -> None:
    stub, size = setting.stubs[NAMES[1]], 20 * MEGABYTE
    connection = http.client.HTTPConnection("127.0.0.1", setting.proxy.port, timeout=10)
    for length, expected in ((size, HTTPStatus.OK), (300 * MEGABYTE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)):
        connection.putrequest("PUT", "/_stcore/upload_file/session/file")
        connection.putheader("Cookie", f"{COOKIE}={NAMES[1]}")
        connection.putheader("Content-Length", str(length))
        connection.endheaders()
        if expected == HTTPStatus.OK:
            connection.send(bytes(MEGABYTE))
            assert stub.begun.wait(10)  # nothing waits on the proxy's disk for the rest
            connection.send(bytes(size - MEGABYTE))
        answer = connection.getresponse()
        answer.read()
        assert answer.status == expected
    connection.close()


def test_a_proxy_without_files_to_open_logs_no_address_and_no_link(
    setting: Setting, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = re.sub(r"worker_rlimit_nofile \d+", "worker_rlimit_nofile 16", proxy._CONFIGURATION.read_text("utf-8"))
    narrow = tmp_path / "nginx.conf"
    narrow.write_text(text.replace("worker_processes auto", "worker_processes 1"), "utf-8")
    monkeypatch.setattr(proxy, "_CONFIGURATION", narrow)
    ports = dict.fromkeys(NAMES, setting.proxy.port)
    with proxy.proxy_of(ports) as overrun, ExitStack() as stack:
        asking = [http.client.HTTPConnection("127.0.0.1", overrun.port, timeout=10) for _ in range(8)]
        for connection in asking:
            stack.callback(connection.close)
            connection.connect()
        for connection in asking:
            connection.request("GET", "/?note=a-readers-own", headers={"Cookie": f"{COOKIE}={NAMES[0]}"})
        answers = [connection.getresponse() for connection in asking]
        log = overrun.log
    assert HTTPStatus.INTERNAL_SERVER_ERROR in [answer.status for answer in answers]
    assert "nginx: GET 500" in log and "127.0.0.1" not in log and "a-readers-own" not in log
