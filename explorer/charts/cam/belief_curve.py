"""The class's probability while a map's hottest pixels are deleted or inserted: whether the map finds what matters."""

import math
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from explorer.cam.check_values import Baseline, BeliefCurve, CurveBand, Trial
from explorer.cam.words import chance_words
from explorer.charts.axes import percent_axis
from explorer.charts.figure_text import HOVER, escaped
from explorer.charts.palette import MUTED, NETWORKS, translucent
from explorer.charts.plotly_style import styled
from explorer.charts.table_twin import Row
from explorer.text.quantities import counted

_HEIGHT = 280
_RANGE = 0.3  # opacity of the area between the lowest and the highest random map
_TITLES: Mapping[Trial, str] = {
    Trial.DELETION: "Deletion: hottest pixels removed first",
    Trial.INSERTION: "Insertion: hottest pixels put in first",
}
_BASELINES: Mapping[Baseline, str] = {
    Baseline.MEAN: "the mean colour",
    Baseline.BLURRED: "the picture blurred",
}
_DASHED = {"color": MUTED, "width": 2, "dash": "dash"}


def belief_curve_chart(curve: BeliefCurve, target: str) -> go.Figure:
    """The probability of the class called ``target`` against the share of pixels, for the map and for random maps.

    Random maps are drawn as their median and range. The legend has the areas under the curves. A probability that is
    NaN leaves a gap.
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
        xaxis=percent_axis(f"Pixels {verb} (%)", (100 * curve.shares[0], 100 * curve.shares[-1])),
        yaxis=percent_axis("Probability (%)", (-3, 103)),
        dragmode=False,
        hovermode="x unified",
    )


def _subtitle(curve: BeliefCurve, target: str) -> str:
    course = "falls" if curve.trial is Trial.DELETION else "rises"
    missing = f"where pixels are missing: {_BASELINES[curve.baseline]}"
    return f"Class: {target}; {missing}\nThe sooner it {course}, the more the map's pixels matter."


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
        line={"color": NETWORKS[0].colour, "width": 3, "dash": "solid"} if mine else _DASHED,
    )


def _area(value: float) -> str:
    return "none" if math.isnan(value) else f"{value:.3f}"


def _random_name(curve: BeliefCurve) -> str:
    middle, low, high = curve.random_area
    if len(curve.random) == 1 or math.isnan(middle):
        return f"{counted(len(curve.random), 'random map')}: area {_area(middle)}"
    return f"{len(curve.random):,} random maps: area {_area(middle)} ({_area(low)} to {_area(high)})"


def _range(xs: Sequence[float], band: CurveBand) -> list[go.Scatter]:
    """The area between the lowest and the highest random map, if they differ anywhere."""
    known = [(x, 100 * low, 100 * high) for x, (_, low, high) in zip(xs, band, strict=True) if not math.isnan(low)]
    if not any(low < high for _, low, high in known):
        return []
    across = [x for x, *_ in known]
    area = go.Scatter(
        mode="lines",
        x=[*across, *reversed(across)],
        y=[*(low for _, low, _ in known), *(high for *_, high in reversed(known))],
        fill="toself",
        fillcolor=translucent(MUTED, _RANGE),
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )
    return [area]


def belief_curve_alt_text(curve: BeliefCurve, target: str) -> str:
    """The curves in words: the map's at both ends, and the areas."""
    ends = f"from {chance_words(curve.probabilities[0])} to {chance_words(curve.probabilities[-1])}"
    random = f"; {_random_name(curve)}" if curve.random else ""
    what = "removing" if curve.trial is Trial.DELETION else "inserting"
    return (
        f"Probability of {target} while {what} the map's hottest pixels first, {ends}; "
        f"the map: area {_area(curve.area)}{random}."
    )


def belief_curve_rows(curve: BeliefCurve) -> list[Row]:
    """The curves' numbers, a row for each share of pixels; shares and probabilities are from 0 to 1."""
    band = curve.random_band if curve.random else ()
    rows: list[Row] = []
    for place, (share, chance) in enumerate(zip(curve.shares, curve.probabilities, strict=True)):
        row: Row = {"share of pixels": share, "the map": chance}
        if band:
            row |= dict(zip(("random, median", "random, lowest", "random, highest"), band[place], strict=True))
        rows.append(row)
    return rows
