"""A plain and a residual form that learn the same map: their weights, and how their losses fell."""

import plotly.graph_objects as go

from explorer.charts.axes import INKED_TICKS, axis_words
from explorer.charts.gradients.losses import after
from explorer.charts.ideas.panels import MatrixPanel, Strip, panels_chart
from explorer.charts.log_axis import scale_for
from explorer.charts.palette import network_style
from explorer.charts.plotly_style import styled
from explorer.charts.reading_marks import joined_marks, legend_entry
from explorer.charts.table_twin import Row
from explorer.gradients.values import FlowReading, ReadingState
from explorer.ideas.identity import SIDE, Form, IdentityRun, Learner
from explorer.ideas.identity_words import sentence
from explorer.ideas.limits import two_digits
from explorer.text.quantities import counted

_MARKS = 50  # a curve has at most one mark more
_BEYOND = 3  # colours reach this many times as far as the largest wanted weight: training that diverges reaches 10⁹
_UNIT = "output {row}, input {column}"


def _forms(run: IdentityRun) -> list[tuple[str, str, Learner]]:
    """Each form's short name, heading and training."""
    return [("plain", "plain, F(x)", run.plain), ("residual", "residual, x + F(x)", run.residual)]


def weights_chart(run: IdentityRun) -> go.Figure:
    """F of both forms as matrices: at the start, learned, and wanted."""
    linear = run.setting.form is Form.LINEAR
    what = "the weights W of F" if linear else "the linear map nearest to F on the data"
    return panels_chart(
        [
            Strip(
                f"{heading}: F must become {'H' if name == 'plain' else 'H − I'}",
                [
                    MatrixPanel("at the start", one.start, _UNIT),
                    MatrixPanel("learned", one.learned, _UNIT),
                    MatrixPanel("wanted", one.wanted, _UNIT),
                ],
            )
            for name, heading, one in _forms(run)
        ],
        "What F has to become, and what it became",
        f"{what}, after {counted(run.setting.steps, 'step')}\nrows: {SIDE} outputs, columns: {SIDE} inputs",
        "weight",
        farthest=_BEYOND * max(abs(weight) for _, _, one in _forms(run) for row in one.wanted for weight in row),
    )


def identity_losses_chart(run: IdentityRun) -> go.Figure:
    """Both losses against the steps, on a logarithmic axis; zero, infinity and NaN have a row of their own each."""
    readings = {name: [FlowReading.of(loss) for loss in one.losses] for name, _, one in _forms(run)}
    scale = scale_for([reading for each in readings.values() for reading in each], log=True)
    traces = []
    for place, (name, heading, one) in enumerate(_forms(run)):
        style, steps = network_style(place), _thinned(len(one.losses))
        line = joined_marks(
            scale,
            steps,
            [readings[name][step] for step in steps],
            style,
            tips=[f"<b>{heading}</b><br>{after(step)}: loss {two_digits(one.losses[step])}" for step in steps],
            picks=steps,
            size=5,
        )
        traces += [each.update(name=heading, legendgroup=name) for each in (line, legend_entry(style))]
    return styled(
        traces,
        "The loss of both forms",
        "half of the squared distance to H(x), mean over the data",
        plot_height=scale.plot_height,
        legend=2,
        xaxis={
            **axis_words("Steps of gradient descent taken"),
            "range": [-0.02 * run.setting.steps, 1.02 * run.setting.steps],
            **INKED_TICKS,
            "nticks": 6,
            "tickformat": "d",
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
        yaxis=scale.axis("Loss, log axis"),
        shapes=scale.lines(),
        annotations=scale.names({ReadingState.OVERFLOW: "infinite"}),
        dragmode=False,
    )


def _thinned(count: int) -> list[int]:
    """The steps that have a mark: the first, the last, and others evenly between them."""
    return sorted({round(place * (count - 1) / _MARKS) for place in range(_MARKS + 1)})


def weights_alt_text(run: IdentityRun) -> str:
    """The weight maps in words."""
    plain, residual = run.plain.to_learn, run.residual.to_learn
    return (
        f"Six heat maps of {SIDE} by {SIDE} weights: of the plain and of the residual form at the start, learned and "
        f"wanted. The wanted ones have norm {two_digits(plain)} (H) and {two_digits(residual)} (H − I). {sentence(run)}"
    )


def identity_losses_alt_text(run: IdentityRun) -> str:
    """The curves in words: their beginnings and ends."""
    courses = [
        f"{heading}: {two_digits(one.losses[0])} before the first step, "
        f"{two_digits(one.final)} {after(len(one.losses) - 1)}"
        for _, heading, one in _forms(run)
    ]
    return f"The loss of both forms against the steps, on a logarithmic axis. {'; '.join(courses)}."


def weights_rows(run: IdentityRun) -> list[Row]:
    """Each weight of both forms at the start, learned and wanted."""
    return [
        {
            "form": name,
            "output": row + 1,
            "input": column + 1,
            "at the start": one.start[row][column],
            "learned": one.learned[row][column],
            "wanted": one.wanted[row][column],
        }
        for name, _, one in _forms(run)
        for row in range(SIDE)
        for column in range(SIDE)
    ]


def identity_losses_rows(run: IdentityRun) -> list[Row]:
    """Both losses, a row for each number of steps; a form whose training exploded has none from then on."""
    count = max(len(run.plain.losses), len(run.residual.losses))
    return [
        {
            "steps": step,
            **{heading: one.losses[step] if step < len(one.losses) else "stopped" for _, heading, one in _forms(run)},
        }
        for step in range(count)
    ]
