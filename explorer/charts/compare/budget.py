"""The parameters, MACs or memory of networks: stacked bars by stage and role, and a treemap of each network."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import plotly.graph_objects as go

from explorer.charts.annotations import CHOSEN, beside
from explorer.charts.axes import amount_axis, exact, number_axis
from explorer.charts.bar_rows import BAR, Rows, hatching, row_layout
from explorer.charts.figure_text import HOVER, TEXT, escaped, labels, wrapped_html
from explorer.charts.palette import ROLE_COLOURS, ROLE_PATTERNS, ink_on
from explorer.charts.plotly_style import styled
from explorer.compare.budget import Cell, Measure, TreemapNode, budget, stage_names, tree
from explorer.network.architecture import Architecture
from explorer.network.labels import ROLE_LABELS, stage_label
from explorer.network.layer import Role
from explorer.text.quantities import percent

BRANCH = "#343B4A"  # of tiles that hold others; no role's colour, visible on white and on near-black
ROOT = "network"
NO_BREAK = "\N{NO-BREAK SPACE}"
_TILES = 460  # pixels: a treemap's height
_CLOSE_ROW = 17  # pixels: no more than a line of words needs
_PATH_ROOM = 14  # pixels of it that stay free, so that the path to the open tile is below the title
_RING = (("#000000", 7), ("#FFFFFF", 3))  # white within black: one of them is visible beside any colour

Part = tuple[int, str, Role]
"""A part of a bar: the network's index, the stage, the role."""


def budget_bars(
    archs: Sequence[Architecture],
    names: Sequence[str],
    measure: Measure,
    *,
    share: bool = False,
    chosen: Part | None = None,
    close: bool = False,
) -> go.Figure:
    """A bar for each stage and network, stacked by role; with ``share``, in percent of each network's total.

    Each part carries ``customdata`` (network's index, stage, role, exact words), so that a click finds the layers. The
    ``chosen`` part, if a bar has it, has a ring around it. Rows stand ``close`` where two networks' bars have to fit on
    a projector.
    """
    scene = _Scene(tuple(archs), tuple(names), measure, share)
    layout = row_layout([(stage_label(stage), labels(names)) for stage in scene.stages])
    bars = [_role_bars(scene, layout, role) for role in Role if scene.cells(role)]
    words, longest = _stage_totals(scene, layout)
    amounts = [measure.words(total).replace(" ", NO_BREAK) for total in scene.totals]
    subtitle = " · ".join(f"{name}:{NO_BREAK}{amount}" for name, amount in zip(names, amounts, strict=True))
    high = 1.22 * longest
    return styled(
        bars,
        f"{measure.label} by stage and role",
        subtitle,
        plot_height=round(layout.end * _CLOSE_ROW) if close else layout.height,
        legend=len(bars),
        annotations=words,
        shapes=_ring(scene, layout, chosen) if chosen else [],
        barmode="stack",
        xaxis=number_axis(f"Share of its {measure.noun} (%)", high) if share else amount_axis(measure, 0, high),
        yaxis=layout.axis,
    )


@dataclass(frozen=True)
class _Scene:
    """The networks that are drawn, and in which unit."""

    archs: tuple[Architecture, ...]
    names: tuple[str, ...]
    measure: Measure
    share: bool

    @cached_property
    def stages(self) -> tuple[str, ...]:
        return stage_names(*self.archs)

    @cached_property
    def totals(self) -> tuple[int, ...]:
        return tuple(self.measure.total(arch) for arch in self.archs)

    @cached_property
    def budgets(self) -> tuple[tuple[Cell, ...], ...]:
        return tuple(budget(arch, self.measure) for arch in self.archs)

    def cells(self, role: Role) -> list[tuple[int, Cell]]:
        """The role's cells, each with its network's index."""
        return [(index, cell) for index, cells in enumerate(self.budgets) for cell in cells if cell.role is role]

    def length(self, index: int, value: int) -> float:
        """The length of a bar: the amount, or its percentage of the network."""
        return 100 * value / self.totals[index] if self.share else value


def _ring(scene: _Scene, layout: Rows, chosen: Part) -> list[dict[str, Any]]:
    """The outline of one part, which begins where the parts before it in its bar end."""
    network, stage, role = chosen
    start = 0.0
    for cell in scene.budgets[network] if network in range(len(scene.archs)) else ():
        if cell.stage == stage:
            length = scene.length(network, cell.value)
            if cell.role is role:
                y = layout.places[scene.stages.index(stage)][network]
                box = {"type": "rect", "x0": start, "x1": start + length, "y0": y - BAR / 2, "y1": y + BAR / 2}
                return [{**box, "name": CHOSEN, "line": {"color": colour, "width": width}} for colour, width in _RING]
            start += length
    return []


