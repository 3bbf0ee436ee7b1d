"""The common style of all plotly figures.

Grid colours are left to the page's theme (``st.plotly_chart(theme="streamlit")`` sets them for light and dark). A
figure does not know the page's width: it must look as good at 390 px as at 1,440 px, so titles are wrapped for the
narrow one.

This is no plotly Template, for two reasons. Streamlit writes its own theme over a figure's template, among it the
background, the margins and all font sizes, so half of the style would have to stay outside. And a figure takes three
to six times as long to build with a template of one's own beside Streamlit's (22 to 38 ms against 6 ms for one of 20
annotations).
"""

from collections.abc import Iterable
from typing import Any

import plotly.graph_objects as go

from explorer.charts.figure_text import NARROW_SMALL, TEXT, inked, wrapped_html

AXIS, LEGEND_LINE = 58, 26  # pixels below a plot for an axis's words, and for each line of the legend
_FRAME = 10  # pixels around everything
_TITLE_LINE, _AXIS_LINE = 21, 19
_PER_LEGEND_LINE = 4  # entries on a wide page; a phone has room for two and takes the rest from the plot
_EMPTY = 80  # pixels of a plot without content
SUBTITLE = f'<br><span style="font-size:{TEXT}px;font-weight:400">'  # begins a figure's subtitle in its title's HTML


def styled(
    traces: Iterable[Any], title: str, subtitle: str, *, plot_height: int, legend: int = 0, **layout: Any
) -> go.Figure:
    """A figure in the common style.

    ``title`` and ``subtitle`` are plain text; they are escaped and wrapped here, and the subtitle keeps its own line
    breaks. ``plot_height`` is in pixels, without title, axis and legend. ``legend`` is the legend's number of entries.
    ``layout`` is plotly's and overrides the style. A figure without a horizontal axis fills its whole width.
    """
    words = _title_words(title, subtitle)
    titles = [axis["title"]["text"] for name, axis in layout.items() if name.startswith("xaxis")]
    axis = AXIS + _AXIS_LINE * sum(text.count("<br>") for text in titles[-1:])
    top = _FRAME + _TITLE_LINE * (words.count("<br>") + 1) + 8
    bottom = axis + LEGEND_LINE * -(-legend // _PER_LEGEND_LINE) if titles else _FRAME
    height = top + plot_height + bottom
    sides = {"l": 8, "r": 12} if titles else {"l": 0, "r": 0}
    common = {
        "title": {"text": words, **_corner(1 - _FRAME / height), "yref": "container"},
        "height": height,
        "margin": {**sides, "t": top, "b": bottom, "autoexpand": True},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": legend > 0,
        "legend": {**_corner(-axis / plot_height), "orientation": "h", "traceorder": "normal", "font": {"size": TEXT}},
        "hoverlabel": {"align": "left", "namelength": -1, "font": {"size": TEXT}},
        "hovermode": "closest",
    }
    return go.Figure(list(traces), {**common, **layout})


def empty_chart(title: str, plot_height: int = _EMPTY) -> go.Figure:
    """A figure that has nothing to show yet; the title says so."""
    return styled([], title, "", plot_height=plot_height)


def _title_words(title: str, subtitle: str) -> str:
    # Plotly's own subtitle stands at a distance that depends on its length.
    small = "<br>".join(wrapped_html(line, NARROW_SMALL) for line in subtitle.splitlines())
    below = small and f"{SUBTITLE}{small}</span>"
    return inked(wrapped_html(title) + below)


def _corner(y: float) -> dict[str, Any]:
    """The place of something whose upper left corner is at the figure's left edge and the height ``y``."""
    return {"x": 0, "xanchor": "left", "y": y, "yanchor": "top"}


def colour_bar(title: str, y: float, **ticks: Any) -> dict[str, Any]:
    """A horizontal key to colours below the plot, its top at ``y`` in parts of the plot; ``title`` is escaped."""
    return {
        "orientation": "h",
        "x": 0.5,
        "xanchor": "center",
        "y": y,
        "yanchor": "top",
        "thickness": 12,
        "len": 1,
        "title": {"text": inked(title), "side": "top", "font": {"size": TEXT}},
        "tickfont": {"size": TEXT},
        "tickangle": 0,
        "outlinewidth": 0,
        **ticks,
    }
