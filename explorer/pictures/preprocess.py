"""From a picture to a network's input: the crop that people see, and the numbers made from it. Without torch.

The steps are those of torchvision's ``ImageClassification`` presets (torchvision/transforms/_presets.py): the shorter
side scaled bilinearly, the middle cropped, values from 0 to 1 less the mean over the standard deviation.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

_BRIGHT = 127.5  # of 255: a brighter edge means a bright ground
_MOST_SCALED = 16_000_000  # pixels of a whole scaled picture, 64 MB; for 2048, 1600 × 1 pixels would become 8.8 billion


class Inversion(StrEnum):
    """Whether bright and dark change places, for networks that have seen light things on black only."""

    AUTO = "auto"
    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Preprocess:
    """How a network wants its pictures: ``resize`` and ``crop`` in pixels, ``mean`` and ``std`` for each channel.

    One channel means grey. ``on_black``: the network was trained on things on a black ground, so pictures with a bright
    edge are inverted.
    """

    resize: int
    crop: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    on_black: bool = False

    def inverts(self, picture: Image.Image, inversion: Inversion = Inversion.AUTO) -> bool:
        """Whether this picture is inverted; never for networks that were not trained on a black ground."""
        if not self.on_black or inversion is Inversion.NO:
            return False
        return inversion is Inversion.YES or _edge(picture) > _BRIGHT

    def cropped(self, picture: Image.Image, inversion: Inversion = Inversion.AUTO) -> Image.Image:
        """The part of the picture that the network gets, in the size it gets it: RGB, or grey as RGB."""
        grey = len(self.mean) == 1
        found = _scaled_middle(picture.convert("L" if grey else "RGB"), self.resize, self.crop)
        return (ImageOps.invert(found) if self.inverts(picture, inversion) else found).convert("RGB")

    def numbers(self, crop: Image.Image) -> NDArray[np.float32]:
        """The network's input (1, C, H, W) from what ``cropped`` returned."""
        channels = len(self.mean)
        pixels = np.asarray(crop.convert("L" if channels == 1 else "RGB")).reshape(crop.height, crop.width, channels)
        # By planes first, while a value is a byte; the rest in place: for 2048 pixels each copy takes 50 MB.
        values = np.array(pixels.transpose(2, 0, 1)[None], dtype=np.float32, order="C")
        values /= 255
        values -= np.array(self.mean, np.float32)[:, None, None]
        values /= np.array(self.std, np.float32)[:, None, None]
        return values


def _edge(picture: Image.Image) -> float:
    """The mean brightness, 0 to 255, of the outermost twentieth of a picture."""
    grey = np.asarray(picture.convert("L"), dtype=np.float64)
    rim = max(min(grey.shape) // 20, 1)
    inside = grey[rim:-rim, rim:-rim]
    return float((grey.sum() - inside.sum()) / (grey.size - inside.size))


def _scaled_middle(picture: Image.Image, shorter: int, side: int) -> Image.Image:
    """Returns the middle ``side`` × ``side`` pixels of the picture scaled to ``shorter`` pixels on its shorter side.

    Of a picture that would become too large only that middle is scaled. Pillow keeps its box in 24 bits, which can
    move a value by one or two of 255 steps, so all other pictures are scaled whole and are equal to torchvision's.
    """
    width, height = picture.size
    size = (shorter, int(shorter * height / width)) if width <= height else (int(shorter * width / height), shorter)
    left, top = (round((whole - side) / 2) for whole in size)
    if math.prod(size) > _MOST_SCALED:
        across, down = width / size[0], height / size[1]  # pixels of the picture for one of the scaled picture
        box = (left * across, top * down, (left + side) * across, (top + side) * down)
        return picture.resize((side, side), Image.Resampling.BILINEAR, box=box)
    scaled = picture if size == picture.size else picture.resize(size, Image.Resampling.BILINEAR)
    return scaled.crop((left, top, left + side, top + side))
