"""The question of the Training page's landscape tab. A function for the queue: module-level, picklable in and out."""

from explorer.live.progress import Progress
from explorer.training.damage.trained import TrainedNetwork
from explorer.training.landscape.measure import landscape
from explorer.training.landscape.values import LIVE_SIDE, PICTURES, Landscape


def plane_of(network: TrainedNetwork, plane: int, recalibrated: bool, *, progress: Progress | None = None) -> Landscape:
    """A plane of ``LIVE_SIDE`` points a side, on the first ``PICTURES`` training pictures.

    The norms' statistics are measured anew on the same pictures at each point, if wanted.
    """
    patient = network.load(network.key)
    images, labels = patient.calibration[:PICTURES], patient.calibration_labels[:PICTURES]
    return landscape(
        patient.net,
        images,
        labels,
        plane=plane,
        side=LIVE_SIDE,
        recalibrate_on=images if recalibrated else None,
        progress=progress,
    )
