"""Sends files as a page's field does, or as somebody does who has a session and no page: by the server's own route."""

import http.client
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.server import Server

SECONDS = 120.0
_BOUNDARY = "a-boundary-that-no-file-has"
_TAIL = f"\r\n--{_BOUNDARY}--\r\n".encode()


@dataclass(frozen=True)
class Upload:
    """A file that was sent: ``status`` is the server's answer, ``file_id`` is how a field asks for it."""

    name: str
    length: int
    file_id: str
    status: int


def send(
    server: Server, session: str, name: str, data: bytes | bytearray, file_id: str = "", *, cookie: str = ""
) -> Upload:
    """Send a file for a session, under an id of its own if none is given, with the browser's cookies; returns what came
    of it."""
    file_id = file_id or str(uuid.uuid4())
    with begun(server, session, name, len(data), file_id, cookie=cookie) as connection:
        connection.send(data)
        connection.send(_TAIL)
        return Upload(name, len(data), file_id, connection.getresponse().status)


@contextmanager
def begun(
    server: Server, session: str, name: str, length: int, file_id: str = "begun", *, cookie: str = ""
) -> Iterator[http.client.HTTPConnection]:
    """A file of ``length`` bytes whose name has been sent and whose content has not; the server waits for it."""
    token = _token(server)
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)
    try:
        connection.putrequest("PUT", f"/_stcore/upload_file/{session}/{file_id}")
        connection.putheader("Content-Type", f"multipart/form-data; boundary={_BOUNDARY}")
        connection.putheader("Content-Length", str(len(head) + length + len(_TAIL)))
        connection.putheader("Expect", "100-continue")
        connection.putheader("X-Xsrftoken", token)
        connection.putheader("Cookie", "; ".join(filter(None, [f"_streamlit_xsrf={token}", cookie])))
        connection.endheaders(head)
        connection.sock.recv(1, socket.MSG_PEEK)  # its "continue", or already its refusal, which stays to be read
        yield connection
    finally:
        connection.close()


def _token(server: Server) -> str:
    """The cookie that shows a request to come from the app's own page."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)
    try:
        connection.request("GET", "/_stcore/health")
        answer = connection.getresponse()
        answer.read()
        cookies = answer.headers.get_all("Set-Cookie") or []
    finally:
        connection.close()
    return next(each.split("=", 1)[1].split(";")[0] for each in cookies if each.startswith("_streamlit_xsrf="))
