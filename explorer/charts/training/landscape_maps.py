"""Loss and accuracy over planes through a trained network's weights: small heat maps, all on one colour scale."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, log10
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.charts.annotations import annotation
from explorer.charts.axes import axis_words
from explorer.charts.cam.overlay import Colours, scale_name
from explorer.charts.figure_text import TEXT, escaped, inked
from explorer.charts.palette import NETWORKS
from explorer.charts.plotly_style import AXIS, colour_bar, styled
from explorer.charts.table_twin import Row
from explorer.text.quantities import counted, percent, three_digits
from explorer.training.landscape.values import RADII, Landscape, Landscapes

LOWEST, HIGHEST = 0.1, 10.0  # losses at both ends of the colours
_SMALL, _LARGE = 150, 250  # pixels of a map among several, and of a single one
_LINE = 21  # pixels above a map, for each line of its name
_APART = 0.07  # part of the width, between two maps
_COLUMNS = 3
_KEY = 8  # a legend with this many entries is as high as the key to the colours
_GUESS = NETWORKS[2].colour  # seen on every colour of the maps


class Seen(StrEnum):
    """What is drawn of a landscape."""

    LOSS = "training loss"
    ACCURACY = "training accuracy"


@dataclass(frozen=True, slots=True)
class _Panel:
    """One map, its number from 0 and the left, right, bottom and top in parts of the plot."""

    found: Landscape
    name: str
    number: int
    box: tuple[float, float, float, float]

    @property
    def axis(self) -> str:
        """What plotly adds to the names of the panel's axes."""
        return str(self.number + 1) if self.number else ""


def landscape_chart(shown: Landscapes, seen: Seen) -> go.Figure:
    """A map for each plane, the trained weights in the middle; maps of the loss have a line where guessing has it.

    Colours are the same in every chart: of the loss logarithmic, from 0.1 to 10, and beyond that those of the ends.
    """
    total, panels = _panels(shown)
    lines = [_guess_line(each) for each in panels] if seen is Seen.LOSS else []
    return styled(
        [*(_map(each, seen) for each in panels), *lines],
        f"{shown.network}: {seen} around the trained weights",
        f"of {counted(shown.found[0].pictures, 'training picture')}; axes: random directions, 1 is as long as each "
        "filter",
        plot_height=total,
        legend=_KEY,
        annotations=[
            annotation(
                escaped(each.name).replace(", ", "<br>"), align="left", xref="paper", yref="paper", x=each.box[0],
                xanchor="left", y=each.box[3], yanchor="bottom", borderpad=0,
            )
            for each in panels
        ],
        coloraxis=_colours(shown, seen, total),
        dragmode=False,
        **{name: axis for each in panels for name, axis in _axes(each, len(panels)).items()},
    )  # fmt: skip


def _panels(shown: Landscapes) -> tuple[int, list[_Panel]]:
    """The plot's height in pixels and the maps in rows."""
    count = len(shown.found)
    columns = min(count, _COLUMNS)
    side, rows = _SMALL if columns > 1 else _LARGE, ceil(count / columns)
    above = _LINE * (1 + max(name.count(", ") for name in shown.names))
    total, wide = rows * (above + side), (1 - _APART * (columns - 1)) / columns
    panels = []
    for number, (found, name) in enumerate(zip(shown.found, shown.names, strict=True)):
        row, column = divmod(number, columns)
        left, top = column * (wide + _APART), 1 - (row * (above + side) + above) / total
        panels.append(_Panel(found, name, number, (left, min(left + wide, 1.0), max(top - side / total, 0.0), top)))
    return total, panels


def _map(panel: _Panel, seen: Seen) -> go.Heatmap:
    found = panel.found
    loss = seen is Seen.LOSS
    said = "loss %{customdata:.3g}" if loss else f"%{{customdata}} of {found.pictures:,} right"
    tip = inked(f"<b>{escaped(panel.name)}</b><br>across %{{x:.1f}}, up %{{y:.1f}}<br>{said}")
    return go.Heatmap(
        name=panel.name,
        x=found.places,
        y=found.places,
        z=_powers(found) if loss else 100 * np.array(found.right) / found.pictures,
        customdata=found.losses if loss else found.right,
        xaxis=f"x{panel.axis}",
        yaxis=f"y{panel.axis}",
        coloraxis="coloraxis",
        hovertemplate=f"{tip}<extra></extra>",
    )


