"""The chart along the network read back from its traces: every number of both networks is in it, whatever its state."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.charts.gradients.along_network import NOWHERE, flow_alt_text, flow_chart, flow_rows
from explorer.gradients.measure import over_seeds
from explorer.gradients.number_words import LOG10_TINY, reading_text, reading_words
from explorer.gradients.paired_networks import Contrast, names, pair
from explorer.gradients.quantity import Profile, Quantity, profile
from explorer.gradients.seed_bands import Band, FlowBand, band
from explorer.gradients.values import FlowReading, ReadingState
from explorer.network.config import ResNetConfig
from tests.charts.reading import plain
from tests.gradients.flows import INFINITE, LOST, NAN, TINY, ZERO, readings

NAMES = ("Shortcut A", "No shortcuts")
ONE = FlowReading.of(1.0)
every_quantity = pytest.mark.parametrize("quantity", Quantity)


@cache
def measured(name: str, contrast: Contrast = Contrast.SKIPS, seeds: tuple[int, ...] = (0, 1)) -> tuple[FlowBand, ...]:
    configs: tuple[ResNetConfig, ...] = pair(TINY[name], contrast)
    return tuple(over_seeds(config, seeds, batch_size=2) for config in configs)


def profiles_of(found: Sequence[FlowBand], quantity: Quantity, *, relative: bool = False) -> tuple[Profile, ...]:
    return tuple(profile(each, quantity, relative=relative) for each in found)


def by_hand(*bands: Band | FlowReading, quantity: Quantity = Quantity.GRADIENT, relative: bool = False) -> Profile:
    """The stem and blocks of two stages in turn."""
    places = ("stem", *(f"layer{1 + index // 4}.{index % 4}" for index in range(len(bands) - 1)))
    return Profile(
        quantity, relative, places, tuple(each if isinstance(each, Band) else Band(each, each, each) for each in bands)
    )


@st.composite
def profile_pairs(draw: st.DrawFn) -> tuple[Profile, ...]:
    quantity, relative = draw(st.sampled_from(Quantity)), draw(st.booleans())
    bands = st.lists(readings(), min_size=1, max_size=3).map(band)
    count = draw(st.integers(1, 8))
    many = st.lists(bands, min_size=count, max_size=count)
    return tuple(by_hand(*draw(many), quantity=quantity, relative=relative) for _ in range(draw(st.integers(1, 2))))


def marks(figure: go.Figure) -> list[dict[str, tuple[float, float, str, str]]]:
    """Of each network by place: x, y, symbol and what hovering says."""
    lines = [trace for trace in figure.data if trace.customdata is not None]
    return [
        {
            place: (x, y, symbol, plain(tip))
            for place, x, y, symbol, tip in zip(
                line.customdata, line.x, line.y, line.marker.symbol, line.hovertext, strict=True
            )
            if x is not None
        }
        for line in lines
    ]


def title(figure: go.Figure) -> str:
    return plain(figure.layout.title.text)


def words(figure: go.Figure) -> list[str]:
    return [plain(note.text) for note in figure.layout.annotations]


@pytest.mark.slow
@given(profile_pairs(), st.booleans())
def test_every_median_is_drawn_at_its_place_inside_the_plot_and_said(found: tuple[Profile, ...], log: bool) -> None:
    figure = flow_chart(found, NAMES[: len(found)], log=log)
    low, high = figure.layout.yaxis.range
    for one, drawn in zip(found, marks(figure), strict=True):
        assert list(drawn) == list(one.places)
        assert [x for x, *_ in drawn.values()] == list(range(len(one.places)))
        for each, (_, y, symbol, tip) in zip(one.bands, drawn.values(), strict=True):
            assert low < y < high
            assert reading_words(each.median) in tip
            assert ("-open" in symbol or "x-thin" in symbol or "asterisk" in symbol) == (
                each.median.state is not ReadingState.MEASURED
            )
            if log and each.median.finite:
                assert y == each.median.log10


@pytest.mark.slow
@given(profile_pairs())
def test_rows_are_named_and_the_table_hides_nothing(found: tuple[Profile, ...]) -> None:
    figure = flow_chart(found, NAMES[: len(found)])
    shown = {reading for one in found for each in one.bands for reading in (each.median, each.low, each.high)}
    states = {reading.state for reading in shown}
    for state in (ReadingState.ZERO, ReadingState.OVERFLOW, ReadingState.NOT_A_NUMBER):
        assert any(str(state) in text for text in words(figure)) == (state in states)
    rows = flow_rows(found, NAMES[: len(found)])
    assert [row["place"] for row in rows] == list(found[0].places)
    for one, name in zip(found, NAMES, strict=False):
        for row, each in zip(rows, one.bands, strict=True):
            ends = {"median": each.median, "lowest": each.low, "highest": each.high}
            assert {end: row[f"{name}, {end}"] for end in ends} == {
                end: reading_text(reading) for end, reading in ends.items()
            }
            assert str(row[f"{name}, state"]).split(", ")[0] == each.median.state


@every_quantity
@pytest.mark.parametrize("relative", [False, True])
@pytest.mark.parametrize("name", ["pads", "projections", "without norm, sigmoid"])
def test_what_was_measured_is_what_is_drawn(name: str, quantity: Quantity, relative: bool) -> None:
    found = profiles_of(measured(name), quantity, relative=relative)
    figure = flow_chart(found, NAMES)
    for one, flows, drawn in zip(found, measured(name), marks(figure), strict=True):
        assert set(drawn) == set(quantity.places(flows))
        own = [quantity.readings(flow) for flow in flows.flows]
        for index, place in enumerate(one.places):
            by = [quantity.start(flow).value if relative else 1.0 for flow in flows.flows]
            values = sorted(seed[index].value / start for seed, start in zip(own, by, strict=True))
            assert 10 ** drawn[place][1] == pytest.approx(values[0])  # of two seeds the lower one
    assert quantity.symbol in plain(figure.layout.yaxis.title.text)
    assert title(figure).startswith(quantity.label)
    assert ("divided by each network's own" in title(figure)) == relative
    if relative:
        start = 0 if quantity.starts_at_input else -1
        assert all(list(drawn.values())[start][1] == 0 for drawn in marks(figure))


def test_layers_that_only_one_network_has_stand_where_they_are_and_the_other_says_so() -> None:
    found = profiles_of(measured("projections"), Quantity.WEIGHT)
    first, second = marks(flow_chart(found, NAMES))
    own = [place for place in first if place not in second]
    assert own and all(place.endswith("downsample.0") for place in own)
    at = {place: x for place, (x, *_) in first.items()}
    assert sorted(at.values()) == list(range(len(first)))
    assert all(second[place][0] == at[place] for place in second)
    for row in flow_rows(found, NAMES):
        assert (row["No shortcuts, median"] == NOWHERE) == (row["place"] in own)
        assert row["Shortcut A, median"] != NOWHERE


def test_bands_are_there_where_the_seeds_differ_and_nowhere_else() -> None:
    several = flow_chart(profiles_of(measured("pads"), Quantity.GRADIENT), NAMES)
    areas = [trace for trace in several.data if trace.fill == "toself"]
    assert len(areas) == 2 and "band from lowest to highest seed" in title(several)
    found = profiles_of(measured("pads"), Quantity.GRADIENT)[0]
    assert max(areas[0].y) == max(each.high.log10 for each in found.bands)
    assert min(areas[0].y) == min(each.low.log10 for each in found.bands)
    single = flow_chart(profiles_of(measured("pads", seeds=(0,)), Quantity.GRADIENT), NAMES)
    assert not [trace for trace in single.data if trace.fill]
    assert "band" not in title(single) and "seed" not in marks(single)[0]["stem"][3]


def test_zero_init_has_its_zeros_in_the_row_of_zeros() -> None:
    found = profiles_of(measured("pads", Contrast.ZERO_INIT), Quantity.WEIGHT)
    figure = flow_chart(found, names(TINY["pads"], Contrast.ZERO_INIT))
    zero_init, usual = marks(figure)
    assert "exactly zero" in words(figure)
    inner = [place for place in zero_init if place.startswith("layer")]
    assert {zero_init[place][2] for place in inner} == {"x-thin"}
    assert len({zero_init[place][1] for place in inner}) == 1
    assert zero_init["layer1.0.conv1"][1] < min(y for _, y, *_ in (zero_init["conv1"], *usual.values()))


def test_a_plain_sigmoid_network_is_drawn_below_float32_with_open_marks_and_the_line() -> None:
    flows = over_seeds(replace(TINY["a weak signal"], stage_blocks=(18, 18, 18)), (0,), batch_size=2)
    found = profiles_of([flows], Quantity.GRADIENT)
    figure = flow_chart(found, ["It"])
    (drawn,) = marks(figure)
    assert found[0].bands[0].median.value == 0
    assert drawn["stem"][1] < -45 and drawn["stem"][2] == "circle-open" and "below float32" in drawn["stem"][3]
    assert drawn["layer3.17"][2] == "circle"
    assert "smallest float32, 1.18·10⁻³⁸" in words(figure)
    line = next(shape for shape in figure.layout.shapes if shape.type == "line" and shape.y0 == shape.y1)
    assert line.y0 == LOG10_TINY
    assert "open: values below float32" in title(figure)
    linear = flow_chart(found, ["It"], log=False)
    assert marks(linear)[0]["stem"][1:3] == (0.0, "circle-open") and "drawn at 0" in title(linear)
    shares = flow_chart(profiles_of([flows], Quantity.GRADIENT, relative=True), ["It"])
    assert not any("smallest" in text for text in words(shares))


def test_the_line_of_a_mean_square_is_that_of_its_root() -> None:
    faint = FlowReading(0.0, ReadingState.UNDERFLOW, -90.0)
    figure = flow_chart([by_hand(ONE, faint, quantity=Quantity.SIGNAL)], ["It"])
    (text,) = [text for text in words(figure) if "float32" in text]
    assert text == "smallest float32 squared, 1.38·10⁻⁷⁶"
    assert pytest.approx((2.0**-126) ** 2, rel=3e-3) == 1.38e-76


def test_all_states_at_once_have_a_place_of_their_own() -> None:
    deep = FlowReading(0.0, ReadingState.UNDERFLOW, -300.0)
    figure = flow_chart([by_hand(ZERO, deep, ONE, INFINITE, NAN)], ["It"])
    heights = [y for _, y, *_ in marks(figure)[0].values()]
    assert heights == sorted(heights) and len(set(heights)) == 5
    assert heights[1] == -300 and heights[2] == 0
    assert {"exactly zero", "above float32", "not a number"} <= set(words(figure))
    # No line joins a number with a row.
    assert "".join("_" if x is None else "x" for x in figure.data[0].x) == "_x_xx_x__x_"


def test_ratios_that_are_infinite_are_not_called_above_float32_alone() -> None:
    figure = flow_chart([by_hand(INFINITE, ONE, relative=True)], ["It"])
    assert "above float32, or infinite" in words(figure)
    assert "divided by the network's own last block" in title(figure)


@pytest.mark.parametrize(
    ("quantity", "lit", "inside"),
    [
        (Quantity.GRADIENT, "layer2.1", {"layer2.1"}),
        (Quantity.GRADIENT, "stem", {"stem"}),
        (Quantity.WEIGHT, "stem", {"conv1"}),
        (Quantity.WEIGHT, "layer1.0", {"layer1.0.conv1", "layer1.0.conv2"}),
        (Quantity.SIGNAL, "nothing", set()),
    ],
)
def test_what_is_lit_has_a_column_behind_it_and_its_name(quantity: Quantity, lit: str, inside: set[str]) -> None:
    figure = flow_chart(profiles_of(measured("pads"), quantity), NAMES, lit=lit)
    columns = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    found = {place for place, (x, *_) in marks(figure)[0].items() for column in columns if column.x0 <= x <= column.x1}
    assert found == inside and len(columns) == (1 if inside else 0)
    assert (lit in words(figure)) == bool(inside)


def test_networks_are_told_apart_without_hue_and_named_once() -> None:
    figure = flow_chart(profiles_of(measured("pads"), Quantity.GRADIENT), ["It <b>", "Other"])
    entries = [trace for trace in figure.data if trace.showlegend is not False]
    assert [plain(trace.name) for trace in entries] == ["It <b>", "Other"]
    assert len({trace.marker.symbol for trace in entries}) == len({trace.line.dash for trace in entries}) == 2
    assert "It <b>" not in figure.to_json()
    groups = {trace.legendgroup for trace in figure.data}
    assert len(groups) == 2


def test_words_for_those_who_do_not_see_it() -> None:
    found = (by_hand(ZERO, LOST, ONE), by_hand(FlowReading.of(3.2e-12), ONE, ONE))
    assert flow_alt_text(found, NAMES) == (
        "Gradient at each block, |dL/dh|, median of the seeds, from input to output. Shortcut A: exactly zero at stem, "
        "1 at layer1.1, in between also below float32. No shortcuts: 3.2·10⁻¹² at stem, 1 at layer1.1."
    )
    assert "divided by its own last block" in flow_alt_text([by_hand(ONE, ONE, relative=True)], ["It"])
    for found in (profiles_of(measured("pads"), quantity) for quantity in Quantity):
        text = flow_alt_text(found, NAMES)
        assert all(reading_words(one.bands[end].median) in text for one in found for end in (0, -1))


def test_nothing_measured_is_said() -> None:
    assert "nothing measured yet" in title(flow_chart([], []))
    assert flow_alt_text([], []) == "Gradient flow: nothing measured yet." and flow_rows([], []) == []


def test_tables_keep_networks_of_one_name_apart() -> None:
    rows = flow_rows([by_hand(ONE), by_hand(LOST)], ["It", "It"])
    assert {rows[0]["It (1), median"], rows[0]["It (2), median"]} == {"1.0e+00", "1.0e-52 (below float32)"}


def test_a_deep_network_stays_readable() -> None:
    bands = [FlowReading(10**log10, ReadingState.MEASURED, log10) for log10 in (-0.2 * index for index in range(55))]
    figure = flow_chart([by_hand(*bands)], ["It"])
    assert all(re.fullmatch(r"stem|layer\d+", plain(text)) for text in figure.layout.xaxis.ticktext)
    assert len(figure.layout.yaxis.tickvals) <= 8 and math.isclose(figure.layout.yaxis.tickvals[-1], 0)
