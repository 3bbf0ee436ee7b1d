"""How the gradient splits at each residual add: one bar a block, with the shortcut's and the branch's share."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import plotly.graph_objects as go

from explorer.charts.annotations import CHOSEN, area_across, beside, line_up
from explorer.charts.axes import ticked_axis
from explorer.charts.bar_rows import BAR, ROW, hatching, row_axis
from explorer.charts.figure_text import HOVER, escaped
from explorer.charts.palette import MUTED, ROLE_COLOURS
from explorer.charts.plotly_style import styled
from explorer.charts.reading_marks import crosses
from explorer.charts.table_twin import Row
from explorer.gradients.number_words import reading_text, reading_words
from explorer.gradients.shortcut_shares import Split, split
from explorer.gradients.values import GradientFlow, Parting
from explorer.network.layer import Role
from explorer.network.names import name_of
from explorer.text.quantities import counted, minus

SHORTCUT, BRANCH = ROLE_COLOURS[Role.SHORTCUT], ROLE_COLOURS[Role.CONV3X3]
HATCHING = "\\"  # of the branch; no other chart uses it
_SERIES = ("by the shortcut", "through the branch", "no shares")
_MOST = 1_200  # pixels of all rows together
_WORDS_ROW = 16  # pixels of a row that holds words
_FARTHEST = (-150.0, 250.0)  # percent; longer bars are cut here, and their words say how long they are
_WORDS = 0.28  # part of the bars' width that the words beside them take


@dataclass(frozen=True)
class _Scene:
    """The adds that are drawn, and the highlighted block."""

    partings: tuple[Parting, ...]
    lit: str

    @cached_property
    def splits(self) -> tuple[Split, ...]:
        return tuple(map(split, self.partings))

    @property
    def names(self) -> list[str]:
        return [parting.block for parting in self.partings]

    @property
    def shown(self) -> list[int]:
        """Rows that have shares."""
        return [row for row, parts in enumerate(self.splits) if not parts.missing]

    @property
    def missing(self) -> list[int]:
        """Rows without shares."""
        return [row for row, parts in enumerate(self.splits) if parts.missing]

    @property
    def row(self) -> float:
        """A row's height in pixels, less if there are many rows."""
        return min(ROW, max(_MOST / len(self.partings), 2))

    @property
    def ends(self) -> tuple[float, float]:
        """Percent at both ends of the bars."""
        shares = [share for row in self.shown for share in (self.splits[row].shortcut, self.splits[row].branch)]
        return min([0.0, *map(_drawn, shares)]), max([100.0, *map(_drawn, shares)])


def shares_chart(flow: GradientFlow, *, lit: str = "") -> go.Figure:
    """A bar of two parts for each block with a residual add, from the network's input down to its output.

    The parts are the two paths' shares of the gradient at the block's input, and sum to 100 %. A path that works
    against the whole gradient is left of zero, and the other then exceeds 100 %. ``lit`` is the block to highlight.
    Each bar and mark carries its block's name as ``customdata``. A cross and words say why a block has no shares.
    """
    if not flow.adds:
        subtitle = f"{name_of(flow.config)} has no shortcuts: all of the gradient goes through its convolutions."
        empty = styled([], "A plain network has no add to split the gradient at", subtitle, plot_height=20)
        return empty.update_xaxes(visible=False).update_yaxes(visible=False)
    scene = _Scene(flow.adds, lit)
    low, high = scene.ends
    bars = [_bars(scene, 0), _bars(scene, 1), *([_crosses(scene)] if scene.missing else [])]
    worded = scene.row >= _WORDS_ROW
    subtitle = name_of(flow.config) + ("\nbeside the bars: the shortcut's share" if worded else "")
    return styled(
        bars,
        "How the gradient splits at each add",
        subtitle,
        plot_height=round(len(scene.partings) * scene.row),
        legend=len(bars),
        barmode="relative",
        annotations=_words(scene, high) if worded else [],
        shapes=_shapes(scene),
        xaxis=_share_axis(low, high, _WORDS * (high - low) if worded else 0),
        yaxis=_block_axis(scene),
    )


def _drawn(share: float) -> float:
    """The share in percent, cut where bars are cut."""
    low, high = _FARTHEST
    return min(max(100 * share, low), high)


def _bars(scene: _Scene, series: int) -> go.Bar:
    splits = [scene.splits[row] for row in scene.shown]
    colour = (SHORTCUT, BRANCH)[series]
    return go.Bar(
        orientation="h",
        width=BAR,
        name=_SERIES[series],
        x=[_drawn(parts.branch if series else parts.shortcut) for parts in splits],
        y=[row + 0.5 for row in scene.shown],
        customdata=[scene.names[row] for row in scene.shown],
        hovertext=[_tip(scene, row) for row in scene.shown],
        hovertemplate=HOVER,
        marker={
            "color": colour,
            "line": {"width": 0},
            "pattern": hatching(HATCHING if series else "", 0.2),
        },
    )


def _crosses(scene: _Scene) -> go.Scatter:
    """A cross at zero in each row without shares, to point at and to pick."""
    return crosses(
        _SERIES[2],
        [0] * len(scene.missing),
        [row + 0.5 for row in scene.missing],
        picks=[scene.names[row] for row in scene.missing],
        tips=[_tip(scene, row) for row in scene.missing],
    )


