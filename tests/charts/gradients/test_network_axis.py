"""Places on an axis: every place once and in order, stages named where there is room."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.charts.gradients.network_axis import (
    merged_places,
    place_axis,
    place_ticks,
    stage_lines,
    stage_runs,
    unit_span,
)
from explorer.network.arithmetic import analyze
from explorer.network.block_plans import block_plans
from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind
from explorer.network.options import Shortcut
from explorer.network.presets import preset
from tests.charts.reading import NETWORKS, plain


def blocks(config: ResNetConfig) -> tuple[str, ...]:
    return ("stem", *(plan.name for plan in block_plans(config)))


def weighted(config: ResNetConfig) -> tuple[str, ...]:
    return tuple(layer.name for layer in analyze(config).layers if layer.kind in (Kind.CONV, Kind.LINEAR))


@pytest.mark.parametrize("shortcut", Shortcut)
def test_both_networks_keep_their_order_and_the_one_with_more_layers_has_its_own(shortcut: Shortcut) -> None:
    one = weighted(replace(preset("resnet20"), shortcut=shortcut))
    plain_one = weighted(preset("plain20"))
    for lists in ([one, plain_one], [plain_one, one]):
        places = merged_places(lists)
        assert [place for place in places if place in one] == list(one)
        assert [place for place in places if place in plain_one] == list(plain_one)
        assert len(places) == len(set(places)) == len({*one, *plain_one})
        assert places[-1] == "fc"


@given(st.lists(st.sampled_from("abcdefgh"), unique=True), st.data())
def test_what_is_left_out_anywhere_comes_back_in_order(all_places: list[str], data: st.DataObject) -> None:
    kept = [place for place in all_places if data.draw(st.booleans())]
    assert [place for place in merged_places([kept, all_places]) if place in all_places] == list(
        merged_places([kept, all_places])
    )
    assert list(merged_places([all_places, kept])) == all_places
    assert [place for place in merged_places([kept, all_places]) if place in kept] == kept


@pytest.mark.parametrize("name", NETWORKS)
def test_stages_are_the_networks(name: str) -> None:
    config = NETWORKS[name]
    found = stage_runs(blocks(config))
    assert [stage for stage, _, _ in found] == ["stem", *(f"layer{n}" for n in range(1, len(config.widths) + 1))]
    assert [last - first + 1 for _, first, last in found[1:]] == list(config.stage_blocks)
    assert [line["x0"] for line in stage_lines(blocks(config))] == [first - 0.5 for _, first, _ in found[1:]]


@pytest.mark.parametrize("name", NETWORKS)
def test_names_keep_apart_on_a_phone_and_the_longest_stage_is_named(name: str) -> None:
    config = NETWORKS[name]
    for places in (blocks(config), weighted(config)):
        ticks = place_ticks(places)
        wide = 270 / len(places)
        for (x, one), (other_x, other) in pairwise(ticks):
            assert (other_x - x) * wide >= 7 * (len(one) + len(other)) / 2
        lengths = {stage: last - first for stage, first, last in stage_runs(places)}
        assert max(lengths.values()) in {lengths[text] for _, text in ticks}
        for x, text in ticks:
            found = {stage: (first, last) for stage, first, last in stage_runs(places)}
            assert found[text][0] <= x <= found[text][1]


def test_usual_networks_have_all_their_stages_named() -> None:
    for name in ("resnet18", "resnet50", "resnet56", "resnet110"):
        axis = place_axis("Block", blocks(preset(name)))
        assert {f"layer{stage + 1}" for stage in range(len(preset(name).widths))} <= set(map(plain, axis["ticktext"]))
        low, high = axis["range"]
        assert low < 0 and high > len(blocks(preset(name))) - 1


def test_upright_names_stand_below_each_other() -> None:
    ticks = place_ticks(blocks(preset("resnet20")), 160, upright=True)
    assert [name for _, name in ticks] == ["stem", "layer1", "layer2", "layer3"]
    crowded = place_ticks(blocks(preset("resnet20")), 40, upright=True)
    assert len(crowded) < 4 and min(b - a for (a, _), (b, _) in pairwise(crowded)) * 4 >= 14


def test_a_unit_has_all_of_its_layers_and_no_others() -> None:
    layers = weighted(preset("resnet110"))
    for unit in blocks(preset("resnet110")):
        span = unit_span(layers, unit)
        assert span
        inside = layers[span[0] : span[1] + 1]
        assert inside == tuple(name for name in layers if name.startswith("conv1" if unit == "stem" else f"{unit}."))
    assert unit_span(blocks(preset("resnet20")), "layer2.1") == (5, 5)
    assert unit_span(layers, "") is unit_span(layers, "layer9.0") is unit_span(layers, "layer1.1x") is None
