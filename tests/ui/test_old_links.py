"""Links to the bare address from the time when Architecture had it."""

from typing import Any

import pytest
import streamlit as st
from starlette.types import Message, Receive, Scope, Send

from explorer.ui.architecture.choices import ALL
from explorer.ui.old_links import OldLinks
from explorer.ui.start.choices import ALL as OF_START
from tests import event_loop

PASSED_ON = "passed on"


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": PASSED_ON})


async def nothing_more() -> Message:
    raise AssertionError("nothing is read")


def answered(path: str, query: str = "", kind: str = "http") -> str:
    """Returns where a request is led, or that it was passed on."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {"type": kind, "method": "GET", "path": path, "query_string": query.encode(), "headers": []}
    event_loop.run(OldLinks(app)(scope, nothing_more, send))
    if sent[0]["type"] == PASSED_ON:
        return PASSED_ON
    assert sent[0]["status"] == 307  # no browser keeps it
    return dict(sent[0]["headers"])[b"location"].decode()


@pytest.mark.parametrize("name", ["net", *(each.key for each in ALL)])
def test_every_name_of_architecture_leads_there_with_the_whole_state(name: str) -> None:
    assert answered("/", f"{name}=x&other=y") == f"architecture?{name}=x&other=y"


def test_nothing_of_the_state_is_changed_on_the_way() -> None:
    query = "net=resnet50~shortcut-C&q=%C3%A4%26b+c&stage=stem&stage=head&counts="
    assert answered("/", query) == f"architecture?{query}"


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/", ""),
        ("/", "branch=0.5"),
        ("/", "class=42&path=x&step=2"),
        ("/", "tab=Budget&lesson=check"),
        ("/architecture", "net=resnet50"),
        ("/ideas", "at=1"),
        ("/_stcore/health", "net=resnet50"),
    ],
)
def test_everything_else_is_passed_on(path: str, query: str) -> None:
    assert answered(path, query) == PASSED_ON


def test_the_connection_of_a_session_is_passed_on() -> None:
    assert answered("/", "net=resnet50", kind="websocket") == PASSED_ON


def test_no_redirect_leaves_the_server() -> None:
    assert answered("/", "net=//evil.example") == "architecture?net=//evil.example"
    assert "\n" not in answered("/", "net=x%0d%0aSet-Cookie:y")


def test_below_a_base_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "get_option", lambda _: "/physics/lab")
    assert answered("/physics/lab/", "net=resnet18") == "architecture?net=resnet18"
    assert answered("/", "net=resnet18") == PASSED_ON


def test_the_start_page_has_no_name_of_architectures() -> None:
    assert not {each.key for each in OF_START} & {"net", *(each.key for each in ALL)}
