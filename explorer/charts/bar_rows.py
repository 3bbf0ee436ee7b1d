"""Horizontal bars in labelled rows: where the rows are, their axis, and the hatching of bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from explorer.charts.figure_text import TEXT, inked

BAR = 0.8  # a bar's thickness in rows; plotly would derive it from the distance of the rows in use
ROW = 26  # pixels for one bar with its label


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
        """The plot's height in pixels."""
        return round(self.end * ROW)

    @property
    def axis(self) -> dict[str, Any]:
        """The vertical axis; its ticks are the headings, in bold, and the rows' labels (both escaped already)."""
        ticks = [*self.heading_places, *(place for group in self.places for place in group)]
        return row_axis(ticks, [*(f"<b>{heading}</b>" for heading in self.headings), *self.labels], self.end)


def row_axis(places: Sequence[float], names: Sequence[str], end: float) -> dict[str, Any]:
    """A vertical axis that counts downwards from 0 to ``end``, with names (escaped already) as its ticks."""
    return {
        "tickvals": list(places),
        "ticktext": list(map(inked, names)),
        "tickfont": {"size": TEXT},
        "range": [end, 0],
        "automargin": True,
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "ticks": "",
    }


def row_layout(groups: Sequence[tuple[str, Sequence[str]]]) -> Rows:
    """Places groups of labelled rows below each other, each group under its heading if that is not empty."""
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


def hatching(shape: str | Sequence[str], solidity: float) -> dict[str, Any]:
    """White hatching over a bar's colour; ``shape`` is plotly's sign for it, empty for none, one or one a bar."""
    return {"shape": shape, "fillmode": "overlay", "fgcolor": "#FFFFFF", "size": 7, "solidity": solidity}
