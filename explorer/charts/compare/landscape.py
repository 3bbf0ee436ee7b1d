"""Parameters against MACs on log axes: the presets, a sweep around one network, a budget, and the best inside it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.charts.plotly_style import MUTED, TEXT, axis_words, escaped, inked, styled
from explorer.compare.landscape import Budget, Candidate
from explorer.network.config import ResNetConfig
from explorer.network.links import from_url, to_url
from explorer.network.names import name_of
from explorer.network.options import Block, Shortcut
from explorer.network.presets import differences, nearest_preset, preset_of
from explorer.text.quantities import human

PRESET, BEST = "#0072B2", "#C41AA5"
_SWEPT: Mapping[Block, tuple[str, str]] = {
    Block.BASIC: ("swept, basic blocks", "circle-open"),
    Block.BOTTLENECK: ("swept, bottlenecks", "diamond-open"),
}
_HEIGHT = 430
_SMALL = 6  # pixels: a swept network's marker
# The plot on a phone: labels that do not overlap there overlap nowhere.
_PHONE = (270.0, float(_HEIGHT))
_SIGN, _LINE, _ASIDE = 7.4, 17.0, 10.0  # pixels: a sign's width, a line's height, a name's distance sideways
_DECADES = 7  # with a word at each; of more a phone would turn the words on end
_DIGITS = {1: (1,), 2: (1, 3), 3: (1, 2, 5)}


def landscape_chart(
    presets: Sequence[Candidate], swept: Sequence[Candidate], best: Sequence[Candidate], budget: Budget | None
) -> go.Figure:
    """Every network a point; ``link_of`` makes the text that stands for it in a link of its ``customdata``.

    Names stand at the presets where no other name is in the way (torchvision's first), and in the hover labels.
    """
    shown = [*presets, *swept, *best]
    if not shown:
        return styled([], "Parameters against MACs: no network to show", "", plot_height=_HEIGHT)
    ranges = _ranges(shown, budget)
    traces = [
        *_swept_points(tuple(swept)),
        *(_preset_points(presets) if presets else ()),
        *(_best_points(best) if best else ()),
    ]
    return styled(
        traces,
        "Parameters against MACs, log axes",
        f"Shaded: {budget.words}" if budget else "",
        plot_height=_HEIGHT,
        legend=sum(trace.showlegend is not False for trace in traces),
        xaxis=_axis("Parameters", ranges[0], _DIGITS),
        yaxis=_axis("MACs (multiply-adds for one image)", ranges[1], {1: (1,), 2: (1,), 3: (1, 3)}),
        shapes=_budget_shapes(budget),
        annotations=[*_names(presets, [*swept, *best], ranges, budget), *_budget_words(budget, ranges)],
        dragmode=False,
    )


def _ranges(shown: Sequence[Candidate], budget: Budget | None) -> tuple[tuple[float, float], tuple[float, float]]:
    """Decimal logarithms of what the axes show, a margin around all points and the budget's corner."""
    xs = [candidate.totals.params for candidate in shown] + ([budget.max_params] if budget else [])
    ys = [candidate.totals.macs for candidate in shown] + ([budget.max_macs] if budget else [])
    return _range(xs), _range(ys)


def _range(values: Sequence[int]) -> tuple[float, float]:
    low, high = math.log10(max(min(values), 1)), math.log10(max(values))
    margin = max(0.06 * (high - low), 0.1)
    return low - margin, high + margin


def _axis(title: str, limits: tuple[float, float], digits: Mapping[int, tuple[int, ...]]) -> dict[str, Any]:
    """A log axis whose ticks are words: ``1 M``, ``10 M``, ``1 G``; more of them the fewer decades it has."""
    decades = limits[1] - limits[0]
    steps = digits[1] if decades > 4 else digits[2] if decades > 1.5 else digits[3]
    powers = range(math.floor(limits[0]), math.ceil(limits[1]) + 1)
    every = math.ceil(decades / _DECADES)
    ticks = [digit * 10.0**power for power in powers if power % every == 0 for digit in steps]
    ticks = [tick for tick in ticks if limits[0] <= math.log10(tick) <= limits[1]]
    return {
        "type": "log",
        **axis_words(title),
        "range": list(limits),
        "tickvals": ticks,
        "ticktext": [inked(human(tick)) for tick in ticks],
        "automargin": True,
        "zeroline": False,
    }


_SWEPT_FIELDS = ("stage_blocks", "widths")
_rest = attrgetter(*(field.name for field in fields(ResNetConfig) if field.name not in _SWEPT_FIELDS))


@lru_cache(maxsize=8)
def _swept_points(swept: tuple[Candidate, ...]) -> tuple[go.Scatter, ...]:
    """The swept networks as columns: a trace for those that differ only in blocks and widths, so that it can say once
    what they share. ``customdata`` is the shared part of the link, blocks, widths and depth."""
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
        # Arrays, since plotly looks at every element of a list, twice; a float holds these integers exactly.
        x=np.array([candidate.totals.params for candidate in group], dtype=float),
        y=np.array([candidate.totals.macs for candidate in group], dtype=float),
        customdata=np.array([(start, *_varied(candidate)) for candidate in group], dtype=object),
        hovertemplate=_hover(config),
        marker={"size": _SMALL, "color": MUTED, "opacity": 0.55, "symbol": symbol},
    )


