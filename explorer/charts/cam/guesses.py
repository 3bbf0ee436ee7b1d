"""The likeliest classes of a picture as bars that can be clicked, for one network or several."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import plotly.graph_objects as go

from explorer.cam.saliency_map import Prediction
from explorer.cam.words import chance_words, short_names
from explorer.charts.annotations import CHOSEN, area_across, beside
from explorer.charts.axes import number_axis
from explorer.charts.bar_rows import BAR, hatching, row_layout
from explorer.charts.figure_text import HOVER, escaped, inked, labels, wrapped_html
from explorer.charts.palette import MUTED, network_style, translucent
from explorer.charts.plotly_style import empty_chart, styled
from explorer.charts.reading_marks import NO_FADING
from explorer.charts.table_twin import Row, distinct_names
from explorer.text.quantities import minus

_MARKS = ("▶ ", "✕ ")  # before the class that the map is for, and the one it is against
_TICKS = (0, 25, 50, 75, 100)
_HEAD = 26  # characters of a network's name above its bars
_WORDS = 55  # percent of the bars' length for the words beside them, on a phone


@dataclass(frozen=True, slots=True)
class Guesses:
    """One network's likeliest classes, likeliest first."""

    network: str
    predictions: tuple[Prediction, ...]


def guesses_chart(guesses: Sequence[Guesses], *, chosen: int | None = None, against: int | None = None) -> go.Figure:
    """A bar for each class with its probability beside it, under its network's name if there are several networks.

    The whole row can be clicked, however short its bar, and its points carry the class's index (``class_of``). The
    class ``chosen`` has a band behind it, bold words and a mark; the class ``against`` it has another mark.
    """
    if not any(each.predictions for each in guesses):
        return empty_chart("The likeliest classes: nothing asked yet")
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
        "softmax of the logits",
        plot_height=layout.height,
        barmode="overlay",
        # A network's name as a tick would make the bars shorter by its length.
        annotations=[*beside([100] * len(places), places, words),
                     *beside([0] * len(heads), layout.heading_places, heads)],
        shapes=[area_across(place - 0.5, place + 0.5, 0.4, name=CHOSEN)
                for place, one in zip(places, shown, strict=True) if one.index == chosen],
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
        ValueError: the data is not that of a point.
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
    """The bar's length; 0 if the probability is NaN."""
    return 100 * each.probability if each.probability == each.probability else 0.0


def _tracks(each: Guesses, places: Sequence[float]) -> go.Bar:
    """Bars over the full length of each row, to be clicked."""
    return _row_bars(each, places, [100.0] * len(places), {"color": translucent(MUTED, 0.15)})


def _bars(each: Guesses, number: int, places: Sequence[float]) -> go.Bar:
    style = network_style(number)
    pattern = hatching(style.pattern, 0.3)
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
        **NO_FADING,
    )


def _tip(each: Guesses, rank: int) -> str:
    one = each.predictions[rank]
    logit = minus(f"{one.logit:.3g}")
    probability = _probability(one, None)
    return (
        f"<b>{wrapped_html(one.name)}</b><br>{wrapped_html(each.network)}<br>probability {probability}<br>logit {logit}"
    )


def guesses_rows(guesses: Sequence[Guesses]) -> list[Row]:
    """The chart's numbers, a row for each network and class; probabilities are from 0 to 1 and not rounded."""
    return [
        {
            "network": network,
            "rank": rank,
            "class": one.name,
            "index": one.index,
            "probability": one.probability,
            "logit": one.logit,
        }
        for network, each in zip(distinct_names([each.network for each in guesses]), guesses, strict=True)
        for rank, one in enumerate(each.predictions, 1)
    ]


def guesses_alt_text(guesses: Sequence[Guesses], *, chosen: int | None = None, against: int | None = None) -> str:
    """The chart in words: each class with its probability, and which is chosen."""
    if not any(each.predictions for each in guesses):
        return "The likeliest classes: nothing asked yet."
    said = []
    for each in guesses:
        found = [f"{one.name} {chance_words(one.probability)}{_role(one, chosen, against)}" for one in each.predictions]
        said.append(f"{each.network}: {', '.join(found)}.")
    return f"The likeliest classes. {' '.join(said)}"


def _role(one: Prediction, chosen: int | None, against: int | None) -> str:
    return " (shown)" if one.index == chosen else " (shown against)" if one.index == against else ""
