"""The sizes along a chain of layers, beside those of its possible shortcuts."""

import plotly.graph_objects as go

from explorer.charts.annotations import beside, line_up
from explorer.charts.axes import number_axis
from explorer.charts.bar_rows import BAR, row_layout
from explorer.charts.figure_text import HOVER
from explorer.charts.palette import ROLE_COLOURS
from explorer.charts.plotly_style import styled
from explorer.charts.table_twin import Row
from explorer.ideas.chain import ChainSetting
from explorer.ideas.chain_shortcuts import ShortcutFit, chain_sentence, shortcut_fit
from explorer.network.layer import Role

_WINDOW, _SHORTCUT = ROLE_COLOURS[Role.CONV3X3], ROLE_COLOURS[Role.SHORTCUT]


def chain_chart(setting: ChainSetting) -> go.Figure:
    """The side of the map at the input and after each layer, then after each shortcut; the line marks the output's."""
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
    return styled(
        [go.Bar(bar)],
        "Sizes along the chain, and of its shortcuts",
        f"the output is {fit.wanted:,}×{fit.wanted:,}: what is added to it must be, too",
        plot_height=layout.height,
        annotations=beside([side for _, side in flat], places, words),
        shapes=[line_up(fit.wanted)],
        xaxis=number_axis("Side of the map (pixels)", 1.75 * most),
        yaxis=layout.axis,
    )


def _shortcuts(setting: ChainSetting, fit: ShortcutFit) -> list[tuple[str, int]]:
    """Name and side of each shortcut: the identity and, if it does not fit, projections or a pool."""
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
    """The chain, a row for each layer, then its shortcuts; the last column says whether these fit."""
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
