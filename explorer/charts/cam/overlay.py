"""Maps of evidence as colours: over the picture, alone, and the key to them.

The colour maps are perceptually uniform, so that a step in a value is the same step to the eye everywhere, and their
lightness grows throughout, so that every eye reads them (viridis, inferno and magma by van der Walt and Smith 2015;
cividis by Nuñez, Anderton and Renslow 2018). Signed maps have ColorBrewer's RdBu, red for the class, blue against it,
which is safe for colour-blind eyes (Brewer, Harrower 2003). All are plotly's tables.

A map is scaled up bilinearly (``explorer.cam.saliency_map.scaled_up``), the picture of a small network only in whole,
crisp pixels: nobody should take smoothness for something that the network saw.
"""

import math
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

import numpy as np
import plotly.colors
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from explorer.cam.map_description import COLUMNS, ROWS, where, where_sentence
from explorer.cam.saliency_map import SaliencyMap, scaled_up
from explorer.cam.words import METHOD_NAMES
from explorer.charts.plotly_style import MUTED

SMALL = 200  # pixels: a picture whose longer side has less is drawn with larger, crisp pixels
SHOWN = 448  # that the longer side then has at least: 16 x 28, 14 x 32, 7 x 64
_STEPS = 256  # from the first colour to the last: an even number, so that zero is the very middle of signed ones
_STRIPES = 40  # of what has no colour, along the longer side
_LEAST_TEXT, _MOST_TEXT = 11, 20  # pixels of words in a picture; where smaller ones would be needed there are none
_RGB = NDArray[np.uint8]


class Colours(StrEnum):
    """The colour maps for what is zero or above."""

    VIRIDIS = "viridis"
    CIVIDIS = "cividis"
    INFERNO = "inferno"
    MAGMA = "magma"

    @property
    def label(self) -> str:
        """What people read in the choice."""
        return {
            "viridis": "Viridis",
            "cividis": "Cividis, the same to every eye",
            "inferno": "Inferno",
            "magma": "Magma",
        }[self]


def scale_name(colours: Colours, *, signed: bool) -> str:
    """What plotly calls the colour map; signed maps have one of their own, whatever is chosen."""
    return "rdbu_r" if signed else str(colours)


@lru_cache(maxsize=8)
def colour_table(colours: Colours, *, signed: bool = False) -> _RGB:
    """The colours (257, 3) of 0 to the largest value; of signed maps those of minus the largest to the largest."""
    places = np.linspace(0, 1, _STEPS + 1)
    found = plotly.colors.sample_colorscale(scale_name(colours, signed=signed), places, colortype="tuple")
    table: _RGB = np.rint(255 * np.asarray(found)).astype(np.uint8)
    table.setflags(write=False)
    return table


def scale_of(maps: Iterable[SaliencyMap], *, signed: bool = False) -> float:
    """The largest value of all maps, of signed ones the largest by size: give it to each as its ``scale``.

    0 where nothing is above zero.
    """
    return max((float(np.abs(_drawn(one, signed=signed)[0]).max(initial=0)) for one in maps), default=0.0)


