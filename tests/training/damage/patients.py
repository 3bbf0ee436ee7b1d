"""Small networks and digits, loaded as the damage tab wants them: by module-level functions."""

from dataclasses import replace
from functools import cache

import numpy as np
import torch

from explorer import preset
from explorer.network.config import ResNetConfig
from explorer.training.damage.trained import Patient, Pixels, TrainedNetwork
from tests.network.trained import lively
from tests.training.digits import digits

SMALL = {
    "residual": ResNetConfig(block="basic", stem="cifar", stage_blocks=(2, 2), widths=(4, 8), shortcut="A",
                             num_classes=10, in_channels=1, image_size=28),
}  # fmt: skip
SMALL["plain"] = replace(SMALL["residual"], shortcut="none")
SMALL["unnormed"] = replace(preset("resnet20"), stage_blocks=(1, 1, 1), in_channels=1, image_size=28, norm="none")


@cache
def load(key: str) -> Patient:
    data = digits(40, 30)
    images, calibration = (
        (torch.from_numpy(each).float() / 255).unsqueeze(1) for each in (data.test_images, data.train_images)
    )
    labels, answers = (torch.from_numpy(each.astype(np.int64)) for each in (data.test_labels, data.train_labels))
    return Patient(lively(SMALL[key]), images, labels, calibration, answers)


def pixels() -> Pixels:
    return digits(40, 30).test_images


NETWORKS = tuple(
    TrainedNetwork(key, key.capitalize(), config, tuple(map(str, range(10))), load, pixels)
    for key, config in SMALL.items()
)
