"""Figures drawn once for everybody: the same question from thirty laptops, or from the next rerun, is answered at once.

A figure is shared, so nobody may change one; streamlit only writes it down.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, ParamSpec, cast

from plotly.graph_objects import Figure

from explorer.charts.compare import budget, waterfall
from explorer.charts.gradients import activations, against_depth, along_network, first_steps, losses, shortcut_shares

KEPT = 32  # figures of each kind: some hundred kilobytes each
P = ParamSpec("P")


class Drawn(Figure):  # type: ignore[misc]  # plotly has no types
    """A finished figure: streamlit asks for its dictionary several times a run, and plotly copies it each time."""

    def to_dict(self) -> dict[str, Any]:
        """The figure as plain data, written down once."""
        if "_written" not in self.__dict__:
            self.__dict__["_written"] = super().to_dict()
        written: dict[str, Any] = self.__dict__["_written"]
        return written


def kept(draw: Callable[P, Figure]) -> Callable[P, Drawn]:
    """``draw`` with its last figures remembered; its arguments must be hashable."""

    @lru_cache(maxsize=KEPT)
    def remembered(*args: Any, **kwargs: Any) -> Drawn:
        return Drawn(draw(*args, **kwargs))

    return cast("Callable[P, Drawn]", remembered)


budget_bars = kept(budget.budget_bars)
network_tree = kept(budget.network_tree)
steps = kept(waterfall.waterfall)
flow_chart = kept(along_network.flow_chart)
growth_chart = kept(against_depth.growth_chart)
steps_chart = kept(first_steps.steps_chart)
losses_chart = kept(losses.losses_chart)
parting_chart = kept(shortcut_shares.parting_chart)
activations_chart = kept(activations.activations_chart)
product_chart = kept(activations.product_chart)
