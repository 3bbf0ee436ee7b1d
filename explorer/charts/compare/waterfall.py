"""From one network's total to another's: which stage and which role adds, and which saves."""

from collections.abc import Sequence
from itertools import accumulate, groupby, pairwise
from typing import Any

import plotly.graph_objects as go

from explorer.charts.palette import ROLE_COLOURS
from explorer.charts.plotly_style import (
    BAR,
    HOVER,
    MUTED,
    NETWORKS,
    SAVES,
    Rows,
    amount_axis,
    beside,
    exact,
    labels,
    row_layout,
    shortened,
    styled,
    wrapped_html,
)
from explorer.compare.budget import BudgetStep, By, Measure, steps
from explorer.network.architecture import Architecture
from explorer.network.labels import ROLE_LABELS, stage_label
from explorer.text.quantities import counted

_BETWEEN, _BETWEEN_LINE = 84, 19  # pixels between the panels, for the first one's axis and more lines of its title
_ROOM = 1.35  # of what is shown, so that words fit behind the longest bar


def waterfall(
    first: Architecture, second: Architecture, names: Sequence[str], measure: Measure, by: By = By.BOTH
) -> go.Figure:
    """Both totals, and below them each step from the first to the second in forward order.

    The totals' axis begins at zero. The steps have an axis of their own, of changes from the first total, on which
    even steps that are small beside the totals are seen; its last bar is the sum of all. Solid bars add and hatched
    bars save; every step carries its signed amount, and ``customdata`` (stage, role, exact words; the former two
    empty for totals and the sum).
    """
    changes = steps(first, second, measure, by)
    totals = (measure.total(first), measure.total(second))
    ends, layout = row_layout([("", labels(names[:2]))]), row_layout(_groups(changes, by))
    total_axis = amount_axis(measure, 0, _ROOM * max(*totals, 1))
    upper = _total_bars(totals, names, measure, ends.places[0])
    words = beside(totals, ends.places[0], [measure.words(total) for total in totals])
    if not changes:
        return styled(
            [upper],
            f"{names[0]} and {names[1]}: the same {measure.noun}",
            _sentence(_equality(first, second, measure, by)),
            plot_height=ends.height,
            annotations=words,
            xaxis=total_axis,
            yaxis=ends.axis,
        )
    levels = list(accumulate((step.value for step in changes), initial=0))
    places = [place for group in layout.places for place in group]
    said = [*(measure.signed(step.value) for step in changes), measure.signed(levels[-1])]
    reached = [*(max(pair) for pair in pairwise(levels)), max(levels[-1], 0)]
    between = _BETWEEN + _BETWEEN_LINE * total_axis["title"]["text"].count("<br>")
    height = ends.height + between + layout.height
    keys = _keys(names, by)
    return styled(
        [
            upper,
            _step_bars(changes, levels, measure, places[:-1]),
            _sum_bar(levels[-1], measure, places[-1]),
            _connectors(levels, places),
            *keys,
        ],
        f"{measure.label} from {names[0]} to {names[1]}",
        "" if by is By.STAGE else "Colours are the roles', as in the bars by stage.",
        plot_height=height,
        legend=len(keys),
        barmode="overlay",
        annotations=[*words, *beside(reached, places, said, "2")],
        **_panels(ends, layout, height),
        xaxis=total_axis,
        xaxis2={**_change_axis(measure, levels, names[0]), "anchor": "y2"},
    )


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _equality(first: Architecture, second: Architecture, measure: Measure, by: By) -> str:
    """What is the same where there is no step, and no more: networks may differ in what is not counted."""
    pronoun = "it" if measure is Measure.MEMORY else "them"
    if not steps(first, second, measure, By.BOTH):
        return f"no stage or role differs in {pronoun}"
    parts = "roles within a stage" if by is By.STAGE else "its parts in the stages"
    return f"no {by.value} differs in {pronoun} as a whole, only {parts} do"


def _panels(ends: Rows, layout: Rows, height: int) -> dict[str, Any]:
    """The vertical axes, the totals' above the steps'."""
    return {
        "yaxis": {**ends.axis, "domain": [1 - ends.height / height, 1]},
        "yaxis2": {**layout.axis, "domain": [0, layout.height / height], "anchor": "x2"},
    }


def _change_axis(measure: Measure, levels: Sequence[int], name: str) -> dict[str, Any]:
    """From the lowest level to the highest, zero (the first total) among them and marked."""
    low, high = min(levels), max(levels)
    margin = 0.02 * (high - low) if low else 0
    axis = amount_axis(measure, low - margin, low + _ROOM * (high - low), change_from=shortened(name, 40))
    return {**axis, "zeroline": True, "zerolinecolor": MUTED, "zerolinewidth": 2}


def _groups(changes: Sequence[BudgetStep], by: By) -> list[tuple[str, list[str]]]:
    """Rows under their headings, the sum last: by both, a stage is a heading and its roles are rows."""
    if by is By.BOTH:
        between = [(stage_label(stage), [_label(step, by) for step in run]) for stage, run in _by_stage(changes)]
    else:
        between = [("", [_label(step, by) for step in changes])]
    return [*between, ("", ["<b>all together</b>"])]


def _by_stage(changes: Sequence[BudgetStep]) -> list[tuple[str, list[BudgetStep]]]:
    return [(stage, list(run)) for stage, run in groupby(changes, key=lambda step: step.stage)]


