"""Words, lines and shaded areas inside a plot, as plotly's annotations and shapes.

Words are annotations, since selecting a bar would fade the text of traces.
"""

from collections.abc import Sequence
from typing import Any

from explorer.charts.figure_text import TEXT, inked
from explorer.charts.palette import MUTED

CHOSEN = "chosen"
"""The name of a shape that shows the reader's choice on the page; a saved file leaves it out (ui/widgets/chart.js)."""


def annotation(html: str, **place: Any) -> dict[str, Any]:
    """Words without an arrow in the common size; ``html`` is escaped already, ``place`` is plotly's."""
    return {"text": inked(html), "showarrow": False, "font": {"size": TEXT}, **place}


def words_at(html: str, height: float, anchor: str, *, right: bool = False) -> dict[str, Any]:
    """Words inside the plot at its left end, or its right one, at a value of the vertical axis."""
    side = {"xref": "paper", "x": 1 if right else 0, "xanchor": "right" if right else "left"}
    return annotation(html, **side, y=height, yanchor=anchor, borderpad=1)


def beside(
    ends: Sequence[float], places: Sequence[float], words: Sequence[str], panel: str = ""
) -> list[dict[str, Any]]:
    """Words to the right of the bars that end at (``ends``, ``places``).

    ``panel`` is the number of plotly's axes in a figure with several panels: empty for the first, then 2.
    """
    refs = {"xref": f"x{panel}", "yref": f"y{panel}", "xanchor": "left", "xshift": 3}
    return [annotation(text, **refs, x=x, y=y) for x, y, text in zip(ends, places, words, strict=True)]


def line_across(y: float, *, width: float = 1.5, dash: str = "dot", **more: Any) -> dict[str, Any]:
    """A thin line across the whole plot at the height ``y``; without ``dash`` it is solid."""
    place = {"xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y}
    return {"type": "line", **place, "line": _thin(width, dash), **more}


def line_up(x: float, *, width: float = 1.5, dash: str = "dot", **more: Any) -> dict[str, Any]:
    """A thin line from the bottom of the plot to its top at ``x``."""
    place = {"yref": "paper", "y0": 0, "y1": 1, "x0": x, "x1": x}
    return {"type": "line", **place, "line": _thin(width, dash), **more}


def _thin(width: float, dash: str) -> dict[str, Any]:
    return {"color": MUTED, "width": width} | ({"dash": dash} if dash else {})


def area_across(low: float, high: float, opacity: float, **more: Any) -> dict[str, Any]:
    """A grey area behind everything, across the whole plot, between two heights."""
    place = {"type": "rect", "layer": "below", "xref": "paper", "x0": 0, "x1": 1, "y0": low, "y1": high}
    return {**place, "fillcolor": MUTED, "opacity": opacity, "line": {"width": 0}, **more}
