"""The Architecture page's part on what other tools count: closed at first, and in the link."""

from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from explorer.jobs.queue import JobQueue
from explorer.network.counting.counts import tool_counts
from explorer.network.presets import preset
from explorer.ui.architecture import counts
from explorer.ui.architecture.choices import NUMBER
from tests.pages.helpers import healthy, link, opened, warnings, words

open_page = partial(opened, "architecture")
FIELD = f"{NUMBER.key}.widget"


@pytest.fixture(autouse=True)
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    idle = JobQueue(workers=0)
    monkeypatch.setattr("explorer.ui.widgets.job_progress.queue", lambda: idle)


def fields(page: AppTest) -> list[str]:
    return [each.key for each in page.text_input]


def test_a_page_with_it_closed_counts_and_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "tool_counts", lambda _: pytest.fail("counted for nobody"))
    monkeypatch.setattr(counts, "name_number", lambda *_: pytest.fail("named for nobody"))
    page = open_page(number="4.12 G")
    assert FIELD not in fields(page)
    assert not page.table
    assert link(page, "number") == "4.12 G"


@pytest.mark.parametrize("name", ["resnet50", "preact_resnet164", "seresnet50"])
def test_opened_it_shows_every_number_of_the_network(name: str) -> None:
    page = open_page(net=name, counts="true")
    (table,) = page.table
    assert {count.shown for count in tool_counts(preset(name))} == set(table.value["Value"])


def test_a_number_is_named_and_goes_into_the_link() -> None:
    page = open_page(counts="true")
    healthy(page.text_input(key=FIELD).input("25,636,712").run())
    assert link(page, "number") == "25,636,712"
    assert "25,636,712 is Keras's “Total params” of Keras's ResNet-50." in words(page)


def test_a_link_brings_the_number_along() -> None:
    assert "4.12 G is ptflops' “Computational complexity, count_functional=False” of this network" in words(
        open_page(counts="true", number="4.12 G")
    )


def test_many_candidates_are_a_list_and_one_stands_out() -> None:
    assert any("\n- 4.1" in each.value for each in open_page(counts="true", number="4.1 G").markdown)
    assert any(each.value.startswith("**4.12") for each in open_page(counts="true", number="4.12 G").markdown)


@pytest.mark.parametrize("text", ["abc", "<b>1</b>", "![x](http://a.b/c)", "1e99", "4,12 G"])
def test_what_is_no_number_is_said_and_shown_as_it_is(text: str) -> None:
    page = open_page(counts="true", number=text)
    assert "Copy it as it was printed" in words(page)
    assert not warnings(page)
    assert page.table
