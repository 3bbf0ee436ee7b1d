"""Receptive fields: the gradient over the pixels of the input, and how the fields' sides grow with the blocks."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.charts.annotations import annotation, line_up
from explorer.charts.axes import INKED_TICKS, axis_words, number_axis, plain_axis
from explorer.charts.cam.overlay import Colours, scale_name
from explorer.charts.figure_text import HOVER, TEXT, inked
from explorer.charts.palette import MUTED, NETWORKS
from explorer.charts.plotly_style import AXIS, colour_bar, styled
from explorer.charts.reading_marks import series_line
from explorer.charts.table_twin import Row
from explorer.ideas.field import COUNTS, FieldRun, place_words, sentence, sides, units_of
from explorer.network.config import ResNetConfig
from explorer.text.quantities import capitalised, counted

_HEIGHT, _NAME = 240, 24  # pixels of a map and of the network's name above it
_APART = 0.08  # part of the width, between two maps
_KEY = 8  # a legend with this many entries is as high as the key to the colours
_FAINTEST = -3  # the common logarithm of the smallest part of the strongest gradient that has a colour of its own
_CURVE = NETWORKS[2].colour


def field_chart(runs: tuple[FieldRun, ...], unit: int) -> go.Figure:
    """A map for each network: how strongly the value in the middle after ``unit`` depends on each pixel."""
    config = runs[0].network.config
    largest, side = runs[0].maps.shape[-1], sides(config)[unit]
    boxes = [_box(number, len(runs)) for number in range(len(runs))]
    total = _HEIGHT + _NAME
    return styled(
        [trace for number, run in enumerate(runs) for trace in _map(run, unit, number)],
        f"What a value after {place_words(units_of(config)[unit])} sees",
        f"gradient at each pixel, mean of random inputs\nsolid: the theoretical field, {side} px a side; dashed: the "
        f"{config.image_size} px picture; curve: the effective field, above {100 * COUNTS:.3g} % of the strongest",
        plot_height=total,
        legend=_KEY,
        shapes=[line for number in range(len(runs)) for line in _outlines(side, config.image_size, number)],
        annotations=[
            annotation(
                f"<b>{capitalised(run.network.noun).removesuffix(' network')}</b>",  # short enough for a phone
                xref="paper",
                yref="paper",
                x=left,
                xanchor="left",
                y=1,
                yanchor="top",
            )
            for run, (left, _) in zip(runs, boxes, strict=True)
        ],
        coloraxis=_colours(total),
        dragmode=False,
        **{name: axis for number, box in enumerate(boxes) for name, axis in _axes(number, box, largest).items()},
    )


def _box(number: int, count: int) -> tuple[float, float]:
    """The left and right end of a map in parts of the width."""
    wide = (1 - _APART * (count - 1)) / count
    left = number * (wide + _APART)
    return left, min(left + wide, 1.0)


def _suffix(number: int) -> str:
    return "" if number == 0 else str(number + 1)


def _map(run: FieldRun, unit: int, number: int) -> Iterator[go.Heatmap | go.Contour]:
    """The part of the gradient within the theoretical field, and the curve of the effective one."""
    middle, reach = run.maps.shape[-1] // 2, sides(run.network.config)[unit] // 2
    inner = slice(middle - reach, middle + reach + 1)
    shares = run.shares(unit)[inner, inner]
    with np.errstate(divide="ignore"):
        powers = np.log10(shares)
    powers[np.isneginf(powers)] = np.nan
    axes = {"xaxis": f"x{_suffix(number)}", "yaxis": f"y{_suffix(number)}", "x0": -reach, "y0": -reach}
    tip = "row %{y}, column %{x} from the middle<br>10<sup>%{z:.2f}</sup> of the strongest gradient"
    name = capitalised(run.network.noun)
    yield go.Heatmap(
        name=name, z=powers, **axes, coloraxis="coloraxis", hovertemplate=f"<b>{name}</b><br>{tip}<extra></extra>"
    )
    yield from _curve(name, powers, axes)


def _curve(name: str, powers: NDArray[np.float32], axes: dict[str, Any]) -> Iterator[go.Contour]:
    """The line around the pixels that count, if there are any; only the rows and columns that it runs through."""
    level, reach = math.log10(COUNTS), len(powers) // 2
    rows, columns = np.nonzero(powers > level)
    if not len(rows):
        return
    away = int(max(abs(rows - reach).max(), abs(columns - reach).max()))
    inner = slice(max(reach - away - 1, 0), reach + away + 2)
    yield go.Contour(
        name=f"{name}, effective field",
        z=np.nan_to_num(powers[inner, inner], nan=2 * _FAINTEST),
        **{**axes, "x0": inner.start - reach, "y0": inner.start - reach},
        autocontour=False,
        contours={"start": level, "end": level, "size": 1, "coloring": "none"},
        line={"color": _CURVE, "width": 2},
        showscale=False,
        showlegend=False,
        hoverinfo="skip",
    )


def _outlines(field: int, picture: int, number: int) -> list[dict[str, Any]]:
    """The squares of the theoretical field and of the picture, which is seen on every colour: black on white."""
    return [
        _square(field, number, {"color": MUTED, "width": 2}),
        _square(picture, number, {"color": "white", "width": 4, "dash": "dash"}),
        _square(picture, number, {"color": "black", "width": 1.5, "dash": "dash"}),
    ]


def _square(side: int, number: int, line: dict[str, Any]) -> dict[str, Any]:
    half, name = side / 2, _suffix(number)
    ends = {"x0": -half, "x1": half, "y0": -half, "y1": half}
    return {"type": "rect", "xref": f"x{name}", "yref": f"y{name}", **ends, "line": line}


def _axes(number: int, box: tuple[float, float], largest: int) -> dict[str, Any]:
    name, half = _suffix(number), 0.53 * largest
    common = {**INKED_TICKS, "tickfont": {"size": TEXT}, "fixedrange": True, "showgrid": False, "zeroline": False}
    tall = _HEIGHT / (_HEIGHT + _NAME)
    return {
        f"xaxis{name}": {
            **common,
            **axis_words("Column, px"),
            "domain": list(box),
            "range": [-half, half],
            "constrain": "domain",
            "constraintoward": "left",
            "anchor": f"y{name}",
            "nticks": 5,
        },
        f"yaxis{name}": {
            **common,
            **(axis_words("Row, px from the middle") if number == 0 else {"showticklabels": False}),
            "domain": [0, tall],
            "range": [half, -half],
            "constrain": "domain",
            "constraintoward": "top",
            "anchor": f"x{name}",
            "scaleanchor": f"x{name}",
            "nticks": 5,
        },
    }


def _colours(height: int) -> dict[str, Any]:
    ticks = [(power, f"{100 * 10.0**power:g} %") for power in range(_FAINTEST, 1)]
    bar = colour_bar(
        "Part of the strongest gradient, log scale",
        -AXIS / height,
        tickvals=[power for power, _ in ticks],
        ticktext=[inked(words) for _, words in ticks],
    )
    return {"colorscale": scale_name(Colours.CIVIDIS, signed=False), "cmin": _FAINTEST, "cmax": 0, "colorbar": bar}


def growth_chart(runs: tuple[FieldRun, ...], unit: int) -> go.Figure:
    """The sides of the theoretical field and of each network's effective one after the stem and every block."""
    config = runs[0].network.config
    possible = sides(config)
    series = [(run.network.noun, [run.effective_side(place) for place in range(len(possible))]) for run in runs]
    theory = go.Scatter(
        mode="lines",
        name="theoretical",
        x=list(range(len(possible))),
        y=list(possible),
        hovertext=[f"theoretical, {_after(config, place)}: {side} px" for place, side in enumerate(possible)],
        hovertemplate=HOVER,
        line={"color": MUTED, "width": 2, "dash": "dash"},
    )
    lines = [
        series_line(
            number,
            f"effective, {name}",
            range(len(possible)),
            values,
            tips=[f"{name}, {_after(config, place)}: {value:.1f} px" for place, value in enumerate(values)],
            size=7,
        )
        for number, (name, values) in enumerate(series)
    ]
    most = len(possible) - 1
    return styled(
        [theory, *lines],
        "How the fields grow",
        "the effective one as the side of a square of as many pixels; the line is at the chosen place",
        plot_height=_HEIGHT,
        legend=2 * len(runs) + 2,
        xaxis={**number_axis("Blocks passed after the stem", most), "range": [-0.3, most + 0.3]},
        yaxis=plain_axis("Side of the field, px", (0, 1.06 * possible[-1])),
        shapes=[line_up(unit, width=2)],
        dragmode=False,
    )


