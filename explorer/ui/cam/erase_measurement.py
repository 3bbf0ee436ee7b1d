"""What the tab "Erase" computes, each one kind of work in the job queue."""

import numpy as np
from numpy.typing import NDArray

from explorer.cam.erasure import Fill, HiddenRegion
from explorer.ui.cam.cam_setup import CamSetup
from explorer.ui.cam.measurement import SOON, ask, long_lane
from explorer.ui.widgets.job_progress import Work

ERASED = Work("cam_erased", "Looking at what is left", "Look at what is left", automatic=True, patience=SOON)
REGION = Work("cam_region", "Hiding cell after cell", "What must I hide to change its mind?")


def what_is_left(setup: CamSetup, device: str) -> NDArray[np.float32] | None:
    """The logits of a picture of which something was erased; None while they are not known, which the page says."""
    from explorer.cam.erase_jobs import logits_of

    found: NDArray[np.float32] | None = ask(ERASED, logits_of, setup, device)
    return found


def region(setup: CamSetup, device: str, fill: Fill, side: int) -> HiddenRegion | None:
    """What must be hidden to change the likeliest class, when the reader wants to know."""
    from explorer.cam.erase_jobs import region_to_hide

    found: HiddenRegion | None = ask(
        REGION, region_to_hide, setup, device, crop=True, lane=long_lane(device), fill=fill, side=side
    )
    return found
