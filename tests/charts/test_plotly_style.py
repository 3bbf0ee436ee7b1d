"""The common style: words that are no markup, contrast, networks told apart, rows, ticks."""

import math
from itertools import combinations, pairwise

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.charts.axes import amount_axis, axis_title
from explorer.charts.bar_rows import row_layout
from explorer.charts.compare.budget import BRANCH, budget_bars, network_tree
from explorer.charts.compare.landscape import landscape_chart
from explorer.charts.compare.landscape_points import BEST
from explorer.charts.compare.timings import timings_chart
from explorer.charts.compare.waterfall import waterfall
from explorer.charts.figure_text import NAME, NARROW, TEXT, escaped, inked, labels, wrapped_html
from explorer.charts.palette import MUTED, NETWORKS, ROLE_COLOURS, contrast, ink_on
from explorer.charts.plotly_style import styled
from explorer.compare.budget import By, Measure
from explorer.compare.landscape import Budget, presets_of_landscape, sweep
from explorer.compare.timings import Spread, Timing
from explorer.network.arithmetic import analyze
from explorer.network.presets import preset
from tests.charts import test_palette as ruler
from tests.charts.reading import plain

TILES = [*ROLE_COLOURS.values(), BRANCH]


@pytest.mark.parametrize(("one", "other"), [("#FFFFFF", "#000000"), ("#777777", "#FFFFFF"), ("#0072B2", "#12151C")])
def test_contrast_is_that_of_the_palettes_ruler(one: str, other: str) -> None:
    assert contrast(one, other) == pytest.approx(ruler.contrast(one, other), rel=1e-3)


@pytest.mark.parametrize("colour", TILES)
def test_words_on_tiles_can_be_read(colour: str) -> None:
    assert contrast(ink_on(colour), colour) >= 4.5


@given(st.integers(0, 0xFFFFFF))
def test_black_or_white_can_be_read_on_any_colour(number: int) -> None:
    colour = f"#{number:06X}"
    assert contrast(ink_on(colour), colour) >= 4.5


@pytest.mark.parametrize("colour", [*(style.colour for style in NETWORKS), MUTED, BEST, BRANCH])
@pytest.mark.parametrize("background", ruler.BACKGROUNDS)
def test_colours_of_networks_and_lines_are_visible_on_light_and_dark(colour: str, background: str) -> None:
    # Tiles that hold others are as large as the chart and need no contrast with the page, only their words do.
    assert contrast(colour, background) >= (1.5 if colour == BRANCH else ruler.VISIBLE)


@pytest.mark.parametrize("sight", ruler.SIGHT)
def test_every_eye_tells_the_networks_from_each_other_and_from_the_roles(sight: str) -> None:
    def seen(colour: str) -> ruler.Colour:
        return ruler.lab(ruler.times(ruler.SIGHT[sight], ruler.linear(colour)))

    colours = [style.colour for style in NETWORKS]
    apart = {(a, b): math.dist(seen(a), seen(b)) for a, b in combinations(colours, 2)}
    assert min(apart.values()) >= 3 * ruler.APART, apart
    assert min(math.dist(seen(a), seen(b)) for a in colours for b in ROLE_COLOURS.values()) >= ruler.APART


def test_networks_differ_without_any_colour() -> None:
    for field in ("pattern", "symbol", "dash"):
        assert len({getattr(style, field) for style in NETWORKS}) == len(NETWORKS)


@given(st.text())
def test_no_text_becomes_markup(text: str) -> None:
    shown = escaped(text)
    assert "<" not in shown and ">" not in shown
    assert shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


