"""From one network's total to another's: which stages and roles add, and which save."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from typing import Any

import plotly.graph_objects as go

from explorer.charts.annotations import beside
from explorer.charts.axes import amount_axis, exact
from explorer.charts.bar_rows import BAR, Rows, hatching, row_layout
from explorer.charts.figure_text import HOVER, labels, shortened, wrapped_html
from explorer.charts.palette import MUTED, NETWORKS, ROLE_COLOURS, SAVES
from explorer.charts.plotly_style import styled
from explorer.compare.budget import BudgetStep, By, Measure, budget_steps
from explorer.network.architecture import Architecture
from explorer.network.labels import ROLE_LABELS, stage_label
from explorer.text.quantities import capitalised, counted

_BETWEEN, _BETWEEN_LINE = 84, 19  # pixels between the panels, for the upper axis and each further line of its title
_ROOM = 1.35  # an axis is this much longer than its longest bar, so that words fit beside it


@dataclass(frozen=True, slots=True)
class _Totals:
    """The upper panel: both networks' totals."""

    rows: Rows
    bars: go.Bar
    words: list[dict[str, Any]]
    axis: dict[str, Any]


def waterfall(
    first: Architecture, second: Architecture, names: Sequence[str], measure: Measure, by: By = By.BOTH
) -> go.Figure:
    """Both totals, and below them each step from the first to the second in forward order.

    The totals' axis begins at zero. The steps have an axis of their own, of changes from the first total, so that steps
    that are small beside the totals are seen; the last bar is their sum. Solid bars add and hatched bars save. Each
    step carries its signed amount, and ``customdata``: stage, role, exact words. Totals and the sum have an empty stage
    and role.
    """
    changes = budget_steps(first, second, measure, by)
    totals = (measure.total(first), measure.total(second))
    ends = row_layout([("", labels(names[:2]))])
    upper = _Totals(
        ends,
        _total_bars(totals, names, measure, ends.places[0]),
        beside(totals, ends.places[0], [measure.words(total) for total in totals]),
        amount_axis(measure, 0, _ROOM * max(*totals, 1)),
    )
    if changes:
        return _with_steps(upper, changes, names, measure, by)
    return styled(
        [upper.bars],
        f"{names[0]} and {names[1]}: the same {measure.noun}",
        _sentence(_equality(first, second, measure, by)),
        plot_height=ends.height,
        annotations=upper.words,
        xaxis=upper.axis,
        yaxis=ends.axis,
    )


