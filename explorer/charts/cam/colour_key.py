"""The key to a map's colours with numbers: a figure for the page, and a picture for files that people save."""

import numpy as np
import plotly.graph_objects as go
from PIL import Image, ImageDraw

from explorer.charts.axes import ticked_axis
from explorer.charts.cam.overlay import Colours, colour_table, scale_name
from explorer.charts.plotly_style import styled
from explorer.pictures.fonts import printable, step, width_of, wrapped, write
from explorer.text.quantities import minus

_TOP = 6  # pixels above the colours
_HEIGHT = 18  # pixels of the strip of colours
_CELLS = 256
_MARGIN = 0.09  # part of the colours' length that stays free on either side, for half of a number
_LEAST_TEXT, _MOST_TEXT = 12, 24  # pixels of the words under the strip


def key_words(scale: float, *, signed: bool) -> tuple[str, str, str]:
    """The numbers at the start, the middle and the end of the colours."""
    ends = (-scale, 0.0, scale) if signed else (0.0, scale / 2, scale)
    start, middle, end = (minus(f"{value:.3g}") for value in ends)
    return start.replace("−0", "0") if not scale else start, middle, end


def meaning(target: str, against: str | None = None, *, signed: bool = False) -> str:
    """The words under the colours that say what they mean."""
    if against is not None:
        return (
            f"evidence for {target} (above 0) or {against} (below 0)"
            if signed
            else f"evidence for {target} and not {against}"
        )
    return f"evidence against (below 0) and for {target} (above 0)" if signed else f"evidence for {target}"


def colour_key(
    scale: float, title: str, *, colours: Colours = Colours.VIRIDIS, signed: bool = False, unit: str = "logits"
) -> go.Figure:
    """The colours from zero (for signed maps, from minus ``scale``) to ``scale``; ``title`` says what they mean.

    ``unit`` is that of the numbers, as in ``explorer.cam.words.METHOD_UNITS``.
    """
    start = -1.0 if signed else 0.0
    strip = go.Heatmap(
        x=np.linspace(start, 1, _CELLS),
        z=[np.linspace(start, 1, _CELLS)],
        colorscale=scale_name(colours, signed=signed),
        zmin=start,
        zmax=1,
        showscale=False,
        hoverinfo="skip",
    )
    margin = _MARGIN * (1 - start)
    axis = ticked_axis(
        f"{title} ({unit})" if unit else title,
        zip((start, (start + 1) / 2, 1), key_words(scale, signed=signed), strict=True),
        range=[start - margin, 1 + margin],
        showgrid=False,
    )
    figure = styled([strip], "", "", plot_height=_HEIGHT, xaxis=axis, dragmode=False)
    top = figure.layout.margin.t  # room for a title, which this figure has not
    figure.update_layout(margin_t=_TOP, height=figure.layout.height - top + _TOP)
    return figure.update_yaxes(visible=False, fixedrange=True)


def key_image(
    width: int, scale: float, title: str, *, colours: Colours = Colours.VIRIDIS, signed: bool = False
) -> Image.Image:
    """The key as a picture, black on white, ``width`` pixels wide, for ``explorer.cam.captioned_png``."""
    size = min(max(width // 40, _LEAST_TEXT), _MOST_TEXT)
    table = colour_table(colours, signed=signed)
    strip = np.rint(np.linspace(0, len(table) - 1, width)).astype(np.intp)
    lines = wrapped(title, size, width)
    image = Image.new("RGB", (width, size + step(size) * (1 + len(lines)) + size // 4), "white")
    image.paste(Image.fromarray(np.tile(table[strip], (size, 1, 1))), (0, 0))
    draw = ImageDraw.Draw(image)
    start, middle, end = map(printable, key_words(scale, signed=signed))
    for x, words in ((0.0, start), ((width - width_of(middle, size)) / 2, middle), (width - width_of(end, size), end)):
        write(draw, [words], (x, size), size)
    write(draw, lines, (width / 2, size + step(size)), size, centred=True)
    return image
