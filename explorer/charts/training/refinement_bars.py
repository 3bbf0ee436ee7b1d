"""What every block adds beside what it gets, and what a linear probe reads after it."""

from collections.abc import Sequence
from math import isfinite
from typing import Any

import plotly.graph_objects as go

from explorer.charts.annotations import line_across
from explorer.charts.axes import percent_axis, plain_axis
from explorer.charts.bar_rows import BAR, hatching
from explorer.charts.figure_text import HOVER
from explorer.charts.palette import network_style
from explorer.charts.plotly_style import empty_chart, styled
from explorer.charts.reading_marks import NO_FADING
from explorer.charts.table_twin import Row
from explorer.charts.training.damage_bars import block_axis, stage_borders
from explorer.text.quantities import counted, percent, three_digits
from explorer.training.damage.outcome import chance
from explorer.training.refinement.values import Refinement

_HEIGHT = 250  # pixels of the plot
_MARGIN = 0.06  # of the axis, so that no mark is cut off


def changes_chart(found: Refinement, name: str) -> go.Figure:
    """For each residual block the ratio |F(x)| / |x| as a bar and their cosine as a mark.

    A dashed line is De & Smith's 1/√l, where it applies. A ratio that is no finite number has no bar.
    """
    title = f"{name}: what each block adds to what it gets"
    if not found.changes:
        return empty_chart(f"{title}: it has no shortcuts")
    names = [each.block for each in found.changes]
    ratios = [each.ratio if isfinite(each.ratio) else None for each in found.changes]
    bars = go.Bar(
        name="|F(x)| / |x|",
        width=BAR,
        x=list(range(len(names))),
        y=ratios,
        hovertext=_tips(found),
        hovertemplate=HOVER,
        marker={"color": network_style(0).colour, "pattern": hatching("/", 0.3), "line": {"width": 0}},
        **NO_FADING,
    )
    cosines = _line("cosine", [each.cosine for each in found.changes], _tips(found), 1, mode="markers")
    traces = [bars, cosines]
    if found.expected:
        traces.append(_line("1/√l (De & Smith)", found.expected, _tips(found), 2, mode="lines"))
    low = min(0.0, *(each.cosine for each in found.changes))
    high = max(0.1, *(ratio for ratio in ratios if ratio), *found.expected, *(each.cosine for each in found.changes))
    return styled(
        traces,
        title,
        f"mean squares over {counted(found.pictures, 'test picture')}; x after its shortcut where the shape changes",
        plot_height=_HEIGHT,
        legend=len(traces),
        xaxis=block_axis(names, "Block"),
        yaxis=plain_axis("Ratio, or cosine", (low - _MARGIN * (high - low), high + _MARGIN * (high - low))),
        shapes=stage_borders(names),
        dragmode=False,
    )


def readings_chart(found: Refinement, name: str) -> go.Figure:
    """The accuracy in percent of a ridge probe after the stem and after each block.

    The dotted line is the network's own accuracy, the dashed one that of guessing.
    """
    places = [each.place for each in found.readings]
    values = [100 * each.right / found.pictures for each in found.readings]
    tips = [
        f"after <b>{each.place}</b><br>{percent(each.right, found.pictures)} right, {each.right:,} of "
        f"{found.pictures:,}"
        for each in found.readings
    ]
    own, guess = found.right / found.pictures, chance(found.config)
    return styled(
        [_line("linear probe", values, tips, 0, mode="lines+markers")],
        f"{name}: what a linear probe reads after each block",
        f"fitted on {counted(found.fitted, 'training picture')}, tested on {found.pictures:,}\n"
        f"dotted: the network itself, {percent(own, 1)}; dashed: guessing, {percent(guess, 1)}",
        plot_height=_HEIGHT,
        xaxis=block_axis(places, "Stem, then block by block"),
        yaxis=percent_axis("Pictures right (%)"),
        shapes=[line_across(100 * own), line_across(100 * guess, dash="dash"), *stage_borders(places)],
        dragmode=False,
    )


def _line(name: str, values: Sequence[float], tips: Sequence[str], number: int, *, mode: str) -> go.Scatter:
    style = network_style(number)
    look: dict[str, Any] = {"color": style.colour}
    return go.Scatter(
        mode=mode,
        name=name,
        x=list(range(len(values))),
        y=list(values),
        hovertext=list(tips),
        hovertemplate=HOVER,
        line={**look, "width": 2, "dash": style.dash if mode == "lines" else "solid"},
        marker={**look, "symbol": style.symbol, "size": 8},
        **NO_FADING,
    )


def _tips(found: Refinement) -> list[str]:
    return [
        f"<b>{each.block}</b><br>|F(x)| / |x| {three_digits(each.ratio)}<br>cosine {each.cosine:.2f}".replace("-", "−")
        + (f"<br>1/√l {found.expected[number]:.2f}" if found.expected else "")
        for number, each in enumerate(found.changes)
    ]


def changes_alt_text(found: Refinement, name: str) -> str:
    """The first chart in words: the first and last block, and the largest ratio."""
    if not found.changes:
        return f"{name}: what each block adds to what it gets. It has no shortcuts."
    top = max(found.changes, key=lambda each: each.ratio)
    said = "; ".join(
        f"{each.block} {three_digits(each.ratio)}" for each in dict.fromkeys([found.changes[0], top, found.changes[-1]])
    )
    return f"{name}: |F(x)| / |x| by block. First, largest and last: {said}."


def readings_alt_text(found: Refinement, name: str) -> str:
    """The second chart in words: both ends and the best."""
    first, last = found.readings[0], found.readings[-1]
    best = max(found.readings, key=lambda each: each.right)
    said = "; ".join(
        f"after {each.place} {percent(each.right, found.pictures)}" for each in dict.fromkeys([first, best, last])
    )
    return f"{name}: accuracy of a linear probe, from the stem to the last block. {said}."


def refinement_rows(found: Refinement) -> list[Row]:
    """The numbers of both charts, a row for the stem and each block; nothing is rounded."""
    changes = {each.block: each for each in found.changes}
    expected = dict(zip(changes, found.expected, strict=False))
    rows: list[Row] = []
    for each in found.readings:
        change = changes.get(each.place)
        rows.append(
            {
                "after": each.place,
                "|F(x)|": change and change.branch,
                "|x|": change and change.shortcut,
                "ratio": change.ratio if change and isfinite(change.ratio) else None,
                "1/√l": expected.get(each.place),
                "cosine": change and change.cosine,
                "x below zero": change and change.negative,
                "probe": each.right / found.pictures,
            }
        )
    return rows
