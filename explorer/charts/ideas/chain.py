"""Windows drawn on a small grid, and the sizes along a chain of layers beside those of its shortcuts."""

from collections.abc import Iterator
from typing import Any

import plotly.graph_objects as go

from explorer.charts.palette import ROLE_COLOURS
from explorer.charts.plotly_style import BAR, HOVER, MUTED, TEXT, beside, inked, number_axis, row_layout, styled
from explorer.charts.reading_marks import translucent
from explorer.ideas.chain import ChainSetting
from explorer.ideas.chain_shortcuts import ShortcutFit, chain_sentence, shortcut_fit
from explorer.ideas.grid import GridSetting, grid_sentence
from explorer.network.layer import Role

_WINDOW, _SHORTCUT = ROLE_COLOURS[Role.CONV3X3], ROLE_COLOURS[Role.SHORTCUT]
_FILLS = (translucent(MUTED, 0.18), translucent(_WINDOW, 0.3), _WINDOW)  # padding; the map and the output; chosen
_PADDING, _CELL, _CHOSEN = range(3)
_SIDE, _NAME = 290, 26  # pixels of the grids and of their names
_APART = 1.5  # cells between both grids
_PHONE = 330.0  # pixels of both grids there
Row = dict[str, str | int | float]
Place = tuple[int, int]


def grid_chart(setting: GridSetting) -> go.Figure:
    """The map with its padding, and the output beside it; a chosen cell of the output and what it reads are dark.

    The trace "output" has a mark on each cell of the output, whose ``customdata`` is its row and column from 1.
    """
    pad, side, out = setting.padding, setting.side, setting.output
    total = side + 2 * pad
    start = total + _APART  # of the output on the common axis
    end, size = start + out, max(total, out)
    name = f"{side}×{side}{f', padding {pad}' if pad else ''}"
    return styled(
        [*_cells(setting, start), *_marks(setting, total, end), _picks(setting, start, end)],
        "Which cells an output reads",
        f"{setting.window.formula(side)}\noutput row {setting.row}, column {setting.column}",
        plot_height=_SIDE + _NAME,
        legend=4,
        xaxis={**_bare(-0.5, end - 0.5), "title": {"text": ""}, "constraintoward": "left"},
        yaxis={
            **_bare(size - 0.5, -0.5),
            "domain": [0, _SIDE / (_SIDE + _NAME)],
            "scaleanchor": "x",
            "constraintoward": "top",
        },
        annotations=[_words(f"map {name}", -0.5, "left"), _words(f"output {out}×{out}", end - 0.5, "right")],
        dragmode=False,
    )


def _bare(first: float, last: float) -> dict[str, Any]:
    return {"visible": False, "fixedrange": True, "range": [first, last], "constrain": "domain"}


def _words(text: str, x: float, anchor: str) -> dict[str, Any]:
    return {
        "text": inked(text),
        "x": x,
        "xanchor": anchor,
        "yref": "paper",
        "y": 1,
        "yanchor": "top",
        "showarrow": False,
        "font": {"size": TEXT},
        "borderpad": 0,
    }


def _read(setting: GridSetting) -> set[Place]:
    """Cells that the chosen output reads, those of the padding included; from 0, the map's first."""
    down, across = (setting.window.reads(place - 1) for place in (setting.row, setting.column))
    return {(row, column) for row in down for column in across}


def _never(setting: GridSetting) -> set[Place]:
    """Cells of the map that no output reads."""
    gone, every = set(setting.window.unread(setting.side)), range(setting.side)
    return {(row, column) for row in every for column in every if row in gone or column in gone}


