"""Sends files as a page's field does, or as somebody does who has a session and no page: by the server's own route."""

import http.client
import uuid
from dataclasses import dataclass, field

from bench.server import Server

SECONDS = 120.0


@dataclass
class Upload:
    """One file that was sent: ``status`` is the server's answer."""

    name: str
    length: int
    status: int
    file_id: str = field(default_factory=lambda: str(uuid.uuid4()))


def send(server: Server, session: str, name: str, data: bytes) -> Upload:
    """Send a file for a session; returns what came of it."""
    token = _token(server)
    boundary = uuid.uuid4().hex
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    tail = f"\r\n--{boundary}--\r\n".encode()
    sent = Upload(name, len(data), 0)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)
    try:
        connection.putrequest("PUT", f"/_stcore/upload_file/{session}/{sent.file_id}")
        connection.putheader("Content-Type", f"multipart/form-data; boundary={boundary}")
        connection.putheader("Content-Length", str(len(head) + len(data) + len(tail)))
        connection.putheader("X-Xsrftoken", token)
        connection.putheader("Cookie", f"_streamlit_xsrf={token}")
        connection.endheaders()
        for part in (head, data, tail):
            connection.send(part)
        sent.status = connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError):  # refused before all of it was read
        sent.status = 413
    finally:
        connection.close()
    return sent


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
