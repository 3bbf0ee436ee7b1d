"""Paths and gradient by path length: as shares of their sums, and as norms on a logarithmic axis.

Veit et al. 2016 (arXiv:1605.06431), figure 6: the paths, the gradient by a single path, and the gradient by all paths
of a length.
"""

from collections.abc import Sequence
from math import floor, log10
from typing import Any

import plotly.graph_objects as go

from explorer.charts.annotations import line_across
from explorer.charts.axes import plain_axis, ticked_axis
from explorer.charts.bar_rows import hatching
from explorer.charts.figure_text import HOVER
from explorer.charts.log_axis import power_ticks
from explorer.charts.palette import MUTED, network_style
from explorer.charts.plotly_style import empty_chart, styled
from explorer.charts.reading_marks import NO_FADING
from explorer.charts.table_twin import Row
from explorer.gradients.number_words import power_words
from explorer.text.quantities import counted, percent
from explorer.training.paths.lengths import PathGradients
from explorer.training.paths.sentences import paths_words

_HEIGHT = 250  # pixels of the plot
_BAR = 0.4  # of the distance between two lengths: two bars stand side by side
_ESTIMATE = "Veit et al.'s estimate"


def path_shares_chart(found: PathGradients, name: str) -> go.Figure:
    """For each length the share of all paths and of the gradient, in percent, and Veit et al.'s estimate of the latter.

    The gradient's share is that of the norm by this length in the sum of the norms by all lengths.
    """
    columns = [
        ("paths", found.path_shares, MUTED, "", -_BAR / 2),
        ("gradient, exactly", found.gradient_shares, network_style(0).colour, "/", _BAR / 2),
    ]
    traces: list[Any] = [
        go.Bar(
            name=label,
            width=_BAR,
            x=[length + shift for length in range(len(values))],
            y=[100 * value for value in values],
            hovertext=_tips(found),
            hovertemplate=HOVER,
            marker={"color": colour, "pattern": hatching(pattern, 0.3), "line": {"width": 0}},
            **NO_FADING,
        )
        for label, values, colour, pattern, shift in columns
    ]
    traces.append(_marks(_ESTIMATE, [100 * value for value in found.estimate_shares], _tips(found), 1))
    most = 100 * max(*found.path_shares, *found.gradient_shares, *found.estimate_shares)
    return styled(
        traces,
        f"{name}: paths and gradient by length",
        f"{paths_words(found.paths)}; gradient at the stem's output, mean loss of {_pictures(found)}",
        plot_height=_HEIGHT,
        legend=len(traces),
        barmode="overlay",
        xaxis=_length_axis(found),
        yaxis=plain_axis("Share (%)", (0, 1.06 * most)),
        dragmode=False,
    )


def path_norms_chart(found: PathGradients, name: str) -> go.Figure:
    """For each length the gradient's norm by all its paths, exactly and as Veit et al. estimate it, and by one path.

    The axis is logarithmic; a norm of zero has no place on it. The dotted line is the norm of the whole gradient.
    """
    title = f"{name}: the gradient's norm by length"
    series = [
        ("all paths, exactly", [each.norm for each in found.lengths], 0),
        (_ESTIMATE, [each.estimate for each in found.lengths], 1),
        ("one path, mean", [each.single for each in found.lengths], 2),
    ]
    norms = [log10(value) for _, values, _ in series for value in values if value]
    if not norms or not found.norm:
        return empty_chart(f"{title}: no gradient arrives")
    low, high = floor(min(norms)), max(*norms, log10(found.norm)) + 0.2
    traces = [
        _marks(label, [log10(value) if value else None for value in values], _tips(found), number, joined=True)
        for label, values, number in series
    ]
    return styled(
        traces,
        title,
        f"mean loss of {_pictures(found)}; dotted: the whole gradient's norm",
        plot_height=_HEIGHT,
        legend=len(traces),
        xaxis=_length_axis(found),
        yaxis=ticked_axis("Norm (logarithmic)", power_ticks(low, high), range=[low, high], automargin=True),
        shapes=[line_across(log10(found.norm))],
        dragmode=False,
    )


