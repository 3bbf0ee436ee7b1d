"""Links from the time when Architecture had the bare address: ``/?net=resnet50&at=layer2.0``.

The server answers them with Architecture's own address, before any page begins. So no session has to know of them, and
the browser's back button leads to where the reader came from.
"""

from urllib.parse import parse_qs

import streamlit as st
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from explorer.ui.architecture.choices import ALL

NAMES = frozenset({"net", *(each.key for each in ALL)})


class OldLinks:
    """ASGI middleware: leads the bare address with one of Architecture's names to Architecture, the state with it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or redirect it; see the class."""
        answer = RedirectResponse(f"architecture?{_query(scope)}") if _is_old(scope) else self._app
        await answer(scope, receive, send)


def _is_old(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["path"] != _bare_address():
        return False
    return not NAMES.isdisjoint(parse_qs(_query(scope), keep_blank_values=True))


def _bare_address() -> str:
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    return f"/{base}/" if base else "/"


def _query(scope: Scope) -> str:
    return str(scope["query_string"], "latin-1")
