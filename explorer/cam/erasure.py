"""The cells of a picture that a reader erases, and the pixels that replace them.

Plain values, without torch; ``region_search`` looks for the region that a network cannot do without.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from explorer.cam.saliency_map import predictions
from explorer.cam.words import chance_words, share_words, short_names
from explorer.text.errors import Refusal
from explorer.text.quantities import counted

GRIDS = (
    56,
    28,
    14,
    7,
)  # cells a side that are painted, if the picture has as many pixels; each is a multiple of the next
SEARCHED = (7, 14)  # cells a side that may be searched for a region
MOST_SEARCHED = 64  # pixels a side up to which the finer grid is offered: it takes sixteen times as many passes
_BLUR = 0.08  # standard deviation, as a part of the picture's side: no detail within a cell survives


class Fill(StrEnum):
    """What replaces erased pixels: the picture's mean colour, or the picture blurred."""

    GREY = "grey"
    BLUR = "blur"


@dataclass(frozen=True, slots=True)
class Mask:
    """The erased ``cells``, counted row by row, of a grid with ``side`` cells on each side of the picture."""

    side: int
    cells: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if not all(0 <= cell < self.side**2 for cell in self.cells):
            raise Refusal(f"A grid of {self.side} × {self.side} cells has the cells 0 to {self.side**2 - 1:,}.")

    @classmethod
    def of_text(cls, side: int, text: object) -> Self:
        """The mask of ``side`` × ``side`` cells that the property ``text`` has written.

        It may come from a browser, so anything is expected.

        Raises:
            Refusal: ``text`` is not the text of such a mask.
        """
        try:
            if not isinstance(text, str) or len(text) > 4 * side**2:
                raise ValueError
            data = base64.b64decode(text, validate=True)
        except (ValueError, binascii.Error):
            data = b""
        if len(data) != -(-(side**2) // 8):
            raise Refusal(f"This is no mask of {side} × {side} cells.")
        bits = np.unpackbits(np.frombuffer(data, np.uint8))
        if bits[side**2 :].any():
            raise Refusal(f"This mask has more than {side} × {side} cells.")
        return cls(side, frozenset(np.flatnonzero(bits).tolist()))

    @property
    def text(self) -> str:
        """The mask as a short text: a bit for each cell, in base64."""
        return base64.b64encode(np.packbits(self._flat()).tobytes()).decode()

    @property
    def share(self) -> float:
        """The erased part of the picture, from 0 to 1."""
        return len(self.cells) / self.side**2

    def refined(self, side: int) -> "Mask":
        """The same region on a grid with ``side`` cells, a multiple of this one's."""
        factor = side // self.side
        fine = self._flat().reshape(self.side, self.side).repeat(factor, 0).repeat(factor, 1)
        return Mask(side, frozenset(np.flatnonzero(fine).tolist()))

    def pixels(self, height: int, width: int) -> NDArray[np.bool_]:
        """Which pixels (``height``, ``width``) are erased."""
        rows, columns = (np.arange(pixels) * self.side // pixels for pixels in (height, width))
        return self._flat().reshape(self.side, self.side)[np.ix_(rows, columns)]

    def _flat(self) -> NDArray[np.bool_]:
        flat = np.zeros(self.side**2, dtype=bool)
        flat[list(self.cells)] = True
        return flat


def painted_side(pixels: int) -> int:
    """How many cells each side of the grid for painting has, on a picture with ``pixels`` on each side.

    No cell is smaller than a pixel.
    """
    return next((side for side in GRIDS if side <= pixels), pixels)


def searched_sides(pixels: int) -> tuple[int, ...]:
    """The grids on which a region may be searched for, in cells a side; each divides ``painted_side``."""
    painted = painted_side(pixels)
    fitting = [side for side in SEARCHED if painted % side == 0 and (side == SEARCHED[0] or pixels <= MOST_SEARCHED)]
    return tuple(fitting) or (painted,)


def filled(picture: Image.Image, fill: Fill) -> Image.Image:
    """A picture (RGB) of the same size, whose pixels replace the erased ones."""
    if fill is Fill.BLUR:
        return picture.filter(ImageFilter.GaussianBlur(_BLUR * max(picture.size)))
    mean = np.asarray(picture, dtype=np.float64).mean((0, 1))
    return Image.new("RGB", picture.size, tuple(int(value) for value in np.rint(mean)))


def erased(picture: Image.Image, mask: Mask, hidden: Image.Image) -> Image.Image:
    """The picture (RGB) with the mask's pixels replaced by those of ``hidden``, which ``filled`` makes."""
    where = Image.fromarray(mask.pixels(picture.height, picture.width))
    return Image.composite(hidden, picture, where)


@dataclass(frozen=True, slots=True, eq=False)
class HiddenRegion:
    """The smallest region found whose erasure changes the network's likeliest class, which is ``target`` before.

    ``mask`` is None where hiding cell after cell, up to all of them, never did. ``logits`` (K,) are those with the
    region erased, or with everything erased.
    """

    side: int
    target: int
    mask: Mask | None
    logits: NDArray[np.float32]


def change_sentence(names: Sequence[str], before: NDArray[np.float32], after: NDArray[np.float32], mask: Mask) -> str:
    """What erasing the mask's cells did to the likeliest class."""
    (first,), (now,) = predictions(before, names, 1), predictions(after, names, 1)
    if not mask.cells:
        return "Nothing is erased yet."
    old, new = _called(names, first.index), _called(names, now.index)
    with_it = f"With {share_words(mask.share)} of the picture erased, the network"
    still = next(each for each in predictions(after, names, len(after)) if each.index == first.index)
    chances = f"{chance_words(first.probability)} before, {chance_words(still.probability)} now"
    if now.index == first.index:
        return f"{with_it} still says {old}: {chances}."
    return f"{with_it} says {new} ({chance_words(now.probability)}). For {old}: {chances}."


def region_sentence(names: Sequence[str], found: HiddenRegion) -> str:
    """What the search for a region found."""
    cells, old = found.side**2, _called(names, found.target)
    if found.mask is None:
        return (
            f"No region of this grid changes it: hiding cell after cell, up to all {counted(cells, 'cell')}, left "
            f"{old} the likeliest class."
        )
    new = predictions(found.logits, names, 1)[0]
    back = "any one of them" if len(found.mask.cells) > 1 else "it"
    return (
        f"Hide {len(found.mask.cells)} of {counted(cells, 'cell')} ({share_words(found.mask.share)} of the picture), "
        f"and the network says {_called(names, new.index)} ({chance_words(new.probability)}) instead of {old}. Give "
        f"{back} back, and it doesn't. This is the smallest region that the search found; there may be a smaller one."
    )


def _called(names: Sequence[str], index: int) -> str:
    return short_names([names[index]], [index])[0]
