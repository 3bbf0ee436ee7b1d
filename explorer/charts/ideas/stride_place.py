"""The places of the input that each block's output depends on, as heat maps of the gradient."""

import math

import plotly.graph_objects as go

from explorer.charts.ideas.panels import MatrixPanel, Strip, panels_chart
from explorer.charts.table_twin import Row
from explorer.ideas.limits import Matrix
from explorer.ideas.stride_place import StrideRun, sentence

_SIDE = 165  # pixels of a map: two fit beside each other on a phone
_UNIT = "row {row}, column {column}"


def places_chart(run: StrideRun) -> go.Figure:
    """Both blocks below each other, each through the branch alone and with the shortcut."""
    return panels_chart(
        [
            Strip(
                place.label,
                [_panel("branch alone", place.branch), _panel("with shortcut", place.whole)],
            )
            for place in (run.first, run.second)
        ],
        "How much each place of the input reaches the output",
        f"gradient of the sum of all outputs\nblank: nothing gets through; stride {run.setting.stride}",
        "gradient",
        signed=False,
        side=_SIDE,
    )


def _panel(name: str, values: Matrix) -> MatrixPanel:
    """Zero gets no colour, so that a small gradient does not look like none."""
    return MatrixPanel(name, [[value or math.nan for value in row] for row in values], _UNIT)


def places_alt_text(run: StrideRun) -> str:
    """The maps in words."""
    return f"Four heat maps of the input, two for each place of the stride. {sentence(run)}"


def places_rows(run: StrideRun) -> list[Row]:
    """Both blocks in numbers."""
    return [
        {
            "block": place.label,
            "places": run.setting.side**2,
            "seen by the branch": place.reached(place.branch),
            "seen with the shortcut": place.reached(place.whole),
            "MACs of the branch": place.macs,
        }
        for place in (run.first, run.second)
    ]
