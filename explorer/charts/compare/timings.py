"""Measured times beside MACs, both relative to one network, so that people see where the two disagree.

The colours are used for no network and no role (tests/charts/compare/test_timings.py measures how far apart they are),
and the hatching neither for a network nor for savings.
"""

from collections.abc import Sequence

import plotly.graph_objects as go

from explorer.charts.annotations import beside
from explorer.charts.axes import number_axis
from explorer.charts.bar_rows import BAR, hatching, row_layout
from explorer.charts.figure_text import HOVER, labels, shortened, wrapped_html
from explorer.charts.palette import MUTED
from explorer.charts.plotly_style import empty_chart, styled
from explorer.compare.timings import Spread, Timing
from explorer.text.quantities import counted, human, three_digits

_SERIES = ("MACs", "forward", "forward + backward")
FORWARD, TRAINING = "#5E9C65", "#8D582D"
_COLOURS = (MUTED, FORWARD, TRAINING)
_PATTERNS = ("", "", "-")


def timings_chart(timings: Sequence[Timing], names: Sequence[str], *, device: str = "") -> go.Figure:
    """MACs, forward and forward + backward of each network, divided by those of the reference network.

    The reference is the first network with the most measurements. Whiskers reach from ``low`` to ``high``, and the
    words beside the bars give milliseconds for the whole batch. A missing measurement is named, not drawn as zero.
    ``device`` is the name for people of the device that measured all; without it the device's own name is used.
    """
    if not timings:
        return empty_chart("Measured time: nothing measured yet")
    reference = _reference(timings)
    name = names[timings.index(reference)]
    layout = row_layout([(label, _SERIES) for label in labels(names, 40)])
    bars = [_bars(timings, names, reference, series, [group[series] for group in layout.places]) for series in range(3)]
    flat = [place for group in layout.places for place in group]
    ends = [_end(timing, reference, series) for timing in timings for series in range(3)]
    words = [_words(timing, reference, series) for timing in timings for series in range(3)]
    return styled(
        bars,
        "Measured time beside MACs",
        f"{_where(timings[0], device)}\n{name} = 1; medians, whiskers at quartiles",
        plot_height=layout.height,
        barmode="overlay",
        annotations=beside(ends, flat, words),
        xaxis=number_axis(f"Ratio to {shortened(name, 40)} (×)", 1.75 * max(ends)),
        yaxis=layout.axis,
    )


def _where(timing: Timing, device: str) -> str:
    return f"Milliseconds for {counted(timing.batch_size, 'image')} on {device or timing.device.upper()}"


def _spread(timing: Timing, series: int) -> Spread | None:
    return timing.forward if series == 1 else timing.training


def _reference(timings: Sequence[Timing]) -> Timing:
    """The first network with the most measurements."""
    return max(timings, key=lambda timing: (timing.forward is not None) + (timing.training is not None))


def _ratio(timing: Timing, reference: Timing, series: int) -> float | None:
    if series == 0:
        return timing.macs / reference.macs
    spread, unit = _spread(timing, series), _spread(reference, series)
    return spread.median / unit.median if spread and unit else None


def _end(timing: Timing, reference: Timing, series: int) -> float:
    """The end of the bar or its whisker, where the words begin."""
    ratio = _ratio(timing, reference, series)
    spread, unit = _spread(timing, series), _spread(reference, series)
    if series == 0 or ratio is None or not spread or not unit:
        return ratio or 0.0
    return max(ratio, spread.high / unit.median)


def _words(timing: Timing, reference: Timing, series: int) -> str:
    ratio = _ratio(timing, reference, series)
    times = "" if ratio is None else f" ({ratio:.2f} ×)"
    if series == 0:
        return f"{human(timing.macs)}{times}"
    spread = _spread(timing, series)
    return "not measured" if spread is None else f"{milliseconds(spread.median)}{times}"


def _time(spread: Spread | None) -> str:
    return milliseconds(spread.median) if spread else "not measured"


def milliseconds(value: float) -> str:
    """A time in words, three digits: ``0.42 ms``, ``12.3 ms``, ``1,234 ms``."""
    return f"{three_digits(value)} ms"


def _bars(
    timings: Sequence[Timing], names: Sequence[str], reference: Timing, series: int, places: Sequence[float]
) -> go.Bar:
    """One series over all networks that have it; ``customdata`` is (network's index, series)."""
    found = [(index, _ratio(timing, reference, series)) for index, timing in enumerate(timings)]
    shown = [(index, ratio) for index, ratio in found if ratio is not None]
    whiskers = [_whisker(timings[index], reference, series) for index, _ in shown] if series else []
    return go.Bar(
        orientation="h",
        width=BAR,
        name=_SERIES[series],
        x=[ratio for _, ratio in shown],
        y=[places[index] for index, _ in shown],
        customdata=[[index, _SERIES[series]] for index, _ in shown],
        hovertext=[_tip(timings[index], names[index], reference, series) for index, _ in shown],
        hovertemplate=HOVER,
        marker={
            "color": _COLOURS[series],
            "pattern": hatching(_PATTERNS[series], 0.3),
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [above for _, above in whiskers],
            "arrayminus": [below for below, _ in whiskers],
            "thickness": 1.5,
            "width": 4,
            "color": MUTED,
            "visible": bool(whiskers),
        },
    )


def _whisker(timing: Timing, reference: Timing, series: int) -> tuple[float, float]:
    """The distances of low and high from the median, in units of the reference's median."""
    spread, unit = _spread(timing, series), _spread(reference, series)
    if not spread or not unit:
        return 0.0, 0.0
    return (spread.median - spread.low) / unit.median, (spread.high - spread.median) / unit.median


def _tip(timing: Timing, name: str, reference: Timing, series: int) -> str:
    head = f"<b>{wrapped_html(name)}</b><br>{_SERIES[series]}: "
    spread = _spread(timing, series)
    if series == 0 or not spread:
        return f"{head}{timing.macs:,} for one image"
    between = f"{milliseconds(spread.low)} to {milliseconds(spread.high)}"
    return f"{head}{_words(timing, reference, series)}<br>{between}, {spread.count:,} times"


def timings_alt_text(timings: Sequence[Timing], names: Sequence[str], *, device: str = "") -> str:
    """The chart in words: each network's times, or that there are none."""
    if not timings:
        return "Measured time: nothing measured yet."
    parts = []
    for timing, name in zip(timings, names, strict=True):
        times = [f"{_SERIES[series]} {_time(_spread(timing, series))}" for series in (1, 2)]
        parts.append(f"{name} with {human(timing.macs)} MACs: {', '.join(times)}")
    return f"{_where(timings[0], device)}. {'; '.join(parts)}."
