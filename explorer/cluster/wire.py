"""Calls over the network: a keeper's services on one side, and many threads of a replica on the other.

Both sides prove that they know the keeper's key before anything is unpickled (``multiprocessing.connection``).
"""

import logging
import os
import pickle
import socket
import struct
import sys
import threading
import time
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, answer_challenge, deliver_challenge
from typing import Any

PATIENCE = 5.0  # seconds in which a call is answered, beside those that it is told to wait
START = 20.0  # seconds that a server's start waits for the keeper
PAUSE = 1.0  # seconds before a lost keeper is looked for again
STRANGERS = 256  # connections that have not proven the key yet; more than two replicas' threads that begin at a time
_USER_TIMEOUT = getattr(socket, "TCP_USER_TIMEOUT", None)  # Linux

_SIGN = "keeper:"

_log = logging.getLogger(__name__)


class Away(ConnectionError):  # noqa: N818  it is an answer as much as an error
    """The keeper does not answer."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a keeper listens, and the key that only those who may ask the cluster are told."""

    host: str
    port: int
    key: bytes = field(repr=False)


def write_place(place: Place) -> None:
    """Print a place for the process that has started this one."""
    sys.stdout.write(f"{_SIGN}{b64encode(pickle.dumps(place)).decode()}\n")
    sys.stdout.flush()


def read_place(lines: Iterable[str]) -> Place | None:
    """Returns the first place among these lines of another process; None where there is none."""
    for line in lines:
        if line.startswith(_SIGN):
            place: Place = pickle.loads(b64decode(line.removeprefix(_SIGN)))
            return place
    return None


def serve(services: Mapping[str, object], listener: socket.socket, key: bytes) -> None:
    """Answer calls of the services' methods in threads, one for each connection.

    Whoever proves nothing gives way to those who come later, the oldest of ``STRANGERS`` first.
    """
    strangers: deque[socket.socket] = deque()

    def accept() -> None:
        while True:
            try:
                taken, _ = listener.accept()
            except OSError:  # who came has left, or there are no more files to open
                time.sleep(PAUSE)
                continue
            strangers.append(taken)
            threading.Thread(target=_answer, args=(taken, strangers, services, key), daemon=True).start()
            if len(strangers) > STRANGERS:
                with suppress(IndexError, OSError):
                    strangers.popleft().shutdown(socket.SHUT_RDWR)

    threading.Thread(target=accept, name="keeper", daemon=True).start()


def _connection(made: socket.socket) -> Connection:
    made.settimeout(None)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if _USER_TIMEOUT is not None:
        made.setsockopt(socket.IPPROTO_TCP, _USER_TIMEOUT, int(1000 * PATIENCE))
    return Connection(os.dup(made.fileno()))


def _answer(taken: socket.socket, strangers: deque[socket.socket], services: Mapping[str, object], key: bytes) -> None:
    with suppress(OSError, EOFError, AuthenticationError), _connection(taken) as connection:
        try:
            deliver_challenge(connection, key)
            answer_challenge(connection, key)
        finally:
            with suppress(ValueError):  # it has given way
                strangers.remove(taken)
            taken.close()
        while True:
            service, method, args, kwargs = connection.recv()
            try:
                answer = True, getattr(services[service], method)(*args, **kwargs)
            except Exception as error:  # whoever asked shall hear it
                answer = False, error
            connection.send(answer)


class Wire:
    """A replica's way to the keeper. ``find`` returns where that is, and may take long; it is asked again whenever the
    keeper is lost. ``ticks`` are called every second while the keeper answers."""

    def __init__(self, find: Callable[[], Place | None], place: Place | None = None) -> None:
        self._find, self._place = find, place
        self._lock, self._idle = threading.Lock(), list[Connection]()
        self._found, self._closed = threading.Event(), threading.Event()
        self.ticks: list[Callable[[], object]] = []

    def start(self) -> None:
        """Look for the keeper in a thread, and again whenever it is lost; returns when it is found, or after ``START``
        seconds."""
        threading.Thread(target=self._keep_looking, name="cluster", daemon=True).start()
        self._found.wait(START)

    @property
    def up(self) -> bool:
        """Whether the keeper answered last."""
        return self._place is not None

    def call(self, service: str, method: str, *args: Any, wait: float = 0.0, **kwargs: Any) -> Any:
        """Returns what the service's method returns, or raises what it raises.

        Raises:
            Away: nobody answers within ``wait`` and ``PATIENCE`` seconds, or is known.
        """
        place = self._place
        if place is None:
            raise Away
        try:
            connection = self._connected(place)
            try:
                connection.send((service, method, args, kwargs))
                if not connection.poll(wait + PATIENCE):
                    raise TimeoutError
                fine, answer = connection.recv()
            except BaseException:
                connection.close()
                raise
        except (OSError, EOFError, AuthenticationError) as error:
            self._lose(place, error)
            raise Away from error
        with self._lock:
            if place is self._place:
                self._idle.append(connection)
            else:
                connection.close()
        if not fine:
            raise answer
        return answer

    def close(self) -> None:
        """Ask nobody any more."""
        self._closed.set()
        if place := self._place:
            self._lose(place, None)

    def _connected(self, place: Place) -> Connection:
        with self._lock:
            if self._idle and place is self._place:
                return self._idle.pop()
        return _connect(place)

    def _lose(self, place: Place, error: Exception | None) -> None:
        with self._lock:
            if place is not self._place:
                return
            self._place, idle = None, self._idle
            self._idle = []
        for connection in idle:
            connection.close()
        if not self._closed.is_set():
            _log.warning(f"the cluster does not answer: {type(error).__name__}")

    def _keep_looking(self) -> None:
        while not self._closed.is_set():
            if self._place is None and (found := self._find()):
                _log.info("the cluster answers")
                self._place = found
                self._found.set()
            for tick in self.ticks:
                try:
                    tick()
                except Exception:  # or nobody would look any more
                    _log.exception("the cluster could not be told")
            self._closed.wait(PAUSE)


def is_there(place: Place) -> bool:
    """Whether a keeper listens at this place."""
    with suppress(OSError, EOFError, AuthenticationError):
        _connect(place).close()
        return True
    return False


def _connect(place: Place) -> Connection:
    with socket.create_connection((place.host, place.port), PATIENCE) as made:
        # Of a word that has begun, each part has to follow: a machine may vanish without a word of its end.
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", int(PATIENCE), 0))
        connection = _connection(made)
    try:
        answer_challenge(connection, place.key)
        deliver_challenge(connection, place.key)
    except BaseException:
        connection.close()
        raise
    return connection