def _marks(
    name: str, heights: Sequence[float | None], tips: Sequence[str], number: int, *, joined: bool = False
) -> go.Scatter:
    style = network_style(number)
    return go.Scatter(
        mode="lines+markers" if joined else "markers",
        name=name,
        x=list(range(len(heights))),
        y=list(heights),
        hovertext=list(tips),
        hovertemplate=HOVER,
        line={"color": style.colour, "width": 2, "dash": style.dash},
        marker={"color": style.colour, "symbol": style.symbol, "size": 8},
        **NO_FADING,
    )


def _length_axis(found: PathGradients) -> dict[str, Any]:
    step = next(size for size in (1, 2, 5, 10, 20, 50, 100, 200, 500) if found.blocks / size <= 12)
    ticks = [(length, str(length)) for length in range(0, found.blocks + 1, step)]
    return ticked_axis("Length of the path (branches)", ticks, range=[-0.7, found.blocks + 0.7], showgrid=False)


def _tips(found: PathGradients) -> list[str]:
    each = zip(found.lengths, found.path_shares, found.gradient_shares, strict=True)
    return [
        f"<b>length {length.length}</b><br>{paths_words(length.paths)}, {percent(paths, 1)} of all"
        f"<br>norm {_number(length.norm)}, {percent(gradient, 1)} of the norms' sum"
        f"<br>one path {_number(length.single)}, mean of {length.sampled:,}"
        f"<br>{_ESTIMATE} {_number(length.estimate)}"
        for length, paths, gradient in each
    ]


def _number(value: float) -> str:
    return power_words(log10(value)) if value else "0"


def _pictures(found: PathGradients) -> str:
    return counted(found.pictures, "test picture")


def path_shares_alt_text(found: PathGradients, name: str) -> str:
    """The first chart in words: where each of its three series has its peak."""
    peaks = [
        f"{label}: most at length {values.index(max(values))}, {percent(max(values), 1)}"
        for label, values in (
            ("paths", found.path_shares),
            ("gradient", found.gradient_shares),
            (_ESTIMATE, found.estimate_shares),
        )
        if any(values)
    ]
    return f"{name}: shares of paths and gradient by length, 0 to {found.blocks}. {'; '.join(peaks)}."


def path_norms_alt_text(found: PathGradients, name: str) -> str:
    """The second chart in words: the largest norm, and the first and last length that have one."""
    there = [each for each in found.lengths if each.norm]
    if not there:
        return f"{name}: the gradient's norm by length. No gradient arrives."
    top = max(there, key=lambda each: each.norm)
    ends = ", ".join(f"{_number(each.norm)} at length {each.length}" for each in dict.fromkeys([there[0], there[-1]]))
    return (
        f"{name}: the gradient's norm by length. Largest {_number(top.norm)} at length {top.length}; {ends}; the whole "
        f"gradient {_number(found.norm)}."
    )


def path_rows(found: PathGradients) -> list[Row]:
    """The numbers of both charts, a row for each length; shares are from 0 to 1, and nothing is rounded.

    Counts above 2^53 are given as text, since a table's numbers would round them.
    """
    each = zip(found.lengths, found.path_shares, found.gradient_shares, found.estimate_shares, strict=True)
    large = found.paths > 2**53
    return [
        {
            "length": length.length,
            "paths": f"{length.paths:,}" if large else length.paths,
            "share of paths": paths,
            "norm": length.norm,
            "share of the norms": gradient,
            "part along the whole": length.along,
            "one path's norm": length.single,
            "paths measured": length.sampled,
            "estimated norm": length.estimate,
            "share of the estimates": estimate,
        }
        for length, paths, gradient, estimate in each
    ]
