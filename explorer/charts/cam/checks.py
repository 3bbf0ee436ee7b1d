"""Whether a map deserves belief, drawn: what deleting and inserting its hottest pixels does, and what happens to the
map when the weights are made random."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from explorer.cam.check_values import Baseline, BeliefCurve, CurveBand, Randomisation, Trial
from explorer.cam.check_verdicts import DEPENDS_BELOW
from explorer.cam.words import chance_words
from explorer.charts.gradients.network_axis import place_axis, stage_lines
from explorer.charts.plotly_style import HOVER, MUTED, NETWORKS, axis_words, escaped, inked, styled
from explorer.charts.reading_marks import translucent
from explorer.text.quantities import counted, minus

_HEIGHT = 280
_MAP = NETWORKS[0]
_NONE = (math.nan, math.nan, math.nan)
_RANGE = 0.3  # opacity of the area between lowest and highest
_TITLES: Mapping[Trial, str] = {
    Trial.DELETION: "Deletion: hottest pixels removed first",
    Trial.INSERTION: "Insertion: hottest pixels put in first",
}
_BASELINES: Mapping[Baseline, str] = {
    Baseline.MEAN: "the mean colour",
    Baseline.BLURRED: "the picture blurred",
}


def belief_curve_chart(curve: BeliefCurve, target: str) -> go.Figure:
    """The probability of the class called ``target`` over the share of pixels: the map's curve, and of the random maps
    the median and the range.

    The legend has the areas under the curves. A chance that is no number leaves a gap.
    """
    xs = [100 * share for share in curve.shares]
    band = curve.random_band
    random = [*_range(xs, band), _line(curve, xs, [middle for middle, *_ in band], "random")] if curve.random else []
    verb = "deleted" if curve.trial is Trial.DELETION else "inserted"
    return styled(
        [*random, _line(curve, xs, curve.probabilities, "map")],
        _TITLES[curve.trial],
        _subtitle(curve, target),
        plot_height=_HEIGHT,
        legend=4 * (1 + bool(curve.random)),
        xaxis={**_percent_axis(f"Pixels {verb} (%)"), "range": [100 * curve.shares[0], 100 * curve.shares[-1]]},
        yaxis={**_percent_axis("Probability (%)"), "range": [-3, 103], "automargin": True},
        dragmode=False,
        hovermode="x unified",
    )


def _subtitle(curve: BeliefCurve, target: str) -> str:
    course = "falls" if curve.trial is Trial.DELETION else "rises"
    missing = f"where pixels are missing: {_BASELINES[curve.baseline]}"
    return f"Class: {target}; {missing}\nThe sooner it {course}, the more the map's pixels matter."


def _percent_axis(title: str) -> dict[str, Any]:
    ticks = [0, 25, 50, 75, 100]
    return {
        **axis_words(title),
        "tickvals": ticks,
        "ticktext": [inked(str(tick)) for tick in ticks],
        "fixedrange": True,
        "zeroline": False,
    }


def _line(curve: BeliefCurve, xs: Sequence[float], chances: Sequence[float], who: str) -> go.Scatter:
    mine = who == "map"
    name = f"the map: area {_area(curve.area)}" if mine else _random_name(curve)
    who_words = "the map" if mine else f"{counted(len(curve.random), 'random map')}, median"
    return go.Scatter(
        mode="lines",
        name=name,
        x=list(xs),
        y=[100 * chance for chance in chances],
        hovertext=[f"{who_words}: {escaped(chance_words(chance))}" for chance in chances],
        hovertemplate=HOVER,
        line={"color": _MAP.colour if mine else MUTED, "width": 3 if mine else 2, "dash": "solid" if mine else "dash"},
    )


def _area(value: float) -> str:
    return "none" if math.isnan(value) else f"{value:.3f}"


def _random_name(curve: BeliefCurve) -> str:
    middle, low, high = curve.random_area
    if len(curve.random) == 1 or math.isnan(middle):
        return f"{counted(len(curve.random), 'random map')}: area {_area(middle)}"
    return f"{len(curve.random):,} random maps: area {_area(middle)} ({_area(low)} to {_area(high)})"


def _range(xs: Sequence[float], band: CurveBand) -> list[go.Scatter]:
    """From the lowest to the highest random map, where they are numbers and differ."""
    known = [(x, 100 * low, 100 * high) for x, (_, low, high) in zip(xs, band, strict=True) if not math.isnan(low)]
    if not any(low < high for _, low, high in known):
        return []
    return [_area_between([x for x, *_ in known], [low for _, low, _ in known], [high for *_, high in known], MUTED)]


def _area_between(xs: Sequence[float], lows: Sequence[float], highs: Sequence[float], colour: str) -> go.Scatter:
    return go.Scatter(
        mode="lines",
        x=[*xs, *reversed(xs)],
        y=[*lows, *reversed(highs)],
        fill="toself",
        fillcolor=translucent(colour, _RANGE),
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )


def belief_curve_alt_text(curve: BeliefCurve, target: str) -> str:
    """The curves in words, for those who do not see them: both ends, and the areas."""
    ends = f"from {chance_words(curve.probabilities[0])} to {chance_words(curve.probabilities[-1])}"
    random = f"; {_random_name(curve)}" if curve.random else ""
    what = "removing" if curve.trial is Trial.DELETION else "inserting"
    return (
        f"Probability of {target} while {what} the map's hottest pixels first, {ends}; "
        f"the map: area {_area(curve.area)}{random}."
    )


def belief_curve_rows(curve: BeliefCurve) -> list[dict[str, object]]:
    """The curves as rows of a table, shares and probabilities as parts of 1."""
    band = curve.random_band if curve.random else ()
    rows: list[dict[str, object]] = []
    for place, (share, chance) in enumerate(zip(curve.shares, curve.probabilities, strict=True)):
        row: dict[str, object] = {"share of pixels": share, "the map": chance}
        if band:
            row |= dict(zip(("random, median", "random, lowest", "random, highest"), band[place], strict=True))
        rows.append(row)
    return rows


def randomisation_chart(run: Randomisation) -> go.Figure:
    """The similarity after each step: median of the pictures and range; what is above the threshold is shaded.

    A map that still is that similar when all weights are random shows nothing that the network has learnt
    (``explorer.cam.check_verdicts.DEPENDS_BELOW``). Steps without a number have a cross at zero.
    """
    if not run.steps:
        return styled([], "Random weights: nothing measured yet", "", plot_height=80)
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
        shapes=[*stage_lines(run.steps), _shade()],
        dragmode=False,
    )


def _similarity_axis(bands: CurveBand) -> dict[str, Any]:
    least = min([0.0, *(low for _, low, _ in bands if not math.isnan(low))])
    ticks = [tick / 2 for tick in range(math.floor(2 * least), 3)]
    return {
        **axis_words("Spearman's ρ"),
        "tickvals": ticks,
        "ticktext": [inked(minus(f"{tick:g}")) for tick in ticks],
        "range": [least - 0.08, 1.08],
        "fixedrange": True,
        "automargin": True,
        "zeroline": True,
        "zerolinecolor": MUTED,
        "zerolinewidth": 1,
    }


def _shade() -> dict[str, Any]:
    band = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": DEPENDS_BELOW, "y1": 1.08, "layer": "below"}
    return {**band, "fillcolor": MUTED, "opacity": 0.18, "line": {"width": 0}}


def _spread(bands: CurveBand, known: Sequence[int]) -> list[go.Scatter]:
    """From the least to the most similar picture, as whiskers: steps are places, with nothing in between."""
    if not any(bands[place][1] < bands[place][2] for place in known):
        return []
    xs = [x for place in known for x in (place, place, None)]
    ys = [y for place in known for y in (*bands[place][1:], None)]
    line = {"color": translucent(_MAP.colour, 0.45), "width": 5}
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
        line={"color": _MAP.colour, "width": 2},
        marker={"color": _MAP.colour, "size": 8 if len(bands) < 40 else 5},
    )


def _crosses(run: Randomisation, gone: Sequence[int]) -> go.Scatter:
    return go.Scatter(
        mode="markers",
        name="no similarity: a map without ranks",
        x=list(gone),
        y=[0] * len(gone),
        customdata=[run.steps[place] for place in gone],
        hovertext=[_tip(run.steps[place], _NONE) for place in gone],
        hovertemplate=HOVER,
        marker={"symbol": "x", "size": 9, "color": MUTED},
    )


def _tip(step: str, band: tuple[float, float, float]) -> str:
    return f"<b>{escaped(step)}</b><br>{_similarity(band)}"


def _similarity(band: tuple[float, float, float]) -> str:
    middle, low, high = (minus(f"{value:z.2f}") for value in band)
    if math.isnan(band[0]):
        return "no similarity: a map is the same everywhere or holds no numbers"
    return f"similarity {middle}" + (f" ({low} to {high})" if low != high else "")


def randomisation_alt_text(run: Randomisation) -> str:
    """The chart in words, for those who do not see it: the first step and the last."""
    if not run.steps:
        return "Random weights: nothing measured yet."
    bands = run.spearman_band
    first, last = (f"{run.steps[place]}: {_similarity(bands[place])}" for place in (0, -1))
    return (
        f"Similarity of the map to the trained network's while weights are made random, over "
        f"{counted(len(run.steps), 'step')} and {counted(len(run.original), 'picture')}. First {first}; last {last}."
    )


def randomisation_rows(run: Randomisation) -> list[dict[str, object]]:
    """The chart as rows of a table, with the structural similarity, which it does not show: Spearman's correlation is
    NaN where a map has no ranks, ``pictures`` how many have it."""
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
