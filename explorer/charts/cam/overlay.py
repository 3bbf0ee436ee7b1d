"""Maps of evidence as colours over the picture.

The colour maps are perceptually uniform: equal steps in value look equal. Their lightness grows throughout, so that
people with colour-vision deficiencies read them too (viridis, inferno and magma by van der Walt and Smith 2015; cividis
by Nuñez, Anderton and Renslow 2018). Signed maps have ColorBrewer's RdBu, red for the class and blue against it, which
is safe for colour-blind people (Brewer, Harrower 2003). All are plotly's tables.

A map is scaled up bilinearly (``explorer.cam.saliency_map.scaled_up``). A small network's picture is scaled up in crisp
pixels, so that nobody takes a smooth picture for what the network saw.
"""

import math
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

import numpy as np
import plotly.colors
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from explorer.cam.evidence_place import COLUMNS, ROWS, locate_evidence
from explorer.cam.map_description import place_sentence
from explorer.cam.saliency_map import SaliencyMap, scaled_up
from explorer.cam.words import METHOD_NAMES
from explorer.charts.palette import MUTED
from explorer.charts.table_twin import Row

SMALL = 200  # pixels: a picture whose longer side is shorter is enlarged with crisp pixels
LARGE = 640  # pixels of the longer side of a picture that is shown, at most: a panel is no wider
SHOWN = 448  # pixels of the longer side of an enlarged picture, at least: 16 x 28, 14 x 32, 7 x 64
_STEPS = 256  # colours after the first; an even number, so that zero is exactly in the middle of signed ones
_STRIPES = 40  # along the longer side, where a map has no colour
_LEAST_TEXT, _MOST_TEXT = 11, 20  # pixels of words in a picture; words that would have to be smaller are left out
_RGB = NDArray[np.uint8]


class Colours(StrEnum):
    """The colour maps for maps without negative values."""

    VIRIDIS = "viridis"
    CIVIDIS = "cividis"
    INFERNO = "inferno"
    MAGMA = "magma"

    @property
    def label(self) -> str:
        """The name that people choose it by."""
        return {
            "viridis": "Viridis",
            "cividis": "Cividis, the same to every eye",
            "inferno": "Inferno",
            "magma": "Magma",
        }[self]


def scale_name(colours: Colours, *, signed: bool) -> str:
    """Plotly's name of the colour map; all signed maps have the same one, whatever is chosen."""
    return "rdbu_r" if signed else str(colours)


@lru_cache(maxsize=8)
def colour_table(colours: Colours, *, signed: bool = False) -> _RGB:
    """The colours (257, 3) from 0 to the largest value; for signed maps, from minus the largest to the largest."""
    places = np.linspace(0, 1, _STEPS + 1)
    found = plotly.colors.sample_colorscale(scale_name(colours, signed=signed), places, colortype="tuple")
    table: _RGB = np.rint(255 * np.asarray(found)).astype(np.uint8)
    table.setflags(write=False)
    return table


def scale_of(maps: Iterable[SaliencyMap], *, signed: bool = False) -> float:
    """The largest value of all maps (for signed ones, the largest absolute value), as their common ``scale``.

    It is 0 if no value is above zero.
    """
    return max((float(np.abs(_drawn(one, signed=signed)[0]).max(initial=0)) for one in maps), default=0.0)