def _powers(found: Landscape) -> np.ndarray:
    """The losses' common logarithms, limited to the range of the colours."""
    powers: np.ndarray = np.log10(np.clip(found.losses, LOWEST, HIGHEST))
    return powers


def _guess_line(panel: _Panel) -> go.Contour:
    level = log10(panel.found.guess)
    return go.Contour(
        name=f"{panel.name}, guessing",
        x=panel.found.places,
        y=panel.found.places,
        z=_powers(panel.found),
        xaxis=f"x{panel.axis}",
        yaxis=f"y{panel.axis}",
        autocontour=False,
        contours={"start": level, "end": level, "size": 1, "coloring": "none"},
        line={"color": _GUESS, "width": 2, "smoothing": 0},
        showscale=False,
        showlegend=False,
        hoverinfo="skip",
    )


def _axes(panel: _Panel, count: int) -> dict[str, Any]:
    """A panel's square axes; numbers stand at the left and at the bottom of the figure."""
    left, right, bottom, top = panel.box
    half = 1 + 1 / (panel.found.side - 1)
    common = {
        "range": [-half, half],
        "tickvals": [-1, 0, 1],
        "ticktext": [inked(words) for words in ("−1", "0", "1")],
        "tickfont": {"size": TEXT},
        "ticks": "",
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "constrain": "domain",
    }
    last = panel.number + _COLUMNS >= count
    across, up = axis_words("Direction 1"), axis_words("Direction 2")
    return {
        f"xaxis{panel.axis}": {
            **common,
            **(across if last else {"showticklabels": False, "title": {"text": ""}}),
            "domain": [left, right],
            "anchor": f"y{panel.axis}",
            "constraintoward": "left",
        },
        f"yaxis{panel.axis}": {
            **common,
            **(up if panel.number % _COLUMNS == 0 else {"showticklabels": False}),
            "domain": [bottom, top],
            "anchor": f"x{panel.axis}",
            "scaleanchor": f"x{panel.axis}",
            "constraintoward": "top",
        },
    }


def _colours(shown: Landscapes, seen: Seen, height: int) -> dict[str, Any]:
    """The scale of the colours and its key, which has a tick at the loss of guessing."""
    guess = shown.found[0].guess
    if seen is Seen.LOSS:
        title, low, high = f"Loss (nats), log scale; line: guessing, {guess:.3f}", log10(LOWEST), log10(HIGHEST)
        ticks = {low: "≤ 0.1", log10(0.3): "0.3", 0.0: "1", log10(guess): f"{guess:.1f}", high: "≥ 10"}
    else:
        title, low, high = "Pictures right (%)", 0.0, 100.0
        ticks = {float(each): str(each) for each in (0, 25, 50, 75, 100)}
    bar = colour_bar(title, -AXIS / height, tickvals=list(ticks), ticktext=list(map(inked, ticks.values())))
    return {"colorscale": scale_name(Colours.CIVIDIS, signed=False), "cmin": low, "cmax": high, "colorbar": bar}


def landscape_alt_text(shown: Landscapes, seen: Seen) -> str:
    """The maps in words: each plane's value in the middle, and its median."""
    return f"{shown.network}: {seen} around the trained weights. {'; '.join(_said(shown, seen))}."


def _said(shown: Landscapes, seen: Seen) -> Iterator[str]:
    for name, found in zip(shown.names, shown.found, strict=True):
        if seen is Seen.LOSS:
            middle, half = three_digits(found.trained_loss), three_digits(found.median)
        else:
            middle = percent(found.trained_right, found.pictures)
            half = percent(float(np.median(found.right)), found.pictures)
        yield f"{name}: {middle} in the middle, median {half}"


def landscape_rows(shown: Landscapes) -> list[Row]:
    """The planes' numbers, a row for each, not rounded."""
    return [
        {
            "network": shown.network,
            "plane": name,
            **{
                f"bends down within {radius:g}": share
                for radius, share in zip(RADII, found.non_convex_shares, strict=True)
            },
            "minima": found.minima,
            "better than guessing until": found.radius,
            "median loss": found.median,
            "loss in the middle": found.trained_loss,
            "right in the middle": found.trained_right / found.pictures,
        }
        for name, found in zip(shown.names, shown.found, strict=True)
    ]
