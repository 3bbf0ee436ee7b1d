"""The chart of splits read back: two bars a block that sum to the whole, and a cross and words where there are none."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.charts.bar_rows import ROW
from explorer.charts.gradients.shortcut_shares import shares_alt_text, shares_chart, shares_rows
from explorer.charts.palette import NETWORKS, ROLE_COLOURS, SAVES
from explorer.gradients.number_words import reading_text, reading_words
from explorer.gradients.shortcut_shares import split
from explorer.gradients.values import FlowReading, GradientFlow
from explorer.network.layer import Role
from explorer.network.names import name_of
from explorer.network.presets import preset
from tests.charts.reading import plain
from tests.gradients.flows import INFINITE, LOST, NAN, TINY, ZERO, by_hand, flows, measured

ONE = FlowReading.of(1.0)
RESIDUAL = [name for name in TINY if not TINY[name].is_plain]


def words(figure: go.Figure) -> list[str]:
    return [plain(note.text) for note in figure.layout.annotations]


def ticks(figure: go.Figure) -> list[str]:
    return [plain(tick) for tick in figure.layout.yaxis.ticktext]


def check(flow: GradientFlow, lit: str = "") -> go.Figure:
    """Every add has its two bars or its cross, in forward order, inside the axes; words and table say the same."""
    figure = shares_chart(flow, lit=lit)
    found = [(parting, split(parting)) for parting in flow.adds]
    shown = [(row, parting, parts) for row, (parting, parts) in enumerate(found) if not parts.missing]
    gone = [(row, parting, parts) for row, (parting, parts) in enumerate(found) if parts.missing]
    shortcut, branch, *crosses = figure.data
    low, high = figure.layout.xaxis.range
    for trace, shares in ((shortcut, [parts.shortcut for *_, parts in shown]),
                          (branch, [parts.branch for *_, parts in shown])):  # fmt: skip
        assert list(trace.x) == [pytest.approx(min(max(100 * share, -150), 250)) for share in shares]
        assert all(low <= x <= high for x in trace.x)
        assert list(trace.y) == [row + 0.5 for row, *_ in shown]
        assert list(trace.customdata) == [parting.block for _, parting, _ in shown]
    assert figure.layout.barmode == "relative"  # what is negative is left of zero
    assert len(crosses) == bool(gone)
    for trace in crosses:
        assert (list(trace.y), list(trace.customdata)) == (
            [row + 0.5 for row, *_ in gone],
            [parting.block for _, parting, _ in gone],
        )
    check_words(figure, [parts.shortcut_words for *_, parts in shown], [str(parts.missing) for *_, parts in gone])
    check_tips(flow, figure)
    return figure


def check_words(figure: go.Figure, shares: Sequence[str], reasons: Sequence[str]) -> None:
    if figure.layout.annotations:
        assert words(figure) == [*shares, *reasons]
    else:
        assert len(shares) + len(reasons) > 54  # too many rows for words


def check_tips(flow: GradientFlow, figure: go.Figure) -> None:
    tips = {name: plain(tip) for trace in figure.data
            for name, tip in zip(trace.customdata, trace.hovertext, strict=True)}  # fmt: skip
    assert set(tips) == {parting.block for parting in flow.adds}
    for parting in flow.adds:
        assert f"norm {reading_words(parting.shortcut)}" in tips[parting.block]
        assert f"norm {reading_words(parting.branch)}" in tips[parting.block]
        assert f"by the shortcut: {split(parting).shortcut_words}, " in tips[parting.block]
        assert ("cosine of the two: none" in tips[parting.block]) == math.isnan(parting.cosine)


@pytest.mark.parametrize("name", RESIDUAL)
def test_measured_splits(name: str) -> None:
    flow = measured(name)
    figure = check(flow)
    shortcut, branch = figure.data
    assert [a + b for a, b in zip(shortcut.x, branch.x, strict=True)] == [pytest.approx(100, abs=1e-3)] * 4
    assert name_of(flow.config) in plain(figure.layout.title.text)


@pytest.mark.slow
@given(st.sampled_from(["pads", "bottleneck"]).flatmap(lambda name: flows(TINY[name])), st.data())
def test_any_split(flow: GradientFlow, data: st.DataObject) -> None:
    lit = data.draw(st.sampled_from(["", *flow.blocks, "layer9.9"]))
    figure = check(flow, lit)
    bands = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert [(band.y0, band.y1) for band in bands] == (
        [(row := flow.blocks.index(lit) - 1, row + 1)] if lit in flow.blocks[1:] else []
    )
    bold = [plain(tick) for tick in figure.layout.yaxis.ticktext if "<b>" in tick]
    assert bold == [lit for _ in bands]


def test_zero_init_is_all_shortcut() -> None:
    shortcut, branch = shares_chart(measured("zero-init")).data
    assert set(shortcut.x) == {100} and set(branch.x) == {0}
    assert words(shares_chart(measured("zero-init"))) == ["100 %"] * 4
    assert "the shortcut's share is 100 % throughout" in shares_alt_text(measured("zero-init"))


def test_paths_that_work_against_the_whole_reach_left_of_zero_and_beyond_it() -> None:
    flow = by_hand(TINY["pads"], [ONE], [(ONE, FlowReading.of(3.0), -0.5), (ONE, FlowReading.of(1.001), -1.0)])
    figure = check(flow)
    shortcut, branch = figure.data
    assert (shortcut.x[0], branch.x[0]) == (pytest.approx(-100 / 14), pytest.approx(1500 / 14))
    assert (shortcut.x[1], branch.x[1]) == (-150, 250)  # as far as is drawn, and said
    assert words(figure)[1] == "<−999 %"
    assert figure.layout.xaxis.range[0] < -150 and figure.layout.xaxis.range[1] > 250
    assert "at 4 adds one path works against the whole" in shares_alt_text(flow)


def test_where_there_are_no_shares_it_is_said_why() -> None:
    config = replace(TINY["pads"], stage_blocks=(2, 2, 2))
    parts = [(ZERO, ZERO, math.nan), (LOST, LOST, math.nan), (NAN, ONE, math.nan), (INFINITE, ONE, math.nan),
             (ONE, ONE, -1.0), (ONE, ONE, 0.0)]  # fmt: skip
    flow = by_hand(config, [ONE], parts)
    reasons = ["nothing goes on", "below float32", "not a number", "above float32", "the parts cancel"]
    assert words(check(flow)) == ["50 %", *reasons]
    assert all(f"1 add {reason}" in shares_alt_text(flow) for reason in reasons)
    assert "no add has shares" in shares_alt_text(by_hand(config, [ONE], parts[:1]))
    assert [row["why no shares"] for row in shares_rows(flow)] == [*reasons, ""]
    assert shares_rows(flow)[1]["|shortcut's part|"] == reading_text(LOST)  # the second look's, no zero


def test_a_plain_network_has_no_add_to_split_at() -> None:
    figure = shares_chart(measured("plain"), lit="layer1.0")
    assert not figure.data and "no add to split the gradient at" in plain(figure.layout.title.text)
    assert (
        "no add to split the gradient at" in shares_alt_text(measured("plain")) and shares_rows(measured("plain")) == []
    )


@pytest.mark.parametrize("name", RESIDUAL)
def test_the_table_has_a_row_for_each_add(name: str) -> None:
    flow = measured(name)
    for row, parting in zip(shares_rows(flow), flow.adds, strict=True):
        assert row == {
            "block": parting.block,
            "shortcut's share": parting.shortcut_share,
            "branch's share": parting.branch_share,
            "|shortcut's part|": reading_text(parting.shortcut),
            "|branch's part|": reading_text(parting.branch),
            "cosine": pytest.approx(parting.cosine, nan_ok=True),
            "why no shares": "",
        }


@pytest.mark.parametrize(("name", "blocks"), [("resnet20", 9), ("resnet110", 54), ("resnet1202", 600)])
def test_rows_that_hold_words_are_high_enough_and_many_rows_stay_on_a_page(name: str, blocks: int) -> None:
    flow = by_hand(preset(name), [ONE], [(ONE, FlowReading.of(2.0), 0.1), (ONE, ZERO, math.nan), (NAN, ONE, math.nan)])
    lit = f"layer2.{blocks // 6}"
    figure = check(flow, lit)
    margin = figure.layout.margin
    height = (figure.layout.height - margin.t - margin.b) / blocks
    assert height <= ROW and blocks * height <= 1300
    assert bool(figure.layout.annotations) == (height >= 16)
    assert lit in ticks(figure)
    places = list(figure.layout.yaxis.tickvals)
    assert all((after - before) * height >= 16 for before, after in pairwise(places))
    assert blocks > 54 or len(places) == blocks
    assert len(figure.layout.xaxis.tickvals) <= 4


def test_alt_text_says_the_range() -> None:
    parts = [(FlowReading.of(share), ONE, 0.0) for share in (1.0, 2.0, 3.0, 1.5)]
    said = shares_alt_text(by_hand(TINY["pads"], [ONE], parts))
    assert "the shortcut's share is between 50 % (layer1.0) and 90 % (layer2.1)" in said
    assert said.startswith("How the gradient splits at the 4 adds of ")


def test_the_paths_are_told_apart_by_more_than_a_hue_and_have_the_colours_of_every_page() -> None:
    shortcut, branch = shares_chart(measured("pads")).data
    assert shortcut.marker.color == ROLE_COLOURS[Role.SHORTCUT]
    assert branch.marker.color == ROLE_COLOURS[Role.CONV3X3]
    assert not shortcut.marker.pattern.shape
    assert branch.marker.pattern.shape not in {"", SAVES, "-", *(style.pattern for style in NETWORKS)}
