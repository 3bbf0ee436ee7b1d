"""Bounds on uploads where they arrive, before a byte of them is read.

Streamlit checks the size of one file at its route and nothing else: whoever has a session may send any number of them,
and each stays until the session ends, whether or not a field on a page knows it. Hence this middleware around it
(``st.App``, the public way). It counts what arrives, and sweeps after each file and each session.
"""

import asyncio
import io
import re
import uuid
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

from starlette import formparsers
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadFileUrlInfo

from explorer.jobs.shared import queue
from explorer.ui.state import uploads
from explorer.ui.state.session import is_open
from explorer.ui.state.uploads import MOST_OF_ALL, PART, PICTURE, REFUSED, WEIGHTS

ARRIVAL_SECONDS = 600.0  # for one file: 260 MB at 0.4 MB a second
MOST_ARRIVING = PICTURE.most + WEIGHTS.most  # bytes that are on their way from one session
_ROUTE = re.compile(r"/_stcore/upload_file/([^/]{1,100})/")
_HEAD = 65_536  # bytes within which the file's name must end


class _InMemory(io.BytesIO):
    """A file while it arrives: never on disk, and handed over as one ``bytes`` object without a copy.

    Starlette would write what is over 1 MB to a temporary file. It reads the file on the event loop, and copying 260 MB
    there would hold up every session.
    """

    _rolled = False  # Starlette asks a SpooledTemporaryFile whether it is on disk by now

    def __init__(self, max_size: int) -> None:
        super().__init__()

    def read(self, size: int | None = -1, /) -> bytes:
        """As usual; but all of it is the buffer itself, which a ``BytesIO`` that has grown would copy."""
        return self.getvalue() if size == -1 and self.tell() == 0 else super().read(size)


formparsers.SpooledTemporaryFile = _InMemory  # type: ignore[attr-defined,assignment]


def _addresses(store: MemoryUploadedFileManager, session: str, names: Sequence[str]) -> list[UploadFileUrlInfo]:
    """Where a browser is to send the files that were chosen in one field, as Streamlit tells it.

    The ids of several say that they belong together: the guard sees them arrive one by one, and knows no field.
    """
    ids = [f"{PART if len(names) > 1 else ''}{uuid.uuid4()}" for _ in names]
    return [UploadFileUrlInfo(each, *[f"{store.endpoint}/{session}/{each}"] * 2) for each in ids]


MemoryUploadedFileManager.get_upload_urls = _addresses  # type: ignore[assignment]


class UploadGuard:
    """ASGI middleware: refuses files for which there is no room, and frees those that nobody can use any more."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._arriving: Counter[str] = Counter()  # bytes by session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; see the class."""
        route = _ROUTE.search(scope["path"]) if scope["type"] == "http" and scope["method"] == "PUT" else None
        if route:
            await self._upload(route[1], scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            if scope["type"] == "websocket":
                _free_closed_later()

    async def _upload(self, session: str, scope: Scope, receive: Receive, send: Send) -> None:
        length = _length(scope)
        refusal = self._refusal(session, length)
        if refusal:
            receive, length = _Instead(receive, refusal), 0
        self._arriving[session] += length
        try:
            async with asyncio.timeout(ARRIVAL_SECONDS):
                with suppress(ClientDisconnect):  # a reader who changed their mind is no error of the server's
                    await self._app(scope, receive, send)
        except TimeoutError:
            await PlainTextResponse("The file took too long to arrive.", 408)(scope, receive, send)
        finally:
            self._arriving[session] -= length
            self._arriving += Counter()  # forgets sessions from which nothing arrives
            uploads.keep_newest(session)

    def _refusal(self, session: str, length: int) -> str:
        if self._arriving[session] + length > MOST_ARRIVING:
            return "Several files are on their way from this page. Wait until they have arrived, then send this again."
        if not uploads.make_room(self._arriving.total() + length):
            return (
                "The server has no room for this file: those of all its readers together may have "
                f"{MOST_OF_ALL // 10**9} GB. Send a smaller one, or try again in some minutes."
            )
        return ""


class _Instead:
    """Receives a request whose file is not read: a sentence takes its place, which the page then shows.

    A refusal as a status would reach the reader as "Request failed with status code 507", and no page would know it.
    """

    def __init__(self, receive: Receive, sentence: str) -> None:
        self._receive, self._sentence, self._over = receive, sentence, False

    async def __call__(self) -> Message:
        head, more = b"", not self._over
        if self._over:
            return await self._receive()
        while more:
            message = await self._receive()
            if message["type"] != "http.request":
                return message
            head += message.get("body", b"")[: _HEAD - len(head)]
            more = message.get("more_body", False)
        self._over = True
        before, end, _ = head.partition(b"\r\n\r\n")  # RFC 7578: boundary, then the file's name and type
        boundary = before.partition(b"\r\n")[0]
        body = before + end + REFUSED + self._sentence.encode() + b"\r\n" + boundary + b"--\r\n"
        return {"type": "http.request", "body": body, "more_body": False}


def _length(scope: Scope) -> int:
    """The bytes that the request says it has; the largest file's where it says nothing."""
    told = dict(scope["headers"]).get(b"content-length", b"")
    return int(told) if told.isdigit() else WEIGHTS.most


def _free_closed_later() -> None:
    """Free what sessions without a browser keep, unless they come back within the time that Streamlit gives them.

    Streamlit itself does so only when another session is closed after that time.
    """
    closed = [session for session in uploads.sessions_with_files() if not is_open(session)]

    def free() -> None:
        for session in closed:
            if not is_open(session):
                uploads.free_session(session)
        queue().drop_absent()

    asyncio.get_running_loop().call_later(config.get_option("server.disconnectedSessionTTL"), free)
