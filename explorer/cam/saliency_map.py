"""What a map of evidence is, and what is read off it: plain values, without torch.

A map tells, for each place of the picture that a network saw, how much that place spoke for a class (above zero) or
against it (below). It has the resolution of the layer it comes from; figures scale it up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.network.block_plans import block_plans
from explorer.network.config import ResNetConfig

Map = NDArray[np.float32]
STEM = "stem"  # the layer before the first block, whatever module that is


class Method(StrEnum):
    """How a map is made."""

    GRAD_CAM = "grad_cam"
    GRAD_CAM_PLUS_PLUS = "grad_cam_plus_plus"
    LAYER_CAM = "layer_cam"
    GUIDED_GRAD_CAM = "guided_grad_cam"
    INTEGRATED_GRADIENTS = "integrated_gradients"
    OCCLUSION = "occlusion"


QUICK = (Method.GRAD_CAM_PLUS_PLUS, Method.LAYER_CAM)  # like Grad-CAM, they take one forward and one backward pass


@dataclass(frozen=True, slots=True)
class Prediction:
    """One class a network thinks of: its index, name, logit, and softmax probability from 0 to 1."""

    index: int
    name: str
    logit: float
    probability: float


@dataclass(frozen=True, slots=True, eq=False)
class SaliencyMap:
    """The evidence for class ``target``, or for it and not for ``against``: ``values`` (h, w), signed.

    ``layer`` is the block, stage or layer it was read at; empty for the methods that read the picture itself.
    """

    method: Method
    layer: str
    target: int
    values: Map
    against: int | None = None

    @property
    def positive(self) -> Map:
        """Only what speaks for the class, as Grad-CAM's ReLU leaves it."""
        return np.maximum(self.values, 0)

    @property
    def all_negative(self) -> bool:
        """Whether nothing in the picture speaks for the class here."""
        return not bool((self.values > 0).any())


@dataclass(frozen=True, slots=True, eq=False)
class Cams:
    """Grad-CAM of a batch at one layer: ``logits`` (N, K), and for each picture its signed map, before the ReLU."""

    logits: NDArray[np.float32]
    maps: tuple[SaliencyMap, ...]

    @property
    def scores(self) -> NDArray[np.float32]:
        """All maps as one array (N, h, w)."""
        return np.stack([one.values for one in self.maps])

    @property
    def all_negative(self) -> tuple[bool, ...]:
        """For each picture, whether nothing in it speaks for the class here: then its map after the ReLU is zero."""
        return tuple(one.all_negative for one in self.maps)


@dataclass(frozen=True, slots=True, eq=False)
class Atlas:
    """Grad-CAM of a batch at many ``layers`` for each of ``targets`` (or for it and not for ``against``).

    ``logits`` are (N, K); ``scores`` has for each layer an array (classes, N, h, w), signed, before the ReLU.
    """

    layers: tuple[str, ...]
    targets: tuple[int, ...]
    logits: NDArray[np.float32]
    scores: tuple[NDArray[np.float32], ...]
    against: int | None = None

    def at(self, layer: str, target: int, image: int = 0) -> SaliencyMap:
        """One layer's map.

        Raises:
            ValueError: the atlas has no such layer or class.
        """
        values = self.scores[self.layers.index(layer)][self.targets.index(target), image]
        return SaliencyMap(Method.GRAD_CAM, layer, target, values, self.against)

    def strip(self, target: int, image: int = 0) -> tuple[SaliencyMap, ...]:
        """The maps of one picture and class at every layer, in the atlas's order."""
        return tuple(self.at(layer, target, image) for layer in self.layers)


@dataclass(frozen=True, slots=True, eq=False)
class Integrated:
    """Integrated Gradients of a batch: for each picture its map, and how far the sum of all values is off.

    Without error the sum would be ``rises``: the class's logit (or the difference of two) for the picture less that
    for the baseline. ``deltas`` (the convergence delta) is the sum less that, due to the finite number of steps.
    """

    maps: tuple[SaliencyMap, ...]
    rises: tuple[float, ...]
    deltas: tuple[float, ...]


def layer_names(config: ResNetConfig) -> tuple[str, ...]:
    """Where a map can be read: the stem and every block, in forward order."""
    return (STEM, *(plan.name for plan in block_plans(config)))


def predictions(
    logits: Sequence[float] | NDArray[np.float32], names: Sequence[str], count: int = 5
) -> list[Prediction]:
    """The ``count`` likeliest classes, likeliest first; equally likely ones in the order of their index."""
    given = np.asarray(logits, dtype=np.float64)
    shifted = np.exp(given - given.max())
    shares = shifted / shifted.sum()
    best = np.argsort(-given, kind="stable")[:count]
    return [Prediction(int(index), names[index], float(given[index]), float(shares[index])) for index in best]


def scaled_up(values: Map, height: int, width: int) -> Map:
    """(h, w) to (``height``, ``width``), bilinearly, with the corners of pixels as the corners of the picture.

    For maps smaller than the picture the same as ``torch.nn.functional.interpolate(..., align_corners=False)``.
    """
    resized = Image.fromarray(np.ascontiguousarray(values, dtype=np.float32)).resize(
        (width, height), Image.Resampling.BILINEAR
    )
    return np.asarray(resized, dtype=np.float32)
