"""The one style of all plotly figures, and what more than one of them needs: rows, contrast, escaped words.

Grid colours are left to the page's theme (``st.plotly_chart(theme="streamlit")`` sets them for light and dark). Its
grey for ticks, values and hover labels has a contrast of 3.7:1 on white, and no one grey has 4.5:1 on both themes'
backgrounds: so words take the colour of the page's own text (``inked``). Only words inside coloured tiles get a colour
of their own, chosen by contrast. Widths belong to the page, too: a figure is as good at 390 px as at 1,440, so titles
are wrapped for the narrow one.
"""

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import plotly.graph_objects as go

from explorer.compare.budget import Measure
from explorer.text.quantities import counted, minus


@dataclass(frozen=True, slots=True)
class NetworkStyle:
    """How one of up to four compared networks is told from the others: never by its hue alone."""

    colour: str
    pattern: str
    symbol: str
    dash: str


# Apart from each other and from the roles' colours for every eye (tests/charts/test_plotly_style.py measures it).
NETWORKS: tuple[NetworkStyle, ...] = (
    NetworkStyle("#7B3FE4", "", "circle", "solid"),
    NetworkStyle("#A89A36", "/", "diamond", "dash"),
    NetworkStyle("#C41AA5", "x", "square", "dot"),
    NetworkStyle("#14603C", ".", "triangle-up", "dashdot"),
)
MUTED = "#8A909C"  # lines, hints and hatching that must be seen on white and on near-black, but not first
SAVES = "/"  # the hatching of what gets less: said by a pattern, since hue alone says nothing to some eyes

TEXT = 14  # pixels, of all words but the title's: what can be read from the back of a room
NARROW, NARROW_SMALL = 44, 52  # signs of a title's and of a subtitle's line that fit on a phone
NAME = 20  # signs of a network's name beside its bar; longer ones would take half of a phone
BAR = 0.8  # of a row; plotly would guess from the rows in use
ROW = 26  # pixels for one bar with its label
_FRAME = 10  # pixels around everything
_TITLE_LINE, _AXIS_LINE = 21, 19
_NARROW_AXIS = 34  # signs under an axis that shares a phone with names beside it
_AXIS, _LEGEND_LINE = 58, 26
_PER_LEGEND_LINE = 4  # entries; a phone has room for two, and takes what is missing from the plot


def escaped(text: str) -> str:
    """Text for plotly, which reads a little HTML: a name out of a link must not become markup."""
    return escape(text, quote=False)


def inked(html: str) -> str:
    """Words for plotly in the colour of the text around the figure, whatever the theme; ``html`` is escaped already."""
    return f'<span style="color:currentColor">{html}</span>'


# Of traces that say all in ``hovertext``.
HOVER = inked("%{hovertext}") + "<extra></extra>"


def luminance(colour: str) -> float:
    """Relative luminance of ``#RRGGBB``, 0 for black and 1 for white (WCAG 2.2, IEC 61966-2-1)."""
    values = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast ratio of two colours ``#RRGGBB``, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(colour: str) -> str:
    """Black or white, whichever is easier to read on a tile of this colour."""
    return max(("#000000", "#FFFFFF"), key=lambda ink: contrast(ink, colour))


def shortened(text: str, most: int) -> str:
    """Plain text of at most so many signs, cut between words where it has some."""
    if " " not in text:
        return text[:most]
    return re.sub(r"[,;:]…$", "…", textwrap.shorten(text, most, placeholder="…"))


def labels(names: Sequence[str], most: int = NAME) -> tuple[str, ...]:
    """The networks' names, short enough for a label, escaped; numbered where shortening made some the same."""
    short = [shortened(name, most) for name in names]
    if len(set(short)) < len(short):
        short = [
            f"{number} {textwrap.shorten(name, most - 2, placeholder='…')}" for number, name in enumerate(names, 1)
        ]
    return tuple(map(escaped, short))


def wrapped_html(text: str, width: int = NARROW) -> str:
    """Plain text broken into lines for a title or a hover label, escaped."""
    return "<br>".join(map(escaped, textwrap.wrap(text, width, break_long_words=True)))


def exact(measure: Measure, value: int) -> str:
    """An amount to the last digit with its unit, as ``compare.budget`` words it in tips: ``9,408 parameters``."""
    what = {Measure.PARAMS: "parameter", Measure.MACS: "MAC", Measure.MEMORY: "byte"}[measure]
    return counted(value, what)


def axis_title(measure: Measure) -> str:
    """What an axis counts, and in what unit."""
    return f"{measure.label} ({measure.unit})" if measure.unit else measure.label


def axis_words(title: str) -> dict[str, Any]:
    """An axis's title, plain text, and how large its words are."""
    return {
        "title": {"text": inked(wrapped_html(title, _NARROW_AXIS)), "font": {"size": TEXT}},
        "tickfont": {"size": TEXT},
    }


def number_axis(title: str, high: float) -> dict[str, Any]:
    """A horizontal axis of plain numbers from zero, whose ticks plotly finds."""
    before, after = inked("|").split("|")
    return {
        **axis_words(title),
        "range": [0, high],
        "tickprefix": before,
        "ticksuffix": after,
        "nticks": 6,
        "fixedrange": True,
        "zeroline": False,
    }


