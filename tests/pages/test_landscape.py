"""The tab "Landscape": recorded planes are there at once, another one is measured when the reader wants it."""

from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from explorer.jobs.queue import JobQueue
from explorer.training.landscape.page_jobs import plane_of
from explorer.training.landscape.recorded import recorded_pairs, told_made
from explorer.training.landscape.sentences import told_landscapes, told_plane, told_recalibrated, told_steps
from explorer.training.landscape.values import Landscape
from explorer.ui.state.markdown import escaped
from explorer.ui.training import lanes
from explorer.ui.training.choices import TrainingView
from tests.pages.helpers import charts, healthy, link, opened_from, paragraphs, settled, warnings
from tests.pages.helpers import opened as opened_page
from tests.training.damage.patients import NETWORKS

RECORDED = [f"landscape_{kind}_{what}" for what in ("loss", "accuracy") for kind in ("plain", "residual")]
LIVE = ["landscape_live_loss", "landscape_live_accuracy"]
PAGE = """
from explorer.ui.state import url
from explorer.ui.state.url_value import open_all
from explorer.ui.training.landscape import landscape_view
from explorer.ui.training.landscape_choices import ALL
from tests.training.damage.patients import NETWORKS

with url.together():
    open_all(*ALL)
landscape_view(NETWORKS)
"""


opened = partial(opened_from, PAGE)


def measured(page: AppTest) -> AppTest:
    page.button(key="landscape.now").click()
    return settled(healthy(page.run()))


@pytest.mark.parametrize("depth", [20, 56])
def test_the_recorded_planes_are_there_at_once(depth: int) -> None:
    page = opened(landscape_values="true", landscape_depth=str(depth))
    assert charts(page) == RECORDED
    for sentence in told_landscapes(*recorded_pairs()[depth]):
        assert escaped(sentence) in paragraphs(page)
    assert len(page.dataframe[0].value) == sum(len(shown.found) for shown in recorded_pairs()[depth])
    assert escaped(told_made()) in [each.value for each in page.caption]
    page.segmented_control(key="landscape_depth.widget").set_value("20")
    assert link(settled(healthy(page.run())), "landscape_depth") == "20"


def test_a_network_of_the_chosen_depth_is_proposed() -> None:
    """Until the reader chooses another one."""
    for depth, proposed in (("56", "residual-56"), ("20", "residual-20")):
        page = settled(opened_page("training", experiment=str(TrainingView.LANDSCAPE), landscape_depth=depth))
        assert page.selectbox(key="landscape_network.widget").value.startswith(f"{proposed}-seed")
    chosen = {"landscape_depth": "56", "landscape_network": "plain-20-seed0"}
    page = settled(opened_page("training", experiment=str(TrainingView.LANDSCAPE), **chosen))
    assert page.selectbox(key="landscape_network.widget").value == "plain-20-seed0"


def plane_measured(jobs: JobQueue, *request: object) -> Landscape:
    """What ``plane_of`` finds, measured once for the page and for the test."""
    found: Landscape = jobs.result(jobs.submit(plane_of, *request, owner="the test", lane=lanes.LONG))
    return found


@pytest.mark.slow
def test_a_plane_is_measured_on_demand(fresh_queue: JobQueue) -> None:
    page = opened(landscape_network="plain", landscape_plane="5")
    assert charts(page) == RECORDED
    page = measured(page)
    assert charts(page) == [*RECORDED, *LIVE]
    assert escaped(told_plane(plane_measured(fresh_queue, NETWORKS[1], 4, False), "Plain")) in paragraphs(page)
    assert escaped(told_steps(None)) in paragraphs(page)
    page.toggle(key="landscape_recalibrated.widget").set_value(True)
    page = settled(healthy(page.run()))
    assert charts(page) == RECORDED and link(page, "landscape_recalibrated") == "true"


@pytest.mark.slow
def test_recalibrated_norms_stand_beside_the_recorded_plane(
    fresh_queue: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = plane_of(NETWORKS[0], 0, False)
    monkeypatch.setattr("explorer.ui.training.landscape.recorded_plane", lambda key, plane: stale)
    page = measured(opened(landscape_network="residual", landscape_recalibrated="true"))
    fresh = plane_measured(fresh_queue, NETWORKS[0], 0, True)
    assert escaped(told_plane(fresh, "Residual")) in paragraphs(page)
    assert escaped(told_recalibrated(fresh, stale)) in paragraphs(page)


def test_a_network_without_batch_norms_has_none_to_recalibrate() -> None:
    page = opened(landscape_network="unnormed")
    assert [each.key for each in page.toggle] == []


def test_what_was_not_recorded_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.ui.training.landscape.recorded_pairs", dict)
    page = opened()
    assert any("No landscape was recorded" in each.value for each in page.info) and charts(page) == []
    assert any("must be one of" in each for each in warnings(opened(landscape_plane="0")))


def test_it_is_the_last_tab_of_the_page() -> None:
    assert list(TrainingView)[-1] is TrainingView.LANDSCAPE
    page = settled(opened_page("training", experiment=str(TrainingView.LANDSCAPE)))
    assert charts(page) == RECORDED and page.header[0].value == TrainingView.LANDSCAPE.question