def _cells(setting: GridSetting, start: float) -> Iterator[go.Heatmap]:
    """Both grids as coloured cells."""
    pad, side = setting.padding, setting.side
    read, never = _read(setting), _never(setting)
    places = [[(row, column) for column in range(-pad, side + pad)] for row in range(-pad, side + pad)]

    def kind(place: Place) -> int | None:
        if place in read:
            return _CHOSEN
        return None if place in never else _CELL if min(place) >= 0 and max(place) < side else _PADDING

    yield _grid(
        0, [[kind(place) for place in line] for line in places], [[_tip(setting, p) for p in q] for q in places]
    )
    outs = range(1, setting.output + 1)
    chosen = (setting.row, setting.column)
    kinds: list[list[int | None]] = [[_CHOSEN if (row, column) == chosen else _CELL for column in outs] for row in outs]
    yield _grid(start, kinds, [[f"output row {row}, column {column}" for column in outs] for row in outs])


def _grid(start: float, kinds: list[list[int | None]], tips: list[list[str]]) -> go.Heatmap:
    steps = [(place, fill) for kind, fill in enumerate(_FILLS) for place in (kind / 3, (kind + 1) / 3)]
    return go.Heatmap(
        x0=start,
        dx=1,
        y0=0,
        dy=1,
        z=kinds,
        zmin=-0.5,
        zmax=2.5,
        colorscale=steps,
        showscale=False,
        hovertext=tips,
        hovertemplate=HOVER,
        hoverongaps=True,
        xgap=1,
        ygap=1,
    )


def _tip(setting: GridSetting, place: Place) -> str:
    row, column = place
    if not (min(place) >= 0 and max(place) < setting.side):
        what = "padding"
    else:
        what = f"map row {row + 1}, column {column + 1}"
    if place in _read(setting):
        return f"{what}, read by the chosen output"
    return f"{what}, never read" if place in _never(setting) else what


def _marks(setting: GridSetting, total: int, end: float) -> Iterator[go.Scatter]:
    """Signs in the cells, for eyes that do not see the colours; they are the legend's, too."""
    pad, side = setting.padding, setting.side
    read, never = _read(setting), _never(setting)
    edge = {place for place in read if not (min(place) >= 0 and max(place) < side)}
    size = max(min(0.45 * min(_PHONE / end, _SIDE / max(total, setting.output)), 11.0), 3.0)
    for name, places, symbol, colour in (
        ("read by the output", read - edge, "circle", "#FFFFFF"),
        ("padding that it reads, zeros", edge, "circle-open", "#FFFFFF"),
        ("never read by any", never, "x-thin", MUTED),
    ):
        marker = {"symbol": symbol, "size": size, "color": colour, "line": {"width": 1.5, "color": colour}}
        if places:
            found = sorted(places)
            yield go.Scatter(
                mode="markers",
                name=name,
                x=[column + pad for _, column in found],
                y=[row + pad for row, _ in found],
                hoverinfo="skip",
                showlegend=False,
                marker=marker,
            )
            yield _key(name, symbol, colour)


def _key(name: str, symbol: str, colour: str) -> go.Scatter:
    """A legend's entry: white marks stand on the window's colour, which the page's background is not."""
    shown = MUTED if colour == MUTED else _WINDOW
    line = {"width": 1.5, "color": shown}
    return go.Scatter(
        mode="markers",
        name=name,
        x=[None],
        y=[None],
        marker={"symbol": symbol, "size": 9, "color": shown, "line": line},
    )


def _picks(setting: GridSetting, start: float, end: float) -> go.Scatter:
    """A mark on each cell of the output, to be clicked."""
    places = [(row, column) for row in range(setting.output) for column in range(setting.output)]
    return go.Scatter(
        mode="markers",
        name="output",
        x=[start + column for _, column in places],
        y=[row for row, _ in places],
        customdata=[[row + 1, column + 1] for row, column in places],
        hovertext=[f"output row {row + 1}, column {column + 1}" for row, column in places],
        hovertemplate=HOVER,
        showlegend=False,
        marker={"symbol": "square", "size": max(0.8 * _PHONE / end, 5.0), "opacity": 0},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
    )