def _with_steps(
    upper: _Totals, changes: Sequence[BudgetStep], names: Sequence[str], measure: Measure, by: By
) -> go.Figure:
    """The totals above the steps."""
    layout = row_layout(_groups(changes, by))
    levels = list(accumulate((step.value for step in changes), initial=0))
    places = [place for group in layout.places for place in group]
    said = [*(measure.signed(step.value) for step in changes), measure.signed(levels[-1])]
    reached = [*(max(pair) for pair in pairwise(levels)), max(levels[-1], 0)]
    between = _BETWEEN + _BETWEEN_LINE * upper.axis["title"]["text"].count("<br>")
    height = upper.rows.height + between + layout.height
    keys = _keys(names, by)
    return styled(
        [
            upper.bars,
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
        annotations=[*upper.words, *beside(reached, places, said, "2")],
        xaxis=upper.axis,
        yaxis={**upper.rows.axis, "domain": [1 - upper.rows.height / height, 1]},
        xaxis2={**_change_axis(measure, levels, names[0]), "anchor": "y2"},
        yaxis2={**layout.axis, "domain": [0, layout.height / height], "anchor": "x2"},
    )


def _sentence(words: str) -> str:
    return f"{capitalised(words)}."


def _equality(first: Architecture, second: Architecture, measure: Measure, by: By) -> str:
    """What is the same if there is no step, and only that: the networks may differ in what is not counted."""
    pronoun = "it" if measure is Measure.MEMORY else "them"
    if not budget_steps(first, second, measure, By.BOTH):
        return f"no stage or role differs in {pronoun}"
    parts = "roles within a stage" if by is By.STAGE else "its parts in the stages"
    return f"no {by.value} differs in {pronoun} as a whole, only {parts} do"


def _change_axis(measure: Measure, levels: Sequence[int], name: str) -> dict[str, Any]:
    """An axis from the lowest level to the highest, with a line at zero, the first network's total."""
    low, high = min(levels), max(levels)
    margin = 0.02 * (high - low) if low else 0
    axis = amount_axis(measure, low - margin, low + _ROOM * (high - low), change_from=shortened(name, 40))
    return {**axis, "zeroline": True, "zerolinecolor": MUTED, "zerolinewidth": 2}


def _groups(changes: Sequence[BudgetStep], by: By) -> list[tuple[str, list[str]]]:
    """Rows under headings, the sum last; with steps by stage and role, a stage is the heading of its roles."""
    if by is By.BOTH:
        between = [(stage_label(stage), [_label(step, by) for step in run]) for stage, run in _by_stage(changes)]
    else:
        between = [("", [_label(step, by) for step in changes])]
    return [*between, ("", ["<b>all together</b>"])]


def _by_stage(changes: Sequence[BudgetStep]) -> list[tuple[str, list[BudgetStep]]]:
    return [(stage, list(run)) for stage, run in groupby(changes, key=lambda step: step.stage)]


def _label(step: BudgetStep, by: By) -> str:
    return stage_label(step.stage) if by is By.STAGE or step.role is None else ROLE_LABELS[step.role]


def _bar(name: str, values: Sequence[int], places: Sequence[float], **more: Any) -> go.Bar:
    return go.Bar(
        orientation="h", width=BAR, name=name, showlegend=False, x=values, y=places, hovertemplate=HOVER, **more
    )


def _total_bars(totals: tuple[int, int], names: Sequence[str], measure: Measure, places: Sequence[float]) -> go.Bar:
    words = [exact(measure, total) for total in totals]
    return _bar(
        "total",
        totals,
        places,
        marker={"color": [NETWORKS[0].colour, NETWORKS[1].colour], "line": {"width": 0}},
        customdata=[["", "", said] for said in words],
        hovertext=[f"<b>{wrapped_html(name)}</b><br>{said}" for name, said in zip(names, words, strict=False)],
    )


def _step_bars(
    changes: Sequence[BudgetStep], levels: Sequence[int], measure: Measure, places: Sequence[float]
) -> go.Bar:
    """A bar for each step, from the level before it to the level after; a saving runs to the left and is hatched."""
    words = [_signed(measure, step.value) for step in changes]
    return _bar(
        "step",
        [step.value for step in changes],
        places,
        base=levels[:-1],
        xaxis="x2",
        yaxis="y2",
        marker=_marker([_colour(step) for step in changes], saving=[step.value < 0 for step in changes]),
        customdata=[
            [step.stage, step.role.value if step.role else "", said] for step, said in zip(changes, words, strict=True)
        ],
        hovertext=[f"<b>{_place(step)}</b><br>{said}" for step, said in zip(changes, words, strict=True)],
    )


def _sum_bar(change: int, measure: Measure, place: float) -> go.Bar:
    """All steps together, from zero."""
    words = _signed(measure, change)
    return _bar(
        "sum",
        [change],
        [place],
        xaxis="x2",
        yaxis="y2",
        marker=_marker([MUTED], saving=[change < 0]),
        customdata=[["", "", words]],
        hovertext=[f"<b>All steps together</b><br>{words}"],
    )


def _marker(colours: Sequence[str], *, saving: Sequence[bool]) -> dict[str, Any]:
    """Solid bars; those that save are hatched and outlined."""
    return {
        "color": list(colours),
        "pattern": hatching([SAVES if saves else "" for saves in saving], 0.45),
        "line": {"width": [1.5 if saves else 0 for saves in saving], "color": list(colours)},
    }


def _keys(names: Sequence[str], by: By) -> list[go.Bar]:
    """The legend's entries: an empty bar that adds, and one that saves.

    They are grey, except by stage, where a bar has the colour of the network that has more there.
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
    """The role's colour; by stage, that of the network that has more there."""
    return ROLE_COLOURS[step.role] if step.role else NETWORKS[step.value > 0].colour


def _signed(measure: Measure, change: int) -> str:
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    return f"{sign}{exact(measure, abs(change))}"


def _connectors(levels: Sequence[int], places: Sequence[float]) -> go.Scatter:
    """A thin line from each bar's end to the next bar's start, and from the last step to the sum."""
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
    """The waterfall in words: both totals, and the largest step each way."""
    changes = budget_steps(first, second, measure, by)
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
