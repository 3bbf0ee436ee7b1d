"""The bottleneck step by step: against PyTorch's own layers, against the block's price, and by brute force."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.charts.ideas.bottleneck_steps import bottleneck_alt_text, bottleneck_chart, bottleneck_rows
from explorer.compare.bottleneck import block_price, break_even_ratio
from explorer.compare.budget import Measure
from explorer.ideas.bottleneck_steps import BottleneckSetting, bottleneck_convs, break_even_reduction, sentence
from explorer.ideas.measure.bottleneck_steps import torch_agrees
from explorer.text.errors import Refusal
from explorer.text.quantities import human


@st.composite
def all_settings(draw: st.DrawFn) -> BottleneckSetting:
    ratio = draw(st.integers(1, 16))
    channels = ratio * draw(st.integers(1, 4096 // ratio))
    return BottleneckSetting(draw(st.integers(1, 1024)), channels, ratio, draw(st.integers(1, 4)))


@settings(max_examples=60)
@given(all_settings())
def test_pytorch_agrees(setting: BottleneckSetting) -> None:
    assert torch_agrees(bottleneck_convs(setting))


def test_the_issues_example() -> None:
    found = bottleneck_convs(BottleneckSetting())
    assert [row["output"] for row in bottleneck_rows(found)[:3]] == ["64×320×320", "64×160×160", "256×160×160"]
    assert found.totals(Measure.PARAMS) == (69_632, 1_179_648)
    assert found.totals(Measure.MACS)[0] == 16_384 * 320**2 + 36_864 * 160**2 + 16_384 * 160**2


@settings(max_examples=60)
@given(all_settings())
def test_without_a_stride_it_is_the_blocks_price(setting: BottleneckSetting) -> None:
    price = block_price(setting.channels, setting.ratio, setting.side)
    found = bottleneck_convs(BottleneckSetting(setting.side, setting.channels, setting.ratio, 1))
    assert found.totals(Measure.PARAMS) == (price.bottleneck, price.basic)
    assert found.totals(Measure.MACS) == (price.bottleneck_macs, price.basic_macs)
    assert break_even_reduction(found.setting, Measure.MACS) == pytest.approx(break_even_ratio())


@settings(max_examples=100)
@given(all_settings(), st.sampled_from([Measure.PARAMS, Measure.MACS]))
def test_the_break_even_divides_the_cheap_from_the_dear(setting: BottleneckSetting, measure: Measure) -> None:
    ours, theirs = bottleneck_convs(setting).totals(measure)
    ratio = break_even_reduction(setting, measure)
    if setting.ratio > ratio * (1 + 1e-9):
        assert ours < theirs
    elif setting.ratio < ratio * (1 - 1e-9):
        assert ours > theirs


@settings(max_examples=100)
@given(all_settings())
def test_the_sentence_says_the_numbers(setting: BottleneckSetting) -> None:
    found = bottleneck_convs(setting)
    said = sentence(found)
    for measure, noun in ((Measure.PARAMS, "weights"), (Measure.MACS, "MACs")):
        ours, theirs = found.totals(measure)
        part = said[said.index(f"{human(ours)} {noun}") :].split(")")[0]
        assert ("fewer" in part.split(" and ")[0]) is (ours < theirs)
        assert f"{break_even_reduction(setting, measure):.3g}" in said
        assert ours == theirs or human(theirs) in said
        assert not re.search(r"[ ]1(\.0*)? times", said)
        assert said in bottleneck_alt_text(found, measure)


def test_nearly_as_many_are_not_called_once_as_many() -> None:
    found = bottleneck_convs(BottleneckSetting(17, 256, 1, 3))
    ours, theirs = found.totals(Measure.MACS)
    assert 1 < ours / theirs < 1.002 and f"{ours / theirs:.3g}" == "1"
    assert f"{ours / theirs:.4g} times more" in sentence(found)


@pytest.mark.parametrize("measure", [Measure.PARAMS, Measure.MACS])
def test_the_bars_sum_to_the_totals(measure: Measure) -> None:
    found = bottleneck_convs(BottleneckSetting(ratio=8, stride=1))
    sums: dict[float, int] = {}
    for bar in bottleneck_chart(found, measure).data:
        assert bar.base[0] == sums.get(bar.y[0], 0)
        sums[bar.y[0]] = sums.get(bar.y[0], 0) + bar.x[0]
    assert tuple(sums.values()) == found.totals(measure)


BAD = [{"side": 0}, {"channels": 5000}, {"ratio": 65}, {"stride": 5}, {"ratio": 3}, {"side": 1.5}]


@pytest.mark.parametrize("bad", BAD)
def test_what_cannot_be_is_said(bad: dict[str, object]) -> None:
    with pytest.raises(Refusal):
        BottleneckSetting(**bad)  # type: ignore[arg-type]
