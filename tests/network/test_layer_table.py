"""The layer table adds up, and a search finds exactly the rows that have what was asked for."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.live.crosscheck import Mismatch
from explorer.live.inspect import inspect_live
from explorer.live.report_table import rows_frame
from explorer.network.architecture import Architecture
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.labels import ROLE_LABELS
from explorer.network.layer_table import COLUMNS, layer_frame, search
from explorer.network.presets import preset
from tests.network.kinds import KINDS
from tests.network.strategies import configs

RESNET = layer_frame(analyze(preset("resnet50")))
HOSTILE = [".*", "[", "(", "(?P<x>", "\\", "^conv", "conv$", "|", "+", "%s", "\0", "'; --", "💥", "a" * 10_240]
TEXTS = RESNET[["layer", "role", "stage", "input", "output"]].agg(" ".join, axis=1).str.lower().tolist()
VOCABULARY = ["conv1", "BN2", "layer3", "Shortcut", "3×3", "3*3", "1x1", "512×28", "norm", "stem", "head", "0", ".1"]


def check_frame(arch: Architecture) -> None:
    """One row a layer in forward order, totals equal to the network's, shares that are whole."""
    frame = layer_frame(arch)
    assert tuple(frame.columns) == COLUMNS
    assert frame["layer"].tolist() == [layer.name for layer in arch.layers]
    assert frame["parameters"].sum() == arch.params
    assert frame["MACs"].sum() == arch.macs
    assert frame["output memory"].sum() == arch.activation_bytes
    for share, column in (("share of parameters", "parameters"), ("share of MACs", "MACs")):
        assert frame[share].sum() == pytest.approx(1)
        assert frame[share].tolist() == pytest.approx((frame[column] / frame[column].sum()).tolist())
    assert set(frame["role"]) <= set(ROLE_LABELS.values())
    assert frame.notna().all(axis=None)


@pytest.mark.parametrize("name", KINDS)
def test_presets_add_up(name: str) -> None:
    check_frame(analyze(KINDS[name]))


@settings(max_examples=60)
@given(configs(small=False))
def test_any_network_adds_up(config: ResNetConfig) -> None:
    check_frame(analyze(config))


def test_a_row_says_what_the_layer_is() -> None:
    row = RESNET.set_index("layer").loc["layer2.0.conv2"]
    assert row[["role", "stage", "input", "output"]].tolist() == ["3×3 convolution", "layer2", "128×56×56", "128×28×28"]
    assert row[["parameters", "MACs", "receptive field"]].tolist() == [147_456, 115_605_504, 43]
    assert row["output memory"] == 4 * 128 * 28 * 28


def test_readers_share_one_frame() -> None:
    assert layer_frame(analyze(preset("resnet18"))) is layer_frame(analyze(replace(preset("resnet18"))))


@settings(max_examples=60)
@given(
    words=st.lists(st.sampled_from(VOCABULARY), max_size=3),
    stages=st.lists(st.sampled_from(["stem", "layer1", "layer4", "head", "layer9"]), max_size=2),
    roles=st.lists(st.sampled_from(list(ROLE_LABELS.values())), max_size=2),
)
def test_found_are_exactly_the_rows_with_all_words_in_the_stages_and_roles(
    words: list[str], stages: list[str], roles: list[str]
) -> None:
    found = search(RESNET, "  ".join(words), stages, roles)
    wanted = [word.lower().replace("*", "×").replace("1x1", "1×1") for word in words]
    matches = [all(word in text for word in wanted) for text in TEXTS]
    keep = pd.Series(matches, dtype=bool)
    keep &= RESNET["stage"].isin(stages) | (not stages)
    keep &= RESNET["role"].isin(roles) | (not roles)
    pd.testing.assert_frame_equal(found, RESNET[keep])


def test_no_question_finds_everything() -> None:
    for nothing in ("", "   ", "\n\t"):
        pd.testing.assert_frame_equal(search(RESNET, nothing, [], []), RESNET)


