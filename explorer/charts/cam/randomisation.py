"""A map's similarity to the trained network's while the weights are made random, from the classifier down."""

import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from explorer.cam.check_values import CurveBand, Randomisation
from explorer.cam.check_verdicts import DEPENDS_BELOW
from explorer.charts.annotations import area_across
from explorer.charts.axes import ticked_axis
from explorer.charts.figure_text import HOVER, escaped
from explorer.charts.gradients.network_axis import place_axis, stage_lines
from explorer.charts.palette import MUTED, NETWORKS, translucent
from explorer.charts.plotly_style import empty_chart, styled
from explorer.charts.reading_marks import crosses
from explorer.charts.table_twin import Row
from explorer.text.quantities import counted, minus

_HEIGHT = 280
_COLOUR = NETWORKS[0].colour
_NONE = (math.nan, math.nan, math.nan)
_TOP = 1.08  # end of the axis, a little above the greatest similarity


def randomisation_chart(run: Randomisation) -> go.Figure:
    """The similarity after each step, median and range over the pictures; all above the threshold is shaded.

    A map that is still so similar when all weights are random shows nothing that the network has learnt
    (``explorer.cam.check_verdicts.DEPENDS_BELOW``). Steps without a number have a cross at zero.
    """
    if not run.steps:
        return empty_chart("Random weights: nothing measured yet")
    places, bands = list(range(len(run.steps))), run.spearman_band
    known = [place for place in places if not math.isnan(bands[place][0])]
    gone = [place for place in places if place not in known]
    traces = [*_spread(bands, known), _medians(run, bands), *([_crosses(run, gone)] if gone else [])]
    pictures = "" if len(run.original) == 1 else f", median and range of {len(run.original):,} pictures"
    return styled(
        traces,
        "Does the map change when the weights are random?",
        f"Similarity to the trained network's map{pictures}\nshaded: from {DEPENDS_BELOW}, too similar at the end",
        plot_height=_HEIGHT,
        legend=len(traces) if gone else 0,
        xaxis=place_axis("Weights random from the classifier down to", run.steps),
        yaxis=_similarity_axis(bands),
        shapes=[*stage_lines(run.steps), area_across(DEPENDS_BELOW, _TOP, 0.18)],
        dragmode=False,
    )


def _similarity_axis(bands: CurveBand) -> dict[str, Any]:
    least = min([0.0, *(low for _, low, _ in bands if not math.isnan(low))])
    ticks = [tick / 2 for tick in range(math.floor(2 * least), 3)]
    return ticked_axis(
        "Spearman's ρ",
        [(tick, minus(f"{tick:g}")) for tick in ticks],
        range=[least - 0.08, _TOP],
        automargin=True,
        zeroline=True,
        zerolinecolor=MUTED,
        zerolinewidth=1,
    )


def _spread(bands: CurveBand, known: Sequence[int]) -> list[go.Scatter]:
    """Whiskers from the least to the most similar picture; no area, since there is nothing between two steps."""
    if not any(bands[place][1] < bands[place][2] for place in known):
        return []
    xs = [x for place in known for x in (place, place, None)]
    ys = [y for place in known for y in (*bands[place][1:], None)]
    line = {"color": translucent(_COLOUR, 0.45), "width": 5}
    return [go.Scatter(mode="lines", name="range", x=xs, y=ys, line=line, hoverinfo="skip", showlegend=False)]


def _medians(run: Randomisation, bands: CurveBand) -> go.Scatter:
    return go.Scatter(
        mode="lines+markers",
        name="median" if len(run.original) > 1 else "similarity",
        x=list(range(len(bands))),
        y=[None if math.isnan(middle) else middle for middle, *_ in bands],
        customdata=list(run.steps),
        hovertext=[_tip(step, band) for step, band in zip(run.steps, bands, strict=True)],
        hovertemplate=HOVER,
        line={"color": _COLOUR, "width": 2},
        marker={"color": _COLOUR, "size": 8 if len(bands) < 40 else 5},
    )


def _crosses(run: Randomisation, gone: Sequence[int]) -> go.Scatter:
    steps = [run.steps[place] for place in gone]
    tips = [_tip(step, _NONE) for step in steps]
    return crosses("no similarity: a map without ranks", gone, [0] * len(gone), picks=steps, tips=tips)


def _tip(step: str, band: tuple[float, float, float]) -> str:
    return f"<b>{escaped(step)}</b><br>{_similarity(band)}"


def _similarity(band: tuple[float, float, float]) -> str:
    middle, low, high = (minus(f"{value:z.2f}") for value in band)
    if math.isnan(band[0]):
        return "no similarity: a map is the same everywhere or holds no numbers"
    return f"similarity {middle}" + (f" ({low} to {high})" if low != high else "")


def randomisation_alt_text(run: Randomisation) -> str:
    """The chart in words: the similarity after the first step and after the last."""
    if not run.steps:
        return "Random weights: nothing measured yet."
    bands = run.spearman_band
    first, last = (f"{run.steps[place]}: {_similarity(bands[place])}" for place in (0, -1))
    return (
        f"Similarity of the map to the trained network's while weights are made random, over "
        f"{counted(len(run.steps), 'step')} and {counted(len(run.original), 'picture')}. First {first}; last {last}."
    )


def randomisation_rows(run: Randomisation) -> list[Row]:
    """The chart's numbers and the structural similarity (SSIM), a row for each step.

    Spearman's correlation is NaN if a map has no ranks; ``pictures`` is the number of pictures that have one.
    """
    return [
        {
            "random down to": step,
            "Spearman's ρ, median": middle,
            "lowest": low,
            "highest": high,
            "pictures": sum(map(math.isfinite, values)),
            "SSIM, median": ssim,
        }
        for step, values, (middle, low, high), (ssim, *_) in zip(
            run.steps, run.spearman, run.spearman_band, run.ssim_band, strict=True
        )
    ]