def grid_alt_text(setting: GridSetting) -> str:
    """The grids in words."""
    return f"A grid of the map and one of its output, a window of {setting.kernel}×{setting.kernel}. " + grid_sentence(
        setting
    )


def grid_rows(setting: GridSetting) -> list[Row]:
    """What each row of the output reads (columns are the same): rows of the map from 1, padding said as such."""
    return [
        {
            "output row (or column)": index + 1,
            "reads": ", ".join(
                str(row + 1) if 0 <= row < setting.side else "padding" for row in setting.window.reads(index)
            ),
        }
        for index in range(setting.output)
    ]


def chain_chart(setting: ChainSetting) -> go.Figure:
    """The side of the input and after each layer, then the sides that shortcuts have; the line is the one wanted."""
    fit = shortcut_fit(setting)
    layers = [("input", setting.side), *zip((w.text for w in setting.windows), setting.sides[1:], strict=True)]
    shortcuts = _shortcuts(setting, fit)
    layout = row_layout([("the chain", [name for name, _ in layers]), ("beside it", [name for name, _ in shortcuts])])
    flat = [*layers, *shortcuts]
    places = [place for group in layout.places for place in group]
    most = max(side for _, side in flat)
    words = [f"{side:,}" for _, side in layers]
    words += [f"{side:,} {'fits' if side == fit.wanted else 'does not fit'}" for _, side in shortcuts]
    bar = {
        "orientation": "h",
        "width": BAR,
        "x": [side for _, side in flat],
        "y": places,
        "hovertext": [f"<b>{name}</b><br>{side:,}×{side:,}" for name, side in flat],
        "hovertemplate": HOVER,
        "marker": {"color": [_WINDOW] * len(layers) + [_SHORTCUT] * len(shortcuts)},
    }
    line = {"type": "line", "x0": fit.wanted, "x1": fit.wanted, "yref": "paper", "y0": 0, "y1": 1}
    return styled(
        [go.Bar(bar)],
        "Sizes along the chain, and of its shortcuts",
        f"the output is {fit.wanted:,}×{fit.wanted:,}: what is added to it must be, too",
        plot_height=layout.height,
        annotations=beside([side for _, side in flat], places, words),
        shapes=[{**line, "line": {"color": MUTED, "width": 1.5, "dash": "dot"}}],
        xaxis=number_axis("Side of the map (pixels)", 1.75 * most),
        yaxis=layout.axis,
    )


def _shortcuts(setting: ChainSetting, fit: ShortcutFit) -> list[tuple[str, int]]:
    """Names and sides: the identity, and projections or the pool where the identity does not fit."""
    found = [("identity", setting.side)]
    if fit.identity:
        return found
    if fit.stride is not None:
        return [*found, (f"1×1, stride {fit.stride}", fit.wanted)]
    found += [(f"1×1, stride {stride}", size) for stride, size in fit.nearest]
    return [*found, (f"pool {fit.pool.kernel}/{fit.pool.stride}, 1×1", fit.wanted)] if fit.pool else found


def chain_alt_text(setting: ChainSetting) -> str:
    """The bars in words."""
    return f"A bar for the side of the map after each of {len(setting.windows)} layers. {chain_sentence(setting)}"


def chain_rows(setting: ChainSetting) -> list[Row]:
    """The chain, a layer a row, then its shortcuts; the last column says whether these fit."""
    fit, jump = shortcut_fit(setting), 1
    table: list[Row] = []
    for window, formula, side in zip(setting.windows, setting.formulas, setting.sides[1:], strict=True):
        jump *= window.stride
        table.append({"layer": window.text, "side": side, "formula": formula, "pixels a position": jump, "fits": ""})
    shortcuts: list[Row] = [
        {"layer": name, "side": side, "formula": "", "pixels a position": "", "fits": "yes" if fits else "no"}
        for name, side in _shortcuts(setting, fit)
        for fits in [side == fit.wanted]
    ]
    return [*table, *shortcuts]
