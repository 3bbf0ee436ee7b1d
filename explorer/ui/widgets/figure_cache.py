"""Figures drawn once for everybody: thirty laptops that ask the same, or the next rerun, get the same figure.

A figure is shared, so nobody may change one; Streamlit only serialises it.
"""

from collections.abc import Callable
from typing import Any, ParamSpec

import plotly.io
from orjson import Fragment
from plotly.graph_objects import Figure

from explorer.charts.compare import budget, waterfall
from explorer.charts.gradients import (
    activations,
    against_depth,
    along_network,
    derivative_product,
    first_steps,
    losses,
    shortcut_shares,
)
from explorer.charts.training import (
    curves,
    damage_bars,
    damage_curves,
    landscape_maps,
    mode_curves,
    mode_statistics,
    path_bars,
    refinement_bars,
    shattering,
)
from explorer.ui.state.caching import shared

MAX_FIGURES = 32  # of each kind: some hundred kilobytes each
P = ParamSpec("P")


class _Written(dict[str, Any]):
    """A figure's plain data with its JSON written once. Plotly asks for ``to_plotly_json`` when it writes JSON."""

    def to_plotly_json(self) -> Fragment:
        """Returns the finished JSON, which orjson copies without reading it."""
        if "_json" not in self.__dict__:
            self.__dict__["_json"] = Fragment(plotly.io.to_json(dict(self), validate=False))
        written: Fragment = self.__dict__["_json"]
        return written


class DrawnFigure(Figure):  # type: ignore[misc]  # plotly has no types
    """A finished figure, nothing but data: Streamlit asks for them in each run, and plotly would make them anew."""

    def __init__(self, figure: Figure) -> None:
        # Not plotly's own constructor, which would check every number of the figure once more.
        self.__dict__["_written"] = _Written(figure.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """Returns the figure as plain data, the same object at every call."""
        written: dict[str, Any] = self.__dict__["_written"]
        return written

    to_plotly_json = to_dict


def drawn_once(draw: Callable[P, Figure]) -> Callable[P, DrawnFigure]:
    """``draw`` with its last figures kept for everybody; its arguments must be hashable."""

    @shared(MAX_FIGURES)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> DrawnFigure:
        return DrawnFigure(draw(*args, **kwargs))

    return drawn


budget_bars = drawn_once(budget.budget_bars)
network_tree = drawn_once(budget.network_tree)
waterfall_chart = drawn_once(waterfall.waterfall)
flow_chart = drawn_once(along_network.flow_chart)
growth_chart = drawn_once(against_depth.growth_chart)
first_steps_chart = drawn_once(first_steps.first_steps_chart)
losses_chart = drawn_once(losses.losses_chart)
shares_chart = drawn_once(shortcut_shares.shares_chart)
activations_chart = drawn_once(activations.activations_chart)
training_chart = drawn_once(curves.training_chart)
product_chart = drawn_once(derivative_product.product_chart)
cut_bars_chart = drawn_once(damage_bars.cut_bars_chart)
damage_curves_chart = drawn_once(damage_curves.damage_curves_chart)
path_shares_chart = drawn_once(path_bars.path_shares_chart)
path_norms_chart = drawn_once(path_bars.path_norms_chart)
changes_chart = drawn_once(refinement_bars.changes_chart)
readings_chart = drawn_once(refinement_bars.readings_chart)
mode_curves_chart = drawn_once(mode_curves.mode_curves_chart)
mode_statistics_chart = drawn_once(mode_statistics.mode_statistics_chart)
landscape_chart = drawn_once(landscape_maps.landscape_chart)
shattering_chart = drawn_once(shattering.shattering_chart)
