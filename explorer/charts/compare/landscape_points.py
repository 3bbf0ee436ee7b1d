"""The networks of the landscape as points: published ones, swept ones, and the best inside a budget."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.charts.figure_text import escaped, inked
from explorer.charts.palette import MUTED
from explorer.compare.landscape import Candidate
from explorer.network.config import ResNetConfig
from explorer.network.links import from_url, to_url
from explorer.network.names import name_of
from explorer.network.options import Block, Shortcut
from explorer.network.presets import differences, nearest_preset, preset_of

PRESET, BEST = "#0072B2", "#C41AA5"
_SWEPT: Mapping[Block, tuple[str, str]] = {
    Block.BASIC: ("swept, basic blocks", "circle-open"),
    Block.BOTTLENECK: ("swept, bottlenecks", "diamond-open"),
}
_SMALL = 6  # pixels: a swept network's marker
_SWEPT_FIELDS = ("stage_blocks", "widths")
_rest = attrgetter(*(field.name for field in fields(ResNetConfig) if field.name not in _SWEPT_FIELDS))


@lru_cache(maxsize=8)
def swept_points(swept: tuple[Candidate, ...]) -> tuple[go.Scatter, ...]:
    """The swept networks; those that differ in blocks and widths only share a trace, which sends the rest once.

    ``customdata`` is the shared part of the link, the blocks, the widths and the depth.
    """
    groups: dict[object, list[Candidate]] = {}
    for candidate in sorted(swept, key=lambda candidate: candidate.config.block is Block.BOTTLENECK):
        groups.setdefault(_rest(candidate.config), []).append(candidate)
    named: set[Block] = set()
    traces = []
    for group in groups.values():
        block = group[0].config.block
        traces.append(_alike_points(group, first=block not in named))
        named.add(block)
    return tuple(traces)


def _alike_points(group: Sequence[Candidate], *, first: bool) -> go.Scatter:
    config = group[0].config
    name, symbol = _SWEPT[config.block]
    start = _start(config)
    return go.Scatter(
        mode="markers",
        name=name,
        legendgroup=name,
        showlegend=first,
        # Arrays, since plotly looks at each element of a list twice; a float holds these integers exactly.
        x=np.array([candidate.totals.params for candidate in group], dtype=float),
        y=np.array([candidate.totals.macs for candidate in group], dtype=float),
        customdata=np.array([(start, *_varied(candidate)) for candidate in group], dtype=object),
        hovertemplate=_hover(config),
        marker={"size": _SMALL, "color": MUTED, "opacity": 0.55, "symbol": symbol},
    )


def _start(config: ResNetConfig) -> str:
    """The network's text in a link, without blocks and widths."""
    base = nearest_preset(config)
    changed = differences(config, base.config)
    return "~".join(
        [base.name, *(f"{name}-{_value(value)}" for name, value in changed.items() if name not in _SWEPT_FIELDS)]
    )


def _value(value: object) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else str(value)


@lru_cache(maxsize=256)
def _dashed(numbers: tuple[int, ...]) -> str:
    return "-".join(map(str, numbers))


def _varied(candidate: Candidate) -> tuple[str, str, int]:
    return _dashed(candidate.config.stage_blocks), _dashed(candidate.config.widths), candidate.totals.depth


def _hover(config: ResNetConfig) -> str:
    """The hover label of a swept network; working out its full name would take longer than the sweep itself."""
    kind = "Plain" if config.shortcut is Shortcut.NONE else "ResNet"
    joined = "" if config.shortcut is Shortcut.NONE else f", shortcut {str(config.shortcut).replace('_', ' ')}"
    return _template(
        f"<b>{kind}-%{{customdata[3]}}, {config.block}</b><br>blocks %{{customdata[1]}}<br>"
        f"widths %{{customdata[2]}}{joined}"
    )


def _template(name: str) -> str:
    return inked(f"{name}<br>%{{x:,}} parameters<br>%{{y:,}} MACs") + "<extra></extra>"


def link_of(customdata: str | Sequence[Any]) -> str:
    """The text of a point's network in a link (``presets.to_url``), from the point's ``customdata``.

    Raises:
        ValueError: the data is not that of a point; the message says what is wrong with it.
    """
    if isinstance(customdata, str):
        return customdata
    if len(customdata) == 1:
        return str(customdata[0])
    start, *swept = map(str, customdata[:3])
    varied = (f"{name}-{text.replace('-', '.')}" for name, text in zip(_SWEPT_FIELDS, swept, strict=True))
    return to_url(from_url("~".join([start, *varied])))


def preset_points(presets: Sequence[Candidate]) -> tuple[go.Scatter, go.Scatter]:
    ordered = sorted(presets, key=lambda candidate: importance(candidate.config))[::-1]
    names = [escaped(name_of(candidate.config)) for candidate in ordered]
    return _pointed("published", ordered, names, {"size": 10, "color": PRESET, "symbol": "square"})


def _pointed(
    name: str, candidates: Sequence[Candidate], names: Sequence[str], marker: Mapping[str, Any]
) -> tuple[go.Scatter, go.Scatter]:
    """Visible markers, and invisible ones on them for the pointer, with ``names`` as hover labels and links to pick.

    If several markers are under the pointer, plotly picks the smallest, and the last of equal ones. Large markers would
    stay out of reach behind swept networks with the same numbers, so the invisible ones are as small as those.
    """
    places = {
        "x": [candidate.totals.params for candidate in candidates],
        "y": [candidate.totals.macs for candidate in candidates],
        "mode": "markers",
        "name": name,
        "legendgroup": name,
    }
    seen = go.Scatter(**places, hoverinfo="skip", marker={**marker, "line": {"width": 1, "color": "#FFFFFF"}})
    found = go.Scatter(
        **places,
        showlegend=False,
        customdata=[to_url(candidate.config) for candidate in candidates],
        hovertext=names,
        hovertemplate=_template("<b>%{hovertext}</b>"),
        marker={"size": _SMALL, "color": marker["color"], "opacity": 0},
    )
    return seen, found


def importance(config: ResNetConfig) -> int:
    """0 for networks that torchvision has, which people know best; 1 for others."""
    info = preset_of(config)
    return 0 if info and info.equals else 1


def best_points(best: Sequence[Candidate]) -> tuple[go.Scatter, go.Scatter]:
    names = [escaped(name_of(candidate.config)).replace(", ", ",<br>", 1) for candidate in best]
    ranked = [f"{rank}. {name}" for rank, name in enumerate(names, 1)]
    return _pointed("best inside the budget", best[::-1], ranked[::-1], {"size": 13, "color": BEST, "symbol": "star"})