def amount_axis(measure: Measure, low: float, high: float, most: int = 4, *, change_from: str = "") -> dict[str, Any]:
    """A horizontal axis of amounts, its ticks in the words used everywhere: ``10 M``, ``64 MiB``.

    Ticks are round in the unit that is shown, so bytes get binary steps. ``most`` + 1 ticks fit on a phone. With
    ``change_from``, a network's name, the amounts are differences, in signed words.
    """
    step = _round_step((high - low) / most, measure) or 1
    first = -int(-low // step)
    ticks = [index * step for index in range(first, int(high // step) + 1)]
    return {
        **axis_words(f"Change from {change_from}" if change_from else axis_title(measure)),
        "tickvals": ticks,
        "ticktext": list(map(inked, _told_apart(ticks, measure, change=bool(change_from)))),
        "range": [low, high],
        "fixedrange": True,
        "zeroline": False,
    }


def _told_apart(amounts: Sequence[int], measure: Measure, *, change: bool) -> list[str]:
    """Amounts in words; to the last digit where the words would be the same for several."""
    words = [measure.signed(amount) if change else measure.words(amount) for amount in amounts]
    if len(set(words)) == len(words):
        return words
    return [minus(f"{amount:+,}") if change else f"{amount:,}" for amount in amounts]


def _round_step(least: float, measure: Measure) -> int:
    """The smallest of 1, 2, 5, 10, 20 ... (of binary units for bytes) that is not below ``least``."""
    base = 1
    while measure is Measure.MEMORY and least >= 1024 * base:
        base *= 1024
    for power in range(30):
        for digit in (1, 2, 5):
            step = base * digit * int(10**power)
            if step >= least:
                return step
    raise OverflowError(f"no axis is {least} long")


def beside(
    ends: Sequence[float], places: Sequence[float], words: Sequence[str], panel: str = ""
) -> list[dict[str, Any]]:
    """Words to the right of bars' ends. Annotations, since selecting a bar would fade the text of traces.

    ``panel`` is the number that plotly's axes have in a figure with several panels: nothing for the first, then 2.
    """
    common = {"showarrow": False, "xanchor": "left", "xshift": 3, "font": {"size": TEXT}}
    refs = {"xref": f"x{panel}", "yref": f"y{panel}"}
    return [
        {**common, **refs, "x": x, "y": y, "text": inked(text)} for x, y, text in zip(ends, places, words, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows under headings on one vertical axis that counts downwards, one unit a row."""

    places: tuple[tuple[float, ...], ...]
    heading_places: tuple[float, ...]
    headings: tuple[str, ...]
    labels: tuple[str, ...]
    end: float

    @property
    def height(self) -> int:
        """Pixels of the plot itself."""
        return round(self.end * ROW)

    @property
    def axis(self) -> dict[str, Any]:
        """The axis: its ticks are the headings, in bold, and the rows' labels (both escaped already)."""
        ticks = [*self.heading_places, *(place for group in self.places for place in group)]
        texts = [*(f"<b>{heading}</b>" for heading in self.headings), *self.labels]
        return {
            "tickvals": ticks,
            "ticktext": list(map(inked, texts)),
            "tickfont": {"size": TEXT},
            "range": [self.end, 0],
            "automargin": True,
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
            "ticks": "",
        }


def row_layout(groups: Sequence[tuple[str, Sequence[str]]]) -> Rows:
    """Lays groups of labelled rows out below each other; an empty heading takes no room."""
    places: list[tuple[float, ...]] = []
    headings: list[tuple[float, str]] = []
    y = 0.0
    for heading, names in groups:
        if heading:
            headings.append((y + 0.55, heading))
            y += 1.0
        places.append(tuple(y + 0.5 + index for index in range(len(names))))
        y += len(names) + (0.3 if heading else 0.0)
    return Rows(
        tuple(places),
        tuple(place for place, _ in headings),
        tuple(words for _, words in headings),
        tuple(name for _, names in groups for name in names),
        y + 0.1,
    )


def styled(
    traces: Iterable[Any], title: str, subtitle: str, *, plot_height: int, legend: int = 0, **layout: Any
) -> go.Figure:
    """A figure in the common style.

    ``title`` and ``subtitle`` are plain text, escaped and wrapped here, the subtitle's own lines kept. ``plot_height``
    is in pixels, without title, axis and legend; ``legend`` is how many entries the legend has. ``layout`` is plotly's,
    and wins; without axes in it the plot reaches from edge to edge.
    """
    # Below the title and not plotly's own subtitle, which stands at a distance that depends on its length.
    small = "<br>".join(wrapped_html(line, NARROW_SMALL) for line in subtitle.splitlines())
    below = small and f'<br><span style="font-size:{TEXT}px;font-weight:400">{small}</span>'
    head = inked(wrapped_html(title) + below)
    top = _FRAME + _TITLE_LINE * (head.count("<br>") + 1) + 8
    titles = [axis["title"]["text"] for name, axis in layout.items() if name.startswith("xaxis")]
    axis = _AXIS + _AXIS_LINE * sum(title.count("<br>") for title in titles[-1:])
    bottom = axis + _LEGEND_LINE * -(-legend // _PER_LEGEND_LINE) if titles else _FRAME
    common = {
        "title": {
            "text": head,
            "x": 0,
            "xanchor": "left",
            "yref": "container",
            "y": 1 - _FRAME / (top + plot_height + bottom),
            "yanchor": "top",
        },
        "height": top + plot_height + bottom,
        "margin": {"l": 8 if titles else 0, "r": 12 if titles else 0, "t": top, "b": bottom, "autoexpand": True},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": legend > 0,
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": -axis / plot_height,
            "yanchor": "top",
            "traceorder": "normal",
            "font": {"size": TEXT},
        },
        "hoverlabel": {"align": "left", "namelength": -1, "font": {"size": TEXT}},
        "hovermode": "closest",
    }
    return go.Figure(list(traces), {**common, **layout})
