"""Figures without a browser: every point, bar and cell is where plotly would put it, and words stay words."""

import re
from xml.etree import ElementTree

import plotly.graph_objects as go
import pytest

from explorer.charts.axes import percent_axis, ticked_axis
from explorer.charts.plotly_style import styled
from explorer.charts.still.axis import StillAxis, UndrawableError
from explorer.charts.still.figure import Still, still

SVG = "{http://www.w3.org/2000/svg}"
X = ticked_axis("Steps", [(0, "0"), (10, "10")], range=[0, 10])


def drawn(*traces: object, title: str = "Title", subtitle: str = "", **layout: object) -> Still:
    figure = styled(
        traces, title, subtitle, plot_height=200, **{"xaxis": X, "yaxis": percent_axis("Right (%)")} | layout
    )
    return still(figure, "what it shows", 400, "one")


def root(one: Still) -> ElementTree.Element:
    return ElementTree.fromstring(one.svg)


def test_a_line_runs_from_end_to_end_of_its_axes() -> None:
    (line,) = [
        each for each in root(drawn(go.Scatter(x=[0, 10], y=[0, 105], mode="lines", line={"color": "#123456"}))).iter(
            f"{SVG}path") if each.get("stroke") == "#123456"
    ]  # fmt: skip
    x0, y0, x1, y1 = map(float, re.findall(r"[0-9.]+", line.get("d", "")))
    assert 380 < x1 <= 400 - 12
    assert (y0, y1) == (212, 12)
    assert 0 < x0 < 100


def test_a_gap_parts_a_line_and_marks_are_drawn_one_by_one() -> None:
    one = root(drawn(go.Scatter(x=[0, 1, 2, 3, 4], y=[1, 2, None, 3, 4], mode="lines+markers")))
    assert len(list(one.iter(f"{SVG}circle"))) == 4
    assert [each.get("d", "").count("M") for each in one.iter(f"{SVG}path") if each.get("fill") == "none"] == [2]


def test_a_line_has_no_more_marks_than_it_is_to_have() -> None:
    marker = {"maxdisplayed": 4}
    one = root(drawn(go.Scatter(x=list(range(10)), y=list(range(10)), mode="lines+markers", marker=marker)))
    assert len(list(one.iter(f"{SVG}circle"))) == 4


def test_dashes_and_the_few_marks_of_lines_that_run_together_are_those_of_plotly() -> None:
    """Plotly.js 3 in a browser says these numbers of this figure."""
    places, lengths = [], []
    data = {"x": list(range(11)), "y": [50] * 11, "mode": "lines+markers", "marker": {"maxdisplayed": 3}}
    dashes = ("dash", "dot", "dashdot", "longdash")
    one = root(drawn(*(go.Scatter(line={"width": 2.5, "color": f"#00000{n}", "dash": dash}, marker_color=f"#00000{n}",
                                  **data) for n, dash in enumerate(dashes))))  # fmt: skip
    for number in range(len(dashes)):
        (line,) = [each for each in one.iter(f"{SVG}path") if each.get("stroke") == f"#00000{number}"]
        xs = re.findall(r"([0-9.]+) [0-9.]+", line.get("d", ""))
        marks = [each.get("cx", "") for each in one.iter(f"{SVG}circle") if each.get("fill") == f"#00000{number}"]
        places.append([xs.index(each) for each in marks])
        lengths.append(line.get("stroke-dasharray"))
    assert places == [[0, 4, 8], [3, 7], [1, 5, 9], [3, 7]]
    assert lengths == ["9 9", "3 3", "9 3 3 3", "15 15"]


@pytest.mark.parametrize("flat", [False, True])
def test_stacked_bars_begin_where_the_last_one_ends(flat: bool) -> None:
    long = [{"y": [1.0], "x": [value], "orientation": "h"} if flat else {"x": [1.0], "y": [value]} for value in (4, 5)]
    limits = {"xaxis": X, "yaxis": {**X, "title": {"text": ""}}}
    one = root(drawn(*(go.Bar(width=0.8, **each) for each in long), barmode="stack", **limits))
    first, second = [
        {k: float(each.get(k, 0)) for k in ("x", "y", "width", "height")} for each in one.findall(f"{SVG}g/{SVG}rect")
    ]
    if flat:
        assert second["x"] == pytest.approx(first["x"] + first["width"], abs=0.2)
        assert second["width"] / first["width"] == pytest.approx(5 / 4, abs=0.01)
    else:
        assert second["y"] + second["height"] == pytest.approx(first["y"], abs=0.2)
        assert second["height"] / first["height"] == pytest.approx(5 / 4, abs=0.01)


def test_a_heat_map_has_every_cell_that_has_a_number() -> None:
    axes = {name: ticked_axis("", [], range=[-0.5, 1.5]) for name in ("xaxis", "yaxis")}
    bar = {"title": {"text": "size"}, "tickvals": [0, 1], "ticktext": ["none", "all"]}
    colours = {"colorscale": [[0, "#000000"], [1, "#ffffff"]], "cmin": 0, "cmax": 1, "colorbar": bar}
    one = root(drawn(go.Heatmap(z=[[0, 1], [None, 1]], coloraxis="coloraxis"), coloraxis=colours, **axes))
    cells = {each.get("fill"): each.get("d", "").count("M") for each in one.findall(f"{SVG}g/{SVG}g/{SVG}path")}
    assert cells == {"#000000": 1, "#ffffff": 2}
    assert "all" in "".join(one.itertext())


def test_words_of_a_stranger_stay_words() -> None:
    evil = "<script>alert(1)</script>\"'&"
    one = drawn(go.Scatter(x=[1], y=[1], name="&lt;b&gt;"), title=evil, subtitle=evil, legend=1)
    assert one.title == evil
    assert one.lines == (evil,)
    assert [each.name for each in one.legend] == ["<b>"]
    spoken = still(styled([], "t", "", plot_height=9, xaxis=X, yaxis=X), evil, 300, "two").svg
    assert "<script" not in spoken
    assert ElementTree.fromstring(spoken).get("aria-label") == evil


def test_what_plotly_would_have_to_place_is_refused() -> None:
    for traces, layout in (
        ([go.Treemap(labels=["a"], parents=[""])], {}),
        ([go.Bar(x=[1], y=[1]), go.Bar(x=[1], y=[2])], {}),
        ([go.Scatter(x=[1], y=[1])], {"xaxis": {"title": {"text": ""}}}),
    ):
        with pytest.raises(UndrawableError):
            drawn(*traces, **layout)


def test_a_logarithmic_axis_and_ticks_of_its_own() -> None:
    axis = StillAxis.of({"range": [-1, 1], "type": "log"}, 0, 100)
    assert [axis.at(value) for value in (0.1, 1, 10)] == [0, 50, 100]
    assert [name for _, name in axis.ticks()] == ["0.1", "1", "10"]
    plain = StillAxis.of({"range": [0, 938], "nticks": 6}, 0, 100)
    assert [value for value, _ in plain.ticks()] == [0, 200, 400, 600, 800]
