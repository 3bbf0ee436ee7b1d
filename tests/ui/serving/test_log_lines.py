"""The log's lines: one for each event, with time and level, and with nothing that a reader sent."""

import logging
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from bench.client import Visitor
from bench.server import ROOT, serve
from explorer.text.errors import Refusal
from explorer.text.log_lines import LineFormatter
from explorer.ui.serving.log_lines import LOG

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR|CRITICAL) [\w.]+: \S.*")
SECRET = "a-reader-s-own-words"


def line(message: Any, *args: Any, raised: BaseException | None = None) -> str:
    """The line of a record, which has to be one."""
    info = (type(raised), raised, raised.__traceback__) if raised else None
    record = logging.LogRecord("explorer.test", logging.WARNING, "here.py", 1, message, args, info)
    said = LineFormatter().format(record)
    assert LINE.fullmatch(said), said
    return said


def raised(error: BaseException) -> BaseException:
    try:
        raise error
    except type(error):
        found = sys.exc_info()[1]
        assert found
        return found


def test_only_numbers_of_a_messages_values_are_told() -> None:
    assert line("given up after %g s", 600.0).endswith("WARNING explorer.test: given up after 600 s")
    assert line("a job was refused: %s", SECRET).endswith("a job was refused: …")
    assert line("%s of %d", SECRET, 3).endswith("… of 3")
    assert line("%(who)s of %(count)d", {"who": SECRET, "count": 3}).endswith("… of 3")
    assert line("port %d", SECRET).endswith("port %d")  # a text where a number was to be
    assert line(ValueError(SECRET)).endswith(": ValueError")
    assert line("%d seconds", float("inf")).endswith("%d seconds")
    assert line("%(other)s", {"who": SECRET}).endswith("%(other)s")
    assert line("\x1b[31m\x07\u202ered").endswith(": [31mred")
    assert line("two\nlines\r\n of 100 %").endswith("two lines of 100 %")


def test_of_an_exception_its_class_and_places_are_told() -> None:
    said = line("a job failed: %s", SECRET, raised=raised(Refusal(f"{SECRET}\nis no network")))
    assert re.search(r"a job failed: … \[Refusal at ui/serving/test_log_lines\.py:\d+\]$", said)
    assert line("lost", raised=KeyError(SECRET)).endswith("lost [KeyError]")


RAISING = f"""
from streamlit import config, error_util
from explorer.ui.serving.log_lines import log_in_lines
config.set_option("logger.enableRich", True)
error_util._print_rich_exception = print
log_in_lines()
try:
    raise ValueError("{SECRET}")
except ValueError as error:
    error_util.handle_uncaught_app_exception(error)
"""


def test_what_a_page_raises_is_a_line_where_rich_is_installed_too() -> None:
    done = subprocess.run(
        [sys.executable, "-c", RAISING],
        cwd=ROOT,
        env={**os.environ, LOG: "lines"},
        capture_output=True,
        text=True,
        check=True,
    )
    (said,) = [each for each in done.stderr.splitlines() if "ERROR" in each]
    assert LINE.fullmatch(said) and "[ValueError at " in said
    assert SECRET not in done.stdout + done.stderr


ELSEWHERE = f"""
import asyncio, gc, warnings
from explorer.ui.serving.log_lines import log_in_lines

class Held:
    def __del__(self):
        raise ValueError("{SECRET}")

async def fail(text):
    raise ValueError(text)

async def main():
    loop = asyncio.get_running_loop()
    loop.create_task(fail("{SECRET}"))
    loop.call_soon(int, "{SECRET}")
    await asyncio.sleep(0.1)
    gc.collect()

log_in_lines()
Held()
asyncio.run(main())
warnings.warn("{SECRET}")
"""


def test_what_is_raised_where_nobody_listens_is_a_line_too() -> None:
    """While an object is deleted, in a task nobody waits for, in a loop's callback; and warnings."""
    command = [sys.executable, "-c", ELSEWHERE]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, LOG: "lines"}, capture_output=True, text=True, check=True
    )
    lines = done.stderr.splitlines()
    assert [each for each in lines if not LINE.fullmatch(each)] == []
    said = [each.split(" ", 2)[2] for each in lines]
    assert said[0].startswith("python: an exception was ignored [ValueError at <string>")
    assert sorted(each.partition(" [")[0] for each in said[1:3]) == [
        "asyncio: Exception in callback int",
        "asyncio: Task exception was never retrieved",
    ]
    assert said[3:] == ["python: UserWarning at <string>:22"]
    assert SECRET not in done.stderr


@pytest.mark.slow
def test_a_server_logs_lines_and_no_word_of_a_reader() -> None:
    environment = {LOG: "lines", "STREAMLIT_LOGGER_HIDE_WELCOME_MESSAGE": "true"}
    with serve(environment=environment) as server:
        with Visitor(server, "paths") as visitor:
            visitor.visit(f"note={SECRET}")
        elsewhere = {"Origin": f"http://{SECRET}.example"}
        with pytest.raises(InvalidStatus, match="403"), Visitor(server, headers=elsewhere):
            pass
        server.stop()
        log = server.log
    lines = log.splitlines()
    assert [each for each in lines if not LINE.fullmatch(each)] == []
    assert any("WARNING streamlit" in each and "disallowed Origin" in each for each in lines)
    assert any("told to leave" in each for each in lines)
    assert SECRET not in log and "127.0.0.1" not in log
