"""Which of several servers this is, for the proxy that sends a reader to the same one each time; and when it leaves.

A session lives on one server, with its files and pictures. The server that has it says so in a cookie, which the proxy
reads (``deploy/nginx.conf``). A server that stands alone sets no cookie.
"""

import os
import re
import threading

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from explorer.ui.state.warm_up import warm_up

NAME = "EXPLORER_REPLICA"  # environment variable: this server's name among the others, as the proxy knows it
COOKIE = "explorer_replica"
READY = "/ready"
_PING = "/_stcore/health"  # what a browser asks before it begins a session, or begins one again
LEAVING = threading.Event()
_COOKIE = re.compile(rb"(?:^|; ?)%s=([\w.-]+)" % COOKIE.encode())
# What the pages of open sessions still ask for while the server leaves.
_OF_OPEN_SESSIONS = ("/_stcore/upload_file/", "/_stcore/bidi-components/", "/media/", "/component/", "/static/")


def check_name() -> None:
    """Raises ValueError where this server's name cannot be a cookie's value."""
    name = os.environ.get(NAME, "")
    if not re.fullmatch(r"[\w.-]*", name, re.ASCII):
        raise ValueError(f"{NAME} is {name!r}: a name has letters from a to z, digits, and . _ - alone.")


class Replica:
    """ASGI middleware: sets the cookie, takes no new sessions while the server leaves, and answers ``/ready``.

    It is ready once its libraries are loaded, which the first question starts: whoever restarts one server after the
    other waits for that.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._name = os.environ.get(NAME, "")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; see the class."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif LEAVING.is_set() and not scope["path"].startswith(_OF_OPEN_SESSIONS):
            await PlainTextResponse("This server is leaving.", 503)(scope, receive, send)
        elif scope["path"] == READY:
            loaded = warm_up().is_set()
            await PlainTextResponse(*(("ready", 200) if loaded else ("loading", 503)))(scope, receive, send)
        else:
            await self._app(scope, receive, self._named(scope, send) if self._name else send)

    def _named(self, scope: Scope, send: Send) -> Send:
        """``send`` that adds the cookie where a session begins. Elsewhere only who has none gets one: a file that
        another server answered in this one's place must not take the session's other requests along."""
        known = _cookie(scope)

        async def send_named(message: Message) -> None:
            answers = message["type"] in ("websocket.accept", "http.response.start")
            begins = scope["type"] == "websocket" or scope["path"] == _PING
            if answers and (known != self._name if begins else not known):
                secure = "; Secure" if scope["scheme"] in ("https", "wss") else ""
                cookie = f"{COOKIE}={self._name}; Path=/; HttpOnly; SameSite=Lax{secure}"
                message["headers"] = [*message.get("headers", ()), (b"set-cookie", cookie.encode())]
            await send(message)

        return send_named


def _cookie(scope: Scope) -> str:
    """The server's name that the request carries, or nothing."""
    for name, value in scope["headers"]:
        if name == b"cookie" and (found := _COOKIE.search(value)):
            return str(found[1], "ascii")
    return ""
