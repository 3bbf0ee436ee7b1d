"""Where the stride goes: what is seen, against counting; what it costs, against the arithmetic."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.charts.ideas.stride_place import places_alt_text, places_chart, places_rows
from explorer.ideas.measure.stride_place import stride_run
from explorer.ideas.stride_place import StrideRun, StrideSetting, sentence
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind
from explorer.network.options import Stem, StrideIn
from explorer.text.errors import Refusal
from explorer.text.quantities import human

SETTINGS = st.builds(StrideSetting, st.integers(2, 14), st.integers(1, 4), st.sampled_from([4, 8]))


def seen_rows(setting: StrideSetting, stride_in: StrideIn) -> int:
    """Rows that a branch reads, by counting: a strided 1x1 reads every s-th, a 3x3 with padding 1 those around."""
    starts = range(0, setting.side, setting.stride)
    if stride_in is StrideIn.CONV1X1:
        return len(starts)
    return len({row for start in starts for row in (start - 1, start, start + 1) if 0 <= row < setting.side})


@settings(max_examples=40)
@given(SETTINGS)
def test_what_is_seen_is_what_counting_says(setting: StrideSetting) -> None:
    run = stride_run(setting)
    for place in (run.first, run.second):
        assert place.reached(place.branch) == seen_rows(setting, place.stride_in) ** 2
        shortcut = len(range(0, setting.side, setting.stride)) ** 2
        assert place.reached(place.whole) >= max(place.reached(place.branch), shortcut)


@settings(max_examples=40)
@given(SETTINGS)
def test_the_sentence_says_those_numbers(setting: StrideSetting) -> None:
    run = stride_run(setting)
    said, total = sentence(run), setting.side**2
    for place in (run.first, run.second):
        count = place.reached(place.branch)
        assert (f"all {total} places" if count == total else f"{count} of {total} place") in said
        assert human(place.macs) in said
    assert ("makes no difference" in said) is (setting.stride == 1)
    assert ("times as many" in said) is (run.first.macs != run.second.macs)
    assert said in places_alt_text(run)


@pytest.mark.parametrize("side", [8, 14, 7])
@pytest.mark.parametrize("stride_in", list(StrideIn))
def test_the_macs_are_the_arithmetics(side: int, stride_in: StrideIn) -> None:
    config = ResNetConfig(
        block="bottleneck", stage_blocks=(1, 1), widths=(16, 16), stem=Stem.CIFAR, stride_in=stride_in, image_size=side
    )
    convs = [
        layer
        for layer in analyze(config).layers
        if layer.unit == "layer2.0" and layer.kind is Kind.CONV and not layer.on_shortcut
    ]
    run = stride_run(StrideSetting(side, 2, 16))
    place = run.first if stride_in is StrideIn.CONV1X1 else run.second
    assert place.macs == sum(layer.macs for layer in convs)


def test_the_papers_block_drops_three_of_four() -> None:
    run = stride_run(StrideSetting(8, 2))
    assert run.first.reached(run.first.branch) == 16 and run.second.reached(run.second.branch) == 64
    assert "sees 16 of 64 places of the input, on the 3×3 all 64 places" in sentence(run)


@pytest.mark.parametrize("bad", [{"side": 1}, {"side": 33}, {"stride": 0}, {"stride": 5}, {"width": 3}, {"side": 2.5}])
def test_what_is_outside_is_said(bad: dict[str, int]) -> None:
    with pytest.raises(Refusal, match="is not a whole number from"):
        StrideSetting(**bad)


def test_the_chart_has_every_place() -> None:
    run: StrideRun = stride_run(StrideSetting(6, 2, 4))
    maps = [trace for trace in places_chart(run).data if trace.type == "heatmap"]
    shown = [each for place in (run.first, run.second) for each in (place.branch, place.whole)]
    cells = [cell for trace in maps for row in trace.z for cell in row if cell is not None and not math.isnan(cell)]
    assert len(maps) >= 4
    assert sorted(cells) == pytest.approx(sorted(cell for each in shown for row in each for cell in row if cell))
    assert [row["seen by the branch"] for row in places_rows(run)] == [9, 36]