def test_titles_are_wrapped_for_a_phone_and_escaped() -> None:
    title = "Parameters from <b>ResNet</b> & friends to Pre-activation ResNet-1001 (CIFAR), widths 1-2-3"
    lines = wrapped_html(title).split("<br>")
    assert all(len(line.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")) <= NARROW for line in lines)
    assert "<b>" not in wrapped_html(title) and len(lines) > 1
    figure = styled([], title, "", plot_height=100)
    assert figure.layout.title.text == inked(wrapped_html(title))


@given(st.lists(st.text(st.characters(codec="ascii", exclude_characters="<>&"), max_size=60), min_size=1, max_size=4))
def test_labels_are_short_and_each_is_its_own(names: list[str]) -> None:
    shown = labels(names)
    assert len(shown) == len(names) == len(set(shown))
    assert all(len(label) <= NAME for label in shown)


def test_rows_follow_each_other_and_never_overlap() -> None:
    layout = row_layout([("Stem", ("a", "b")), ("", ("c",)), ("Head", ("d", "e"))])
    places = sorted([*layout.heading_places, *(place for group in layout.places for place in group)])
    assert list(map(len, layout.places)) == [2, 1, 2]
    assert all(after - before >= 0.9 for before, after in pairwise(places))
    assert places[0] > 0 and places[-1] < layout.end
    texts = layout.axis["ticktext"]
    assert list(map(plain, texts)) == ["Stem", "Head", "a", "b", "c", "d", "e"]
    assert ["<b>" in text for text in texts] == [True] * 2 + [False] * 5


@given(st.sampled_from(Measure), st.integers(-(10**12), 10**12), st.integers(1, 10**13), st.booleans())
def test_ticks_are_in_the_range_told_apart_and_few(measure: Measure, low: int, length: int, change: bool) -> None:
    low = low if change else abs(low)
    axis = amount_axis(measure, low, low + length, change_from="<b>it" if change else "")
    ticks, words = axis["tickvals"], axis["ticktext"]
    assert all(low <= tick <= low + length for tick in ticks)
    assert len(set(words)) == len(words) == len(ticks) <= 5
    assert plain(axis["title"]["text"]) == ("Change from <b>it" if change else axis_title(measure))
    if change:
        assert all(
            plain(text)[0] == ("+" if tick > 0 else "−" if tick < 0 else "±")
            for tick, text in zip(ticks, words, strict=True)
        )


def test_the_title_and_the_grid_are_left_to_the_theme() -> None:
    figure = styled([], "A title", "and more", plot_height=100)
    assert figure.layout.font.color is None and figure.layout.title.font.color is None
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert plain(figure.layout.title.text) == "A title and more"


def test_no_one_grey_can_be_read_on_both_themes() -> None:
    """Why words take the colour of the text around them: no fixed colour does what is asked."""
    white, dark = ruler.BACKGROUNDS
    greys = [f"#{level:02X}{level:02X}{level:02X}" for level in range(256)]
    assert max(min(contrast(grey, white), contrast(grey, dark)) for grey in greys) < 4.5


def _figures() -> dict[str, go.Figure]:
    first, second = (analyze(preset(name)) for name in ("resnet34", "resnet50"))
    pair, names, spread = (first, second), ("one", "two"), Spread(10, 9, 11, 5)
    timings = [Timing(arch.config, "cpu", 8, spread, spread, None, None, "", arch.macs, "") for arch in pair]
    return {
        **{f"bars, share {share}": budget_bars(pair, names, Measure.MACS, share=share) for share in (False, True)},
        **{f"waterfall by {by}": waterfall(first, second, names, Measure.MEMORY, by) for by in By},
        "waterfall of equals": waterfall(first, first, names, Measure.PARAMS),
        "landscape": landscape_chart(
            presets_of_landscape(), sweep(first.config), (), Budget(12_000_000, 2_000_000_000)
        ),
        "timings": timings_chart(timings, names),
        "tree": network_tree(first, "one", Measure.PARAMS),
    }


@pytest.mark.parametrize(("name", "figure"), _figures().items(), ids=_figures())
def test_every_word_is_large_and_has_the_colour_of_the_pages_text_in_either_theme(name: str, figure: go.Figure) -> None:
    """Without both, the theme's grey stands there with 12 pixels and 3.7:1 (its ticks, annotations, hover labels)."""
    layout = figure.layout
    axes = [axis for key in layout if key.startswith(("xaxis", "yaxis")) and (axis := layout[key]).to_plotly_json()]
    assert len(axes) == (0 if name == "tree" else 4 if name.startswith("waterfall by") else 2)
    said = [layout.title.text, *(note.text for note in layout.annotations), *(axis.title.text for axis in axes)]
    for axis in axes:
        if axis.tickprefix:
            said.append(axis.tickprefix + "0" + axis.ticksuffix)
        else:
            said.extend(axis.ticktext)
    said += [trace.hovertemplate.removesuffix("<extra></extra>") for trace in figure.data if trace.hoverinfo != "skip"]
    for text in filter(None, said):
        assert text.startswith('<span style="color:currentColor">') and text.endswith("</span>"), text
    sizes = [note.font.size for note in layout.annotations] + [axis.tickfont.size for axis in axes]
    sizes += [axis.title.font.size for axis in axes if axis.title.text]
    sizes += [layout.hoverlabel.font.size, layout.legend.font.size]
    assert set(sizes) == {TEXT} and TEXT >= 14
