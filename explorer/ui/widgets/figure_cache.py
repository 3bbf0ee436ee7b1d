"""Figures drawn once for everybody: thirty laptops that ask the same, or the next rerun, get the same figure.

A figure is shared, so nobody may change one; Streamlit only serialises it.
"""

from collections.abc import Callable
from typing import Any, ParamSpec

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
from explorer.ui.state.caching import shared

MAX_FIGURES = 32  # of each kind: some hundred kilobytes each
P = ParamSpec("P")


class DrawnFigure(Figure):  # type: ignore[misc]  # plotly has no types
    """A finished figure: Streamlit asks for its dictionary several times a run, and plotly would copy it each time."""

    def to_dict(self) -> dict[str, Any]:
        """Returns the figure as plain data, the same object at every call."""
        if "_as_dict" not in self.__dict__:
            self.__dict__["_as_dict"] = super().to_dict()
        as_dict: dict[str, Any] = self.__dict__["_as_dict"]
        return as_dict


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
product_chart = drawn_once(derivative_product.product_chart)