def _words(scene: _Scene, end: float) -> list[dict[str, Any]]:
    """The shortcut's share in words, in one column right of the bars; or, in a bar's place, why there is none."""
    shown = beside([end] * len(scene.shown), [row + 0.5 for row in scene.shown],
                   [escaped(scene.splits[row].shortcut_words) for row in scene.shown])  # fmt: skip
    missing = beside([0] * len(scene.missing), [row + 0.5 for row in scene.missing],
                     [str(scene.splits[row].missing) for row in scene.missing])  # fmt: skip
    return [*shown, *({**words, "xshift": 9} for words in missing)]


def _shapes(scene: _Scene) -> list[dict[str, Any]]:
    """A line at 100 %, and a band behind the highlighted row."""
    whole = line_up(100, width=1, layer="below")
    if scene.lit not in scene.names:
        return [whole]
    row = scene.names.index(scene.lit)
    return [whole, area_across(row, row + 1, 0.4, name=CHOSEN)]


def _share_axis(low: float, high: float, words: float) -> dict[str, Any]:
    """An axis of percent with room for ``words`` percent right of the bars; its ticks fit on a phone."""
    step = 100 if high - low > 150 else 50
    ticks = [(tick, minus(f"{tick}")) for tick in range(-100, 201, step) if low <= tick <= high]
    return ticked_axis(
        "Share of the gradient where the paths part (%)",
        ticks,
        range=[low - 0.02 * (high - low) if low else 0, high + words],
        zeroline=True,
        zerolinecolor=MUTED,
        zerolinewidth=1,
    )


def _block_axis(scene: _Scene) -> dict[str, Any]:
    """The blocks' names, as many as there is room for, and always the highlighted one's, in bold."""
    apart = math.ceil(_WORDS_ROW / scene.row)
    lit = scene.names.index(scene.lit) if scene.lit in scene.names else None
    ticks = [row for row in range(0, len(scene.names), apart) if lit is None or abs(row - lit) >= apart]
    named = sorted(ticks if lit is None else [*ticks, lit])
    words = [f"<b>{scene.names[row]}</b>" if row == lit else scene.names[row] for row in named]
    return row_axis([row + 0.5 for row in named], words, len(scene.names))


def _tip(scene: _Scene, row: int) -> str:
    parting, parts = scene.partings[row], scene.splits[row]
    cosine = "none" if math.isnan(parting.cosine) else minus(f"{parting.cosine:.2f}")
    lines = (
        f"<b>{parting.block}</b>",
        f"by the shortcut: {escaped(parts.shortcut_words)}, norm {reading_words(parting.shortcut)}",
        f"through the branch: {escaped(parts.branch_words)}, norm {reading_words(parting.branch)}",
        f"cosine of the two: {cosine}",
        *([str(parts.missing)] if parts.missing else []),
    )
    return "<br>".join(lines)


def shares_rows(flow: GradientFlow) -> list[Row]:
    """Each block's shares as fractions of the whole, the norms of both parts, and why there are no shares.

    Norms are text, so that one below float32 does not look like zero.
    """
    return [_row(parting, split(parting)) for parting in flow.adds]


def _row(parting: Parting, parts: Split) -> Row:
    return {
        "block": parting.block,
        "shortcut's share": parts.shortcut,
        "branch's share": parts.branch,
        "|shortcut's part|": reading_text(parting.shortcut),
        "|branch's part|": reading_text(parting.branch),
        "cosine": parting.cosine,
        "why no shares": str(parts.missing or ""),
    }


def shares_alt_text(flow: GradientFlow) -> str:
    """The chart in words: the range of the shortcut's share, and how many adds have none."""
    name = name_of(flow.config)
    if not flow.adds:
        return f"{name} is a plain network: it has no add to split the gradient at."
    found = [(parting.block, split(parting)) for parting in flow.adds]
    shown = [(block, parts) for block, parts in found if not parts.missing]
    head = f"How the gradient splits at the {counted(len(found), 'add')} of {name}"
    return f"{head}: {_range(shown)}{_against(shown)}{_none(found)}."


def _range(shown: Sequence[tuple[str, Split]]) -> str:
    if not shown:
        return "no add has shares"
    low, high = (pick(shown, key=lambda one: one[1].shortcut) for pick in (min, max))
    if low[1].shortcut_words == high[1].shortcut_words:
        return f"the shortcut's share is {low[1].shortcut_words} throughout"
    ends = [f"{parts.shortcut_words} ({block})" for block, parts in (low, high)]
    return f"the shortcut's share is between {' and '.join(ends)}"


def _against(shown: Sequence[tuple[str, Split]]) -> str:
    count = sum(min(parts.shortcut, parts.branch) < 0 for _, parts in shown)
    return f"; at {counted(count, 'add')} one path works against the whole" if count else ""


def _none(found: Sequence[tuple[str, Split]]) -> str:
    reasons = [str(parts.missing) for _, parts in found if parts.missing]
    said = [f"{counted(reasons.count(reason), 'add')} {reason}" for reason in dict.fromkeys(reasons)]
    return f"; without shares: {', '.join(said)}" if said else ""
