"""What a rerun with nothing changed asks for and sends. Counts, not seconds: ``python -m bench`` prints those."""

from collections.abc import Iterator
from functools import cache, partial
from typing import Any

import pytest
import streamlit as st
import torch
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from explorer.jobs.queue import JobQueue
from explorer.training.shattered import measure
from explorer.training.shattered.values import WIDTH
from explorer.ui.cam.choices import CamView
from explorer.ui.compare.choices import Tab
from explorer.ui.gradients.choices import GradientsView
from explorer.ui.ideas.choices import Lesson
from explorer.ui.training.choices import TrainingView
from tests.pages.helpers import PATIENCE_S, healthy, opened, settled, words

PAGES = ("start", "architecture", "compare", "gradients", "training", "cam", "ideas", "classroom")
CHOICES = {"lesson": Lesson.CHECK, "gamma": "0.5", "kernel": "5"}
WORKING = (
    ("architecture", {}),
    ("gradients", {}),
    ("cam", {}),
    ("cam", {"look": CamView.AGAINST}),
    ("ideas", {"lesson": Lesson.FIELD}),
)


@pytest.fixture(autouse=True)
def fresh_queue(module_queue: JobQueue, monkeypatch: pytest.MonkeyPatch) -> JobQueue:
    """One queue for all tests, whose pages are the same; what takes seconds is measured as small as it can be."""
    monkeypatch.setattr(measure, "shattered_gradients", partial(measure.shattered_gradients, width=WIDTH // 4))
    monkeypatch.setattr("explorer.ideas.measure.field._IMAGES", 8)
    return module_queue


@cache
def finished(page_name: str, **query: str) -> AppTest:
    """The page once its work is done: one for all tests, for a rerun with nothing changed leaves it as it is."""
    return settled(opened(page_name, **query))


def containers(block: Block) -> Iterator[Block]:
    for child in block.children.values():
        if isinstance(child, Block):
            yield child
            yield from containers(child)


@pytest.mark.parametrize(
    ("page_name", "query", "most"),
    [
        ("start", {}, 4),
        ("architecture", {}, 6),
        ("compare", {"tab": Tab.BUDGET}, 11),
        ("compare", {"tab": Tab.CHANGES}, 8),
        ("compare", {"tab": Tab.WHAT_IF}, 7),
        ("compare", {"tab": Tab.LANDSCAPE}, 9),
        ("compare", {"tab": Tab.MEASURED}, 7),
        ("gradients", {"view": GradientsView.LAYERS}, 10),
        ("gradients", {"view": GradientsView.ADDS}, 9),
        ("gradients", {"view": GradientsView.STEPS}, 8),
        ("gradients", {"view": GradientsView.DEPTH}, 4),
        ("gradients", {"view": GradientsView.ACTIVATIONS}, 10),
        ("training", {"experiment": TrainingView.RACE}, 8),
        ("training", {"experiment": TrainingView.RECORDED}, 6),
        ("training", {"experiment": TrainingView.SHATTERED}, 6),
        ("training", {"experiment": TrainingView.LANDSCAPE}, 9),
        ("cam", {"look": CamView.MAP}, 6),
        ("cam", {"look": CamView.AGAINST}, 6),
        ("cam", {"look": CamView.TWO}, 5),
        ("cam", {"look": CamView.METHODS}, 5),
        ("cam", {"look": CamView.BELIEF}, 6),
        ("cam", {"look": CamView.ERASE}, 2),
    ],
)
def test_each_container_is_a_message_of_every_rerun(page_name: str, query: dict[str, str], most: int) -> None:
    assert len(list(containers(finished(page_name, **query).main))) <= most


def any_page() -> None:
    from explorer.ui.shell import run_page  # noqa: PLC0415  AppTest runs this function's text alone

    run_page()


def test_pages_are_not_looked_for_at_every_rerun(monkeypatch: pytest.MonkeyPatch) -> None:
    page = healthy(AppTest.from_function(any_page, default_timeout=PATIENCE_S).run())
    monkeypatch.setattr(st.Page, "__init__", lambda *_, **__: pytest.fail("a page made again"))
    healthy(page.run())


def test_no_picture_is_read_from_its_file_at_every_rerun(monkeypatch: pytest.MonkeyPatch) -> None:
    page = finished("cam")
    monkeypatch.setattr("explorer.ui.cam.cam_setup.sample_bytes", lambda _: pytest.fail("read again"))
    healthy(page.run())


@pytest.mark.parametrize("page_name", PAGES)
def test_streamlit_does_not_search_the_data_of_components(page_name: str) -> None:
    page = finished(page_name)
    found = [each.proto for each in page.get("bidi_component")]
    assert found
    assert {each.WhichOneof("data") for each in found} == {"bytes"}


@pytest.mark.parametrize(("page_name", "query"), WORKING)
def test_a_known_answer_is_not_asked_for_again(
    page_name: str, query: dict[str, str], fresh_queue: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = finished(page_name, **query)
    asked: list[Any] = []
    submit = fresh_queue.submit
    monkeypatch.setattr(fresh_queue, "submit", lambda *args, **kwargs: asked.append(args) or submit(*args, **kwargs))
    assert_reruns_agree(page)
    assert not asked


def assert_reruns_agree(page: AppTest) -> None:
    """Two reruns show the same. What the bar tells a browser has grown since, if another page was opened."""
    before = shown(healthy(page.run()))
    assert shown(healthy(page.run())) == before


def shown(page: AppTest) -> list[str]:
    charts = [each.proto.spec for each in page.get("plotly_chart")]
    return [words(page), *charts, *(str(each.proto) for each in page.get("bidi_component"))]


def test_an_answer_that_is_no_longer_kept_is_asked_for_again(fresh_queue: JobQueue) -> None:
    page = finished("cam")
    before = shown(healthy(page.run()))
    for job in fresh_queue._jobs.all():
        fresh_queue._jobs.forget(job)
    assert shown(settled(healthy(page.run()))) == before


@pytest.mark.parametrize(("page_name", "query"), [*((name, {}) for name in PAGES), ("ideas", CHOICES)])
def test_what_is_no_widget_adds_one_entry_to_what_streamlit_looks_through(
    page_name: str, query: dict[str, str]
) -> None:
    page = finished(page_name, **query)
    entries = page.session_state._state._state._keys()
    assert {entry for entry in entries if not entry.startswith("$$")} == {"held"}  # "$$": widgets, Streamlit's own


def test_devices_are_not_counted_at_every_rerun(monkeypatch: pytest.MonkeyPatch) -> None:
    page = finished("gradients")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: pytest.fail("counted again"))
    healthy(page.run())


@pytest.mark.parametrize("view", [GradientsView.LAYERS, GradientsView.ADDS])
def test_words_on_a_measurement_are_found_once(view: GradientsView, monkeypatch: pytest.MonkeyPatch) -> None:
    page = finished("gradients", view=view)
    for name in ("words.finding", "words.advice", "layers.profile"):
        monkeypatch.setattr(f"explorer.ui.gradients.{name}", lambda *_, **__: pytest.fail("found again"))
    assert_reruns_agree(page)


def test_words_and_chances_of_what_is_erased_are_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    page = finished("cam", look=CamView.ERASE)
    for name in ("change_sentence", "predictions"):
        monkeypatch.setattr(f"explorer.ui.cam.erase_view.{name}", lambda *_: pytest.fail("found again"))
    assert_reruns_agree(page)
