"""A gradient, weight or signal norm along one or two networks: median and range over the seeds."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import plotly.graph_objects as go

from explorer.charts.annotations import CHOSEN, annotation, line_across, words_at
from explorer.charts.figure_text import escaped, labels
from explorer.charts.gradients.network_axis import merged_places, place_axis, stage_lines, unit_span
from explorer.charts.log_axis import ReadingAxis, scale_for
from explorer.charts.palette import MUTED, NetworkStyle, network_style
from explorer.charts.plotly_style import empty_chart, styled
from explorer.charts.reading_marks import joined_marks, legend_entry, range_area, ranges
from explorer.charts.table_twin import Row, distinct_names
from explorer.gradients.number_words import LOG10_TINY, power_words, reading_text, reading_words
from explorer.gradients.quantity import Profile, Quantity
from explorer.gradients.seed_bands import Band
from explorer.gradients.values import FlowReading, ReadingState

_LIT_ROOM = 22  # pixels for the highlighted place's name
_FEW = 30  # marks of full size that do not overlap on a phone
_ALONE = 0.3  # places to either side that a single place's range covers
NOWHERE = "no such layer"


@dataclass(frozen=True)
class _Scene:
    """The networks that are drawn, with their places on one axis."""

    profiles: tuple[Profile, ...]
    names: tuple[str, ...]
    log: bool
    lit: str

    @property
    def quantity(self) -> Quantity:
        return self.profiles[0].quantity

    @property
    def relative(self) -> bool:
        return self.profiles[0].relative

    @cached_property
    def places(self) -> tuple[str, ...]:
        return merged_places([profile.places for profile in self.profiles])

    @cached_property
    def positions(self) -> dict[str, int]:
        return {place: index for index, place in enumerate(self.places)}

    @cached_property
    def readings(self) -> tuple[FlowReading, ...]:
        bands = (band for profile in self.profiles for band in profile.bands)
        return tuple(reading for band in bands for reading in (band.low, band.median, band.high))

    @property
    def lost(self) -> bool:
        """Whether a reading is below float32."""
        return any(reading.state is ReadingState.UNDERFLOW for reading in self.readings)

    @property
    def floor(self) -> float:
        """Common logarithm of the smallest float32; of its square where the quantity is a mean square."""
        return LOG10_TINY * (2 if self.quantity is Quantity.SIGNAL else 1)

    @property
    def has_floor(self) -> bool:
        return self.log and self.lost and not self.relative

    @cached_property
    def span(self) -> tuple[int, int] | None:
        return unit_span(self.places, self.lit)

    @cached_property
    def scale(self) -> ReadingAxis:
        return scale_for(
            self.readings,
            log=self.log,
            floor=not self.relative,
            show=[self.floor] if self.has_floor else [],
            room=_LIT_ROOM if self.span else 0,
        )


def flow_chart(profiles: Sequence[Profile], names: Sequence[str], *, log: bool = True, lit: str = "") -> go.Figure:
    """Medians as marks joined by lines, the seeds' range as a band, from input (left) to output (right).

    All profiles have the same quantity. Each mark carries its place's name as ``customdata``. Readings below float32
    have open marks at their size in double precision. Zero, overflow and NaN stand in rows of their own. ``lit`` is a
    block or a layer to highlight.
    """
    if not profiles:
        return empty_chart("Gradient flow: nothing measured yet")
    scene = _Scene(tuple(profiles), tuple(names), log, lit)
    drawn = enumerate(zip(scene.profiles, labels(names), strict=True))
    traces = [
        trace for number, (profile, label) in drawn for trace in _network(scene, profile, label, network_style(number))
    ]
    return styled(
        traces,
        scene.quantity.label,
        "\n".join(_subtitle(scene)),
        plot_height=scene.scale.plot_height,
        legend=len(profiles),
        xaxis=place_axis(_across(scene.quantity), scene.places),
        yaxis=scene.scale.axis(_upwards(scene)),
        shapes=[*_lit(scene), *stage_lines(scene.places), *scene.scale.lines(), *_floor(scene)],
        annotations=_words(scene),
        dragmode=False,
    )


def _across(quantity: Quantity) -> str:
    what = "Layer" if quantity is Quantity.WEIGHT else "Block"
    return f"{what}, from input to output"


def _start(quantity: Quantity) -> str:
    """The place whose number all others are divided by if the profile is relative."""
    return {"gradient": "last block", "weight": "last layer", "signal": "stem"}[quantity]


def _upwards(scene: _Scene) -> str:
    symbol, axis = scene.quantity.symbol, ", log axis" if scene.log else ""
    return f"{symbol}, 1 = {_start(scene.quantity)}{axis}" if scene.relative else f"{symbol}{axis}"


def _subtitle(scene: _Scene) -> Iterator[str]:
    bands = [band for profile in scene.profiles for band in profile.bands]
    if any(ranges(band) for band in bands):
        yield "median, band from lowest to highest seed"
    if scene.relative:
        whose = "each network's" if len(scene.profiles) > 1 else "the network's"
        yield f"divided by {whose} own {_start(scene.quantity)}"
    if any(reading.state is ReadingState.UNDERFLOW and reading.finite for reading in scene.readings):
        where = "" if scene.log or scene.relative else ", drawn at 0"
        yield f"open: values below float32, seen in double precision{where}"


def _network(scene: _Scene, profile: Profile, label: str, style: NetworkStyle) -> list[go.Scatter]:
    """A network's band (if the seeds differ), its line with marks, and its legend entry."""
    xs = [scene.positions[place] for place in profile.places]
    group = {"legendgroup": label, "name": label}
    found = [_marks(scene, profile, xs, label, style), legend_entry(style)]
    if any(map(ranges, profile.bands)):
        found.insert(0, range_area(scene.scale, xs, profile.bands, style.colour, alone=_ALONE))
    return [trace.update(group) for trace in found]


