"""Calls over the network where the other side is a stranger, or falls silent in the middle of a word."""

import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection, answer_challenge, deliver_challenge

import pytest

from bench.server import ROOT
from explorer.cluster import wire as wires
from explorer.cluster.wire import Away, Place, Wire
from tests.jobs.work import until

KEY = b"k" * 32
FILES = 100
KEEPER = f"""
import resource, socket, sys, threading
from explorer.cluster import wire

class Service:
    def threads(self):
        return threading.active_count()

resource.setrlimit(resource.RLIMIT_NOFILE, ({FILES}, {FILES}))
wire.STRANGERS = int(sys.argv[1])
listener = socket.create_server(("127.0.0.1", 0), backlog=256)
wire.serve({{"service": Service()}}, listener, {KEY})
print(listener.getsockname()[1], flush=True)
sys.stdin.read()
"""


@contextmanager
def keeper(strangers: int) -> Iterator[Place]:
    """A keeper of a process that may have ``FILES`` files open."""
    command = [sys.executable, "-c", KEEPER, str(strangers)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdin
        yield Place("127.0.0.1", int(process.stdout.readline()), KEY)
        process.stdin.close()


def asked(place: Place, key: bytes = KEY) -> Wire:
    wire = Wire(lambda: Place(place.host, place.port, key))
    wire.start()
    return wire


def strangers(place: Place, stack: ExitStack, count: int) -> list[socket.socket]:
    address = place.host, place.port
    return [stack.enter_context(socket.create_connection(address, 10)) for _ in range(count)]


def test_strangers_who_prove_nothing_keep_nobody_out() -> None:
    with keeper(strangers=16) as place, ExitStack() as stack:
        many = strangers(place, stack, 2 * FILES)
        many[-1].sendall(b"GET / HTTP/1.1\r\n\r\n")
        many[-2].sendall(struct.pack("!iQ", -1, 2**40))  # a word of a terabyte
        wire = asked(place)
        assert wire.call("service", "threads") <= 16 + 3
        wire.close()


def test_a_keeper_that_ran_out_of_files_answers_once_it_has_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wires, "PATIENCE", 2.0)
    with keeper(strangers=10 * FILES) as place:
        with ExitStack() as stack:
            strangers(place, stack, 2 * FILES)
            wire = asked(place)
            assert not answers(wire)
        until(lambda: answers(wire))
        wire.close()


def answers(wire: Wire) -> bool:
    try:
        return bool(wire.call("service", "threads"))
    except Away:
        return False


def test_another_key_is_told_nothing() -> None:
    with keeper(strangers=16) as place:
        wire = asked(place, b"another key")
        assert not answers(wire)
        wire.close()


@pytest.mark.parametrize("proven", [False, True])
def test_a_keeper_that_falls_silent_in_the_middle_of_a_word_is_away(
    proven: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wires, "PATIENCE", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as stack:

        def stop() -> None:
            connection = stack.enter_context(Connection(listener.accept()[0].detach()))
            if proven:
                deliver_challenge(connection, KEY)
                answer_challenge(connection, KEY)
                connection.recv_bytes()
            connection._send(struct.pack("!i", 100) + b"half")

        threading.Thread(target=stop, daemon=True).start()
        wire, ended = asked(Place("127.0.0.1", listener.getsockname()[1], KEY)), threading.Event()

        def ask() -> None:
            assert not answers(wire)
            ended.set()

        threading.Thread(target=ask, daemon=True).start()
        start = time.monotonic()
        assert ended.wait(10) and time.monotonic() - start < 5
        wire.close()
