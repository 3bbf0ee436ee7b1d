"""The guard around uploads without a server: what it does when a connection ends."""

import asyncio

import pytest
from starlette.types import Receive, Scope, Send

from explorer.jobs.job import Attachment
from explorer.jobs.queue import JobState
from explorer.jobs.shared import queue
from explorer.ui.state.upload_guard import UploadGuard
from explorer.ui.widgets.private_input import LANE
from tests import event_loop

PATIENCE_S = 30.0


def content(file: Attachment) -> bytes:
    return file.data


async def closed_connection(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """An app whose reader has gone."""


async def nothing(*_: object) -> None:
    raise AssertionError("nothing is received or sent")


def test_a_closed_session_takes_along_what_came_of_its_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Although nobody asks the queue for anything afterwards, and the reader has forgotten the file."""
    monkeypatch.setattr(queue(), "alive", lambda owner: owner != "gone")
    monkeypatch.setattr("streamlit.config.get_option", lambda _name: 0.0)
    handle = queue().submit(content, Attachment("theirs", b"secret"), owner="gone", lane=LANE)
    assert queue().result(handle, PATIENCE_S) == b"secret"

    async def visit() -> None:
        await UploadGuard(closed_connection)({"type": "websocket", "path": "/_stcore/stream"}, nothing, nothing)
        async with asyncio.timeout(PATIENCE_S):
            while queue().status(handle).state is not JobState.CANCELLED:
                await asyncio.sleep(0.01)

    event_loop.run(visit())
