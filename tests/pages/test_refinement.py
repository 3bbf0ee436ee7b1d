"""The Training page's little-by-little tab, on small networks: what it says is what the library measures."""

import json
from functools import partial

import pytest

from explorer.training import recorded_networks
from explorer.training.refinement.page_jobs import maps_of, refinement_of
from explorer.training.refinement.sentences import told_changes, told_expected, told_maps, told_readings
from explorer.ui.state.markdown import escaped
from explorer.ui.training.choices import TrainingView
from tests.pages.helpers import charts, opened_from, paragraphs, settled, warnings
from tests.pages.helpers import opened as opened_page
from tests.training.damage.patients import NETWORKS

PAGE = """
from explorer.ui.state import url
from explorer.ui.state.url_value import open_all
from explorer.ui.training.inside_choices import ALL
from explorer.ui.training.refinement import refinement_view
from tests.training.damage.patients import NETWORKS

with url.together():
    open_all(*ALL)
refinement_view(NETWORKS)
"""


opened = partial(opened_from, PAGE)


def test_a_trained_network_is_told_and_drawn_block_by_block() -> None:
    page, found = opened(blocks_values="true"), refinement_of(NETWORKS[0], None)
    assert escaped(told_changes(found, "Residual")) in paragraphs(page)
    assert escaped(told_readings(found, "Residual")) in paragraphs(page)
    assert charts(page) == ["block_changes", "block_readings"]
    assert list(page.dataframe[0].value["after"]) == [each.place for each in found.readings]


def test_the_same_untrained_stands_beside_what_batch_norm_gives() -> None:
    page, found = opened(inside_weights="untrained"), refinement_of(NETWORKS[0], NETWORKS[0].config)
    assert told_expected(found) and escaped(told_expected(found)) in paragraphs(page)


def test_a_plain_network_has_only_the_probe() -> None:
    page = opened(looked_into="plain")
    assert charts(page) == ["block_readings"] and "has no shortcuts" in paragraphs(page)


def test_it_is_a_tab_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """With small networks: one that ships is looked into in a browser."""
    monkeypatch.setattr(recorded_networks, "recorded_networks", lambda: NETWORKS)
    page = settled(opened_page("training", experiment=str(TrainingView.LITTLE)))
    assert charts(page) == ["block_changes", "block_readings"]


def test_the_maps_of_a_chosen_block_stand_in_the_link() -> None:
    page = opened(inside_block="layer2.1", inside_picture="4")
    found = maps_of(NETWORKS[0], None, "layer2.1", 4)
    assert escaped(told_maps(found)) in [each.value for each in page.caption]
    rows = [each.proto for each in page.get("bidi_component") if each.proto.component_name.endswith("_thumbnails")]
    chosen, *maps = [json.loads(each.bytes)["thumbnails"] for each in rows]
    assert [each["name"] for each in chosen if each["lit"]] == ["4"]
    assert [[int(each["name"]) for each in row] for row in maps] == [list(found.channels)] * 3


def test_a_block_that_the_network_does_not_have_is_refused() -> None:
    assert any("Block" in each for each in warnings(opened(inside_block="layer7.0")))
