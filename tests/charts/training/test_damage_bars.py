"""The bars read back: every cut is drawn at its accuracy, said, and can be clicked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.charts.training.damage_bars import cut_bars_alt_text, cut_bars_chart, cut_bars_rows
from explorer.text.quantities import percent
from explorer.training.damage.cuts import block_names, can_be_cut, why_not_cut
from explorer.training.damage.outcome import Lesion
from tests.charts.reading import plain
from tests.training.damage.lesions import PLAIN, RESIDUAL, single_cuts, with_right


@given(single_cuts(), st.booleans())
def test_every_cut_has_a_bar_of_its_accuracy(lesions: tuple[Lesion, ...], fresh: bool) -> None:
    config = lesions[0].config
    names = block_names(config)
    again = lesions if fresh else ()
    figure = cut_bars_chart(lesions, "It", recalibrated=again)
    bars, *others = figure.data
    for each, x, y, pick, tip in zip(lesions, bars.x, bars.y, bars.customdata, bars.hovertext, strict=True):
        assert each.damage.cuts == (pick,) and names[x] == pick and y == pytest.approx(100 * each.accuracy)
        assert plain(tip).startswith(pick) and percent(each.accuracy, 1) in plain(tip)
    missing = [name for name in names if name not in can_be_cut(config)]
    assert [trace.name for trace in others] == ["cannot be cut"] * bool(missing) + ["norms recalibrated"] * fresh
    if missing:
        assert [names[x] for x in others[0].x] == missing
        assert list(others[0].hovertext) == [why_not_cut(config, name) for name in missing]
    if fresh:
        assert list(others[-1].y) == list(bars.y)
    lines = [shape.y0 for shape in figure.layout.shapes if shape.y0 == shape.y1 and shape.xref == "paper"]
    assert lines == pytest.approx([100 * lesions[0].accuracy_before, 10])
    low, high = figure.layout.yaxis.range
    assert low == 0 and high > 100
    rows = cut_bars_rows(lesions, recalibrated=again)
    assert [row["block"] for row in rows] == list(names)
    found = {row["block"]: row for row in rows if row["accuracy"] is not None}
    remarks = {row["block"]: row["remark"] for row in rows if "remark" in row}
    assert remarks == ({name: "cannot be cut" if name in missing else "" for name in names} if missing else {})
    for each in lesions:
        row = found[each.damage.cuts[0]]
        assert row["accuracy"] == each.accuracy and not row.get("remark")
        assert row["right"] == each.right_before - row["turned wrong"] + row["turned right"]
        assert row.get("accuracy, recalibrated") == (each.accuracy if fresh else None)


def test_the_chosen_blocks_have_a_band_behind_them() -> None:
    lesions = [with_right(block, 800) for block in can_be_cut(RESIDUAL)]
    shapes = cut_bars_chart(lesions, "It", chosen=["layer1.2", "layer3.0", "no block"]).layout.shapes
    assert [(shape.x0, shape.x1) for shape in shapes if shape.name == "chosen"] == [(1.5, 2.5), (5.5, 6.5)]


def test_words_are_the_numbers() -> None:
    lesions = [with_right(block, 500 + 10 * number, PLAIN) for number, block in enumerate(can_be_cut(PLAIN))]
    assert cut_bars_alt_text(lesions, "Plain-20") == (
        "Plain-20: accuracy with one block cut. Whole 90.0 %, guessing 10.0 %. layer1: 50.0 % without layer1.0 to 52.0 "
        "% without layer1.2. layer2: 53.0 % without layer2.1 to 54.0 % without layer2.2. layer3: 55.0 % without "
        "layer3.1 to 56.0 % without layer3.2."
    )
    assert " With recalibrated norms 50.0 %" in cut_bars_alt_text(lesions, "Plain-20", recalibrated=lesions)


def test_nothing_measured_is_said_and_names_are_no_markup() -> None:
    assert "no block cut alone yet" in plain(cut_bars_chart([], "It").layout.title.text)
    assert cut_bars_alt_text([], "It") == "It: no block cut alone yet." and cut_bars_rows([]) == []
    assert "<b>!" not in cut_bars_chart([with_right("layer1.0", 1)], "It <b>!").to_json()