def _marks(scene: _Scene, profile: Profile, xs: Sequence[int], label: str, style: NetworkStyle) -> go.Scatter:
    medians = [band.median for band in profile.bands]
    placed = zip(profile.places, profile.bands, strict=True)
    tips = [_tip(label, place, band, _what(scene)) for place, band in placed]
    size = 8 if len(profile.places) <= _FEW else 6
    return joined_marks(scene.scale, xs, medians, style, tips=tips, picks=profile.places, size=size)


def _what(scene: _Scene) -> str:
    symbol = scene.quantity.symbol
    return f"{symbol} divided by the {_start(scene.quantity)}'s" if scene.relative else symbol


def _tip(label: str, place: str, band: Band, what: str) -> str:
    head = f"<b>{label}</b><br>{escaped(place)}<br>{what}: {reading_words(band.median)}"
    return f"{head}<br>seeds: {_between(band)}" if ranges(band) else head


def _between(band: Band) -> str:
    return f"{reading_words(band.low)} to {reading_words(band.high)}"


def _lit(scene: _Scene) -> list[dict[str, Any]]:
    """A column behind the highlighted place; for a block's weights, behind all of its layers."""
    if not scene.span:
        return []
    first, last = scene.span
    area = {"type": "rect", "layer": "below", "yref": "paper", "y0": 0, "y1": 1, "line": {"color": MUTED, "width": 1}}
    return [{**area, "x0": first - 0.4, "x1": last + 0.4, "fillcolor": MUTED, "opacity": 0.35, "name": CHOSEN}]


def _floor(scene: _Scene) -> list[dict[str, Any]]:
    """A line at the smallest float32."""
    if not scene.has_floor:
        return []
    return [line_across(scene.floor, layer="below")]


def _words(scene: _Scene) -> list[dict[str, Any]]:
    """Names of the rows, of the line at the smallest float32, and of the highlighted place."""
    found = scene.scale.names({ReadingState.OVERFLOW: "above float32, or infinite"} if scene.relative else {})
    if scene.has_floor:
        squared = " squared" if scene.quantity is Quantity.SIGNAL else ""
        words = f"smallest float32{squared}, {_floor_words(scene.floor)}"
        # At the output, where gradients are largest; below the line if it is near the top, since they are there too.
        high = scene.floor > (scene.scale.low + scene.scale.high) / 2
        found.append(words_at(words, scene.floor, "top" if high else "bottom", right=True))
    if scene.span:
        middle, share = sum(scene.span) / 2, sum(scene.span) / 2 / max(len(scene.places) - 1, 1)
        anchor = "left" if share < 0.2 else "right" if share > 0.8 else "center"
        place = {"x": middle, "xanchor": anchor, "yref": "paper", "y": 1, "yanchor": "top"}
        found.append(annotation(f"<b>{escaped(scene.lit)}</b>", **place))
    return found


def _floor_words(log10: float) -> str:
    """To three digits: people know float32's smallest number as 1.18·10⁻³⁸."""
    exponent = math.floor(log10)
    return f"{10 ** (log10 - exponent):.2f}·{power_words(exponent)}"


def flow_alt_text(profiles: Sequence[Profile], names: Sequence[str]) -> str:
    """The chart in words: each network's number at the input and at the output."""
    if not profiles:
        return "Gradient flow: nothing measured yet."
    quantity = profiles[0].quantity
    divided = f", divided by its own {_start(quantity)}" if profiles[0].relative else ""
    said = [_course(profile, name) for profile, name in zip(profiles, names, strict=True)]
    return f"{quantity.label}{divided}, median of the seeds, from input to output. {'. '.join(said)}."


def _course(profile: Profile, name: str) -> str:
    ends = ", ".join(f"{reading_words(profile.bands[index].median)} at {profile.places[index]}" for index in (0, -1))
    states = {band.median.state for band in profile.bands[1:-1]} - {
        ReadingState.MEASURED,
        *(profile.bands[index].median.state for index in (0, -1)),
    }
    between = f", in between also {' and '.join(sorted(states))}" if states else ""
    return f"{name}: {ends}{between}"


def flow_rows(profiles: Sequence[Profile], names: Sequence[str]) -> list[Row]:
    """The chart's numbers, a place a row; as text, so that a number below float32 does not look like zero."""
    found = []
    for place in merged_places([profile.places for profile in profiles]):
        row: Row = {"place": place}
        for profile, name in zip(profiles, distinct_names(names), strict=True):
            row |= _columns(profile, name, place)
        found.append(row)
    return found


def _columns(profile: Profile, name: str, place: str) -> Row:
    heads = (f"{name}, median", f"{name}, lowest", f"{name}, highest", f"{name}, state")
    if place not in profile.places:
        return dict.fromkeys(heads, NOWHERE)
    band = profile.bands[profile.places.index(place)]
    readings = (band.median, band.low, band.high)
    return dict(zip(heads, (*map(reading_text, readings), _states(readings)), strict=True))


def _states(readings: Iterable[FlowReading]) -> str:
    return ", ".join(dict.fromkeys(str(reading.state) for reading in readings))
