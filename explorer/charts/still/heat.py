"""Heat maps on a common scale of colours, and the key to it."""

import math
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any

import plotly.colors

from explorer.charts.still import words
from explorer.charts.still.axis import StillAxis, UndrawableError

_COLOURS = 64
KEY_HEIGHT = 64  # pixels: its title, the colours, its ticks
_BAR = 12


def heatmap(trace: Mapping[str, Any], colours: Mapping[str, Any], across: StillAxis, upwards: StillAxis) -> str:
    """SVG of a map, a path for each colour; cells without a number stay empty.

    Raises:
        UndrawableError: it has places or colours of its own.
    """
    if trace.get("coloraxis") != "coloraxis" or trace.get("x") or trace.get("y"):
        raise UndrawableError("only heat maps with the figure's colours are drawn")
    low, high = colours["cmin"], colours["cmax"]
    gap = trace.get("xgap", 0) / 2, trace.get("ygap", 0) / 2
    cells = defaultdict(list)
    for row, values in enumerate(trace["z"]):
        top, bottom = sorted((upwards.at(row - 0.5), upwards.at(row + 0.5)))
        for column, value in enumerate(values):
            if value is not None and not math.isnan(value):
                left, right = sorted((across.at(column - 0.5), across.at(column + 0.5)))
                share = min(max((value - low) / (high - low), 0), 1) if high > low else 0.5
                cells[round(share * (_COLOURS - 1))].append(
                    f"M{left + gap[0]:.1f} {top + gap[1]:.1f}H{right - gap[0]:.1f}V{bottom - gap[1]:.1f}"
                    f"H{left + gap[0]:.1f}Z"
                )
    table = _table(_scale(colours))
    drawn = (f'<path d="{"".join(paths)}" fill="{table[place]}"/>' for place, paths in sorted(cells.items()))
    return f'<g shape-rendering="crispEdges">{"".join(drawn)}</g>'  # no seams between cells


def colour_key(colours: Mapping[str, Any], left: float, right: float, top: float) -> str:
    """SVG of the scale of colours with its title above and its ticks below."""
    bar, table, wide = colours["colorbar"], _table(_scale(colours)), (right - left) / _COLOURS
    axis = StillAxis(colours["cmin"], colours["cmax"], left, right, False, bar)
    upper = top + words.LINE + 4
    parts = [words.text(bar["title"]["text"], left, top + words.LINE / 2, anchor="start")]
    parts += [
        f'<path d="M{left + place * wide:.1f} {upper:.1f}h{wide + 0.5:.1f}v{_BAR}h-{wide + 0.5:.1f}z" fill="{colour}"/>'
        for place, colour in enumerate(table)
    ]
    parts += [words.text(name, axis.at(value), upper + _BAR + 12) for value, name in axis.ticks()]
    return "".join(parts)


def _scale(colours: Mapping[str, Any]) -> tuple[tuple[float, str], ...]:
    return tuple((place, colour) for place, colour in colours["colorscale"])


@cache
def _table(scale: tuple[tuple[float, str], ...]) -> tuple[str, ...]:
    """``_COLOURS`` evenly spaced colours of the scale."""
    places = [number / (_COLOURS - 1) for number in range(_COLOURS)]
    found = plotly.colors.sample_colorscale([list(each) for each in scale], places, colortype="tuple")
    return tuple("#" + "".join(f"{round(255 * part):02x}" for part in colour) for colour in found)