def _start(config: ResNetConfig) -> str:
    """The link of a network but for blocks and widths."""
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
    """A swept network by what the sweep changes; its full name would take longer than the sweep."""
    kind = "Plain" if config.shortcut is Shortcut.NONE else "ResNet"
    joined = "" if config.shortcut is Shortcut.NONE else f", shortcut {str(config.shortcut).replace('_', ' ')}"
    return _template(
        f"<b>{kind}-%{{customdata[3]}}, {config.block}</b><br>blocks %{{customdata[1]}}<br>"
        f"widths %{{customdata[2]}}{joined}"
    )


def _template(name: str) -> str:
    return inked(f"{name}<br>%{{x:,}} parameters<br>%{{y:,}} MACs") + "<extra></extra>"


def link_of(customdata: str | Sequence[Any]) -> str:
    """The text that stands for a point's network in a link (``presets.to_url``), from the point's ``customdata``.

    Raises:
        ValueError: it is no point's; the message says what is wrong with it.
    """
    if isinstance(customdata, str):
        return customdata
    if len(customdata) == 1:
        return str(customdata[0])
    start, *swept = map(str, customdata[:3])
    varied = (f"{name}-{text.replace('-', '.')}" for name, text in zip(_SWEPT_FIELDS, swept, strict=True))
    return to_url(from_url("~".join([start, *varied])))


def _preset_points(presets: Sequence[Candidate]) -> tuple[go.Scatter, go.Scatter]:
    ordered = sorted(presets, key=lambda candidate: _importance(candidate.config))[::-1]
    names = [escaped(name_of(candidate.config)) for candidate in ordered]
    return _pointed("published", ordered, names, {"size": 10, "color": PRESET, "symbol": "square"})