def _after(config: ResNetConfig, place: int) -> str:
    return f"after {place_words(units_of(config)[place])}"


def field_alt_text(runs: tuple[FieldRun, ...], unit: int) -> str:
    """The maps in words."""
    return (
        f"{counted(len(runs), 'heat map')} of the gradient at each pixel, strongest in the middle, inside a square for "
        f"the theoretical field and around a curve for the effective one. {sentence(runs, unit)}"
    )


def growth_alt_text(runs: tuple[FieldRun, ...]) -> str:
    """The curves in words: their ends."""
    possible = sides(runs[0].network.config)
    ends = [f"effective, {run.network.noun}: {run.effective_side(len(possible) - 1):.1f} px" for run in runs]
    return (
        f"The sides of the fields over {len(possible) - 1} blocks. At the end, theoretical: {possible[-1]} px; "
        f"{'; '.join(ends)}."
    )


def field_rows(runs: tuple[FieldRun, ...], unit: int) -> list[Row]:
    """Each network's part of the strongest gradient along the middle row of the input."""
    middle = runs[0].maps.shape[-1] // 2
    lines = [(run.network.noun, run.shares(unit)[middle]) for run in runs]
    return [
        {"column from the middle": place - middle, **{name: float(line[place]) for name, line in lines}}
        for place in range(2 * middle + 1)
    ]


def growth_rows(runs: Sequence[FieldRun]) -> list[Row]:
    """The fields after the stem and every block."""
    config = runs[0].network.config
    return [
        {
            "after": unit,
            "theoretical side": side,
            **{f"pixels that count, {run.network.noun}": run.effective(place) for run in runs},
            **{f"part of the theoretical, {run.network.noun}": run.effective(place) / side**2 for run in runs},
        }
        for place, (unit, side) in enumerate(zip(units_of(config), sides(config), strict=True))
    ]
