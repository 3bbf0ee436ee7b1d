"""Two replicas behind the nginx that ``deploy/`` configures: who stays where, who sees what, and how one leaves."""

import signal
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from bench.client import Visitor
from bench.proxy import NAMES, Replicas, behind_proxy
from bench.server import Server
from bench.upload import send
from explorer.ui.classroom.membership import CODE
from explorer.ui.serving.leave import NOTICE
from explorer.ui.serving.replica import COOKIE, READY

pytestmark = [pytest.mark.nginx, pytest.mark.slow]

PAGE, FIELD = "paths", "The file (.json, at most 64 kB)"
GUESSES = 41  # of a class's code: 20 are allowed in a minute from one address, and another minute may begin meanwhile
WRONG, TOO_MANY = "There is no class", "too many tries"


@pytest.fixture(scope="module")
def replicas() -> Iterator[Replicas]:
    """The first replica gives notice before it leaves; the second believes no proxy what it says of addresses."""
    with behind_proxy(({NOTICE: "5"}, {"FORWARDED_ALLOW_IPS": "192.0.2.1"})) as running:
        yield running
        for server in running.servers.values():
            assert "Traceback" not in server.log, server.log


def status(server: Server, path: str) -> int:
    try:
        with urllib.request.urlopen(server.url + path, timeout=10) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def first_cookie(replicas: Replicas) -> str:
    """The cookie that a browser gets with the app's first file."""
    with urllib.request.urlopen(replicas.proxy.url, timeout=10) as answer:
        (cookie,) = [each for each in answer.headers.get_all("Set-Cookie") if each.startswith(COOKIE)]
    return str(cookie).partition(";")[0]


def of(name: str) -> str:
    """The cookie of a reader of this replica."""
    return f"{COOKIE}={name}"


def elements(visitor: Visitor) -> Counter[str]:
    """What the page shows, but for places that hold nothing: Streamlit may send one at any time."""
    return Counter({kind: count for kind, count in visitor.counts().items() if kind != "empty"})


def send_file(visitor: Visitor) -> None:
    """Send a file as the browser does, and see that the page has read it."""
    assert visitor.said() == []
    sent = send(visitor.server, visitor.session, "path.json", b"no path", cookie=visitor.cookie)
    assert sent.status == HTTPStatus.NO_CONTENT
    visitor.hand_in(FIELD, sent)
    (said,) = visitor.said()
    assert "JSON" in said


def test_readers_of_one_address_are_spread_and_each_stays_where_it_began(replicas: Replicas) -> None:
    cookies = [first_cookie(replicas) for _ in range(6)]
    assert Counter(cookies) == {of(name): 3 for name in NAMES}
    for cookie in cookies:
        with Visitor(replicas.proxy, "compare", cookie=cookie) as visitor:
            visitor.visit()
            assert visitor.cookie == cookie
    with Visitor(replicas.proxy, "compare", cookie=of("app-99")) as visitor:  # of a replica that there is no more
        visitor.visit()
        assert visitor.cookie in cookies


def test_files_go_to_the_replica_that_has_the_session_and_to_no_other(replicas: Replicas) -> None:
    for name in NAMES:
        with Visitor(replicas.proxy, PAGE, cookie=of(name)) as visitor:
            visitor.visit()
            send_file(visitor)
            (other,) = set(NAMES) - {name}
            lost = send(visitor.server, visitor.session, "path.json", b"", cookie=of(other))
            assert lost.status == HTTPStatus.BAD_REQUEST


def guess(server: Server, cookie: str, number: int, **how: Any) -> str:
    """What the page says of a wrong code, from somebody who claims another address each time."""
    claimed = {"X-Forwarded-For": f"198.51.100.{number}"}
    with Visitor(server, PAGE, cookie=cookie, headers=claimed, **how) as visitor:
        visitor.visit(urlencode({CODE: f"AAAA{number:02}"}))
        return " ".join(visitor.said())


def guesses(server: Server, cookie: str, **how: Any) -> list[str]:
    """What is said of wrong codes until there were too many, or all of them are tried."""
    said: list[str] = []
    while len(said) < GUESSES and TOO_MANY not in "".join(said[-1:]):
        said.append(guess(server, cookie, len(said), **how))
    return said


def test_readers_are_told_apart_by_the_address_that_the_proxy_sees_whatever_they_claim(replicas: Replicas) -> None:
    said = guesses(replicas.proxy, of("app-1"), address="127.0.0.2")
    assert WRONG in said[0] and TOO_MANY in said[-1]
    assert WRONG in guess(replicas.proxy, of("app-1"), 99, address="127.0.0.3")


def test_a_server_believes_no_proxy_that_it_was_not_told_of(replicas: Replicas) -> None:
    said = guesses(replicas.servers["app-2"], "")
    assert WRONG in said[0] and TOO_MANY in said[-1]


def test_a_replica_is_ready_once_its_libraries_are_loaded(replicas: Replicas) -> None:
    deadline = time.monotonic() + 60
    while status(replicas.servers["app-2"], READY) != HTTPStatus.OK:  # it loads them when it is asked first
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert status(replicas.proxy, READY) == HTTPStatus.OK


def expect_to_take_no_new_sessions(server: Server) -> None:
    while status(server, "/") == HTTPStatus.OK:
        time.sleep(0.02)
    assert {status(server, path) for path in (READY, "/", "/_stcore/health")} == {HTTPStatus.SERVICE_UNAVAILABLE}
    with pytest.raises(InvalidStatus, match="503"), Visitor(server):
        pass


def test_a_replica_that_is_told_to_leave_hands_its_readers_over(replicas: Replicas) -> None:
    """Last in this file: one replica is gone afterwards."""
    leaving = replicas.servers["app-1"]
    with Visitor(replicas.proxy, PAGE, cookie=of("app-1")) as visitor:
        visitor.visit()
        visitor.settle()  # a button comes when the libraries are loaded
        shown = elements(visitor)
        send_file(visitor)
        leaving.process.send_signal(signal.SIGTERM)
        expect_to_take_no_new_sessions(leaving)
        with Visitor(replicas.proxy, "compare", cookie=of("app-1")) as new:
            new.visit()
            assert new.cookie == of("app-2")
        visitor.rerun()  # it goes on until the end of the notice
        with pytest.raises(ConnectionClosed, match="1012"):
            while True:
                visitor.rerun()
        assert leaving.process.wait(15) == 0
    with Visitor(replicas.proxy, PAGE, cookie=visitor.cookie) as back:
        back.visit()
        back.settle()
        assert back.cookie == of("app-2")  # so that the first replica's return takes no file from this session
        assert elements(back) == shown
        send_file(back)
