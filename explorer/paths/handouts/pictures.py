"""Figures, drawings and pixels as pictures for a page without scripts."""

import base64
import io
import re
from collections.abc import Iterable
from html import escape

import pandas as pd  # noqa: F401  plotly asks it for types, and another thread may be loading it
import plotly.graph_objects as go
from PIL import Image

from explorer.charts.still.axis import UndrawableError
from explorer.charts.still.figure import still
from explorer.charts.still.legend import Entry
from explorer.charts.table_twin import Row
from explorer.paths.handouts.values import Picture

WIDE, NARROW = 680, 346  # pixels: a column of text, and a phone
_PICKED = re.compile(r' tabindex="0" role="button" aria-pressed="(?:true|false)"')


def of_figure(figure: go.Figure, alt: str, rows: Iterable[Row], name: str) -> Picture:
    """A chart; ``name`` tells it from the file's other pictures. One that cannot be drawn has its numbers alone."""
    kept = tuple(rows)
    try:
        wide, narrow = (still(figure, alt, width, f"{name}-{width}") for width in (WIDE, NARROW))
    except UndrawableError:
        return Picture(alt, (), (), "", "", kept)
    return Picture(wide.title, wide.lines, wide.legend, wide.svg, narrow.svg, kept)


def of_drawing(
    title: str, wide: str, tall: str, legend: Iterable[tuple[str, str]], rows: Iterable[Row] = ()
) -> Picture:
    """One of our own drawings, whose parts cannot be picked here; ``legend`` pairs colours with words."""
    key = tuple(Entry(_swatch(colour), name) for colour, name in legend)
    across, down = (_PICKED.sub(' role="img"', markup) for markup in (wide, tall))
    return Picture(title, (), key, across, down, tuple(rows), drawing=True)


def _swatch(colour: str) -> str:
    return f'<svg aria-hidden="true" width="14" height="14"><rect width="14" height="14" fill="{colour}"/></svg>'


def of_image(title: str, image: Image.Image, alt: str, rows: Iterable[Row] = ()) -> Picture:
    """Pixels, as PNG inside the file."""
    data = io.BytesIO()
    image.save(data, "PNG", optimize=True)
    source = base64.b64encode(data.getvalue()).decode()
    shown = f'<img src="data:image/png;base64,{source}" width="{image.width}" height="{image.height}" '
    markup = f'{shown}alt="{escape(alt)}">'
    return Picture(title, (), (), markup, "", tuple(rows))