def _drawn(saliency: SaliencyMap, *, signed: bool) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The values to draw, (h, w), with zero for NaN and infinity, and where they are finite."""
    known = np.isfinite(saliency.values)
    values = np.where(known, saliency.values, 0).astype(np.float64)
    return (values if signed else np.maximum(values, 0)), known


def missing_words(saliency: SaliencyMap, *, signed: bool = False) -> str:
    """Why a map has no colours, or not everywhere; empty if it has."""
    values, known = _drawn(saliency, signed=signed)
    if not known.any():
        return "the map holds no numbers"
    said = [] if known.all() else [f"{(~known).sum():,} of {known.size:,} values are not finite numbers"]
    if not saliency.values[known].any():
        said.append("the map is zero everywhere")
    elif not values.any():
        said.append("nothing here speaks for this class")
    return "; ".join(said)


def displayed(picture: Image.Image) -> Image.Image:
    """The picture in RGB as it is shown: a small one enlarged with each pixel as a square, a large one reduced."""
    rgb = picture.convert("RGB")
    longer = max(rgb.size)
    if longer > LARGE:
        rgb.thumbnail((LARGE, LARGE), Image.Resampling.BILINEAR, reducing_gap=2.0)
    if longer >= SMALL:
        return rgb
    factor = math.ceil(SHOWN / longer)
    return rgb.resize((rgb.width * factor, rgb.height * factor), Image.Resampling.NEAREST)


def overlay(
    picture: Image.Image,
    saliency: SaliencyMap,
    *,
    opacity: float = 0.5,
    colours: Colours = Colours.VIRIDIS,
    signed: bool = False,
    scale: float | None = None,
    words: bool = True,
) -> Image.Image:
    """The map over its picture, in the size of ``displayed(picture)``.

    ``opacity`` goes from 0, the picture alone, to 1, the map alone; each pixel is the weighted mean of both. ``scale``
    is the value of the last colour, by default the map's largest; larger values have that colour too. Where the map is
    not finite the picture is hatched. If nothing speaks for the class all of it is hatched, with words that say so
    unless ``words`` is false.

    Raises:
        ValueError: the opacity is not from 0 to 1, or the scale is negative or not finite.
    """
    if not 0 <= opacity <= 1:
        raise ValueError(f"opacity is {opacity}: it must be from 0 to 1.")
    below = displayed(picture)
    unit = _unit(saliency, scale, signed=signed)
    if not unit:
        return _without_colours(below, missing_words(saliency, signed=signed) if words else "")
    heat = _coloured(saliency, below.size, unit, colours, signed=signed)
    return _hatched(Image.blend(below, heat, opacity), below, saliency)


def _unit(saliency: SaliencyMap, scale: float | None, *, signed: bool) -> float:
    """The value of the last colour; 0 if there is nothing to colour."""
    if scale is not None and not (math.isfinite(scale) and scale >= 0):
        raise ValueError(f"scale is {scale}: it must be a number from 0.")
    own = scale_of([saliency], signed=signed)
    return own and (scale or own)


def _coloured(
    saliency: SaliencyMap, size: tuple[int, int], unit: float, colours: Colours, *, signed: bool
) -> Image.Image:
    values, _ = _drawn(saliency, signed=signed)
    # A given scale may be smaller than the values by any factor, so the quotient could overflow.
    shares = (np.clip(values, -1e6 * unit, 1e6 * unit) / unit).astype(np.float32)
    width, height = size
    places = np.clip(scaled_up(shares, height, width), -1, 1)
    steps = np.rint(_STEPS * ((places + 1) / 2 if signed else places)).astype(np.intp)
    return Image.fromarray(colour_table(colours, signed=signed)[steps])


def _hatched(image: Image.Image, below: Image.Image, saliency: SaliencyMap) -> Image.Image:
    """The image, replaced by the hatched picture where the map is not finite."""
    known = np.isfinite(saliency.values)
    if known.all():
        return image
    gone = Image.fromarray(~known).resize(image.size, Image.Resampling.NEAREST)
    return Image.composite(_striped(below), image, gone)


def _striped(below: Image.Image) -> Image.Image:
    width, height = below.size
    stripes = (np.add.outer(np.arange(height), np.arange(width)) // max(max(below.size) // _STRIPES, 2)) % 2 == 0
    grey = Image.blend(below, Image.new("RGB", below.size, MUTED), 0.5)
    return Image.composite(grey, below, Image.fromarray(stripes))


def _without_colours(below: Image.Image, words: str) -> Image.Image:
    """The picture hatched, with words at its foot that say why if they are large enough to read."""
    image = _striped(below)
    size = min(int(image.width / (0.56 * max(len(words), 1))), _MOST_TEXT)
    if not words or size < _LEAST_TEXT or image.height < 3 * size:
        return image
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, image.height - 2 * size, image.width, image.height), fill="black")
    place = (image.width / 2, image.height - size)
    draw.text(place, words.capitalize(), fill="white", font=ImageFont.load_default(size), anchor="mm")
    return image


def overlay_alt_text(saliency: SaliencyMap, target: str) -> str:
    """The map over the picture in words; ``target`` is its class's name."""
    place = f" at {saliency.layer}" if saliency.layer else ""
    return f"{METHOD_NAMES[saliency.method]} for {target}{place}, over the picture. {place_sentence(saliency, target)}"


def overlay_rows(saliency: SaliencyMap) -> list[Row]:
    """The share of the evidence in each ninth of the picture, a row for each third; no rows if there is no evidence."""
    found = locate_evidence(saliency.values)
    if found is None:
        return []
    return [
        {"rows": row, **dict(zip(COLUMNS, map(float, shares), strict=True))}
        for row, shares in zip(ROWS, found.ninths, strict=True)
    ]