def _pointed(
    name: str, candidates: Sequence[Candidate], names: Sequence[str], marker: Mapping[str, Any]
) -> tuple[go.Scatter, go.Scatter]:
    """What is seen, and on it what the pointer finds: ``names`` in the hover labels, links as ``customdata``.

    Of markers under the pointer plotly prefers the smaller ones, and of markers alike the last. So the large ones would
    stay out of reach behind the swept networks of the same price: the pointer finds small ones in their place. Where
    several of the candidates have one place, it finds the last.
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


_Box = tuple[float, float, float, float]  # left, right, bottom, top in pixels of a phone
_Ranges = tuple[tuple[float, float], tuple[float, float]]


def _names(
    presets: Sequence[Candidate], others: Sequence[Candidate], ranges: _Ranges, budget: Budget | None
) -> list[dict[str, Any]]:
    """Names of presets, each with a line to its point; none where it would cover a point or another name.

    All networks lie along one band that rises to the right, whatever the page's width. So a name stands below the
    band and to the right of its point, or above and to the left: what is free there on a phone is free everywhere.
    """
    points = [_pixels(candidate.totals.params, candidate.totals.macs, ranges) for candidate in presets]
    spots = {
        (round(x / 3), round(y / 3))
        for x, y in (*points, *(_pixels(each.totals.params, each.totals.macs, ranges) for each in others))
    }
    taken: list[_Box] = [(3 * x - 4, 3 * x + 4, 3 * y - 4, 3 * y + 4) for x, y in spots]
    taken += _budget_boxes(budget, ranges)
    found = []
    for index in sorted(range(len(presets)), key=lambda index: _importance(presets[index].config)):
        name, totals = name_of(presets[index].config), presets[index].totals
        options = ((way, away) for away in range(16, 80, 8) for way in (1, -1))
        free = next((o for o in options if _is_free(_name_box(points[index], len(name), *o), taken)), None)
        if free is None:
            continue
        taken.append(_name_box(points[index], len(name), *free))
        way, away = free
        found.append(
            {
                "x": math.log10(totals.params),
                "y": math.log10(totals.macs),
                "text": inked(escaped(name)),
                "font": {"size": TEXT},
                "ax": way * _ASIDE,
                "ay": way * away,
                "xanchor": "left" if way > 0 else "right",
                "arrowhead": 0,
                "arrowwidth": 1,
                "arrowcolor": MUTED,
                "borderpad": 1,
            }
        )
    return found


def _importance(config: ResNetConfig) -> int:
    """Networks that torchvision has come first: they are what people know."""
    info = preset_of(config)
    return 0 if info and info.equals else 1


def _pixels(params: int, macs: int, ranges: _Ranges) -> tuple[float, float]:
    (left, right), (bottom, top) = ranges
    x = (math.log10(params) - left) / (right - left)
    y = (math.log10(macs) - bottom) / (top - bottom)
    return x * _PHONE[0], y * _PHONE[1]


def _budget_boxes(budget: Budget | None, ranges: _Ranges) -> list[_Box]:
    """Where the words of ``_budget_words`` stand."""
    if budget is None:
        return []
    x, y = _pixels(budget.max_params, budget.max_macs, ranges)
    params, macs = (_SIGN * len(text) for text in _limits(budget))
    if _would_cross(budget, ranges):
        return [(x, x + params + macs, y, y + _LINE)]
    return [(x - _LINE, x, 0, params), (0, macs, y, y + _LINE)]


def _would_cross(budget: Budget, ranges: _Ranges) -> bool:
    """Whether the budget's corner is so near the plot's that the words beside its lines would cover each other."""
    x, y = _pixels(budget.max_params, budget.max_macs, ranges)
    params, macs = (_SIGN * len(text) for text in _limits(budget))
    return x - _LINE < macs and y < params


def _limits(budget: Budget) -> tuple[str, str]:
    return f"{human(budget.max_params)} parameters", f"{human(budget.max_macs)} MACs"


def _name_box(point: tuple[float, float], signs: int, way: int, away: int) -> _Box:
    """Where a name would be: ``way`` 1 below and to the right, -1 above and to the left, ``away`` pixels off."""
    x, y, width = point[0] + way * _ASIDE, point[1] - way * away, _SIGN * signs
    left = x if way > 0 else x - width
    return left, left + width, y - _LINE / 2, y + _LINE / 2


def _is_free(box: _Box, taken: Sequence[_Box]) -> bool:
    left, right, bottom, top = box
    inside = left >= 0 and right <= _PHONE[0] and bottom >= 0 and top <= _PHONE[1]
    return inside and not any(left < r and right > le and bottom < t and top > b for le, r, b, t in taken)


def _best_points(best: Sequence[Candidate]) -> tuple[go.Scatter, go.Scatter]:
    names = [escaped(name_of(candidate.config)).replace(", ", ",<br>", 1) for candidate in best]
    ranked = [f"{rank}. {name}" for rank, name in enumerate(names, 1)]
    return _pointed("best inside the budget", best[::-1], ranked[::-1], {"size": 13, "color": BEST, "symbol": "star"})


def _budget_shapes(budget: Budget | None) -> list[dict[str, Any]]:
    """What the budget admits, shaded from the corner of the plot, with a dashed line at each limit."""
    if budget is None:
        return []
    line = {"color": BEST, "width": 1.5, "dash": "dash"}
    corner = {"x0": 1, "x1": budget.max_params, "y0": 1, "y1": budget.max_macs}
    area = {"type": "rect", "fillcolor": BEST, "opacity": 0.08, "line": {"width": 0}, "layer": "below", **corner}
    right = {"type": "line", "line": line, **corner, "x0": budget.max_params}
    top = {"type": "line", "line": line, **corner, "y0": budget.max_macs}
    return [area, right, top]


def _budget_words(budget: Budget | None, ranges: _Ranges) -> list[dict[str, Any]]:
    """The limits beside their lines, at the edges of the plot, where the fewest points are; beside the corner together
    where they would cover each other."""
    if budget is None:
        return []
    common = {"showarrow": False, "font": {"size": TEXT}, "yanchor": "bottom"}
    params, macs = map(inked, _limits(budget))
    x, y = math.log10(budget.max_params), math.log10(budget.max_macs)
    if _would_cross(budget, ranges):
        return [{**common, "x": x, "y": y, "xanchor": "left", "text": f"{params}, {macs}"}]
    right = {"x": x, "y": 0, "yref": "paper", "xanchor": "right", "textangle": -90}
    top = {"x": 0, "y": y, "xref": "paper", "xanchor": "left"}
    return [{**common, **right, "text": params}, {**common, **top, "text": macs}]


def landscape_alt_text(
    presets: Sequence[Candidate], swept: Sequence[Candidate], best: Sequence[Candidate], budget: Budget | None
) -> str:
    """The landscape in words, for those who do not see it: how many networks, over what range, and the best."""
    shown = [*presets, *swept]
    if not shown:
        return "Parameters against MACs: no network to show."
    params = [candidate.totals.params for candidate in shown]
    macs = [candidate.totals.macs for candidate in shown]
    first = (
        f"Parameters against MACs of {len(presets):,} published and {len(swept):,} swept networks, from "
        f"{human(min(params))} parameters and {human(min(macs))} MACs to {human(max(params))} and {human(max(macs))}."
    )
    if not budget:
        return first
    inside = f"With {budget.words}" + (f", the best is {name_of(best[0].config)}." if best else ", none is chosen.")
    return f"{first} {inside}"