def _label(step: BudgetStep, by: By) -> str:
    return stage_label(step.stage) if by is By.STAGE or step.role is None else ROLE_LABELS[step.role]


def _total_bars(totals: tuple[int, int], names: Sequence[str], measure: Measure, places: Sequence[float]) -> go.Bar:
    return go.Bar(
        orientation="h",
        width=BAR,
        name="total",
        showlegend=False,
        x=totals,
        y=places,
        marker={"color": [NETWORKS[0].colour, NETWORKS[1].colour], "line": {"width": 0}},
        customdata=[["", "", exact(measure, total)] for total in totals],
        hovertext=[
            f"<b>{wrapped_html(name)}</b><br>{exact(measure, total)}"
            for name, total in zip(names, totals, strict=False)
        ],
        hovertemplate=HOVER,
    )


def _step_bars(
    changes: Sequence[BudgetStep], levels: Sequence[int], measure: Measure, places: Sequence[float]
) -> go.Bar:
    """One bar a step from the level before to the level after; what gets less runs to the left and is hatched."""
    return go.Bar(
        orientation="h",
        width=BAR,
        name="step",
        showlegend=False,
        xaxis="x2",
        yaxis="y2",
        base=levels[:-1],
        x=[step.value for step in changes],
        y=places,
        marker=_marker([_colour(step) for step in changes], saving=[step.value < 0 for step in changes]),
        customdata=[
            [step.stage, step.role.value if step.role else "", _signed(measure, step.value)] for step in changes
        ],
        hovertext=[f"<b>{_place(step)}</b><br>{_signed(measure, step.value)}" for step in changes],
        hovertemplate=HOVER,
    )


def _sum_bar(change: int, measure: Measure, place: float) -> go.Bar:
    """All steps together, from zero."""
    words = _signed(measure, change)
    return go.Bar(
        orientation="h",
        width=BAR,
        name="sum",
        showlegend=False,
        xaxis="x2",
        yaxis="y2",
        x=[change],
        y=[place],
        marker=_marker([MUTED], saving=[change < 0]),
        customdata=[["", "", words]],
        hovertext=[f"<b>All steps together</b><br>{words}"],
        hovertemplate=HOVER,
    )


def _marker(colours: Sequence[str], *, saving: Sequence[bool]) -> dict[str, Any]:
    """Solid, or hatched and outlined for what gets less."""
    return {
        "color": list(colours),
        "pattern": {
            "shape": [SAVES if saves else "" for saves in saving],
            "fillmode": "overlay",
            "size": 7,
            "solidity": 0.45,
            "fgcolor": "#FFFFFF",
        },
        "line": {"width": [1.5 if saves else 0 for saves in saving], "color": list(colours)},
    }


def _keys(names: Sequence[str], by: By) -> list[go.Bar]:
    """What the legend explains: bars of no length, one that adds and one that saves, in a colour that says no more.

    By stage a bar has the colour of the network that has more there.
    """
    one, two = labels(names[:2])
    keys = [("adds", MUTED), ("saves", MUTED)]
    if by is By.STAGE:
        keys = [(f"adds: {two} has more", NETWORKS[1].colour), (f"saves: {one} has more", NETWORKS[0].colour)]
    return [
        go.Bar(name=name, x=[None], y=[None], marker=_marker([colour], saving=[saves]), hoverinfo="skip")
        for (name, colour), saves in zip(keys, (False, True), strict=True)
    ]


def _colour(step: BudgetStep) -> str:
    """The role's; by stage, the network's that has more there."""
    return ROLE_COLOURS[step.role] if step.role else NETWORKS[step.value > 0].colour


def _signed(measure: Measure, change: int) -> str:
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    return f"{sign}{exact(measure, abs(change))}"


def _connectors(levels: Sequence[int], places: Sequence[float]) -> go.Scatter:
    """A thin line from each bar's end to the next bar's start, and from the last to the end of the sum."""
    pairs = list(pairwise(places))
    return go.Scatter(
        xaxis="x2",
        yaxis="y2",
        x=[value for level in levels[1:] for value in (level, level, None)],
        y=[value for start, end in pairs for value in (start, end, None)],
        mode="lines",
        line={"color": MUTED, "width": 1},
        hoverinfo="skip",
        showlegend=False,
    )


def waterfall_alt_text(
    first: Architecture, second: Architecture, names: Sequence[str], measure: Measure, by: By
) -> str:
    """The waterfall in words, for those who do not see it: both totals, and the largest step each way."""
    changes = steps(first, second, measure, by)
    ends = (
        f"{measure.label} from {names[0]} ({measure.words(measure.total(first))}) to "
        f"{names[1]} ({measure.words(measure.total(second))})"
    )
    if not changes:
        return f"{ends}: {_equality(first, second, measure, by)}."
    most = max(changes, key=lambda step: step.value)
    least = min(changes, key=lambda step: step.value)
    largest = [step for step, way in ((most, 1), (least, -1)) if way * step.value > 0]
    said = " and ".join(f"{_place(step)} {measure.signed(step.value)}" for step in largest)
    return (
        f"{ends} in {counted(len(changes), 'step')}. The largest {'each way' if len(largest) > 1 else 'step'}: {said}."
    )


def _place(step: BudgetStep) -> str:
    role = ROLE_LABELS[step.role] if step.role else ""
    return ", ".join(filter(None, (stage_label(step.stage) if step.stage else "", role)))