def _drawn(saliency: SaliencyMap, *, signed: bool) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The values to draw, (h, w), zero in place of what is no number; and where they are numbers."""
    known = np.isfinite(saliency.values)
    values = np.where(known, saliency.values, 0).astype(np.float64)
    return (values if signed else np.maximum(values, 0)), known


def missing_words(saliency: SaliencyMap, *, signed: bool = False) -> str:
    """What is to be said of a map that has no colours at all, or not everywhere; nothing of others."""
    values, known = _drawn(saliency, signed=signed)
    if not known.any():
        return "the map holds no numbers"
    said = [] if known.all() else [f"{(~known).sum():,} of {known.size:,} values are not finite numbers"]
    if not saliency.values[known].any():
        said.append("the map is zero everywhere")
    elif not values.any():
        said.append("nothing here speaks for this class")
    return "; ".join(said)


def enlarged(picture: Image.Image) -> Image.Image:
    """The picture in RGB as it is shown: a small one with each pixel as a square, all others as they are."""
    rgb = picture.convert("RGB")
    longer = max(rgb.size)
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
    """The map over the picture that it belongs to, in the size of ``enlarged(picture)``.

    ``opacity`` goes from 0, the picture alone, to 1, the map alone; each pixel is the mean of both with that weight.
    ``scale`` is the value of the last colour, the map's own largest by default; what is above it has that colour, too.
    What is no number is hatched over the picture, as all of it is where nothing speaks for the class: with
    ``words`` in it that say so, unless somebody says them beside it.

    Raises:
        ValueError: the opacity is not from 0 to 1, or the scale no number from 0.
    """
    if not 0 <= opacity <= 1:
        raise ValueError(f"opacity is {opacity}: it must be from 0 to 1.")
    below = enlarged(picture)
    unit = _unit(saliency, scale, signed=signed)
    if not unit:
        return _without_colours(below, missing_words(saliency, signed=signed) if words else "")
    heat = _coloured(saliency, below.size, unit, colours, signed=signed)
    return _hatched(Image.blend(below, heat, opacity), below, saliency)


def heat_only(
    size: tuple[int, int],
    saliency: SaliencyMap,
    *,
    colours: Colours = Colours.VIRIDIS,
    signed: bool = False,
    scale: float | None = None,
) -> Image.Image:
    """The map alone, ``size`` (width, height) pixels large, as ``overlay`` with an opacity of 1."""
    below = Image.new("RGB", size, "#D8DBE0")
    unit = _unit(saliency, scale, signed=signed)
    if not unit:
        return _without_colours(below, missing_words(saliency, signed=signed))
    return _hatched(_coloured(saliency, size, unit, colours, signed=signed), below, saliency)


def _unit(saliency: SaliencyMap, scale: float | None, *, signed: bool) -> float:
    """The value of the last colour; 0 where there is nothing to colour."""
    if scale is not None and not (math.isfinite(scale) and scale >= 0):
        raise ValueError(f"scale is {scale}: it must be a number from 0.")
    own = scale_of([saliency], signed=signed)
    return own and (scale or own)


def _coloured(
    saliency: SaliencyMap, size: tuple[int, int], unit: float, colours: Colours, *, signed: bool
) -> Image.Image:
    values, _ = _drawn(saliency, signed=signed)
    # A scale that is not the map's own may be smaller by any factor.
    shares = (np.clip(values, -1e6 * unit, 1e6 * unit) / unit).astype(np.float32)
    width, height = size
    places = np.clip(scaled_up(shares, height, width), -1, 1)
    steps = np.rint(_STEPS * ((places + 1) / 2 if signed else places)).astype(np.intp)
    return Image.fromarray(colour_table(colours, signed=signed)[steps])


def _hatched(image: Image.Image, below: Image.Image, saliency: SaliencyMap) -> Image.Image:
    """The image with stripes over what is below where the map has no numbers."""
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
    """Stripes everywhere and, where they can be read, words at the foot that say why."""
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
    """The map over the picture in words, for those who do not see it; ``target`` is what its class is called."""
    place = f" at {saliency.layer}" if saliency.layer else ""
    return f"{METHOD_NAMES[saliency.method]} for {target}{place}, over the picture. {where_sentence(saliency, target)}"


def overlay_rows(saliency: SaliencyMap) -> list[dict[str, object]]:
    """The map as rows of a table: the share of the evidence that lies in each ninth of the picture; none of a map that
    has none."""
    found = where(saliency.values)
    if found is None:
        return []
    return [
        {"rows": row, **dict(zip(COLUMNS, map(float, shares), strict=True))}
        for row, shares in zip(ROWS, found.ninths, strict=True)
    ]