@pytest.mark.parametrize("typed", ["3×3 512×7", "3*3 512*7", "3x3 512x7", "512X7 3X3 "])
def test_the_cross_of_a_shape_can_be_typed_on_any_keyboard(typed: str) -> None:
    found = search(RESNET, typed, [], [])["layer"].tolist()
    assert found == [f"layer4.{block}.conv2" for block in range(3)]


@pytest.mark.parametrize("typed", ["2048×7", "2,048×7", "2048x7", "2,048*7", "2048 layer", "2,048 layer"])
def test_thousands_can_be_typed_with_or_without_commas(typed: str) -> None:
    found = search(RESNET, typed, ["layer4"], [])["layer"].tolist()
    wide = [layer.name for layer in analyze(preset("resnet50")).layers
            if 2048 in (layer.input_shape[0], layer.output_shape[0]) and layer.stage == "layer4"]  # fmt: skip
    assert found == wide


def test_a_table_writes_shapes_as_the_pictures_do() -> None:
    assert RESNET.set_index("layer").loc["layer4.2.conv3", "output"] == "2,048×7×7"


def test_the_letter_x_stays_a_letter() -> None:
    assert search(RESNET, "maxpool", [], [])["layer"].tolist() == ["maxpool"]


def test_words_can_be_in_any_order_and_case() -> None:
    found = search(RESNET, "CONV2 Layer3.0", [], [])
    assert found["layer"].tolist() == search(RESNET, "layer3.0 conv2", [], [])["layer"].tolist() == ["layer3.0.conv2"]


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: ascii(words)[:12])
def test_hostile_words_are_only_text_that_no_layer_has(words: str) -> None:
    found = search(RESNET, words, [], [])
    assert found.empty
    assert tuple(found.columns) == COLUMNS


def test_a_dot_is_a_dot() -> None:
    assert search(RESNET, "layer1.0.conv1", [], [])["layer"].tolist() == ["layer1.0.conv1"]
    assert search(RESNET, "layer1.0.c.nv1", [], []).empty


@pytest.mark.slow
@given(st.text(max_size=60))
def test_any_text_finds_rows_of_the_table_or_none(words: str) -> None:
    found = search(RESNET, words, [], [])
    pd.testing.assert_frame_equal(found, RESNET.loc[found.index])


def test_filters_that_exclude_each_other_find_nothing() -> None:
    assert search(RESNET, "", ["stem"], ["classifier"]).empty
    assert search(RESNET, "conv", ["layer9"], []).empty
    assert search(RESNET.iloc[:0], "conv", ["stem"], ["norm"]).empty


def test_a_search_leaves_the_table_as_it_was() -> None:
    before = RESNET.copy()
    search(RESNET, "conv", ["stem"], ["norm"])
    pd.testing.assert_frame_equal(RESNET, before)


def test_live_rows_stand_beside_the_verdict() -> None:
    config = replace(preset("resnet20"), stage_blocks=(1, 1, 1), image_size=8)
    report = inspect_live(config, "cpu")
    frame = rows_frame(report)
    assert frame["layer"].tolist() == [layer.name for layer in analyze(config).layers]
    assert frame["parameters"].sum() == analyze(config).params
    assert frame["MACs"].sum() == analyze(config).macs
    assert set(frame["arithmetic"]) == {"agrees"}


def test_a_live_row_that_differs_says_in_what() -> None:
    config = replace(preset("resnet20"), stage_blocks=(1, 1, 1), image_size=8)
    wrong = (Mismatch("conv1", "parameters", "432", "433"), Mismatch("conv1", "MACs", "1", "2"))
    frame = rows_frame(replace(inspect_live(config, "cpu"), mismatches=wrong)).set_index("layer")
    assert frame.loc["conv1", "arithmetic"] == "; ".join(mismatch.sentence for mismatch in wrong)
    assert frame.loc["fc", "arithmetic"] == "agrees"
