"""A server that is told to leave ends in time and without an error, whatever it is doing; Ctrl-C ends it at once."""

import signal
import time

import pytest

from bench.client import Visitor
from bench.server import Server, serve
from bench.upload import begun
from explorer.ui.serving.leave import CLOSING_SECONDS, NOTICE

pytestmark = pytest.mark.slow
LONG = "flow=resnet50&images=12"  # many seconds of work


def ended(server: Server, told: signal.Signals) -> tuple[int, float]:
    """The server's status and the seconds until it ended."""
    start = time.monotonic()
    server.process.send_signal(told)
    return server.process.wait(60), time.monotonic() - start


def test_neither_a_measurement_nor_a_file_that_never_arrives_holds_it_up() -> None:
    with serve() as server, Visitor(server, "gradients") as visitor:
        visitor.visit(LONG)
        deadline = time.monotonic() + 60
        while "Cancel" not in [each.button.label for each in visitor.shown.values()]:
            assert time.monotonic() < deadline
            visitor.tick()
        with begun(server, visitor.session, "path.json", 10_000):
            status, seconds = ended(server, signal.SIGTERM)
        assert "terminate called" not in server.log and "Traceback" not in server.log
    assert status == 0
    assert CLOSING_SECONDS <= seconds < CLOSING_SECONDS + 3


def test_control_c_waits_for_nobody() -> None:
    with serve(environment={NOTICE: "60"}) as server, Visitor(server, "paths") as visitor:
        visitor.visit()
        _, seconds = ended(server, signal.SIGINT)
    assert seconds < CLOSING_SECONDS + 3
