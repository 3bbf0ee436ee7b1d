"""What a rerun with nothing changed asks for and sends. Counts, not seconds: ``python -m bench`` prints those."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from explorer.jobs.queue import JobQueue
from explorer.ui.cam.choices import CamView
from explorer.ui.ideas.choices import ALL, Lesson
from tests.pages.helpers import healthy, opened, settled, words

PAGES = ("architecture", "compare", "gradients", "cam", "ideas")
WORKING = (
    ("architecture", {}),
    ("gradients", {}),
    ("cam", {}),
    ("cam", {"look": CamView.AGAINST}),
    ("ideas", {"lesson": Lesson.FIELD}),
)


def containers(block: Block) -> Iterator[Block]:
    for child in block.children.values():
        if isinstance(child, Block):
            yield child
            yield from containers(child)


@pytest.mark.parametrize(
    ("view", "most"),
    [(CamView.MAP, 12), (CamView.AGAINST, 12), (CamView.TWO, 11), (CamView.METHODS, 11), (CamView.BELIEF, 12)],
)
def test_each_container_is_a_message_of_every_rerun(view: CamView, most: int) -> None:
    page = settled(opened("cam", look=view))
    assert len(list(containers(page.main))) <= most


@pytest.mark.parametrize("page_name", PAGES)
def test_streamlit_does_not_search_the_data_of_components(page_name: str) -> None:
    page = settled(opened(page_name))
    found = [each.proto for each in page.get("bidi_component")]
    assert found
    assert {each.WhichOneof("data") for each in found} == {"bytes"}


@pytest.mark.parametrize(("page_name", "query"), WORKING)
def test_a_known_answer_is_not_asked_for_again(
    page_name: str, query: dict[str, str], fresh_queue: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = settled(opened(page_name, **query))
    asked: list[Any] = []
    submit = fresh_queue.submit
    monkeypatch.setattr(fresh_queue, "submit", lambda *args, **kwargs: asked.append(args) or submit(*args, **kwargs))
    before = shown(page)
    assert shown(healthy(page.run())) == before
    assert not asked


def shown(page: AppTest) -> list[str]:
    charts = [each.proto.spec for each in page.get("plotly_chart")]
    return [words(page), *charts, *(str(each.proto) for each in page.get("bidi_component"))]


def test_an_answer_that_is_no_longer_kept_is_asked_for_again(fresh_queue: JobQueue) -> None:
    page = settled(opened("cam"))
    before = shown(page)
    for job in fresh_queue._jobs.all():
        fresh_queue._jobs.forget(job)
    assert shown(settled(healthy(page.run()))) == before


def test_choices_do_not_add_to_what_streamlit_looks_through() -> None:
    page = opened("ideas", lesson=Lesson.CHECK, gamma="0.5", kernel="5")
    assert not {control.key for control in ALL} & set(page.session_state)


def test_devices_are_not_counted_at_every_rerun(monkeypatch: pytest.MonkeyPatch) -> None:
    page = settled(opened("gradients"))
    monkeypatch.setattr(torch.cuda, "device_count", lambda: pytest.fail("counted again"))
    healthy(page.run())
