"""The buttons that have a path's files made: nothing is measured before somebody wants it, and the files are whole."""

import json
from functools import partial
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.paths.links import from_json, to_link
from explorer.ui.paths import handouts
from tests.pages.helpers import healthy, opened_from, rerun_until

OWN = from_json(
    json.dumps({"title": "My <b> Path", "steps": [{"title": "A", "page": "compare", "note": "Wait for them."}]})
)
PAGE = f"""
import streamlit as st

from explorer.paths.links import from_link
from explorer.ui.paths.handouts import TEACHER, path_files
from explorer.ui.state import url
from explorer.ui.state.url_value import open_all

with url.together():
    open_all(TEACHER)
path_files(from_link({to_link(OWN)!r}))
"""
VIEW = """
from explorer.ui import shell
from explorer.ui.paths.handouts import view_file
from explorer.ui.state import network

network.open_network()
view_file("Compare", "compare")
"""
opened = partial(opened_from, PAGE)


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.get("download_button")]


def made(page: AppTest, key: str) -> AppTest:
    page = rerun_until(page, lambda page: any(button.key == f"{key}.now" for button in page.button))
    assert not labels(page)
    healthy(page.button(key=f"{key}.now").click().run())
    return rerun_until(page, lambda page: bool(labels(page)))


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """The files that the buttons would download, by their names' endings."""
    files: dict[str, bytes] = {}
    real = handouts._download

    def take(*args: Any) -> None:
        files[args[2][1]] = args[3]()
        real(*args)

    monkeypatch.setattr(handouts, "_download", take)
    return files


def test_a_paths_files_are_made_when_somebody_asks(taken: dict[str, bytes]) -> None:
    page = made(opened(), "path_files.own")
    assert labels(page) == ["Offline page", "Worksheet with answers", "Notebook"]
    assert not [button for button in page.button if button.key == "path_files.own.now"]
    assert set(taken) == {"html", "worksheet.html", "ipynb"}
    assert b"My &lt;b&gt; Path" in taken["html"]
    assert b"<svg" in taken["html"]
    assert not any(b"Wait for them" in each for each in taken.values())


def test_the_teachers_version_stands_in_the_link(taken: dict[str, bytes]) -> None:
    made(opened(teacher_files="true"), "path_files.own")
    assert b"Wait for them" in taken["html"]


def test_any_view_is_a_file_without_the_path_that_is_followed(taken: dict[str, bytes]) -> None:
    page = opened_from(VIEW, net1="resnet18", path="resnets-in-20-minutes", path_step="2")
    page = rerun_until(page, lambda page: bool(labels(page)))
    assert labels(page) == ["Offline page"]
    text = taken["html"].decode()
    assert "compare?net1=resnet18" in text
    assert "path_step" not in text


def test_a_view_whose_link_is_too_long_is_told_so() -> None:
    page = opened_from(VIEW, net1="x" * 1000)
    page = rerun_until(page, lambda page: bool(page.caption))
    assert any("The link of a step has" in each.value for each in page.caption)
