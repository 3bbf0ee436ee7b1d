"""The common style: all words are large and have the colour of the page's text; the grid is left to the theme."""

import plotly.graph_objects as go
import pytest

from explorer.charts.compare.budget import budget_bars, network_tree
from explorer.charts.compare.landscape import landscape_chart
from explorer.charts.compare.timings import timings_chart
from explorer.charts.compare.waterfall import waterfall
from explorer.charts.figure_text import TEXT
from explorer.charts.plotly_style import styled
from explorer.compare.budget import By, Measure
from explorer.compare.landscape import Budget, presets_of_landscape, sweep
from explorer.compare.timings import Spread, Timing
from explorer.network.arithmetic import analyze
from explorer.network.presets import preset
from tests.charts.reading import plain


def test_the_title_and_the_grid_are_left_to_the_theme() -> None:
    figure = styled([], "A title", "and more", plot_height=100)
    assert figure.layout.font.color is None and figure.layout.title.font.color is None
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert plain(figure.layout.title.text) == "A title and more"


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
