"""The Training page's paths tab, on small networks: what it says is what the library measures."""

from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from explorer.network.options import Shortcut
from explorer.training import recorded_networks
from explorer.training.data import DataSet
from explorer.training.paths.page_jobs import paths_of
from explorer.training.paths.sentences import told_gradient, told_paths
from explorer.training.racers import racer
from explorer.ui.state.markdown import escaped
from explorer.ui.training.choices import TrainingView
from tests.pages.helpers import charts, link, opened_from, paragraphs, settled, warnings
from tests.pages.helpers import opened as opened_page
from tests.training.damage.patients import NETWORKS

PAGE = """
import streamlit as st

from explorer.ui.state import network, url
from explorer.ui.state.url_value import open_all
from explorer.ui.training.paths import paths_view
from explorer.ui.training.inside_choices import ALL
from tests.training.damage.patients import NETWORKS

with url.together():
    open_all(*ALL)
    network.open_network()
paths_view(NETWORKS)
"""


opened = partial(opened_from, PAGE)


def test_a_trained_networks_paths_are_told_and_drawn() -> None:
    page = opened(paths_values="true")
    found = paths_of(NETWORKS[0], None)
    assert escaped(told_paths(found, "Residual")) in paragraphs(page) and escaped(told_gradient(found)) in paragraphs(
        page
    )
    assert charts(page) == ["path_shares", "path_norms"]
    assert list(page.dataframe[0].value["paths"]) == [1, 4, 6, 4, 1]


def test_the_same_untrained_stands_in_the_link() -> None:
    page = opened(inside_weights="untrained")
    assert escaped(told_gradient(paths_of(NETWORKS[0], NETWORKS[0].config))) in paragraphs(page)
    assert "Untrained Residual has" in paragraphs(page) and link(page, "inside_weights") == "untrained"


def test_a_plain_network_has_one_path() -> None:
    page = opened(looked_into="plain")
    assert "a single path" in paragraphs(page) and "Veit" not in paragraphs(page)


def test_my_network_is_only_untrained() -> None:
    page = opened(looked_into="my network", net="resnet20~stage_blocks-1.1.1")
    assert any("Only untrained" in each.value for each in page.caption)
    assert charts(page) == ["path_shares", "path_norms"]


def test_deep_ones_are_offered_untrained() -> None:
    keys = page_options(opened(looked_into="plain"))
    assert keys[:3] == ["Residual", "Plain", "Unnormed"] and "residual-56" in keys and "residual-110" in keys
    assert sum(racer(DataSet.FASHION, 110, Shortcut.A).stage_blocks) == 54


def page_options(page: AppTest) -> list[str]:
    return [str(each) for each in page.selectbox[0].options]


def test_another_network_than_these_is_refused() -> None:
    assert any("Network" in each for each in warnings(opened(looked_into="nonsense")))


@pytest.mark.parametrize("weights", ["trained", "untrained"])
def test_it_is_a_tab_of_the_page(weights: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With small networks: one that ships is looked into in a browser."""
    monkeypatch.setattr(recorded_networks, "recorded_networks", lambda: NETWORKS)
    page = settled(opened_page("training", experiment=str(TrainingView.PATHS), inside_weights=weights))
    assert charts(page) == ["path_shares", "path_norms"] and "16 paths" in paragraphs(page)
