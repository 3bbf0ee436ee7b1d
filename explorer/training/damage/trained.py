"""Trained networks that can be damaged, and what they are tested on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explorer.network.config import ResNetConfig

if TYPE_CHECKING:
    from torch import Tensor

    from explorer.network.model import ResNet

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Patient:
    """A trained network with what it is tested on: pictures (N, C, H, W), scaled as it reads them, and labels (N,).

    ``calibration`` are training pictures (M, C, H, W), scaled alike, on which batch norms are measured anew, with their
    labels (M,).
    """

    net: "ResNet"
    images: "Tensor"
    labels: "Tensor"
    calibration: "Tensor"
    calibration_labels: "Tensor"


Load = Callable[[str], Patient]


@dataclass(frozen=True, slots=True)
class TrainedNetwork:
    """A trained network by its ``key`` and ``name``: ``load(key)`` brings it, ``pixels()`` its test pictures.

    The pictures are (N, H, W) bytes, or (N, H, W, 3). Both functions are module-level, so that what two readers ask
    for is the same request.
    """

    key: str
    name: str
    config: ResNetConfig
    classes: tuple[str, ...]
    load: Load
    pixels: Callable[[], Pixels]
