"""What the tab "Several pictures" computes: one job for a whole archive."""

from explorer.cam.gallery import Gallery
from explorer.jobs.job import Attachment
from explorer.pictures.preprocess import Inversion
from explorer.ui.cam.cam_setup import CamSetup
from explorer.ui.cam.choices import INVERT
from explorer.ui.cam.measurement import SOON, asked_of, long_lane
from explorer.ui.widgets.job_progress import Work

SEVERAL = Work("cam_several", "Looking at your pictures", "Look at my pictures", automatic=True, patience=SOON)


def gallery_of(setup: CamSetup, device: str, archive: Attachment) -> Gallery | None:
    """What the network makes of all pictures of a zip; None while that is not known, which the page says."""
    from explorer.cam.gallery_job import look_at_several

    asked, weights = asked_of(setup, device)
    found: Gallery | None = SEVERAL.run(
        (asked, archive.name, INVERT.value),
        look_at_several,
        asked,
        archive=archive,
        preprocess=setup.network.preprocess,
        inversion=Inversion(INVERT.value),
        weights=weights,
        lane=long_lane(device),
    )
    return found
