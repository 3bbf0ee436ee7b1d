"""What the Grad-CAM page asks about erased pictures, as functions for the queue; see ``page_jobs``."""

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from explorer.cam.erasure import Fill, HiddenRegion, filled
from explorer.cam.input_checks import finite
from explorer.cam.page_jobs import Asked, Input, network_and_picture
from explorer.cam.region_search import hidden_region
from explorer.jobs.job import Attachment
from explorer.live.progress import Progress, no_progress
from explorer.live.shared_network import outputs
from explorer.pictures.preprocess import Preprocess


def logits_of(
    asked: Asked, *, picture: Input, weights: Attachment | None = None, progress: Progress | None = None
) -> NDArray[np.float32]:
    """The logits (K,) of a ``picture`` (1, C, H, W), parts of which may be erased.

    Raises:
        Refusal: as ``page_jobs.first_look``.
    """
    net, image = network_and_picture(asked, weights, picture, progress or no_progress)
    found: NDArray[np.float32] = finite(outputs(net, image))[0].float().cpu().numpy()
    return found


def region_to_hide(
    asked: Asked,
    *,
    crop: bytes,
    preprocess: Preprocess,
    fill: Fill,
    side: int,
    weights: Attachment | None = None,
    progress: Progress | None = None,
) -> HiddenRegion:
    """The region that must be hidden to change the likeliest class, on ``side`` × ``side`` cells.

    ``crop`` is as ``page_jobs.of_crop``'s.

    Raises:
        Refusal: as ``hidden_region``.
    """
    seen = Image.frombytes("RGB", (preprocess.crop, preprocess.crop), crop)
    net, image = network_and_picture(asked, weights, preprocess.numbers(seen), progress or no_progress)
    hidden = torch.from_numpy(preprocess.numbers(filled(seen, fill)))
    return hidden_region(net, image, hidden, side, progress=progress)
