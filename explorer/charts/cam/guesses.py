"""The likeliest classes as bars that can be clicked: what one network, or each of several, thinks of a picture."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import plotly.graph_objects as go

from explorer.cam.saliency_map import Prediction
from explorer.cam.words import chance_words, short_names
from explorer.charts.plotly_style import (
    BAR,
    HOVER,
    MUTED,
    beside,
    escaped,
    inked,
    labels,
    number_axis,
    row_layout,
    styled,
    wrapped_html,
)
from explorer.charts.reading_marks import style_of, told_apart, translucent
from explorer.text.quantities import minus

_MARKS = ("▶ ", "✕ ")  # of the class that the map is for, and of the one that it is against
_TICKS = (0, 25, 50, 75, 100)
_HEAD = 26  # signs of a network's name above its bars
_WORDS = 55  # percent of the bars' length for the words behind them, on a phone


@dataclass(frozen=True, slots=True)
class Guesses:
    """One network's likeliest classes, likeliest first."""

    network: str
    predictions: tuple[Prediction, ...]


def guesses_chart(guesses: Sequence[Guesses], *, chosen: int | None = None, against: int | None = None) -> go.Figure:
    """A bar for each class, under its network's name where there are several; the probability stands behind it.

    All of a row can be clicked, however short its bar: its points carry the class's index (``class_of``). The class
    ``chosen`` has a band behind it, bold words and a mark, the one ``against`` which it is explained another mark.
    """
    if not any(each.predictions for each in guesses):
        return styled([], "The likeliest classes: nothing asked yet", "", plot_height=80)
    several = len(guesses) > 1
    headings = labels([each.network for each in guesses], _HEAD) if several else ("",)
    layout = row_layout([*zip(headings, (_labels(each.predictions, chosen, against) for each in guesses), strict=True)])
    traces = [
        trace
        for number, each in enumerate(guesses)
        for trace in (_tracks(each, layout.places[number]), _bars(each, number, layout.places[number]))
    ]
    places = [place for group in layout.places for place in group]
    shown = [one for each in guesses for one in each.predictions]
    words = [_probability(one, chosen) for one in shown]
    heads = [f"<b>{heading}</b>" for heading in layout.headings if heading]
    return styled(
        traces,
        "The likeliest classes" if several else f"The likeliest classes: {guesses[0].network}",
        "a click on a row shows the evidence for that class",
        plot_height=layout.height,
        barmode="overlay",
        # A network's name as a tick would take its length from the bars.
        annotations=[*beside([100] * len(places), places, words),
                     *beside([0] * len(heads), layout.heading_places, heads)],
        shapes=[_band(place) for place, one in zip(places, shown, strict=True) if one.index == chosen],
        xaxis=_axis(),
        yaxis={**replace(layout, headings=(), heading_places=()).axis, "ticklabelstandoff": 4},
        dragmode=False,
    )  # fmt: skip


def _axis() -> dict[str, Any]:
    ticks = {"tickvals": _TICKS, "ticktext": [inked(str(tick)) for tick in _TICKS]}
    return {**number_axis("Probability (%)", 100 + _WORDS), **ticks}


def class_of(customdata: Any) -> int:
    """The index of the class whose row was clicked, from the point's ``customdata``.

    Raises:
        ValueError: it is no point's.
    """
    value = customdata[0] if isinstance(customdata, list | tuple) and customdata else customdata
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{customdata!r} is no class's index.")  # noqa: TRY004  it comes from a browser
    return value


def _labels(predictions: Sequence[Prediction], chosen: int | None, against: int | None) -> list[str]:
    """Names beside the bars, escaped."""
    short = short_names([each.name for each in predictions], [each.index for each in predictions])
    found = []
    for each, name in zip(predictions, map(escaped, short), strict=True):
        mark = _MARKS[0] if each.index == chosen else _MARKS[1] if each.index == against else ""
        found.append(f"<b>{mark}{name}</b>" if each.index == chosen else f"{mark}{name}")
    return found


def _probability(each: Prediction, chosen: int | None) -> str:
    words = chance_words(each.probability).replace("<", "&lt;").replace(">", "&gt;")
    return f"<b>{words}</b>" if each.index == chosen else words


def _percent(each: Prediction) -> float:
    """Of a bar; of what is no number none."""
    return 100 * each.probability if each.probability == each.probability else 0.0


def _band(place: float) -> dict[str, Any]:
    band = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": place - 0.5, "y1": place + 0.5, "layer": "below"}
    return {**band, "fillcolor": MUTED, "opacity": 0.4, "line": {"width": 0}}


def _tracks(each: Guesses, places: Sequence[float]) -> go.Bar:
    """What a click hits: each row in full length."""
    return _row_bars(each, places, [100.0] * len(places), {"color": translucent(MUTED, 0.15)})


def _bars(each: Guesses, number: int, places: Sequence[float]) -> go.Bar:
    style = style_of(number)
    pattern = {"shape": style.pattern, "fillmode": "overlay", "fgcolor": "#FFFFFF", "size": 7, "solidity": 0.3}
    return _row_bars(
        each, places, [_percent(one) for one in each.predictions], {"color": style.colour, "pattern": pattern}
    )


def _row_bars(each: Guesses, places: Sequence[float], lengths: Sequence[float], marker: dict[str, Any]) -> go.Bar:
    return go.Bar(
        orientation="h",
        width=BAR,
        name=each.network,
        x=list(lengths),
        y=list(places),
        customdata=[one.index for one in each.predictions],
        hovertext=[_tip(each, rank) for rank in range(len(each.predictions))],
        hovertemplate=HOVER,
        marker={**marker, "line": {"width": 0}},
        # A click picks a class; it is no reason for all others to fade.
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )


def _tip(each: Guesses, rank: int) -> str:
    one = each.predictions[rank]
    logit = minus(f"{one.logit:.3g}")
    probability = _probability(one, None)
    return (
        f"<b>{wrapped_html(one.name)}</b><br>{wrapped_html(each.network)}<br>probability {probability}<br>logit {logit}"
    )


def guesses_rows(guesses: Sequence[Guesses]) -> list[dict[str, object]]:
    """The chart as rows of a table; probabilities are numbers from 0 to 1, none of them rounded."""
    return [
        {
            "network": network,
            "rank": rank,
            "class": one.name,
            "index": one.index,
            "probability": one.probability,
            "logit": one.logit,
        }
        for network, each in zip(told_apart([each.network for each in guesses]), guesses, strict=True)
        for rank, one in enumerate(each.predictions, 1)
    ]


def guesses_alt_text(guesses: Sequence[Guesses], *, chosen: int | None = None, against: int | None = None) -> str:
    """The chart in words, for those who do not see it: every class with its probability, and which is chosen."""
    if not any(each.predictions for each in guesses):
        return "The likeliest classes: nothing asked yet."
    said = []
    for each in guesses:
        found = [f"{one.name} {chance_words(one.probability)}{_role(one, chosen, against)}" for one in each.predictions]
        said.append(f"{each.network}: {', '.join(found)}.")
    return f"The likeliest classes. {' '.join(said)}"


def _role(one: Prediction, chosen: int | None, against: int | None) -> str:
    return " (shown)" if one.index == chosen else " (shown against)" if one.index == against else ""