def _role_bars(scene: _Scene, layout: Rows, role: Role) -> go.Bar:
    cells, measure = scene.cells(role), scene.measure
    words = [exact(measure, cell.value) for _, cell in cells]
    return go.Bar(
        orientation="h",
        name=ROLE_LABELS[role],
        x=[scene.length(index, cell.value) for index, cell in cells],
        y=[layout.places[scene.stages.index(cell.stage)][index] for index, cell in cells],
        customdata=[[index, cell.stage, role.value, said] for (index, cell), said in zip(cells, words, strict=True)],
        hovertext=[
            f"<b>{wrapped_html(scene.names[index])}</b><br>{stage_label(cell.stage)}, {ROLE_LABELS[role]}<br>"
            f"{said}<br>{percent(cell.value, scene.totals[index])} of the network"
            for (index, cell), said in zip(cells, words, strict=True)
        ],
        hovertemplate=HOVER,
        width=BAR,
        marker={
            "color": ROLE_COLOURS[role],
            "pattern": hatching(ROLE_PATTERNS.get(role, ""), 0.2),
            "line": {"width": 0},
        },
    )


def _stage_totals(scene: _Scene, layout: Rows) -> tuple[list[dict[str, Any]], float]:
    """The words at the end of each bar, and the longest bar's length."""
    ends: list[float] = []
    words: list[str] = []
    for stage in scene.stages:
        for index, cells in enumerate(scene.budgets):
            value = sum(cell.value for cell in cells if cell.stage == stage)
            ends.append(scene.length(index, value))
            said = percent(value, scene.totals[index]) if scene.share else scene.measure.words(value)
            words.append(said if stage in stage_names(scene.archs[index]) else "no such stage")
    flat = [place for group in layout.places for place in group]
    return beside(ends, flat, words), max(ends)


def network_tree(arch: Architecture, name: str, measure: Measure) -> go.Figure:
    """A network's treemap of stages, blocks and layers; a tile's area is its share.

    A tile's ``id`` and ``customdata`` are the name of its layer, unit or stage, or ``ROOT`` for the whole network.
    """
    return styled(
        [_tree_trace(arch, name, measure)],
        name,
        f"{measure.label}: {measure.words(measure.total(arch))}".replace(" ", NO_BREAK),
        plot_height=_TILES,
        uniformtext={"minsize": 11, "mode": "hide"},
    )


def _tree_trace(arch: Architecture, name: str, measure: Measure) -> go.Treemap:
    nodes = tree(arch, measure)
    # The root's id is empty in the tree, but to plotly an empty parent means "no parent".
    ids = [node.id or ROOT for node in nodes]
    colours = [_tile(node) for node in nodes]
    inks = [ink_on(colour) for colour in colours]
    return go.Treemap(
        ids=ids,
        customdata=ids,
        parents=["" if not node.id else node.parent or ROOT for node in nodes],
        labels=[escaped(node.label if node.id else name) for node in nodes],
        values=[node.value for node in nodes],
        text=[measure.words(node.value) for node in nodes],
        hovertext=[escaped(node.tip) for node in nodes],
        hovertemplate=HOVER,
        branchvalues="total",
        textinfo="label+text",
        textfont={"color": inks, "size": TEXT},
        marker={"colors": colours, "depthfade": False, "line": {"width": 1}, "pad": {"t": 28, "l": 3, "r": 3, "b": 3}},
        pathbar={"visible": True, "side": "top", "thickness": 26, "textfont": {"color": inks, "size": TEXT}},
        tiling={"pad": 2},
        domain={"y": [0, 1 - _PATH_ROOM / _TILES]},
        sort=True,
    )


def _tile(node: TreemapNode) -> str:
    return ROLE_COLOURS[node.role] if node.role else BRANCH


def budget_alt_text(archs: Sequence[Architecture], names: Sequence[str], measure: Measure) -> str:
    """The bars in words: each network's total and its largest part."""
    parts = []
    for arch, name in zip(archs, names, strict=True):
        top = max(budget(arch, measure), key=lambda cell: cell.value)
        total = measure.total(arch)
        parts.append(
            f"{name} has {measure.words(total)}, the most of it, {percent(top.value, total)}, in "
            f"{stage_label(top.stage)}, {ROLE_LABELS[top.role]}"
        )
    return f"{measure.label} by stage and role. " + "; ".join(parts) + "."
