"""Which responses name the server, and which paths stay open while it leaves."""

import threading
from collections.abc import Iterator

import pytest
from starlette.types import Message, Receive, Scope, Send

from bench.server import serve
from explorer.ui.serving import replica
from explorer.ui.serving.replica import LEAVING, NAME, Replica
from tests import event_loop

NAMED = b"explorer_replica=app-1; Path=/; HttpOnly; SameSite=Lax"


@pytest.fixture(autouse=True)
def one_of_several(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(NAME, "app-1")
    yield
    LEAVING.clear()


def asked(path: str = "/", *, kind: str = "http", cookie: str = "", scheme: str = "http") -> Message:
    """The first thing that an app behind the middleware answers a request with."""
    told: list[Message] = []

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        started = "websocket.accept" if scope["type"] == "websocket" else "http.response.start"
        await send({"type": started, "status": 200, "headers": [(b"etag", b"1")]})

    async def receive() -> Message:
        return {"type": f"{kind}.disconnect"}

    async def send(message: Message) -> None:
        told.append(message)

    headers = [(b"cookie", cookie.encode())] if cookie else []
    scope = {"type": kind, "path": path, "headers": headers, "scheme": scheme, "method": "GET", "extensions": {}}
    event_loop.run(Replica(app)(scope, receive, send))
    return told[0]


def cookies(message: Message) -> list[bytes]:
    return [value for name, value in message.get("headers", ()) if name == b"set-cookie"]


def test_a_browser_is_told_where_it_is_with_its_first_file_and_with_each_session() -> None:
    assert cookies(asked()) == [NAMED]
    assert cookies(asked(cookie="explorer_replica=app-1")) == []
    assert cookies(asked(cookie="a=b; explorer_replica=app-2")) == []  # a file in another one's place
    assert cookies(asked(kind="websocket", cookie="a=b; explorer_replica=app-2")) == [NAMED]
    assert cookies(asked(kind="websocket", cookie="explorer_replica=app-1; a=b")) == []
    assert cookies(asked("/_stcore/health", cookie="explorer_replica=app-2")) == [NAMED]  # which a session follows
    assert cookies(asked("/_stcore/health", cookie="explorer_replica=app-1")) == []
    assert cookies(asked(cookie="not_explorer_replica=app-1")) == [NAMED]
    assert cookies(asked(kind="websocket", scheme="wss")) == [NAMED + b"; Secure"]
    assert dict(asked()["headers"])[b"etag"] == b"1"


def test_a_server_that_stands_alone_sets_no_cookie(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME)
    assert cookies(asked()) == cookies(asked(kind="websocket")) == []


@pytest.mark.slow
def test_a_name_that_is_no_cookies_value_is_refused_at_the_start() -> None:
    with pytest.raises(RuntimeError, match=f"{NAME} is 'app-1; Domain=a"), serve(environment={NAME: "app-1; Domain=a"}):
        pass


def test_a_server_is_ready_once_its_libraries_are_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = threading.Event()
    monkeypatch.setattr(replica, "warm_up", lambda: loaded)
    assert asked("/ready")["status"] == 503
    assert asked("/")["status"] == 200  # what needs none of them
    loaded.set()
    assert asked("/ready")["status"] == 200


def test_who_leaves_answers_open_sessions_alone() -> None:
    LEAVING.set()
    for path in ("/", "/compare", "/ready", "/_stcore/health", "/_stcore/host-config"):
        assert asked(path)["status"] == 503
    for path in ("/media/1.png", "/_stcore/upload_file/session/file", "/static/js/index.js", "/component/x/y.js"):
        assert asked(path)["status"] == 200
    assert asked("/_stcore/stream", kind="websocket")["type"] in ("websocket.close", "websocket.http.response.start")
