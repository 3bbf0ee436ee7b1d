"""Many views of one picture, as random crops make them in training."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# How much of the picture a crop covers, and how much wider than high it is, both drawn evenly on a logarithm's scale.
# torchvision's RandomResizedCrop starts at 0.08; a quarter leaves in what the picture is of.
_LEAST_COVERED, _WIDEST = 0.25, 4 / 3


def crops(picture: Image.Image, count: int, side: int, channels: int, seed: int) -> NDArray[np.float32]:
    """``count`` different views of one picture, (count, channels, side, side): a batch norm needs different images.

    Each is a random part of the picture, stretched to a square and in half of the cases mirrored, as in
    torchvision's RandomResizedCrop and RandomHorizontalFlip; the seed decides which, and no global random state is
    touched. Three channels are red, green and blue; one is grey (luma); any other number repeats red, green, blue,
    red ... as often as needed. Each channel has mean 0 over the batch, and the whole batch variance 1, so that
    channels keep their contrast against each other; a picture of one colour gives zeros.

    Raises:
        ValueError: less than one view, pixel or channel, or a negative seed.
    """
    for name, value, least in (("count", count, 1), ("side", side, 1), ("channels", channels, 1), ("seed", seed, 0)):
        if value < least:
            raise ValueError(f"{name} is {value:,}: it must be a whole number from {least}.")
    random = np.random.default_rng(seed)
    source = _near(picture.convert("L" if channels == 1 else "RGB"), side)
    views = np.stack([_view(source, side, random) for _ in range(count)]).reshape(count, side, side, -1)
    planes = views.transpose(0, 3, 1, 2)[:, np.arange(channels) % views.shape[3]]
    return _standardised(planes.astype(np.float32, order="C"))


def _near(picture: Image.Image, side: int) -> Image.Image:
    """The picture with no more pixels than its views can show: a quarter of it still has ``side`` of them."""
    return picture.reduce(max(min(picture.size) // (4 * side), 1))


def _view(picture: Image.Image, side: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """One random part of the picture as (side, side) or (side, side, 3)."""
    width, height = picture.size
    area = width * height * math.exp(random.uniform(math.log(_LEAST_COVERED), 0))
    aspect = math.exp(random.uniform(-math.log(_WIDEST), math.log(_WIDEST)))
    wide, high = min(math.sqrt(area * aspect), width), min(math.sqrt(area / aspect), height)
    left, top = random.uniform(0, width - wide), random.uniform(0, height - high)
    box = (left, top, min(left + wide, width), min(top + high, height))
    view = np.asarray(picture.resize((side, side), Image.Resampling.BILINEAR, box=box))
    return view[:, ::-1] if random.random() < 0.5 else view


def _standardised(batch: NDArray[np.float32]) -> NDArray[np.float32]:
    """The batch, in place: each channel minus its mean, then all divided by one number, so that the variance is 1."""
    batch -= batch.mean(axis=(0, 2, 3), keepdims=True, dtype=np.float64).astype(np.float32)
    spread = math.sqrt(np.mean(np.square(batch), dtype=np.float64))
    batch /= np.float32(spread or 1)
    return batch
