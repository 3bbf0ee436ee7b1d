"""Every block of a network cut alone: its accuracy as a bar, by stage, with that of the whole network and of guessing.

Veit et al. 2016 (arXiv:1605.06431), figure 3: the same for VGG-15 and a residual network.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import plotly.graph_objects as go

from explorer.charts.annotations import CHOSEN, line_across, line_up
from explorer.charts.axes import percent_axis, ticked_axis
from explorer.charts.bar_rows import BAR, hatching
from explorer.charts.figure_text import HOVER, escaped
from explorer.charts.palette import MUTED, network_style, translucent
from explorer.charts.plotly_style import empty_chart, styled
from explorer.charts.reading_marks import NO_FADING
from explorer.charts.table_twin import Row
from explorer.network.config import ResNetConfig
from explorer.text.quantities import counted, percent
from explorer.training.damage.cuts import block_names, why_not_cut
from explorer.training.damage.outcome import Lesion, chance

_HEIGHT = 230  # pixels of the plot
_TOP = 104.0  # percent


def cut_bars_chart(
    lesions: Sequence[Lesion],
    name: str,
    *,
    number: int = 0,
    recalibrated: Sequence[Lesion] = (),
    chosen: Sequence[str] = (),
) -> go.Figure:
    """A bar for each block, its accuracy in percent when it alone is cut; blocks that cannot be cut are hatched.

    ``lesions`` are single cuts of one network, ``number`` is its place among those on the page, from 0, and gives its
    colour. ``recalibrated``, the same cuts with batch norms measured anew, stand as marks above the bars. Bars carry
    the block's name as ``customdata``; those of ``chosen`` blocks are framed.
    """
    if not lesions:
        return empty_chart(f"{name}: no block cut alone yet")
    config = lesions[0].config
    names = block_names(config)
    traces = [_bars(lesions, names, number), *_fixed(config, names, lesions), *_fresh(recalibrated, names)]
    return styled(
        traces,
        f"{name}: accuracy with one block cut",
        _subtitle(lesions[0]),
        plot_height=_HEIGHT,
        legend=len(traces) if len(traces) > 1 else 0,
        barmode="overlay",
        xaxis=block_axis(names),
        yaxis=percent_axis("Pictures right (%)", (0, _TOP)),
        shapes=[*_lines(lesions[0]), *stage_borders(names), *_frames(names, chosen)],
        dragmode=False,
    )


def _bars(lesions: Sequence[Lesion], names: Sequence[str], number: int) -> go.Bar:
    style = network_style(number)
    return go.Bar(
        name="one block cut",
        width=BAR,
        x=[names.index(_block(each)) for each in lesions],
        y=[100 * each.accuracy for each in lesions],
        customdata=list(map(_block, lesions)),
        hovertext=[_tip(each) for each in lesions],
        hovertemplate=HOVER,
        marker={"color": style.colour, "pattern": hatching(style.pattern, 0.3), "line": {"width": 0}},
        **NO_FADING,
    )


def _fixed(config: ResNetConfig, names: Sequence[str], lesions: Sequence[Lesion]) -> Iterator[go.Bar]:
    """A pale hatched bar in the place of each block that cannot be cut."""
    missing = [name for name in names if name not in set(map(_block, lesions))]
    if missing:
        yield go.Bar(
            name="cannot be cut",
            width=BAR,
            x=[names.index(name) for name in missing],
            y=[100.0] * len(missing),
            hovertext=[why_not_cut(config, name) for name in missing],
            hovertemplate=HOVER,
            marker={"color": translucent(MUTED, 0.25), "pattern": {"shape": "x", "fgcolor": MUTED, "size": 6,
                    "solidity": 0.2}, "line": {"width": 0}},
            **NO_FADING,
        )  # fmt: skip


def _fresh(lesions: Sequence[Lesion], names: Sequence[str]) -> Iterator[go.Scatter]:
    if lesions:
        yield go.Scatter(
            mode="markers",
            name="norms recalibrated",
            x=[names.index(_block(each)) for each in lesions],
            y=[100 * each.accuracy for each in lesions],
            customdata=list(map(_block, lesions)),
            hovertext=[f"{_tip(each)}<br>batch norms recalibrated" for each in lesions],
            hovertemplate=HOVER,
            marker={"symbol": "diamond", "size": 9, "color": "#FFFFFF", "line": {"width": 2, "color": "#30343C"}},
            **NO_FADING,
        )


def _block(lesion: Lesion) -> str:
    (block,) = lesion.damage.cuts
    return block


def _tip(lesion: Lesion) -> str:
    return (
        f"<b>{_block(lesion)}</b> cut<br>{percent(lesion.accuracy, 1)} right, {lesion.right:,} of "
        f"{len(lesion.labels):,}<br>whole network {percent(lesion.accuracy_before, 1)}"
    )


def block_axis(names: Sequence[str], title: str = "Block that is cut") -> dict[str, Any]:
    """The stages' names below the middle of their bars, and the blocks without words: a phone has no room for 27."""
    stages = [(stage, [place for place, _ in each]) for stage, each in groupby(enumerate(names), key=_stage)]
    ticks = [(sum(places) / len(places), escaped(stage)) for stage, places in stages]
    return ticked_axis(title, ticks, range=[-0.6, len(names) - 0.4], showgrid=False)


def _stage(placed: tuple[int, str]) -> str:
    return placed[1].partition(".")[0]


def stage_borders(names: Sequence[str]) -> list[dict[str, Any]]:
    """A thin line between two stages."""
    first = [place for place, name in enumerate(names) if place and name.endswith(".0")]
    return [line_up(place - 0.5, width=1) for place in first]


def _frames(names: Sequence[str], chosen: Sequence[str]) -> list[dict[str, Any]]:
    """A band behind the blocks that are cut on the page."""
    band = {"type": "rect", "layer": "below", "yref": "paper", "y0": 0, "y1": 1, "fillcolor": MUTED, "opacity": 0.4}
    places = [names.index(name) for name in chosen if name in names]
    return [{**band, "x0": x - 0.5, "x1": x + 0.5, "line": {"width": 0}, "name": CHOSEN} for x in places]


def _lines(lesion: Lesion) -> list[dict[str, Any]]:
    return [line_across(100 * lesion.accuracy_before), line_across(100 * chance(lesion.config), dash="dash")]


def _subtitle(lesion: Lesion) -> str:
    """What the lines are: words beside them would lie on the bars."""
    whole, guess = percent(lesion.accuracy_before, 1), percent(chance(lesion.config), 1)
    return f"{counted(len(lesion.labels), 'test picture')}\ndotted: whole, {whole}; dashed: guessing, {guess}"


def cut_bars_alt_text(lesions: Sequence[Lesion], name: str, *, recalibrated: Sequence[Lesion] = ()) -> str:
    """The chart in words: each stage's worst and best block, and the two lines."""
    if not lesions:
        return f"{name}: no block cut alone yet."
    said = [_stage_words(stage, list(each)) for stage, each in groupby(lesions, key=_stage_of)]
    fresh = f" With recalibrated norms {_range(recalibrated)}." if recalibrated else ""
    return (
        f"{name}: accuracy with one block cut. Whole {percent(lesions[0].accuracy_before, 1)}, guessing "
        f"{percent(chance(lesions[0].config), 1)}. {' '.join(said)}{fresh}"
    )


def _stage_of(lesion: Lesion) -> str:
    return _block(lesion).partition(".")[0]


def _stage_words(stage: str, lesions: Sequence[Lesion]) -> str:
    return f"{stage}: {_range(lesions)}."


def _range(lesions: Sequence[Lesion]) -> str:
    worst, best = (choose(lesions, key=lambda each: each.accuracy) for choose in (min, max))
    low = f"{percent(worst.accuracy, 1)} without {_block(worst)}"
    return low if worst is best else f"{low} to {percent(best.accuracy, 1)} without {_block(best)}"


def cut_bars_rows(lesions: Sequence[Lesion], *, recalibrated: Sequence[Lesion] = ()) -> list[Row]:
    """The chart's numbers, a row for each block; accuracies are shares from 0 to 1 and not rounded.

    A remark tells which blocks cannot be cut, where there are any.
    """
    if not lesions:
        return []
    cut = {_block(each): each for each in lesions}
    fresh = {_block(each): each.accuracy for each in recalibrated}
    return [_row(lesions[0].config, name, cut, fresh) for name in block_names(lesions[0].config)]


def _row(config: ResNetConfig, name: str, cut: Mapping[str, Lesion], fresh: Mapping[str, float]) -> Row:
    found = cut.get(name)
    values: Row = {
        "block": name,
        "accuracy": found and found.accuracy,
        "right": found and found.right,
        "turned wrong": found and len(found.flipped),
        "turned right": found and found.mended,
    }
    again: Row = {"accuracy, recalibrated": fresh.get(name)} if fresh else {}
    remark: Row = {"remark": "" if found else "cannot be cut"} if len(cut) < len(block_names(config)) else {}
    return {**values, **again, **remark}
